//! Every route of the table with everybody: nobody, each role, and the admin of another account.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signage_hub::api_token::{self, Actor};
use signage_hub::authorization_code;
use signage_hub::http::routes::{self, Access, Route};
use signage_hub::ident::{self, DAY};
use signage_hub::rights::{Right, Role};
use signage_hub::store::accounts::Account;
use signage_hub::store::commands;
use signage_hub::store::identities;
use signage_hub::store::operators::{self, Operator};
use signage_hub::{groups, people, upload};
use signage_protocol::token::Kind;

use crate::api::secret;
use crate::common::{Answer, Screen, TestHub, new_account};
use crate::console::form_token;

/// How somebody shows who they are.
struct Somebody {
    token: String,
    cookie: String,
    form: String,
}

impl Somebody {
    async fn new(hub: &TestHub, account: &Account, role: Role) -> Self {
        let email = format!("{}@{}.example", role.as_str(), account.name);
        let person = Operator::new(account.id.clone(), email, "hash".into(), role, ident::now()).unwrap();
        let mut change = hub.store().write().await.unwrap();
        operators::insert(&mut change, &person).await.unwrap();
        signage_hub::store::commit(change).await.unwrap();
        let token = secret(hub, account, role).await;
        let mut new = Self { token, cookie: String::new(), form: String::new() };
        new.sign_in(hub, &person).await;
        new
    }

    async fn sign_in(&mut self, hub: &TestHub, person: &Operator) {
        let (value, now) = (ident::new("cookie").unwrap(), ident::now());
        let mut change = hub.store().write().await.unwrap();
        let digest = hex::encode(Sha256::digest(value.as_bytes()));
        assert!(operators::insert_session(&mut change, &digest, person, now, now + DAY).await.unwrap());
        signage_hub::store::commit(change).await.unwrap();
        self.cookie = format!("__Host-signage={value}");
        let page = Request::get("/screens").header(header::COOKIE, &self.cookie);
        self.form = form_token(&hub.send(page.body(Body::empty()).unwrap()).await);
    }
}

/// A thing of the first account, made anew for every request, since the request may end it. A route with a new kind
/// of thing needs a line here.
async fn thing(hub: &TestHub, path: &str, number: usize) -> String {
    let (actor, now) = (Actor { account: &hub.account.id, id: "cli" }, ident::now());
    let path = path.trim_start_matches("/api/v1");
    if path.starts_with("/api-tokens/") {
        return api_token::create(hub.store(), &actor, "thing", Role::Viewer, None, now).await.unwrap().0.id;
    }
    let email = format!("thing{number}@example.org");
    if path.starts_with("/invitations/") || path.starts_with("/people/invitations/") {
        return people::invite(hub.store(), &actor, &email, Role::Viewer, now).await.unwrap().0.id;
    }
    if path.starts_with("/people/") {
        let linked = path.ends_with("link") || path.ends_with("links");
        let (_, code) = people::invite(hub.store(), &actor, &email, Role::Viewer, now).await.unwrap();
        let id = people::join(hub.store(), code.expose(), "hash".into(), now).await.unwrap().id;
        if linked {
            let mut change = hub.store().write().await.unwrap();
            identities::insert(&mut change, "https://login.example", &id, &id, now).await.unwrap();
            signage_hub::store::commit(change).await.unwrap();
        }
        return id;
    }
    if path.starts_with("/groups/") {
        let new = groups::Change { name: Some(email), ..Default::default() };
        return groups::create(hub.store(), &actor, &new, now).await.unwrap().id;
    }
    if let Some(id) = crate::composition::thing(hub, path).await {
        return id;
    }
    if path.starts_with("/tokens/") {
        return hub.token(Kind::Provisioning).await.0.id;
    }
    if path.starts_with("/authorization-codes/") || path.starts_with("/codes/") {
        let new = serde_json::from_value(json!({ "kind": "cloud", "days": 1 })).unwrap();
        return authorization_code::create(hub.store(), &actor, &new, now).await.unwrap().remove(0).id;
    }
    if path.starts_with("/commands/") {
        return crate::commands::with_file(hub, u8::try_from(number % 251).unwrap()).await;
    }
    if path.ends_with("/screenshot") {
        let command = crate::commands::with_file(hub, u8::try_from(number % 251).unwrap()).await;
        let mut connection = hub.store().read().await.unwrap();
        let found = commands::by_id(&mut connection, &hub.account.id, &command).await.unwrap();
        return found.unwrap().command.device;
    }
    if path.starts_with("/screens/") {
        let screen = Screen::new(u8::try_from(number % 251).unwrap());
        return screen.enroll(hub, &hub.token(Kind::Provisioning).await.1).await.device_id;
    }
    if path.starts_with("/content/") {
        return hub.content(&hub.account, &format!("thing{number}.png"), 100).await.0.id;
    }
    if path.starts_with("/uploads/") {
        let entry = signage_hub::content::Entry::default();
        let limits = &hub.state.uploads;
        return upload::create(hub.store(), &actor, &entry, Some(100), limits, now).await.unwrap().id;
    }
    if path.starts_with("/alert-rules/") || path.starts_with("/alerts/rules/") {
        let new = signage_hub::alerts::setup::NewRule { kind: "fault".into(), ..Default::default() };
        return signage_hub::alerts::setup::make_rule(hub.store(), &actor, new, now).await.unwrap().id;
    }
    if path.starts_with("/alert-channels/") || path.starts_with("/alerts/channels/") {
        let (input, config) = (("webhook", "Operations", "https://192.0.2.1/x"), Default::default());
        let made = signage_hub::alerts::setup::make_channel(hub.store(), &actor, &config, input, now).await;
        return made.unwrap().id;
    }
    if path.starts_with("/screen-groups/") {
        let name = format!("Group {number}");
        return signage_hub::fleet::make_group(hub.store(), &actor, &name, now).await.unwrap().id;
    }
    panic!("{path}: no thing is known for this route; teach `thing` to make one")
}

