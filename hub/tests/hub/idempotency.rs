//! Requests that are sent again are not done again.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::http::{self, State};
use signage_hub::ident::{self, DAY};
use signage_hub::rights::Role;
use signage_hub::store::{self, idempotency};
use tower::ServiceExt as _;

use crate::api::{ask, secret};
use crate::common::{Answer, TestHub, URL};

async fn post(hub: &TestHub, path: &str, secret: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    hub.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn count(hub: &TestHub, secret: &str) -> usize {
    ask(hub, "GET", "/tokens", secret, Value::Null).await.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_is_done_once() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "device", "name": "Lobby" });
    let first = post(&hub, "/tokens", &admin, "key-1", &new).await;
    assert_eq!(first.status, 201);
    // The draft's quoted form is the same key.
    let again = post(&hub, "/tokens", &admin, "\"key-1\"", &new).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(again.header(header::CONTENT_TYPE), first.header(header::CONTENT_TYPE));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(count(&hub, &admin).await, 1);
    let other = post(&hub, "/tokens", &admin, "key-1", &json!({ "kind": "provisioning" })).await;
    assert_eq!(other.problem(), (422, "API-003".into()));
    assert_eq!(post(&hub, "/tokens", &admin, "key-2", &new).await.status, 201);
    // Somebody else's key is another key, also in the same account.
    let colleague = secret(&hub, &hub.account, Role::Admin).await;
    assert_ne!(post(&hub, "/tokens", &colleague, "key-1", &new).await.json()["id"], first.json()["id"]);
    assert_eq!(count(&hub, &admin).await, 3);
    for key in ["", "two words", &"x".repeat(256)] {
        assert_eq!(post(&hub, "/tokens", &admin, key, &new).await.problem(), (422, "API-003".into()));
    }
}

#[tokio::test]
async fn an_answer_outlives_the_hub_and_another_hub_gives_it() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "device" });
    let first = post(&hub, "/tokens", &admin, "key-1", &new).await;
    let urls = vec![URL.parse().unwrap()];
    let state = State::new(hub.store().clone(), hub.state.directory.clone(), urls).await.unwrap();
    let request = Request::post("/api/v1/tokens")
        .header(header::AUTHORIZATION, format!("Bearer {admin}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "key-1");
    let request = request.body(Body::from(new.to_string())).unwrap();
    let answer = http::router(state).oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), first.json());
}

#[tokio::test]
async fn many_at_the_same_time_are_one() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "device" });
    let asked = (0..8).map(|_| post(&hub, "/tokens", &admin, "key-1", &new));
    let answers = futures_util::future::join_all(asked).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(made >= 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.problem(), (409, "API-005".into()));
    }
    assert_eq!(count(&hub, &admin).await, 1);
}

#[tokio::test]
async fn what_was_refused_for_now_may_be_asked_again() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let person = json!({ "email": "acme@example.org", "role": "viewer" });
    let conflict = post(&hub, "/invitations", &admin, "key-1", &person).await;
    assert_eq!(conflict.problem().0, 409);
    let other = json!({ "email": "b@example.org", "role": "viewer" });
    assert_eq!(post(&hub, "/invitations", &admin, "key-1", &other).await.status, 201);
    // What cannot be right stays wrong.
    let wrong = json!({ "email": "nobody", "role": "viewer" });
    assert_eq!(post(&hub, "/invitations", &admin, "key-2", &wrong).await.problem().0, 422);
    let again = post(&hub, "/invitations", &admin, "key-2", &wrong).await;
    assert_eq!((again.problem().0, again.header("idempotency-replayed")), (422, "true"));
}

#[tokio::test]
async fn stored_answers_hold_no_secret_and_end() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "device" });
    let first = post(&hub, "/tokens", &admin, "key-1", &new).await.json();
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT key, answer FROM idempotency")
        .fetch_all(&mut *hub.store().read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let (key, answer) = &rows[0];
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, answer).unwrap();
    let token = first["token"].as_str().unwrap().as_bytes();
    assert!(!decoded.windows(8).any(|part| part == &token[..8]) && !key.contains("key-1"));
    let mut change = hub.store().write().await.unwrap();
    idempotency::delete_old(&mut change, ident::now() - DAY).await.unwrap();
    idempotency::delete_old(&mut change, ident::now() + 1).await.unwrap();
    store::commit(change).await.unwrap();
    assert_eq!(post(&hub, "/tokens", &admin, "key-1", &new).await.status, 201);
    assert_eq!(count(&hub, &admin).await, 2);
}
