//! Enrolment tokens over the API and on the command line's side: lists, many at once, other accounts.

use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::api_token::{self, Actor};
use signage_hub::ident::{self, DAY};
use signage_hub::rights::Role;
use signage_hub::store::accounts::Account;
use signage_hub::store::tokens;
use signage_hub::token::{self, Grant};
use signage_hub::{Error, playlist};
use signage_protocol::Secret;
use signage_protocol::config;
use signage_protocol::token::Kind;

use crate::common::{Answer, Screen, TestHub, new_account};

/// A program with an API token.
struct Program<'a> {
    hub: &'a TestHub,
    secret: String,
}

impl<'a> Program<'a> {
    async fn new(hub: &'a TestHub, account: &Account, role: Role) -> Self {
        let made =
            api_token::create(hub.store(), &Actor::cli(&account.id), "test", role, None, ident::now()).await;
        Self { hub, secret: made.unwrap().1.expose().to_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, "application/json", body).await
    }

    async fn send(&self, method: &str, path: &str, accept: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.secret))
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.hub.send(request.body(body).unwrap()).await
    }
}

#[tokio::test]
async fn a_token_is_made_listed_renewed_and_revoked() {
    let hub = TestHub::new().await;
    let admin = Program::new(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "device", "name": "Lobby", "folder": "/Berlin/", "timezone": "Europe/Berlin" });
    let made = admin.post("/tokens", new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["state"], &made["folder"], &made["devices"]),
        (&json!("unused"), &json!("Berlin"), &json!(0))
    );
    let file = config::parse(made["config"].as_str().unwrap().as_bytes()).unwrap().file;
    assert_eq!(file.device_token.unwrap().expose(), made["token"].as_str().unwrap());

    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let shown = admin.get(&path).await;
    assert!(!shown.text().contains("sgd_"), "a secret can be had later");
    // One that lies around unused ends when its screen gets another.
    let renewed = admin.post(&format!("{path}/renew"), json!({})).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text());
    assert_eq!(renewed.json()["screen"], made["screen"]);
    assert_eq!(admin.get(&path).await.json()["state"], "revoked");
    let path = format!("/tokens/{}", renewed.json()["id"].as_str().unwrap());
    Screen::new(1).enroll(&hub, &Secret::new(renewed.json()["token"].as_str().unwrap())).await;
    let used = admin.post(&format!("{path}/renew"), json!({})).await;
    assert_eq!(used.problem(), (409, "API-005".into()));
    let devices = admin.get(&format!("{path}/devices")).await.json();
    assert_eq!(devices["items"][0]["device"], Screen::new(1).id());
    assert_eq!(devices["items"][0]["name"], "Lobby");
    for _ in 0..2 {
        assert_eq!(admin.post(&format!("{path}/revoke"), Value::Null).await.json()["state"], "revoked");
    }
}

#[tokio::test]
async fn a_device_that_moved_on_still_counts_as_let_in() {
    let hub = TestHub::new().await;
    let (first, secret) = hub.token(Kind::Provisioning).await;
    let (second, fresh) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    for secret in [&secret, &secret, &fresh, &secret] {
        screen.enroll(&hub, secret).await;
    }
    for token in [first, second] {
        let admitted = tokens::admitted(hub.store(), &token, &Default::default(), None, 10).await.unwrap();
        assert_eq!(admitted.len(), 1);
        assert_eq!(admitted[0].device, screen.id());
    }
}

