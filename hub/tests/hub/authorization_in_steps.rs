//! "How to Authorize a Device" as its description puts it, step by step, in the console where an operator has a hand in
//! it and with a device's own requests where it has not.

use axum::http::header;
use serde_json::{Value, json};
use signage_hub::authorization_code::{self, Status};
use signage_hub::device::{self, Leave};
use signage_hub::ident::{self, DAY, Millis};
use signage_hub::local::{self, Entry};
use signage_hub::rights::Role;
use signage_hub::store::codes::Code;
use signage_hub::store::devices::{self, Device};
use signage_hub::store::policies::Policy;
use signage_hub::{Error, authorization, playlist, store, why};
use signage_protocol::api::Enrolled;
use signage_protocol::device_code;
use signage_protocol::document::{Authorization, AuthorizationKind, Publication, local_path};
use signage_protocol::jws::{self, PublicKey, typ};
use signage_protocol::token::Kind;

use crate::api::{ask, secret};
use crate::browser::Browser;
use crate::common::{Answer, Screen, TestHub, new_account};
use crate::console::{form_token, post};
use crate::pairing::codes as pairing_codes;

/// An account whose screens need codes.
async fn hub_with(free_screens: i64, makes_codes: bool) -> TestHub {
    let hub = TestHub::new().await;
    let policy = Policy { codes: true, free_screens, free_days: 14, makes_codes };
    authorization::set_policy(hub.store(), &hub.actor(), &policy, ident::now()).await.unwrap();
    hub
}

/// The service provider assigns codes to the account.
async fn assign(hub: &TestHub, new: Value) -> Vec<Code> {
    let new = serde_json::from_value(new).unwrap();
    authorization_code::create(hub.store(), &hub.actor(), &new, ident::now()).await.unwrap()
}

async fn code(hub: &TestHub, id: &str) -> Code {
    let mut connection = hub.store().read().await.unwrap();
    authorization_code::find(&mut connection, &hub.account.id, id).await.unwrap()
}

/// A device that enrols with a token; each has a serial number of its own.
async fn arrives(hub: &TestHub, seed: u8) -> (Screen, Enrolled) {
    let (screen, token) = (Screen::new(seed), hub.token(Kind::Provisioning).await.1);
    let mut enrollment = Screen::enrollment(&token);
    enrollment.hardware.serial = Some(format!("serial-{seed}"));
    enrollment.name = Some(format!("Screen {seed}"));
    let answer = hub.send(screen.enroll_request(&enrollment)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let enrolled = serde_json::from_slice(&answer.body).unwrap();
    (screen, enrolled)
}

/// The device asks for its authorization, as it does when it is told to and every minute.
async fn refresh(hub: &TestHub, screen: &Screen) -> Authorization {
    let bearer = screen.bearer(hub).await;
    let answer = screen.get(hub, &bearer, "/v1/authorization", &[]).await;
    let key = hub.account.public_key().unwrap().verifying_key().unwrap();
    jws::verify(answer.text(), typ::AUTHORIZATION, &key).unwrap()
}

async fn manifest(hub: &TestHub, screen: &Screen) -> Answer {
    let bearer = screen.bearer(hub).await;
    screen.get(hub, &bearer, "/v1/manifest", &[]).await
}

async fn listed(hub: &TestHub, screen: &Screen) -> Device {
    device::find(&mut hub.store().read().await.unwrap(), &hub.account.id, &screen.id()).await.unwrap()
}

/// How many times the device was told to refresh.
async fn pushes(hub: &TestHub, screen: &Screen) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM push WHERE device = $1 AND topic = 'authorization'")
        .bind(screen.id())
        .fetch_one(&mut *hub.store().read().await.unwrap())
        .await
        .unwrap()
}

/// The device list with one screen says of its authorization.
fn says(page: &Answer, text: &str) {
    assert!(page.text().contains(text), "no {text:?} in {}", page.text());
}

