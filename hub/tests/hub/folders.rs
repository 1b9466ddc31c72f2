//! Groups, what their members may do in folders, tokens of one folder, and people who are suspended.

use axum::http::header;
use serde_json::{Value, json};
use signage_hub::api_token::{self, New};
use signage_hub::folder_rights::{Area, Entry, Level};
use signage_hub::groups::{self, Change};
use signage_hub::ident;
use signage_hub::rights::Role;
use signage_hub::store::{audit, operators};
use signage_hub::token::Grant;
use signage_protocol::token::Kind;

use crate::api::{ask, secret};
use crate::common::{PASSWORD, Screen, TestHub, new_account};
use crate::console::{form_token, get, post, sign_in};
use crate::people::{admin, somebody};

/// A screen in a folder, by its name.
async fn screen(hub: &TestHub, seed: u8, name: &str, folder: Option<&str>) -> String {
    let grant = Grant { folder: folder.map(Into::into), name: Some(name.into()), ..Grant::default() };
    let (_, token) = hub.token_with(Kind::Device, grant).await;
    Screen::new(seed).enroll(hub, &token).await.device_id
}

/// A group that says something of screens.
async fn group(hub: &TestHub, name: &str, members: &[&str], folders: &[(&str, Level)]) -> String {
    let entry = |(folder, level): &(&str, Level)| Entry {
        area: Area::Screens,
        folder: (*folder).into(),
        level: *level,
    };
    let new = Change {
        name: Some(name.into()),
        members: Some(members.iter().map(|id| (*id).to_owned()).collect()),
        folders: Some(folders.iter().map(entry).collect()),
    };
    groups::create(hub.store(), &hub.actor(), &new, ident::now()).await.unwrap().id
}

/// A personal API token of somebody, with all that their role includes.
async fn token_of(hub: &TestHub, person: &str) -> String {
    let actor = api_token::Actor { account: &hub.account.id, id: person };
    let new = New { name: "mine", role: Role::Admin, expires_at: None, personal: true, folder: "" };
    api_token::make(hub.store(), &actor, &new, ident::now()).await.unwrap().1.expose().to_owned()
}