/// What is sent along: fields that are good enough to get as far as the thing.
fn body(method: &str, path: &str) -> Value {
    if (method, path) == ("POST", "/api/v1/screens/{id}/commands") {
        return json!({ "command": { "kind": "reboot" } });
    }
    if let Some(body) = crate::composition::body(method, path) {
        return body;
    }
    match (method, path.trim_start_matches("/api/v1")) {
        ("PATCH", "/people/{id}") | ("POST", "/people/{id}/role") => json!({ "role": "viewer" }),
        ("POST", "/groups" | "/groups/{id}") => json!({ "name": "Group" }),
        ("POST", "/screens/{id}/transfer") => json!({ "code": "sgx_0" }),
        ("POST", "/screens/{id}/commands") => {
            json!({ "kind": "reboot" })
        }
        ("POST", path) if path.contains("/pair") => {
            json!({ "code": "BCDF-GHJK", "name": "Lobby", "location": "" })
        }
        ("POST", "/screens/{id}") => json!({ "name": "Lobby", "location": "", "tags": "", "default": "" }),
        ("POST", "/content/{id}") => json!({ "title": "a", "folder": "", "tags": "" }),
        ("POST", "/screens/{id}/rebind") => json!({ "other": "x" }),
        ("POST", path) if path.starts_with("/screens/bulk") => {
            json!({ "which": "all", "action": "move", "value": "A" })
        }
        ("POST", path) if path.starts_with("/folders") => json!({ "path": "A/B", "to": "A/C" }),
        ("PATCH", path) if path.starts_with("/screen-groups") => {
            json!({ "name": format!("Group {}", path.len()) })
        }
        ("POST", "/alerts/channels") => {
            json!({ "name": "A", "kind": "webhook", "target": "https://192.0.2.1/" })
        }
        ("POST", "/alerts/rules") => json!({ "kind": "fault" }),
        ("POST", "/settings") => {
            json!({ "name": "", "timezone": "", "default_playlist": "", "online_minutes": "3",
            "keep_logs_days": "90", "keep_plays_days": "90", "keep_audit_days": "0" })
        }
        ("POST", path) if path.starts_with("/screen-groups") => json!({ "name": "Windows" }),
        _ => json!({}),
    }
}

async fn ask(hub: &TestHub, route: &Route, path: &str, who: Option<&Somebody>) -> Answer {
    let mut request = Request::builder().method(route.method).uri(path);
    let fields = body(route.method, route.path);
    let Some(who) = who else {
        return hub.send(request.body(Body::empty()).unwrap()).await;
    };
    if !matches!(route.access, Access::Console(_)) {
        request = request
            .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
            .header(header::CONTENT_TYPE, "application/json");
        return hub.send(request.body(fields.to_string().into()).unwrap()).await;
    }
    request = request.header(header::COOKIE, &who.cookie);
    if route.path == "/events" {
        // It goes on for as long as the page is open.
        return hub.head(request.body(Body::empty()).unwrap()).await;
    }
    if route.method == "GET" {
        return hub.send(request.body(Body::empty()).unwrap()).await;
    }
    let mut form = format!("form={}", who.form);
    for (name, value) in fields.as_object().unwrap() {
        form.push_str(&format!("&{name}={}", value.as_str().unwrap()));
    }
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    hub.send(request.body(form.into()).unwrap()).await
}

