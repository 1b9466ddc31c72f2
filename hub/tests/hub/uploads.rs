//! Uploads: by the protocol tus, by a form, broken off and gone on with, and what becomes of them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use signage_hub::ident::{self, DAY};
use signage_hub::rights::Role;
use signage_hub::store::{accounts, content as contents, uploads};
use signage_hub::upload::{self, Limits};
use signage_hub::{content, http, sweep};

use crate::api::secret;
use crate::common::{Answer, PASSWORD, TestHub};
use crate::console::{cookie, form_token, get, sign_in};

/// Bytes that begin as a PNG does.
pub fn picture(length: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend((0..length - 8).map(|index| (index as u8).wrapping_mul(31).wrapping_add(seed)));
    bytes
}

struct Sender<'a> {
    hub: &'a TestHub,
    token: String,
}

impl<'a> Sender<'a> {
    async fn new(hub: &'a TestHub) -> Self {
        Self { hub, token: secret(hub, &hub.account, Role::Content).await }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("tus-resumable", "1.0.0");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.hub.send(request.body(body).unwrap()).await
    }

    async fn begin(&self, length: usize, title: &str, folder: &str) -> String {
        let about = format!("filename {},folder {}", STANDARD.encode(title), STANDARD.encode(folder));
        let headers = [("upload-length", length.to_string()), ("upload-metadata", about)];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = self.ask("POST", "/api/v1/uploads", &headers, Body::empty()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.header(header::LOCATION).to_owned()
    }

    async fn part(&self, path: &str, offset: usize, body: impl Into<Body>, more: &[(&str, &str)]) -> Answer {
        let offset = offset.to_string();
        let own = [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
        self.ask("PATCH", path, &[&own, more].concat(), body.into()).await
    }

    async fn offset(&self, path: &str) -> usize {
        let answer = self.ask("HEAD", path, &[], Body::empty()).await;
        assert_eq!((answer.status.as_u16(), answer.header("tus-resumable")), (200, "1.0.0"));
        answer.header("upload-offset").parse().unwrap()
    }
}

#[tokio::test]
async fn an_upload_in_parts_becomes_content() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let abilities = sender.ask("OPTIONS", "/api/v1/uploads", &[], Body::empty()).await;
    assert!(abilities.header("tus-extension").contains("termination"));
    let bytes = picture(100_000, 1);
    let path = sender.begin(bytes.len(), "../etc/Film\u{202E}.png", "/Berlin// Foyer").await;
    let one = sender.part(&path, 0, bytes[..40_000].to_vec(), &[]).await;
    assert_eq!((one.status.as_u16(), one.header("upload-offset")), (204, "40000"));
    assert!(!one.header("upload-expires").is_empty());
    // A part that was sent already is not taken twice.
    let again = sender.part(&path, 0, bytes[..40_000].to_vec(), &[]).await;
    assert_eq!((again.problem().0, again.header("upload-offset")), (409, "40000"));
    assert_eq!(sender.offset(&path).await, 40_000);
    let last = sender.part(&path, 40_000, bytes[40_000..].to_vec(), &[]).await;
    let id = last.header("x-signage-content").to_owned();
    // Whoever lost that answer gets it again.
    assert_eq!(sender.ask("HEAD", &path, &[], Body::empty()).await.header("x-signage-content"), id);
    assert_eq!(sender.part(&path, bytes.len(), "", &[]).await.header("x-signage-content"), id);

    let item = sender.ask("GET", &format!("/api/v1/content/{id}"), &[], Body::empty()).await.json();
    assert_eq!((&item["title"], &item["folder"]), (&"Film.png".into(), &"Berlin/Foyer".into()));
    assert_eq!(item["sha256"], hex::encode(Sha256::digest(&bytes)));
    let file = sender
        .ask(
            "GET",
            &format!("/api/v1/content/{id}/file?download=1"),
            &[("range", "bytes=5-9")],
            Body::empty(),
        )
        .await;
    assert_eq!((file.status.as_u16(), file.body.as_slice()), (206, &bytes[5..10]));
    assert!(file.header(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"Film.png\""));
    let left = std::fs::read_dir(hub.state.directory.incoming()).unwrap().count();
    assert_eq!(left, 0, "pieces are left");
}

#[tokio::test]
async fn what_breaks_off_goes_on_on_another_hub() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let bytes = picture(50_000, 2);
    let path = sender.begin(bytes.len(), "a.png", "").await;
    let parts = [Ok(Bytes::copy_from_slice(&bytes[..20_000])), Err(std::io::Error::other("the line broke"))];
    let broken = sender.part(&path, 0, Body::from_stream(futures_util::stream::iter(parts)), &[]).await;
    assert!(broken.problem().0 == 400 && broken.text().contains("20000 bytes"), "{}", broken.text());
    // Another process on the same database and store; nothing that was in memory is there.
    let state = http::State::new(hub.store().clone(), hub.state.directory.clone(), hub.state.urls.clone());
    let token = sender.token.clone();
    let mut other = hub;
    other.router = http::router(state.await.unwrap());
    let sender = Sender { hub: &other, token };
    assert_eq!(sender.offset(&path).await, 20_000);
    let last = sender.part(&path, 20_000, bytes[20_000..].to_vec(), &[]).await;
    let id = last.header("x-signage-content");
    let stored = contents::by_id(other.store(), &other.account.id, id).await.unwrap();
    assert_eq!(stored.sha256, hex::encode(Sha256::digest(&bytes)));
}

