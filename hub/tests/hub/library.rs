//! Content as people find and order it: lists, folders, names, use, and what the probe says.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use signage_hub::probe::{self, Prober};
use signage_hub::rights::Role;
use signage_hub::store::content as contents;
use signage_hub::{ident, playlist};

use crate::api::{ask, secret};
use crate::common::{Answer, PASSWORD, TestHub};
use crate::console::{cookie, form_token, get, post, sign_in};

async fn api(hub: &TestHub, token: &str, method: &str, path: &str, body: Value) -> Answer {
    ask(hub, method, path, token, body).await
}

fn titles(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn content_is_found_by_folder_kind_and_words() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Content).await;
    let mut ids = Vec::new();
    for name in ["a.png", "b 100%.png", "c_d.png"] {
        ids.push(hub.content(&hub.account, name, 100).await.0.id);
    }
    let api = async |method: &str, path: &str, body: Value| api(&hub, &token, method, path, body).await;
    for (id, folder) in ids.iter().zip(["Berlin", "Berlin/Foyer", "Berlin%"]) {
        let changed =
            api("PATCH", &format!("/content/{id}"), json!({ "folder": folder, "tags": ["x", " x", "y\"z"] }))
                .await;
        assert_eq!(
            (changed.json()["folder"].clone(), changed.json()["tags"].clone()),
            (folder.into(), json!(["x", "y\"z"]))
        );
    }
    for (query, found) in [
        ("", vec!["a.png", "b 100%.png", "c_d.png"]),
        ("?folder=", vec![]),
        ("?folder=Berlin", vec!["a.png"]),
        ("?folder=Berlin&below=true", vec!["a.png", "b 100%.png"]),
        ("?folder=Berlin%25&below=true", vec!["c_d.png"]),
        ("?search=100%25", vec!["b 100%.png"]),
        ("?search=C_D", vec!["c_d.png"]),
        ("?kind=video", vec![]),
        ("?tag=y%22z&limit=1", vec!["a.png"]),
        ("?tag=y", vec![]),
    ] {
        assert_eq!(titles(&api("GET", &format!("/content{query}"), json!({})).await), found, "{query}");
    }
    let first = api("GET", "/content?limit=2", json!({})).await;
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = api("GET", &format!("/content?limit=2&after={next}"), json!({})).await;
    assert_eq!((titles(&second), second.json()["next"].clone()), (vec!["c_d.png".to_owned()], Value::Null));
    for wrong in ["?limit=0", "?kind=sound", "?after=x", "?foo=1", "?folder=a/../b"] {
        assert_eq!(api("GET", &format!("/content{wrong}"), json!({})).await.problem().0, 422, "{wrong}");
    }
}

#[tokio::test]
async fn folders_are_made_moved_and_removed_with_what_is_in_them() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Content).await;
    let api = async |method: &str, path: &str, body: Value| api(&hub, &token, method, path, body).await;
    let (item, _) = hub.content(&hub.account, "a.png", 100).await;
    assert_eq!(api("POST", "/content-folders", json!({ "path": "/A//B" })).await.json()["path"], "A/B");
    assert_eq!(api("POST", "/content-folders", json!({ "path": "A" })).await.problem().0, 409);
    for wrong in ["", "..", "a\u{0}b", &"x/".repeat(20)] {
        assert_eq!(
            api("POST", "/content-folders", json!({ "path": wrong })).await.problem().0,
            422,
            "{wrong:?}"
        );
    }
    let path = format!("/content/{}", item.id);
    api("PATCH", &path, json!({ "folder": "A/B/C" })).await;
    let folders = api("GET", "/content-folders", json!({})).await.json();
    let of = |folders: &Value| -> Vec<(String, i64)> {
        let items = folders["items"].as_array().unwrap();
        items
            .iter()
            .map(|folder| (folder["path"].as_str().unwrap().to_owned(), folder["count"].as_i64().unwrap()))
            .collect()
    };
    assert_eq!(of(&folders), [("A".to_owned(), 0), ("A/B".to_owned(), 0), ("A/B/C".to_owned(), 1)]);
    let mv = async |from: &str, to: &str| {
        api("POST", "/content-folders/move", json!({ "from": from, "to": to })).await
    };
    assert_eq!(mv("A", "A/B/D").await.problem().0, 409, "into itself");
    assert_eq!(mv("X", "Y").await.problem().0, 404);
    assert_eq!(mv("A/B", "New").await.status, 200);
    assert_eq!(api("GET", &path, json!({})).await.json()["folder"], "New/C");
    assert_eq!(api("DELETE", "/content-folders?path=New", json!({})).await.status, 204);
    assert_eq!(api("GET", &path, json!({})).await.json()["folder"], "C");
    assert_eq!(api("DELETE", "/content-folders?path=C", json!({})).await.status, 204);
    assert_eq!(api("GET", &path, json!({})).await.json()["folder"], "");
    assert_eq!(api("DELETE", "/content-folders?path=C", json!({})).await.problem().0, 404);
}

