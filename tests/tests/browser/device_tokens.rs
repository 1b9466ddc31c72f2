//! Device tokens, as their description has them: seeds of the steps stand as comments, in its words.

use anyhow::{Context as _, Result, ensure};
use signage_hub::ident::{self, DAY};
use signage_hub::token::{self, Grant};
use signage_hub::{content, playlist};
use signage_protocol::config;
use signage_protocol::token::Kind;

use crate::screen::Screen;
use crate::site::{EMAIL, Site};

/// A playlist with a picture in it.
pub async fn playlist(site: &Site<'_>, name: &str, default: bool) -> Result<()> {
    let file = site.file(&format!("{name}.png"), b"\x89PNG\r\n\x1a\n and what follows")?;
    let (account, state) = (site.account()?, &site.hub.state);
    let picture = content::add(&state.store, &state.blobs, account, &file, ident::now()).await?;
    playlist::create(&state.store, account, name, &[picture], 1000, default, ident::now()).await?;
    Ok(())
}

pub async fn device_tokens(site: &Site<'_>) -> Result<()> {
    let key = site.account()?.public_key()?;
    playlist(site, "Everywhere", true).await?;
    site.sign_in(EMAIL).await?;
    site.click("Layouts").await?;
    site.fill("Name", "Counter").await?;
    site.click("Make layout").await?;
    site.click("Add zone").await?;
    site.fill("Text", "Welcome").await?;
    site.click("Save").await?;
    site.click("Publish this layout").await?;

    // 1. Go to Screens. 2. Click Add Display.
    site.click("Screens").await?;
    site.sees("No screens yet").await?;
    site.click("Add Display").await?;
    // 3. Enter a name for the screen. Without one it goes no further.
    site.fill("Name of the screen", "Lobby").await?;
    // 4. Assign a default layout, folder, and time zone.
    site.choose("Default layout", "Counter").await?;
    site.fill("Folder", "Berlin/Foyer").await?;
    site.fill("Time zone", "Europe/Berlin").await?;
    // 5. Click Generate Token.
    site.click("Generate Token").await?;

    // The token is displayed once. Copy it or download it.
    site.sees("it is shown only once").await?;
    let secret = site.copy().await?;
    ensure!(secret.starts_with("sgd_"), "{secret}");
    site.click("Download telemetry_config.json").await?;
    let file = config::parse(&site.download("telemetry_config.json").await?);
    let file = file.map_err(|problems| anyhow::anyhow!("{problems:?}"))?.file;
    site.click("Download as text").await?;
    let text = String::from_utf8(site.download("token.txt").await?)?;
    ensure!(text.contains(&secret) && text.contains("Lobby"), "{text}");
    // You won't be able to retrieve it later.
    site.click("Tokens").await?;
    site.misses(&secret).await?;
    ensure!(site.row("Lobby").await?.contains("Unused"), "{}", site.row("Lobby").await?);
    site.click("Lobby").await?;
    site.misses(&secret).await?;

    // 1.–4. The configuration of the player holds the address of the hub and the device token.
    let address = file.hub.as_ref().and_then(|hub| hub.url.address()).context("no address")?;
    ensure!(address == site.hub.url, "{address}");
    let token = file.device_token.context("no token")?;
    ensure!(token.expose() == secret);
    // The player connects, is automatically authorized, and begins playing the default layout.
    let screen = Screen::new(site, 1)?;
    screen.enroll(token.expose()).await?;
    let plays = screen.plays(&key).await?.context("it does not play")?;
    ensure!(plays["program"]["screenDefault"].to_string().contains("layout"), "{plays}");
    ensure!(plays.to_string().contains("Welcome"), "{plays}");

    // Active: a player has connected with the token. The screen is authorized.
    site.click("Tokens").await?;
    ensure!(site.row("Lobby").await?.contains("Active"), "{}", site.row("Lobby").await?);
    site.click("Screens").await?;
    ensure!(site.row("Lobby").await?.contains("Online"), "{}", site.row("Lobby").await?);

    // 1. Go to the screen's detail page. 2. Click Revoke Token.
    site.click("Lobby").await?;
    site.sees("Berlin/Foyer").await?;
    site.click("Revoke Token").await?;
    site.sees("stops playing").await?;
    site.click("Revoke the token of Lobby").await?;
    // 3. The player loses its authorization and stops playing content.
    ensure!(screen.plays(&key).await?.is_none(), "it plays on");
    site.sees("Unauthorized").await?;
    ensure!(screen.plays(&key).await?.is_none());
    // Revoked: the player must be re-authorized manually.
    screen.enroll(&secret).await?;
    ensure!(screen.plays(&key).await?.is_none(), "the old token brings it back");
    site.click("Tokens").await?;
    ensure!(site.row("Lobby").await?.contains("Revoked"), "{}", site.row("Lobby").await?);

    // You can generate a new token if the device is recovered and needs to be reconnected.
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.click("Generate new token").await?;
    let fresh = site.copy().await?;
    ensure!(fresh != secret);
    screen.enroll(&fresh).await?;
    ensure!(screen.plays(&key).await?.is_some(), "the new token does not bring it back");

    // Use one token per device.
    let refused = Screen::new(site, 2)?.refused(&fresh).await?;
    ensure!(refused.code == "TOK-004", "{refused:?}");

    // Tokens expire after 30 days if unused. Generate a new token if needed.
    let old = Grant { name: Some("Bar".into()), ..Grant::default() };
    let (_, late) =
        token::create(site.store(), &site.cli()?, Kind::Device, old, ident::now() - 31 * DAY).await?;
    site.click("Tokens").await?;
    ensure!(site.row("Bar").await?.contains("Expired"), "{}", site.row("Bar").await?);
    let refused = Screen::new(site, 3)?.refused(late.expose()).await?;
    ensure!(refused.code == "TOK-003", "{refused:?}");
    site.click("Bar").await?;
    site.click("Generate new token").await?;
    let renewed = site.copy().await?;
    Screen::new(site, 3)?.enroll(&renewed).await?;

    // Revoke unused tokens if they're no longer needed.
    site.click("Screens").await?;
    site.click("Add Display").await?;
    site.fill("Name of the screen", "Never").await?;
    site.click("Generate Token").await?;
    let unused = site.copy().await?;
    site.click("Tokens").await?;
    site.click("Never").await?;
    site.click("Revoke Token").await?;
    site.click("Revoke the token of Never").await?;
    site.sees("Revoked").await?;
    let refused = Screen::new(site, 4)?.refused(&unused).await?;
    ensure!(refused.code == "TOK-002", "{refused:?}");
    Ok(())
}

