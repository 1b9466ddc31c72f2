//! "How to Authorize a Device", in its words: cloud, local, checking, cancelling, and the questions at its end.

use anyhow::{Context as _, Result, ensure};
use signage_hub::authorization_code::{self, New};
use signage_hub::store::policies::Policy;
use signage_hub::token::{self, Grant};
use signage_hub::{authorization, ident};
use signage_protocol::document::{Authorization, AuthorizationKind};
use signage_protocol::jws::PublicKey;
use signage_protocol::token::Kind;

use crate::device_tokens::playlist;
use crate::screen::Screen;
use crate::site::{EMAIL, Site};

/// An account whose screens need codes, and one screen that is listed and plays nothing yet.
async fn site_with_screen(site: &Site<'_>, free_screens: i64) -> Result<(Screen, PublicKey)> {
    let policy = Policy { codes: true, free_screens, free_days: 14, makes_codes: false };
    authorization::set_policy(site.store(), &site.cli()?, &policy, ident::now()).await?;
    playlist(site, "Everywhere", true).await?;
    let grant = Grant { name: Some("Lobby".into()), ..Grant::default() };
    let (_, secret) = token::create(site.store(), &site.cli()?, Kind::Device, grant, ident::now()).await?;
    let screen = Screen::new(site, 1)?;
    screen.enroll(secret.expose()).await?;
    Ok((screen, site.account()?.public_key()?))
}

/// The service provider assigns codes to the account.
async fn assign(site: &Site<'_>, kind: AuthorizationKind) -> Result<String> {
    let replacements = (kind == AuthorizationKind::Cloud).then_some(1);
    let new = New { kind, count: Some(1), days: Some(30), until: None, replacements };
    let made = authorization_code::create(site.store(), &site.cli()?, &new, ident::now()).await?;
    Ok(made.first().context("no code")?.code.clone())
}

/// What the screen holds, when it lets it play.
async fn permits(screen: &Screen, key: &PublicKey) -> Result<Option<Authorization>> {
    let now = ident::timestamp(ident::now());
    Ok(screen.authorization(key).await?.filter(|document| document.permits(&screen.id(), now)))
}

pub async fn cloud_authorization(site: &Site<'_>) -> Result<()> {
    let (screen, key) = site_with_screen(site, 0).await?;
    ensure!(permits(&screen, &key).await?.is_none());

    // What if there is no authorization code to select? Contact your service provider, administrator, or project
    // owner, and check whether existing authorizations have expired, have already been used, or are the wrong type.
    site.sign_in(EMAIL).await?;
    site.click("Screens").await?;
    ensure!(site.row("Lobby").await?.contains("Unauthorized"), "{}", site.row("Lobby").await?);
    site.click_near("Authorize", "Lobby").await?;
    site.sees("Contact your service provider, administrator or project owner").await?;

    // There is a "Device Auth" entry in the upper-right area. Open it to view authorization codes.
    let code = assign(site, AuthorizationKind::Cloud).await?;
    let other = assign(site, AuthorizationKind::Cloud).await?;
    site.click("Screens").await?;
    site.click("Device Auth").await?;
    let row = site.row(&code).await?;
    ensure!(row.contains("Cloud Device Auth") && row.contains("Valid"), "{row}");
    site.click("Local Device Auth").await?;
    site.misses(&code).await?;
    site.click("Cloud Device Auth").await?;
    site.sees(&code).await?;

    // Go to the Devices page. Find the device. Click "Authorize" on the device card.
    site.click("Screens").await?;
    site.click_near("Authorize", "Lobby").await?;
    // The system opens the device authorization list. Select an available Cloud Device Auth code.
    site.sees("Select an authorization code").await?;
    site.click_near("Use", &code).await?;
    // Return to the device list and check. If an expiration time is shown, authorization succeeded.
    site.click("Screens").await?;
    let row = site.row("Lobby").await?;
    ensure!(row.contains("Cloud Authorization until "), "{row}");
    let document = permits(&screen, &key).await?.context("the screen may not play")?;
    ensure!(document.kind == AuthorizationKind::Cloud && document.expires_at.is_some(), "{document:?}");
    ensure!(screen.plays(&key).await?.is_some());
    // Valid: unused. All: includes used.
    site.click("Device Auth").await?;
    site.misses(&code).await?;
    site.click_near("All", "Valid").await?;
    let row = site.row(&code).await?;
    ensure!(row.contains("Used") && row.contains("Lobby"), "{row}");

    // Open the device details page. In the Device Authorization section, you can find "Cancel Authorization".
    site.click("Lobby").await?;
    site.sees("Device Authorization").await?;
    site.cancel("Lobby").await?;
    ensure!(permits(&screen, &key).await?.is_none(), "it may play on");
    site.sees("Unauthorized").await?;
    // Cloud authorization is returned to the account, but the number of replacements is limited.
    site.click("Screens").await?;
    site.click("Device Auth").await?;
    ensure!(site.row(&code).await?.contains("0 of 1"), "{}", site.row(&code).await?);
    // From the details page as well: click "Authorize" in the Device Authorization section.
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.click("Authorize").await?;
    site.click_near("Use", &code).await?;
    site.cancel("Lobby").await?;
    site.click("Authorize").await?;
    site.misses(&code).await?;
    site.sees(&other).await
}