#[tokio::test]
async fn lists_are_cut_into_pages_and_by_state() {
    let hub = TestHub::new().await;
    let admin = Program::new(&hub, &hub.account, Role::Viewer).await;
    let old = ident::now() - 31 * DAY;
    token::create(hub.store(), &hub.actor(), Kind::Device, Grant::default(), old).await.unwrap();
    let grant = Grant { name: Some("Shop {n}".into()), ..Grant::default() };
    let many = token::bulk(hub.store(), &hub.actor(), 5, 1, grant, ident::now()).await.unwrap();
    Screen::new(1).enroll(&hub, &many[0].secret).await;
    token::revoke(hub.store(), &hub.actor(), &many[1].token.id, ident::now()).await.unwrap();
    hub.token(Kind::Provisioning).await;

    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["name"].as_str().unwrap_or("-").to_owned()).collect()
    };
    for (query, wanted) in [
        ("?state=unused", vec!["Shop 3", "Shop 4", "Shop 5"]),
        ("?state=active", vec!["-", "Shop 1"]),
        ("?state=active&kind=device", vec!["Shop 1"]),
        ("?state=revoked", vec!["Shop 2"]),
        ("?state=expired", vec!["-"]),
    ] {
        assert_eq!(names(&admin.get(&format!("/tokens{query}")).await.json()), wanted, "{query}");
    }
    let (mut path, mut all) = ("/tokens?limit=3".to_owned(), Vec::new());
    loop {
        let page = admin.get(&path).await.json();
        all.extend(names(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/tokens?limit=3&after={next}");
    }
    assert_eq!(all, ["-", "Shop 1", "Shop 2", "Shop 3", "Shop 4", "Shop 5", "-"]);
    for query in ["?state=used", "?kind=card", "?limit=0"] {
        assert_eq!(admin.get(&format!("/tokens{query}")).await.problem(), (422, "API-003".into()), "{query}");
    }
}

#[tokio::test]
async fn another_account_does_not_see_them() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let stranger = Program::new(&hub, &other, Role::Admin).await;
    let (token, secret) = hub.token(Kind::Device).await;
    let path = format!("/tokens/{}", token.id);
    let missing = (404, "API-004".to_owned());
    assert_eq!(stranger.get(&path).await.problem(), missing);
    assert_eq!(stranger.get(&format!("{path}/devices")).await.problem(), missing);
    assert_eq!(stranger.post(&format!("{path}/renew"), json!({})).await.problem(), missing);
    assert_eq!(stranger.post(&format!("{path}/revoke"), Value::Null).await.problem(), missing);
    assert_eq!(stranger.get("/tokens").await.json()["items"], json!([]));
    let files = json!({ "tokens": [secret.expose()], "format": "config" });
    assert_eq!(stranger.post("/tokens/files", files).await.problem(), (422, "API-003".into()));
    let theirs =
        playlist::create(hub.store(), &hub.account, "Own", &[], 1000, false, ident::now()).await.unwrap();
    let new = json!({ "kind": "device", "playlist": theirs.id });
    assert_eq!(stranger.post("/tokens", new).await.problem(), missing);
}

#[tokio::test]
async fn what_cannot_be_right_makes_no_token() {
    let hub = TestHub::new().await;
    let admin = Program::new(&hub, &hub.account, Role::Admin).await;
    for (path, body) in [
        ("/tokens", json!({ "kind": "card" })),
        ("/tokens", json!({})),
        ("/tokens", json!({ "kind": "device", "page": "Two columns" })),
        ("/tokens", json!({ "kind": "device", "timezone": "Berlin" })),
        ("/tokens", json!({ "kind": "device", "name": "x".repeat(101) })),
        ("/tokens", json!({ "kind": "device", "network": { "conections": [] } })),
        ("/tokens", json!({ "kind": "device", "count": 2 })),
        ("/tokens/bulk", json!({ "count": 2, "name": "Lobby" })),
        ("/tokens/bulk", json!({ "count": 0, "name": "Lobby {n}" })),
        ("/tokens/bulk", json!({ "count": 10_001, "name": "Lobby {n}" })),
        ("/tokens/bulk", json!({ "count": 2, "name": "Lobby {n}", "kind": "provisioning" })),
        ("/tokens/bulk", json!({ "count": 2, "name": format!("{}{{n:03}}", "x".repeat(98)) })),
        ("/tokens/files", json!({ "tokens": [], "format": "pdf" })),
        ("/tokens/files", json!({ "tokens": [], "format": "config" })),
        ("/tokens/files", json!({ "tokens": ["sgd_x"], "format": "csv" })),
    ] {
        let answer = admin.post(path, body.clone()).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{path} {body}");
    }
    assert!(tokens::list(hub.store(), &hub.account.id).await.unwrap().is_empty());
}