pub async fn many_device_tokens(site: &Site<'_>) -> Result<()> {
    let key = site.account()?.public_key()?;
    playlist(site, "Menu", false).await?;
    site.sign_in(EMAIL).await?;
    site.click("Tokens").await?;
    site.sees("No tokens yet").await?;
    // 1. Click Bulk Generate Tokens.
    site.click("Bulk Generate Tokens").await?;
    // 2. Specify the number of tokens and default settings. What is wrong is said beside its field, and what was
    // typed stays.
    site.fill("Number of screens", "12").await?;
    site.fill("Names", "Shop").await?;
    site.choose("Default layout", "Menu").await?;
    site.fill("Folder", "Shops").await?;
    site.fill("Time zone", "Europe/Paris").await?;
    site.expect(422).click("Generate Tokens").await?;
    site.sees("{n}").await?;
    ensure!(site.value("Number of screens").await? == "12" && site.value("Folder").await? == "Shops");
    site.fill("Names", "Shop {n:02}").await?;
    site.click("Generate Tokens").await?;
    site.sees("12 tokens").await?;
    // 3. Download the token list as a CSV, with the corresponding device names.
    site.click("Download CSV").await?;
    let csv = String::from_utf8(site.download("tokens.csv").await?)?;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    ensure!(lines.len() == 13 && lines[0] == "name,token,state,expires", "{csv}");
    let columns: Vec<&str> = lines[12].split(',').collect();
    ensure!(columns[0] == "Shop 12" && columns[2] == "unused", "{csv}");
    site.click("Download ZIP of configuration files").await?;
    ensure!(site.download("tokens.zip").await?.starts_with(b"PK"));
    // Each lets in one screen under its name.
    let screen = Screen::new(site, 12)?;
    ensure!(screen.enroll(columns[1]).await?.name == "Shop 12");
    ensure!(screen.plays(&key).await?.is_some());
    site.click("Screens").await?;
    ensure!(site.row("Shop 12").await?.contains("Online"), "{}", site.row("Shop 12").await?);
    Ok(())
}
