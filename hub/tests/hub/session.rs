//! Screens that hold a connection: real hubs on ports, real TLS, and a player that speaks WebSocket.

use std::path::Path;
use std::process::Command as Process;
use std::time::{Duration, Instant};

use axum::http::header;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use signage_hub::command::{self, State, To};
use signage_hub::device::{self, GRACE, Leave};
use signage_hub::ident;
use signage_hub::live::presence;
use signage_hub::serve::{Hub, Options, Running};
use signage_hub::store::accounts::{self, Account};
use signage_hub::store::commands as table;
use signage_hub::store::devices::{self, Device, ONLINE};
use signage_hub::store::{self, pushes};
use signage_hub::token;
use signage_protocol::session::{
    Command, CommandResult, Commands, DeviceMessage, HubMessage, MAX_MESSAGE, Outcome, SESSION, Topic, close,
};
use signage_protocol::token::Kind;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::common::{Screen, TestHub, URL, new_account};
use crate::people;

/// How long anything may take on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);

/// A hub on a port, and the same without its socket.
struct Real {
    running: Running,
    hub: TestHub,
}

impl Real {
    async fn start(data: &Path, account: Option<&Account>) -> Self {
        let options = Options { public_url: Some(URL.into()), ..Options::local(data) };
        let running = Hub::start(options).await.unwrap();
        let account = match account {
            Some(account) => account.clone(),
            None => new_account(&running.state.store, "acme").await,
        };
        let hub = TestHub::around(&running.state, &account);
        Self { running, hub }
    }

    fn http(&self) -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ca = reqwest::Certificate::from_pem(self.running.ca_pem.as_bytes()).unwrap();
        reqwest::Client::builder().tls_certs_only([ca]).http1_only().build().unwrap()
    }

    fn at(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.running.addr.port())
    }

    async fn device(&self, id: &str) -> Device {
        let mut connection = self.hub.store().read().await.unwrap();
        devices::by_id(&mut connection, id).await.unwrap().unwrap()
    }

    async fn online(&self, id: &str) -> bool {
        self.device(id).await.online(ONLINE, ident::now())
    }

    async fn content_changed(&self) {
        let mut change = self.hub.store().write().await.unwrap();
        accounts::content_changed(&mut change, &self.hub.account.id, ident::now()).await.unwrap();
        store::commit(change).await.unwrap();
    }

    async fn withdraw(&self, id: &str) {
        device::withdraw(self.hub.store(), &self.hub.actor(), id, ident::now()).await.unwrap();
    }
}

/// The player's end of a session.
struct Session(WebSocketStream<reqwest::Upgraded>);

impl Session {
    /// Connects, and says which sequence it has.
    async fn start(real: &Real, bearer: &str, sequence: Option<u64>) -> (Self, u64) {
        let mut session = Self::connect(real, bearer).await;
        let serial = Some("100000001234".to_owned());
        session.say(&DeviceMessage::Hello { software: "0.2.0".into(), serial, sequence }).await;
        let (sequence, ping, lasts) = loop {
            match session.hear().await {
                HubMessage::Welcome { sequence, ping, lasts } => break (sequence, ping, lasts),
                // What was on its way when it connected.
                HubMessage::Changed { .. } => {}
                HubMessage::Unknown => panic!(),
            }
        };
        assert!(ping >= 20 && lasts > 3600);
        (session, sequence)
    }

    async fn connect(real: &Real, bearer: &str) -> Self {
        let request = real
            .http()
            .get(real.at(SESSION))
            .bearer_auth(bearer)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, generate_key());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 101, "{}", answer.text().await.unwrap());
        let upgraded = answer.upgrade().await.unwrap();
        Self(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await)
    }

    async fn say(&mut self, message: &DeviceMessage) {
        self.send(serde_json::to_string(message).unwrap()).await;
    }

    async fn send(&mut self, text: String) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came");
        next.and_then(Result::ok)
    }

    async fn hear(&mut self) -> HubMessage {
        match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came") {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message but {other:?}"),
        }
    }

    /// Hears until these topics have come, and no other.
    async fn told(&mut self, wanted: &[Topic]) -> u64 {
        let mut missing = wanted.to_vec();
        loop {
            let HubMessage::Changed { topics, sequence } = self.hear().await else { panic!() };
            assert!(topics.iter().all(|topic| wanted.contains(topic)), "{topics:?} but not {wanted:?}");
            missing.retain(|topic| !topics.contains(topic));
            if missing.is_empty() {
                return sequence;
            }
        }
    }

    /// Code and text of the close frame, or none when the connection was cut.
    async fn closed(&mut self) -> Option<(u16, u64)> {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => {
                    return Some((frame.code.into(), frame.reason.parse().unwrap()));
                }
                Some(_) => {}
                None => return None,
            }
        }
    }
}