#[tokio::test]
async fn authorize_a_cloud_managed_device() {
    let hub = hub_with(0, false).await;
    let content = [hub.content(&hub.account, "a.png", 100).await.0];
    playlist::create(hub.store(), &hub.account, "All", &content, 1000, true, ident::now()).await.unwrap();
    // Check 1. The device is already bound: it appears in the list. It is not authorized yet, and does not play.
    let (screen, enrolled) = arrives(&hub, 1).await;
    let key = enrolled.account_key.verifying_key().unwrap();
    let first: Authorization =
        jws::verify(&enrolled.authorization.unwrap(), typ::AUTHORIZATION, &key).unwrap();
    assert_eq!((first.granted, first.sequence), (false, 1));
    assert_eq!(manifest(&hub, &screen).await.problem(), (403, "AUT-003".into()));
    let browser = Browser::sign_in(&hub).await;
    says(&browser.open("/screens").await, "Unauthorized");

    // Check 2. Your account has an available authorization: "Device Auth" in the upper-right area of the list.
    // If no usable authorization is shown, contact your service provider, administrator, or project owner.
    let auth = browser.click(&browser.open("/screens").await, "Device Auth").await;
    says(&auth, "service provider, administrator or project owner");
    let cloud = assign(&hub, json!({ "kind": "cloud", "count": 2, "days": 365 })).await;
    let local = assign(&hub, json!({ "kind": "local", "days": 30 })).await.remove(0);
    // Organized by type and status: Cloud Device Auth, Local Device Auth; Valid, All.
    let auth = browser.open("/codes").await;
    for text in
        ["Cloud Device Auth", "Local Device Auth", ">Valid</a>", ">All</a>", &cloud[0].code, &local.code]
    {
        says(&auth, text);
    }
    let only = browser.click(&auth, "Local Device Auth").await;
    assert!(only.text().contains(&local.code) && !only.text().contains(&cloud[0].code));

    // Go to the Devices page. Find the device. Click "Authorize" on its row, or on its page in the section.
    let page = browser.open(&format!("/screens/{}", screen.id())).await;
    says(&page, "<h2>Device Authorization</h2>");
    let list = browser.click(&browser.open("/screens").await, "Authorize").await;
    // The system opens the list; select an available Cloud Device Auth code.
    says(&list, "Select an authorization code");
    let before = pushes(&hub, &screen).await;
    let path = format!("/screens/{}/authorize", screen.id());
    let chosen = browser.send(&list, &path, &[("code", &cloud[0].id)]).await;
    assert_eq!(chosen.status, 303, "{}", chosen.text());
    // Return to the list. If an expiration time is shown, authorization succeeded.
    says(&browser.open("/screens").await, "Cloud Authorization until ");
    // The system notifies the device, which refreshes: no restart.
    assert_eq!(pushes(&hub, &screen).await, before + 1);
    let told = async || {
        devices::standing(&mut hub.store().read().await.unwrap(), &screen.id()).await.unwrap().told_at
    };
    assert_eq!(told().await, None);
    let document = refresh(&hub, &screen).await;
    assert!(told().await.is_some());
    assert_eq!((document.granted, document.kind, document.sequence), (true, AuthorizationKind::Cloud, 2));
    let days = document.expires_at.unwrap().as_millisecond() - ident::now();
    assert!((364 * DAY..=365 * DAY).contains(&days), "{days}");
    // The device can normally receive and play published programs.
    assert_eq!(manifest(&hub, &screen).await.status, 200);
    // All includes used, expired, and historical records; Valid does not.
    assert!(!browser.open("/codes").await.text().contains(&cloud[0].code));
    let all = browser.open("/codes?status=all").await;
    assert!(all.text().contains(&cloud[0].code) && all.text().contains(">Used</span>"));
    says(&all, "3 of 3");
}

