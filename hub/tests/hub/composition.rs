//! Playlists, layouts, schedules, overrides and publications, from the API to the document that a screen gets.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::api_token::Actor;
use signage_hub::composition::layouts::{self, Design, NewLayout};
use signage_hub::composition::overrides::{self, NewOverride};
use signage_hub::composition::playlists::{self, Entry, NewPlaylist};
use signage_hub::composition::publishing::{self, Scope};
use signage_hub::composition::schedules;
use signage_hub::composition::time_blocks;
use signage_hub::composition::{Audience, Shown};
use signage_hub::ident;
use signage_hub::rights::Role;
use signage_hub::store::content::Content;
use signage_hub::token::Grant;
use signage_protocol::document::program::{Show, Target, ZoneContent};
use signage_protocol::document::{Publication, USB_BLOBS, USB_FOLDER, USB_MANIFEST};
use signage_protocol::jws::{self, typ};
use signage_protocol::token::Kind;
use signage_schedule::{Reason, what_plays, zone};

use crate::api::secret;
use crate::common::{Answer, Screen, TestHub};

/// Something of this area for the test of all routes.
pub async fn thing(hub: &TestHub, path: &str) -> Option<String> {
    let (actor, now) = (Actor::cli(&hub.account.id), ident::now());
    let store = hub.store();
    let parse = |value: Value| serde_json::from_value(value).unwrap();
    let list = NewPlaylist { name: "Loop".into(), folder: None, items: Vec::new() };
    let kind = path.trim_start_matches('/').split('/').next()?;
    Some(match kind {
        "playlists" => playlists::create(store, &actor, &list, now).await.unwrap().playlist.id,
        "layouts" => layouts::create(store, &actor, parse_layout(), now).await.unwrap().id,
        "time-blocks" => {
            let new = serde_json::from_value(block()).unwrap();
            time_blocks::create(store, &actor, new, now).await.unwrap().id
        }
        "schedules" | "schedule" => {
            let new: schedules::NewEntry = parse(web_entry("Noon"));
            schedules::create(store, &actor, new, now).await.unwrap().id
        }
        "overrides" => {
            let new = alarm();
            let made = overrides::start(store, &actor, &new, now).await.unwrap();
            // There is only room for so many.
            overrides::stop(store, &actor, &made.id, now).await.unwrap().id
        }
        "publications" | "publish" => {
            playlists::create(store, &actor, &list, now).await.unwrap();
            let all = Scope::Everything;
            publishing::publish(store, &actor, Role::Admin, &all, None, now).await.unwrap().id
        }
        _ => return None,
    })
}

/// Fields that get as far as the thing.
pub fn body(method: &str, path: &str) -> Option<Value> {
    Some(match (method, path.trim_start_matches("/api/v1")) {
        ("PUT", "/playlists/{id}") => json!({ "name": "Other" }),
        ("PUT", "/layouts/{id}") => json!({ "name": "Other", "design": { "width": 10, "height": 10 } }),
        ("PUT", "/time-blocks/{id}") => block(),
        ("PUT", "/schedules/{id}") => web_entry("Other"),
        _ => return None,
    })
}

fn parse_layout() -> NewLayout {
    let design =
        Design { width: 1920, height: 1080, background: None, background_image: None, zones: Vec::new() };
    NewLayout { name: "Two columns".into(), folder: None, design }
}

fn block() -> Value {
    json!({ "name": "Open", "times": { "days": ["mon"], "spans": [{ "from": "08:00", "to": "18:00" }] } })
}

fn web_entry(name: &str) -> Value {
    json!({
        "name": name,
        "target": { "kind": "web", "url": "https://a.example" },
        "audience": { "everybody": true },
        "timing": { "date": "2026-12-01", "spans": [{ "from": "12:00", "to": "13:00" }] },
    })
}

fn alarm() -> NewOverride {
    NewOverride {
        name: "Alarm".into(),
        target: Shown::Web { url: "https://alarm.example".into() },
        audience: Audience::everybody(),
        from: None,
        until: None,
        minutes: Some(30),
    }
}

/// A hub with a screen, and people with roles.
struct Studio {
    hub: TestHub,
    screen: Screen,
    bearer: String,
    key: jws::VerifyingKey,
    admin: String,
    manager: String,
}

impl Studio {
    async fn new() -> Self {
        Self::with(Grant { timezone: Some("Europe/Berlin".into()), ..Grant::default() }).await
    }