/// A screen that is in, and its bearer token.
async fn screen(real: &Real, seed: u8) -> (String, String) {
    let screen = Screen::new(seed);
    screen.enroll(&real.hub, &real.hub.token(Kind::Provisioning).await.1).await;
    (screen.id(), screen.bearer(&real.hub).await)
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_a_token_reaches_its_screen_within_seconds() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let mut fastest = Duration::MAX;
    // Three times, since this machine may have other things to do in one of those moments.
    for seed in 1..=3 {
        let (token, secret) = real.hub.token(Kind::Device).await;
        let player = Screen::new(seed);
        player.enroll(&real.hub, &secret).await;
        let bearer = player.bearer(&real.hub).await;
        let (mut session, newest) = Session::start(&real, &bearer, None).await;
        assert_eq!(session.told(&Topic::ALL).await, newest);
        let start = Instant::now();
        token::revoke(real.hub.store(), &real.hub.actor(), &token.id, ident::now()).await.unwrap();
        assert!(session.told(&[Topic::Authorization]).await > newest);
        let answer = player.get(&real.hub, &bearer, "/v1/authorization", &[]).await;
        let payload = answer.text().split('.').nth(1).unwrap().to_owned();
        fastest = fastest.min(start.elapsed());
        use base64::Engine as _;
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
        let document: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(document["granted"], false);
    }
    assert!(fastest < Duration::from_secs(2), "{fastest:?}");
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_line_does_reaches_a_connected_screen() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let (id, bearer) = screen(&real, 1).await;
    let (mut session, newest) = Session::start(&real, &bearer, None).await;
    session.told(&Topic::ALL).await;
    let run = async |arguments: &[&str]| -> Value {
        let mut command = Process::new(env!("CARGO_BIN_EXE_signage-hub"));
        command.args(arguments).env("SIGNAGE_HUB_DATA_DIR", data.path());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let given = run(&["device", "command", "identify", "--seconds", "20", "--json", "--", &id]).await;
    assert_eq!((&given[0]["state"], &given[0]["command"]["seconds"]), (&json!("queued"), &json!(20)));
    session.told(&[Topic::Command]).await;
    let command = given[0]["id"].as_str().unwrap().to_owned();
    // Given again it is the same, so there is nothing to be told of.
    let again = ["device", "command", "identify", "--account", "acme", "--all", "--seconds", "20", "--json"];
    let start = Instant::now();
    assert_eq!(run(&again).await[0]["id"], command);
    let took = start.elapsed();
    let result = CommandResult { outcome: Outcome::Failed, text: Some("no name".into()) };
    let waiting = [&again[..], &["--wait"]].concat();
    let answer = async {
        // By then it has been given once more.
        tokio::time::sleep(took * 2).await;
        session.say(&DeviceMessage::Result { command: command.clone(), result }).await;
    };
    let (waited, ()) = tokio::join!(run(&waiting), answer);
    assert_eq!(waited[0]["state"], "failed", "{waited}");
    assert_eq!(run(&["device", "commands", &id, "--json"]).await[0]["result"], "no name");
    run(&["device", "withdraw", &id, "--json"]).await;
    let start = Instant::now();
    assert!(session.told(&[Topic::Authorization]).await > newest);
    // The fallback would have taken five seconds; a busy machine may take some of that.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_comes_back_hears_what_it_has_missed() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let ((id, bearer), (other, _)) = (screen(&real, 1).await, screen(&real, 2).await);
    let (session, first) = Session::start(&real, &bearer, None).await;
    drop(session);
    real.content_changed().await;
    real.content_changed().await;
    real.withdraw(&other).await;

    let (mut session, newest) = Session::start(&real, &bearer, Some(first)).await;
    assert_eq!(session.told(&[Topic::Content]).await, newest);
    drop(session);
    // Nothing has happened since: the next that it hears is new.
    let (mut session, again) = Session::start(&real, &bearer, Some(newest)).await;
    assert!(again >= newest);
    real.withdraw(&id).await;
    let last = session.told(&[Topic::Authorization]).await;
    assert!(last > newest);
    // A number of another database, and one that is forgotten: everything.
    let (mut session, _) = Session::start(&real, &bearer, Some(last + 1000)).await;
    session.told(&Topic::ALL).await;
    let mut change = real.hub.store().write().await.unwrap();
    pushes::delete_old(&mut change, ident::now() + 1).await.unwrap();
    store::commit(change).await.unwrap();
    let (mut session, _) = Session::start(&real, &bearer, Some(first)).await;
    session.told(&Topic::ALL).await;
    assert_eq!(real.device(&id).await.software, "0.2.0");
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_one_hub_reaches_a_screen_at_the_other_and_a_dead_hub_loses_nothing() {
    let data = crate::common::data_dir().await;
    let a = Real::start(data.path(), None).await;
    let b = Real::start(data.path(), Some(&a.hub.account)).await;
    let (id, bearer) = screen(&a, 1).await;
    let (mut session, _) = Session::start(&b, &bearer, None).await;
    session.told(&Topic::ALL).await;
    until("the screen at B is online on the pages of A", async || a.online(&id).await).await;

    let give = async |real: &Real, command: Command| {
        let to = To::Screens(vec![id.clone()]);
        let actor = real.hub.actor();
        let given = command::give(real.hub.store(), &actor, &to, &command, None, ident::now()).await;
        given.unwrap().commands.remove(0).id
    };
    let fetch = async |real: &Real| -> Commands {
        let answer = real.http().get(real.at("/v1/commands")).bearer_auth(&bearer).send().await.unwrap();
        answer.json().await.unwrap()
    };
    let state = async |command: &str| {
        let mut connection = a.hub.store().read().await.unwrap();
        let found = table::by_id(&mut connection, &a.hub.account.id, command).await.unwrap().unwrap();
        State::of(&found.command, ident::now())
    };
    let identify = give(&a, Command::Identify { seconds: 10 }).await;
    assert_eq!(state(&identify).await, State::Queued);
    let heard = session.told(&[Topic::Command]).await;
    assert_eq!(fetch(&b).await.commands[0].id, identify);
    assert_eq!(state(&identify).await, State::Delivered);
    for outcome in [Outcome::Accepted, Outcome::Done, Outcome::Done] {
        let result = CommandResult { outcome, text: None };
        session.say(&DeviceMessage::Result { command: identify.clone(), result }).await;
    }
    until("A sees the answer", async || state(&identify).await == State::Done).await;

    // B is gone, without a word and without having written anything.
    drop(b);
    assert_eq!(session.closed().await, None);
    let refresh = give(&a, Command::Refresh).await;
    a.content_changed().await;
    let (mut session, _) = Session::start(&a, &bearer, Some(heard)).await;
    session.told(&[Topic::Command, Topic::Content]).await;
    assert_eq!(fetch(&a).await.commands[0].id, refresh);
    assert!(a.online(&id).await);
    a.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_connection_of_a_screen_wins_also_across_hubs() {
    let data = crate::common::data_dir().await;
    let a = Real::start(data.path(), None).await;
    let b = Real::start(data.path(), Some(&a.hub.account)).await;
    let (id, bearer) = screen(&a, 1).await;
    let (mut first, _) = Session::start(&a, &bearer, None).await;
    let (mut second, _) = Session::start(&a, &bearer, None).await;
    let (code, seconds) = first.closed().await.unwrap();
    assert_eq!(code, close::REPLACED);
    assert!(seconds >= 300, "two with one key must not drive each other out all the time");

    let hub_of = async || {
        let mut connection = a.hub.store().read().await.unwrap();
        store::presence::seats(&mut connection, &[&id]).await.unwrap().remove(0).session
    };
    until("A has noted the screen", async || hub_of().await.is_some()).await;
    let at_a = hub_of().await;
    let (mut third, _) = Session::start(&b, &bearer, None).await;
    until("B has noted the screen", async || hub_of().await != at_a).await;
    presence::renew(&a.running.state.live, a.hub.store(), ident::now()).await.unwrap();
    assert_eq!(second.closed().await.unwrap().0, close::REPLACED);
    // That A has lost it is no reason to believe that it is away.
    presence::write(&a.running.state.live, a.hub.store(), ident::now()).await.unwrap();
    assert!(a.device(&id).await.session_until.unwrap() > ident::now() + 60_000);
    third.told(&Topic::ALL).await;
    b.running.stop().await.unwrap();
    a.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_is_online_as_soon_as_it_is_connected_and_away_soon_after_it_hangs_up() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let (id, bearer) = screen(&real, 1).await;
    assert_eq!(real.device(&id).await.session_until, None);
    let (session, _) = Session::start(&real, &bearer, None).await;
    until("it is noted", async || real.device(&id).await.session_until.is_some()).await;
    let in_two_minutes = ident::now() + 2 * 60_000;
    assert!(
        real.device(&id).await.online(ONLINE, in_two_minutes),
        "also when nothing is renewed for a while"
    );
    drop(session);
    until("it is noted", async || real.device(&id).await.session_until.is_some_and(|at| at <= ident::now()))
        .await;
    let device = real.device(&id).await;
    assert!(device.online(ONLINE, ident::now()), "it may be coming back");
    assert!(!device.online(ONLINE, ident::now() + 30_000), "however lately it was seen");
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_stops_says_when_to_come_back() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let (id, bearer) = screen(&real, 1).await;
    let (mut session, _) = Session::start(&real, &bearer, None).await;
    let listen = tokio::spawn(async move { session.closed().await });
    let account = real.hub.account.clone();
    let start = Instant::now();
    real.running.stop().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let (code, seconds) = listen.await.unwrap().unwrap();
    assert_eq!(code, close::RECONNECT);
    assert!((1..=6).contains(&seconds), "{seconds}");
    // It counts as connected for as long as it was told to stay away.
    let again = Real::start(data.path(), Some(&account)).await;
    assert!(again.online(&id).await);
    let (mut session, _) = Session::start(&again, &bearer, None).await;
    session.told(&Topic::ALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_newer_is_ignored_and_what_is_no_message_ends_the_session() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let (_, bearer) = screen(&real, 1).await;
    let (mut session, newest) = Session::start(&real, &bearer, None).await;
    session.told(&Topic::ALL).await;
    session.send(json!({ "type": "sing", "song": 7 }).to_string()).await;
    let unknown = CommandResult { outcome: Outcome::Done, text: None };
    session.say(&DeviceMessage::Result { command: "cmd_0".into(), result: unknown }).await;
    real.content_changed().await;
    assert!(session.told(&[Topic::Content]).await > newest);
    session.send("hello?".into()).await;
    assert_eq!(session.closed().await.unwrap().0, close::PROTOCOL);

    let (mut session, _) = Session::start(&real, &bearer, None).await;
    session.send(format!("{{\"type\":\"{}\"}}", "x".repeat(MAX_MESSAGE))).await;
    session.closed().await;
    let (mut session, _) = Session::start(&real, &bearer, None).await;
    for _ in 0..100 {
        // It may be gone in the middle of it.
        if session.0.send(Message::text("{\"type\":\"more\"}")).await.is_err() {
            break;
        }
    }
    session.closed().await;
    let answer = real.http().get(real.at(SESSION)).bearer_auth(&bearer).send().await.unwrap();
    assert_eq!(answer.status(), 400, "{}", answer.text().await.unwrap());
    assert_eq!(real.http().get(real.at(SESSION)).send().await.unwrap().status(), 401);
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_has_left_is_told_and_then_sent_away() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let (id, bearer) = screen(&real, 1).await;
    let (mut session, _) = Session::start(&real, &bearer, None).await;
    session.told(&Topic::ALL).await;
    real.withdraw(&id).await;
    device::leave(real.hub.store(), &real.hub.actor(), &id, Leave::Unpair, ident::now()).await.unwrap();
    session.told(&[Topic::Authorization]).await;
    let live = &real.running.state.live;
    let later = ident::now() + 2 * GRACE;
    presence::renew(live, real.hub.store(), later).await.unwrap();
    assert_eq!(live.screens(), 1, "it has not read its withdrawal yet");
    let answer = real.http().get(real.at("/v1/authorization")).bearer_auth(&bearer).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    presence::renew(live, real.hub.store(), later).await.unwrap();
    assert_eq!(session.closed().await.unwrap().0, close::UNKNOWN);
    real.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_that_something_has_changed_in_its_account() {
    let data = crate::common::data_dir().await;
    let real = Real::start(data.path(), None).await;
    let other = new_account(real.hub.store(), "other").await;
    let cookie = people::admin(&real.hub).await;
    let events = real.http().get(real.at("/events")).header(header::COOKIE, &cookie).send().await.unwrap();
    assert_eq!(events.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = events.bytes_stream();
    let mut next = async || {
        let chunk = tokio::time::timeout(PATIENCE, events.next()).await.expect("nothing came");
        chunk.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    };
    assert_eq!(next().await.unwrap(), ": connected\n\n");
    let mut change = real.hub.store().write().await.unwrap();
    accounts::content_changed(&mut change, &other.id, ident::now()).await.unwrap();
    store::commit(change).await.unwrap();
    let mut hears = async |topic: &str| {
        loop {
            let event = next().await.unwrap();
            let topics = event.strip_prefix("data: ").unwrap().trim_end();
            assert!(!topics.contains("content"), "of the other account");
            if topics.split(' ').any(|heard| heard == topic) {
                return;
            }
        }
    };
    let (id, bearer) = screen(&real, 1).await;
    hears("screens").await;
    let (session, _) = Session::start(&real, &bearer, None).await;
    until("it is noted", async || real.device(&id).await.session_until.is_some()).await;
    hears("screens").await;
    real.withdraw(&id).await;
    hears("authorization").await;
    drop(session);
    hears("screens").await;
    // A page that stays open does not hold the hub up.
    let start = Instant::now();
    let (stopped, end) = tokio::join!(real.running.stop(), next());
    stopped.unwrap();
    assert_eq!(end, None);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