#[tokio::test]
async fn authorize_a_local_device_that_is_listed() {
    let hub = hub_with(0, false).await;
    let (screen, _) = arrives(&hub, 1).await;
    let local = assign(&hub, json!({ "kind": "local", "days": 30 })).await.remove(0);
    let browser = Browser::sign_in(&hub).await;
    let page = browser.open(&format!("/screens/{}", screen.id())).await;
    let list = browser.click(&page, "Authorize").await;
    // WARNING: bound to the device. Confirm the target device before using it.
    says(&list, "does not come back");
    browser.send(&list, &format!("/screens/{}/authorize", screen.id()), &[("code", &local.id)]).await;
    says(&browser.open("/screens").await, "Local Authorization until ");
    assert_eq!(refresh(&hub, &screen).await.kind, AuthorizationKind::Local);

    // Cancelling: it is not returned.
    let page = browser.open(&format!("/screens/{}", screen.id())).await;
    says(&page, "Cancel Authorization");
    browser.send(&page, &format!("/screens/{}/withdraw", screen.id()), &[]).await;
    assert_eq!(code(&hub, &local.id).await.status(ident::now()), Status::Historical);
    says(&browser.open("/codes?status=all").await, ">Historical</span>");
    assert!(!browser.open("/codes").await.text().contains(&local.code));
}

