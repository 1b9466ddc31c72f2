//! The description of the API.
//!
//! To renew docs/openapi.json: `UPDATE_DOCS=1 cargo test -p signage-hub --test hub the_document`.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;
use signage_hub::http::openapi::DOCUMENT;
use signage_hub::http::routes::{self, Access};
use signage_hub::rights::Role;

use crate::api::{ask, secret};
use crate::common::TestHub;

/// Areas of which not every route is described yet.
const NOT_YET: &[&str] = &[];

#[test]
fn the_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&*DOCUMENT).unwrap() + "\n").unwrap();
    }
    let stored: Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
    assert!(
        stored == *DOCUMENT,
        "docs/openapi.json is old: UPDATE_DOCS=1 cargo test -p signage-hub --test hub the_document"
    );
}

#[test]
fn every_route_of_the_api_is_described() {
    let mut missing = Vec::new();
    for route in routes::all().filter(|route| matches!(route.access, Access::Api(_) | Access::Device)) {
        if NOT_YET.contains(&route.area()) {
            continue;
        }
        let what = format!("{} {}", route.method, route.path);
        let doc = &route.doc;
        if !route.is_described() || !doc.summary.ends_with('.') {
            missing.push(format!("{what} needs .says(\"A sentence.\")"));
        }
        let answered = doc.answer.is_some() || doc.file.is_some() || !doc.files.is_empty();
        if !answered && !matches!(doc.status, 101 | 204) {
            missing.push(format!("{what} needs .gives::<Type>(status), .gives_file(…) or .gives_nothing()"));
        }
        let body = doc.body.is_some() || doc.body_type.is_some();
        if matches!(route.method, "PUT" | "PATCH") && !body {
            missing.push(format!("{what} needs .takes::<Type>()"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_has_a_name_of_its_own() {
    fn walk<'a>(value: &'a Value, targets: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(target) if name == "$ref" => {
                            targets.insert(target);
                        }
                        other => walk(other, targets),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, targets)),
            _ => {}
        }
    }
    let mut targets = BTreeSet::new();
    walk(&DOCUMENT, &mut targets);
    assert!(targets.len() > 20);
    for target in &targets {
        assert!(DOCUMENT.pointer(target.strip_prefix('#').unwrap()).is_some(), "{target}");
    }
    // A number behind a name: two types have the same. Give one of them `#[schemars(rename = "…")]`.
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let numbered: Vec<&String> =
        schemas.keys().filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
    assert!(numbered.is_empty(), "{numbered:?}");
    let ids: Vec<&str> = DOCUMENT["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[tokio::test]
async fn the_description_is_served_to_everybody() {
    let hub = TestHub::new().await;
    let answer = hub.send(Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, DOCUMENT.clone()));
    let page = hub.send(Request::get("/api").body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, 200);
    for text in ["GET /api/v1/screens", "POST /oauth/token", "Idempotency-Key", "expiresAt"] {
        assert!(page.text().contains(text), "{text}");
    }
}

#[tokio::test]
async fn refusals_below_us_are_problems_too() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let send = async |method: &str, path: &str, kind: &str, body: &[u8]| {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header("authorization", format!("Bearer {admin}"))
            .header("content-type", kind);
        hub.send(request.body(Body::from(body.to_vec())).unwrap()).await
    };
    let json = "application/json";
    let path = "/api/v1/api-tokens";
    assert_eq!(send("GET", "/api/v1/nothing", json, b"").await.problem(), (404, "API-004".into()));
    let other = send("PUT", path, json, b"").await;
    assert_eq!((other.problem().0, other.header("allow")), (405, "GET, POST, HEAD"));
    assert_eq!(send("TRACE", path, json, b"").await.problem().0, 405);
    assert_eq!(send("GET", "/api/v1/screens/%ff", json, b"").await.problem(), (400, "API-003".into()));
    assert_eq!(send("POST", path, "text/plain", b"{}").await.problem(), (415, "API-003".into()));
    assert_eq!(send("POST", path, json, &vec![b' '; 70 << 10]).await.problem(), (413, "API-003".into()));
    let syntax = send("POST", path, json, b"{\n  \"name\": ,").await;
    assert_eq!(syntax.problem(), (400, "API-003".into()));
    assert!(syntax.text().contains("line 2 column 11"), "{}", syntax.text());
    let unknown = send("POST", path, json, b"{\"nam\": \"x\", \"role\": \"admin\"}").await;
    assert_eq!(unknown.problem(), (422, "API-003".into()));
    assert!(unknown.text().contains("`nam`, expected"), "{}", unknown.text());
}

#[tokio::test]
async fn parameters_that_are_not_known_are_named() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    for (path, near) in [
        ("/screens?serach=x", "did you mean \\\"search\\\""),
        ("/people?limt=5", "did you mean \\\"limit\\\""),
        ("/audit?untill=2026-11-20", "did you mean \\\"until\\\""),
        ("/me?x=1", "nor any other"),
        ("/tokens?limit=0", "limit is a number from 1 to 1000"),
        ("/tokens?limit=many", "limit"),
        ("/tokens?state=lost", "unused"),
        ("/people?after=nonsense", "after is not"),
    ] {
        let answer = ask(&hub, "GET", path, &admin, Value::Null).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{path}");
        assert!(answer.text().contains(near), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_list_comes_in_pages() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    for number in 0..3 {
        secret(&hub, &hub.account, Role::Viewer).await;
        let invitation = serde_json::json!({ "email": format!("a{number}@example.org"), "role": "viewer" });
        assert_eq!(ask(&hub, "POST", "/invitations", &admin, invitation).await.status, 201);
        hub.token(signage_protocol::token::Kind::Provisioning).await;
    }
    for list in ["/api-tokens", "/invitations", "/tokens", "/audit"] {
        let whole =
            ask(&hub, "GET", list, &admin, Value::Null).await.json()["items"].as_array().unwrap().clone();
        assert!(whole.len() >= 3, "{list}");
        let (mut path, mut items) = (format!("{list}?limit=2"), Vec::new());
        loop {
            let page = ask(&hub, "GET", &path, &admin, Value::Null).await;
            items.extend(page.json()["items"].as_array().unwrap().clone());
            let link = page.header("link").to_owned();
            match page.json()["next"].as_str() {
                None => {
                    assert_eq!(link, "");
                    break;
                }
                Some(_) => {
                    let address =
                        link.strip_prefix("</api/v1").unwrap().strip_suffix(">; rel=\"next\"").unwrap();
                    assert!(address.contains("limit=2"), "{link}");
                    path = address.to_owned();
                }
            }
        }
        assert_eq!(items, whole, "{list}");
    }
}

/// What generated requests have found (`make api-fuzz`).
#[tokio::test]
async fn what_the_description_does_not_allow_is_refused() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    // An array with the members in order is no object.
    for path in ["/account", "/publishing"] {
        let answer = ask(&hub, "PATCH", path, &admin, serde_json::json!([null, null])).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{path}");
        assert!(answer.text().contains("expected an object"), "{}", answer.text());
        assert_eq!(ask(&hub, "PATCH", path, &admin, serde_json::json!({})).await.status, 200, "{path}");
    }
    // A number is one, also where there are no pages; and nothing is no number.
    for path in
        ["/audit.csv", "/audit.json", "/logs.csv", "/logs.json", "/plays.csv", "/plays/totals", "/plays"]
    {
        for limit in ["AAA", "", "0", "1001", "%20"] {
            let answer = ask(&hub, "GET", &format!("{path}?limit={limit}"), &admin, Value::Null).await;
            assert_eq!(answer.problem(), (422, "API-003".into()), "{path}?limit={limit}");
        }
        assert_eq!(ask(&hub, "GET", &format!("{path}?limit=1"), &admin, Value::Null).await.status, 200);
    }
}
