//! Device tokens and provisioning tokens as their descriptions put them, step by step, in the console where an
//! operator has a hand in it and with a device's own requests where it has not.

use std::io::Read as _;

use axum::http::header;
use signage_hub::ident::{self, DAY};
use signage_hub::store::{audit, devices, tokens};
use signage_hub::token::{self, Grant, State};
use signage_hub::{account, playlist};
use signage_protocol::Secret;
use signage_protocol::config;
use signage_protocol::document::Publication;
use signage_protocol::jws::{self, typ};
use signage_protocol::token::Kind;

use crate::browser::Browser;
use crate::common::{Answer, Screen, TestHub, URL};

/// What stands between two texts of a page.
fn between<'a>(page: &'a Answer, before: &str, after: &str) -> &'a str {
    let (_, rest) =
        page.text().split_once(before).unwrap_or_else(|| panic!("no {before} in {}", page.text()));
    rest.split_once(after).unwrap().0
}

async fn plays(hub: &TestHub, screen: &Screen) -> Publication {
    let bearer = screen.bearer(hub).await;
    let answer = screen.get(hub, &bearer, "/v1/manifest", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let key = hub.account.public_key().unwrap().verifying_key().unwrap();
    jws::verify(answer.text(), typ::PUBLICATION, &key).unwrap()
}

#[tokio::test]
async fn device_tokens_step_by_step() {
    let hub = TestHub::new().await;
    let (picture, _) = hub.content(&hub.account, "menu.png", 100).await;
    let default = playlist::create(hub.store(), &hub.account, "Everywhere", &[], 1000, true, ident::now());
    default.await.unwrap();
    let content = [picture];
    let menu = playlist::create(hub.store(), &hub.account, "Menu", &content, 1000, false, ident::now());
    let menu = menu.await.unwrap();

    // Making a token. 1. Go to Screens. 2. Click Add Display.
    let browser = Browser::sign_in(&hub).await;
    assert!(browser.open("/tokens").await.text().contains("No tokens yet"));
    let form = browser.click(&browser.open("/screens").await, "Add display").await;
    // 3. Enter a name for the screen. 4. Assign a default playlist, folder, and time zone. 5. Click Generate Token.
    assert!(form.text().contains(">Generate token</button>"));
    let fields = [
        ("kind", "device"),
        ("name", "Lobby"),
        ("default", menu.id.as_str()),
        ("folder", "Berlin/Foyer"),
        ("timezone", "Europe/Berlin"),
        ("location", "Ground floor"),
        ("tags", "menu, glass"),
        ("network", ""),
    ];
    let shown = browser.send(&form, "/tokens/new", &fields).await;
    assert_eq!(shown.status, 200, "{}", shown.text());

    // The token is displayed once. Copy it or download it: you won't be able to retrieve it later.
    let secret = Secret::new(between(&shown, "<code class=\"secret\">", "</code>"));
    assert_eq!(signage_protocol::token::check(&secret), Ok(Kind::Device));
    let download = async |format: &str| {
        let fields = [("tokens", secret.expose()), ("network", ""), ("format", format)];
        let answer = browser.send(&shown, "/tokens/files", &fields).await;
        assert_eq!(answer.status, 200, "{format}: {}", answer.text());
        assert!(answer.header(header::CONTENT_DISPOSITION).starts_with("attachment; filename="));
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        answer
    };
    let text = download("text").await;
    for part in ["Lobby", secret.expose(), URL] {
        assert!(text.text().contains(part), "{}", text.text());
    }
    let file = config::parse(&download("config").await.body).unwrap();
    assert!(file.warnings.is_empty());
    let stick = download("stick").await.body;
    assert!((36 << 20..38 << 20).contains(&stick.len()) && stick[510..512] == [0x55, 0xaa]);
    assert!(stick.windows(secret.expose().len()).any(|window| window == secret.expose().as_bytes()));
    let list = browser.open("/tokens").await;
    assert!(!list.text().contains(secret.expose()));
    let page = browser.click(&list, "Lobby").await;
    assert!(!page.text().contains(secret.expose()));

    // Unused: the token has been generated but no player has connected with it.
    assert!(page.text().contains(">Unused</span>") && page.text().contains("Expires"));

    // Configuring the player. 1.–4. The configuration holds the address of the hub and the device token.
    let file = file.file;
    assert_eq!(file.hub.as_ref().unwrap().url.address(), Some(URL));
    assert_eq!(file.device_token.as_ref().unwrap().expose(), secret.expose());
    let group = file.device.unwrap();
    assert_eq!((group.name.as_deref(), group.timezone.as_deref()), (Some("Lobby"), Some("Europe/Berlin")));
    // The hub recognises the token and the screen is automatically authorized.
    let screen = Screen::new(1);
    let enrolled = screen.enroll(&hub, &secret).await;
    assert_eq!(enrolled.name, "Lobby");
    let device = devices::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    assert!(device.granted);
    assert_eq!(
        (device.folder.as_deref(), device.timezone.as_deref(), device.location.as_deref()),
        (Some("Berlin/Foyer"), Some("Europe/Berlin"), Some("Ground floor"))
    );
    assert_eq!(device.tags, ["menu", "glass", "window"]);
    // The player receives its assigned content and starts playing the default of its screen.
    assert_eq!(plays(&hub, &screen).await.playlist.name, "Menu");

    // Active: a player has connected with the token.
    let address = format!("/tokens/{}", device.enrol_token.as_deref().unwrap());
    let page = browser.open(&address).await;
    assert!(page.text().contains(">Active</span>") && page.text().contains(&screen.id()));
    // Use one token per device.
    assert_eq!(Screen::new(2).try_enroll(&hub, &secret).await.problem(), (403, "TOK-004".into()));

    // Revoking. 1. Go to the screen's detail page. 2. Click Revoke Token, on the page of its token.
    let page = browser.click(&browser.open("/screens").await, "Lobby").await;
    assert!(page.text().contains("Berlin/Foyer"));
    let page = browser.click(&page, "Token").await;
    assert!(page.text().contains(">Revoke token</summary>"));
    let bearer = screen.bearer(&hub).await;
    let revoked = browser.send(&page, &format!("{address}/revoke"), &[]).await;
    assert_eq!((revoked.status.as_u16(), revoked.header(header::LOCATION)), (303, address.as_str()));
    // 3. The player loses its authorization and stops playing content.
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.status, 403);
    let page = browser.open(&address).await;
    assert!(page.text().contains(">Revoked</span>"));
    // The old token does not bring it back.
    screen.enroll(&hub, &secret).await;
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.status, 403);
    assert_eq!(Screen::new(2).try_enroll(&hub, &secret).await.problem(), (403, "TOK-002".into()));

    // A new token for the recovered device keeps the screen as it was set up.
    assert!(page.text().contains(">Generate new token</button>"));
    let shown = browser.send(&page, &format!("{address}/renew"), &[]).await;
    let fresh = Secret::new(between(&shown, "<code class=\"secret\">", "</code>"));
    assert_ne!(fresh.expose(), secret.expose());
    assert_eq!(screen.enroll(&hub, &fresh).await.name, "Lobby");
    assert_eq!(plays(&hub, &screen).await.playlist.name, "Menu");
    let all = tokens::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].screen, all[1].screen, "another screen");
    assert_eq!(devices::list(hub.store(), &hub.account.id).await.unwrap().len(), 1);

    // Tokens expire after 30 days if unused. Generate a new token if needed.
    let old = ident::now() - 30 * DAY;
    let grant = Grant { name: Some("Bar".into()), ..Grant::default() };
    let (expired, late) = token::create(hub.store(), &hub.actor(), Kind::Device, grant, old).await.unwrap();
    assert_eq!(Screen::new(3).try_enroll(&hub, &late).await.problem(), (403, "TOK-003".into()));
    let page = browser.open(&format!("/tokens/{}", expired.id)).await;
    assert!(page.text().contains(">Expired</span>"));
    let shown = browser.send(&page, &format!("/tokens/{}/renew", expired.id), &[]).await;
    let renewed = Secret::new(between(&shown, "<code class=\"secret\">", "</code>"));
    assert_eq!(Screen::new(3).enroll(&hub, &renewed).await.name, "Bar");

    // Bulk. 1. Click Bulk Generate Tokens.
    let form = browser.click(&browser.open("/tokens").await, "Bulk generate tokens").await;
    // 2. Specify the number of tokens and default settings.
    let fields = [
        ("count", "12"),
        ("name", "Shop {n:02}"),
        ("default", menu.id.as_str()),
        ("folder", "Shops"),
        ("timezone", "Europe/Paris"),
    ];
    let shown = browser.send(&form, "/tokens/bulk", &fields).await;
    let secrets = between(&shown, "name=\"tokens\" value=\"", "\"").to_owned();
    // 3. Download the token list as a CSV, with the corresponding device names.
    let fields = [("tokens", secrets.as_str()), ("network", ""), ("format", "csv")];
    let csv = browser.send(&shown, "/tokens/files", &fields).await;
    assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.text().split("\r\n").collect();
    assert_eq!((lines[0], lines.len()), ("name,token,state,expires", 14));
    let columns: Vec<&str> = lines[12].split(',').collect();
    assert_eq!((columns[0], columns[2]), ("Shop 12", "unused"));
    let twelfth = Secret::new(columns[1]);
    assert_eq!(Screen::new(12).enroll(&hub, &twelfth).await.name, "Shop 12");
    // Or as ready configuration files.
    let fields = [("tokens", secrets.as_str()), ("network", ""), ("format", "zip")];
    let archive = browser.send(&shown, "/tokens/files", &fields).await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.body)).unwrap();
    assert_eq!(archive.len(), 13);
    let mut file = String::new();
    archive.by_name("Shop 12/telemetry_config.json").unwrap().read_to_string(&mut file).unwrap();
    let file = config::parse(file.as_bytes()).unwrap().file;
    assert_eq!(file.device_token.unwrap().expose(), twelfth.expose());
    assert_eq!(file.device.unwrap().timezone.as_deref(), Some("Europe/Paris"));

    // All of it is in the audit log, by the person who did it, and none of it tells a secret.
    let log = audit::list(hub.store(), Some(&hub.account.id), 1000).await.unwrap();
    for action in ["token.create", "token.revoke", "device.withdraw", "token.renew", "token.bulk"] {
        let record = log.iter().find(|record| record.action == action && record.actor.starts_with("opr_"));
        assert!(record.is_some(), "{action}");
    }
    assert!(!format!("{log:?}").contains("sgd_"));
}

