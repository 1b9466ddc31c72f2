//! Alerts: rules, messages by webhook and e-mail to real receivers, and what an account has set.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post as on_post;
use serde_json::{Value, json};
use signage_hub::alerts::send::{Config, Password, Security, Smtp, send_due, signature};
use signage_hub::alerts::setup::{self, NewRule, webhook_secret};
use signage_hub::alerts::{INTERVAL, evaluate};
use signage_hub::ident::{self, DAY, MINUTE, Millis};
use signage_hub::rights::Role;
use signage_hub::store::alerts;
use signage_protocol::Secret;
use signage_protocol::token::Kind;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::api::{ask, secret};
use crate::common::{PASSWORD, Screen, TestHub};
use crate::console::{cookie, form_token, get, post, sign_in};
use crate::reports::{full, report, with_screen};

type Received = Arc<Mutex<Vec<(HeaderMap, String)>>>;

fn loopback() -> Config {
    Config { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Config::default() }
}

/// A receiver of webhooks that answers with these statuses, one after the other, and then with 200.
async fn receiver(statuses: &[u16]) -> (String, Received) {
    let (received, rest) = (Received::default(), Arc::new(Mutex::new(statuses.to_vec())));
    let kept = received.clone();
    let handler = move |headers: HeaderMap, body: String| async move {
        kept.lock().unwrap().push((headers, body));
        let mut rest = rest.lock().unwrap();
        let status = if rest.is_empty() { 200 } else { rest.remove(0) };
        (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, "/elsewhere")])
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", on_post(handler))).await });
    (url, received)
}

async fn webhook(hub: &TestHub, url: &str) -> alerts::Channel {
    let input = ("webhook", "Operations", url);
    setup::make_channel(hub.store(), &hub.actor(), &loopback(), input, ident::now()).await.unwrap()
}

async fn rule(hub: &TestHub, kind: &str, number: Option<i64>, class: Option<&str>) {
    let new = NewRule { kind: kind.into(), number, class: class.map(Into::into), channel: None };
    setup::make_rule(hub.store(), &hub.actor(), new, ident::now()).await.unwrap();
}

/// What a hub does in the background, at a moment.
async fn pass(hub: &TestHub, now: Millis) -> usize {
    evaluate(hub.store(), 0, now).await.unwrap();
    send_due(hub.store(), &hub.state.seal, &loopback(), now).await.unwrap()
}

#[tokio::test]
async fn a_screen_that_goes_is_told_once_and_once_more_when_it_is_back() {
    let (hub, screen, bearer) = with_screen().await;
    let (url, received) = receiver(&[]).await;
    let channel = webhook(&hub, &url).await;
    rule(&hub, "offline", Some(10), None).await;
    let start = ident::now();
    assert_eq!(pass(&hub, start).await, 0);
    assert_eq!(pass(&hub, start + 11 * MINUTE).await, 1);
    assert_eq!(pass(&hub, start + 13 * MINUTE).await, 0, "one alert per incident");
    let (headers, body) = received.lock().unwrap()[0].clone();
    let message: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&message["event"], &message["count"]), (&"opened".into(), &1.into()));
    assert_eq!(message["alerts"][0]["subject"], screen.id());
    assert!(message["text"].as_str().unwrap().contains("offline for 11 minutes"), "{message}");
    let secret = webhook_secret(&hub.state.seal, &channel.id);
    let stamp = headers["x-signage-timestamp"].to_str().unwrap();
    assert_eq!(headers["x-signage-signature"], signature(&secret, stamp, &body).unwrap());
    assert_ne!(headers["x-signage-signature"], signature(&Secret::new("other"), stamp, &body).unwrap());
    assert_eq!(headers["x-signage-delivery"].to_str().unwrap(), message["id"]);

    // It is back, goes again at once, and is back for good: that is one message, and late.
    let seen = async |at: Millis| {
        sqlx::query("UPDATE device SET last_seen = $1")
            .bind(at)
            .execute(&mut *hub.store().read().await.unwrap())
            .await
            .unwrap()
    };
    let mut at = start + 20 * MINUTE;
    for _ in 0..3 {
        seen(at).await;
        assert_eq!(pass(&hub, at).await, 0);
        seen(start).await;
        assert_eq!(pass(&hub, at + MINUTE).await, 0);
        at += 2 * MINUTE;
    }
    let _ = report(&hub, &screen, &bearer, &json!({ "id": "r" })).await;
    seen(at + 20 * MINUTE).await;
    let mut messages = 0;
    for minute in 0..20 {
        messages += pass(&hub, at + minute * MINUTE).await;
    }
    assert_eq!(messages, 1);
    let last: Value = serde_json::from_str(&received.lock().unwrap().last().unwrap().1).unwrap();
    assert_eq!(last["event"], "recovered");
    assert!(last["text"].as_str().unwrap().ends_with("– over"));
}

