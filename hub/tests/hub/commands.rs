//! Commands: given by API, command line and console, taken and answered over plain HTTP.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::command::{self, State, To};
use signage_hub::device::{self, GRACE, Leave};
use signage_hub::ident::{self, MINUTE};
use signage_hub::rights::Role;
use signage_hub::store::commands as table;
use signage_hub::token::Grant;
use signage_protocol::session::{Command, CommandResult, Commands, MAX_FILE, Outcome};
use signage_protocol::token::Kind;

use crate::api::secret;
use crate::common::{Answer, Screen, TestHub, new_account};
use crate::console::form_token;
use crate::people;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nwhat the screen shows";

/// A command of a new screen for which there is a file: its id.
pub async fn with_file(hub: &TestHub, seed: u8) -> String {
    let screen = Screen::new(seed);
    let device = screen.enroll(hub, &hub.token(Kind::Provisioning).await.1).await.device_id;
    let to = To::Screens(vec![device.clone()]);
    let given = command::give(hub.store(), &hub.actor(), &to, &Command::Screenshot, None, ident::now())
        .await
        .unwrap();
    let id = given.commands[0].id.clone();
    command::upload(hub.store(), &device, &id, PNG.to_vec(), ident::now()).await.unwrap();
    id
}

/// A screen that is in, and its bearer token.
async fn screen(hub: &TestHub, seed: u8) -> (Screen, String) {
    screen_with(hub, seed, Grant::default()).await
}

async fn screen_with(hub: &TestHub, seed: u8, grant: Grant) -> (Screen, String) {
    let screen = Screen::new(seed);
    screen.enroll(hub, &hub.token_with(Kind::Provisioning, grant).await.1).await;
    let bearer = screen.bearer(hub).await;
    (screen, bearer)
}

async fn waiting(hub: &TestHub, (screen, bearer): &(Screen, String)) -> Commands {
    let answer = screen.get(hub, bearer, "/v1/commands", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

async fn send(hub: &TestHub, method: &str, path: &str, bearer: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .header(header::CONTENT_TYPE, "application/json");
    hub.send(request.body(Body::from(body)).unwrap()).await
}

async fn answers(hub: &TestHub, bearer: &str, id: &str, result: Value) -> Answer {
    send(hub, "POST", &format!("/v1/commands/{id}/result"), bearer, result.to_string().into()).await
}

async fn api(hub: &TestHub, token: &str, method: &str, path: &str, body: Value) -> Answer {
    send(hub, method, &format!("/api/v1{path}"), token, body.to_string().into()).await
}

#[tokio::test]
async fn a_command_goes_from_the_api_to_the_screen_and_its_answer_back() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let screen = screen(&hub, 1).await;
    let commands = format!("/screens/{}/commands", screen.0.id());
    let given =
        api(&hub, &admin, "POST", &commands, json!({ "command": { "kind": "identify", "seconds": 20 } }))
            .await;
    assert_eq!(given.status, 201, "{}", given.text());
    let given = given.json();
    let id = given["id"].as_str().unwrap();
    assert_eq!((&given["state"], &given["command"]["seconds"]), (&json!("queued"), &json!(20)));
    // Given twice it is the same.
    let again =
        api(&hub, &admin, "POST", &commands, json!({ "command": { "kind": "identify", "seconds": 20 } }))
            .await;
    assert_eq!((again.status.as_u16(), again.json()["id"].as_str()), (200, Some(id)));

    let orders = waiting(&hub, &screen).await.commands;
    assert_eq!((orders.len(), orders[0].id.as_str()), (1, id));
    assert_eq!(orders[0].command, Command::Identify { seconds: 20 });
    assert!((295..=300).contains(&orders[0].expires_in), "{}", orders[0].expires_in);
    assert_eq!(waiting(&hub, &screen).await.commands.len(), 1, "a lost answer is asked for again");
    let state = async || api(&hub, &admin, "GET", &format!("/commands/{id}"), json!({})).await.json();
    assert_eq!(state().await["state"], "delivered");

    assert_eq!(answers(&hub, &screen.1, id, json!({ "outcome": "accepted" })).await.status, 204);
    assert!(waiting(&hub, &screen).await.commands.is_empty(), "it has written it down");
    for text in ["there it was", "again"] {
        let result = json!({ "outcome": "done", "text": text, "of-a-newer-device": 1 });
        assert_eq!(answers(&hub, &screen.1, id, result).await.status, 204);
    }
    let done = state().await;
    assert_eq!((&done["state"], &done["result"]), (&json!("done"), &json!("there it was")));
    let listed = api(&hub, &admin, "GET", &commands, json!({})).await.json();
    assert_eq!(listed["items"], json!([done]));
    let audit = api(&hub, &admin, "GET", "/audit?action=command.give", json!({})).await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1, "the second was none");
}

