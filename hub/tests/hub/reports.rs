//! What screens report, and what becomes of it.

use std::sync::Arc;

use axum::http::header;
use serde_json::{Value, json};
use signage_hub::http::Shared;
use signage_hub::ident::{self, DAY, MINUTE, Millis, timestamp};
use signage_hub::store::{devices, reports};
use signage_protocol::report::Report;
use signage_protocol::token::Kind;

use crate::common::{Answer, Screen, TestHub};

/// Sends a report as a screen does.
pub async fn report(hub: &TestHub, screen: &Screen, bearer: &str, body: &Value) -> Answer {
    let request = screen
        .request("POST", "/v1/report")
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .header(header::CONTENT_TYPE, "application/json");
    hub.send(request.body(body.to_string().into()).unwrap()).await
}

/// A report with everything in it.
pub fn full(id: &str, at: Millis) -> Value {
    let at = timestamp(at);
    json!({
        "id": id,
        "status": {
            "at": at,
            "now": { "title": "Summer sale", "layout": "Two zones" },
            "display": { "width": 1920, "height": 1080, "rotation": 90, "connector": "HDMI-A-1" },
            "storage": { "free": 1_000_000_000_u64, "total": 32_000_000_000_u64 },
            "temperature": 51.5, "uptimeS": 3600, "clockOffsetMs": -20,
            "versions": { "player": "0.1.0" }, "authorization": 1, "publication": 7,
        },
        "faults": [
            { "id": "f1", "class": "content", "code": "PLY-003", "detail": "a.mp4", "raisedAt": at },
            { "id": "f2", "class": "network", "code": "HUB-001", "raisedAt": at, "clearedAt": at },
        ],
        "logs": [
            { "id": "l1", "at": at, "severity": "info", "source": "player", "message": "started" },
            { "id": "l2", "at": at, "severity": "error", "message": "=cannot decode a.mp4" },
        ],
        "plays": [
            { "id": "p1", "startedAt": at, "durationMs": 10_000, "content": "con_1", "title": "Summer sale",
              "playlist": "Loop", "completed": true },
            { "id": "p2", "startedAt": at, "durationMs": 200, "content": "con_2", "title": "=SUM(A1)",
              "completed": false, "reason": "PLY-003" },
        ],
    })
}

/// A hub with one screen that is in, and its bearer token.
pub async fn with_screen() -> (TestHub, Screen, String) {
    let hub = TestHub::new().await;
    let screen = Screen::new(1);
    screen.enroll(&hub, &hub.token(Kind::Provisioning).await.1).await;
    let bearer = screen.bearer(&hub).await;
    (hub, screen, bearer)
}

pub async fn count(hub: &TestHub, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(&mut *hub.store().read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_report_is_kept_once_however_often_it_comes() {
    let (hub, screen, bearer) = with_screen().await;
    let at = ident::now() - 3 * DAY;
    let body = full("r1", at);
    let answer = report(&hub, &screen, &bearer, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "repeated": false, "dropped": 0, "intervalS": 60 }));
    assert_eq!(report(&hub, &screen, &bearer, &body).await.json()["repeated"], true);
    // The same records in another report: the screen had lost the answer and its notes of it.
    let again = full("r2", at);
    assert_eq!(report(&hub, &screen, &bearer, &again).await.json()["repeated"], false);
    for (table, rows) in [("device_log", 2), ("play", 2), ("fault", 2), ("device_status", 1)] {
        assert_eq!(count(&hub, table).await, rows, "{table}");
    }
    let mut connection = hub.store().read().await.unwrap();
    let current = reports::current(&mut connection, &screen.id()).await.unwrap().unwrap();
    assert_eq!(current.faults, 1);
    let status = current.status.unwrap();
    assert_eq!(status.at.as_millisecond(), at, "the screen's time stays");
    assert!(current.received_at >= at + 3 * DAY);
    assert_eq!(status.now.unwrap().title, "Summer sale");
}

