//! Nonces, assertions and bearer tokens.

use crate::common::{Screen, TestHub};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use signage_hub::ident::{self, MINUTE, SECOND};
use signage_hub::seal::Purpose;
use signage_hub::store::devices;
use signage_protocol::token::Kind;

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn enrolled() -> (TestHub, Screen) {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    screen.enroll(&hub, &secret).await;
    (hub, screen)
}

#[tokio::test]
async fn a_nonce_serves_once_and_not_for_long() {
    let (hub, screen) = enrolled().await;
    let nonce = screen.nonce(&hub).await;
    let request = || screen.token_request(&screen.assertion(&nonce));
    assert_eq!(hub.send(request()).await.status, 200);
    assert_eq!(hub.send(request()).await.problem(), problem(401, "AUT-004"));

    let stale = hub.state.seal.make(Purpose::Nonce, &[0; 16], ident::now() - SECOND);
    let answer = hub.send(screen.token_request(&screen.assertion(&stale))).await;
    assert_eq!(answer.problem(), problem(401, "AUT-004"));
    let answer = hub.send(screen.token_request(&screen.assertion("made up"))).await;
    assert_eq!(answer.problem(), problem(401, "AUT-004"));

    let fresh = screen.nonce(&hub).await;
    let now = ident::now();
    assert!(hub.state.seal.open(Purpose::Nonce, &fresh, now + 4 * MINUTE).is_ok());
    assert!(hub.state.seal.open(Purpose::Nonce, &fresh, now + 5 * MINUTE).is_err());
}

#[tokio::test]
async fn only_the_device_itself_gets_its_token() {
    let (hub, screen) = enrolled().await;
    let thief = Screen::new(2);
    let nonce = screen.nonce(&hub).await;
    // Another key under this device's name, and a device that nobody enrolled.
    let answer = hub.send(thief.token_request(&screen.assertion(&nonce))).await;
    assert_eq!(answer.problem(), problem(401, "AUT-003"));
    let answer = hub.send(thief.token_request(&thief.assertion(&nonce))).await;
    assert_eq!(answer.problem(), problem(401, "AUT-003"));
    // Right key, but meant for another hub or in another's name.
    let mut assertion = screen.assertion(&nonce);
    assertion["aud"] = json!("https://other.example");
    assert_eq!(hub.send(screen.token_request(&assertion)).await.problem(), problem(421, "HUB-002"));
    let mut assertion = screen.assertion(&nonce);
    assertion["iss"] = json!(thief.id());
    assert_eq!(hub.send(screen.token_request(&assertion)).await.problem(), problem(401, "AUT-003"));
    // None of this used the nonce up.
    assert_eq!(hub.send(screen.token_request(&screen.assertion(&nonce))).await.status, 200);

    let form = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=password&client_assertion_type=x&client_assertion=y"))
        .unwrap();
    assert_eq!(hub.send(form).await.problem(), problem(400, "HUB-002"));
}

#[tokio::test]
async fn without_a_good_bearer_token_there_is_nothing() {
    let (hub, screen) = enrolled().await;
    let ended = hub.state.seal.make(Purpose::Access, screen.id().as_bytes(), ident::now());
    let form = hub.state.seal.make(Purpose::Form, screen.id().as_bytes(), ident::now() + MINUTE);
    for path in ["/v1/manifest", "/v1/authorization", &format!("/v1/blobs/{}", "0".repeat(64))] {
        let answer = hub.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(), problem(401, "AUT-004"));
        assert_eq!(answer.header(header::WWW_AUTHENTICATE), "Bearer");
        for bearer in [ended.as_str(), form.as_str(), "x", ""] {
            assert_eq!(screen.get(&hub, bearer, path, &[]).await.problem(), problem(401, "AUT-004"));
        }
    }
}

#[tokio::test]
async fn a_device_is_seen_when_it_asks() {
    let (hub, screen) = enrolled().await;
    let device = async || devices::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    let mut old = device().await;
    old.last_seen -= 10 * MINUTE;
    let mut change = hub.store().write().await.unwrap();
    devices::put(&mut change, &old).await.unwrap();
    signage_hub::store::commit(change).await.unwrap();

    let moved = Screen { address: "198.51.100.9".parse().unwrap(), ..screen };
    moved.bearer(&hub).await;
    let seen = device().await;
    assert!(ident::now() - seen.last_seen < 30 * SECOND);
    assert_eq!(seen.address.as_deref(), Some("198.51.100.9"));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let (hub, _) = enrolled().await;
    let answer = hub.send(Request::get("/v1/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), problem(404, "HUB-002"));
    let answer = hub.send(Request::get("/v1/enroll").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), problem(405, "HUB-002"));
    let answer = hub.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "ok\n"));
}
