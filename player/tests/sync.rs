//! Keeps a store in step with a hub that cuts connections, lies, forgets and goes away.

// Helpers outside of test functions may unwrap as well: a panic here is a failed test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::hub::{Shared, account, content, jwk, publish, world};
use signage_player::content::Program;
use signage_player::content::sync::{AccessError, Command, Hub, Provisioner, Syncer};
use signage_player::engine::{Event, SyncState};
use signage_protocol::Secret;
use signage_protocol::problem::Code;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

#[derive(Clone)]
struct FakeProvisioner(Shared);

impl Provisioner for FakeProvisioner {
    async fn hub(&self) -> Result<Option<Hub>, AccessError> {
        let world = self.0.lock().unwrap();
        Ok(Some(Hub { url: world.url.clone(), ca: String::new(), account_key: world.key.clone() }))
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

fn start(world: &Shared, store: &Path) -> Bench {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let seen = events.clone();
    let report = move |event| seen.lock().unwrap().push(event);
    let (commands, inbox) = unbounded_channel();
    tokio::spawn(Syncer::new(store.to_owned(), FakeProvisioner(world.clone()), report).run(inbox));
    commands.send(Command::Resume).unwrap();
    Bench { world: world.clone(), events, commands }
}

impl Bench {
    /// Waits for an event that gives `find` something.
    async fn until<T>(&self, what: &str, find: impl Fn(&Event) -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = self.events.lock().unwrap().iter().find_map(&find) {
                return found;
            }
            assert!(Instant::now() < end, "{what}; seen {:?}", self.events.lock().unwrap());
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
        self.until("idle", |event| matches!(event, Event::Sync(SyncState::Idle)).then_some(())).await;
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
    assert_eq!((world.lock().unwrap().requests.len(), blobs(store.path())), (3, 3));
    bench.look();
    bench.idle().await;
    assert_eq!(blobs(store.path()), 2, "evicted when nothing can need it any more");

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
        (Code::PlyDownload, "the hub sent another file than the publication names")
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
    bench.until("dropped", |event| matches!(event, Event::Content(None)).then_some(())).await;
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
    bench.commands.send(Command::Suspect(program.items[1].path.clone())).unwrap();
    bench.commands.send(Command::Suspect(path.clone())).unwrap();
    bench.program(1).await;
    assert_eq!(std::fs::read(path).unwrap(), content(1));
}