#[tokio::test]
async fn a_site_without_power_is_one_message() {
    let hub = TestHub::new().await;
    let (_, token) = hub.token(Kind::Provisioning).await;
    for seed in 1..=25 {
        Screen::new(seed).enroll(&hub, &token).await;
    }
    let (url, received) = receiver(&[]).await;
    webhook(&hub, &url).await;
    rule(&hub, "offline", Some(5), None).await;
    assert_eq!(pass(&hub, ident::now() + 6 * MINUTE).await, 1);
    let message: Value = serde_json::from_str(&received.lock().unwrap()[0].1).unwrap();
    assert_eq!((&message["count"], message["alerts"].as_array().unwrap().len()), (&25.into(), 20));
    assert!(message["text"].as_str().unwrap().contains("and 5 more"));
}

#[tokio::test]
async fn a_hub_that_was_away_itself_accuses_nobody() {
    let (hub, ..) = with_screen().await;
    rule(&hub, "offline", Some(10), None).await;
    webhook(&hub, "http://127.0.0.1:1/").await;
    let now = ident::now() + DAY;
    assert_eq!(evaluate(hub.store(), now - MINUTE, now).await.unwrap(), 0);
    assert_eq!(evaluate(hub.store(), now - MINUTE, now + 10 * MINUTE).await.unwrap(), 1);
}

#[tokio::test]
async fn faults_storage_and_tokens_are_found() {
    let (hub, screen, bearer) = with_screen().await;
    let (url, received) = receiver(&[]).await;
    webhook(&hub, &url).await;
    rule(&hub, "fault", None, Some("hardware")).await;
    rule(&hub, "fault", None, Some("content")).await;
    rule(&hub, "storage", Some(90), None).await;
    rule(&hub, "token", Some(3), None).await;
    rule(&hub, "authorization", Some(14), None).await;
    report(&hub, &screen, &bearer, &full("r1", ident::now())).await;
    hub.token(Kind::Device).await;
    let now = ident::now();
    assert_eq!(pass(&hub, now).await, 2);
    assert_eq!(pass(&hub, now + 28 * DAY).await, 1, "the token");
    sqlx::query("UPDATE device SET expires_at = $1")
        .bind(now + 40 * DAY)
        .execute(&mut *hub.store().read().await.unwrap())
        .await
        .unwrap();
    // The token has expired by now, so that is over.
    assert_eq!(pass(&hub, now + 31 * DAY).await, 1, "the authorization");
    let texts: Vec<String> = received
        .lock()
        .unwrap()
        .iter()
        .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()["text"].as_str().unwrap().to_owned())
        .collect();
    for text in
        ["has a fault: PLY-003", "is 97 % full", "expires unused within 3 days", "ends within 14 days"]
    {
        assert!(texts.iter().any(|known| known.contains(text)), "{text} in {texts:?}");
    }
}

#[tokio::test]
async fn what_was_not_taken_is_sent_again_and_what_was_refused_is_not() {
    let hub = TestHub::new().await;
    let (url, received) = receiver(&[500, 302]).await;
    let channel = webhook(&hub, &url).await;
    let now = ident::now();
    setup::test(hub.store(), &hub.actor(), &channel.id, now).await.unwrap();
    assert_eq!(pass(&hub, now).await, 1);
    assert_eq!(pass(&hub, now + 1000).await, 0, "it waits");
    assert_eq!(pass(&hub, now + MINUTE).await, 1);
    // A redirect may lead anywhere, so it is not followed.
    assert_eq!(received.lock().unwrap().len(), 2);
    let list = alerts::deliveries(&mut hub.store().read().await.unwrap(), &hub.account.id, 10).await.unwrap();
    assert_eq!((list[0].state.as_str(), list[0].attempts), ("failed", 2));
    assert_eq!(list[0].last_error.as_deref(), Some("the receiver answered 302 Found"));
    setup::test(hub.store(), &hub.actor(), &channel.id, now).await.unwrap();
    pass(&hub, now + 2 * MINUTE).await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let request =
        axum::http::Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {viewer}"));
    let text = hub.send(request.body(axum::body::Body::empty()).unwrap()).await.text().to_owned();
    assert!(text.contains("signage_alert_messages_total{outcome=\"sent\"} 1\n"), "{text}");
    assert!(text.contains("signage_alert_messages_total{outcome=\"failed\"} 1\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_hubs_one_sends() {
    let hub = TestHub::new().await;
    let (url, received) = receiver(&[]).await;
    let channel = webhook(&hub, &url).await;
    let now = ident::now();
    for _ in 0..5 {
        setup::test(hub.store(), &hub.actor(), &channel.id, now).await.unwrap();
    }
    let config = loopback();
    let one = || send_due(hub.store(), &hub.state.seal, &config, now);
    let (a, b, c) = tokio::join!(one(), one(), one());
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 5);
    assert_eq!(received.lock().unwrap().len(), 5);
    let (a, b) = tokio::join!(evaluate(hub.store(), 0, now), evaluate(hub.store(), 0, now + INTERVAL / 2));
    assert_eq!((a.unwrap(), b.unwrap()), (0, 0));
}

/// A mail server for so many conversations; answers what it was told.
async fn mail_server(conversations: usize) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut told = Vec::new();
        for _ in 0..conversations {
            converse(listener.accept().await.unwrap().0, &mut told).await;
        }
        told
    });
    (port, task)
}

