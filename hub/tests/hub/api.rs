//! The API for operators: who gets in, and how far.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::api_token::{self, Actor};
use signage_hub::ident::{self, MINUTE};
use signage_hub::rights::Role;
use signage_hub::store::accounts::Account;

use crate::common::{Answer, Screen, TestHub, new_account};

pub async fn secret(hub: &TestHub, account: &Account, role: Role) -> String {
    let actor = Actor { account: &account.id, id: "cli" };
    let made = api_token::create(hub.store(), &actor, "test", role, None, ident::now()).await.unwrap();
    made.1.expose().to_owned()
}

pub async fn ask(hub: &TestHub, method: &str, path: &str, secret: &str, body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if !secret.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
    }
    if body.is_null() {
        return hub.send(request.body(Body::empty()).unwrap()).await;
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    hub.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_token_opens_its_account_as_far_as_its_role_goes() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let me = ask(&hub, "GET", "/me", &viewer, Value::Null).await.json();
    assert_eq!((me["role"].as_str(), me["account"]["name"].as_str()), (Some("viewer"), Some("acme")));
    assert_eq!(
        ask(&hub, "GET", "/api-tokens", &viewer, Value::Null).await.problem(),
        (403, "API-002".into())
    );
    let listed = ask(&hub, "GET", "/api-tokens", &admin, Value::Null).await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 2);
    assert!(!listed.text().contains("sga_"), "a list holds no secret");
}

#[tokio::test]
async fn without_a_token_that_holds_there_is_nothing() {
    let hub = TestHub::new().await;
    let actor = Actor { account: &hub.account.id, id: "cli" };
    let now = ident::now();
    let made = api_token::create(hub.store(), &actor, "short", Role::Admin, Some(now + MINUTE), now).await;
    let (token, short) = made.unwrap();
    assert!(api_token::recognise(hub.store(), short.expose(), now + MINUTE).await.unwrap().is_none());
    assert_eq!(ask(&hub, "GET", "/me", short.expose(), Value::Null).await.status, 200);
    api_token::revoke(hub.store(), &actor, &token.id, now).await.unwrap();
    for secret in ["", short.expose(), "sga_00", "sgp_00"] {
        assert_eq!(ask(&hub, "GET", "/me", secret, Value::Null).await.problem(), (401, "API-001".into()));
    }
}

#[tokio::test]
async fn tokens_are_made_and_withdrawn_in_ones_own_account_only() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "name": "CI", "role": "content" });
    let made = ask(&hub, "POST", "/api-tokens", &admin, new).await;
    assert_eq!(made.status, 201);
    let (id, token) = (made.json()["id"].clone(), made.json()["token"].clone());
    assert_eq!(ask(&hub, "GET", "/me", token.as_str().unwrap(), Value::Null).await.json()["role"], "content");

    let other = new_account(hub.store(), "other").await;
    let stranger = secret(&hub, &other, Role::Admin).await;
    let path = format!("/api-tokens/{}", id.as_str().unwrap());
    assert_eq!(ask(&hub, "DELETE", &path, &stranger, Value::Null).await.problem(), (404, "API-004".into()));
    assert_eq!(ask(&hub, "DELETE", &path, &admin, Value::Null).await.status, 204);
    assert_eq!(ask(&hub, "GET", "/me", token.as_str().unwrap(), Value::Null).await.status, 401);
}

#[tokio::test]
async fn input_that_cannot_be_right_is_named() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let unnamed = ask(&hub, "POST", "/api-tokens", &admin, json!({ "name": " ", "role": "admin" })).await;
    assert_eq!(unnamed.problem(), (422, "API-003".into()));
    for body in [json!({ "name": "x", "role": "owner" }), json!({ "name": "x" }), json!([])] {
        let answer = ask(&hub, "POST", "/api-tokens", &admin, body).await;
        assert_eq!(answer.problem(), (422, "API-003".into()));
    }
}

#[tokio::test]
async fn a_scraper_reads_what_the_account_has() {
    let hub = TestHub::new().await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let scrape = || async {
        let request = Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {viewer}"));
        hub.send(request.body(Body::empty()).unwrap()).await.text().to_owned()
    };
    assert!(scrape().await.contains("signage_screens{state=\"online\"} 0\n"));
    let (_, token) = hub.token(signage_protocol::token::Kind::Provisioning).await;
    hub.send(Screen::new(1).enroll_request(&Screen::enrollment(&token))).await;
    hub.content(&hub.account, "a.png", 100).await;
    let text = scrape().await;
    assert!(text.contains("signage_screens{state=\"online\"} 1\n"), "{text}");
    assert!(text.contains("signage_content_bytes 100\n"), "{text}");
    let other = new_account(hub.store(), "other").await;
    let stranger = secret(&hub, &other, Role::Admin).await;
    let request = Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {stranger}"));
    let text = hub.send(request.body(Body::empty()).unwrap()).await.text().to_owned();
    assert!(text.contains("signage_screens{state=\"online\"} 0\n"), "{text}");
}
