//! The pages on which people compose what screens show, from an empty account to what a screen gets.

use serde_json::json;
use signage_hub::fleet::{Action, Selection};
use signage_hub::rights::Role;
use signage_hub::workspace::{self, New};
use signage_protocol::document::Publication;
use signage_protocol::document::program::{Target, ZoneContent};
use signage_protocol::jws::{self, typ};
use signage_protocol::token::Kind;

use crate::browser::Browser;
use crate::common::{Answer, PASSWORD, Screen, TestHub};

/// Sends the form of a page that goes to `action`; answers what follows.
async fn send(person: &Browser<'_>, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    person.post(&person.open(page).await, action, fields).await
}

/// The same, for what succeeds; answers where it leads.
async fn done(person: &Browser<'_>, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let answer = send(person, page, action, fields).await;
    assert_eq!(answer.status, 303, "{action}: {}", answer.text());
    answer.header("location").to_owned()
}

async fn shows(hub: &TestHub, screen: &Screen) -> Publication {
    let bearer = screen.bearer(hub).await;
    let answer = screen.get(hub, &bearer, "/v1/manifest", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let key = hub.account.public_key().unwrap().verifying_key().unwrap();
    jws::verify(answer.text(), typ::PUBLICATION, &key).unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_layout_on_a_screen_at_its_hours() {
    let hub = TestHub::new().await;
    let person = Browser::sign_in(&hub).await;
    for page in ["/playlists", "/layouts", "/schedule", "/time-blocks", "/overrides", "/publish"] {
        let text = person.open(page).await.text().to_lowercase();
        assert!(text.contains("no ") || text.contains("nothing"), "{page} has no empty state");
    }
    let screen = Screen::new(1);
    screen.enroll(&hub, &hub.token(Kind::Provisioning).await.1).await;

    // A playlist with a web page that is due on Fridays.
    let playlist = done(&person, "/playlists", "/playlists", &[("name", "Menu")]).await;
    let id = playlist.rsplit('/').next().unwrap().to_owned();
    let add = format!("{playlist}/add");
    let fields = [("target", "web"), ("url", "https://menu.example/"), ("duration", "7.5")];
    done(&person, &playlist, &add, &fields).await;
    done(&person, &playlist, &add, &[("target", "web"), ("url", "https://second.example/")]).await;
    let page = person.open(&playlist).await;
    let item = page.text().split("/item?item=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [
        ("target", "web"),
        ("url", "https://menu.example/"),
        ("duration", "7.5"),
        ("day-fri", "1"),
        ("from-0", "22:00"),
        ("to-0", "02:00"),
        ("until", "2030-01-31"),
    ];
    let form = format!("{playlist}/item?item={item}");
    done(&person, &form, &form, &fields).await;
    let text = person.open(&playlist).await.text().to_owned();
    assert!(text.contains("Friday, 22:00 to 02:00, until 2030-01-31"), "{text}");
    done(&person, &playlist, &format!("{playlist}/move"), &[("item", &item), ("to", "down")]).await;

    // A layout: by the editor's form, and a zone by the plain one.
    let layout = done(&person, "/layouts", "/layouts", &[("name", "Foyer"), ("size", "1920x1080")]).await;
    let layout_id = layout.rsplit('/').next().unwrap().to_owned();
    let design = json!({ "width": 1920, "height": 1080, "background": "#102030", "zones": [
        { "id": "zone1", "name": "Menu", "x": 0, "y": 0, "width": 1920, "height": 900, "z": 0,
          "content": { "kind": "playlist", "playlist": id } } ] });
    done(&person, &layout, &layout, &[("name", "Foyer"), ("design", &design.to_string())]).await;
    let zone = [
        ("zone", ""),
        ("name", "Clock"),
        ("x", "0"),
        ("y", "900"),
        ("width", "1920"),
        ("height", "180"),
        ("z", "1"),
        ("kind", "clock"),
        ("value", "%H:%M"),
    ];
    done(&person, &layout, &format!("{layout}/zone"), &zone).await;
    let wrong = send(&person, &layout, &layout, &[("name", "Foyer"), ("design", "{")]).await;
    assert_eq!(wrong.status, 422);

    // A time block, and an entry by it.
    let fields = [("name", "Opening hours"), ("day-mon", "1"), ("from-0", "09:00"), ("to-0", "18:00")];
    done(&person, "/time-blocks", "/time-blocks", &fields).await;
    let blocks = person.open("/schedule/new").await;
    let block = blocks.text().split("value=\"tbl_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let block = format!("tbl_{block}");
    let entry = [
        ("name", "Mondays"),
        ("target", layout_id.as_str()),
        ("everybody", "1"),
        ("date", "2026-01-05"),
        ("every", "week"),
        ("step", "1"),
        ("block", block.as_str()),
        ("priority", "5"),
    ];
    done(&person, "/schedule/new", "/schedule/new", &entry).await;
    let page = person.open("/schedule").await;
    assert!(page.text().contains("Opening hours, Monday, from 2026-01-05"), "{}", page.text());
    let rival = [
        ("name", "Rival"),
        ("target", id.as_str()),
        ("everybody", "1"),
        ("date", "2026-01-05"),
        ("every", "day"),
        ("priority", "5"),
    ];
    done(&person, "/schedule/new", "/schedule/new", &rival).await;
    assert!(person.open("/schedule").await.text().contains("only their age decides"));

    // Nothing of it is on the screen before it is published.
    let before = shows(&hub, &screen).await;
    assert!(before.program.unwrap_or_default().schedule.is_empty());
    let pending = person.open("/publish").await;
    for name in ["Menu", "Foyer", "Mondays"] {
        assert!(pending.text().contains(name), "{name}");
    }
    let published = send(&person, "/publish", "/publish", &[("comment", "First")]).await;
    assert_eq!(published.status, 200);
    assert!(published.text().contains("Everything is published"), "{}", published.text());

    let after = shows(&hub, &screen).await;
    assert!(after.sequence > before.sequence);
    let program = after.program.unwrap();
    let entry = program.schedule.iter().find(|entry| entry.name == "Mondays").unwrap();
    assert_eq!(entry.target, Target::Layout { layout: layout_id.clone() });
    let zones = &program.layouts[&layout_id].zones;
    assert!(matches!(zones[0].content, ZoneContent::Playlist { .. }));
    assert!(matches!(zones[1].content, ZoneContent::Clock { .. }));
    assert_eq!(
        program.playlists[&id].items[0].show,
        signage_protocol::document::program::Show::Web { url: "https://second.example/".into() }
    );

    // An entry for a group of screens, which this one joins.
    let group =
        signage_hub::fleet::make_group(hub.store(), &hub.actor(), "Windows", signage_hub::ident::now())
            .await
            .unwrap();
    let entry = [
        ("name", "Windows only"),
        ("target", "web"),
        ("url", "https://w.example/"),
        ("groups", "Windows"),
        ("date", "2026-01-05"),
    ];
    done(&person, "/schedule/new", "/schedule/new", &entry).await;
    send(&person, "/publish", "/publish", &[]).await;
    let has = async || {
        shows(&hub, &screen).await.program.unwrap().schedule.iter().any(|entry| entry.name == "Windows only")
    };
    assert!(!has().await);
    let (chosen, join) = (Selection::Ids(vec![screen.id()]), Action::Join(group.id.clone()));
    signage_hub::fleet::bulk(hub.store(), &hub.actor(), &chosen, &join, signage_hub::ident::now())
        .await
        .unwrap();
    assert!(has().await);

    // A screen without a time zone of its own has that of the account.
    let zone = async || shows(&hub, &screen).await.program.unwrap().timezone;
    assert_eq!(zone().await, None);
    let change = New { timezone: Some("Europe/Berlin".into()), ..New::default() };
    workspace::change(hub.store(), &hub.actor(), &change, signage_hub::ident::now()).await.unwrap();
    assert_eq!(zone().await.as_deref(), Some("Europe/Berlin"));

    // What it will show at a moment to come, and why.
    let preview = format!("/screens/{}/preview?date=2030-01-07&time=10:00", screen.id());
    let page = person.open(&preview).await;
    assert!(page.text().contains("with priority 5"), "{}", page.text());

    // An override is there at once and ends by hand.
    let fields = [
        ("name", "Alarm"),
        ("target", "web"),
        ("url", "https://alarm.example/"),
        ("everybody", "1"),
        ("minutes", "5"),
    ];
    done(&person, "/overrides", "/overrides", &fields).await;
    assert_eq!(shows(&hub, &screen).await.program.unwrap().overrides[0].name, "Alarm");
    let page = person.open("/overrides").await;
    let stop =
        page.text().split("action=\"/overrides/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    done(&person, "/overrides", &format!("/overrides/{stop}"), &[]).await;
    assert!(shows(&hub, &screen).await.program.unwrap().overrides.is_empty());
}

#[tokio::test]
async fn a_content_manager_asks_and_an_admin_answers() {
    let hub = TestHub::new().await;
    let admin = Browser::sign_in(&hub).await;
    let actor = hub.actor();
    let now = signage_hub::ident::now();
    let (_, code) = signage_hub::people::invite(hub.store(), &actor, "bea@example.org", Role::Content, now)
        .await
        .unwrap();
    let hash = signage_hub::password::hash(&signage_protocol::Secret::new(PASSWORD)).unwrap();
    signage_hub::people::join(hub.store(), code.expose(), hash, now).await.unwrap();
    let bea = Browser::of(&hub, "bea@example.org").await;

    done(&admin, "/publish", "/publish/settings", &[("target", "none"), ("approval", "managers")]).await;
    done(&bea, "/playlists", "/playlists", &[("name", "Menu")]).await;
    let asked = send(&bea, "/publish", "/publish", &[("comment", "New menu")]).await;
    assert!(asked.text().contains("Sent for approval"), "{}", asked.text());
    let page = bea.open("/publish").await;
    assert!(page.text().contains("Take back") && !page.text().contains("Approve and publish"));
    let page = admin.open("/publish").await;
    assert!(page.text().contains("New menu") && page.text().contains("bea@example.org"));
    let decide =
        page.text().split("action=\"/publish/pub_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let decide = format!("/publish/pub_{decide}");
    let refused = send(&bea, "/publish", &decide, &[("how", "approve")]).await;
    assert_eq!(refused.status, 403);
    done(&admin, "/publish", &decide, &[("how", "approve"), ("answer", "Fine")]).await;
    assert!(admin.open("/publish").await.text().contains("Fine"));
    let again = send(&admin, "/publish", &decide, &[("how", "reject")]).await;
    assert_eq!(again.status, 409);
}