async fn converse(stream: tokio::net::TcpStream, told: &mut Vec<String>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut data = false;
    writer.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.as_str() {
            "." if data => {
                data = false;
                "250 taken\r\n"
            }
            _ if data => "",
            "DATA" => {
                data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            line if line.starts_with("EHLO") => "250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n",
            line if line.starts_with("AUTH") => "235 welcome\r\n",
            _ => "250 ok\r\n",
        };
        told.push(line);
        writer.write_all(answer.as_bytes()).await.unwrap();
        if answer.starts_with("250 taken") {
            break;
        }
    }
}

#[tokio::test]
async fn an_alert_arrives_as_mail() {
    let hub = TestHub::new().await;
    let (port, server) = mail_server(2).await;
    let file = hub.files.path().join("password");
    std::fs::write(&file, "correct horse\n").unwrap();
    let smtp = Smtp {
        host: "127.0.0.1".into(),
        port: Some(port),
        security: Security::None,
        user: Some("hub".into()),
        password: Some(Password::File(file)),
        from: "Signage <hub@example.org>".into(),
    };
    let config = Config { smtp: Some(smtp), ..Config::default() };
    let input = ("email", "Night shift", "anna@example.org, bea@example.org");
    let now = ident::now();
    let refused = setup::make_channel(hub.store(), &hub.actor(), &loopback(), input, now).await;
    assert!(refused.unwrap_err().to_string().contains("SIGNAGE_HUB_SMTP_HOST"));
    let made = setup::make_channel(hub.store(), &hub.actor(), &config, input, now).await.unwrap();
    setup::test(hub.store(), &hub.actor(), &made.id, now).await.unwrap();
    assert_eq!(send_due(hub.store(), &hub.state.seal, &config, now).await.unwrap(), 1);
    let list = alerts::deliveries(&mut hub.store().read().await.unwrap(), &hub.account.id, 10).await.unwrap();
    assert_eq!((list[0].state.as_str(), list[0].last_error.as_deref()), ("sent", None));
    let told = server.await.unwrap().join("\n");
    for text in [
        "RCPT TO:<anna@example.org>",
        "RCPT TO:<bea@example.org>",
        "MAIL FROM:<hub@example.org>",
        "Subject: [acme] This is a test of alerts.",
        "AUTH PLAIN AGh1YgBjb3JyZWN0IGhvcnNl",
    ] {
        assert!(told.contains(text), "{text} in {told}");
    }
}

