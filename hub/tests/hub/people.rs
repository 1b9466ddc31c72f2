//! Several people in an account: setting up, inviting, roles, removing, passwords.

use serde_json::{Value, json};
use signage_hub::api_token::Actor;
use signage_hub::ident::{self, DAY};
use signage_hub::rights::Role;
use signage_hub::store::{audit, operators, settings};
use signage_hub::{people, setup};

use crate::api::{ask, secret};
use crate::common::{PASSWORD, TestHub, data_dir, new_account};
use crate::console::{cookie, form_token, get, post, sign_in};
use axum::http::header;
use signage_hub::serve::{Hub, Options};

const NEW: &str = "another long password";

fn plus(text: &str) -> String {
    text.replace(' ', "+")
}

/// The cookie of the admin.
pub async fn admin(hub: &TestHub) -> String {
    cookie(&sign_in(hub, "acme@example.org", PASSWORD).await, "__Host-signage")
}

/// Uses the link of an invitation; the cookie of who has joined.
pub async fn join(hub: &TestHub, path: &str) -> String {
    let page = get(hub, path, "").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let guest = cookie(&page, "__Host-signage-guest");
    let code = path.split_once("code=").unwrap().1;
    let form = format!("code={code}&password={}&form={}", plus(NEW), form_token(&page));
    let joined = post(hub, "/join", &guest, form).await;
    assert_eq!(joined.header(header::LOCATION), "/screens", "{}", joined.text());
    cookie(&joined, "__Host-signage")
}

/// Somebody with a role in the account, signed in.
pub async fn somebody(hub: &TestHub, email: &str, role: Role) -> (String, String) {
    let invited = people::invite(hub.store(), &actor(hub), email, role, ident::now()).await.unwrap();
    let session = join(hub, &people::join_path(&invited.1)).await;
    (operators::by_email(hub.store(), email).await.unwrap().unwrap().id, session)
}

fn actor(hub: &TestHub) -> Actor<'_> {
    Actor { account: &hub.account.id, id: "cli" }
}

#[tokio::test]
async fn an_empty_hub_is_set_up_by_its_link_once() {
    let data = data_dir().await;
    let first = Hub::start(Options::local(data.path())).await.unwrap();
    let old = first.setup_url.clone().unwrap();
    assert!(old.expose().starts_with(&format!("{}/setup?code=", first.url)), "{old:?}");
    first.stop().await.unwrap();
    let running = Hub::start(Options::local(data.path())).await.unwrap();
    let code = |url: &str| url.split_once("code=").unwrap().1.to_owned();
    let (old, new) = (code(old.expose()), code(running.setup_url.as_ref().unwrap().expose()));
    let store = &running.state.store;
    let stored = settings::get(store, settings::SETUP).await.unwrap().unwrap();
    assert_ne!(stored, new, "only the digest is stored");
    assert!(!setup::is_open(store, &old).await.unwrap(), "a start makes the earlier link end");
    let finish = async |code: &str| {
        setup::finish(store, code, "Acme", "Anna@Example.org", "hash".into(), ident::now()).await
    };
    assert!(finish(&old).await.is_err());
    let (account, admin) = finish(&new).await.unwrap();
    assert_eq!((admin.account.as_str(), admin.email.as_str()), (account.id.as_str(), "anna@example.org"));
    assert_eq!(admin.role().unwrap(), Role::Admin);
    assert!(finish(&new).await.is_err(), "the link works once");
    running.stop().await.unwrap();
    assert!(Hub::start(Options::local(data.path())).await.unwrap().setup_url.is_none());
}