#[tokio::test]
async fn what_is_no_command_is_refused() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let screen = screen(&hub, 1).await;
    let commands = format!("/screens/{}/commands", screen.0.id());
    for command in [
        json!({ "kind": "dance" }),
        json!({ "kind": "unknown" }),
        json!({ "kind": "identify", "seconds": 0 }),
        json!({ "kind": "identify", "seconds": -5 }),
        json!("reboot"),
    ] {
        let answer = api(&hub, &admin, "POST", &commands, json!({ "command": command })).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{command}");
    }
    for more in [json!(5), json!(604_801), json!(-1)] {
        let body = json!({ "command": { "kind": "reboot" }, "expiresIn": more });
        assert_eq!(api(&hub, &admin, "POST", &commands, body).await.status, 422);
    }
    for to in [json!({}), json!({ "all": true, "tag": "x" }), json!({ "all": false })] {
        let mut body = to.clone();
        body["command"] = json!({ "kind": "reboot" });
        assert_eq!(api(&hub, &admin, "POST", "/commands", body).await.status, 422, "{to}");
    }
    assert!(waiting(&hub, &screen).await.commands.is_empty());
    assert_eq!(answers(&hub, &screen.1, "cmd_0", json!({ "outcome": "done" })).await.status, 404);
    assert_eq!(answers(&hub, &screen.1, "cmd_0", json!({ "outcome": "sung" })).await.status, 422);
}

#[tokio::test]
async fn a_command_is_for_many_screens_by_ids_tag_or_folder() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let grant = |folder: &str, tag: &str| Grant {
        folder: Some(folder.into()),
        tags: vec![tag.into()],
        ..Grant::default()
    };
    let screens = [
        screen_with(&hub, 1, grant("Berlin", "big")).await,
        screen_with(&hub, 2, grant("Berlin/Foyer", "small")).await,
        screen_with(&hub, 3, grant("Berlin-Mitte", "big")).await,
    ];
    let ids: Vec<String> = screens.iter().map(|(screen, _)| screen.id()).collect();
    let give = async |kind: &str, mut to: Value| {
        to["command"] = json!({ "kind": kind });
        let answer = api(&hub, &admin, "POST", "/commands", to).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    };
    let got = async |kind: &str| {
        let mut got = Vec::new();
        for (number, screen) in (1..).zip(&screens) {
            if waiting(&hub, screen).await.commands.iter().any(|order| order.command.kind() == kind) {
                got.push(number);
            }
        }
        got
    };
    let folder = give("refresh", json!({ "folder": "Berlin" })).await;
    assert_eq!((&folder["screens"], &folder["given"]), (&json!(2), &json!(2)));
    assert_eq!(got("refresh").await, [1, 2]);
    give("restart", json!({ "tag": "big" })).await;
    assert_eq!(got("restart").await, [1, 3]);
    give("screenshot", json!({ "screens": [ids[2], ids[0], ids[2]] })).await;
    assert_eq!(got("screenshot").await, [1, 3]);
    let all = give("refresh", json!({ "all": true })).await;
    assert_eq!((&all["screens"], &all["given"]), (&json!(3), &json!(1)), "two have it waiting");
    assert_eq!(give("reboot", json!({ "tag": "none" })).await["given"], 0);

    let path = format!("/commands?batch={}&limit=1", folder["batch"].as_str().unwrap());
    let first = api(&hub, &admin, "GET", &path, json!({})).await.json();
    let path = format!("{path}&after={}", first["next"].as_str().unwrap());
    let second = api(&hub, &admin, "GET", &path, json!({})).await.json();
    assert!(second.get("next").is_none());
    assert_ne!(first["items"][0]["screen"], second["items"][0]["screen"]);
    // All or nothing.
    let body = json!({ "command": { "kind": "reboot" }, "screens": [ids[0], "nobody"] });
    assert_eq!(api(&hub, &admin, "POST", "/commands", body).await.problem(), (404, "API-004".into()));
    assert!(got("reboot").await.is_empty());
}

