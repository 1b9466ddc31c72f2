//! The second step of signing in, as a person with a phone meets it.

use axum::http::header;
use signage_hub::ident::{self, MINUTE, SECOND};
use signage_hub::second_step::{self, Proposal};
use signage_hub::store::operators::{self, Operator};

use crate::common::{Answer, PASSWORD, TestHub};
use crate::console::{cookie, form_token, get, post, sign_in};
use crate::people::{admin, somebody};
use signage_hub::rights::Role;

/// The code that an app with this secret shows.
fn code(secret: &str, at: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate((at / SECOND).unsigned_abs()).to_string()
}

fn between<'a>(page: &'a Answer, before: &str, after: &str) -> &'a str {
    page.text().split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// Switches it on for the admin: the secret as it was spelled, and the recovery codes.
async fn switch_on(hub: &TestHub, session: &str) -> (String, Vec<String>) {
    let token = form_token(&get(hub, "/me", session).await);
    let page = post(hub, "/me/totp", session, format!("form={token}")).await;
    let secret = between(&page, "class=\"secret\">", "<").to_owned();
    assert!(page.text().contains("<svg class=\"qr\""));
    let proposal = between(&page, "name=\"proposal\" value=\"", "\"").to_owned();
    let confirm = async |code: &str| {
        post(hub, "/me/totp/confirm", session, format!("proposal={proposal}&code={code}&form={token}")).await
    };
    let wrong = confirm("000000").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("code is not right"));
    // The code before, so that the one of now has not been used yet.
    let on = confirm(&code(&secret, ident::now() - 30 * SECOND)).await;
    assert_eq!(on.status, 200, "{}", on.text());
    let codes: Vec<String> = between(&on, "class=\"codes\">", "</ul>")
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split_once('<').unwrap().0.to_owned())
        .collect();
    assert_eq!(codes.len(), second_step::RECOVERY_CODES);
    assert!(get(hub, "/me", session).await.text().contains("10 of 10 recovery codes"));
    (secret, codes)
}

async fn second(hub: &TestHub, page: &Answer, code: &str) -> Answer {
    let guest = cookie(page, "__Host-signage-guest");
    let ticket = between(page, "name=\"ticket\" value=\"", "\"");
    post(hub, "/sign-in/code", &guest, format!("code={code}&ticket={ticket}&form={}", form_token(page))).await
}

async fn person(hub: &TestHub) -> Operator {
    operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap()
}

#[tokio::test]
async fn a_password_alone_is_not_enough_any_more() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let (secret, recovery) = switch_on(&hub, &session).await;
    assert!(hub.state.store.read().await.is_ok());

    let page = sign_in(&hub, "acme@example.org", PASSWORD).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Second step"));
    assert_eq!(page.headers.get_all(header::SET_COOKIE).iter().count(), 1, "no session yet");
    let wrong = second(&hub, &page, "000000").await;
    assert_eq!(wrong.status, 401);
    let now = code(&secret, ident::now());
    let right = second(&hub, &wrong, &now).await;
    assert_eq!(right.header(header::LOCATION), "/screens", "{}", right.text());
    assert_eq!(get(&hub, "/screens", &cookie(&right, "__Host-signage")).await.status, 200);

    // The same code again, and the one with which it was switched on.
    let page = sign_in(&hub, "acme@example.org", PASSWORD).await;
    assert_eq!(second(&hub, &page, &now).await.status, 401);
    let older = code(&secret, ident::now() - 30 * SECOND);
    assert_eq!(second(&hub, &page, &older).await.status, 401);

    // A recovery code works once.
    assert_eq!(second(&hub, &page, &recovery[0]).await.status, 303);
    let page = sign_in(&hub, "acme@example.org", PASSWORD).await;
    assert_eq!(second(&hub, &page, &recovery[0]).await.status, 401);
    assert_eq!(
        second(&hub, &page, &recovery[1].to_uppercase().replace('-', " ").replace(' ', "+")).await.status,
        303
    );
    assert!(get(&hub, "/me", &session).await.text().contains("8 of 10 recovery codes"));
}

#[tokio::test]
async fn a_ticket_for_the_second_step_is_good_for_its_password_and_browser_only() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let (_, recovery) = switch_on(&hub, &session).await;
    let page = sign_in(&hub, "acme@example.org", PASSWORD).await;
    let ticket = between(&page, "name=\"ticket\" value=\"", "\"");
    let form = format!("code={}&ticket={ticket}&form={}", recovery[0], form_token(&page));
    assert_eq!(post(&hub, "/sign-in/code", "", form).await.status, 403);
    let made = signage_hub::account::set_password(hub.store(), "acme@example.org", None, ident::now()).await;
    assert!(made.unwrap().is_some());
    assert_eq!(second(&hub, &page, &recovery[0]).await.status, 403);
}

#[tokio::test]
async fn a_guesser_waits_wherever_they_come_from() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let (secret, recovery) = switch_on(&hub, &session).await;
    let (person, now) = (person(&hub).await, ident::now());
    for _ in 0..10 {
        assert!(!second_step::check(hub.store(), &person, "000000", now).await.unwrap());
    }
    for good in [&code(&secret, now), &recovery[0]] {
        let blocked = second_step::check(hub.store(), &person, good, now + MINUTE).await;
        assert!(matches!(blocked, Err(signage_hub::Error::Refused { status: 429, .. })));
    }
    assert!(second_step::check(hub.store(), &person, &recovery[0], now + 15 * MINUTE).await.unwrap());
}

#[tokio::test]
async fn it_is_switched_off_with_the_password_or_by_another_admin() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    switch_on(&hub, &session).await;
    let token = form_token(&get(&hub, "/me", &session).await);
    let off = async |password: &str| {
        post(&hub, "/me/totp/off", &session, format!("current={}&form={token}", password.replace(' ', "+")))
            .await
    };
    assert_eq!(off("not it").await.status, 422);
    assert!(person(&hub).await.totp_secret.is_some());
    assert_eq!(off(PASSWORD).await.status, 200);
    assert_eq!(sign_in(&hub, "acme@example.org", PASSWORD).await.status, 303);

    switch_on(&hub, &session).await;
    let (_, bea) = somebody(&hub, "bea@example.org", Role::Admin).await;
    let token = form_token(&get(&hub, "/people", &bea).await);
    let path = format!("/people/{}/reset-totp", person(&hub).await.id);
    assert_eq!(post(&hub, &path, &bea, format!("form={token}")).await.status, 303);
    assert_eq!(sign_in(&hub, "acme@example.org", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_proposal_is_for_one_person() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let (_, bea) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let token = form_token(&get(&hub, "/me", &session).await);
    let page = post(&hub, "/me/totp", &session, format!("form={token}")).await;
    let secret = between(&page, "class=\"secret\">", "<").to_owned();
    let proposal = between(&page, "name=\"proposal\" value=\"", "\"");
    let token = form_token(&get(&hub, "/me", &bea).await);
    let form = format!("proposal={proposal}&code={}&form={token}", code(&secret, ident::now()));
    assert_eq!(post(&hub, "/me/totp/confirm", &bea, form).await.status, 409);
    assert!(Proposal::from_hex("00").is_err());
}

/// Switches it on for anybody: the recovery codes.
pub async fn switched_on(hub: &TestHub, id: &str) -> Vec<signage_protocol::Secret> {
    let (proposal, now) = (Proposal::new().unwrap(), ident::now());
    let actor = signage_hub::api_token::Actor { account: &hub.account.id, id };
    let shown = code(&proposal.spelled(), now);
    second_step::switch_on(hub.store(), &actor, &proposal, &shown, now).await.unwrap()
}