/// The names in a ZIP, in the order of the alphabet.
fn file_names(answer: Answer) -> Vec<String> {
    let archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body)).unwrap();
    let mut names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn names_are_safe_in_tables_and_archives() {
    let hub = TestHub::new().await;
    let admin = Program::new(&hub, &hub.account, Role::Admin).await;
    for (name, cell, folder) in [
        ("=cmd|'/C calc'!{n}", "'=cmd|'/C calc'!1", "=cmd_'_C calc'!1"),
        ("../{n}", "../1", "_1"),
        ("a, \"b\" {n}", "\"a, \"\"b\"\" 1\"", "a, _b_ 1"),
        ("NUL.{n}", "NUL.1", "_NUL.1"),
    ] {
        let new = json!({ "count": 1, "name": name });
        let csv = admin.send("POST", "/tokens/bulk", "text/csv", new.clone()).await;
        assert_eq!(csv.status, 201, "{}", csv.text());
        let line = csv.text().split("\r\n").nth(1).unwrap();
        assert!(line.starts_with(&format!("{cell},sgd_")), "{line}");
        let answer = admin.send("POST", "/tokens/bulk", "application/zip", new).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/zip");
        let names = file_names(answer);
        assert_eq!(names, [format!("{folder}/telemetry_config.json"), "tokens.csv".into()]);
    }
    // Names that are one on a file system that does not tell capitals.
    let (one, two) = (json!({ "kind": "device", "name": "Bar" }), json!({ "kind": "device", "name": "bar" }));
    let secrets = [
        admin.post("/tokens", one).await.json()["token"].clone(),
        admin.post("/tokens", two).await.json()["token"].clone(),
    ];
    let answer = admin.post("/tokens/files", json!({ "tokens": secrets, "format": "zip" })).await;
    assert_eq!(
        file_names(answer),
        ["Bar/telemetry_config.json", "bar (2)/telemetry_config.json", "tokens.csv"]
    );
}

#[tokio::test]
async fn ten_thousand_tokens_in_one_request() {
    let hub = TestHub::new().await;
    let admin = Program::new(&hub, &hub.account, Role::Admin).await;
    for accept in ["application/json", "text/csv", "application/zip"] {
        let new = json!({ "count": 10_000, "name": "Lobby {n:05}", "folder": "Hall", "tags": ["hall"] });
        let started = Instant::now();
        let answer = admin.send("POST", "/tokens/bulk", accept, new).await;
        println!(
            "10,000 tokens as {accept}: {:.2} s, {} bytes",
            started.elapsed().as_secs_f64(),
            answer.body.len()
        );
        assert_eq!(answer.status, 201);
        let records = match accept {
            "application/json" => answer.json()["items"].as_array().unwrap().len(),
            "text/csv" => answer.text().lines().count() - 1,
            _ => zip::ZipArchive::new(std::io::Cursor::new(answer.body)).unwrap().len() - 1,
        };
        assert_eq!(records, 10_000);
    }
    let stored = tokens::list(hub.store(), &hub.account.id).await.unwrap();
    let digests: std::collections::HashSet<&str> = stored.iter().map(|token| token.digest.as_str()).collect();
    assert_eq!(digests.len(), 30_000);
}

#[tokio::test]
async fn many_tokens_are_made_whole_or_not_at_all() {
    let hub = TestHub::new().await;
    let grant = Grant { name: Some("{n}".into()), playlist: Some("pls_none".into()), ..Grant::default() };
    let failed = token::bulk(hub.store(), &hub.actor(), 3, 1, grant, ident::now()).await;
    assert!(matches!(failed, Err(Error::NotFound { .. })));
    assert!(tokens::list(hub.store(), &hub.account.id).await.unwrap().is_empty());
}
