//! Pairing by a code, and leaving again: a screen with a real key, and operators in the console and the API.

use crate::api::{ask, secret};
use crate::common::{Answer, PASSWORD, Screen, TestHub, URL, new_account};
use crate::console::{cookie, form_token, get, post, sign_in};
use axum::http::header;
use serde_json::{Value, json};
use signage_hub::api_token::Actor;
use signage_hub::device::{self, GRACE, Leave};
use signage_hub::http::{self, State};
use signage_hub::ident::{self, MINUTE, Millis, SECOND};
use signage_hub::pace::Pace;
use signage_hub::pairing::{self, Codes, Entry};
use signage_hub::rights::Role;
use signage_hub::store::{audit, devices, pairings};
use signage_hub::{Error, account, playlist};
use signage_protocol::Secret;
use signage_protocol::api::{DeviceAuthorization, DeviceTokenRefusal, Enrolled, Hardware, Pairing};
use signage_protocol::document::{Authorization, Publication};
use signage_protocol::jws::{self, PublicKey, typ};
use signage_protocol::token::Kind;
use std::sync::Mutex;

/// What a screen without a token says of itself.
fn request(nonce: &str) -> Pairing {
    Pairing {
        hub: URL.into(),
        nonce: nonce.into(),
        hardware: Hardware {
            serial: Some("100000001234".into()),
            model: Some("Raspberry Pi 4".into()),
            macs: vec!["02:00:00:00:00:01".into()],
        },
        software: "0.1.0".into(),
        location: None,
        tags: vec!["window".into()],
    }
}

async fn ask_codes(hub: &TestHub, screen: &Screen, request: &Pairing) -> Answer {
    let jws = jws::sign_with_key(&screen.key, typ::ENROLLMENT, request).unwrap();
    let request = screen
        .request("POST", "/v1/device_authorization")
        .header(header::CONTENT_TYPE, "application/json")
        .body(json!({ "enrollment": jws }).to_string().into());
    hub.send(request.unwrap()).await
}