async fn names(hub: &TestHub, secret: &str, path: &str) -> Vec<String> {
    let listed = ask(hub, "GET", path, secret, Value::Null).await.json();
    let name = |item: &Value| item["name"].as_str().unwrap_or("(none)").to_owned();
    listed["items"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn hidden_folders_are_not_there_and_others_are_for_looking_or_for_changing() {
    let hub = TestHub::new().await;
    let foyer = screen(&hub, 1, "foyer", Some("Berlin/Foyer")).await;
    let safe = screen(&hub, 2, "safe", Some("Berlin/Safe")).await;
    let paris = screen(&hub, 3, "paris", Some("Paris")).await;
    let top = screen(&hub, 4, "top", None).await;
    let (bea, session) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let token = token_of(&hub, &bea).await;
    assert_eq!(names(&hub, &token, "/screens").await.len(), 4, "no group, no limit");
    group(
        &hub,
        "Berlin",
        &[&bea],
        &[("", Level::None), ("Berlin", Level::Write), ("Berlin/Safe", Level::Read)],
    )
    .await;

    assert_eq!(names(&hub, &token, "/screens").await, ["foyer", "safe"]);
    assert!(names(&hub, &token, "/screens?search=paris").await.is_empty());
    assert_eq!(names(&hub, &token, "/tokens").await.len(), 2);
    let page = get(&hub, "/screens", &session).await;
    assert!(page.text().contains("foyer") && page.text().contains("of 2 online"), "{}", page.text());
    assert!(!page.text().contains("paris") && !page.text().contains(&top));
    for id in [&paris, &top] {
        let path = format!("/screens/{id}");
        assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.problem(), (404, "API-004".into()));
        assert_eq!(ask(&hub, "DELETE", &path, &token, Value::Null).await.status, 404);
        assert_eq!(get(&hub, &path, &session).await.status, 404);
    }
    // The viewer's role would not include it; the group gives it here, and only here.
    let rename = json!({ "name": "Lobby" });
    let path = |id: &str| format!("/screens/{id}");
    assert_eq!(ask(&hub, "PATCH", &path(&foyer), &token, rename.clone()).await.json()["name"], "Lobby");
    assert_eq!(
        ask(&hub, "PATCH", &path(&safe), &token, rename.clone()).await.problem(),
        (403, "API-002".into())
    );
    assert_eq!(ask(&hub, "GET", &path(&safe), &token, Value::Null).await.status, 200);
    let form = form_token(&get(&hub, &path(&foyer), &session).await);
    let withdraw = |id: &str| format!("/screens/{id}/withdraw");
    assert_eq!(post(&hub, &withdraw(&foyer), &session, format!("form={form}")).await.status, 303);
    assert_eq!(post(&hub, &withdraw(&safe), &session, format!("form={form}")).await.status, 403);
    // An id that is written in another way is the same id.
    let written = format!("/screens/%{:02X}{}", paris.as_bytes()[0], &paris[1..]);
    assert_eq!(ask(&hub, "GET", &written, &token, Value::Null).await.status, 404);
    // New tokens: only for the own folder.
    let new = |folder: &str| json!({ "kind": "device", "name": "new", "folder": folder });
    for (folder, status) in
        [("Berlin/New", 201), ("/Berlin /", 201), ("Berlin/Safe", 403), ("Paris", 403), ("", 403)]
    {
        let made = ask(&hub, "POST", "/tokens", &token, new(folder)).await;
        assert_eq!(made.status, status, "{folder}: {}", made.text());
    }
    assert_eq!(ask(&hub, "POST", "/transfer-codes", &token, json!({})).await.status, 403);
    // People and the account stay with the role.
    assert_eq!(ask(&hub, "GET", "/people", &token, Value::Null).await.status, 403);
}

#[tokio::test]
async fn several_groups_give_the_widest_and_admins_are_never_locked_out() {
    let hub = TestHub::new().await;
    let paris = screen(&hub, 3, "paris", Some("Paris")).await;
    let (bea, _) = somebody(&hub, "bea@example.org", Role::Content).await;
    let admin = operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap().id;
    let token = token_of(&hub, &bea).await;
    let first = group(&hub, "Nothing", &[&bea, &admin], &[("", Level::None)]).await;
    let path = format!("/screens/{paris}");
    assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.status, 404);
    let second = group(&hub, "Paris", &[&bea], &[("Paris", Level::Read)]).await;
    assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.status, 200);
    assert_eq!(ask(&hub, "DELETE", &path, &token, Value::Null).await.status, 403);
    let own = token_of(&hub, &admin).await;
    assert_eq!(names(&hub, &own, "/screens").await, ["paris"]);
    groups::delete(hub.store(), &hub.actor(), &second, ident::now()).await.unwrap();
    assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.status, 404);
    groups::delete(hub.store(), &hub.actor(), &first, ident::now()).await.unwrap();
    assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.status, 200);
}