#[tokio::test]
async fn content_that_is_played_stays_and_says_where() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Content).await;
    let (item, _) = hub.content(&hub.account, "a.png", 100).await;
    let items = [item.clone()];
    let made = playlist::create(hub.store(), &hub.account, "Loop", &items, 1000, true, ident::now());
    let made = made.await.unwrap();
    let path = format!("/content/{}", item.id);
    let refused = api(&hub, &token, "DELETE", &path, json!({})).await;
    assert!(
        refused.problem().0 == 409 && refused.text().contains("Loop") && refused.text().contains(&made.id)
    );
    assert_eq!(api(&hub, &token, "GET", &path, json!({})).await.json()["usedBy"][0]["name"], "Loop");
    playlist::replace(hub.store(), &hub.account, &made.id, &[], 1000, ident::now()).await.unwrap();
    assert_eq!(api(&hub, &token, "DELETE", &path, json!({})).await.status, 204);
    assert_eq!(api(&hub, &token, "GET", &path, json!({})).await.problem().0, 404);
}

#[tokio::test]
async fn names_cannot_do_anything() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Content).await;
    let (item, _) = hub.content(&hub.account, "a.png", 100).await;
    let path = format!("/content/{}", item.id);
    for (given, title) in [
        ("../../hub.db", "hub.db".to_owned()),
        ("<b>&\"'", "<b>&\"'".to_owned()),
        ("gepj\u{202E}.exe\u{0}", "gepj.exe".to_owned()),
        (&"ä".repeat(400), "ä".repeat(127)),
    ] {
        let answer = api(&hub, &token, "PATCH", &path, json!({ "title": given })).await;
        assert_eq!(answer.json()["title"], title);
    }
    assert_eq!(api(&hub, &token, "PATCH", &path, json!({ "title": " .. " })).await.problem().0, 422);
    api(&hub, &token, "PATCH", &path, json!({ "title": "<script>x</script>" })).await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    for page in ["/content".to_owned(), path.clone()] {
        let page = get(&hub, &page, &session).await;
        assert!(page.status == 200 && !page.text().contains("<script>x"), "{}", page.text());
    }
}

#[tokio::test]
async fn pages_rename_move_and_remove() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let (item, _) = hub.content(&hub.account, "a.png", 100).await;
    let path = format!("/content/{}", item.id);
    let page = get(&hub, &path, &session).await;
    assert!(page.text().contains("looking into this file"), "{}", page.text());
    let form = |rest: &str| format!("form={}&{rest}", form_token(&page));
    let saved = post(&hub, &path, &session, form("title=Neu&folder=Shop/Fenster&tags=a,+b")).await;
    assert_eq!(saved.status, 303);
    let made = post(&hub, "/content/folders", &session, form("inside=Shop&name=T%C3%BCr")).await;
    assert_eq!(made.headers["location"], "/content?folder=Shop/T%C3%BCr");
    let moved = post(&hub, "/content/folders/move", &session, form("from=Shop&to=Laden")).await;
    assert_eq!(moved.headers["location"], "/content?folder=Laden");
    let list = get(&hub, "/content?folder=Laden&search=neu", &session).await;
    assert!(list.text().contains(&item.id) && list.text().contains("Fenster"));
    let taken = post(&hub, "/content/folders", &session, form("inside=Laden&name=Fenster")).await;
    assert!(taken.status == 409 && taken.text().contains("already"));
    let removed = post(&hub, "/content/folders/delete", &session, form("path=Laden/Fenster")).await;
    assert_eq!(removed.headers["location"], "/content?folder=Laden");
    assert_eq!(contents::by_id(hub.store(), &hub.account.id, &item.id).await.unwrap().folder, "Laden");
    let gone = post(&hub, &format!("{path}/delete"), &session, form("")).await;
    assert_eq!(gone.headers["location"], "/content?folder=Laden&done=removed");
    assert_eq!(get(&hub, &path, &session).await.status, 404);
}