#[tokio::test]
async fn the_setup_page_makes_an_account_and_signs_in() {
    let hub = TestHub::empty().await;
    assert!(get(&hub, "/", "").await.text().contains("has no account yet"));
    let code = setup::open(hub.store()).await.unwrap().unwrap();
    let path = setup::path(&code);
    assert_eq!(get(&hub, "/setup?code=0000", "").await.status, 404);
    let page = get(&hub, &path, "").await;
    let guest = cookie(&page, "__Host-signage-guest");
    let form = |password: &str| {
        format!(
            "code={}&name=Acme&email=a@example.org&password={password}&form={}",
            code.expose(),
            form_token(&page)
        )
    };
    assert_eq!(post(&hub, "/setup", "", form(&plus(NEW))).await.status, 403);
    let short = post(&hub, "/setup", &guest, form("short")).await;
    assert_eq!(short.status, 422);
    assert!(short.text().contains("at least 10 characters") && short.text().contains("a@example.org"));
    let (guest, token) = (cookie(&short, "__Host-signage-guest"), form_token(&short));
    let form =
        format!("code={}&name=Acme&email=a@example.org&password={}&form={token}", code.expose(), plus(NEW));
    let made = post(&hub, "/setup", &guest, form.clone()).await;
    assert_eq!(made.header(header::LOCATION), "/screens");
    let session = cookie(&made, "__Host-signage");
    assert_eq!(get(&hub, "/people", &session).await.status, 200);
    assert_eq!(post(&hub, "/setup", &guest, form).await.status, 404);
    assert_eq!(get(&hub, &path, "").await.status, 404);
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_once() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let page = get(&hub, "/people", &session).await;
    let form = format!("email=Bea@Example.org&role=content&form={}", form_token(&page));
    let invited = post(&hub, "/people/invite", &session, form.clone()).await;
    let (_, rest) = invited.text().split_once("https://hub.example:8443/join?code=").unwrap();
    let path = format!("/join?code={}", rest.split_once('<').unwrap().0);
    // Inviting again makes another link, and the first ends.
    let again = post(&hub, "/people/invite", &session, form).await;
    let (_, rest) = again.text().split_once("https://hub.example:8443/join?code=").unwrap();
    let newer = format!("/join?code={}", rest.split_once('<').unwrap().0);
    assert_eq!(get(&hub, &path, "").await.status, 404);
    assert!(get(&hub, &newer, "").await.text().contains("content manager"));
    assert!(get(&hub, "/people", &session).await.text().contains("Invited"));

    let bea = join(&hub, &newer).await;
    assert_eq!(get(&hub, &newer, "").await.status, 404);
    assert_eq!(get(&hub, "/people", &bea).await.status, 403);
    let screens = get(&hub, "/screens", &bea).await;
    assert!(!screens.text().contains("\"/people\"") && screens.text().contains("bea@example.org"));
    assert_eq!(sign_in(&hub, "bea@example.org", NEW).await.status, 303);
    let listed = get(&hub, "/people", &session).await;
    assert!(listed.text().contains("bea@example.org") && !listed.text().contains(">Invited<"));

    let form = format!("email=bea@example.org&role=viewer&form={}", form_token(&listed));
    let taken = post(&hub, "/people/invite", &session, form).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains("signs in to this hub already"));
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_or_when_it_is_withdrawn() {
    let hub = TestHub::new().await;
    let (now, actor) = (ident::now(), actor(&hub));
    let made = people::invite(hub.store(), &actor, "c@example.org", Role::Viewer, now).await.unwrap();
    let holds = async |at| people::invitation(hub.store(), made.1.expose(), at).await.unwrap().is_some();
    assert!(holds(now + 7 * DAY - 1).await);
    assert!(!holds(now + 7 * DAY).await);
    assert!(people::join(hub.store(), made.1.expose(), "hash".into(), now + 7 * DAY).await.is_err());
    people::withdraw(hub.store(), &actor, &made.0.id, now).await.unwrap();
    assert!(!holds(now).await);
    assert!(people::join(hub.store(), made.1.expose(), "hash".into(), now).await.is_err());
    for address in ["", "nobody", "a b@c", "@example.org", &format!("{}@c", "a".repeat(254))] {
        assert!(people::invite(hub.store(), &actor, address, Role::Viewer, now).await.is_err(), "{address}");
    }
}

#[tokio::test]
async fn roles_change_at_once_and_the_last_admin_stays() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let own = operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap().id;
    let token = form_token(&get(&hub, "/people", &session).await);
    let set = async |id: &str, role: &str| {
        post(&hub, &format!("/people/{id}/role"), &session, format!("role={role}&form={token}")).await
    };
    let remove =
        async |id: &str| post(&hub, &format!("/people/{id}/remove"), &session, format!("form={token}")).await;
    for refused in [set(&own, "viewer").await, remove(&own).await] {
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("last admin"));
    }
    let (bea, there) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    assert_eq!(get(&hub, "/people", &there).await.status, 403);
    assert_eq!(set(&bea, "admin").await.status, 303);
    assert_eq!(get(&hub, "/people", &there).await.status, 200);
    assert_eq!(remove(&bea).await.status, 303);
    assert_eq!(get(&hub, "/screens", &there).await.status, 303, "the session has ended");
    assert_eq!(sign_in(&hub, "bea@example.org", NEW).await.status, 401);
    assert_eq!(remove(&own).await.status, 409);
    // The log still knows who it was.
    let log = audit::list(hub.store(), Some(&hub.account.id), 100).await.unwrap();
    let removed = log.iter().find(|record| record.action == "person.remove").unwrap();
    assert_eq!(removed.subject_name.as_deref(), Some("bea@example.org"));
    assert_eq!(removed.actor_name.as_deref(), Some("acme@example.org"));
}

