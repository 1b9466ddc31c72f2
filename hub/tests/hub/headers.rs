//! What every answer carries for the sake of browsers.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use signage_hub::http::routes::{self, Access};
use signage_hub::rights::Role;

use crate::api::{ask, secret};
use crate::common::{PASSWORD, TestHub};
use crate::console::{cookie, get, sign_in};

#[tokio::test]
async fn every_page_is_closed_to_foreign_scripts_frames_and_caches() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let mut pages = 0;
    for route in routes::all().filter(|route| route.method == "GET" && !route.path.contains('{')) {
        if !matches!(route.access, Access::Console(_) | Access::Page) || route.path == "/events" {
            continue;
        }
        let page = get(&hub, route.path, &session).await;
        let policy = page.header(header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), value, "{name} of {}", route.path);
        }
        assert!(page.header("permissions-policy").contains("camera=()"), "{}", route.path);
        if page.header(header::CONTENT_TYPE).starts_with("text/html") {
            pages += 1;
            let text = page.text();
            // What the policy would refuse.
            for forbidden in
                [" style=\"", "<style", " onclick=", " onload=", " onchange=", "javascript:", "<script>"]
            {
                assert!(!text.contains(forbidden), "{forbidden} on {}", route.path);
            }
        }
    }
    assert!(pages > 5, "{pages}");
}

#[tokio::test]
async fn no_header_changes_what_a_request_is() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    for (name, value) in [
        ("x-http-method-override", "DELETE"),
        ("x-method-override", "DELETE"),
        ("x-original-url", "/api/v1/people"),
        ("x-rewrite-url", "/api/v1/people"),
        ("x-forwarded-host", "evil.example"),
        ("host", "evil.example"),
        ("origin", "https://evil.example"),
    ] {
        let request = Request::get("/api/v1/me?").header(header::AUTHORIZATION, format!("Bearer {admin}"));
        let answer = hub.send(request.header(name, value).body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.json()["role"].as_str()), (200, Some("admin")), "{name}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    let request = Request::post("/api/v1/invitations")
        .header(header::AUTHORIZATION, format!("Bearer {admin}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, "evil.example")
        .body(Body::from("{\"email\":\"a@example.org\",\"role\":\"viewer\"}"))
        .unwrap();
    let answer = hub.send(request).await;
    assert!(answer.json()["link"].as_str().unwrap().starts_with("https://hub.example:8443/"));
    assert_eq!(ask(&hub, "GET", "/people", &admin, Value::Null).await.status, 200);
}