/// A screen shows its pairing code.
pub async fn codes(hub: &TestHub, screen: &Screen) -> DeviceAuthorization {
    let answer = ask_codes(hub, screen, &request(&screen.nonce(hub).await)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

async fn poll(hub: &TestHub, screen: &Screen, codes: &DeviceAuthorization) -> Answer {
    let form = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code={}&client_id={}",
        codes.device_code.expose(),
        screen.id()
    );
    let request = screen
        .request("POST", "/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into());
    hub.send(request.unwrap()).await
}

fn refusal(answer: &Answer) -> DeviceTokenRefusal {
    assert_eq!((answer.status.as_u16(), answer.header(header::CONTENT_TYPE)), (400, "application/json"));
    serde_json::from_value(answer.json()["error"].clone()).unwrap()
}

fn enrolled(answer: &Answer) -> Enrolled {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

fn authorization(enrolled: &Enrolled) -> Authorization {
    let key = enrolled.account_key.verifying_key().unwrap();
    jws::verify(enrolled.authorization.as_ref().unwrap(), typ::AUTHORIZATION, &key).unwrap()
}

async fn pair(hub: &TestHub, actor: &Actor<'_>, code: &str, name: &str) -> signage_hub::Result<()> {
    let entry = Entry { code, device: None, name, location: None, playlist: None };
    pairing::pair(hub.store(), actor, &entry, None, ident::now()).await.map(drop)
}

/// Codes at a moment, without HTTP.
async fn begin(hub: &TestHub, screen: &Screen, now: Millis) -> Codes {
    let key = PublicKey::from(&screen.key.verifying_key());
    pairing::begin(hub.store(), &key, &request(""), None, now).await.unwrap()
}

async fn poll_at(
    hub: &TestHub,
    pace: &Mutex<Pace>,
    screen: &Screen,
    codes: &Codes,
    now: Millis,
) -> DeviceTokenRefusal {
    match pairing::poll(hub.store(), pace, &codes.device, &screen.id(), now).await.unwrap() {
        pairing::Answer::Refused(refused) => refused.error,
        pairing::Answer::Enrolled(_) => panic!("let in"),
    }
}

#[tokio::test]
async fn pairing_links_the_device_to_the_account_at_once_by_a_code_entered_for_each_device() {
    let hub = TestHub::new().await;
    let (one, two) = (Screen::new(1), Screen::new(2));
    let (first, second) = (codes(&hub, &one).await, codes(&hub, &two).await);
    assert_ne!(first.user_code, second.user_code);
    assert_eq!((first.expires_in, first.interval), (900, 5));
    assert_eq!(first.verification_uri, format!("{URL}/pair"));
    assert_eq!(first.verification_uri_complete, format!("{URL}/pair?code={}", first.user_code));
    assert_eq!(refusal(&poll(&hub, &one, &first).await), DeviceTokenRefusal::AuthorizationPending);

    pair(&hub, &hub.actor(), &first.user_code.to_lowercase().replace('-', " "), "Lobby").await.unwrap();
    let answer = enrolled(&poll(&hub, &one, &first).await);
    assert_eq!((answer.device_id.clone(), answer.name.as_str()), (one.id(), "Lobby"));
    assert_eq!(answer.account, hub.account.id);
    let document = authorization(&answer);
    assert!(document.permits(&one.id(), jiff::Timestamp::now()));
    // A lost answer is asked for again and is the same.
    assert_eq!(enrolled(&poll(&hub, &one, &first).await), answer);
    assert_eq!(refusal(&poll(&hub, &two, &second).await), DeviceTokenRefusal::AuthorizationPending);
    let all = devices::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!(all.len(), 1, "in the list of devices, the other not");
    assert_eq!(
        (all[0].enrol_token.as_deref(), all[0].tags.as_slice()),
        (None, ["window".to_owned()].as_slice())
    );
}

#[tokio::test]
async fn after_pairing_the_default_playlist_of_the_account_starts_directly() {
    let hub = TestHub::new().await;
    let (content, _) = hub.content(&hub.account, "a.png", 100).await;
    let now = ident::now();
    playlist::create(hub.store(), &hub.account, "Welcome", &[content], 5000, true, now).await.unwrap();
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    pair(&hub, &hub.actor(), &shown.user_code, "Lobby").await.unwrap();
    let answer = enrolled(&poll(&hub, &screen, &shown).await);
    // From here on everything is as after an enrolment.
    let bearer = screen.bearer(&hub).await;
    let manifest = screen.get(&hub, &bearer, "/v1/manifest", &[]).await;
    let key = answer.account_key.verifying_key().unwrap();
    let publication: Publication = jws::verify(manifest.text(), typ::PUBLICATION, &key).unwrap();
    assert_eq!((publication.playlist.name.as_str(), publication.playlist.items.len()), ("Welcome", 1));
}

#[tokio::test]
async fn the_code_is_unique_per_device_and_changes_after_a_factory_reset() {
    let hub = TestHub::new().await;
    let before = codes(&hub, &Screen::new(1)).await;
    // A factory reset makes a new key.
    let after = codes(&hub, &Screen::new(2)).await;
    assert_ne!(before.user_code, after.user_code);
    // A reboot asks with the same key; the code from before no longer holds.
    let again = codes(&hub, &Screen::new(1)).await;
    assert_ne!(before.user_code, again.user_code);
    let old = poll(&hub, &Screen::new(1), &before).await;
    assert_eq!(refusal(&old), DeviceTokenRefusal::InvalidGrant);
    assert!(pair(&hub, &hub.actor(), &before.user_code, "x").await.is_err());
    pair(&hub, &hub.actor(), &again.user_code, "x").await.unwrap();
}

#[tokio::test]
async fn codes_are_stored_as_digests_and_hold_over_a_restart() {
    let hub = TestHub::new().await;
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    let mut connection = hub.store().read().await.unwrap();
    let stored = pairings::by_device(&mut connection, &screen.id()).await.unwrap().unwrap();
    drop(connection);
    let text = format!("{stored:?}");
    for code in [shown.device_code.expose(), &shown.user_code, &shown.user_code.replace('-', "")] {
        assert!(!text.contains(code), "{text}");
    }
    // Another hub process on the same database.
    let state =
        State::new(hub.store().clone(), hub.state.directory.clone(), hub.state.urls.clone()).await.unwrap();
    let mut again = TestHub::new().await;
    (again.router, again.state, again.account) = (http::router(state.clone()), state, hub.account.clone());
    pair(&again, &again.actor(), &shown.user_code, "Lobby").await.unwrap();
    enrolled(&poll(&again, &screen, &shown).await);
}

#[tokio::test]
async fn every_error_of_rfc_8628_has_its_case() {
    let hub = TestHub::new().await;
    let (screen, other, pace) = (Screen::new(1), Screen::new(2), Mutex::new(Pace::default()));
    let shown = begin(&hub, &screen, 0).await;
    let at = async |now| poll_at(&hub, &pace, &screen, &shown, now).await;
    assert_eq!(at(5 * SECOND).await, DeviceTokenRefusal::AuthorizationPending);
    assert_eq!(at(6 * SECOND).await, DeviceTokenRefusal::SlowDown);
    assert_eq!(at(17 * SECOND).await, DeviceTokenRefusal::AuthorizationPending);
    assert_eq!(at(15 * MINUTE - 1).await, DeviceTokenRefusal::AuthorizationPending);
    assert_eq!(at(15 * MINUTE).await, DeviceTokenRefusal::ExpiredToken);

    // Another device does not get anything by it, and a made-up code is nobody's.
    assert_eq!(poll_at(&hub, &pace, &other, &shown, 0).await, DeviceTokenRefusal::InvalidGrant);
    let made_up = Codes { device: Secret::new("00"), user: String::new() };
    assert_eq!(poll_at(&hub, &pace, &screen, &made_up, 0).await, DeviceTokenRefusal::InvalidGrant);

    let refused = begin(&hub, &other, 0).await;
    pairing::deny(hub.store(), &hub.actor(), &refused.user, None, SECOND).await.unwrap();
    assert_eq!(poll_at(&hub, &pace, &other, &refused, 2 * SECOND).await, DeviceTokenRefusal::AccessDenied);
    let denied = pairing::look(hub.store(), &hub.actor(), &refused.user, None, 2 * SECOND).await;
    assert!(matches!(denied, Err(Error::Conflict(_))));
    // It may ask for new codes and be let in by them.
    let again = begin(&hub, &other, MINUTE).await;
    let entry = Entry { code: &again.user, device: None, name: "Lobby", location: None, playlist: None };
    pairing::pair(hub.store(), &hub.actor(), &entry, None, 2 * MINUTE).await.unwrap();
}

#[tokio::test]
async fn an_expired_code_pairs_nothing_and_is_forgotten_after_a_day() {
    let hub = TestHub::new().await;
    let shown = begin(&hub, &Screen::new(1), 0).await;
    let entry = Entry { code: &shown.user, device: None, name: "Lobby", location: None, playlist: None };
    let late = pairing::pair(hub.store(), &hub.actor(), &entry, None, 15 * MINUTE).await.unwrap_err();
    assert!(late.to_string().contains("expired"), "{late}");
    let mut change = hub.store().write().await.unwrap();
    pairings::delete_expired(&mut change, 15 * MINUTE + 1).await.unwrap();
    assert!(pairings::by_device(&mut change, &Screen::new(1).id()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_code_of_a_device_that_came_in_meanwhile_says_so() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let (one, two) = (Screen::new(1), Screen::new(2));
    let (first, second) = (codes(&hub, &one).await, codes(&hub, &two).await);
    let (_, token) = hub.token(Kind::Provisioning).await;
    let by_stick = one.enroll(&hub, &token).await;
    pair(&hub, &hub.actor(), &second.user_code, "Lobby").await.unwrap();
    for (code, account) in [(&first, &hub.account.id), (&second, &hub.account.id), (&second, &other.id)] {
        let late = pair(&hub, &Actor::cli(account), &code.user_code, "Mine").await.unwrap_err();
        assert!(matches!(&late, Error::Conflict(text) if text.contains("meanwhile")), "{late}");
    }
    assert_eq!(enrolled(&poll(&hub, &one, &first).await), by_stick);
    assert!(devices::list(hub.store(), &other.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_request_for_codes_has_to_hold() {
    let hub = TestHub::new().await;
    let (screen, nonce) = (Screen::new(1), Screen::new(1).nonce(&hub).await);
    let elsewhere = Pairing { hub: "https://other.example".into(), ..request(&nonce) };
    assert_eq!(ask_codes(&hub, &screen, &elsewhere).await.problem(), (421, "HUB-002".into()));
    assert_eq!(ask_codes(&hub, &screen, &request(&nonce)).await.status, 200);
    // Somebody who kept it cannot show codes for the screen's key.
    assert_eq!(ask_codes(&hub, &screen, &request(&nonce)).await.problem(), (401, "AUT-004".into()));
    assert_eq!(ask_codes(&hub, &screen, &request("made up")).await.problem(), (401, "AUT-004".into()));
    // An enrolment is no such request, and the other way round.
    let (_, token) = hub.token(Kind::Provisioning).await;
    let jws = jws::sign_with_key(&screen.key, typ::ENROLLMENT, &Screen::enrollment(&token)).unwrap();
    let body = json!({ "enrollment": jws }).to_string();
    let wrong = screen.request("POST", "/v1/device_authorization");
    let wrong = wrong.header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap();
    assert_eq!(hub.send(wrong).await.problem(), (400, "HUB-002".into()));
    let jws = jws::sign_with_key(&screen.key, typ::ENROLLMENT, &request(&nonce)).unwrap();
    let wrong = screen.request("POST", "/v1/enroll").header(header::CONTENT_TYPE, "application/json");
    let wrong = wrong.body(json!({ "enrollment": jws }).to_string().into()).unwrap();
    assert_eq!(hub.send(wrong).await.problem(), (400, "HUB-002".into()));
}

#[tokio::test]
async fn guessing_is_hopeless_for_an_operator_and_for_an_account() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    let now = ident::now();
    let guess = async |id: &str, account: &str, at: Millis| {
        let actor = Actor { account, id };
        pairing::look(hub.store(), &actor, "BBBB-BBBB", None, at).await.unwrap_err()
    };
    let wrong = |error: Error| matches!(error, Error::Refused { status: 404, .. });
    for operator in ["one", "two", "three"] {
        // What cannot be a code is a slip of the hand and does not count.
        let actor = Actor { account: &hub.account.id, id: operator };
        let slip = pairing::look(hub.store(), &actor, "BBBB-BBB", None, now).await;
        assert!(matches!(slip, Err(Error::Invalid(_))));
        for _ in 0..10 {
            assert!(wrong(guess(operator, &hub.account.id, now).await));
        }
        assert!(matches!(guess(operator, &hub.account.id, now).await, Error::Refused { status: 429, .. }));
    }
    // The right code does not pass either, for anybody of the account; another account is not concerned.
    let actor = Actor { account: &hub.account.id, id: "four" };
    let blocked = pairing::look(hub.store(), &actor, &shown.user_code, None, now).await.unwrap_err();
    assert!(matches!(blocked, Error::Refused { status: 429, retry_after: Some(1..=3601), .. }));
    assert!(wrong(guess("five", &other.id, now).await));
    assert!(wrong(guess("one", &hub.account.id, now + 61 * MINUTE).await));
    let log = audit::list(hub.store(), Some(&hub.account.id), 100).await.unwrap();
    assert_eq!(log.iter().filter(|record| record.outcome == "refused").count(), 31);
}

#[tokio::test]
async fn two_hundred_screens_behind_one_address_get_codes_and_keep_asking() {
    let hub = TestHub::new().await;
    let screen = |number: u8| Screen::new(number);
    for number in 0..200 {
        let shown = codes(&hub, &screen(number)).await;
        for expected in [DeviceTokenRefusal::AuthorizationPending, DeviceTokenRefusal::SlowDown] {
            assert_eq!(refusal(&poll(&hub, &screen(number), &shown).await), expected);
        }
    }
    // Thrice as many in a minute are a fault; a good enrolment passes all the same.
    for _ in 200..600 {
        assert_eq!(ask_codes(&hub, &screen(1), &request("")).await.status, 401);
    }
    assert_eq!(ask_codes(&hub, &screen(1), &request("")).await.problem(), (429, "HUB-003".into()));
    let (_, token) = hub.token(Kind::Provisioning).await;
    screen(1).enroll(&hub, &token).await;
}

#[tokio::test]
async fn the_form_asks_for_a_name_and_a_code_and_shows_what_will_be_paired() {
    let hub = TestHub::new().await;
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    let page = get(&hub, "/pair", &session).await;
    for field in ["name=\"name\"", "name=\"location\"", "name=\"code\"", "Location (optional)"] {
        assert!(page.text().contains(field), "{field}");
    }
    let form = form_token(&page);
    let send =
        async |path: &str, fields: &str| post(&hub, path, &session, format!("form={form}&{fields}")).await;
    let unnamed = send("/pair", &format!("name=+&location=&code={}", shown.user_code)).await;
    assert_eq!(unnamed.status, 422);
    assert!(unnamed.text().contains("The name of a screen has"));
    let wrong = send("/pair", "name=Lobby&location=Berlin&code=bbbb-bbbb").await;
    assert_eq!(wrong.status, 404);
    for text in ["No screen shows this code", "Lobby", "Berlin", "bbbb-bbbb"] {
        assert!(wrong.text().contains(text), "{text}");
    }
    let typed = shown.user_code.to_lowercase().replace('-', "");
    let confirm = send("/pair", &format!("name=Lobby&location=Berlin&code={typed}")).await;
    assert_eq!(confirm.status, 200);
    for text in ["Is this your screen?", "Raspberry Pi 4", "100000001234", "192.0.2.7", &shown.user_code] {
        assert!(confirm.text().contains(text), "{text} in {}", confirm.text());
    }
    assert!(devices::list(hub.store(), &hub.account.id).await.unwrap().is_empty(), "not before the answer");
    let fields = format!("name=Lobby&location=Berlin&code={}&device=", shown.user_code);
    let other = send("/pair", &format!("{fields}{}", Screen::new(2).id())).await;
    assert_eq!(other.status, 409, "another screen than the one that was shown");
    let done = send("/pair", &format!("{fields}{}", screen.id())).await;
    assert_eq!(done.header(header::LOCATION), format!("/screens/{}?paired=1", screen.id()));
    let page = get(&hub, done.header(header::LOCATION), &session).await;
    for text in ["Lobby", "Berlin", "paired", "came by", "pairing"] {
        assert!(page.text().to_lowercase().contains(&text.to_lowercase()), "{text}");
    }
    assert_eq!(enrolled(&poll(&hub, &screen, &shown).await).name, "Lobby");
    let list = get(&hub, "/screens", &session).await;
    assert!(list.text().contains(&format!("href=\"/screens/{}\"", screen.id())));

    let shown = codes(&hub, &Screen::new(3)).await;
    let denied = send("/pair/deny", &format!("code={}", shown.user_code)).await;
    assert_eq!(denied.header(header::LOCATION), "/screens");
    assert_eq!(refusal(&poll(&hub, &Screen::new(3), &shown).await), DeviceTokenRefusal::AccessDenied);
}

#[tokio::test]
async fn the_qr_code_leads_through_the_sign_in_and_pairing_completes_by_itself() {
    let hub = TestHub::new().await;
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    let path = shown.verification_uri_complete.strip_prefix(URL).unwrap();
    let first = get(&hub, path, "").await;
    assert_eq!((first.status.as_u16(), first.header(header::LOCATION)), (303, "/"));
    let came_with = cookie(&first, "__Host-signage-pair");

    let page = get(&hub, "/", &came_with).await;
    let cookies = format!("{}; {came_with}", cookie(&page, "__Host-signage-guest"));
    let fields =
        format!("email=acme@example.org&password={}&form={}", PASSWORD.replace(' ', "+"), form_token(&page));
    let signed_in = post(&hub, "/", &cookies, fields).await;
    assert_eq!(signed_in.header(header::LOCATION), path, "back to the pairing");
    let session = cookie(&signed_in, "__Host-signage");
    let page = get(&hub, path, &session).await;
    assert!(page.text().contains("Is this your screen?") && page.text().contains("Raspberry Pi 4"));
    // The name is all that is left to give.
    let fields = format!(
        "form={}&name=Door&location=&code={}&device={}",
        form_token(&page),
        shown.user_code,
        screen.id()
    );
    assert_eq!(post(&hub, "/pair", &session, fields).await.status, 303);
    assert_eq!(enrolled(&poll(&hub, &screen, &shown).await).name, "Door");

    // Nothing but a code is carried over.
    let elsewhere = "__Host-signage-pair=//evil.example";
    let page = get(&hub, "/", elsewhere).await;
    let cookies = format!("{}; {elsewhere}", cookie(&page, "__Host-signage-guest"));
    let fields =
        format!("email=acme@example.org&password={}&form={}", PASSWORD.replace(' ', "+"), form_token(&page));
    assert_eq!(post(&hub, "/", &cookies, fields).await.header(header::LOCATION), "/screens");
}

#[tokio::test]
async fn an_unpaired_device_stops_playing_and_goes_back_to_pairing() {
    let hub = TestHub::new().await;
    let screen = Screen::new(1);
    let shown = codes(&hub, &screen).await;
    pair(&hub, &hub.actor(), &shown.user_code, "Lobby").await.unwrap();
    let key = enrolled(&poll(&hub, &screen, &shown).await).account_key.verifying_key().unwrap();
    let (id, actor, now) = (screen.id(), hub.actor(), ident::now());

    // In this order only.
    for how in [Leave::Unpair, Leave::Delete] {
        let early = device::leave(hub.store(), &actor, &id, how, now).await.unwrap_err();
        assert!(matches!(&early, Error::Conflict(text) if text.contains("first")), "{early}");
    }
    let place = device::Change { location: Some("Berlin".into()), ..Default::default() };
    device::change(hub.store(), &actor, &id, &place, now).await.unwrap();
    device::withdraw(hub.store(), &actor, &id, now).await.unwrap();
    device::leave(hub.store(), &actor, &id, Leave::Unpair, now).await.unwrap();
    assert!(devices::list(hub.store(), &hub.account.id).await.unwrap().is_empty());
    // It plays from its own copies, so the hub knows it until it has read the withdrawal.
    let bearer = screen.bearer(&hub).await;
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.problem(), (403, "AUT-003".into()));
    let answer = screen.get(&hub, &bearer, "/v1/authorization", &[]).await;
    let document: Authorization = jws::verify(answer.text(), typ::AUTHORIZATION, &key).unwrap();
    assert_eq!((document.granted, document.sequence), (false, 2));
    let known = async |at| {
        let mut connection = hub.store().read().await.unwrap();
        device::answered(&mut connection, &id, at).await.unwrap().is_some()
    };
    assert!(known(ident::now()).await, "that answer may be lost");
    assert!(!known(ident::now() + GRACE).await);

    // Two minutes later.
    let mut change = hub.store().write().await.unwrap();
    let told = ident::now() - GRACE;
    sqlx::query("UPDATE device SET told_at = $1").bind(told).execute(&mut *change).await.unwrap();
    signage_hub::store::commit(change).await.unwrap();
    let nonce = screen.nonce(&hub).await;
    let unknown = hub.send(screen.token_request(&screen.assertion(&nonce))).await;
    assert_eq!(unknown.problem(), (401, "AUT-003".into()));
    assert_eq!(screen.get(&hub, &bearer, "/v1/authorization", &[]).await.status, 401);
    assert_eq!(refusal(&poll(&hub, &screen, &shown).await), DeviceTokenRefusal::InvalidGrant);

    let shown = codes(&hub, &screen).await;
    assert_eq!(refusal(&poll(&hub, &screen, &shown).await), DeviceTokenRefusal::AuthorizationPending);
    pair(&hub, &actor, &shown.user_code, "Lobby again").await.unwrap();
    let document = authorization(&enrolled(&poll(&hub, &screen, &shown).await));
    assert_eq!((document.granted, document.sequence), (true, 3), "its documents go on growing");
    let device = devices::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    assert_eq!((device.name.as_str(), device.location.as_deref()), ("Lobby again", Some("Berlin")));
}

#[tokio::test]
async fn a_deleted_screen_is_forgotten_and_begins_as_new() {
    let hub = TestHub::new().await;
    let (screen, actor, now) = (Screen::new(1), hub.actor(), ident::now());
    let (_, token) = hub.token(Kind::Provisioning).await;
    screen.enroll(&hub, &token).await;
    let new =
        device::Change { name: Some("Lobby".into()), location: Some("Berlin".into()), ..Default::default() };
    device::change(hub.store(), &actor, &screen.id(), &new, now).await.unwrap();
    device::withdraw(hub.store(), &actor, &screen.id(), now).await.unwrap();
    device::leave(hub.store(), &actor, &screen.id(), Leave::Delete, now).await.unwrap();
    let shown = codes(&hub, &screen).await;
    pair(&hub, &actor, &shown.user_code, "Door").await.unwrap();
    let device = devices::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    assert_eq!((device.name.as_str(), device.location, device.sequence), ("Door", None, 3));
}

#[tokio::test]
async fn a_transferred_screen_joins_the_other_account_by_itself() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let (screen, actor, to) = (Screen::new(1), hub.actor(), Actor::cli(&other.id));
    let (_, token) = hub.token(Kind::Provisioning).await;
    screen.enroll(&hub, &token).await;
    let now = ident::now();
    let new = device::Change { name: Some("Lobby".into()), ..Default::default() };
    device::change(hub.store(), &actor, &screen.id(), &new, now).await.unwrap();
    let (old, _) = device::transfer_code(hub.store(), &to, now - device::TRANSFER_LIFETIME).await.unwrap();
    let (own, _) = device::transfer_code(hub.store(), &actor, now).await.unwrap();
    let (code, _) = device::transfer_code(hub.store(), &to, now).await.unwrap();
    for wrong in [old, own, Secret::new("sgt_0")] {
        assert!(device::transfer(hub.store(), &actor, &screen.id(), &wrong, now).await.is_err());
    }
    device::transfer(hub.store(), &actor, &screen.id(), &code, now).await.unwrap();
    assert!(devices::list(hub.store(), &hub.account.id).await.unwrap().is_empty());

    let bearer = screen.bearer(&hub).await;
    assert_eq!(screen.get(&hub, &bearer, "/v1/authorization", &[]).await.status, 200);
    let shown = codes(&hub, &screen).await;
    let answer = enrolled(&poll(&hub, &screen, &shown).await);
    assert_eq!((answer.account.as_str(), answer.name.as_str()), (other.id.as_str(), "Lobby"));
    let document = authorization(&answer);
    assert_eq!((document.granted, document.sequence), (true, 3));
    assert_eq!(devices::list(hub.store(), &other.id).await.unwrap().len(), 1);
    // The code was for one screen.
    let two = Screen::new(2);
    two.enroll(&hub, &token).await;
    assert!(device::transfer(hub.store(), &actor, &two.id(), &code, now).await.is_err());
}

#[tokio::test]
async fn an_account_without_room_takes_no_screen_by_a_code() {
    let hub = TestHub::new().await;
    account::limit_screens(hub.store(), &hub.account, Some(1), ident::now()).await.unwrap();
    let (one, two) = (codes(&hub, &Screen::new(1)).await, codes(&hub, &Screen::new(2)).await);
    pair(&hub, &hub.actor(), &one.user_code, "One").await.unwrap();
    let full = pair(&hub, &hub.actor(), &two.user_code, "Two").await.unwrap_err();
    assert!(matches!(full, Error::Refused { status: 403, .. }), "{full}");
    device::withdraw(hub.store(), &hub.actor(), &Screen::new(1).id(), ident::now()).await.unwrap();
    pair(&hub, &hub.actor(), &two.user_code, "Two").await.unwrap();
    let again = device::authorize(hub.store(), &hub.actor(), &Screen::new(1).id(), ident::now()).await;
    assert!(again.is_err());
}

#[tokio::test]
async fn the_api_does_what_the_console_does_in_ones_own_account_only() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let other = new_account(hub.store(), "other").await;
    let stranger = secret(&hub, &other, Role::Admin).await;
    let (screen, path) = (Screen::new(1), format!("/screens/{}", Screen::new(1).id()));
    let shown = codes(&hub, &screen).await;
    let new = json!({ "code": shown.user_code, "name": "Lobby", "location": "Berlin" });
    assert_eq!(ask(&hub, "POST", "/screens/pair", &viewer, new.clone()).await.status, 403);
    let look = ask(&hub, "POST", "/screens/pair/look", &admin, json!({ "code": shown.user_code })).await;
    assert_eq!(look.json()["hardware"]["model"], "Raspberry Pi 4");
    let wrong = ask(&hub, "POST", "/screens/pair", &admin, json!({ "code": "BBBBBBBB", "name": "x" })).await;
    assert_eq!(wrong.problem(), (404, "API-004".into()));
    let made = ask(&hub, "POST", "/screens/pair", &admin, new.clone()).await;
    assert_eq!((made.status.as_u16(), made.json()["name"].as_str()), (201, Some("Lobby")));
    assert_eq!(ask(&hub, "POST", "/screens/pair", &admin, new).await.status, 409);
    assert_eq!(ask(&hub, "GET", &path, &viewer, Value::Null).await.json()["location"], "Berlin");

    let patch = json!({ "name": "Door", "location": null, "tags": ["a", "b"] });
    let changed = ask(&hub, "PATCH", &path, &admin, patch.clone()).await.json();
    assert_eq!(
        (changed["name"].as_str(), &changed["location"], &changed["tags"]),
        (Some("Door"), &Value::Null, &json!(["a", "b"]))
    );
    assert_eq!(ask(&hub, "PATCH", &path, &admin, json!({ "name": "" })).await.status, 422);
    assert_eq!(ask(&hub, "PATCH", &path, &admin, json!({ "playlist": "pls_0" })).await.status, 404);

    for (method, path, body) in [
        ("GET", path.clone(), Value::Null),
        ("PATCH", path.clone(), patch),
        ("DELETE", path.clone(), Value::Null),
        ("POST", format!("{path}/withdraw"), Value::Null),
        ("POST", format!("{path}/authorize"), Value::Null),
        ("POST", format!("{path}/unpair"), Value::Null),
        ("POST", format!("{path}/transfer"), json!({ "code": "sgt_0" })),
    ] {
        let answer = ask(&hub, method, &path, &stranger, body.clone()).await;
        assert_eq!(answer.problem(), (404, "API-004".into()), "{method} {path}");
        let expected = if method == "GET" { 200 } else { 403 };
        assert_eq!(ask(&hub, method, &path, &viewer, body).await.status, expected, "{method} {path}");
    }
    assert_eq!(ask(&hub, "DELETE", &path, &admin, Value::Null).await.problem(), (409, "API-005".into()));
    let post = async |action: &str| ask(&hub, "POST", &format!("{path}/{action}"), &admin, Value::Null).await;
    assert_eq!(post("withdraw").await.json()["authorized"], false);
    assert_eq!(post("authorize").await.json()["authorized"], true);
    assert_eq!(post("unpair").await.status, 409);
    post("withdraw").await;
    assert_eq!(post("unpair").await.status, 204);
    assert_eq!(ask(&hub, "GET", &path, &admin, Value::Null).await.status, 404);
    let code = ask(&hub, "POST", "/transfer-codes", &admin, Value::Null).await;
    assert!(code.status == 201 && code.json()["code"].as_str().unwrap().starts_with("sgt_"));
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_paged() {
    let hub = TestHub::new().await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    for (seed, name) in [(1, "Lobby 100%"), (2, "Lobby"), (3, "Door"), (4, "Lobby")] {
        let shown = codes(&hub, &Screen::new(seed)).await;
        pair(&hub, &hub.actor(), &shown.user_code, name).await.unwrap();
    }
    let tags = device::Change { tags: Some(vec!["a_b".into()]), ..Default::default() };
    device::change(hub.store(), &hub.actor(), &Screen::new(3).id(), &tags, ident::now()).await.unwrap();
    let names = async |query: &str| {
        let answer = ask(&hub, "GET", &format!("/screens?{query}"), &viewer, Value::Null).await.json();
        let items = answer["items"].as_array().unwrap().clone();
        let names: Vec<_> = items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
        (names, answer["next"].as_str().map(ToOwned::to_owned))
    };
    assert_eq!(names("search=lobby").await.0, ["Lobby", "Lobby", "Lobby 100%"]);
    assert_eq!(names("search=100%25").await.0, ["Lobby 100%"]);
    assert_eq!(names("search=100000001234").await.0.len(), 4);
    assert_eq!(names("tag=a_b").await.0, ["Door"]);
    assert!(names("tag=a").await.0.is_empty() && names("tag=axb").await.0.is_empty());
    let (first, next) = names("limit=3").await;
    assert_eq!(first, ["Door", "Lobby", "Lobby"]);
    assert_eq!(names(&format!("limit=3&after={}", next.unwrap())).await, (vec!["Lobby 100%".into()], None));
    for wrong in ["limit=0", "after=x", "limit=x"] {
        let answer = ask(&hub, "GET", &format!("/screens?{wrong}"), &viewer, Value::Null).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{wrong}");
    }
}