#[tokio::test]
async fn the_api_does_the_same_in_ones_own_account_only() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let other = new_account(hub.store(), "other").await;
    let stranger = secret(&hub, &other, Role::Admin).await;
    let new = json!({ "email": "bea@example.org", "role": "viewer" });
    let invited = ask(&hub, "POST", "/invitations", &admin, new).await;
    assert_eq!(invited.status, 201);
    let path = invited.json()["link"].as_str().unwrap().replace("https://hub.example:8443", "");
    let listed = ask(&hub, "GET", "/invitations", &admin, Value::Null).await;
    assert_eq!(listed.json()["items"][0]["email"], "bea@example.org");
    assert!(!listed.text().contains("link"), "a list holds no link");
    let session = join(&hub, &path).await;

    let people = ask(&hub, "GET", "/people", &admin, Value::Null).await.json();
    let bea =
        people["items"].as_array().unwrap().iter().find(|one| one["email"] == "bea@example.org").unwrap();
    let path = format!("/people/{}", bea["id"].as_str().unwrap());
    for (method, body) in [("PATCH", json!({ "role": "admin" })), ("DELETE", Value::Null)] {
        assert_eq!(ask(&hub, method, &path, &stranger, body).await.problem(), (404, "API-004".into()));
    }
    assert_eq!(
        ask(&hub, "GET", "/people", &stranger, Value::Null).await.json()["items"].as_array().unwrap().len(),
        1
    );
    let changed = ask(&hub, "PATCH", &path, &admin, json!({ "role": "content" })).await;
    assert_eq!(changed.json()["role"], "content");
    assert_eq!(ask(&hub, "DELETE", &path, &admin, Value::Null).await.status, 204);
    assert_eq!(get(&hub, "/screens", &session).await.status, 303);
}

#[tokio::test]
async fn a_person_changes_the_own_password_and_is_signed_out_elsewhere() {
    let hub = TestHub::new().await;
    let (here, there) = (admin(&hub).await, admin(&hub).await);
    let token = form_token(&get(&hub, "/me", &here).await);
    let change = async |current: &str, new: &str| {
        let form = format!("current={}&password={}&form={token}", plus(current), plus(new));
        post(&hub, "/me/password", &here, form).await
    };
    assert!(change("not it", NEW).await.text().contains("present password is not right"));
    assert!(change(PASSWORD, "short").await.text().contains("at least 10 characters"));
    assert_eq!(get(&hub, "/screens", &there).await.status, 200);
    let done = change(PASSWORD, NEW).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(get(&hub, "/screens", &here).await.status, 200);
    assert_eq!(get(&hub, "/screens", &there).await.status, 303);
    assert_eq!(sign_in(&hub, "acme@example.org", PASSWORD).await.status, 401);
    assert_eq!(sign_in(&hub, "acme@example.org", NEW).await.status, 303);
}

#[tokio::test]
async fn api_tokens_are_made_shown_once_and_revoked_on_their_page() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let empty = get(&hub, "/api-tokens", &session).await;
    assert!(empty.text().contains("No API tokens yet"));
    let token = form_token(&empty);
    let form = format!("name=Till&role=viewer&days=90&form={token}");
    let made = post(&hub, "/api-tokens", &session, form).await;
    assert_eq!(made.status, 201);
    let (_, rest) = made.text().split_once("<code>sga_").unwrap();
    let secret = format!("sga_{}", rest.split_once('<').unwrap().0);
    assert_eq!(ask(&hub, "GET", "/me", &secret, Value::Null).await.json()["role"], "viewer");
    let listed = get(&hub, "/api-tokens", &session).await;
    assert!(listed.text().contains("Till") && !listed.text().contains("sga_"));
    let (_, rest) = listed.text().split_once("action=\"/api-tokens/").unwrap();
    let path = format!("/api-tokens/{}", rest.split_once('"').unwrap().0);
    assert_eq!(post(&hub, &path, &session, "form=x".into()).await.status, 403);
    assert_eq!(post(&hub, &path, &session, format!("form={token}")).await.status, 303);
    assert_eq!(ask(&hub, "GET", "/me", &secret, Value::Null).await.status, 401);
    for form in ["name=+&role=viewer&days=90", "name=x&role=owner&days=90", "name=x&role=viewer&days=7"] {
        assert_eq!(post(&hub, "/api-tokens", &session, format!("{form}&form={token}")).await.status, 422);
    }
}