#[tokio::test]
async fn provisioning_tokens_statement_by_statement() {
    let hub = TestHub::new().await;
    let (picture, _) = hub.content(&hub.account, "menu.png", 100).await;
    let content = [picture];
    let menu = playlist::create(hub.store(), &hub.account, "Menu", &content, 1000, false, ident::now());
    let menu = menu.await.unwrap();
    let browser = Browser::sign_in(&hub).await;

    // Each token encapsulates account linking, optional tags, default playlist and network settings.
    let form = browser.click(&browser.open("/tokens").await, "New provisioning token").await;
    let wifi =
        r#"{"connections":[{"type":"wifi","ssid":"Shop","security":"wpa2-psk","psk":"correct horse"}]}"#;
    let fields = [
        ("kind", "provisioning"),
        ("name", "Shops"),
        ("default", menu.id.as_str()),
        ("tags", "shop"),
        ("network", wifi),
    ];
    let shown = browser.send(&form, "/tokens/new", &fields).await;
    let secret = Secret::new(between(&shown, "<code class=\"secret\">", "</code>"));
    assert_eq!(signage_protocol::token::check(&secret), Ok(Kind::Provisioning));
    // Network settings that no device would take are refused before there is a token.
    let wrong = [
        ("kind", "provisioning"),
        ("network", r#"{"connections":[{"type":"wifi","ssid":"Shop","psk":"x"}]}"#),
    ];
    let refused = browser.send(&form, "/tokens/new", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("/network/connections/0"), "{}", refused.text());
    assert_eq!(tokens::list(hub.store(), &hub.account.id).await.unwrap().len(), 1);

    // The provisioning file is JSON with the standard name; it carries all of it.
    let fields = [("tokens", secret.expose()), ("network", wifi), ("format", "config")];
    let file = browser.send(&shown, "/tokens/files", &fields).await;
    assert_eq!(file.header(header::CONTENT_DISPOSITION), "attachment; filename=\"telemetry_config.json\"");
    let file = config::parse(&file.body).unwrap().file;
    assert_eq!(file.provision_token.unwrap().expose(), secret.expose());
    assert_eq!(file.hub.unwrap().public_key, Some(hub.account.public_key().unwrap()));
    assert_eq!(file.network.unwrap().connections.len(), 1);
    let group = file.device.unwrap();
    assert_eq!((group.name, group.tags), (None, vec!["shop".to_owned()]));

    // Tokens can be consumed by unlimited devices, which receive account and configuration, and play.
    for seed in 1..=20 {
        let enrolled = Screen::new(seed).enroll(&hub, &secret).await;
        assert_eq!(enrolled.account, hub.account.id);
    }
    let all = devices::list(hub.store(), &hub.account.id).await.unwrap();
    assert!(all.iter().all(|device| device.granted && device.tags == ["shop", "window"]));
    assert_eq!(plays(&hub, &Screen::new(20)).await.playlist.name, "Menu");
    let token = tokens::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    assert_eq!(token.devices, 20);
    let page = browser.open(&format!("/tokens/{}", token.id)).await;
    assert!((1..=20).all(|seed| page.text().contains(&Screen::new(seed).id())), "a device is missing");

    // Failed enrolments (invalid token, account limitations) say why.
    let unknown = Kind::Provisioning.encode(&[9; signage_protocol::token::RANDOM_BYTES]);
    assert_eq!(Screen::new(21).try_enroll(&hub, &unknown).await.problem(), (401, "TOK-001".into()));
    account::limit_screens(hub.store(), &hub.account, Some(20), ident::now()).await.unwrap();
    let full = Screen::new(21).try_enroll(&hub, &secret).await;
    assert_eq!(full.problem(), (403, "TOK-005".into()));
    assert_eq!(full.json()["title"], "The account has no room for more screens.");
    assert!(!full.json()["action"].as_str().unwrap().is_empty());
    // Those who are in stay in, and make room when they go.
    Screen::new(1).enroll(&hub, &secret).await;
    signage_hub::enrolment::withdraw(hub.store(), &Screen::new(1).id(), ident::now()).await.unwrap();
    Screen::new(21).enroll(&hub, &secret).await;
    account::limit_screens(hub.store(), &hub.account, None, ident::now()).await.unwrap();
    Screen::new(22).enroll(&hub, &secret).await;

    // Tokens remain valid indefinitely until explicitly revoked.
    assert_eq!(token.expires_at, None);
    assert_eq!(token.state(ident::now() + 10_000 * DAY), State::Active);
    // Revocation prevents new enrolments and does not affect devices already enrolled.
    let revoked = browser.send(&page, &format!("/tokens/{}/revoke", token.id), &[]).await;
    assert_eq!(revoked.status, 303);
    assert_eq!(Screen::new(23).try_enroll(&hub, &secret).await.problem(), (403, "TOK-002".into()));
    assert_eq!(plays(&hub, &Screen::new(20)).await.playlist.name, "Menu");
    Screen::new(20).enroll(&hub, &secret).await;
}
