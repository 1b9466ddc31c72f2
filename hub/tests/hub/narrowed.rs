//! Every route of the table with somebody whose folders are limited. Things in the folder that is kept from them carry a
//! mark in all of their names; no answer holds it, and nothing changes there. A new route is in here by itself; one
//! that has nothing to do with folders needs a line, with the reason, in [`EXEMPT`].

use std::collections::{BTreeMap, HashSet};

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::api_token::{self, Actor, New};
use signage_hub::folder_rights::{Area, Entry, Level};
use signage_hub::groups::{self, Change};
use signage_hub::http::routes::{self, Access, Route};
use signage_hub::ident;
use signage_hub::rights::{Right, Role};
use signage_hub::{authorization_code, command, upload};
use signage_protocol::session::Command;

use crate::api::{ask, secret};
use crate::common::{Answer, Screen, TestHub};
use crate::console::{form_token, get};
use crate::people::somebody;
use crate::reports::{full, report};

/// In every name of what is kept from them.
const MARK: &str = "zzsecretB";
/// The folder that is kept from them.
const KEPT: &str = "zzsecretB/Vault";

/// Routes that change something without naming a thing in their path, and that are not asked about the kept folder.
const EXEMPT: &[(&str, &str, &str)] = &[
    ("POST", "/sign-out", "of whoever asks"),
    ("PUT", "/api/v1/me/password", "of whoever asks"),
    ("POST", "/me/password", "of whoever asks"),
    ("POST", "/me/totp", "of whoever asks"),
    ("POST", "/me/totp/confirm", "of whoever asks"),
    ("POST", "/me/totp/off", "of whoever asks"),
    ("POST", "/api/v1/screens/pair/look", "a screen that belongs to nobody lies in no folder"),
    ("POST", "/api/v1/screens/pair/deny", "a screen that belongs to nobody lies in no folder"),
    ("POST", "/pair/deny", "a screen that belongs to nobody lies in no folder"),
    ("POST", "/api/v1/tokens/files", "whoever sends a token has it"),
    ("POST", "/tokens/files", "whoever sends a token has it"),
];

/// What lies in one folder, by the first level of its path.
type Things = BTreeMap<&'static str, String>;

struct World {
    hub: TestHub,
    admin: String,
    own: Things,
    kept: Things,
}

impl World {
    async fn new() -> Self {
        let hub = TestHub::new().await;
        let admin = secret(&hub, &hub.account, Role::Admin).await;
        let mut world = Self { hub, admin, own: Things::new(), kept: Things::new() };
        world.own = world.fill("own", "A", 1).await;
        world.kept = world.fill(MARK, KEPT, 2).await;
        world.mix().await;
        world
    }