#[tokio::test]
async fn a_fault_is_cleared_by_a_later_report_and_a_bare_report_changes_no_status() {
    let (hub, screen, bearer) = with_screen().await;
    report(&hub, &screen, &bearer, &full("r1", ident::now())).await;
    let cleared = json!({ "id": "r2", "faults": [{ "id": "f1", "class": "content", "code": "PLY-003",
        "raisedAt": "2026-11-20T10:00:00Z", "clearedAt": "2026-11-20T11:00:00Z" }] });
    assert_eq!(report(&hub, &screen, &bearer, &cleared).await.status, 200);
    let mut connection = hub.store().read().await.unwrap();
    let current = reports::current(&mut connection, &screen.id()).await.unwrap().unwrap();
    assert_eq!(current.faults, 0);
    assert_eq!(current.status.unwrap().now.unwrap().title, "Summer sale");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_what_is_wrong() {
    let (hub, screen, bearer) = with_screen().await;
    let line = json!({ "id": "l", "at": "2026-11-20T10:00:00Z", "severity": "info", "message": "x" });
    let cases = [
        (json!({ "id": "" }), "is no id"),
        (json!({ "id": "r", "logs": vec![line; 501] }), "at most 500 log lines"),
        (json!({ "id": "r", "status": { "at": "yesterday" } }), "status.at"),
    ];
    for (body, text) in cases {
        let answer = report(&hub, &screen, &bearer, &body).await;
        assert_eq!(answer.problem(), (422, "HUB-002".into()));
        assert!(answer.text().contains(text), "{}", answer.text());
    }
    let large = json!({ "id": "r", "padding": "x".repeat(300 << 10) });
    assert_eq!(report(&hub, &screen, &bearer, &large).await.status, 413);
    assert_eq!(report(&hub, &screen, "nonsense", &json!({ "id": "r" })).await.problem().0, 401);
}

#[tokio::test]
async fn a_mad_screen_fills_neither_the_disk_nor_the_log() {
    let (hub, screen, bearer) = with_screen().await;
    let lines = |from: usize| {
        let line = |number: usize| {
            json!({ "id": format!("l{number}"), "at": "2026-11-20T10:00:00Z",
            "severity": "debug", "message": "x" })
        };
        (from..from + 500).map(line).collect::<Vec<_>>()
    };
    let device =
        signage_hub::device::find(&mut hub.store().read().await.unwrap(), &hub.account.id, &screen.id())
            .await
            .unwrap();
    let now = ident::now();
    for number in 0..42 {
        let body = json!({ "id": format!("r{number}"), "logs": lines(number * 500) });
        let body: Report = serde_json::from_value(body).unwrap();
        let answer = hub.state.inbox.take(hub.store(), &device, body, None, now).await.unwrap();
        assert_eq!(answer.dropped, if number < 40 { 0 } else { 500 }, "{number}");
    }
    assert_eq!(count(&hub, "device_log").await, 20_001);
    assert_eq!(count(&hub, "device_log WHERE source = 'hub' AND message LIKE '%dropped%'").await, 1);
    let mut last = 200;
    for number in 0..70 {
        last = report(&hub, &screen, &bearer, &json!({ "id": format!("x{number}") })).await.status.as_u16();
    }
    assert_eq!(last, 429);
    // The next day it may again.
    let body = json!({ "id": "next", "logs": lines(50_000) });
    let body: Report = serde_json::from_value(body).unwrap();
    assert_eq!(hub.state.inbox.take(hub.store(), &device, body, None, now + DAY).await.unwrap().dropped, 0);
}

#[tokio::test]
async fn what_is_old_goes_and_what_is_wrong_stays() {
    let (hub, screen, bearer) = with_screen().await;
    report(&hub, &screen, &bearer, &full("r1", ident::now() - 200 * DAY)).await;
    // It counts from when the hub heard of it, so what was noted offline is not gone at once.
    reports::clean(hub.store(), ident::now() + 80 * DAY).await.unwrap();
    assert_eq!(count(&hub, "device_log").await, 2);
    reports::clean(hub.store(), ident::now() + 91 * DAY).await.unwrap();
    for (table, rows) in [("device_log", 0), ("fault", 1), ("play", 2)] {
        assert_eq!(count(&hub, table).await, rows, "{table}");
    }
    reports::clean(hub.store(), ident::now() + 366 * DAY).await.unwrap();
    assert_eq!(count(&hub, "play").await, 0);
}

#[tokio::test]
async fn the_time_that_a_screen_was_there_is_added_up() {
    let (hub, screen, _) = with_screen().await;
    let device =
        signage_hub::device::find(&mut hub.store().read().await.unwrap(), &hub.account.id, &screen.id())
            .await
            .unwrap();
    let start = device.created_at;
    // A day there, a day away, a day there again.
    for minute in (0..=1440).chain(2880..=4320) {
        let body =
            Report { id: format!("r{minute}"), status: None, faults: vec![], logs: vec![], plays: vec![] };
        hub.state.inbox.take(hub.store(), &device, body, None, start + minute * MINUTE).await.unwrap();
    }
    let mut connection = hub.store().read().await.unwrap();
    let uptime = reports::uptime(&mut connection, &device.id, start, 30, start + 3 * DAY).await.unwrap();
    assert_eq!(uptime, Some(666));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_that_come_together_are_all_kept() {
    let hub = std::sync::Arc::new(TestHub::new().await);
    let (_, token) = hub.token(Kind::Provisioning).await;
    let mut devices = Vec::new();
    for seed in 1..=40 {
        let screen = Screen::new(seed);
        screen.enroll(&hub, &token).await;
        let mut connection = hub.store().read().await.unwrap();
        devices
            .push(signage_hub::device::find(&mut connection, &hub.account.id, &screen.id()).await.unwrap());
    }
    let tasks = devices.into_iter().flat_map(|device| (0..5).map(move |number| (device.clone(), number)));
    let tasks: Vec<_> = tasks
        .map(|(device, number)| {
            let hub = hub.clone();
            tokio::spawn(async move {
                let body: Report = serde_json::from_value(full(&format!("r{number}"), ident::now())).unwrap();
                hub.state.inbox.take(hub.store(), &device, body, None, ident::now()).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        assert!(!task.await.unwrap().repeated);
    }
    assert_eq!(count(&hub, "play").await, 80);
    let reports: i64 = sqlx::query_scalar("SELECT CAST(SUM(reports) AS BIGINT) FROM account_day")
        .fetch_one(&mut *hub.store().read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(reports, 200);
}

async fn stored(state: &Shared, id: &str) -> devices::Device {
    devices::by_id(&mut state.store.read().await.unwrap(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn screens_that_show_themselves_at_once_are_all_noted() {
    let hub = TestHub::new().await;
    let token = hub.token(Kind::Provisioning).await.1;
    let mut screens = Vec::new();
    for seed in 1..=20 {
        let screen = Screen::new(seed);
        screen.enroll(&hub, &token).await;
        screens.push(stored(&hub.state, &screen.id()).await);
    }
    let later = ident::now() + MINUTE;
    // Another change keeps them waiting, so that they meet.
    let other = hub.store().write().await.unwrap();
    let notes: Vec<_> = screens
        .iter()
        .cloned()
        .map(|screen| {
            let state = Arc::clone(&hub.state);
            tokio::spawn(async move {
                state.seen.note(&state.store, &screen, Some("192.0.2.9".into()), later).await.unwrap();
                // Whoever has its answer is noted.
                stored(&state, &screen.id).await
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    drop(other);
    for note in notes {
        let noted = note.await.unwrap();
        assert_eq!((noted.last_seen, noted.address.as_deref()), (later, Some("192.0.2.9")));
    }
}
