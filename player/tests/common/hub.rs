//! A hub of its own for tests: one manifest, some files, and bad manners on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};
use signage_protocol::document::{Blob, Item, ItemKind, Playlist, Publication};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};

/// What the hub has and how it behaves.
#[derive(Default)]
pub struct World {
    pub manifest: String,
    pub blobs: BTreeMap<String, Vec<u8>>,
    /// The bearer token that is accepted.
    pub token: String,
    pub tokens_given: u32,
    /// Break the connection after so many bytes, once.
    pub cut_after: Option<usize>,
    /// Requests for blobs, with their `Range`.
    pub requests: Vec<String>,
    pub not_modified: u32,
    pub url: String,
    pub key: String,
}

pub type Shared = Arc<Mutex<World>>;

async fn manifest(State(world): State<Shared>, headers: HeaderMap) -> Response {
    let mut world = world.lock().unwrap();
    if !authorized(&world, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&world.manifest)));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == etag.as_str()) {
        world.not_modified += 1;
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::ETAG, etag)], world.manifest.clone()).into_response()
}

async fn blob(State(world): State<Shared>, UrlPath(digest): UrlPath<String>, headers: HeaderMap) -> Response {
    let mut world = world.lock().unwrap();
    if !authorized(&world, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let range = headers.get(header::RANGE).map(|value| value.to_str().unwrap().to_owned());
    world.requests.push(range.clone().unwrap_or_default());
    let Some(bytes) = world.blobs.get(&digest).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let from: usize = range.map_or(0, |range| range["bytes=".len()..].trim_end_matches('-').parse().unwrap());
    let mut chunks = vec![Ok(bytes[from..].to_vec())];
    if let Some(limit) = world.cut_after.take() {
        chunks = vec![Ok(bytes[from..from + limit].to_vec()), Err(std::io::Error::other("cut"))];
    }
    let body = Body::from_stream(slowly(chunks));
    if from == 0 {
        return body.into_response();
    }
    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
    (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, range)], body).into_response()
}

/// Lets the first chunk reach the other side before the connection breaks.
fn slowly(
    chunks: Vec<Result<Vec<u8>, std::io::Error>>,
) -> impl futures_util::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    futures_util::stream::unfold(chunks.into_iter(), |mut chunks| async {
        let chunk = chunks.next()?;
        if chunk.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Some((chunk, chunks))
    })
}

fn authorized(world: &World, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value == format!("Bearer {}", world.token).as_str())
}

pub fn account(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub async fn world() -> Shared {
    let world: Shared = Arc::default();
    let router = Router::new()
        .route("/v1/manifest", get(manifest))
        .route("/v1/blobs/{digest}", get(blob))
        .with_state(world.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    {
        let mut world = world.lock().unwrap();
        world.url = format!("http://{}/", listener.local_addr().unwrap());
        world.token = "one".into();
        world.key = jwk(&account(1));
    }
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    world
}

pub fn jwk(key: &SigningKey) -> String {
    serde_json::to_string(&PublicKey::from(&key.verifying_key())).unwrap()
}

pub fn content(number: u8) -> Vec<u8> {
    (0..100_000u32).map(|index| (index as u8).wrapping_mul(number)).collect()
}

/// Publishes generated files under their number.
pub fn publish(world: &Shared, key: &SigningKey, sequence: u64, files: &[u8]) {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|&number| (format!("file {number}"), content(number))).collect();
    let files: Vec<_> =
        files.iter().map(|(title, bytes)| (title.as_str(), ItemKind::Image, bytes.clone())).collect();
    publish_files(world, key, sequence, &files);
}

/// Publishes files under their names. Images stay for half a second.
pub fn publish_files(world: &Shared, key: &SigningKey, sequence: u64, files: &[(&str, ItemKind, Vec<u8>)]) {
    let mut world = world.lock().unwrap();
    let items = files.iter().map(|(title, kind, bytes)| {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let blob = Blob { sha256: sha256.clone(), size: bytes.len() as u64, media_type: String::new() };
        world.blobs.entry(sha256).or_insert_with(|| bytes.clone());
        let id = (*title).to_owned();
        Item { id: id.clone(), title: id, kind: *kind, blob, duration_ms: Some(500) }
    });
    let playlist = Playlist { name: "Default".into(), items: items.collect() };
    let issued_at = jiff::Timestamp::UNIX_EPOCH;
    let publication = Publication { account: "a".into(), sequence, issued_at, playlist, program: None };
    world.manifest = jws::sign(key, typ::PUBLICATION, &publication).unwrap();
}