    async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = ask(&self.hub, method, path, &self.admin, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    async fn make(&self, path: &str, body: Value) -> String {
        self.ok("POST", path, body).await["id"].as_str().unwrap().to_owned()
    }

    /// One thing of each kind in a folder.
    async fn fill(&self, name: &str, folder: &str, seed: u8) -> Things {
        let (hub, actor, now) = (&self.hub, self.hub.actor(), ident::now());
        let mut things = Things::new();
        let (content, _) = hub.content(&hub.account, &format!("{name}.png"), 100 + usize::from(seed)).await;
        self.ok("PATCH", &format!("/content/{}", content.id), json!({ "folder": folder, "tags": [name] }))
            .await;
        let shows = json!({ "kind": "content", "content": content.id });
        let list = json!({ "name": format!("{name} list"), "folder": folder, "items": [{ "shows": shows }] });
        let list = self.make("/playlists", list).await;
        let zone = json!({ "id": "z1", "name": name, "x": 0, "y": 0, "width": 10, "height": 10,
            "content": { "kind": "playlist", "playlist": list } });
        let design = json!({ "width": 10, "height": 10, "zones": [zone], "backgroundImage": content.id });
        let layout = json!({ "name": format!("{name} layout"), "folder": folder, "design": design });
        let layout = self.make("/layouts", layout).await;
        let block = json!({ "name": format!("{name} block"), "folder": folder,
            "times": { "days": [], "spans": [{ "from": "08:00", "to": "18:00" }] } });
        let block = self.make("/time-blocks", block).await;

        let token = json!({ "kind": "device", "name": format!("{name} screen"), "folder": folder,
            "location": format!("{name} place"), "tags": [format!("{name}-tag")], "playlist": list });
        let token = self.ok("POST", "/tokens", token).await;
        let secret = signage_protocol::Secret::new(token["token"].as_str().unwrap());
        let screen = Screen::new(seed);
        let id = screen.enroll(hub, &secret).await.device_id;
        let bearer = screen.bearer(hub).await;
        let mut words = full("r1", now).to_string();
        for word in ["Summer sale", "Two zones", "Loop", "cannot decode a.mp4", "a.mp4"] {
            words = words.replace(word, &format!("{name} words"));
        }
        let body = serde_json::from_str(&words).unwrap();
        assert_eq!(report(hub, &screen, &bearer, &body).await.status, 200);
        // One that waits for its device.
        let waiting = json!({ "kind": "device", "name": format!("{name} waiting"), "folder": folder });
        self.make("/tokens", waiting).await;
        self.ok("POST", &format!("/screens/{id}/withdraw"), Value::Null).await;
        let code = serde_json::from_value(json!({ "kind": "cloud", "days": 1 })).unwrap();
        let code = authorization_code::create(hub.store(), &actor, &code, now).await.unwrap().remove(0).id;
        self.ok("POST", &format!("/screens/{id}/authorize"), json!({ "code": code, "replace": true })).await;
        let to = command::To::Screens(vec![id.clone()]);
        let given = command::give(hub.store(), &actor, &to, &Command::Screenshot, None, now).await.unwrap();
        let picture = format!("\u{89}PNG\r\n\u{1a}\n{name}").chars().map(|c| c as u8).collect();
        command::upload(hub.store(), &id, &given.commands[0].id, picture, now).await.unwrap();
        let group = self.make("/screen-groups", json!({ "name": format!("{name} group") })).await;
        let join = json!({ "ids": [id], "action": "join", "value": group });
        self.ok("POST", "/screens/bulk", join).await;
        self.ok("POST", "/folders", json!({ "path": format!("{folder}/empty") })).await;
        self.ok("POST", "/content-folders", json!({ "path": format!("{folder}/empty") })).await;

        let entry = |audience: Value| {
            json!({ "name": format!("{name} entry"), "folder": folder,
                "target": { "kind": "playlist", "playlist": list }, "audience": audience,
                "timing": { "date": "2026-01-01", "repeat": { "every": "day", "step": 1 }, "timeBlock": block } })
        };
        let audience = json!({ "screens": [id], "folders": [folder], "groups": [format!("{name} group")] });
        let schedule = self.make("/schedules", entry(audience)).await;
        self.make("/schedules", entry(json!({ "everybody": true }))).await;
        let only = json!({ "only": [schedule, layout, list], "comment": format!("{name} comment") });
        let publication = self.make("/publications", only).await;
        let alarm = json!({ "name": format!("{name} alarm"), "target": { "kind": "playlist", "playlist": list },
            "audience": { "folders": [folder] }, "minutes": 30 });
        let alarm = self.make("/overrides", alarm).await;
        let file = signage_hub::content::Entry { title: Some(format!("{name} film")), folder: folder.into() };
        let limits = &hub.state.uploads;
        let upload = upload::create(hub.store(), &actor, &file, Some(100), limits, now).await.unwrap().id;

        for (kind, id) in [
            ("content", content.id.clone()),
            ("playlists", list),
            ("layouts", layout),
            ("time-blocks", block),
            ("schedules", schedule.clone()),
            ("schedule", schedule),
            ("tokens", token["id"].as_str().unwrap().to_owned()),
            ("screens", id),
            ("authorization-codes", code.clone()),
            ("codes", code),
            ("commands", given.commands[0].id.clone()),
            ("screen-groups", group),
            ("publications", publication.clone()),
            ("publish", publication),
            ("overrides", alarm),
            ("uploads", upload),
        ] {
            things.insert(kind, id);
        }
        things
    }

    /// What is for everybody, and made of both.
    async fn mix(&self) {
        let playlist = self.kept["playlists"].clone();
        let default = json!({ "default": { "kind": "playlist", "playlist": playlist } });
        self.ok("PATCH", "/publishing", default).await;
        let alarm = json!({ "name": format!("{MARK} everywhere"), "audience": { "everybody": true },
            "target": { "kind": "content", "content": self.kept["content"] }, "minutes": 30 });
        self.make("/overrides", alarm).await;
        let everything = json!({ "comment": format!("with the {MARK}") });
        self.make("/publications", everything).await;
        // A token that let screens into both folders.
        let token = json!({ "kind": "provisioning", "name": "own many", "folder": "A" });
        let token = self.ok("POST", "/tokens", token).await;
        let secret = signage_protocol::Secret::new(token["token"].as_str().unwrap());
        let moved = Screen::new(3).enroll(&self.hub, &secret).await.device_id;
        self.ok("PATCH", &format!("/screens/{moved}"), json!({ "name": format!("{MARK} moved") })).await;
        self.ok("POST", "/screens/bulk", json!({ "ids": [moved], "action": "move", "value": KEPT })).await;
        // What lies in the folder of theirs names what is kept.
        let list = &self.own["playlists"];
        let items = json!([{ "shows": { "kind": "content", "content": self.own["content"] } },
            { "shows": { "kind": "content", "content": self.kept["content"] } }]);
        let list_body = json!({ "name": "own list", "folder": "A", "items": items });
        self.ok("PUT", &format!("/playlists/{list}"), list_body).await;
        let screen = &self.own["screens"];
        self.ok("PATCH", &format!("/screens/{screen}"), json!({ "playlist": playlist })).await;
        let both = json!({ "ids": [screen], "action": "join", "value": self.own["screen-groups"] });
        self.ok("POST", "/screens/bulk", both).await;
    }

    /// Everything in the kept folder, as an admin sees it.
    async fn state(&self) -> Vec<(String, Value)> {
        let mut state = Vec::new();
        for path in
            ["content", "playlists", "layouts", "time-blocks", "schedules", "overrides", "publications"]
        {
            let path = format!("/{path}/{}", self.kept[path]);
            state.push((path.clone(), self.ok("GET", &path, Value::Null).await));
        }
        for path in ["screens", "tokens", "authorization-codes", "commands"] {
            let path = format!("/{path}/{}", self.kept[path]);
            let mut value = self.ok("GET", &path, Value::Null).await;
            value.as_object_mut().unwrap().remove("online");
            state.push((path, value));
        }
        for path in
            ["/folders", "/content-folders", "/screen-groups", "/overrides", "/publications", "/account"]
        {
            state.push((path.to_owned(), self.ok("GET", path, Value::Null).await));
        }
        let upload = format!("/uploads/{}", self.kept["uploads"]);
        state.push((upload.clone(), self.ok("GET", &upload, Value::Null).await));
        state
    }

    /// Ids that no answer may hold. What a thing of theirs names by its id, they may read there.
    fn hidden(&self) -> HashSet<&str> {
        let named = ["playlists", "content"];
        self.kept.iter().filter(|(kind, _)| !named.contains(*kind)).map(|(_, id)| id.as_str()).collect()
    }
}

/// Somebody whose folders are limited.
struct Somebody {
    what: &'static str,
    token: String,
    /// Without one it is a program.
    cookie: Option<String>,
    form: String,
}

impl Somebody {
    async fn person(world: &World, what: &'static str, email: &str, folders: &[(&str, Level)]) -> Self {
        let hub = &world.hub;
        let (id, cookie) = somebody(hub, email, Role::Content).await;
        let mut entries = Vec::new();
        for (folder, level) in folders {
            for area in Area::ALL {
                entries.push(Entry { area, folder: (*folder).into(), level: *level });
            }
        }
        let group =
            Change { name: Some(what.into()), members: Some(vec![id.clone()]), folders: Some(entries) };
        groups::create(hub.store(), &hub.actor(), &group, ident::now()).await.unwrap();
        let actor = Actor { account: &hub.account.id, id: &id };
        let new = New { name: "mine", role: Role::Admin, expires_at: None, personal: true, folder: "" };
        let token = api_token::make(hub.store(), &actor, &new, ident::now()).await.unwrap().1;
        let form = form_token(&get(hub, "/me", &cookie).await);
        Self { what, token: token.expose().to_owned(), cookie: Some(cookie), form }
    }

