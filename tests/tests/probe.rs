//! The hub and the program that looks into files, both as they are installed: what the API says of good, broken and
//! malicious ones, and of one that came before the program did.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::Value;
use signage_hub::api_token::{self, Actor};
use signage_hub::ident;
use signage_hub::rights::Role;
use signage_hub::serve;
use signage_hub::store::accounts;
use signage_tests::hub::Hub;
use signage_tests::{fixtures, paths};

/// A program that uses the API.
struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    async fn new(hub: &Hub) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (directory, store) = serve::open(&hub.data()).await.unwrap();
        let account = accounts::find(&store, "Acme").await.unwrap();
        let actor = Actor::cli(&account.id);
        let made =
            api_token::create(&store, &actor, "test", Role::Content, None, ident::now()).await.unwrap();
        store.close().await;
        let ca = std::fs::read(directory.tls().join("ca.pem")).unwrap();
        let http = Client::builder().tls_certs_merge(Certificate::from_pem_bundle(&ca).unwrap());
        let token = made.1.expose().to_owned();
        Self { http: http.build().unwrap(), url: hub.local_url(), token }
    }

    fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        request.header("tus-resumable", "1.0.0")
    }

    /// Uploads a file: the id of the content, or how it was refused.
    async fn upload(&self, name: &str, bytes: &[u8]) -> Result<String, StatusCode> {
        let begun = self
            .ask(Method::POST, "/api/v1/uploads")
            .header("upload-length", bytes.len())
            .header("upload-metadata", format!("filename {}", STANDARD.encode(name)));
        let begun = begun.send().await.unwrap().error_for_status().unwrap();
        let path = begun.headers()["location"].to_str().unwrap().to_owned();
        let part = self
            .ask(Method::PATCH, &path)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec());
        let done = part.send().await.unwrap();
        if done.status().is_success() {
            Ok(done.headers()["x-signage-content"].to_str().unwrap().to_owned())
        } else {
            Err(done.status())
        }
    }

    /// What the API says of content, once its state is none of `before`.
    async fn after(&self, id: &str, before: &[&str]) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.ask(Method::GET, &format!("/api/v1/content/{id}")).send().await.unwrap();
            let content: Value = answer.error_for_status().unwrap().json().await.unwrap();
            if !before.contains(&content["probe"].as_str().unwrap()) {
                return content;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{content}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Uploads a file and waits until the hub has looked into it.
    async fn add(&self, name: &str, bytes: &[u8]) -> Value {
        let id = self.upload(name, bytes).await.unwrap();
        self.after(&id, &["waiting", "running"]).await
    }

    /// Width and height of the small picture.
    async fn thumbnail(&self, content: &Value) -> (u32, u32) {
        let path = format!("/api/v1/content/{}/thumbnail", content["id"].as_str().unwrap());
        let answer = self.ask(Method::GET, &path).send().await.unwrap().error_for_status().unwrap();
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        let small = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
        (small.width(), small.height())
    }
}

/// Refused by the probe, with a sentence.
fn damaged(content: &Value, says: &str) {
    assert_eq!(content["probe"], "failed", "{content}");
    assert!(content["problem"].as_str().unwrap().contains(says), "{content}");
    assert!(content["thumbnail"].is_null() && content["width"].is_null(), "{content}");
}

/// A second of silence.
fn sound() -> Vec<u8> {
    let mut wav =
        b"RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0".to_vec();
    wav.extend(b"data\x80\x3e\0\0");
    wav.resize(wav.len() + 16_000, 0);
    wav
}

/// A picture of so many pixels in a few bytes: the header of a small one says so, with its checksum.
fn bomb(small: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut png = small.to_vec();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = !png[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

#[tokio::test]
async fn the_hub_knows_what_it_has_been_given() {
    fixtures::make().await.unwrap();
    let read = |fixture: fixtures::Fixture| std::fs::read(fixture.path()).unwrap();
    let (film, wide, tall) = (read(fixtures::VIDEO), read(fixtures::WIDE), read(fixtures::TALL));
    let directory = tempfile::tempdir().unwrap();
    // The program is not there yet.
    let program = directory.path().join("signage-probe");
    let hub = Hub::new(&directory.path().join("hub")).unwrap().with("SIGNAGE_HUB_PROBE", &program);
    hub.create_account("Acme", "anna@example.org").await.unwrap();
    hub.start().await.unwrap();
    let api = Api::new(&hub).await;
    let early = api.add("wide.png", &wide).await;
    assert_eq!(
        (&early["probe"], &early["width"], &early["kind"]),
        (&"none".into(), &Value::Null, &"image".into())
    );
    hub.stop().await.unwrap();
    install(&program);
    hub.start().await.unwrap();
    let early = api.after(early["id"].as_str().unwrap(), &["none", "running"]).await;
    assert_eq!(
        (&early["probe"], &early["width"], &early["height"]),
        (&"done".into(), &1280.into(), &720.into())
    );
    assert_eq!((&early["codec"], &early["problem"]), (&"PNG".into(), &Value::Null));
    assert_eq!(api.thumbnail(&early).await, (320, 180));

    let found = api.add("tall.jpg", &tall).await;
    let is =
        |content: &Value, name: &str, value: Value| assert_eq!(content[name], value, "{name} of {content}");
    for (name, value) in [
        ("probe", "done".into()),
        ("mediaType", "image/jpeg".into()),
        ("codec", "JPEG".into()),
        ("width", 720.into()),
        ("height", 1280.into()),
        ("durationMs", Value::Null),
    ] {
        is(&found, name, value);
    }
    assert_eq!(api.thumbnail(&found).await, (180, 320));

    // Called a picture, and a film all the same.
    let found = api.add("ball.png", &film).await;
    for (name, value) in [
        ("probe", "done".into()),
        ("kind", "video".into()),
        ("mediaType", "video/mp4".into()),
        ("width", 640.into()),
        ("height", 360.into()),
        ("problem", Value::Null),
    ] {
        is(&found, name, value);
    }
    assert!((4900..5300).contains(&found["durationMs"].as_i64().unwrap()), "{found}");
    assert!(found["codec"].as_str().unwrap().contains("H.264"), "{found}");
    assert!(found["audio"].as_str().unwrap().contains("AAC"), "{found}");
    assert_eq!(api.thumbnail(&found).await, (320, 180));

    // No screen shows sound alone, nor a letter.
    assert_eq!(api.upload("chime.wav", &sound()).await, Err(StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(
        api.upload("letter.png", b"Dear all,\nthis is no picture.\n").await,
        Err(StatusCode::UNPROCESSABLE_ENTITY)
    );

    damaged(&api.add("cut.mp4", &film[..film.len() / 2]).await, "");
    damaged(&api.add("cut.png", &wide[..wide.len() / 2]).await, "damaged");
    damaged(&api.add("cut.jpg", &tall[..100]).await, "damaged");
    damaged(&api.add("bomb.png", &bomb(&wide, 100_000, 100_000)).await, "too large");
    damaged(&api.add("heavy.png", &bomb(&wide, 16_000, 16_000)).await, "256 MiB");
    // None of that was the end of the hub.
    assert_eq!(api.after(early["id"].as_str().unwrap(), &[]).await["probe"], "done");
    hub.stop().await.unwrap();
}

/// Puts the program where the hub looks for it.
fn install(path: &Path) {
    std::os::unix::fs::symlink(paths::program("signage-probe"), path).unwrap();
}
