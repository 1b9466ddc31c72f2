//! Keeps a store in step with a hub that cuts connections, lies, forgets and goes away.

// Helpers outside of test functions may unwrap as well: a panic here is a failed test.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};
use signage_player::content::Program;
use signage_player::content::sync::{AccessError, Command, Hub, Provisioner, Syncer};
use signage_player::engine::{Event, SyncState};
use signage_protocol::Secret;
use signage_protocol::document::{Blob, Item, ItemKind, Playlist, Publication};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::problem::Code;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What the hub has and how it behaves.
#[derive(Default)]
struct World {
    manifest: String,
    blobs: BTreeMap<String, Vec<u8>>,
    /// The bearer token that is accepted.
    token: String,
    tokens_given: u32,
    /// Break the connection after so many bytes, once.
    cut_after: Option<usize>,
    /// Requests for blobs, with their `Range`.
    requests: Vec<String>,
    not_modified: u32,
    url: String,
    key: String,
}

type Shared = Arc<Mutex<World>>;

async fn manifest(State(world): State<Shared>, headers: HeaderMap) -> Response {
    let mut world = world.lock().unwrap();
    if !authorized(&world, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&world.manifest)));
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value == etag.as_str())
    {
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
    let range = headers
        .get(header::RANGE)
        .map(|value| value.to_str().unwrap().to_owned());
    world.requests.push(range.clone().unwrap_or_default());
    let Some(bytes) = world.blobs.get(&digest).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let from: usize = range.map_or(0, |range| {
        range["bytes=".len()..].trim_end_matches('-').parse().unwrap()
    });
    let mut chunks = vec![Ok(bytes[from..].to_vec())];
    if let Some(limit) = world.cut_after.take() {
        chunks = vec![
            Ok(bytes[from..from + limit].to_vec()),
            Err(std::io::Error::other("cut")),
        ];
    }
    let body = Body::from_stream(slowly(chunks));
    if from == 0 {
        return body.into_response();
    }
    let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
    (
        StatusCode::PARTIAL_CONTENT,
        [(header::CONTENT_RANGE, range)],
        body,
    )
        .into_response()
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

#[derive(Clone)]
struct FakeProvisioner(Shared);

impl Provisioner for FakeProvisioner {
    async fn hub(&self) -> Result<Option<Hub>, AccessError> {
        let world = self.0.lock().unwrap();
        Ok(Some(Hub {
            url: world.url.clone(),
            ca: String::new(),
            account_key: world.key.clone(),
        }))
    }

    async fn token(&self) -> Result<Secret, AccessError> {
        let mut world = self.0.lock().unwrap();
        world.tokens_given += 1;
        Ok(Secret::new(world.token.clone()))
    }
}

/// A syncer at work.
struct Bench {
    world: Shared,
    events: Arc<Mutex<Vec<Event>>>,
    commands: UnboundedSender<Command>,
}

fn account(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

async fn world() -> Shared {
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

fn jwk(key: &SigningKey) -> String {
    serde_json::to_string(&PublicKey::from(&key.verifying_key())).unwrap()
}

fn content(number: u8) -> Vec<u8> {
    (0..100_000u32)
        .map(|index| (index as u8).wrapping_mul(number))
        .collect()
}

/// Publishes files under their number.
fn publish(world: &Shared, key: &SigningKey, sequence: u64, files: &[u8]) {
    let mut world = world.lock().unwrap();
    let items = files.iter().map(|&number| {
        let bytes = content(number);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let blob = Blob {
            sha256: sha256.clone(),
            size: bytes.len() as u64,
            media_type: "image/png".into(),
        };
        world.blobs.entry(sha256).or_insert(bytes);
        let title = format!("file {number}");
        Item {
            id: number.to_string(),
            title,
            kind: ItemKind::Image,
            blob,
            duration_ms: None,
        }
    });
    let playlist = Playlist {
        name: "Default".into(),
        items: items.collect(),
    };
    let issued_at = jiff::Timestamp::UNIX_EPOCH;
    let publication = Publication {
        account: "a".into(),
        sequence,
        issued_at,
        playlist,
    };
    world.manifest = jws::sign(key, typ::PUBLICATION, &publication).unwrap();
}

fn start(world: &Shared, store: &Path) -> Bench {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let seen = events.clone();
    let report = move |event| seen.lock().unwrap().push(event);
    let (commands, inbox) = unbounded_channel();
    tokio::spawn(Syncer::new(store.to_owned(), FakeProvisioner(world.clone()), report).run(inbox));
    commands.send(Command::Resume).unwrap();
    Bench {
        world: world.clone(),
        events,
        commands,
    }
}

impl Bench {
    /// Waits for an event that gives `find` something.
    async fn until<T>(&self, what: &str, find: impl Fn(&Event) -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = self.events.lock().unwrap().iter().find_map(&find) {
                return found;
            }
            assert!(
                Instant::now() < end,
                "{what}; seen {:?}",
                self.events.lock().unwrap()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn program(&self, sequence: u64) -> Arc<Program> {
        self.until(&format!("publication {sequence}"), |event| match event {
            Event::Content(Some(program)) if program.sequence == sequence => Some(program.clone()),
            _ => None,
        })
        .await
    }

    async fn failure(&self) -> (Code, String) {
        self.until("a failure", |event| match event {
            Event::Sync(SyncState::Failed { code, detail, .. }) => Some((*code, detail.clone())),
            _ => None,
        })
        .await
    }

    async fn idle(&self) {
        self.until("idle", |event| {
            matches!(event, Event::Sync(SyncState::Idle)).then_some(())
        })
        .await;
    }

    fn forget(&self) {
        self.events.lock().unwrap().clear();
    }

    /// A look at the hub now rather than in a minute.
    fn look(&self) {
        self.forget();
        self.commands.send(Command::Resume).unwrap();
    }
}

fn blobs(store: &Path) -> usize {
    std::fs::read_dir(store.join("blobs")).unwrap().count()
}

#[tokio::test]
async fn content_comes_is_kept_and_is_there_without_the_hub() {
    let store = tempfile::tempdir().unwrap();
    let world = world().await;
    publish(&world, &account(1), 7, &[1, 2, 1]);
    let bench = start(&world, store.path());
    let program = bench.program(7).await;
    assert_eq!(program.items.len(), 3);
    for (item, number) in program.items.iter().zip([1, 2, 1]) {
        assert_eq!(std::fs::read(&item.path).unwrap(), content(number));
    }
    assert_eq!(world.lock().unwrap().requests.len(), 2, "each file once");
    bench.idle().await;
    bench.look();
    bench.idle().await;
    assert_eq!(world.lock().unwrap().not_modified, 1);

    // The next publication brings one file and makes one superfluous.
    publish(&world, &account(1), 8, &[2, 3]);
    bench.look();
    bench.program(8).await;
    bench.idle().await;
    assert_eq!(
        (world.lock().unwrap().requests.len(), blobs(store.path())),
        (3, 3)
    );
    bench.look();
    bench.idle().await;
    assert_eq!(
        blobs(store.path()),
        2,
        "evicted when nothing can need it any more"
    );

    // After a restart, with the hub away.
    world.lock().unwrap().url = "http://127.0.0.1:9/".into();
    let bench = start(&world, store.path());
    assert_eq!(bench.program(8).await.items.len(), 2);
    assert_eq!(bench.failure().await.0, Code::PlyDownload);
}

#[tokio::test]
async fn a_download_goes_on_where_it_was_cut() {
    let store = tempfile::tempdir().unwrap();
    let world = world().await;
    publish(&world, &account(1), 1, &[5]);
    world.lock().unwrap().cut_after = Some(60_000);
    let bench = start(&world, store.path());
    let (code, detail) = bench.failure().await;
    assert_eq!(code, Code::PlyDownload);
    assert!(detail.starts_with("no answer from the hub"), "{detail}");
    bench.program(1).await;
    assert_eq!(bench.world.lock().unwrap().requests, ["", "bytes=60000-"]);
}

#[tokio::test]
async fn a_file_that_is_not_what_was_signed_is_refused() {
    let store = tempfile::tempdir().unwrap();
    let world = world().await;
    publish(&world, &account(1), 1, &[5]);
    for bytes in world.lock().unwrap().blobs.values_mut() {
        bytes[99_999] ^= 1;
    }
    let bench = start(&world, store.path());
    let (code, detail) = bench.failure().await;
    assert_eq!(
        (code, detail.as_str()),
        (
            Code::PlyDownload,
            "the hub sent another file than the publication names"
        )
    );
    assert_eq!(blobs(store.path()), 0);
    world.lock().unwrap().blobs.clear();
    publish(&world, &account(1), 1, &[5]);
    bench.program(1).await;
}

#[tokio::test]
async fn an_expired_token_is_changed_once() {
    let store = tempfile::tempdir().unwrap();
    let world = world().await;
    publish(&world, &account(1), 1, &[5]);
    let bench = start(&world, store.path());
    bench.program(1).await;
    bench.idle().await;
    world.lock().unwrap().token = "two".into();
    bench.look();
    bench.idle().await;
    assert_eq!(world.lock().unwrap().tokens_given, 2);
}

#[tokio::test]
async fn older_or_foreign_publications_are_refused_and_another_account_starts_anew() {
    let store = tempfile::tempdir().unwrap();
    let world = world().await;
    publish(&world, &account(1), 5, &[1]);
    let bench = start(&world, store.path());
    bench.program(5).await;
    bench.idle().await;

    publish(&world, &account(1), 4, &[2]);
    bench.look();
    assert!(bench.failure().await.1.contains("older"));
    publish(&world, &account(2), 9, &[2]);
    bench.look();
    assert!(bench.failure().await.1.contains("not signed by the account"));
    assert_eq!(blobs(store.path()), 1);

    world.lock().unwrap().key = jwk(&account(2));
    bench.look();
    bench
        .until("dropped", |event| {
            matches!(event, Event::Content(None)).then_some(())
        })
        .await;
    bench.program(9).await;
}

#[tokio::test]
async fn a_store_that_comes_later_and_a_damaged_file_are_survived() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("mounted-later");
    let world = world().await;
    publish(&world, &account(1), 1, &[1, 2]);
    let bench = start(&world, &store);
    tokio::time::sleep(Duration::from_millis(300)).await;
    std::fs::create_dir(&store).unwrap();
    let program = bench.program(1).await;
    bench.idle().await;
    assert!(
        bench
            .events
            .lock()
            .unwrap()
            .iter()
            .all(|event| !matches!(event, Event::Sync(SyncState::Failed { .. })))
    );

    // Damaged behind our back, and noticed when it could not be decoded.
    let path = &program.items[0].path;
    std::fs::write(path, vec![0; 100_000]).unwrap();
    bench.forget();
    bench
        .commands
        .send(Command::Suspect(program.items[1].path.clone()))
        .unwrap();
    bench.commands.send(Command::Suspect(path.clone())).unwrap();
    bench.program(1).await;
    assert_eq!(std::fs::read(path).unwrap(), content(1));
}