#[tokio::test]
async fn a_command_that_nobody_takes_expires_and_a_late_answer_counts() {
    let hub = TestHub::new().await;
    let screen = screen(&hub, 1).await;
    let (device, now) = (screen.0.id(), ident::now());
    let to = To::Screens(vec![device.clone()]);
    let given = command::give(hub.store(), &hub.actor(), &to, &Command::Reboot, None, now - 16 * MINUTE)
        .await
        .unwrap();
    let id = &given.commands[0].id;
    let find = async || {
        let mut connection = hub.store().read().await.unwrap();
        table::by_id(&mut connection, &hub.account.id, id).await.unwrap().unwrap().command
    };
    assert_eq!(State::of(&find().await, now), State::Expired);
    assert!(waiting(&hub, &screen).await.commands.is_empty());
    let fresh = command::give(hub.store(), &hub.actor(), &to, &Command::Reboot, None, now).await.unwrap();
    assert_eq!(fresh.new, 1, "what has expired is not waiting");
    let result = CommandResult { outcome: Outcome::Done, text: None };
    command::report(hub.store(), &device, id, &result, now).await.unwrap();
    assert_eq!(State::of(&find().await, now), State::Done);
}

#[tokio::test]
async fn only_so_many_commands_wait_for_one_screen() {
    let hub = TestHub::new().await;
    let screen = screen(&hub, 1).await;
    let to = To::Screens(vec![screen.0.id()]);
    let give = async |seconds| {
        let command = Command::Identify { seconds };
        command::give(hub.store(), &hub.actor(), &to, &command, None, ident::now())
            .await
            .map(|given| given.new)
    };
    for seconds in 10..30 {
        assert_eq!(give(seconds).await.unwrap(), 1);
    }
    assert!(give(30).await.unwrap_err().to_string().contains("20 commands wait"));
    assert_eq!(give(29).await.unwrap(), 0, "the same as one that waits");
    assert_eq!(waiting(&hub, &screen).await.commands.len(), 20);
}

#[tokio::test]
async fn a_screenshot_is_known_by_its_bytes_and_the_newest_stays() {
    let hub = TestHub::new().await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let (own, foreign) = (screen(&hub, 1).await, screen(&hub, 2).await);
    let device = own.0.id();
    let to = To::Screens(vec![device.clone()]);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let given =
            command::give(hub.store(), &hub.actor(), &to, &Command::Screenshot, None, ident::now()).await;
        ids.push(given.unwrap().commands[0].id.clone());
        let id = ids.last().unwrap();
        let path = format!("/v1/commands/{id}/file");
        let put = async |bearer: &str, bytes: &[u8]| {
            send(&hub, "PUT", &path, bearer, bytes.to_vec()).await.status.as_u16()
        };
        assert_eq!(put(&own.1, b"<svg onload=alert(1)>").await, 422);
        assert_eq!(put(&own.1, b"GIF89a").await, 422);
        assert_eq!(put(&own.1, b"").await, 422);
        assert_eq!(put(&foreign.1, PNG).await, 404, "of another screen");
        let mut large = PNG.to_vec();
        large.resize(MAX_FILE + 1, 0);
        assert_eq!(put(&own.1, &large).await, 413);
        large.truncate(MAX_FILE);
        assert_eq!(put(&own.1, &large).await, 204);
        assert_eq!(put(&own.1, PNG).await, 204);
        assert_eq!(answers(&hub, &own.1, id, json!({ "outcome": "done" })).await.status, 204);
    }
    let picture = api(&hub, &viewer, "GET", &format!("/screens/{device}/screenshot"), json!({})).await;
    assert_eq!((picture.header(header::CONTENT_TYPE), picture.body.as_slice()), ("image/png", PNG));
    assert_eq!(picture.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    let of =
        async |id: &str| api(&hub, &viewer, "GET", &format!("/commands/{id}/file"), json!({})).await.status;
    assert_eq!((of(&ids[0]).await.as_u16(), of(&ids[1]).await.as_u16()), (404, 200));

    let given = command::give(hub.store(), &hub.actor(), &to, &Command::Reboot, None, ident::now()).await;
    let path = format!("/v1/commands/{}/file", given.unwrap().commands[0].id);
    assert_eq!(send(&hub, "PUT", &path, &own.1, PNG.to_vec()).await.status, 422, "no file belongs to it");
    let logs = Command::CollectLogs { lines: 10 };
    let given = command::give(hub.store(), &hub.actor(), &to, &logs, None, ident::now()).await.unwrap();
    let path = format!("/v1/commands/{}/file", given.commands[0].id);
    assert_eq!(send(&hub, "PUT", &path, &own.1, vec![0xff]).await.status, 422);
    assert_eq!(send(&hub, "PUT", &path, &own.1, "Zeile ä\n".into()).await.status, 204);
}