/// A program that says what a probe would.
fn prober(hub: &TestHub, script: &str) -> Prober {
    let program = hub.files.path().join("probe");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Prober::new(Some(program), Duration::from_secs(10))
}

#[tokio::test]
async fn what_the_probe_says_is_on_the_page() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let mut items = Vec::new();
    for name in ["good.png", "av1.png", "bad.png", "none.png"] {
        items.push(hub.content(&hub.account, name, 100).await.0);
    }
    let look = async |prober: Prober, index: usize| {
        let state = &hub.state;
        probe::look(hub.store(), &state.blobs, &prober, &state.directory, &items[index]).await.unwrap();
        get(&hub, &format!("/content/{}", items[index].id), &session).await
    };
    let report = r#"printf '\377\330\377small' > "$2"; echo '{"kind":"video","durationMs":61000,"thumbnail":true,"video":{"codec":"H.264","media":"video/x-h264","width":1920,"height":1080},"audio":{"codec":"AAC","media":"audio/mpeg;version=4"}}'"#;
    let page = look(prober(&hub, report), 0).await;
    for text in ["1920 × 1080", "1:01", "H.264", "AAC"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let small = get(&hub, &format!("/api/v1/content/{}/thumbnail", items[0].id), &session).await;
    assert_eq!(
        (small.headers["content-type"].to_str().unwrap(), &small.body[3..]),
        ("image/jpeg", &b"small"[..])
    );
    let page = look(prober(&hub, &report.replace("x-h264", "x-av1").replace("H.264", "AV1")), 1).await;
    assert!(page.text().contains("coded as AV1") && page.text().contains("Not for every screen"));
    let page = look(prober(&hub, "echo 'signage-probe: the video is damaged' >&2; exit 1"), 2).await;
    assert!(page.text().contains("Damaged") && page.text().contains("the video is damaged"));
    let page = look(Prober::new(None, Duration::from_secs(1)), 3).await;
    assert!(page.text().contains("Not probed"));
    // What is done is not done again.
    let before = contents::by_id(hub.store(), &hub.account.id, &items[0].id).await.unwrap();
    look(prober(&hub, "exit 1"), 0).await;
    assert_eq!(
        contents::by_id(hub.store(), &hub.account.id, &items[0].id).await.unwrap().probe,
        before.probe
    );
    let grid = get(&hub, "/content", &session).await;
    assert!(grid.text().contains("/thumbnail") && grid.text().contains("Damaged"));
}

#[tokio::test]
async fn what_came_while_there_was_no_probe_is_probed_once_there_is_one() {
    let hub = TestHub::new().await;
    let item = hub.content(&hub.account, "early.png", 100).await.0;
    let program = hub.files.path().join("later");
    let prober = Prober::new(Some(program.clone()), Duration::from_secs(10));
    let work = async || {
        let state = &hub.state;
        probe::work(hub.store(), &state.blobs, &prober, &state.directory).await.unwrap();
        contents::by_id(hub.store(), &hub.account.id, &item.id).await.unwrap()
    };
    assert_eq!(work().await.probe, "none");
    assert_eq!(work().await.probe, "none");
    // There, but without what runs it: that is no reason to ask for ever.
    std::fs::write(&program, "#!/nowhere/sh\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(work().await.probe, "none");
    let script = r#"#!/bin/sh
echo '{"kind":"image","video":{"codec":"PNG","media":"","width":12,"height":7}}'
"#;
    std::fs::write(&program, script).unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let done = work().await;
    assert_eq!((done.probe.as_str(), done.width, done.height), ("done", Some(12), Some(7)));
}
