//! Publications and blobs.

use crate::common::{Answer, Screen, TestHub, new_account};
use axum::http::header;
use signage_hub::store::accounts;
use signage_hub::token::Grant;
use signage_hub::{ident, playlist};
use signage_protocol::document::{ItemKind, Publication};
use signage_protocol::jws::{self, typ};
use signage_protocol::token::Kind;

struct Playing {
    hub: TestHub,
    screen: Screen,
    bearer: String,
    key: jws::VerifyingKey,
}

impl Playing {
    async fn new() -> Self {
        let hub = TestHub::new().await;
        let (_, secret) = hub.token(Kind::Provisioning).await;
        let screen = Screen::new(1);
        let enrolled = screen.enroll(&hub, &secret).await;
        let bearer = screen.bearer(&hub).await;
        let key = enrolled.account_key.verifying_key().unwrap();
        Self { hub, screen, bearer, key }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.screen.get(&self.hub, &self.bearer, path, headers).await
    }

    async fn manifest(&self) -> (Publication, String) {
        let answer = self.get("/v1/manifest", &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/jose");
        let publication = jws::verify(answer.text(), typ::PUBLICATION, &self.key).unwrap();
        (publication, answer.header(header::ETAG).to_owned())
    }
}

#[tokio::test]
async fn a_publication_follows_the_default_playlist() {
    let playing = Playing::new().await;
    let (empty, empty_tag) = playing.manifest().await;
    assert_eq!((empty.playlist.items.len(), empty.sequence), (0, 1));
    assert_eq!(playing.get("/v1/manifest", &[("if-none-match", &empty_tag)]).await.status, 304);

    let hub = &playing.hub;
    let (one, _) = hub.content(&hub.account, "one.png", 100).await;
    let (two, _) = hub.content(&hub.account, "two.png", 200).await;
    let list = [one.clone(), two.clone(), one.clone()];
    let made =
        playlist::create(hub.store(), &hub.account, "Loop", &list, 7000, true, ident::now()).await.unwrap();

    let answer = playing.get("/v1/manifest", &[("if-none-match", &empty_tag)]).await;
    assert_eq!(answer.status, 200);
    let (publication, tag) = playing.manifest().await;
    assert_ne!(tag, empty_tag);
    assert_eq!(publication.sequence, 2);
    assert_eq!(publication.account, hub.account.id);
    assert_eq!(publication.playlist.name, "Loop");
    let items = &publication.playlist.items;
    assert_eq!(
        items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(),
        ["one.png", "two.png", "one.png"]
    );
    assert_ne!(items[0].id, items[2].id);
    assert_eq!((items[0].kind, items[0].duration_ms), (ItemKind::Image, Some(7000)));
    assert_eq!((items[1].blob.sha256.as_str(), items[1].blob.size), (two.sha256.as_str(), 200));
    assert_eq!(items[0].blob.media_type, "image/png");

    // The same until it changes, and then with a higher sequence.
    assert_eq!(playing.manifest().await, (publication, tag));
    playlist::replace(hub.store(), &hub.account, &made.id, &[two], 1000, ident::now()).await.unwrap();
    let (changed, _) = playing.manifest().await;
    assert_eq!((changed.sequence, changed.playlist.items.len()), (3, 1));
}

#[tokio::test]
async fn the_playlist_of_a_token_comes_first() {
    let playing = Playing::new().await;
    let hub = &playing.hub;
    let (one, _) = hub.content(&hub.account, "one.png", 100).await;
    let default = playlist::create(hub.store(), &hub.account, "All", &[], 1000, true, ident::now());
    default.await.unwrap();
    let own =
        playlist::create(hub.store(), &hub.account, "Own", &[one], 1000, false, ident::now()).await.unwrap();
    assert_eq!(playing.manifest().await.0.playlist.name, "All");
    let before = playing.manifest().await.0.sequence;

    let grant = Grant { playlist: Some(own.id), ..Grant::default() };
    let (_, secret) = hub.token_with(Kind::Device, grant).await;
    playing.screen.enroll(hub, &secret).await;
    let (publication, _) = playing.manifest().await;
    assert_eq!(publication.playlist.name, "Own");
    assert!(publication.sequence > before, "another playlist under the same sequence");
}

#[tokio::test]
async fn a_download_resumes_where_it_stopped() {
    let playing = Playing::new().await;
    let (content, bytes) = playing.hub.content(&playing.hub.account, "film.png", 200_000).await;
    let path = format!("/v1/blobs/{}", content.sha256);

    let whole = playing.get(&path, &[]).await;
    assert_eq!(whole.status, 200);
    assert!(whole.body == bytes);
    assert_eq!(whole.header(header::CONTENT_TYPE), "image/png");
    assert_eq!(whole.header(header::CONTENT_LENGTH), "200000");
    assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
    let tag = whole.header(header::ETAG).to_owned();

    let rest = playing.get(&path, &[("range", "bytes=123456-"), ("if-range", &tag)]).await;
    assert_eq!(rest.status, 206);
    assert!(rest.body == bytes[123_456..]);
    assert_eq!(rest.header(header::CONTENT_RANGE), "bytes 123456-199999/200000");
    let part = playing.get(&path, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &bytes[10..20]));
    assert_eq!(part.header(header::CONTENT_LENGTH), "10");

    let beyond = playing.get(&path, &[("range", "bytes=200000-")]).await;
    assert_eq!(beyond.problem(), (416, "PLY-002".to_owned()));
    assert_eq!(beyond.header(header::CONTENT_RANGE), "bytes */200000");
    let changed = playing.get(&path, &[("range", "bytes=10-19"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status.as_u16(), changed.body.len()), (200, 200_000));
    assert_eq!(playing.get(&path, &[("if-none-match", &tag)]).await.status, 304);
}

#[tokio::test]
async fn content_of_another_account_does_not_exist() {
    let playing = Playing::new().await;
    let other = new_account(playing.hub.store(), "other").await;
    let (foreign, _) = playing.hub.content(&other, "secret.png", 100).await;
    for digest in [foreign.sha256.as_str(), &"0".repeat(64), "short", "..%2F..%2Fhub.db"] {
        let answer = playing.get(&format!("/v1/blobs/{digest}"), &[]).await;
        assert_eq!(answer.problem(), (404, "PLY-004".to_owned()), "{digest}");
    }
    // Once both have it, both get it, from one file.
    let (own, _) = playing.hub.content(&playing.hub.account, "secret.png", 100).await;
    assert_eq!(own.sha256, foreign.sha256);
    assert_eq!(playing.get(&format!("/v1/blobs/{}", own.sha256), &[]).await.status, 200);
}

#[tokio::test]
async fn the_same_file_twice_is_one_content_and_a_text_is_none() {
    let hub = TestHub::new().await;
    let (one, _) = hub.content(&hub.account, "a.png", 100).await;
    let (two, _) = hub.content(&hub.account, "a.png", 100).await;
    assert_eq!(one.id, two.id);
    let text = hub.files.path().join("a.txt");
    std::fs::write(&text, "hello").unwrap();
    let added = signage_hub::content::add(hub.store(), &hub.state.blobs, &hub.account, &text, ident::now());
    assert!(matches!(added.await, Err(signage_hub::Error::Invalid(_))));
    assert_eq!(accounts::find(hub.store(), "acme").await.unwrap().id, hub.account.id);
}