#[tokio::test]
async fn a_screen_that_was_withdrawn_is_still_told_and_one_that_has_left_is_not() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let screen = screen(&hub, 1).await;
    let (device, now) = (screen.0.id(), ident::now());
    let to = To::Screens(vec![device.clone()]);
    device::withdraw(hub.store(), &hub.actor(), &device, now).await.unwrap();
    command::give(hub.store(), &hub.actor(), &to, &Command::Reboot, None, now).await.unwrap();
    assert_eq!(waiting(&hub, &screen).await.commands.len(), 1);
    device::leave(hub.store(), &hub.actor(), &device, Leave::Unpair, now).await.unwrap();
    let given = command::give(hub.store(), &hub.actor(), &to, &Command::Screenshot, None, now).await;
    assert!(given.unwrap_err().to_string().contains("there is no screen"));
    // It reads its withdrawal, and is known for a while longer.
    screen.0.get(&hub, &screen.1, "/v1/authorization", &[]).await;
    assert_eq!(screen.0.get(&hub, &screen.1, "/v1/commands", &[]).await.status, 200);
    let mut connection = hub.store().read().await.unwrap();
    assert!(device::answered(&mut connection, &device, now + 2 * GRACE).await.unwrap().is_none());
    drop(connection);
    // In another account it hears nothing of what the first one wanted.
    let (_, secret) = signage_hub::token::create(
        hub.store(),
        &signage_hub::api_token::Actor::cli(&other.id),
        Kind::Provisioning,
        Grant::default(),
        now,
    )
    .await
    .unwrap();
    screen.0.enroll(&hub, &secret).await;
    assert!(waiting(&hub, &screen).await.commands.is_empty());
}

#[tokio::test]
async fn the_page_of_a_screen_gives_commands_and_shows_how_they_go() {
    let hub = TestHub::new().await;
    let screen = screen(&hub, 1).await;
    let path = format!("/screens/{}", screen.0.id());
    let cookie = people::admin(&hub).await;
    let page = async || {
        hub.send(Request::get(&path).header(header::COOKIE, &cookie).body(Body::empty()).unwrap()).await
    };
    let first = page().await;
    assert!(first.text().contains("has not been told to do anything yet"));
    let press = async |kind: &str| {
        let request = Request::post(format!("{path}/commands"))
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let form = format!("form={}&kind={kind}", form_token(&first));
        hub.send(request.body(form.into()).unwrap()).await
    };
    assert_eq!(press("screenshot").await.status, 303);
    assert!(press("dance").await.text().contains("is no command"));
    assert!(page().await.text().contains("the screen has not read it yet"));
    let id = &waiting(&hub, &screen).await.commands[0].id;
    assert!(page().await.text().contains("the screen has begun"));
    let file = format!("/v1/commands/{id}/file");
    assert_eq!(send(&hub, "PUT", &file, &screen.1, PNG.to_vec()).await.status, 204);
    answers(&hub, &screen.1, id, json!({ "outcome": "done", "text": "<b>" })).await;
    let page = page().await;
    let source = format!("/commands/{id}/file");
    assert!(page.text().contains(&format!("<img src=\"{source}\"")) && page.text().contains("&lt;b&gt;"));
    let picture = Request::get(&source).header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
    assert_eq!(hub.send(picture).await.body, PNG);
}