    async fn with(grant: Grant) -> Self {
        let hub = TestHub::new().await;
        let screen = Screen::new(1);
        let enrolled = screen.enroll(&hub, &hub.token_with(Kind::Device, grant).await.1).await;
        let bearer = screen.bearer(&hub).await;
        let key = enrolled.account_key.verifying_key().unwrap();
        let admin = secret(&hub, &hub.account, Role::Admin).await;
        let manager = secret(&hub, &hub.account, Role::Content).await;
        Self { hub, screen, bearer, key, admin, manager }
    }

    async fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.hub.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// As the admin; it has to be done.
    async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(&self.admin, method, path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    async fn content(&self, name: &str) -> Content {
        self.hub.content(&self.hub.account, name, 200).await.0
    }

    /// A playlist of one picture: its id.
    async fn playlist(&self, name: &str, picture: &str) -> String {
        let content = self.content(picture).await;
        let items = json!([{ "shows": { "kind": "content", "content": content.id }, "durationMs": 5000 }]);
        let made = self.ok("POST", "/playlists", json!({ "name": name, "items": items })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn manifest(&self) -> Publication {
        let answer = self.screen.get(&self.hub, &self.bearer, "/v1/manifest", &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        jws::verify(answer.text(), typ::PUBLICATION, &self.key).unwrap()
    }

    async fn publish(&self) -> Value {
        self.ok("POST", "/publications", json!({})).await
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

#[tokio::test]
async fn drafts_reach_no_screen_until_they_are_published_and_a_revision_can_come_back() {
    let studio = Studio::new().await;
    let playlist = studio.playlist("Welcome", "one.png").await;
    studio
        .ok("PATCH", "/publishing", json!({ "default": { "kind": "playlist", "playlist": playlist } }))
        .await;
    let before = studio.manifest().await;
    assert_eq!(before.playlist.items.len(), 0, "a draft is on the screen");
    let pending = studio.ok("GET", "/publications/pending", Value::Null).await;
    assert_eq!(pending["changes"][0]["change"], "added");

    let first = studio.publish().await;
    assert_eq!((&first["number"], &first["state"]), (&1.into(), &"published".into()));
    let shown = studio.manifest().await;
    assert!(shown.sequence > before.sequence);
    assert_eq!(shown.playlist.name, "Welcome");
    assert_eq!(shown.program.as_ref().unwrap().playlists[&playlist].items.len(), 1);

    let item = studio.ok("GET", &format!("/playlists/{playlist}"), Value::Null).await["items"][0].clone();
    let page = json!({ "shows": { "kind": "web", "url": "https://a.example" }, "durationMs": 3000 });
    let rules = json!({ "name": "Hello", "items": [item, page] });
    let changed = studio.ok("PUT", &format!("/playlists/{playlist}"), rules).await;
    assert_eq!(changed["items"][0]["id"], item["id"], "an item that stays has another id");
    assert_eq!(studio.manifest().await, shown, "an edit is on the screen");
    let nothing = studio.publish().await;
    assert_eq!(nothing["number"], 2);
    let answer = studio.ask(&studio.admin, "POST", "/publications", json!({})).await;
    assert_eq!(answer.problem().0, 409, "nothing has changed");
    let second = studio.manifest().await;
    let items = &second.program.as_ref().unwrap().playlists[&playlist].items;
    assert_eq!(items[1].show, Show::Web { url: "https://a.example".into() });
    assert_eq!(second.playlist.items.len(), 1, "a player without web pages gets one");

    let id = text(&first, "id");
    let back = studio.ok("POST", &format!("/publications/{id}/restore"), json!({ "comment": "typo" })).await;
    assert_eq!((&back["number"], &back["restores"]), (&3.into(), &Value::from(id)));
    let third = studio.manifest().await;
    assert!(third.sequence > second.sequence);
    assert_eq!(third.program.unwrap().playlists, shown.program.unwrap().playlists);
    let pending = studio.ok("GET", "/publications/pending", Value::Null).await;
    assert_eq!(pending["changes"][0]["change"], "changed", "drafts stay as they are");
}

#[tokio::test]
async fn a_command_publishes_its_playlist_and_nobody_elses_draft() {
    let studio = Studio::new().await;
    let draft = studio.playlist("Draft", "draft.png").await;
    let content = [studio.content("live.png").await];
    let (store, account) = (studio.hub.store(), &studio.hub.account);
    let live = signage_hub::playlist::create(store, account, "Live", &content, 1000, true, ident::now());
    let live = live.await.unwrap();
    assert_eq!(studio.manifest().await.playlist.name, "Live");
    let current = publishing::in_force(&mut store.read().await.unwrap(), &account.id).await.unwrap();
    assert!(current.playlists.contains_key(&live.id) && !current.playlists.contains_key(&draft));
}

#[tokio::test]
async fn who_needs_an_approval_asks_and_somebody_else_answers() {
    let studio = Studio::new().await;
    studio.ok("PATCH", "/publishing", json!({ "approval": "managers" })).await;
    let playlist = studio.playlist("Menu", "menu.png").await;
    studio
        .ok("PATCH", "/publishing", json!({ "default": { "kind": "playlist", "playlist": playlist } }))
        .await;

    let asked =
        studio.ask(&studio.manager, "POST", "/publications", json!({ "comment": "Lunch" })).await.json();
    assert_eq!(asked["state"], "requested");
    assert_eq!(studio.manifest().await.playlist.items.len(), 0, "a request is on the screen");
    let id = text(&asked, "id");
    let path = |what: &str| format!("/publications/{id}/{what}");
    let own = studio.ask(&studio.manager, "POST", &path("approve"), json!({})).await;
    assert_eq!(own.problem().0, 403);
    let open = studio.ok("GET", "/publications?state=requested", Value::Null).await;
    assert_eq!(open["items"].as_array().unwrap().len(), 1);

    studio.ok("POST", &path("reject"), json!({ "comment": "Too early" })).await;
    assert_eq!(studio.ask(&studio.admin, "POST", &path("approve"), json!({})).await.problem().0, 409);

    // What is asked for is what was there when it was asked for; what came in between stays.
    let asked = studio.ask(&studio.manager, "POST", "/publications", json!({})).await.json();
    let other = studio.playlist("Other", "other.png").await;
    let rename = json!({ "name": "Renamed", "items": [] });
    studio.ok("PUT", &format!("/playlists/{playlist}"), rename).await;
    studio.ok("POST", "/publications", json!({ "only": [other] })).await;
    let id = text(&asked, "id");
    let done = studio.ok("POST", &format!("/publications/{id}/approve"), json!({ "comment": "Good" })).await;
    assert_eq!((&done["state"], &done["answer"]), (&"published".into(), &"Good".into()));
    assert_eq!(studio.manifest().await.playlist.name, "Menu");
    let (store, account) = (studio.hub.store(), &studio.hub.account.id);
    let current = publishing::in_force(&mut store.read().await.unwrap(), account).await.unwrap();
    assert!(current.playlists.contains_key(&other));

    // Everybody: the admin too, and not by themselves.
    studio.ok("PATCH", "/publishing", json!({ "approval": "everybody" })).await;
    let asked = studio.publish().await;
    assert_eq!(asked["state"], "requested");
    let path = format!("/publications/{}/approve", text(&asked, "id"));
    let own = studio.ask(&studio.admin, "POST", &path, json!({})).await;
    assert_eq!(own.problem().0, 403);
    let withdrawn =
        studio.ok("POST", &format!("/publications/{}/withdraw", text(&asked, "id")), json!({})).await;
    assert_eq!(withdrawn["state"], "withdrawn");
}

#[tokio::test]
async fn a_screen_gets_its_own_schedule_and_all_that_it_needs() {
    let grant = Grant {
        timezone: Some("Europe/Berlin".into()),
        folder: Some("Berlin/Foyer".into()),
        tags: vec!["menu".into()],
        ..Grant::default()
    };
    let studio = Studio::with(grant).await;
    let playlist = studio.playlist("Zone list", "zone.png").await;
    let background = studio.content("back.png").await;
    let design = json!({
        "width": 1920, "height": 1080, "backgroundImage": background.id,
        "zones": [
            { "x": 0, "y": 0, "width": 1440, "height": 1080, "content": { "kind": "playlist", "playlist": playlist } },
            { "x": 1440, "y": 0, "width": 480, "height": 1080, "z": 2,
              "content": { "kind": "clock", "format": "%H:%M" },
              "transition": { "kind": "fade", "durationMs": 300 } } ],
    });
    let layout = text(&studio.ok("POST", "/layouts", json!({ "name": "L", "design": design })).await, "id");
    let block = text(&studio.ok("POST", "/time-blocks", block()).await, "id");
    let entry = |name: &str, audience: Value, priority: i32| {
        json!({
            "name": name, "target": { "kind": "layout", "layout": layout }, "audience": audience, "priority": priority,
            "timing": { "date": "2026-12-01", "timeBlock": block, "repeat": { "every": "week", "step": 1,
                        "days": ["mon", "tue"] }, "count": 4 },
        })
    };
    let mut ids = Vec::new();
    for (name, audience, priority) in [
        ("By folder", json!({ "folders": ["Berlin"] }), 1),
        ("By tag", json!({ "tags": ["menu"] }), 1),
        ("Elsewhere", json!({ "folders": ["Ber"] }), 9),
        ("Mine", json!({ "screens": [studio.screen.id()] }), 0),
    ] {
        ids.push(text(&studio.ok("POST", "/schedules", entry(name, audience, priority)).await, "id"));
    }
    studio.publish().await;
    let publication = studio.manifest().await;
    let program = publication.program.as_ref().unwrap();
    let names: Vec<&str> = program.schedule.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(!names.contains(&"Elsewhere"));
    assert!(matches!(&program.layouts[&layout].zones[0].content, ZoneContent::Playlist { .. }));
    assert_eq!(program.layouts[&layout].zones[1].id, "z2");
    assert_eq!(publication.blobs().len(), 2, "picture and background");

    // Monday 7 December, noon in Berlin; the block holds on Mondays only. The newest of equal ones.
    let at = "2026-12-07T11:00:00Z".parse().unwrap();
    let berlin = zone("Europe/Berlin").unwrap();
    let decision = what_plays(&publication, &berlin, at);
    assert!(matches!(decision.reason, Reason::Schedule { id, .. } if id == ids[1]), "{decision:?}");
    let path = format!("/screens/{}/preview?at=2026-12-07T11:00:00Z", studio.screen.id());
    let preview = studio.ok("GET", &path, Value::Null).await;
    assert_eq!(
        (&preview["now"]["why"], &preview["now"]["by"]["name"]),
        (&"schedule".into(), &"By tag".into())
    );
    assert_eq!(preview["now"]["until"], "2026-12-07T17:00:00Z");
    assert_eq!(preview["instead"].as_array().unwrap().len(), 2);
    let path = format!("/screens/{}/timeline?date=2026-12-07", studio.screen.id());
    let day = studio.ok("GET", &path, Value::Null).await;
    let whys: Vec<&str> =
        day["showings"].as_array().unwrap().iter().map(|showing| showing["why"].as_str().unwrap()).collect();
    assert_eq!(whys, ["idle", "schedule", "idle"]);
    assert_eq!(day["showings"][0]["from"], "2026-12-06T23:00:00Z");
    // The fourth and last date counts the Tuesdays that the block leaves out.
    let later = what_plays(&publication, &berlin, "2026-12-21T11:00:00Z".parse().unwrap());
    assert!(matches!(later.reason, Reason::Schedule { .. }), "{later:?}");

    let conflicts = studio.ok("GET", "/schedules/conflicts", Value::Null).await;
    let pairs: Vec<(&str, &str, bool)> = conflicts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let name = |which: &str| one[which]["name"].as_str().unwrap();
            (name("wins"), name("loses"), one["tie"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(pairs.len(), 3, "{pairs:?}");
    assert!(pairs.contains(&("By tag", "By folder", true)));
    assert_eq!(conflicts["items"][0]["screens"], 1);

    // Removing what is in use is refused and says by what.
    let answer = studio.ask(&studio.admin, "DELETE", &format!("/layouts/{layout}"), Value::Null).await;
    assert_eq!(answer.problem().0, 409);
    assert!(answer.text().contains("By folder"), "{}", answer.text());
    let answer = studio.ask(&studio.admin, "DELETE", &format!("/time-blocks/{block}"), Value::Null).await;
    assert_eq!(answer.problem().0, 409);
}

#[tokio::test]
async fn an_override_is_above_all_and_ends_by_itself() {
    let studio = Studio::new().await;
    let before = studio.manifest().await.sequence;
    let new = json!({
        "name": "Fire", "target": { "kind": "web", "url": "https://alarm.example" },
        "audience": { "tags": ["window"] }, "minutes": 30,
    });
    let made = studio.ok("POST", "/overrides", new).await;
    assert_eq!(made["state"], "active");
    let publication = studio.manifest().await;
    assert!(publication.sequence > before);
    let shown = &publication.program.as_ref().unwrap().overrides[0];
    let berlin = zone("Europe/Berlin").unwrap();
    let at = |moment| what_plays(&publication, &berlin, moment).reason;
    assert!(matches!(at(shown.from), Reason::Override { .. }));
    assert_eq!(at(shown.until), Reason::Idle, "without asking the hub");
    studio.ok("POST", &format!("/overrides/{}/stop", text(&made, "id")), Value::Null).await;
    assert!(studio.manifest().await.program.unwrap().overrides.is_empty());

    let draft = studio.playlist("Draft", "a.png").await;
    let new = json!({ "name": "X", "target": { "kind": "playlist", "playlist": draft },
                      "audience": { "everybody": true }, "minutes": 5 });
    assert_eq!(studio.ask(&studio.admin, "POST", "/overrides", new).await.problem().0, 409);
    for wrong in [
        json!({ "name": "X", "target": { "kind": "web", "url": "https://a.example" }, "audience": {}, "minutes": 5 }),
        json!({ "name": "X", "target": { "kind": "web", "url": "https://a.example" }, "audience": { "everybody": true } }),
    ] {
        assert_eq!(studio.ask(&studio.admin, "POST", "/overrides", wrong).await.problem().0, 422);
    }
}

#[tokio::test]
async fn the_default_layout_of_a_device_token_is_shown_at_once() {
    let hub = TestHub::new().await;
    let actor = hub.actor();
    let layout = layouts::create(hub.store(), &actor, parse_layout(), ident::now()).await.unwrap().id;
    let all = Scope::Everything;
    publishing::publish(hub.store(), &actor, Role::Admin, &all, None, ident::now()).await.unwrap();
    let grant = Grant { layout: Some(layout.clone()), ..Grant::default() };
    let screen = Screen::new(1);
    let enrolled = screen.enroll(&hub, &hub.token_with(Kind::Device, grant).await.1).await;
    let bearer = screen.bearer(&hub).await;
    let answer = screen.get(&hub, &bearer, "/v1/manifest", &[]).await;
    let key = enrolled.account_key.verifying_key().unwrap();
    let publication: Publication = jws::verify(answer.text(), typ::PUBLICATION, &key).unwrap();
    let program = publication.program.unwrap();
    assert_eq!(program.screen_default, Some(Target::Layout { layout: layout.clone() }));
    assert!(program.layouts.contains_key(&layout));
    let unknown = Grant { layout: Some("lay_0".into()), ..Grant::default() };
    let made = signage_hub::token::create(hub.store(), &actor, Kind::Device, unknown, ident::now()).await;
    assert!(matches!(made, Err(signage_hub::Error::NotFound { what: "layout", .. })));
}

#[tokio::test]
async fn a_stick_carries_what_the_network_carries() {
    let studio = Studio::new().await;
    let playlist = studio.playlist("Loop", "film.png").await;
    studio
        .ok("PATCH", "/publishing", json!({ "default": { "kind": "playlist", "playlist": playlist } }))
        .await;
    studio.publish().await;
    let over_the_air = studio.manifest().await;
    let path = format!("/screens/{}/publication", studio.screen.id());

    let zip = studio.ask(&studio.admin, "GET", &format!("{path}.zip"), Value::Null).await;
    assert_eq!(zip.status, 200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.body)).unwrap();
    let mut read = |path: &str| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(path).unwrap(), &mut bytes).unwrap();
        bytes
    };
    verify(&studio, &over_the_air, &mut read);

    let image = studio.ask(&studio.admin, "GET", &format!("{path}.img"), Value::Null).await;
    assert_eq!(image.status, 200);
    assert_eq!(image.header(header::CONTENT_LENGTH), image.body.len().to_string());
    let start = 1 << 20;
    let volume =
        fatfs::FileSystem::new(std::io::Cursor::new(image.body[start..].to_vec()), fatfs::FsOptions::new());
    let volume = volume.unwrap();
    verify(&studio, &over_the_air, &mut |path| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut volume.root_dir().open_file(path).unwrap(), &mut bytes).unwrap();
        bytes
    });
}

/// As a screen does: signature, then every file by its digest.
fn verify(studio: &Studio, expected: &Publication, read: &mut dyn FnMut(&str) -> Vec<u8>) {
    use sha2::Digest as _;
    let document = String::from_utf8(read(&format!("{USB_FOLDER}/{USB_MANIFEST}"))).unwrap();
    let publication: Publication = jws::verify(&document, typ::PUBLICATION, &studio.key).unwrap();
    assert_eq!(publication, *expected);
    assert!(!publication.blobs().is_empty());
    for blob in publication.blobs() {
        let bytes = read(&format!("{USB_FOLDER}/{USB_BLOBS}/{}", blob.sha256));
        assert_eq!(bytes.len() as u64, blob.size);
        assert_eq!(hex::encode(sha2::Sha256::digest(&bytes)), blob.sha256);
    }
}

#[tokio::test]
async fn what_a_screen_could_not_show_is_refused_and_says_where() {
    let studio = Studio::new().await;
    let content = studio.content("a.png").await.id;
    let item = |more: Value| {
        let mut item = json!({ "shows": { "kind": "content", "content": content } });
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "name": "A", "items": [item] })
    };
    let design =
        |zone: Value| json!({ "name": "A", "design": { "width": 100, "height": 100, "zones": [zone] } });
    let zone = |content: Value| json!({ "x": 0, "y": 0, "width": 100, "height": 100, "content": content });
    let entry = |timing: Value| {
        let mut entry = web_entry("A");
        entry["timing"] = timing;
        entry
    };
    for (path, body, words) in [
        ("/playlists", json!({ "name": " " }), "name"),
        ("/playlists", item(json!({ "durationMs": 1 })), "item 1: durationMs"),
        ("/playlists", item(json!({ "from": "2026-02-01", "until": "2026-01-01" })), "last day"),
        ("/playlists", item(json!({ "colour": 1 })), "colour"),
        (
            "/layouts",
            design(
                json!({ "x": 50, "y": 0, "width": 51, "height": 1, "content": { "kind": "web", "url": "https://a.example" } }),
            ),
            "100 × 100",
        ),
        ("/layouts", design(zone(json!({ "kind": "smell" }))), "kind playlist, web"),
        ("/layouts", design(zone(json!({ "kind": "web", "url": "ftp://a" }))), "https://"),
        ("/layouts", design(zone(json!({ "kind": "clock", "format": "%Q%%%" }))), "%H:%M"),
        (
            "/schedules",
            entry(json!({ "date": "2026-12-01", "repeat": { "every": "monthDay", "step": 1, "day": 32 } })),
            "monthDay",
        ),
        (
            "/schedules",
            entry(json!({ "date": "2026-02-01", "repeat": { "every": "monthDay", "step": 12, "day": 30 } })),
            "no date",
        ),
        ("/schedules", entry(json!({ "date": "2026-12-01", "until": "2026-12-02", "count": 2 })), "not both"),
        ("/schedules", entry(json!({ "date": "2026-12-01", "until": "2026-11-02" })), "before the first"),
    ] {
        let answer = studio.ask(&studio.admin, "POST", path, body.clone()).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{path} {body}: {}", answer.text());
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let missing = json!({ "name": "A", "items": [{ "shows": { "kind": "content", "content": "con_0" } }] });
    assert_eq!(studio.ask(&studio.admin, "POST", "/playlists", missing).await.problem().0, 404);
    let items: Vec<Entry> = vec![Entry::new(Shown::Web { url: "https://a.example".into() }, None); 2001];
    let many = studio.ask(&studio.admin, "POST", "/playlists", json!({ "name": "A", "items": items })).await;
    assert_eq!(many.problem().0, 422);
}

#[tokio::test]
async fn lists_are_pages_by_name() {
    let studio = Studio::new().await;
    for name in ["Beta", "alpha", "Alpha", "Beta"] {
        studio
            .ok("POST", "/time-blocks", {
                let mut new = block();
                new["name"] = name.into();
                new["folder"] = "Berlin/Shop".into();
                new
            })
            .await;
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page =
            studio.ok("GET", &format!("/time-blocks?limit=2&folder=Berlin&after={after}"), Value::Null).await;
        names.extend(page["items"].as_array().unwrap().iter().map(|item| text(item, "name")));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    names.sort();
    assert_eq!(names, ["Alpha", "Beta", "Beta", "alpha"]);
    let none = studio.ok("GET", "/time-blocks?folder=Ber", Value::Null).await;
    assert!(none["items"].as_array().unwrap().is_empty());
}
