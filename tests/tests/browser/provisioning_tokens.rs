//! Provisioning tokens, as their description has them, as far as an operator or a screen can see it.

use anyhow::{Context as _, Result, ensure};
use signage_hub::token::{self, Grant};
use signage_hub::{account, ident};
use signage_protocol::config;
use signage_protocol::token::{Kind, RANDOM_BYTES};

use crate::device_tokens::playlist;
use crate::screen::Screen;
use crate::site::{EMAIL, Site};

const WIFI: &str =
    r#"{"connections":[{"type":"wifi","ssid":"Shop","security":"wpa2-psk","psk":"correct horse"}]}"#;

pub async fn provisioning_tokens(site: &Site<'_>) -> Result<()> {
    let key = site.account()?.public_key()?;
    playlist(site, "Menu", false).await?;
    site.sign_in(EMAIL).await?;

    // Each provisioning token encapsulates account linking credentials, optional device configuration parameters
    // (tags, default playlists, network settings), and enrollment authorization.
    site.click("Tokens").await?;
    site.click("New provisioning token").await?;
    site.fill("Name, for you", "Shops").await?;
    site.choose("Default layout", "Menu").await?;
    site.fill("Tags", "shop, ground floor").await?;
    site.click("Network settings").await?;
    // Settings that no screen would take are refused before there is a token, and stay in the form.
    let label = "Group network of the provisioning file, as JSON";
    site.fill(label, r#"{"connections":[{"type":"wifi","ssid":"Shop","psk":"x"}]}"#).await?;
    site.expect(422).click("Generate Token").await?;
    site.sees("/network/connections/0").await?;
    ensure!(site.value("Tags").await? == "shop, ground floor");
    site.fill(label, WIFI).await?;
    site.click("Generate Token").await?;
    let secret = site.copy().await?;
    ensure!(secret.starts_with("sgp_"), "{secret}");

    // The provisioning file uses JSON format with standardized naming (telemetry_config.json).
    site.click("Download telemetry_config.json").await?;
    let file = config::parse(&site.download("telemetry_config.json").await?);
    let file = file.map_err(|problems| anyhow::anyhow!("{problems:?}"))?.file;
    ensure!(file.provision_token.as_ref().is_some_and(|token| token.expose() == secret));
    ensure!(file.network.context("no network settings")?.connections.len() == 1);
    ensure!(file.device.context("no settings")?.tags == ["shop", "ground floor"]);
    // It must reside in the root directory of FAT32-formatted USB media.
    site.click("Download stick image").await?;
    let stick = site.download("stick.img").await?;
    ensure!(stick.windows(5).any(|window| window == b"FAT32"));
    ensure!(stick.windows(secret.len()).any(|window| window == secret.as_bytes()));

    // Tokens can be consumed by unlimited devices. The device receives account association and configuration
    // parameters, and transitions to displaying assigned content.
    for number in 1..=5 {
        let screen = Screen::new(site, number)?;
        screen.enroll(&secret).await?;
        let plays = screen.plays(&key).await?.context("it does not play")?;
        ensure!(plays.to_string().contains("Menu"), "{plays}");
    }
    site.click("Screens").await?;
    for number in 1..=5 {
        let row = site.row(&listed(&Screen::new(site, number)?)).await?;
        ensure!(row.contains("Online") && row.contains("ground floor"), "{row}");
    }
    site.click("Tokens").await?;
    let row = site.row("Shops").await?;
    ensure!(row.contains("Active") && row.contains('5'), "{row}");

    // Failed enrollments (invalid tokens, account limitations) display error messages that guide troubleshooting.
    let unknown = Kind::Provisioning.encode(&[9; RANDOM_BYTES]);
    let refused = Screen::new(site, 6)?.refused(unknown.expose()).await?;
    ensure!(refused.code == "TOK-001" && !refused.action.is_empty(), "{refused:?}");
    account::limit_screens(site.store(), site.account()?, Some(5), ident::now()).await?;
    let refused = Screen::new(site, 6)?.refused(&secret).await?;
    ensure!(refused.code == "TOK-005" && !refused.action.is_empty(), "{refused:?}");
    account::limit_screens(site.store(), site.account()?, None, ident::now()).await?;
    // The operator sees them too.
    site.click("Audit").await?;
    site.sees("TOK-005").await?;

    // Provisioning tokens remain valid indefinitely until explicitly revoked.
    site.click("Tokens").await?;
    site.click("Shops").await?;
    site.misses("Expires").await?;
    site.click("Revoke Token").await?;
    site.sees("Screens that came by it go on").await?;
    site.click("Revoke the token Shops").await?;
    site.sees("Revoked").await?;
    // Token revocation prevents new device enrollments using that token but does not affect devices already
    // enrolled using the revoked credential.
    let refused = Screen::new(site, 6)?.refused(&secret).await?;
    ensure!(refused.code == "TOK-002", "{refused:?}");
    ensure!(Screen::new(site, 1)?.plays(&key).await?.is_some(), "an enrolled screen has stopped");
    site.click("Screens").await?;
    ensure!(site.row(&listed(&Screen::new(site, 1)?)).await?.contains("Online"));

    // A file that asks for what is not there keeps no screen out; the operator sees it where the screen is.
    let mut wishing = Screen::new(site, 7)?;
    wishing.wishes.playlist = Some("Wellcome".into());
    wishing.wishes.group = Some("Menu boards".into());
    let (_, other) =
        token::create(site.store(), &site.cli()?, Kind::Provisioning, Grant::default(), ident::now()).await?;
    wishing.enroll(other.expose()).await?;
    site.click("Screens").await?;
    site.click(&listed(&wishing)).await?;
    site.sees("asks for something that it did not get").await?;
    site.sees("Wellcome").await?;
    site.click("It is right as it is").await?;
    site.misses("asks for something that it did not get").await?;

    // Pairing suits small deployments. For complete pairing documentation, see Pairing Devices.
    site.click("Pair").await?;
    site.click("provisioning token").await?;
    Ok(())
}

/// What the list calls a screen that nobody has named.
fn listed(screen: &Screen) -> String {
    let short: String = screen.id().chars().filter(char::is_ascii_alphanumeric).take(4).collect();
    format!("Screen {}", short.to_ascii_uppercase())
}
