//! Content in a bucket: against a real S3 server when `SIGNAGE_TEST_S3` names one, and always against one that fails.

use axum::http::Method;
use futures_util::TryStreamExt as _;
use signage_hub::backup::Wanted;
use signage_hub::blobs::{Blobs, Stored};
use signage_hub::serve::{Hub, Options};
use signage_hub::store::{self, blobs as rows, content as contents, uploads};
use signage_hub::{backup, content, ident, sweep, upload};
use signage_protocol::token::Kind;

use crate::common::{Screen, TestHub};
use crate::store_s3::{Fault, Store};
use crate::uploads::picture;

/// The server that the environment names, else the one in this process.
async fn any_store() -> (String, Option<Store>) {
    match std::env::var("SIGNAGE_TEST_S3") {
        Ok(endpoint) => {
            let prefix = ident::new("test").unwrap();
            let text = format!(
                "endpoint = \"{endpoint}\"\nbucket = \"media\"\naccess_key_id = \"id\"\nsecret_access_key = \"key\"\nprefix = \"{prefix}\"\n"
            );
            (text, None)
        }
        Err(_) => {
            eprintln!("skipped: a real S3 server, since SIGNAGE_TEST_S3 names none; tests/s3 starts one");
            let store = Store::start().await;
            (store.config(), Some(store))
        }
    }
}

/// Brings a file in by the protocol for uploads, in three parts.
pub async fn send(hub: &TestHub, name: &str, bytes: &[u8]) -> signage_hub::Result<contents::Content> {
    let entry = content::Entry { title: Some(name.into()), folder: String::new() };
    let limits = hub.state.uploads;
    let size = Some(bytes.len() as i64);
    let mut new = upload::create(hub.store(), &hub.actor(), &entry, size, &limits, ident::now()).await?;
    for part in bytes.chunks(bytes.len() / 3 + 1) {
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(part.to_vec().into())]);
        new = upload::append(hub.store(), &hub.state.blobs, &new, stream, None, &limits).await?;
    }
    upload::finish(hub.store(), &hub.state.blobs, &new, ident::now()).await
}

#[tokio::test]
async fn a_film_goes_through_the_bucket_to_a_screen() {
    let (config, _) = any_store().await;
    let hub = TestHub::with_bucket(&config).await;
    // Longer than two parts of an upload to the store.
    let bytes = picture((17 << 20) + 5, 1);
    let film = send(&hub, "film.png", &bytes).await.unwrap();
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    screen.enroll(&hub, &secret).await;
    let bearer = screen.bearer(&hub).await;
    let path = format!("/v1/blobs/{}", film.sha256);
    let whole = screen.get(&hub, &bearer, &path, &[]).await;
    assert!(whole.status == 200 && whole.body == bytes);
    let rest = screen.get(&hub, &bearer, &path, &[("range", "bytes=17000000-")]).await;
    assert!(rest.status == 206 && rest.body == bytes[17_000_000..]);
    // From a shell, the same bytes are the same file; others are another.
    let (one, small) = hub.content(&hub.account, "a.png", 100).await;
    let stored = Stored { sha256: one.sha256.clone(), size: 100 };
    let local = hub.state.blobs.local(&stored).await.unwrap();
    assert_eq!(std::fs::read(&local.path).unwrap(), small);
    content::remove(hub.store(), &hub.actor(), &one.id, ident::now()).await.unwrap();
    let later = ident::now() + 2 * sweep::GRACE;
    assert_eq!(sweep::run(hub.store(), &hub.state.blobs, sweep::GRACE, later).await.unwrap(), 1);
    assert!(!hub.state.blobs.has(&stored).await.unwrap());
}