#[tokio::test]
async fn an_offline_device_is_bound_by_its_code_and_gets_its_authorization_on_a_stick() {
    let hub = hub_with(0, false).await;
    let now = ident::now();
    let screen = Screen::new(9);
    let cloud = assign(&hub, json!({ "kind": "cloud", "days": 30 })).await.remove(0);
    let local = assign(&hub, json!({ "kind": "local", "days": 30 })).await.remove(0);
    // The screen shows its device code; the operator enters it, with a typing error first.
    let shown = device_code::shown(&device_code::encode(&screen.id()).unwrap()).join("\n");
    let wrong = shown.replacen(&shown[0..1], if shown.starts_with('0') { "1" } else { "0" }, 1);
    let browser = Browser::sign_in(&hub).await;
    let form = browser.open("/local").await;
    let fields =
        |device| [("device", device), ("name", "Cellar"), ("location", "B2"), ("code", local.id.as_str())];
    let typo = browser.send(&form, "/local", &fields(wrong.as_str())).await;
    assert_eq!(typo.status, 422);
    says(&typo, "row 1 does not fit together");
    // The wrong type of code says so.
    let entry = Entry { device: &shown, name: "Cellar", location: None, code: &cloud.id };
    let refused = local::authorize(hub.store(), &hub.actor(), &entry, now).await.unwrap_err();
    assert!(refused.to_string().contains("wrong type"), "{refused}");
    let done = browser.send(&form, "/local", &fields(shown.as_str())).await;
    assert_eq!(done.status, 303, "{}", done.text());
    // It is listed, offline.
    let list = browser.open("/screens").await;
    for text in ["Cellar", ">Offline</span>", "never", "Local Authorization until "] {
        says(&list, text);
    }
    // The file for the stick.
    let page = browser.open(&format!("/screens/{}", screen.id())).await;
    says(&page, "carry the authorization there");
    let path = local_path(&screen.id());
    let zip = browser.click(&page, "Download for a stick (ZIP)").await;
    assert!(zip.header(header::CONTENT_DISPOSITION).contains("authorization.zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).unwrap();
    let document = std::io::read_to_string(archive.by_name(&path).unwrap()).unwrap();
    let stick = browser.click(&page, "Stick image").await.body;
    assert!(stick.windows(document.len()).any(|window| window == document.as_bytes()));
    // The device takes it without a network: it knows who signed, and that it is meant.
    let (key, taken): (PublicKey, Authorization) =
        jws::verify_with_own_key(&document, typ::AUTHORIZATION).unwrap();
    assert_eq!(key, hub.account.public_key().unwrap());
    assert!(taken.permits(&screen.id(), jiff::Timestamp::now()));
    assert_eq!(
        (taken.kind, taken.account, taken.sequence),
        (AuthorizationKind::Local, hub.account.id.clone(), 1)
    );

    // Another account cannot take it by its code, which is no secret.
    let other = new_account(hub.store(), "other").await;
    let theirs = signage_hub::api_token::Actor::cli(&other.id);
    let new = serde_json::from_value(json!({ "kind": "local", "days": 1 })).unwrap();
    let code = authorization_code::create(hub.store(), &theirs, &new, now).await.unwrap().remove(0);
    let entry = Entry { device: &screen.id(), name: "Mine", location: None, code: &code.id };
    let taken = local::authorize(hub.store(), &theirs, &entry, now).await.unwrap_err();
    assert!(matches!(taken, Error::Conflict(_)), "{taken}");
    // When it comes online it enrols as every other, and its authorization goes on.
    arrives(&hub, 9).await;
    let document = refresh(&hub, &screen).await;
    assert_eq!((document.granted, document.kind, document.sequence), (true, AuthorizationKind::Local, 1));
}

#[tokio::test]
async fn how_to_check_whether_authorization_succeeded() {
    let hub = hub_with(1, false).await;
    let browser = Browser::sign_in(&hub).await;
    // "Free Authorization": no code needs to be selected.
    let (one, _) = arrives(&hub, 1).await;
    says(&browser.open("/screens").await, "Free Authorization until ");
    assert_eq!(refresh(&hub, &one).await.kind, AuthorizationKind::Free);
    // Within limits: one at a time.
    let (two, _) = arrives(&hub, 2).await;
    assert!(!listed(&hub, &two).await.authorized(ident::now()));
    // Once: neither cancelling nor a new key on the same board gets another.
    device::withdraw(hub.store(), &hub.actor(), &one.id(), ident::now()).await.unwrap();
    arrives(&hub, 1).await;
    assert!(!listed(&hub, &one).await.authorized(ident::now()));
    let token = hub.token(Kind::Provisioning).await.1;
    let mut enrollment = Screen::enrollment(&token);
    enrollment.hardware.serial = Some("SERIAL-1".into());
    hub.send(Screen::new(77).enroll_request(&enrollment)).await;
    assert!(!listed(&hub, &Screen::new(77)).await.authorized(ident::now()));

    // An authorization that ends by itself: unauthorized everywhere, without anything having to run.
    let code = assign(&hub, json!({ "kind": "cloud", "days": 30 })).await.remove(0);
    let now = ident::now();
    authorization::authorize(hub.store(), &hub.actor(), &two.id(), Some(&code.id), false, now).await.unwrap();
    assert_eq!(manifest(&hub, &two).await.status, 200);
    let mut over = listed(&hub, &two).await;
    over.terms.expires_at = Some(now - 1);
    let mut change = hub.store().write().await.unwrap();
    devices::put(&mut change, &over).await.unwrap();
    assert_eq!(devices::count_authorized(&mut change, &hub.account.id, "", now).await.unwrap(), 0);
    store::commit(change).await.unwrap();
    assert_eq!(manifest(&hub, &two).await.problem(), (403, "AUT-002".into()));
    says(&browser.open("/screens").await, "Unauthorized, expired on ");
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let metrics = hub.send(
        axum::http::Request::get("/metrics")
            .header(header::AUTHORIZATION, format!("Bearer {admin}"))
            .body(axum::body::Body::empty())
            .unwrap(),
    );
    assert!(metrics.await.text().contains("signage_screens{state=\"unauthorized\"} 3"));
    let path = format!("/screens/{}", two.id());
    assert_eq!(ask(&hub, "GET", &path, &admin, Value::Null).await.json()["authorized"], false);

    // If the device still reports that it is unauthorized, check: account, online, code, notification.
    let why = browser.open(&path).await;
    says(&why, "Why is it not authorized?");
    for text in
        ["belongs to the account acme", "expired on", "It is online", "has not read the present state"]
    {
        says(&why, text);
    }
    let answer = ask(&hub, "GET", &format!("{path}/authorization"), &admin, Value::Null).await.json();
    let topics: Vec<_> =
        answer["checks"].as_array().unwrap().iter().map(|check| check["topic"].as_str().unwrap()).collect();
    assert_eq!(topics, ["account", "authorization", "code", "online", "refresh"]);
    // It may leave, and is told a withdrawal.
    device::leave(hub.store(), &hub.actor(), &two.id(), Leave::Delete, ident::now()).await.unwrap();
    let left = devices::known(&mut hub.store().read().await.unwrap(), &two.id()).await.unwrap().unwrap();
    assert!(!left.granted);
}

#[tokio::test]
async fn how_to_cancel_authorization() {
    let hub = hub_with(0, false).await;
    let code_ = assign(&hub, json!({ "kind": "cloud", "days": 30, "replacements": 1 })).await.remove(0);
    let browser = Browser::sign_in(&hub).await;
    let (one, _) = arrives(&hub, 1).await;
    let (two, _) = arrives(&hub, 2).await;
    let use_ = async |screen: &Screen, now: Millis| {
        authorization::authorize(hub.store(), &hub.actor(), &screen.id(), Some(&code_.code), false, now).await
    };
    use_(&one, ident::now()).await.unwrap();
    let ends = listed(&hub, &one).await.terms.expires_at;
    // In the Device Authorization section there is the "Cancel Authorization" button.
    let path = format!("/screens/{}", one.id());
    let page = browser.open(&path).await;
    says(&page, ">Cancel Authorization</summary>");
    says(&page, "1 of 1 replacements are left");
    // First cancel, then unbind or delete: the other order is refused, with what to do.
    for action in ["unpair", "delete"] {
        let form = format!("form={}", form_token(&page));
        let refused = post(&hub, &format!("{path}/{action}"), &browser.cookie, form).await;
        assert_eq!(refused.status, 409);
        says(&refused, "Cancel the authorization of this screen first");
    }
    assert_eq!(browser.send(&page, &format!("{path}/withdraw"), &[]).await.status, 303);
    let withdrawal = refresh(&hub, &one).await;
    assert!(!withdrawal.granted, "the device is told by a document");
    // The cloud code is returned, and can be assigned to another device; its days have run on.
    assert_eq!(code(&hub, &code_.id).await.status(ident::now()), Status::Valid);
    says(&browser.open("/codes").await, "0 of 1");
    use_(&two, ident::now()).await.unwrap();
    assert_eq!(listed(&hub, &two).await.terms.expires_at, ends);
    // The number of replacements is limited.
    device::withdraw(hub.store(), &hub.actor(), &two.id(), ident::now()).await.unwrap();
    assert_eq!(code(&hub, &code_.id).await.status(ident::now()), Status::Historical);
    let gone = use_(&one, ident::now()).await.unwrap_err();
    assert!(gone.to_string().contains("was cancelled"), "{gone}");
    // Then unbind.
    let page = browser.open(&path).await;
    assert_eq!(browser.send(&page, &format!("{path}/unpair"), &[]).await.status, 303);
    assert!(!browser.open("/screens").await.text().contains("Screen 1<"));
}

#[tokio::test]
async fn what_if_there_is_no_code_or_it_fails() {
    let hub = hub_with(0, false).await;
    let (one, _) = arrives(&hub, 1).await;
    let (two, _) = arrives(&hub, 2).await;
    let browser = Browser::sign_in(&hub).await;
    // No code to select: whom to ask, and what to check.
    let list = browser.open(&format!("/screens/{}/authorize", one.id())).await;
    says(&list, "Contact your service provider, administrator or project owner");
    says(&list, "wrong type");
    let now = ident::now();
    let without = authorization::authorize(hub.store(), &hub.actor(), &one.id(), None, false, now).await;
    assert!(matches!(without, Err(Error::Conflict(_))));
    // Two operators choose the same code at once: one wins, the other is told.
    let code = assign(&hub, json!({ "kind": "cloud", "days": 30 })).await.remove(0);
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let choose = async |screen: &Screen| {
        let body = json!({ "code": code.code });
        ask(&hub, "POST", &format!("/screens/{}/authorize", screen.id()), &admin, body).await
    };
    let (first, second) = tokio::join!(choose(&one), choose(&two));
    let mut both = [first, second];
    both.sort_by_key(|answer| answer.status.as_u16());
    assert_eq!((both[0].status.as_u16(), both[1].status.as_u16()), (200, 409));
    let detail = both[1].json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("has been used for another screen, Screen "), "{detail}");
    // A screen that has one does not swallow another by accident.
    let more = assign(&hub, json!({ "kind": "cloud", "days": 60 })).await.remove(0);
    let winner = if listed(&hub, &one).await.authorized(now) { &one } else { &two };
    let path = format!("/screens/{}/authorize", winner.id());
    let twice = ask(&hub, "POST", &path, &admin, json!({ "code": more.id })).await;
    assert_eq!(twice.problem(), (409, "API-005".into()));
    let replaced = ask(&hub, "POST", &path, &admin, json!({ "code": more.id, "replace": true })).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    assert_eq!(self::code(&hub, &code.id).await.status(ident::now()), Status::Valid, "it came back");
    // A code of another account is none.
    let other = new_account(hub.store(), "other").await;
    let theirs = signage_hub::api_token::Actor::cli(&other.id);
    let new = serde_json::from_value(json!({ "kind": "cloud", "days": 1 })).unwrap();
    let foreign = authorization_code::create(hub.store(), &theirs, &new, now).await.unwrap().remove(0);
    let refused = ask(&hub, "POST", &path, &admin, json!({ "code": foreign.code })).await;
    assert_eq!(refused.problem(), (404, "API-004".into()));
    // A screen that moves to another account leaves its code behind.
    let answer = why::ask(hub.store(), &hub.account.id, &winner.id(), ident::now()).await.unwrap();
    assert!(answer.authorized && answer.code.unwrap().status == Status::Used);
    let token = signage_hub::token::create(hub.store(), &theirs, Kind::Provisioning, Default::default(), now);
    winner.enroll(&hub, &token.await.unwrap().1).await;
    assert_eq!(self::code(&hub, &more.id).await.status(ident::now()), Status::Valid);
}

/// The limit of an account is of screens that play. Where screens need codes they come in, are listed, and wait.
#[tokio::test]
async fn a_full_account_lets_screens_in_that_wait_for_a_code() {
    let hub = hub_with(10, false).await;
    signage_hub::account::limit_screens(hub.store(), &hub.account, Some(1), ident::now()).await.unwrap();
    let (first, _) = arrives(&hub, 1).await;
    let (second, _) = arrives(&hub, 2).await;
    let granted = async |screen: &Screen| listed(&hub, screen).await.granted;
    assert_eq!((granted(&first).await, granted(&second).await), (true, false));
    let codes = assign(&hub, json!({ "kind": "cloud", "days": 30 })).await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let path = format!("/screens/{}/authorize", second.id());
    let with_code = json!({ "code": codes[0].code });
    assert_eq!(ask(&hub, "POST", &path, &admin, with_code.clone()).await.problem(), (403, "TOK-005".into()));
    ask(&hub, "POST", &format!("/screens/{}/withdraw", first.id()), &admin, Value::Null).await;
    assert_eq!(ask(&hub, "POST", &path, &admin, with_code).await.status, 200);
    assert!(granted(&second).await);
    // Without codes a full account refuses.
    let policy = Policy::default();
    authorization::set_policy(hub.store(), &hub.actor(), &policy, ident::now()).await.unwrap();
    let token = hub.token(Kind::Provisioning).await.1;
    assert_eq!(Screen::new(3).try_enroll(&hub, &token).await.problem(), (403, "TOK-005".into()));
}

#[tokio::test]
async fn a_running_code_is_replaced_after_saying_what_is_lost() {
    let hub = hub_with(0, false).await;
    let (screen, _) = arrives(&hub, 1).await;
    let codes = assign(&hub, json!({ "kind": "cloud", "days": 30, "count": 2, "replacements": 1 })).await;
    let browser = Browser::sign_in(&hub).await;
    let list = browser.open("/screens").await;
    assert!(list.text().contains(">Authorize</a>") && !list.text().contains(">Replace</a>"));
    let page = browser.open(&format!("/screens/{}/authorize", screen.id())).await;
    let form = form_token(&page);
    let send = async |more: &str| {
        let form = format!("form={form}&code={}{more}", codes[0].id);
        post(&hub, &format!("/screens/{}/authorize", screen.id()), &browser.cookie, form).await
    };
    assert_eq!(send("").await.status, 303);
    let list = browser.open("/screens").await;
    assert!(
        list.text().contains(">Replace</a>") && !list.text().contains(">Authorize</a>"),
        "{}",
        list.text()
    );
    let page = browser.open(&format!("/screens/{}/authorize", screen.id())).await;
    for text in [
        "Replace the authorization of",
        &codes[0].code,
        "the code returns to the account: 1 of 1",
        "Replace by ",
    ] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
}

#[tokio::test]
async fn codes_are_made_by_admins_only_where_that_is_allowed() {
    let hub = hub_with(0, false).await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "kind": "cloud", "count": 3, "days": 30 });
    let refused = ask(&hub, "POST", "/authorization-codes", &admin, new.clone()).await;
    assert_eq!(refused.problem(), (409, "API-005".into()));
    let policy = Policy { codes: true, makes_codes: true, ..Policy::default() };
    authorization::set_policy(hub.store(), &hub.actor(), &policy, ident::now()).await.unwrap();
    let made = ask(&hub, "POST", "/authorization-codes", &admin, new).await;
    assert_eq!((made.status.as_u16(), made.json()["items"].as_array().unwrap().len()), (201, 3));
    let id = made.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let cancelled =
        ask(&hub, "POST", &format!("/authorization-codes/{id}/cancel"), &admin, Value::Null).await;
    assert_eq!(cancelled.json()["status"], "historical");
    let browser = Browser::sign_in(&hub).await;
    let page = browser.open("/codes").await;
    let fields =
        [("kind", "local"), ("count", "2"), ("days", ""), ("until", "2099-12-31"), ("replacements", "")];
    assert_eq!(browser.send(&page, "/codes", &fields).await.status, 303);
    let count = async |query: &str| {
        let page =
            ask(&hub, "GET", &format!("/authorization-codes?{query}"), &admin, Value::Null).await.json();
        (page["items"].as_array().unwrap().len(), page["next"].as_str().map(ToOwned::to_owned))
    };
    assert_eq!(count("status=valid").await.0, 4);
    assert_eq!(count("status=historical&kind=cloud").await.0, 1);
    let (first, next) = count("limit=3").await;
    assert_eq!((first, count(&format!("limit=3&after={}", next.unwrap())).await), (3, (2, None)));
}