/// Whether somebody was let in: the answer is about the request, not about who asks.
fn let_in(route: &Route, answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let away = route.path != "/sign-out" && answer.header(header::LOCATION) == "/";
    // These name something else in the body, which is not there.
    let named = [
        "/thumbnail",
        "/rebind",
        "/content-folders",
        "/folders/delete",
        "/transfer",
        "/pair",
        "/pair/look",
        "/pair/deny",
    ]
    .iter()
    .any(|end| route.path.ends_with(end));
    !away && status < 500 && !matches!(status, 401 | 403 | 405) && (status != 404 || named)
}

#[tokio::test]
async fn everybody_gets_as_far_as_their_role_and_their_account() {
    let hub = TestHub::new().await;
    let other = new_account(hub.store(), "other").await;
    let stranger = Somebody::new(&hub, &other, Role::Admin).await;
    let mut own = Vec::new();
    for role in Role::ALL {
        own.push((role, Somebody::new(&hub, &hub.account, role).await));
    }
    // Signing out comes last: it ends what the other rows need.
    let (last, first): (Vec<&Route>, Vec<&Route>) =
        routes::all().partition(|route| route.path == "/sign-out");
    let (mut number, mut wrong) = (0, Vec::new());
    for route in first.into_iter().chain(last) {
        let what = format!("{} {}", route.method, route.path);
        let (right, console) = match route.access {
            Access::Api(right) => (right, false),
            Access::Console(right) => (right, true),
            Access::Device => {
                let answer = ask(
                    &hub,
                    route,
                    &route.path.replace("{sha256}", &"0".repeat(64)).replace("{id}", "x"),
                    None,
                )
                .await;
                assert_eq!(answer.problem(), (401, "AUT-004".into()), "{what}");
                continue;
            }
            Access::Open | Access::Page => {
                let answer = ask(&hub, route, &route.path.replace("{file}", "style.css"), None).await;
                let missing = answer.status == 404 && route.access == Access::Open;
                assert!(answer.status.as_u16() < 500 && answer.status != 405 && !missing, "{what}");
                continue;
            }
        };
        let with_id = route.path.contains('{');
        let mut path = async || {
            number += 1;
            match with_id {
                true => route.path.replace("{id}", &thing(&hub, route.path, number).await),
                false => route.path.to_owned(),
            }
        };

        let mut expect = |right: bool, who: &str, answer: &Answer| {
            if !right {
                let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
                wrong.push(format!("{what} as {who}: {} {text}", answer.status));
            }
        };
        let nobody = ask(&hub, route, &path().await, None).await;
        let refused = match console {
            true => nobody.status == 303 && nobody.header(header::LOCATION) == "/",
            false => nobody.status == 401 && nobody.problem().1 == "API-001",
        };
        expect(refused, "nobody", &nobody);

        let theirs = ask(&hub, route, &path().await, Some(&stranger)).await;
        expect(if with_id { theirs.status == 404 } else { let_in(route, &theirs) }, "stranger", &theirs);
        let text = String::from_utf8_lossy(&theirs.body);
        expect(!text.contains(&hub.account.id) && !text.contains("acme"), "stranger who is told", &theirs);

        for (role, who) in &own {
            let answer = ask(&hub, route, &path().await, Some(who)).await;
            let right = match role.may(right) {
                true => let_in(route, &answer),
                false if console => answer.status == 403,
                false => answer.status == 403 && answer.problem().1 == "API-002",
            };
            expect(right, role.as_str(), &answer);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(number > 100, "the table was not gone through");
    assert!(Role::Viewer.may(Right::View));
}

/// Paths and methods as the source has them: a route that was forgotten in the table answers nobody, and here it
/// is found.
#[test]
fn every_route_of_the_router_has_a_row() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut found = 0;
    let mut directories = vec![http.clone()];
    while let Some(directory) = directories.pop() {
        let prefix = if directory.starts_with(http.join("api")) { "/api/v1" } else { "" };
        for file in std::fs::read_dir(directory).unwrap() {
            let file = file.unwrap().path();
            if file.is_dir() {
                directories.push(file);
                continue;
            }
            let source = std::fs::read_to_string(&file).unwrap();
            for route in source.split(".route(").skip(1) {
                let Some((path, rest)) = route.trim_start().strip_prefix('"').and_then(|r| r.split_once('"'))
                else {
                    continue;
                };
                let handlers = rest.split("\n}").next().unwrap();
                for method in ["get", "post", "put", "patch", "delete"] {
                    let named = |before: &str| handlers.contains(&format!("{before}{method}("));
                    if named(" ") || named(".") {
                        found += 1;
                        let (method, path) = (method.to_uppercase(), format!("{prefix}{path}"));
                        let listed = routes::all().any(|row| row.method == method && row.path == path);
                        assert!(listed, "{method} {path} of {} has no row in the table", file.display());
                    }
                }
            }
        }
    }
    assert!(found > 30, "{found}");
}