#[tokio::test]
async fn a_token_of_a_folder_ends_there() {
    let hub = TestHub::new().await;
    let berlin = screen(&hub, 1, "berlin", Some("Berlin/Foyer")).await;
    let paris = screen(&hub, 2, "paris", Some("Paris")).await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let new = json!({ "name": "shop", "role": "admin", "folder": "/Berlin/" });
    let made = ask(&hub, "POST", "/api-tokens", &admin, new).await.json();
    assert_eq!((made["folder"].as_str(), made["owner"].as_str()), (Some("Berlin"), None));
    let token = made["token"].as_str().unwrap();
    assert_eq!(names(&hub, token, "/screens").await, ["berlin"]);
    assert_eq!(ask(&hub, "DELETE", &format!("/screens/{paris}"), token, Value::Null).await.status, 404);
    let withdraw = format!("/screens/{berlin}/withdraw");
    assert_eq!(ask(&hub, "POST", &withdraw, token, json!({})).await.status, 200);
    for path in ["/people", "/api-tokens", "/groups", "/audit"] {
        assert_eq!(
            ask(&hub, "GET", path, token, Value::Null).await.problem(),
            (403, "API-002".into()),
            "{path}"
        );
    }
    let metrics =
        axum::http::Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let metrics = hub.send(metrics.body(axum::body::Body::empty()).unwrap()).await;
    assert!(
        metrics.text().contains("{state=\"unauthorized\"} 1\n")
            && metrics.text().contains("{state=\"online\"} 0\n")
    );
    assert_eq!(
        ask(&hub, "POST", "/api-tokens", &admin, json!({ "name": "x", "role": "viewer", "personal": true }))
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn a_personal_token_follows_its_person_and_a_service_account_does_not() {
    let hub = TestHub::new().await;
    let (bea, session) = somebody(&hub, "bea@example.org", Role::Admin).await;
    let personal = token_of(&hub, &bea).await;
    let page = get(&hub, "/api-tokens", &session).await;
    let form = format!("name=till&role=viewer&days=0&kind=service&folder=&form={}", form_token(&page));
    let made = post(&hub, "/api-tokens", &session, form).await;
    let (_, rest) = made.text().split_once("<code>sga_").unwrap();
    let service = format!("sga_{}", rest.split_once('<').unwrap().0);
    assert!(made.text().contains("service account"));
    let role = async |token: &str| ask(&hub, "GET", "/me", token, Value::Null).await;
    let (actor, now) = (hub.actor(), ident::now());
    signage_hub::people::set_role(hub.store(), &actor, &bea, Role::Viewer, now).await.unwrap();
    assert_eq!(role(&personal).await.json()["role"], "viewer");
    signage_hub::people::suspend(hub.store(), &actor, &bea, true, now).await.unwrap();
    assert_eq!((role(&personal).await.status.as_u16(), role(&service).await.status.as_u16()), (401, 200));
    signage_hub::people::suspend(hub.store(), &actor, &bea, false, now).await.unwrap();
    assert_eq!(role(&personal).await.status, 200);
    signage_hub::people::remove(hub.store(), &actor, &bea, now).await.unwrap();
    assert_eq!((role(&personal).await.status.as_u16(), role(&service).await.status.as_u16()), (401, 200));
}

#[tokio::test]
async fn a_suspended_person_is_out_until_let_in_again() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let own = operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap().id;
    let (bea, there) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let form = format!("form={}", form_token(&get(&hub, "/people", &session).await));
    assert_eq!(post(&hub, &format!("/people/{own}/suspend"), &session, form.clone()).await.status, 409);
    assert_eq!(post(&hub, &format!("/people/{bea}/suspend"), &session, form.clone()).await.status, 303);
    assert_eq!(get(&hub, "/screens", &there).await.status, 303, "the session has ended");
    let refused = sign_in(&hub, "bea@example.org", "another long password").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("suspended"), "{}", refused.text());
    assert_eq!(
        sign_in(&hub, "bea@example.org", "wrong").await.status,
        401,
        "only who has the password is told"
    );
    assert!(get(&hub, "/people", &session).await.text().contains("Suspended"));
    assert_eq!(post(&hub, &format!("/people/{bea}/unsuspend"), &session, form).await.status, 303);
    assert_eq!(sign_in(&hub, "bea@example.org", "another long password").await.status, 303);
    let log = audit::list(hub.store(), Some(&hub.account.id), 100).await.unwrap();
    for action in ["person.suspend", "person.unsuspend"] {
        assert!(log.iter().any(|record| record.action == action && record.subject == bea));
    }
    // The only admin who may sign in stays.
    let (other, _) = somebody(&hub, "c@example.org", Role::Admin).await;
    let (actor, now) = (hub.actor(), ident::now());
    signage_hub::people::suspend(hub.store(), &actor, &other, true, now).await.unwrap();
    assert!(signage_hub::people::suspend(hub.store(), &actor, &own, true, now).await.is_err());
    assert!(signage_hub::people::set_role(hub.store(), &actor, &own, Role::Viewer, now).await.is_err());
    assert_eq!(sign_in(&hub, "acme@example.org", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn groups_are_made_changed_and_removed_by_page_and_by_api() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    let (bea, _) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let empty = get(&hub, "/groups", &session).await;
    assert!(empty.text().contains("No groups yet"));
    let token = form_token(&empty);
    let made = post(&hub, "/groups", &session, format!("name=Berlin&form={token}")).await;
    let path = made.header(header::LOCATION).to_owned();
    assert!(path.starts_with("/groups/grp_"), "{path}");
    assert_eq!(post(&hub, "/groups", &session, format!("name=Berlin&form={token}")).await.status, 409);
    let form = format!(
        "name=Berlin+team&member.{bea}=on&area.0=screens&folder.0=%2F&level.0=none&area.1=screens\
         &folder.1=Berlin&level.1=write&area.2=content&folder.2=x&level.2=&form={token}"
    );
    let saved = post(&hub, &path, &session, form).await;
    assert_eq!(saved.status, 200);
    assert!(saved.text().contains("Saved") && saved.text().contains("value=\"/Berlin\""), "{}", saved.text());
    let twice = format!(
        "name=Berlin&area.0=screens&folder.0=a&level.0=none&area.1=screens&folder.1=a/&level.1=read&form={token}"
    );
    let twice = post(&hub, &path, &session, twice).await;
    assert_eq!(twice.status, 422);
    assert!(twice.text().contains("named twice"));

    let api = secret(&hub, &hub.account, Role::Admin).await;
    let listed = ask(&hub, "GET", "/groups", &api, Value::Null).await.json();
    let group = &listed["items"][0];
    assert_eq!(
        (group["name"].as_str(), group["members"][0]["email"].as_str()),
        (Some("Berlin team"), Some("bea@example.org"))
    );
    assert_eq!(
        group["folders"],
        json!([
            { "area": "screens", "folder": "", "level": "none" },
            { "area": "screens", "folder": "Berlin", "level": "write" },
        ])
    );
    let id = group["id"].as_str().unwrap();
    let changed = ask(&hub, "PATCH", &format!("/groups/{id}"), &api, json!({ "members": [] })).await.json();
    assert_eq!(
        (changed["members"].as_array().unwrap().len(), changed["folders"].as_array().unwrap().len()),
        (0, 2)
    );
    let other = new_account(hub.store(), "other").await;
    let stranger = operators::by_email(hub.store(), "other@example.org").await.unwrap().unwrap().id;
    let theirs = ask(&hub, "PATCH", &format!("/groups/{id}"), &api, json!({ "members": [stranger] })).await;
    assert_eq!(theirs.status, 404, "nobody of another account");
    let stranger = secret(&hub, &other, Role::Admin).await;
    assert_eq!(ask(&hub, "GET", &format!("/groups/{id}"), &stranger, Value::Null).await.status, 404);
    assert_eq!(ask(&hub, "DELETE", &format!("/groups/{id}"), &api, Value::Null).await.status, 204);
    assert!(
        ask(&hub, "GET", "/groups", &api, Value::Null).await.json()["items"].as_array().unwrap().is_empty()
    );
}

#[tokio::test]
async fn commands_reach_only_the_screens_that_somebody_may_change() {
    let hub = TestHub::new().await;
    let foyer = screen(&hub, 1, "foyer", Some("Berlin/Foyer")).await;
    let safe = screen(&hub, 2, "safe", Some("Berlin/Safe")).await;
    let paris = screen(&hub, 3, "paris", Some("Paris")).await;
    let (bea, _) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let token = token_of(&hub, &bea).await;
    let folders = [("", Level::None), ("Berlin", Level::Write), ("Berlin/Safe", Level::Read)];
    group(&hub, "Berlin", &[&bea], &folders).await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let reboot = json!({ "command": { "kind": "reboot" }, "all": true });
    assert_eq!(ask(&hub, "POST", "/commands", &admin, reboot).await.json()["given"], 3);

    let give = async |to: Value| {
        let mut body = to;
        body["command"] = json!({ "kind": "screenshot" });
        ask(&hub, "POST", "/commands", &token, body).await
    };
    assert_eq!(give(json!({ "screens": [foyer, safe] })).await.status, 403);
    assert_eq!(give(json!({ "screens": [foyer, paris] })).await.problem(), (404, "API-004".into()));
    for to in [json!({ "all": true }), json!({ "folder": "Berlin" }), json!({ "screens": [foyer] })] {
        assert_eq!(give(to.clone()).await.json()["screens"], 1, "{to}");
    }
    let one = json!({ "command": { "kind": "screenshot" } });
    for (id, status) in [(&foyer, 200), (&safe, 403), (&paris, 404)] {
        let path = format!("/screens/{id}/commands");
        assert_eq!(ask(&hub, "POST", &path, &token, one.clone()).await.status, status, "{id}");
    }
    let seen = ask(&hub, "GET", "/commands", &token, Value::Null).await.json();
    let seen: Vec<_> = seen["items"].as_array().unwrap().iter().map(|item| item["screen"].clone()).collect();
    assert!(seen.len() == 3 && !seen.contains(&json!(paris)), "{seen:?}");
    let all = ask(&hub, "GET", "/commands", &admin, Value::Null).await.json();
    for item in all["items"].as_array().unwrap() {
        let path = format!("/commands/{}", item["id"].as_str().unwrap());
        let status = if item["screen"] == json!(paris) { 404 } else { 200 };
        assert_eq!(ask(&hub, "GET", &path, &token, Value::Null).await.status, status);
    }
}

#[tokio::test]
async fn pages_offer_what_may_be_done_in_their_folder() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let (bea, session) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    let (cem, other) = somebody(&hub, "cem@example.org", Role::Content).await;
    let entries = |level| {
        let entry = |area| Entry { area, folder: "Berlin".into(), level };
        Area::ALL.map(entry).to_vec()
    };
    for (name, member, level) in [("Berlin", &bea, Level::Write), ("Looks", &cem, Level::Read)] {
        let new = Change {
            name: Some(name.into()),
            members: Some(vec![member.clone()]),
            folders: Some(entries(level)),
        };
        groups::create(hub.store(), &hub.actor(), &new, ident::now()).await.unwrap();
    }
    let make = async |path: &str, body: Value| -> String {
        let made = ask(&hub, "POST", path, &admin, body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let design = json!({ "width": 1920, "height": 1080 });
    let mut pages = Vec::new();
    for folder in [json!("Berlin"), Value::Null] {
        let playlist = make("/playlists", json!({ "name": "P", "folder": folder })).await;
        let layout = make("/layouts", json!({ "name": "L", "folder": folder, "design": design })).await;
        let seed = u8::try_from(pages.len()).unwrap() + 1;
        let screen = screen(&hub, seed, "S", folder.as_str()).await;
        pages.push([
            (format!("/playlists/{playlist}"), "Name and folder"),
            (format!("/layouts/{layout}"), "layout-folder"),
            (format!("/screens/{screen}"), "Save"),
        ]);
    }
    // A viewer who may change Berlin, a content manager who may only look there.
    for (within, page) in [(true, &pages[0]), (false, &pages[1])] {
        for (path, offer) in page {
            let content = !path.starts_with("/screens");
            let offers = async |session: &str| get(&hub, path, session).await.text().contains(offer);
            assert_eq!(offers(&session).await, within, "{path} for a viewer");
            assert_eq!(offers(&other).await, !within && content, "{path} for a content manager");
        }
    }
    for (list, offer) in [("/playlists", "New playlist"), ("/layouts", "New layout")] {
        let page = get(&hub, list, &session).await;
        assert!(page.text().contains(offer), "{list}");
        let body = |folder: &str| format!("form={}&name=N&size=1920x1080&folder={folder}", form_token(&page));
        let made = post(&hub, list, &session, body("Berlin")).await;
        assert_eq!(made.status, 303, "{list}: {}", made.text());
        assert_eq!(post(&hub, list, &session, body("")).await.status, 403, "{list} at the top");
    }
    for list in ["/time-blocks", "/schedule"] {
        let page = get(&hub, list, &session).await;
        assert!(!page.text().contains("New entry") && !page.text().contains("Make time block"), "{list}");
    }
    // Berlin is not berlin, and what is not there is neither moved nor deleted.
    let moved = json!({ "path": "berlin", "to": "X" });
    assert_eq!(ask(&hub, "PATCH", "/folders", &admin, moved).await.status, 404);
    assert_eq!(ask(&hub, "DELETE", "/folders?path=berlin", &admin, Value::Null).await.status, 404);
    assert_eq!(names(&hub, &admin, "/screens?folder=berlin").await.len(), 0);
    assert_eq!(names(&hub, &admin, "/screens?folder=Berlin").await.len(), 1);
    // Only a screen that somebody may change gives its place to another.
    let (_, secret) =
        hub.token_with(Kind::Provisioning, Grant { folder: Some("Berlin".into()), ..Grant::default() }).await;
    let thief = Screen::new(9).enroll(&hub, &secret).await.device_id;
    let top = pages[1][2].0.rsplit('/').next().unwrap();
    let page = get(&hub, &format!("/screens/{thief}"), &session).await;
    let body = format!("form={}&other={top}", form_token(&page));
    assert_eq!(post(&hub, &format!("/screens/{thief}/rebind"), &session, body).await.status, 403);
    let own = token_of(&hub, &bea).await;
    let refused = ask(&hub, "POST", &format!("/screens/{thief}/rebind"), &own, json!({ "other": top })).await;
    assert_eq!(refused.status, 403);
    assert_eq!(ask(&hub, "GET", &format!("/screens/{top}"), &admin, Value::Null).await.status, 200);
}
