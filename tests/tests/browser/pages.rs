//! What holds for all pages: they work without scripts, refuse politely, show to each person what is theirs, and
//! bear many rows and long names.

use anyhow::{Context as _, Result, ensure};
use signage_hub::people;
use signage_hub::rights::Role;
use signage_hub::token::{self, Grant};
use signage_hub::{ident, password};
use signage_protocol::Secret;

use crate::device_tokens::playlist;
use crate::screen::Screen;
use crate::site::{EMAIL, PASSWORD, Site};

/// Somebody else in the account.
pub async fn somebody(site: &Site<'_>, email: &str, role: Role) -> Result<()> {
    let (_, code) = people::invite(site.store(), &site.cli()?, email, role, ident::now()).await?;
    let hash = password::hash(&Secret::new(PASSWORD))?;
    people::join(site.store(), code.expose(), hash, ident::now()).await?;
    Ok(())
}

/// Every page of the navigation, with scripts switched off in the browser; and one task from its beginning to its end.
pub async fn without_scripts(site: &Site<'_>) -> Result<()> {
    playlist(site, "Everywhere", true).await?;
    site.chromium.scripts(false).await?;
    site.sign_in(EMAIL).await?;
    for page in site.navigation().await? {
        site.click(&page).await?;
        site.sees(&page).await?;
    }
    site.click("Screens").await?;
    site.click("Add Display").await?;
    site.fill("Name of the screen", "Lobby").await?;
    site.click("Generate Token").await?;
    Screen::new(site, 1)?.enroll(&site.copy().await?).await?;
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.fill("Location", "Main entrance").await?;
    site.click("Save").await?;
    site.sees("Main entrance").await?;
    site.click("Sign out").await?;
    site.sees("Sign in").await
}

/// Pages that are not there or not for everybody, and forms that are too old.
pub async fn refusals(site: &Site<'_>) -> Result<()> {
    site.sign_in(EMAIL).await?;
    site.expect(404).open("/screens/nothing").await?;
    site.sees("Not found").await?;
    site.click("Back to the beginning").await?;
    site.expect(404).open("/nothing/at/all").await?;
    // A form whose token is not of this session changes nothing and says what to do.
    site.click("Screens").await?;
    site.click("Add Display").await?;
    site.fill("Name of the screen", "Lobby").await?;
    let spoil = "document.querySelectorAll('input[name=form]').forEach((one) => { one.value = 'old' })";
    site.chromium.script::<Option<()>>(spoil, vec![]).await?;
    site.expect(403).click("Generate Token").await?;
    site.sees("the page was open too long").await?;
    site.click("Tokens").await?;
    site.sees("No tokens yet").await?;
    site.click("Sign out").await?;
    // Without a session every page leads to the sign-in page.
    for path in ["/screens", "/tokens", "/people", "/audit", "/me"] {
        site.open(path).await?;
        site.sees("Sign in").await?;
    }
    Ok(())
}

/// A viewer sees pages without anything to change, and is refused what is not in the navigation.
pub async fn viewer(site: &Site<'_>) -> Result<()> {
    playlist(site, "Everywhere", true).await?;
    somebody(site, "vic@example.org", Role::Viewer).await?;
    let grant = Grant { name: Some("Lobby".into()), ..Grant::default() };
    let kind = signage_protocol::token::Kind::Device;
    let (_, secret) = token::create(site.store(), &site.cli()?, kind, grant, ident::now()).await?;
    Screen::new(site, 1)?.enroll(secret.expose()).await?;
    site.sign_in("vic@example.org").await?;
    site.misses("Add Display").await?;
    site.click("Lobby").await?;
    for words in ["Save", "Cancel Authorization", "Unpair", "Delete", "Revoke"] {
        site.misses(words).await?;
    }
    for page in site.navigation().await? {
        site.click(&page).await?;
    }
    for path in ["/people", "/audit", "/api-tokens", "/tokens/new", "/pair"] {
        site.expect(403).open(path).await?;
        site.sees("Not allowed").await?;
    }
    Ok(())
}

/// On a phone the pages are behind a button.
pub async fn phone(site: &Site<'_>) -> Result<()> {
    site.sign_in(EMAIL).await?;
    site.on_phone(async || {
        site.misses("Playlists").await?;
        site.press_button("Menu").await?;
        site.sees("Playlists").await?;
        site.look_at_phone("menu").await?;
        site.press_button("Playlists").await
    })
    .await?;
    site.sees("No playlist yet").await
}

/// A thousand screens, with the longest names that the hub takes.
pub async fn thousand_screens(site: &Site<'_>) -> Result<()> {
    let long =
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, third floor {n}";
    let grant = Grant {
        name: Some(long.into()),
        folder: Some(
            "Österreich/Niederösterreich/Sankt Pölten an der Traisen/Rathausplatz/Haupteingang".into(),
        ),
        timezone: Some("America/Argentina/ComodRivadavia".into()),
        tags: (1..=10).map(|number| format!("a-rather-long-tag-without-any-space-{number}")).collect(),
        ..Grant::default()
    };
    let made = token::bulk(site.store(), &site.cli()?, 1000, 1, grant, ident::now()).await?;
    for number in 1..=3 {
        let made = made.get(usize::from(number)).context("no token")?;
        Screen::new(site, number)?.enroll(made.secret.expose()).await?;
    }
    site.sign_in(EMAIL).await?;
    site.click("Tokens").await?;
    let rows: usize =
        site.chromium.script("return document.querySelectorAll('tbody tr').length", vec![]).await?;
    ensure!(rows <= 200, "{rows} rows on one page");
    site.click("Older tokens").await?;
    site.click("Unused").await?;
    site.click("Screens").await?;
    let name: String =
        site.chromium.script("return document.querySelector('tbody th a').innerText", vec![]).await?;
    site.click(&name).await
}