#[tokio::test]
async fn of_two_senders_the_later_one_goes_on() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let bytes = picture(10_000, 3);
    let path = sender.begin(bytes.len(), "a.png", "").await;
    let id = path.rsplit('/').next().unwrap();
    let standing = uploads::find(&mut hub.store().read().await.unwrap(), &hub.account.id, id).await.unwrap();
    // The first one has sent, and its piece is not counted yet, when the second takes over.
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let first = bytes[..5000].to_vec();
    let slow = futures_util::stream::once(async { Ok::<_, std::io::Error>(Bytes::from(first)) });
    let slow = futures_util::StreamExt::chain(
        slow,
        futures_util::stream::once(async move {
            let _ = wait.await;
            Ok(Bytes::from_static(b"x"))
        }),
    );
    let (store, blobs) = (hub.store().clone(), hub.state.blobs.clone());
    let limits = hub.state.uploads;
    let stale = tokio::spawn(async move {
        let slow = std::pin::pin!(slow);
        upload::append(&store, &blobs, &standing, slow, None, &limits).await
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = sender.part(&path, 0, bytes[..7000].to_vec(), &[]).await;
    assert_eq!(second.header("upload-offset"), "7000");
    go.send(()).unwrap();
    assert!(stale.await.unwrap().unwrap_err().to_string().contains("another request"));
    let last = sender.part(&path, 7000, bytes[7000..].to_vec(), &[]).await;
    let id = last.header("x-signage-content");
    let stored = contents::by_id(hub.store(), &hub.account.id, id).await.unwrap();
    assert_eq!(stored.sha256, hex::encode(Sha256::digest(&bytes)));
}

#[tokio::test]
async fn a_part_with_a_checksum_counts_as_a_whole_or_not() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let bytes = picture(1000, 4);
    let path = sender.begin(bytes.len(), "a.png", "").await;
    let of = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let wrong = sender.part(&path, 0, bytes[..500].to_vec(), &[("upload-checksum", &of(b"other"))]).await;
    assert_eq!(wrong.problem(), (460, "API-003".into()));
    assert_eq!(sender.offset(&path).await, 0);
    for bad in ["sha256 %%", "md5 AAAA", "sha1"] {
        assert_eq!(sender.part(&path, 0, bytes.clone(), &[("upload-checksum", bad)]).await.problem().0, 400);
    }
    let right = sender.part(&path, 0, bytes.clone(), &[("upload-checksum", &of(&bytes))]).await;
    assert!(right.header("x-signage-content").starts_with("con_"));
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_it_is_sent() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let account = accounts::find(hub.store(), "acme").await.unwrap();
    content::limit_bytes(hub.store(), &account, Some(1000), ident::now()).await.unwrap();
    let begin = async |length: &str| {
        sender.ask("POST", "/api/v1/uploads", &[("upload-length", length)], Body::empty()).await
    };
    let refused = begin("1001").await;
    assert!(refused.problem().0 == 413 && refused.text().contains("room for 1000"), "{}", refused.text());
    // An upload takes its room when it begins.
    let path = sender.begin(600, "a.png", "").await;
    assert!(begin("500").await.text().contains("room for 400"));
    let more = sender.part(&path, 0, picture(601, 1), &[]).await;
    assert_eq!(more.problem().0, 413);
    assert_eq!(sender.ask("DELETE", &path, &[], Body::empty()).await.status, 204);
    assert_eq!(sender.ask("HEAD", &path, &[], Body::empty()).await.status, 404);
    assert_eq!(begin("1000").await.status, 201);
    assert!(begin(&(5_i64 << 30).to_string()).await.text().contains("at most"));
    for wrong in ["0", "-1", "x", ""] {
        assert_eq!(begin(wrong).await.problem().0, 422, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_sender_that_falls_silent_is_not_waited_for() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let path = sender.begin(1000, "a.png", "").await;
    let id = path.rsplit('/').next().unwrap();
    let standing = uploads::find(&mut hub.store().read().await.unwrap(), &hub.account.id, id).await.unwrap();
    let limits = Limits { silence: Duration::from_millis(50), ..hub.state.uploads };
    let first = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from(picture(100, 1)))]);
    let silent = futures_util::StreamExt::chain(first, futures_util::stream::pending());
    let silent = std::pin::pin!(silent);
    let late = upload::append(hub.store(), &hub.state.blobs, &standing, silent, None, &limits).await;
    assert!(late.unwrap_err().to_string().contains("too slowly"));
    // What it has sent is not lost.
    assert_eq!(sender.offset(&path).await, 100);
}