pub async fn local_authorization(site: &Site<'_>) -> Result<()> {
    let (screen, key) = site_with_screen(site, 0).await?;
    let code = assign(site, AuthorizationKind::Local).await?;
    site.sign_in(EMAIL).await?;
    // Confirm that the target device is listed. Click "Authorize". Select an available Local Device Auth code.
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.click("Authorize").await?;
    // Local device authorization is bound to the device.
    site.sees("does not come back").await?;
    site.click_near("Use", &code).await?;
    let document = permits(&screen, &key).await?.context("the screen may not play")?;
    ensure!(document.kind == AuthorizationKind::Local, "{document:?}");
    // It can be carried to a screen that is offline.
    site.click("Download for a stick (ZIP)").await?;
    ensure!(site.download("authorization.zip").await?.starts_with(b"PK"));
    // Return to the device list and check the local authorization expiration time.
    site.click("Screens").await?;
    ensure!(site.row("Lobby").await?.contains("Local Authorization until "), "{}", site.row("Lobby").await?);
    // Local authorization is not returned after cancellation.
    site.click("Lobby").await?;
    site.cancel("Lobby").await?;
    ensure!(permits(&screen, &key).await?.is_none(), "it may play on");
    site.click("Screens").await?;
    site.click("Device Auth").await?;
    site.misses(&code).await?;
    // If a device is no longer in use, cancel the authorization first, then unbind or delete the device.
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.click_near("Delete", "Let go").await?;
    site.click("Delete Lobby").await?;
    site.sees("No screens yet").await
}

pub async fn free_authorization(site: &Site<'_>) -> Result<()> {
    // Do I need to manually select a free authorization? Usually no.
    let (screen, key) = site_with_screen(site, 1).await?;
    site.sign_in(EMAIL).await?;
    site.click("Screens").await?;
    ensure!(site.row("Lobby").await?.contains("Free Authorization"), "{}", site.row("Lobby").await?);
    let document = permits(&screen, &key).await?.context("the screen may not play")?;
    ensure!(document.kind == AuthorizationKind::Free, "{document:?}");
    // A second one is unauthorized, and its page says why.
    let grant = Grant { name: Some("Bar".into()), ..Grant::default() };
    let (_, secret) = token::create(site.store(), &site.cli()?, Kind::Device, grant, ident::now()).await?;
    Screen::new(site, 2)?.enroll(secret.expose()).await?;
    site.click("Screens").await?;
    ensure!(site.row("Bar").await?.contains("Unauthorized"), "{}", site.row("Bar").await?);
    site.click("Bar").await?;
    site.sees("Why is it not authorized?").await
}