#[tokio::test]
async fn a_backup_says_what_it_leaves_and_can_hold_the_bucket() {
    if std::env::var_os("SIGNAGE_TEST_POSTGRES").is_some() {
        return;
    }
    let (config, _) = any_store().await;
    let hub = TestHub::with_bucket(&config).await;
    let film = send(&hub, "film.png", &picture(100_000, 2)).await.unwrap();
    let state = &hub.state;
    let at = |name: &str| hub.files.path().join(name);
    let without =
        backup::make(&state.directory, hub.store(), &state.blobs, &at("without"), Wanted::default())
            .await
            .unwrap();
    assert!(!without.content && at("without/s3.toml").exists());
    let with = backup::make(
        &state.directory,
        hub.store(),
        &state.blobs,
        &at("with"),
        Wanted { content: true, key: true },
    )
    .await
    .unwrap();
    assert!(with.content && with.bytes > 100_000 && !at("with/s3.toml").exists());
    backup::restore(&at("with"), &at("hub"), None).await.unwrap();
    let running = Hub::start(Options::local(at("hub"))).await.unwrap();
    assert!(matches!(running.state.blobs, Blobs::Directory(_)));
    assert!(running.state.blobs.path(&film.sha256).unwrap().exists());
    running.stop().await.unwrap();
    // One without its content goes on with the bucket.
    backup::restore(&at("without"), &at("other"), None).await.unwrap();
    std::fs::copy(state.directory.path().join("secret.key"), at("other/secret.key")).unwrap();
    let running = Hub::start(Options::local(at("other"))).await.unwrap();
    let stored = Stored { sha256: film.sha256, size: 100_000 };
    assert!(running.state.blobs.has(&stored).await.unwrap());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_store_that_fails_now_and_then_is_asked_again() {
    let store = Store::start().await;
    let hub = TestHub::with_bucket(&store.config()).await;
    store.fail(Method::PUT, "incoming/", Fault::Error, 2);
    store.fail(Method::PUT, "partNumber", Fault::Slow, 1);
    store.fail(Method::GET, "incoming/", Fault::Break, 2);
    let bytes = picture(300_000, 3);
    let film = send(&hub, "film.png", &bytes).await.unwrap();
    store.fail(Method::GET, "blobs/", Fault::Break, 1);
    let read = hub.state.blobs.read(&film.sha256, 0..300_000).await.unwrap();
    let read: Vec<_> = read.try_collect().await.unwrap();
    assert!(read.concat() == bytes);
    assert_eq!((store.names("hub/incoming/").len(), store.open_uploads()), (0, 0));
}

#[tokio::test]
async fn a_store_that_is_down_is_said_and_leaves_nothing_half() {
    let store = Store::start().await;
    let hub = TestHub::with_bucket(&store.config()).await;
    store.fail(Method::PUT, "partNumber", Fault::Error, usize::MAX);
    let error = send(&hub, "film.png", &picture(300_000, 4)).await.unwrap_err();
    assert!(error.to_string().contains("the store of the content failed"), "{error}");
    let answer = axum::response::IntoResponse::into_response(error);
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "30"));
    assert_eq!((store.names("hub/blobs/").len(), store.open_uploads()), (0, 0));
    assert!(contents::list(hub.store(), &hub.account.id).await.unwrap().is_empty());
    // The upload is whole, and is finished once the store answers again.
    store.mend();
    upload::tidy(hub.store(), &hub.state.blobs, ident::now()).await.unwrap();
    let all = contents::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!((all.len(), store.names("hub/blobs/").len()), (1, 1));
}

#[tokio::test]
async fn a_store_that_loses_the_line_for_good_gives_an_error_not_half_a_film() {
    let store = Store::start().await;
    let hub = TestHub::with_bucket(&store.config()).await;
    let film = send(&hub, "film.png", &picture(300_000, 5)).await.unwrap();
    store.fail(Method::GET, "blobs/", Fault::Break, usize::MAX);
    let read = async {
        let stream = hub.state.blobs.read(&film.sha256, 0..300_000).await?;
        stream.try_collect::<Vec<_>>().await
    };
    assert!(read.await.unwrap_err().to_string().contains("the store of the content failed"));
}

#[tokio::test]
async fn bytes_that_change_on_the_way_are_not_kept() {
    let store = Store::start().await;
    let hub = TestHub::with_bucket(&store.config()).await;
    let bytes = picture(30_000, 6);
    let entry = content::Entry { title: Some("a.png".into()), folder: String::new() };
    let limits = hub.state.uploads;
    let new =
        upload::create(hub.store(), &hub.actor(), &entry, Some(30_000), &limits, ident::now()).await.unwrap();
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes.into())]);
    let whole = upload::append(hub.store(), &hub.state.blobs, &new, stream, None, &limits).await.unwrap();
    // Read for its head, read for its digest, and then other bytes.
    store.fail(Method::GET, "incoming/", Fault::Slow, 2);
    store.fail(Method::GET, "incoming/", Fault::Corrupt, 1);
    let error = upload::finish(hub.store(), &hub.state.blobs, &whole, ident::now()).await.unwrap_err();
    assert!(error.to_string().contains("changed while it was stored"), "{error}");
    assert_eq!((store.names("hub/blobs/").len(), store.open_uploads()), (0, 0));
    // Nothing is lost: it is finished when the store behaves.
    upload::finish(hub.store(), &hub.state.blobs, &whole, ident::now()).await.unwrap();
    assert_eq!(store.names("hub/blobs/").len(), 1);
}

#[tokio::test]
async fn a_sweep_that_cannot_remove_a_file_tries_again() {
    let store = Store::start().await;
    let hub = TestHub::with_bucket(&store.config()).await;
    let mut change = hub.store().write().await.unwrap();
    rows::touch(&mut change, &"ab".repeat(32), 1, 1).await.unwrap();
    store::commit(change).await.unwrap();
    store.fail(Method::DELETE, "blobs/", Fault::Error, usize::MAX);
    let run = || sweep::run(hub.store(), &hub.state.blobs, sweep::GRACE, ident::now());
    assert!(run().await.is_err());
    store.mend();
    assert_eq!(run().await.unwrap(), 1);
    assert!(uploads::whole(hub.store()).await.unwrap().is_empty());
}