#[tokio::test]
async fn what_no_screen_shows_is_refused_with_its_first_part() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let path = sender.begin(10_000, "letter.docx", "").await;
    let refused = sender.part(&path, 0, "PK and more that is no picture", &[]).await;
    assert!(
        refused.problem().0 == 422 && refused.text().contains("letter.docx is not"),
        "{}",
        refused.text()
    );
    assert_eq!(sender.ask("HEAD", &path, &[], Body::empty()).await.status, 404);
}

#[tokio::test]
async fn an_upload_expires_and_a_crash_after_the_last_byte_is_made_good() {
    let hub = TestHub::new().await;
    let sender = Sender::new(&hub).await;
    let left = sender.begin(1000, "a.png", "").await;
    sender.part(&left, 0, picture(500, 1), &[]).await;
    // Every byte is here, and the hub ends before it has made content of them.
    let bytes = picture(700, 2);
    let whole = sender.begin(bytes.len(), "b.png", "").await;
    let id = whole.rsplit('/').next().unwrap();
    let standing = uploads::find(&mut hub.store().read().await.unwrap(), &hub.account.id, id).await.unwrap();
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))]);
    upload::append(hub.store(), &hub.state.blobs, &standing, stream, None, &hub.state.uploads).await.unwrap();
    upload::tidy(hub.store(), &hub.state.blobs, ident::now()).await.unwrap();
    assert!(
        sender.ask("HEAD", &whole, &[], Body::empty()).await.header("x-signage-content").starts_with("con_")
    );
    assert_eq!(sender.offset(&left).await, 500);
    upload::tidy(hub.store(), &hub.state.blobs, ident::now() + 3 * DAY).await.unwrap();
    assert_eq!(sender.ask("HEAD", &left, &[], Body::empty()).await.status, 404);
    assert_eq!(std::fs::read_dir(hub.state.directory.incoming()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_browser_without_scripts_sends_a_form() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let page = get(&hub, "/content", &session).await;
    assert!(page.text().contains("No content yet") && page.text().contains("multipart/form-data"));
    let send = async |token: &str, name: &str, bytes: &[u8]| {
        let mut body = Vec::new();
        for (field, value) in [("form", token), ("folder", "Shop")] {
            body.extend(
                format!("--xyz\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                .bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--xyz--\r\n");
        let request = Request::post("/content/upload")
            .header(header::COOKIE, &session)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz");
        hub.send(request.body(body.into()).unwrap()).await
    };
    // Longer than any other body may be.
    let bytes = picture(300_000, 5);
    let done = send(&form_token(&page), "poster.png", &bytes).await;
    assert_eq!(
        (done.status.as_u16(), done.header(header::LOCATION)),
        (303, "/content?folder=Shop&done=added")
    );
    let list = get(&hub, "/content?folder=Shop", &session).await;
    assert!(list.text().contains("poster.png"));
    assert_eq!(send("wrong", "other.png", &bytes).await.status, 403);
    let text = send(&form_token(&page), "letter.txt", b"just a letter, and long enough").await;
    assert!(text.status == 422 && text.text().contains("letter.txt is not"), "{}", text.text());
    assert!(send(&form_token(&page), "", b"").await.text().contains("choose a file first"));
    let all = contents::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn files_go_when_nothing_needs_them_for_a_while() {
    let hub = TestHub::new().await;
    let (one, _) = hub.content(&hub.account, "one.png", 100).await;
    let (two, _) = hub.content(&hub.account, "two.png", 100).await;
    let actor = hub.actor();
    let sweep = async |later: i64| {
        sweep::run(hub.store(), &hub.state.blobs, sweep::GRACE, ident::now() + later).await.unwrap()
    };
    let there = |sha256: &str| hub.state.blobs.path(sha256).unwrap().exists();
    assert_eq!(sweep(30 * DAY).await, 0, "content is needed");
    content::remove(hub.store(), &actor, &one.id, ident::now()).await.unwrap();
    assert_eq!(sweep(DAY).await, 0, "somebody may have read its digest");
    // The same bytes of another account keep the file.
    let other = crate::common::new_account(hub.store(), "other").await;
    let (again, _) = hub.content(&other, "one.png", 100).await;
    assert_eq!((again.sha256 == one.sha256, sweep(30 * DAY).await), (true, 0));
    let actor = signage_hub::api_token::Actor::cli(&other.id);
    content::remove(hub.store(), &actor, &again.id, ident::now()).await.unwrap();
    assert_eq!((sweep(4 * DAY).await, there(&one.sha256), there(&two.sha256)), (1, false, true));
    // Stored again after it went.
    let (back, _) = hub.content(&hub.account, "one.png", 100).await;
    assert!(back.sha256 == one.sha256 && there(&one.sha256));
}

#[tokio::test]
async fn what_is_published_or_shown_above_all_keeps_its_file() {
    use signage_hub::ident::now;
    use signage_hub::store::{self, blobs as rows, overrides, publications};

    let hub = TestHub::new().await;
    let later = now() + 30 * DAY;
    let sweep = async || sweep::run(hub.store(), &hub.state.blobs, sweep::GRACE, later).await.unwrap();
    let (early, _) = hub.content(&hub.account, "early.png", 100).await;
    let (current, bytes) = hub.content(&hub.account, "current.png", 100).await;
    let (above, _) = hub.content(&hub.account, "above.png", 100).await;
    let (gone, _) = hub.content(&hub.account, "gone.png", 100).await;
    let show = |sha256: &str| serde_json::json!({ "show": { "blob": { "sha256": sha256 } } }).to_string();
    let mut change = hub.store().write().await.unwrap();
    for (number, sha256) in [(1, &early.sha256), (2, &current.sha256)] {
        let new = publications::Publication {
            id: format!("pub_{number}"),
            account: hub.account.id.clone(),
            number,
            state: "published".into(),
            changes: "[]".into(),
            comment: None,
            created_by: "cli".into(),
            created_at: now(),
            decided_by: None,
            decided_at: None,
            answer: None,
            published_at: Some(now()),
            sequence: None,
            restores: None,
        };
        publications::insert(&mut change, &new, &show(sha256)).await.unwrap();
    }
    let shown = overrides::Override {
        id: "ovr_1".into(),
        account: hub.account.id.clone(),
        name: "Alarm".into(),
        target: show(&above.sha256),
        audience: "{}".into(),
        starts_at: now(),
        ends_at: later + DAY,
        stopped_at: None,
        created_by: "cli".into(),
        created_at: now(),
    };
    overrides::insert(&mut change, &shown).await.unwrap();
    store::commit(change).await.unwrap();

    let remove = async |id: &str| content::remove(hub.store(), &hub.actor(), id, now()).await;
    for (content, by) in [(&current, "publication"), (&above, "override")] {
        let refused = remove(&content.id).await.unwrap_err().to_string();
        assert!(refused.contains(by), "{refused}");
    }
    for content in [&early, &gone] {
        remove(&content.id).await.unwrap();
    }
    assert_eq!(sweep().await, 1, "what nothing can bring back");
    let there = |sha256: &str| hub.state.blobs.path(sha256).unwrap().exists();
    assert_eq!((there(&early.sha256), there(&gone.sha256)), (true, false));
    let needed = rows::needed(hub.store()).await.unwrap();
    for content in [&early, &current, &above] {
        assert!(needed.contains(&(content.sha256.clone(), bytes.len() as i64)), "{}", content.title);
    }
    let (_, secret) = hub.token(signage_protocol::token::Kind::Device).await;
    let screen = crate::common::Screen::new(9);
    screen.enroll(&hub, &secret).await;
    let bearer = screen.bearer(&hub).await;
    for (content, status) in [(&early, 200), (&gone, 404)] {
        let path = format!("/v1/blobs/{}", content.sha256);
        assert_eq!(screen.get(&hub, &bearer, &path, &[]).await.status, status, "{}", content.title);
    }
}
