//! The pages: signing in, the list of screens, signing out.

use crate::common::{Answer, PASSWORD, Screen, TestHub, new_account};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use signage_hub::api_token::Actor;
use signage_hub::store::{audit, operators};
use signage_hub::token::Grant;
use signage_hub::{account, ident, token};
use signage_protocol::token::Kind;
use std::net::SocketAddr;
use tower::ServiceExt as _;

pub async fn get(hub: &TestHub, path: &str, cookie: &str) -> Answer {
    hub.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

pub async fn post(hub: &TestHub, path: &str, cookie: &str, form: String) -> Answer {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    hub.send(request.body(form.into()).unwrap()).await
}

pub fn form_token(page: &Answer) -> String {
    let (_, rest) = page.text().split_once("name=\"form\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

pub fn cookie(answer: &Answer, name: &str) -> String {
    let all = answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let set = all.into_iter().find(|set| set.starts_with(&format!("{name}="))).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    set.split_once(';').unwrap().0.to_owned()
}

pub async fn sign_in(hub: &TestHub, email: &str, password: &str) -> Answer {
    let page = get(hub, "/", "").await;
    let guest = cookie(&page, "__Host-signage-guest");
    let form = format!("email={email}&password={}&form={}", password.replace(' ', "+"), form_token(&page));
    post(hub, "/", &guest, form).await
}

#[tokio::test]
async fn an_operator_signs_in_sees_the_own_screens_and_signs_out() {
    let hub = TestHub::new().await;
    let answer = sign_in(&hub, "ACME@example.org", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.header(header::LOCATION)), (303, "/screens"));
    let session = cookie(&answer, "__Host-signage");
    let empty = get(&hub, "/screens", &session).await;
    assert!(empty.text().contains("No screens yet"));

    let other = new_account(hub.store(), "other").await;
    let (_, foreign) = token::create(
        hub.store(),
        &Actor::cli(&other.id),
        Kind::Provisioning,
        Grant::default(),
        ident::now(),
    )
    .await
    .unwrap();
    Screen::new(2).enroll(&hub, &foreign).await;
    assert!(get(&hub, "/screens", &session).await.text().contains("No screens yet"));

    let (_, secret) = hub.token(Kind::Provisioning).await;
    let mut enrollment = Screen::enrollment(&secret);
    enrollment.name = Some("<script>Lobby</script>".into());
    hub.send(Screen::new(1).enroll_request(&enrollment)).await;
    let page = get(&hub, "/screens", &session).await;
    for text in ["&lt;script&gt;Lobby", "Online", "Raspberry Pi 4", "192.0.2.7", "window"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    assert_eq!(get(&hub, "/", &session).await.header(header::LOCATION), "/screens");

    let wrong = post(&hub, "/sign-out", &session, "form=x".into()).await;
    assert_eq!(wrong.header(header::LOCATION), "/screens");
    assert_eq!(get(&hub, "/screens", &session).await.status, 200);
    let out = post(&hub, "/sign-out", &session, format!("form={}", form_token(&page))).await;
    assert_eq!(out.header(header::LOCATION), "/");
    assert_eq!(get(&hub, "/screens", &session).await.status, 303);
}

#[tokio::test]
async fn without_a_session_there_is_only_the_sign_in_page() {
    let hub = TestHub::new().await;
    for cookie in ["", "__Host-signage=0000"] {
        let answer = get(&hub, "/screens", cookie).await;
        assert_eq!((answer.status.as_u16(), answer.header(header::LOCATION)), (303, "/"));
    }
    let page = get(&hub, "/", "").await;
    assert!(page.text().contains("for=\"email\"") && page.text().contains("for=\"password\""));
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
    assert!(!page.header(header::CONTENT_SECURITY_POLICY).contains("unsafe"));
    assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(page.header(header::REFERRER_POLICY), "no-referrer");
    assert_eq!(
        get(&hub, "/assets/style.css", "").await.header(header::CONTENT_TYPE),
        "text/css; charset=utf-8"
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let hub = TestHub::new().await;
    let wrong = sign_in(&hub, "acme@example.org", "not it").await;
    let unknown = sign_in(&hub, "nobody@example.org", "not it").await;
    let message = "The e-mail address or the password is not right.";
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, 401);
        assert!(answer.text().contains(message));
        assert!(!answer.text().contains("not it"));
    }
    let log = audit::list(hub.store(), None, 100).await.unwrap();
    assert!(log.iter().all(|record| record.action != "sign-in"));
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let hub = TestHub::new().await;
    let page = get(&hub, "/", "").await;
    let other = get(&hub, "/", "").await;
    // The token of one browser with the cookie of another, and none at all.
    for (cookie, token) in
        [(cookie(&other, "__Host-signage-guest"), form_token(&page)), (String::new(), form_token(&page))]
    {
        let form = format!("email=acme@example.org&password={}&form={token}", PASSWORD.replace(' ', "+"));
        assert_eq!(post(&hub, "/", &cookie, form).await.status, 403);
    }
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old() {
    let hub = TestHub::new().await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    assert_eq!(get(&hub, "/screens", &session).await.status, 200);
    let old = operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap();
    let made =
        account::set_password(hub.store(), "acme@example.org", None, ident::now()).await.unwrap().unwrap();
    assert_eq!(get(&hub, "/screens", &session).await.status, 303);
    assert_eq!(sign_in(&hub, "acme@example.org", PASSWORD).await.status, 401);
    // A sign-in whose password was checked before the change and whose session would start after it.
    let mut change = hub.store().write().await.unwrap();
    let now = ident::now();
    assert!(!operators::insert_session(&mut change, "digest", &old, now, now + 1).await.unwrap());
    drop(change);
    assert_eq!(sign_in(&hub, "acme@example.org", made.expose()).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_once_count_like_guesses_in_turn() {
    let hub = TestHub::new().await;
    let page = get(&hub, "/", "").await;
    let guest = cookie(&page, "__Host-signage-guest");
    let form = format!("email=acme@example.org&password=not+it&form={}", form_token(&page));
    let guesses = (0..50).map(|_| {
        let request = Request::post("/")
            .header(header::COOKIE, &guest)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 40_000))))
            .body(Body::from(form.clone()))
            .unwrap();
        tokio::spawn(hub.router.clone().oneshot(request))
    });
    let (mut checked, mut blocked) = (0, 0);
    for answer in guesses.collect::<Vec<_>>() {
        match answer.await.unwrap().unwrap().status().as_u16() {
            401 => checked += 1,
            429 => blocked += 1,
            other => panic!("status {other}"),
        }
    }
    // One more than the limit may pass, since two passwords are checked at a time.
    assert!((10..=12).contains(&checked), "{checked}");
    assert_eq!(checked + blocked, 50);
}
