//! Pairing a screen by the code that it shows, and letting screens go.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use signage_protocol::api::DeviceTokenRefusal;

use crate::device_tokens::playlist;
use crate::screen::Screen;
use crate::site::{EMAIL, PASSWORD, Site, new_account};

/// The QR code is followed by somebody who is not signed in: after signing in the pairing goes on.
pub async fn pairing_by_qr_code(site: &Site<'_>) -> Result<()> {
    let key = site.account()?.public_key()?;
    playlist(site, "Everywhere", true).await?;
    let screen = Screen::new(site, 1)?;
    let codes = screen.codes().await?;
    site.open(&codes.verification_uri_complete).await?;
    site.sees("Sign in").await?;
    site.fill("E-mail address", EMAIL).await?;
    site.fill("Password", PASSWORD).await?;
    site.click("Sign in").await?;
    site.sees("Is this your screen?").await?;
    site.sees(&codes.user_code).await?;
    site.sees(screen.serial()).await?;
    site.fill("Name of the screen", "Lobby").await?;
    site.fill("Location", "Main entrance").await?;
    site.click("Pair this screen").await?;
    site.sees("This screen is paired").await?;
    let enrolled = screen.poll(&codes).await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    ensure!(enrolled.name == "Lobby", "{enrolled:?}");
    ensure!(screen.authorization(&key).await?.is_some(), "it is not authorized");
    ensure!(screen.plays(&key).await?.context("it does not play")?.to_string().contains("Everywhere"));
    site.click("Screens").await?;
    let row = site.row("Lobby").await?;
    ensure!(row.contains("Online") && row.contains("Main entrance"), "{row}");
    Ok(())
}

/// From signing in to a paired screen with the keyboard alone.
pub async fn pairing_by_keyboard(site: &Site<'_>) -> Result<()> {
    playlist(site, "Everywhere", true).await?;
    let screen = Screen::new(site, 1)?;
    let codes = screen.codes().await?;
    site.open("/").await?;
    site.reach("E-mail address").await?;
    site.keys(EMAIL).await?;
    site.press(Key::Tab).await?;
    site.keys(PASSWORD).await?;
    site.enter().await?;
    site.sees("No screens yet").await?;
    // Who uses the keyboard gets past the navigation at once.
    site.press(Key::Tab).await?;
    ensure!(site.focus().await? == "To the content", "the focus is on {:?}", site.focus().await?);
    site.tab_to("Pair").await?;
    site.enter().await?;
    site.sees("Pair a screen").await?;
    site.reach("Name of the screen").await?;
    site.keys("Lobby").await?;
    site.tab_to("Code on the screen").await?;
    // Case and hyphen do not matter.
    site.keys(&codes.user_code.to_lowercase().replace('-', "")).await?;
    site.enter().await?;
    site.sees("Is this your screen?").await?;
    site.tab_to("Pair this screen").await?;
    site.enter().await?;
    site.sees("This screen is paired").await?;
    ensure!(screen.poll(&codes).await?.is_ok(), "it is not paired");
    // And let go again.
    site.tab_to("Cancel Authorization").await?;
    site.enter().await?;
    site.tab_to("Cancel the authorization of Lobby").await?;
    site.enter().await?;
    site.sees("Unauthorized").await
}

/// Wrong codes, and a screen that is not one's own.
pub async fn pairing_refused(site: &Site<'_>) -> Result<()> {
    let screen = Screen::new(site, 1)?;
    let codes = screen.codes().await?;
    site.sign_in(EMAIL).await?;
    site.click("Pair").await?;
    site.fill("Name of the screen", "Lobby").await?;
    site.fill("Code on the screen", "BCDF-GHJK").await?;
    site.expect(404).click("Continue").await?;
    ensure!(site.value("Name of the screen").await? == "Lobby");
    site.fill("Code on the screen", &codes.user_code).await?;
    site.click("Continue").await?;
    site.sees("Is this your screen?").await?;
    site.click("This is not my screen").await?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = screen.poll(&codes).await?.err().context("it was paired")?;
    ensure!(refused.error == DeviceTokenRefusal::AccessDenied, "{refused:?}");
    Ok(())
}

/// Pairs a screen as the person who is signed in.
async fn pair(site: &Site<'_>, screen: &Screen, name: &str) -> Result<()> {
    let codes = screen.codes().await?;
    site.click("Pair").await?;
    site.fill("Name of the screen", name).await?;
    site.fill("Code on the screen", &codes.user_code).await?;
    site.click("Continue").await?;
    site.click("Pair this screen").await?;
    site.sees("This screen is paired").await?;
    ensure!(screen.poll(&codes).await?.is_ok(), "it is not paired");
    Ok(())
}

/// Unpairing and deleting, each after the authorization was withdrawn.
pub async fn leaving(site: &Site<'_>) -> Result<()> {
    let key = site.account()?.public_key()?;
    playlist(site, "Everywhere", true).await?;
    let screen = Screen::new(site, 1)?;
    site.sign_in(EMAIL).await?;
    pair(site, &screen, "Lobby").await?;
    site.fill("Location", "Main entrance").await?;
    site.click("Save").await?;
    site.sees("Saved").await?;
    site.sees("First cancel the authorization").await?;
    site.cancel("Lobby").await?;
    ensure!(screen.plays(&key).await?.is_none(), "it plays on");
    site.click_near("Unpair", "Let go").await?;
    site.sees("shows a pairing code again").await?;
    site.click("Unpair Lobby").await?;
    site.sees("No screens yet").await?;
    // Back in the account, it has its place again.
    pair(site, &screen, "Lobby").await?;
    site.sees("Main entrance").await?;
    site.cancel("Lobby").await?;
    site.click_near("Delete", "Let go").await?;
    site.click("Delete Lobby").await?;
    site.sees("No screens yet").await
}

/// A screen changes hands between two accounts of the hub.
pub async fn transfer(site: &Site<'_>) -> Result<()> {
    let other = new_account(site.store(), "Globex", "gus@example.org").await?;
    playlist(site, "Everywhere", true).await?;
    let screen = Screen::new(site, 1)?;
    // Its new owner makes a code.
    site.sign_in("gus@example.org").await?;
    site.click("Pair").await?;
    site.click("Make a transfer code").await?;
    site.sees("works once").await?;
    let code = site.copy().await?;
    site.click("Sign out").await?;
    // Its owner enters it.
    site.sign_in(EMAIL).await?;
    pair(site, &screen, "Lobby").await?;
    let address = site.address().await?;
    site.fill("Transfer code", "sgt_wrong").await?;
    site.expect(404).click("Transfer").await?;
    site.sees("transfer code").await?;
    site.fill("Transfer code", &code).await?;
    site.click("Transfer").await?;
    site.sees("No screens yet").await?;
    // It joins the other account by itself, and this one does not see it any more.
    let enrolled =
        screen.poll(&screen.codes().await?).await?.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    ensure!(enrolled.account == other.id, "{enrolled:?}");
    site.expect(404).open(&address).await?;
    site.sees("Not found").await?;
    site.click("Sign out").await?;
    site.sign_in("gus@example.org").await?;
    site.click("Lobby").await
}
