//! What was stored stays: files while a sweep goes on beside them, copies that are made in the middle of everything,
//! and the bytes of an upload that were confirmed before the hub was killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};
use signage_hub::api_token::Actor;
use signage_hub::backup::{self, Wanted};
use signage_hub::blobs::Stored;
use signage_hub::content;
use signage_hub::ident::{self, DAY};
use signage_hub::rights::Role;
use signage_hub::store::{blobs as rows, content as contents, devices};
use signage_hub::{Error, api_token, serve, sweep, upload};
use signage_protocol::token::Kind;

use crate::bucket::send;
use crate::common::{Screen, TestHub, data_dir, new_account};
use crate::serve::client;
use crate::uploads::picture;

#[tokio::test(flavor = "multi_thread")]
async fn no_content_loses_its_file_to_a_sweep() {
    let hub = TestHub::new().await;
    let over = AtomicBool::new(false);
    let sweeping = async {
        let mut removed = 0;
        while !over.load(Ordering::Relaxed) {
            // Whatever nobody names at this moment.
            removed += sweep::run(hub.store(), &hub.state.blobs, 0, ident::now()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(8)).await;
        }
        removed
    };
    let storing = async {
        let path = hub.files.path().join("same.png");
        std::fs::write(&path, picture(100, 1)).unwrap();
        for round in 0..60 {
            let added = loop {
                match content::add(hub.store(), &hub.state.blobs, &hub.account, &path, ident::now()).await {
                    // Against a sweep without a pause nobody wins every time.
                    Err(Error::Refused { status: 503, .. }) => {}
                    added => break added.unwrap(),
                }
            };
            let stored = Stored { sha256: added.sha256, size: 100 };
            assert!(hub.state.blobs.has(&stored).await.unwrap(), "gone in round {round}");
            content::remove(hub.store(), &hub.actor(), &added.id, ident::now()).await.unwrap();
        }
        over.store(true, Ordering::Relaxed);
    };
    let (removed, ()) = tokio::join!(sweeping, storing);
    assert!(removed > 10, "only {removed} files were ever removed, so nothing was tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_screens_enrol_and_files_arrive_is_a_whole_hub() {
    if std::env::var_os("SIGNAGE_TEST_POSTGRES").is_some() {
        // Its own tools copy it.
        return;
    }
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let over = AtomicBool::new(false);
    let enrolling = async {
        let mut seed = 0;
        while !over.load(Ordering::Relaxed) {
            seed += 1;
            Screen::new(seed).enroll(&hub, &secret).await;
        }
        seed
    };
    let sending = async {
        let mut number = 0;
        while !over.load(Ordering::Relaxed) {
            number += 1;
            send(&hub, &format!("{number}.png"), &picture(40_000, number)).await.unwrap();
        }
        number
    };
    let copying = async {
        let mut known = Vec::new();
        for number in 0..4 {
            let before = devices::list(hub.store(), &hub.account.id).await.unwrap().len();
            let files = contents::list(hub.store(), &hub.account.id).await.unwrap().len();
            let target = hub.files.path().join(format!("copy-{number}"));
            let wanted = Wanted { key: true, ..Wanted::default() };
            backup::make(&hub.state.directory, hub.store(), &hub.state.blobs, &target, wanted).await.unwrap();
            known.push((target, before, files));
            // Something of both goes on beside every copy.
            while devices::list(hub.store(), &hub.account.id).await.unwrap().len() == before
                || contents::list(hub.store(), &hub.account.id).await.unwrap().len() == files
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        over.store(true, Ordering::Relaxed);
        known
    };
    let (screens, files, copies) = tokio::join!(enrolling, sending, copying);
    assert!(
        screens > 3 && files > 3,
        "{screens} screens and {files} files: nothing went on beside the copies"
    );
    for (copy, least_screens, least_files) in copies {
        let place = copy.with_extension("restored");
        backup::restore(&copy, &place, None).await.unwrap();
        let (directory, store) = serve::open(&place).await.unwrap();
        let urls = hub.state.urls.clone();
        let state = signage_hub::http::State::new(store, directory, urls).await.unwrap();
        let restored = TestHub::around(&state, &hub.account);
        for (sha256, size) in rows::needed(restored.store()).await.unwrap() {
            let stored = Stored { sha256, size: size.unsigned_abs() };
            assert!(state.blobs.has(&stored).await.unwrap(), "{} is missing", stored.sha256);
        }
        let all = contents::list(restored.store(), &hub.account.id).await.unwrap();
        assert!(all.len() >= least_files);
        let screens = devices::list(restored.store(), &hub.account.id).await.unwrap();
        assert!(screens.len() >= least_screens);
        // A screen that the copy knows gets in; one that enrolled after it can do so again.
        for seed in [1, 250] {
            let screen = Screen::new(seed);
            if !screens.iter().any(|known| known.id == screen.id()) {
                screen.enroll(&restored, &secret).await;
            }
            screen.bearer(&restored).await;
        }
        // What was arriving is not waited for, and nothing of it stands in the way.
        upload::tidy(restored.store(), &state.blobs, ident::now()).await.unwrap();
        let sql = "SELECT COUNT(*) FROM upload WHERE content IS NULL";
        let mut connection = restored.store().read().await.unwrap();
        assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *connection).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn pieces_that_nobody_counts_on_go() {
    let hub = TestHub::new().await;
    let blobs = &hub.state.blobs;
    blobs.put_piece("upl_gone/0-a", vec![Bytes::from_static(b"late")]).await.unwrap();
    let left = || std::fs::read_dir(hub.state.directory.incoming()).unwrap().count();
    upload::tidy(hub.store(), blobs, ident::now()).await.unwrap();
    assert_eq!(left(), 1, "another hub may still count on them");
    upload::tidy(hub.store(), blobs, ident::now() + 3 * DAY).await.unwrap();
    assert_eq!(left(), 0);
}

/// The command, killed when it goes out of sight.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_signage-hub"))
            .args(["serve", "--listen", "127.0.0.1:0", "--public-url", "https://127.0.0.1", "--no-announce"])
            .env("SIGNAGE_HUB_DATA_DIR", data)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready =
            lines.find(|line| line.as_ref().unwrap().contains("listen=")).expect("never ready").unwrap();
        let address = ready.split("listen=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        let url = format!("https://{address}");
        // Or it would wait for somebody to read what it says.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Without a chance to finish anything.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_outlasts_a_hub_that_is_killed() {
    let data = data_dir().await;
    let (_, store) = serve::open(data.path()).await.unwrap();
    let account = new_account(&store, "acme").await;
    let actor = Actor { account: &account.id, id: "cli" };
    let made = api_token::create(&store, &actor, "test", Role::Content, None, ident::now()).await.unwrap();
    let token = made.1.expose().to_owned();
    let mut served = Served::start(data.path());
    let client = client(&std::fs::read_to_string(data.path().join("tls/ca.pem")).unwrap());
    let ask = |method: &str, url: String| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        client.request(method, url).bearer_auth(&token).header("tus-resumable", "1.0.0")
    };
    let bytes = picture(1_200_000, 9);
    let begun = ask("POST", format!("{}/api/v1/uploads", served.url))
        .header("upload-length", bytes.len())
        .header("upload-metadata", "filename YS5wbmc=")
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 201);
    let path = begun.headers()["location"].to_str().unwrap().to_owned();
    let offset = |answer: &reqwest::Response| -> usize {
        answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    };
    let part = |url: &str, at: usize| {
        let piece = bytes[at..(at + 20_000).min(bytes.len())].to_vec();
        ask("PATCH", format!("{url}{path}"))
            .header("upload-offset", at)
            .header("content-type", "application/offset+octet-stream")
            .body(piece)
    };
    let (mut kills, mut confirmed, mut content) = (0, 0, None);
    while content.is_none() {
        let sending = part(&served.url, confirmed).send();
        if kills < 5 && confirmed >= (kills + 1) * bytes.len() / 6 {
            // Killed while a request is on its way, each time a little later in it.
            kills += 1;
            let _ = tokio::time::timeout(Duration::from_millis(2 * kills as u64), sending).await;
            served.kill();
            served = Served::start(data.path());
            let found = ask("HEAD", format!("{}{path}", served.url)).send().await.unwrap();
            assert_eq!(found.status(), 200);
            assert!(offset(&found) >= confirmed, "{} of {confirmed} bytes are left", offset(&found));
            confirmed = offset(&found);
            continue;
        }
        let sent = sending.await.unwrap();
        let header = |name| sent.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, at) = (sent.status(), header("upload-offset"));
        content = header("x-signage-content");
        assert_eq!(status, 204, "{}", sent.text().await.unwrap());
        confirmed = at.unwrap().parse().unwrap();
    }
    assert_eq!(kills, 5);
    served.kill();
    let stored = contents::by_id(&store, &account.id, &content.unwrap()).await.unwrap();
    assert_eq!(stored.sha256, hex::encode(Sha256::digest(&bytes)));
    let (directory, _) = serve::open(data.path()).await.unwrap();
    let file = signage_hub::blobs::Blobs::open(&directory).unwrap().path(&stored.sha256).unwrap();
    assert_eq!(std::fs::read(file).unwrap(), bytes);
}