    async fn program(world: &World) -> Self {
        let (hub, actor) = (&world.hub, world.hub.actor());
        let new = New { name: "shop", role: Role::Admin, expires_at: None, personal: false, folder: "A" };
        let token = api_token::make(hub.store(), &actor, &new, ident::now()).await.unwrap().1;
        Self {
            what: "token of a folder",
            token: token.expose().to_owned(),
            cookie: None,
            form: String::new(),
        }
    }

    async fn send(&self, hub: &TestHub, route: &Route, path: &str, fields: &Value) -> Answer {
        let mut request = Request::builder().method(route.method).uri(path);
        if let Access::Console(_) = route.access {
            request = request.header(header::COOKIE, self.cookie.as_deref().unwrap());
            if route.method == "GET" {
                return hub.send(request.body(Body::empty()).unwrap()).await;
            }
            if route.path == "/content/upload" {
                return hub.send(self.multipart(request)).await;
            }
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("form", &self.form);
            for (name, value) in fields.as_object().unwrap() {
                form.append_pair(name, value.as_str().unwrap());
            }
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            return hub.send(request.body(form.finish().into()).unwrap()).await;
        }
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if route.path == "/api/v1/uploads" {
            use base64::Engine as _;
            let folder = base64::engine::general_purpose::STANDARD.encode(KEPT);
            request = request
                .header("tus-resumable", "1.0.0")
                .header("upload-length", "100")
                .header("upload-metadata", format!("filename YS5wbmc=,folder {folder}"));
            return hub.send(request.body(Body::empty()).unwrap()).await;
        }
        if route.method == "GET" {
            return hub.send(request.body(Body::empty()).unwrap()).await;
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        hub.send(request.body(fields.to_string().into()).unwrap()).await
    }

    fn multipart(&self, request: axum::http::request::Builder) -> Request<Body> {
        let part = |name: &str, more: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let body = part("form", "", &self.form)
            + &part("folder", "", KEPT)
            + &part("file", "; filename=\"a.png\"", "x")
            + "--x--\r\n";
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        request.body(body.into()).unwrap()
    }
}

/// Where a route is asked, with a thing in the place of its id; nothing when it names no kind of thing that there is.
fn address(route: &Route, things: &Things) -> Option<String> {
    if !route.path.contains("{id}") {
        return Some(route.path.to_owned());
    }
    let kind = route.path.trim_start_matches("/api/v1").trim_start_matches('/').split('/').next()?;
    things.get(kind).map(|id| route.path.replace("{id}", id))
}

fn right(route: &Route) -> Option<Right> {
    match route.access {
        Access::Api(right) | Access::Console(right) => Some(right),
        _ => None,
    }
}

fn told(world: &World, answer: &Answer) -> Option<String> {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let headers = format!("{:?}", answer.headers);
    let found = [MARK]
        .into_iter()
        .chain(world.hidden())
        .find(|word| text.contains(word) || headers.contains(word))?;
    let at = text.find(found).unwrap_or_default();
    let begin = (0..=at.saturating_sub(150)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    Some(format!("tells {found}: {}", text[begin..].chars().take(300).collect::<String>()))
}

/// What a list tells to whoever looks in it for what is kept.
async fn looked_for(world: &World, who: &Somebody, route: &Route) -> Option<String> {
    let screen = world.kept["screens"].as_str();
    for (name, value) in [
        ("folder", "zzsecretB%2FVault"),
        ("search", MARK),
        ("tag", "zzsecretB-tag"),
        ("group", &world.kept["screen-groups"]),
        ("screen", screen),
        ("content", "zzsecretB%20words"),
        ("entry", &world.kept["schedules"]),
    ] {
        let path = format!("{}?{name}={value}", route.path);
        let answer = who.send(&world.hub, route, &path, &json!({})).await;
        if answer.status.is_success()
            && let Some(told) = told(world, &answer)
        {
            return Some(format!("{path} {told}"));
        }
    }
    None
}

async fn everybody(world: &World) -> Vec<Somebody> {
    let top = [("", Level::None), ("A", Level::Write)];
    vec![
        Somebody::person(world, "only A", "bea@example.org", &top).await,
        Somebody::person(world, "all but B", "cem@example.org", &[("zzsecretB", Level::None)]).await,
        Somebody::person(world, "reads A", "dov@example.org", &[("", Level::None), ("A", Level::Read)]).await,
        Somebody::program(world).await,
    ]
}

#[tokio::test]
async fn no_answer_tells_of_what_lies_in_a_hidden_folder() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for who in everybody(&world).await {
        for route in routes::all().filter(|route| route.method == "GET" && right(route).is_some()) {
            if who.cookie.is_none() && matches!(route.access, Access::Console(_)) || route.path == "/events" {
                // Events are names of topics, the same ones whatever has changed.
                continue;
            }
            let what = format!("{} as {}", route.path, who.what);
            let things = if route.path.contains("{id}") { vec![true, false] } else { vec![false] };
            for kept in things {
                let Some(path) = address(route, if kept { &world.kept } else { &world.own }) else {
                    assert_eq!(right(route), Some(Right::ManageAccount), "{what}: teach `fill` to make one");
                    continue;
                };
                let answer = who.send(&world.hub, route, &path, &json!({})).await;
                asked += 1;
                let status = answer.status.as_u16();
                let right = match kept {
                    true => status == 404 || right(route) != Some(Right::View) && status == 403,
                    // A picture is made by a program that need not be here; files of both are not handed out.
                    false => status < 500 && (status != 404 || route.path.ends_with("/thumbnail")),
                };
                if !right {
                    wrong.push(format!("{what}: {path}: {status}"));
                }
                if !kept && route.path.starts_with("/api/") && !route.path.contains("{id}") {
                    wrong.extend(looked_for(&world, &who, route).await.map(|told| format!("{what} {told}")));
                }
                // Its own address is in what says that there is nothing.
                if !kept && let Some(told) = told(&world, &answer) {
                    wrong.push(format!("{what} {told}"));
                }
                if kept && String::from_utf8_lossy(&answer.body).contains(MARK) {
                    wrong.push(format!("{what}: {path} tells the mark"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 300, "{asked}");
    // The test could fail: an admin sees the mark in most of these.
    let seen = ask(&world.hub, "GET", "/screens", &world.admin, Value::Null).await;
    assert!(seen.text().contains(MARK));
}

/// What each route that changes something without a thing in its path is asked about the kept folder.
fn fields(world: &World, route: &Route) -> Option<Value> {
    let kept = &world.kept;
    let (screen, list, content) = (&kept["screens"], &kept["playlists"], &kept["content"]);
    let entry = json!({ "name": "x", "folder": "A", "target": { "kind": "playlist", "playlist": list },
        "audience": { "folders": ["A"] }, "timing": { "date": "2027-01-01" } });
    let form_entry = json!({ "name": "x", "target": list, "folders": "A", "date": "2027-01-01" });
    Some(match (route.method, route.path) {
        ("POST", "/api/v1/playlists" | "/playlists" | "/layouts" | "/time-blocks") => {
            json!({ "name": "x", "folder": KEPT })
        }
        ("POST", "/api/v1/layouts") => {
            json!({ "name": "x", "folder": "A", "design": { "width": 10, "height": 10, "backgroundImage": content } })
        }
        ("POST", "/api/v1/time-blocks") => json!({ "name": "x", "folder": KEPT,
            "times": { "days": [], "spans": [{ "from": "08:00", "to": "18:00" }] } }),
        ("POST", "/api/v1/schedules") => entry,
        ("POST", "/schedule/new") => form_entry,
        ("POST", "/api/v1/overrides") => json!({ "name": "x", "minutes": 5,
            "target": { "kind": "web", "url": "https://a.example" }, "audience": { "screens": [screen] } }),
        ("POST", "/overrides") => {
            json!({ "name": "x", "minutes": "5", "target": list, "folders": KEPT })
        }
        ("POST", "/api/v1/publications") => json!({ "only": [list] }),
        ("POST", "/publish") => json!({ "only": list }),
        ("POST", "/publish/settings") => json!({ "target": "none" }),
        ("PATCH", "/api/v1/publishing") => json!({ "default": null }),
        ("POST", "/api/v1/commands") => json!({ "command": { "kind": "reboot" }, "screens": [screen] }),
        ("POST", "/api/v1/screens/bulk") => json!({ "ids": [screen], "action": "tag", "value": "x" }),
        ("POST", "/screens/bulk" | "/screens/bulk/apply") => {
            json!({ "id": screen, "which": "chosen", "action": "tag", "value": "x" })
        }
        ("POST", "/api/v1/screens/pair") => json!({ "code": "BCDF-GHJK", "name": "x", "playlist": list }),
        ("POST", "/api/v1/publish") => json!({ "code": "BCDF-GHJK", "name": "x", "playlist": list }),
        ("POST", "/pair") => {
            json!({ "code": "BCDF-GHJK", "name": "x", "location": "", "device": "x", "playlist": list })
        }
        ("POST", "/api/v1/folders" | "/folders") => json!({ "path": format!("{KEPT}/x") }),
        ("PATCH", "/api/v1/folders") => json!({ "path": KEPT, "to": "A/x" }),
        ("POST", "/folders/change") => json!({ "path": KEPT, "to": "A/x" }),
        ("POST", "/api/v1/content-folders") => json!({ "path": format!("{KEPT}/x") }),
        ("POST", "/content/folders") => json!({ "inside": KEPT, "name": "x" }),
        ("POST", "/api/v1/content-folders/move" | "/content/folders/move") => {
            json!({ "from": KEPT, "to": "A/x" })
        }
        ("POST", "/content/folders/delete") => json!({ "path": KEPT }),
        ("DELETE", "/api/v1/content-folders" | "/api/v1/folders") => json!({}),
        ("POST", "/api/v1/uploads" | "/content/upload") => json!({}),
        ("POST", "/api/v1/tokens") => json!({ "kind": "device", "name": "x", "folder": KEPT }),
        ("POST", "/api/v1/tokens/bulk") => json!({ "count": 2, "name": "x {n}", "folder": KEPT }),
        ("POST", "/tokens/new") => json!({ "kind": "device", "name": "x", "folder": KEPT }),
        ("POST", "/tokens/bulk") => json!({ "count": "2", "name": "x {n}", "folder": KEPT }),
        // These are closed to whoever is limited, whatever they hold.
        ("POST", "/api/v1/authorization-codes") => json!({ "kind": "cloud", "days": 1 }),
        ("POST", "/codes") => {
            json!({ "kind": "cloud", "count": "1", "days": "1", "until": "", "replacements": "" })
        }
        ("POST", "/api/v1/local-authorizations") => json!({ "deviceCode": screen, "name": "x", "code": "y" }),
        ("POST", "/local") => json!({ "device": screen, "name": "x", "location": "", "code": "y" }),
        ("POST", "/api/v1/transfer-codes" | "/pair/transfer-code") => json!({}),
        ("POST", "/api/v1/screen-groups" | "/screen-groups") => json!({ "name": "x" }),
        _ if right(route) == Some(Right::ManageAccount) => json!({}),
        _ => return None,
    })
}

#[tokio::test]
async fn nothing_in_a_hidden_folder_is_changed() {
    let world = World::new().await;
    let before = world.state().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for who in everybody(&world).await {
        for route in routes::all().filter(|route| route.method != "GET" && right(route).is_some()) {
            if who.cookie.is_none() && matches!(route.access, Access::Console(_)) {
                continue;
            }
            let what = format!("{} {} as {}", route.method, route.path, who.what);
            if EXEMPT.iter().any(|(method, path, _)| (*method, *path) == (route.method, route.path)) {
                continue;
            }
            let named = route.path.contains("{id}");
            let Some(mut path) = address(route, &world.kept) else {
                assert_eq!(right(route), Some(Right::ManageAccount), "{what}: teach `fill` to make one");
                continue;
            };
            if route.method == "DELETE" && !named {
                path.push_str(&format!("?path={}", KEPT.replace('/', "%2F")));
            }
            let body = match fields(&world, route) {
                Some(body) => body,
                None if named => json!({}),
                None => panic!("{what}: teach `fields` what to ask, or say in EXEMPT why not"),
            };
            let answer = who.send(&world.hub, route, &path, &body).await;
            asked += 1;
            let status = answer.status.as_u16();
            // These have no folder, so that somebody who is limited elsewhere makes theirs at the top.
            let at_the_top =
                who.what == "all but B" && status < 400 && matches!(route.path, "/layouts" | "/time-blocks")
                    || who.what == "all but B" && route.path == "/time-blocks" && status == 422;
            if !matches!(status, 403 | 404) && !at_the_top {
                wrong.push(format!("{what}: {status} {}", answer.header(header::LOCATION)));
            }
            let text = String::from_utf8_lossy(&answer.body).replace(KEPT, "");
            if let Some(at) = text.find(MARK) {
                let begin = (0..=at.saturating_sub(100)).rev().find(|at| text.is_char_boundary(*at));
                let shown: String = text[begin.unwrap_or_default()..].chars().take(250).collect();
                wrong.push(format!("{what} tells: {shown}"));
            }
        }
        let after = world.state().await;
        for (before, after) in before.iter().zip(&after) {
            if before != after {
                wrong.push(format!("{}: {} became {}", who.what, before.1, after.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 300, "{asked}");
}

#[tokio::test]
async fn what_somebody_may_not_see_stays_in_what_they_change() {
    let world = World::new().await;
    let who =
        Somebody::person(&world, "only A", "bea@example.org", &[("", Level::None), ("A", Level::Write)])
            .await;
    let hub = &world.hub;
    let ask = async |method: &str, path: &str, body: Value| ask(hub, method, path, &who.token, body).await;
    // A playlist of theirs, in which an admin has put something that is kept: it may stay, elsewhere it is not there.
    let path = format!("/playlists/{}", world.own["playlists"]);
    let mut list = ask("GET", &path, Value::Null).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let items = list["items"].take();
    let body = json!({ "name": "own list 2", "folder": "A", "items": items });
    assert_eq!(ask("PUT", &path, body.clone()).await.status, 200);
    let new = json!({ "name": "another", "folder": "A", "items": body["items"] });
    assert_eq!(ask("POST", "/playlists", new).await.problem(), (404, "API-004".into()));
    let moved = json!({ "name": "own list", "folder": KEPT, "items": [] });
    assert_eq!(ask("PUT", &path, moved).await.status, 403);

    // An entry for screens of both: the kept ones are neither told nor lost.
    let path = format!("/schedules/{}", world.own["schedules"]);
    let audience =
        json!({ "screens": [world.own["screens"], world.kept["screens"]], "folders": ["A", KEPT] });
    let mut entry = json!({ "name": "own entry", "folder": "A", "audience": audience,
        "target": { "kind": "web", "url": "https://a.example" }, "timing": { "date": "2027-01-01" } });
    world.ok("PUT", &path, entry.clone()).await;
    let seen = ask("GET", &path, Value::Null).await.json();
    assert_eq!(
        seen["audience"],
        json!({ "everybody": false, "screens": [world.own["screens"]], "folders": ["A"] })
    );
    entry["audience"] = json!({ "folders": ["A/x"] });
    assert_eq!(ask("PUT", &path, entry.clone()).await.status, 200);
    let kept = world.ok("GET", &path, Value::Null).await;
    assert_eq!(kept["audience"]["folders"], json!(["A/x", KEPT]));
    assert_eq!(kept["audience"]["screens"], json!([world.kept["screens"]]));
    for reaches in [
        json!({ "everybody": true }),
        json!({ "tags": ["x"] }),
        json!({ "groups": ["own group"] }),
        json!({ "folders": ["zzsecretB"] }),
    ] {
        entry["audience"] = reaches;
        assert_eq!(ask("PUT", &path, entry.clone()).await.status, 403, "{entry}");
    }
    // What is in use where somebody does not see it is in use, and not told by whom.
    world
        .ok(
            "PUT",
            &format!("/schedules/{}", world.kept["schedules"]),
            json!({
        "name": MARK, "folder": KEPT, "audience": { "folders": [KEPT] },
        "target": { "kind": "layout", "layout": world.own["layouts"] }, "timing": { "date": "2027-01-01" } }),
        )
        .await;
    let refused = ask("DELETE", &format!("/layouts/{}", world.own["layouts"]), Value::Null).await;
    assert_eq!(refused.problem(), (409, "API-005".into()));
    assert!(!refused.text().contains(MARK), "{}", refused.text());
}