#[tokio::test]
async fn an_admin_sets_up_alerts_and_the_account_in_the_browser() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let page = get(&hub, "/alerts", &session).await;
    let form = format!("form={}", form_token(&page));
    let bad = format!("{form}&name=Ops&kind=webhook&target=https%3A%2F%2F169.254.169.254%2F");
    let refused = post(&hub, "/alerts/channels", &session, bad).await;
    assert!(refused.status == 422 && refused.text().contains("must not lead to this machine"));
    let good = format!("{form}&name=Ops&kind=webhook&target=https%3A%2F%2Fhooks.example.org%2Fsecret");
    let made = post(&hub, "/alerts/channels", &session, good).await;
    assert!(made.text().contains("sgw_") && made.text().contains("https://hooks.example.org/…"));
    assert!(!made.text().contains("hooks.example.org/secret"), "its address may be a secret");
    post(&hub, "/alerts/rules", &session, format!("{form}&kind=offline&number=7")).await;
    let page = get(&hub, "/alerts", &session).await;
    assert!(page.text().contains("A screen is offline for 7 minutes") && !page.text().contains("sgw_"));

    let fields = |zone: &str, minutes: &str| {
        format!(
            "{form}&name=Acme+AG&timezone={zone}&default_playlist=&online_minutes={minutes}&keep_logs_days=30&keep_plays_days=60&keep_audit_days=0"
        )
    };
    let wrong = post(&hub, "/settings", &session, fields("Europe/Berlim", "5")).await;
    assert!(wrong.status == 422 && wrong.text().contains("Europe/Berlin"));
    // What was typed stays, and what is wrong stands beside its field.
    for text in [
        r#"value="Acme AG""#,
        r#"value="Europe/Berlim" aria-invalid="true" aria-describedby="zone-hint wrong""#,
        r#"<span class="wrong" id="wrong">"#,
    ] {
        assert!(wrong.text().contains(text), "{text} in {}", wrong.text());
    }
    assert_eq!(post(&hub, "/settings", &session, fields("Europe/Berlin", "1")).await.status, 422);
    assert_eq!(post(&hub, "/settings", &session, fields("Europe/Berlin", "5")).await.status, 303);
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let account = ask(&hub, "GET", "/account", &admin, Value::Null).await.json();
    assert_eq!(
        (&account["name"], &account["timezone"], &account["onlineMinutes"], &account["keepLogsDays"]),
        (&"Acme AG".into(), &"Europe/Berlin".into(), &5.into(), &30.into())
    );
    let patched =
        ask(&hub, "PATCH", "/account", &admin, json!({ "timezone": "", "keepPlaysDays": 10 })).await.json();
    assert_eq!((&patched["timezone"], &patched["keepPlaysDays"]), (&Value::Null, &10.into()));
    assert_eq!(patched["keepAuditDays"], 0, "the audit log is kept unless somebody says otherwise");
    let entries = async || {
        let sql = "SELECT COUNT(*) FROM audit";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *hub.store().read().await.unwrap()).await.unwrap()
    };
    let before = entries().await;
    let forget = async |days: i64| {
        let mut change = hub.store().write().await.unwrap();
        let later = ident::now() + days * ident::DAY;
        signage_hub::store::audit::delete_old(&mut change, later).await.unwrap();
        signage_hub::store::commit(change).await.unwrap();
    };
    forget(10_000).await;
    assert_eq!(entries().await, before);
    let refused = ask(&hub, "PATCH", "/account", &admin, json!({ "keepAuditDays": 7 })).await;
    assert_eq!(refused.problem().0, 422, "traces do not go at once");
    assert_eq!(refused.json()["pointer"], "/keepAuditDays");
    ask(&hub, "PATCH", "/account", &admin, json!({ "keepAuditDays": 40 })).await;
    forget(39).await;
    assert!(entries().await > before);
    forget(41).await;
    assert_eq!(entries().await, 0);
}

#[tokio::test]
async fn programs_move_many_screens_and_keep_groups() {
    let (hub, screen, _) = with_screen().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let body = json!({ "match": { "tag": "window" }, "action": "move", "value": "Berlin/Foyer" });
    let done = ask(&hub, "POST", "/screens/bulk", &admin, body).await;
    assert_eq!(done.json(), json!({ "screens": 1 }));
    let folders = ask(&hub, "GET", "/folders", &admin, Value::Null).await.json();
    assert_eq!(folders["items"][0], json!({ "path": "Berlin/Foyer", "screens": 1, "online": 1 }));
    let group = ask(&hub, "POST", "/screen-groups", &admin, json!({ "name": "Windows" })).await;
    assert_eq!(group.status, 201);
    let body = json!({ "ids": [screen.id()], "action": "join", "value": group.json()["id"] });
    assert_eq!(ask(&hub, "POST", "/screens/bulk", &admin, body).await.status, 200);
    assert_eq!(
        ask(&hub, "GET", "/screen-groups", &admin, Value::Null).await.json()["items"][0]["screens"],
        1
    );
    let both = json!({ "ids": [], "match": {}, "action": "withdraw" });
    assert_eq!(ask(&hub, "POST", "/screens/bulk", &admin, both).await.problem().0, 422);
    let moved = json!({ "path": "Berlin", "to": "Germany/Berlin" });
    assert_eq!(ask(&hub, "PATCH", "/folders", &admin, moved).await.status, 204);
    assert_eq!(ask(&hub, "DELETE", "/folders?path=Germany", &admin, Value::Null).await.problem().0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_while_messages_are_on_their_way() {
    let hub = TestHub::new().await;
    let (url, received) = receiver(&[]).await;
    let now = ident::now();
    for _ in 0..4 {
        let channel = webhook(&hub, &url).await;
        for _ in 0..15 {
            setup::test(hub.store(), &hub.actor(), &channel.id, now).await.unwrap();
        }
    }
    let sending = signage_hub::alerts::send::run(hub.state.clone(), loopback());
    // Others change something at the same time, and the database gives them their turn.
    let changing = async {
        while received.lock().unwrap().len() < 60 {
            let change = hub.store().write().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
            signage_hub::store::commit(change).await.unwrap();
        }
    };
    // Who waits for a turn gives up after 30 seconds.
    let limit = tokio::time::timeout(std::time::Duration::from_secs(25), changing);
    tokio::select! {
        () = sending => panic!("sending never ends"),
        done = limit => done.expect("the database was held by a message that nobody went on with"),
    }
}