#[tokio::test]
async fn the_first_publish_to_a_new_device_completes_the_binding() {
    let hub = TestHub::new().await;
    let content = [hub.content(&hub.account, "a.png", 100).await.0];
    let menu = playlist::create(hub.store(), &hub.account, "Menu", &content, 1000, false, ident::now());
    let menu = menu.await.unwrap();
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let screen = Screen::new(1);
    let shown = pairing_codes(&hub, &screen).await;
    let mut new = json!({ "code": shown.user_code, "name": "Lobby", "playlist": "pls_0" });
    assert_eq!(ask(&hub, "POST", "/publish", &admin, new.clone()).await.status, 404);
    assert!(devices::list(hub.store(), &hub.account.id).await.unwrap().is_empty(), "all or nothing");
    new["playlist"] = json!(menu.id);
    let done = ask(&hub, "POST", "/publish", &admin, new).await;
    assert_eq!((done.status.as_u16(), &done.json()["authorized"]), (201, &json!(true)), "{}", done.text());
    let answer = manifest(&hub, &screen).await;
    let key = hub.account.public_key().unwrap().verifying_key().unwrap();
    let publication: Publication = jws::verify(answer.text(), typ::PUBLICATION, &key).unwrap();
    assert_eq!(publication.playlist.name, "Menu");
    // The form of pairing does the same.
    let browser = Browser::sign_in(&hub).await;
    let two = Screen::new(2);
    let shown = pairing_codes(&hub, &two).await;
    let page = browser.open(&format!("/pair?code={}", shown.user_code)).await;
    says(&page, "What it plays");
    let id = two.id();
    let fields = [
        ("code", shown.user_code.as_str()),
        ("device", &id),
        ("name", "Two"),
        ("location", ""),
        ("playlist", &menu.id),
    ];
    assert_eq!(browser.send(&page, "/pair", &fields).await.status, 303);
    assert_eq!(listed(&hub, &two).await.playlist.as_deref(), Some(menu.id.as_str()));
}
