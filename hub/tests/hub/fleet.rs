//! Many screens: the list, folders, groups, bulk actions, records, and boards that changed their card.

use axum::http::header;
use serde_json::Value;
use signage_hub::fleet::{self, Action, Selection};
use signage_hub::folder_rights::Scope;
use signage_hub::ident::{self, MINUTE};
use signage_hub::rights::Role;
use signage_hub::store::fleet::{Filter, Sort, State, count, counts, lines};
use signage_hub::store::workspace::{self, Online};
use signage_hub::store::{devices, doubts, screens};
use signage_hub::token::Grant;
use signage_protocol::token::Kind;

use crate::api::{ask, secret};
use crate::common::{PASSWORD, Screen, TestHub, new_account};
use crate::console::{cookie, form_token, get, post, sign_in};
use crate::reports::{full, report};

const ANY: Online = Online { seen_after: 0, connected_after: 0, now: 0 };

async fn session(hub: &TestHub) -> String {
    cookie(&sign_in(hub, "acme@example.org", PASSWORD).await, "__Host-signage")
}

/// Enrols a screen of this name.
async fn named(hub: &TestHub, seed: u8, name: &str, folder: Option<&str>) -> Screen {
    let screen = Screen::new(seed);
    let grant = Grant { folder: folder.map(Into::into), ..Grant::default() };
    let (_, token) = hub.token_with(Kind::Provisioning, grant).await;
    let mut enrollment = Screen::enrollment(&token);
    enrollment.name = Some(name.into());
    enrollment.hardware.serial = Some(format!("{seed:08}"));
    assert_eq!(hub.send(screen.enroll_request(&enrollment)).await.status, 200);
    screen
}

#[tokio::test]
async fn the_list_shows_what_screens_report_and_what_waits() {
    let hub = TestHub::new().await;
    let lobby = named(&hub, 1, "Lobby", Some("Berlin/Foyer")).await;
    named(&hub, 2, "Bar <2>", Some("Berlin")).await;
    let grant = Grant { name: Some("To come".into()), ..Grant::default() };
    hub.token_with(Kind::Device, grant).await;
    let bearer = lobby.bearer(&hub).await;
    report(&hub, &lobby, &bearer, &full("r1", ident::now())).await;
    let session = session(&hub).await;
    let page = get(&hub, "/screens", &session).await;
    for text in [
        "Total 3 · Online 2 · Offline 0",
        "1920×1080",
        "90°",
        "1 fault",
        "Summer sale",
        "Pending (1)",
        "Bar &lt;2&gt;",
        "2/2",
        "waits for its device",
    ] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    for (query, has, has_not) in [
        ("state=faults", "Lobby", "Bar &lt;2&gt;"),
        ("state=pending", "To come", "Lobby"),
        ("folder=Berlin%2FFoyer", "Lobby", "Bar &lt;2&gt;"),
        ("folder=Berlin", "Bar &lt;2&gt;", "To come"),
        ("search=bar+%3C", "Bar &lt;2&gt;", "Lobby"),
        ("tag=window", "Lobby", "To come"),
        ("tag=%25", "Nothing found", "Lobby"),
    ] {
        let page = get(&hub, &format!("/screens?{query}"), &session).await;
        let rows = page.text().split_once("<div class=\"card").unwrap().1;
        assert!(rows.contains(has), "{query}: {rows}");
        assert!(!rows.contains(&format!(">{has_not}<")), "{query}: {has_not}");
    }
    let page = get(&hub, &format!("/screens/{}", lobby.id()), &session).await;
    for text in ["Summer sale", "HDMI-A-1", "52 °C", "1.0 GB of 32.0 GB", "Faults (1)"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let faults = get(&hub, &format!("/screens/{}?tab=faults", lobby.id()), &session).await;
    assert!(faults.text().contains("Content could not be played.") && faults.text().contains("a.mp4"));
    assert!(faults.text().contains("Resolved") && faults.text().contains("The hub does not answer."));
    let logs = get(&hub, &format!("/screens/{}?tab=logs&severity=error", lobby.id()), &session).await;
    assert!(logs.text().contains("cannot decode") && !logs.text().contains("started"));
    let plays = get(&hub, &format!("/screens/{}?tab=plays", lobby.id()), &session).await;
    assert!(plays.text().contains("Summer sale") && plays.text().contains("PLY-003"));
}

#[tokio::test]
async fn the_account_says_after_how_long_a_screen_is_offline() {
    let hub = TestHub::new().await;
    named(&hub, 1, "Lobby", None).await;
    let online = async |after: i64| {
        let filter = Filter { state: Some(State::Online), ..Filter::default() };
        let mut connection = hub.store().read().await.unwrap();
        let settings = workspace::settings(&mut connection, &hub.account.id).await.unwrap();
        drop(connection);
        count(hub.store(), &hub.account.id, &Scope::default(), &filter, settings.online(ident::now() + after))
            .await
            .unwrap()
    };
    assert_eq!((online(2 * MINUTE).await, online(4 * MINUTE).await), (1, 0));
}

#[tokio::test]
async fn screens_are_changed_together_after_saying_how_many() {
    let hub = TestHub::new().await;
    let screens = [
        named(&hub, 1, "One", None).await,
        named(&hub, 2, "Two", None).await,
        named(&hub, 3, "Three", None).await,
    ];
    let session = session(&hub).await;
    let list = get(&hub, "/screens", &session).await;
    let form = format!("form={}", form_token(&list));
    let two = format!("{form}&which=chosen&id={}&id={}&action=move", screens[0].id(), screens[1].id());
    let asked = post(&hub, "/screens/bulk", &session, two.clone()).await;
    assert!(asked.text().contains("Move to a folder: 2 screens"), "{}", asked.text());
    let done = post(&hub, "/screens/bulk/apply", &session, format!("{two}&value=Shops+/+North")).await;
    assert_eq!(done.header(header::LOCATION), "/screens?done=2+screens+changed.");
    let north = Filter { folder: Some("Shops".into()), ..Filter::default() };
    let found = lines(hub.store(), &hub.account.id, &Scope::default(), &north, Sort::Name, (0, 10), ANY)
        .await
        .unwrap();
    assert_eq!(found.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
    assert_eq!(found[0].folder.as_deref(), Some("Shops/North"));

    let all = format!("{form}&which=all&folder=Shops&action=tag&value=sale");
    assert!(post(&hub, "/screens/bulk", &session, all.clone()).await.text().contains("Add a tag: 2 screens"));
    post(&hub, "/screens/bulk/apply", &session, all).await;
    let tagged = Filter { tag: Some("sale".into()), ..Filter::default() };
    assert_eq!(count(hub.store(), &hub.account.id, &Scope::default(), &tagged, ANY).await.unwrap(), 2);

    let none = post(&hub, "/screens/bulk", &session, format!("{form}&which=chosen&action=move")).await;
    assert_eq!(none.status, 422);
    let zone = format!("{form}&which=all&action=timezone&value=Europe/Berlim");
    let wrong = post(&hub, "/screens/bulk/apply", &session, zone).await;
    assert!(wrong.status == 422 && wrong.text().contains("Europe/Berlin"), "{}", wrong.text());
    let stop = Action::Withdraw;
    let all = Selection::All(Filter::default());
    assert_eq!(fleet::bulk(hub.store(), &hub.actor(), &all, &stop, ident::now()).await.unwrap(), 3);
    let page = get(&hub, "/screens", &session).await;
    assert_eq!(page.text().matches("Waits for your permission").count(), 3);
    let path = format!("/screens/{}/authorize", screens[0].id());
    assert!(page.text().contains(&format!("href=\"{path}\"")));
    assert_eq!(post(&hub, &path, &session, form).await.status, 303);
    let mut connection = hub.store().read().await.unwrap();
    assert!(devices::by_id(&mut connection, &screens[0].id()).await.unwrap().unwrap().granted);
}

#[tokio::test]
async fn a_screen_of_another_account_changes_nothing_for_anybody() {
    let hub = TestHub::new().await;
    let own = named(&hub, 1, "Own", None).await;
    let other = new_account(hub.store(), "other").await;
    let actor = signage_hub::api_token::Actor::cli(&other.id);
    let chosen = Selection::Ids(vec![own.id()]);
    let action = Action::Tag("x".into());
    assert!(fleet::bulk(hub.store(), &actor, &chosen, &action, ident::now()).await.is_err());
    let all = Selection::All(Filter::default());
    assert_eq!(fleet::bulk(hub.store(), &actor, &all, &action, ident::now()).await.unwrap(), 0);
    let group = fleet::make_group(hub.store(), &hub.actor(), "Windows", ident::now()).await.unwrap();
    let join = Action::Join(group.id);
    assert!(fleet::bulk(hub.store(), &actor, &all, &join, ident::now()).await.is_err());
}

#[tokio::test]
async fn folders_are_made_moved_with_what_is_in_them_and_deleted_when_empty() {
    let hub = TestHub::new().await;
    named(&hub, 1, "Lobby", Some("Berlin/Foyer")).await;
    named(&hub, 2, "Bar", Some("Berlin 2")).await;
    let now = ident::now();
    let (store, actor) = (hub.store(), &hub.actor());
    fleet::make_folder(store, actor, "Berlin / Empty", now).await.unwrap();
    fleet::move_folder(store, actor, "Berlin", "Germany/Berlin ä", now).await.unwrap();
    let session = session(&hub).await;
    let page = get(&hub, "/screens", &session).await;
    for path in ["Germany/Berlin ä/Foyer", "Germany/Berlin ä/Empty", "Berlin 2", "Germany"] {
        assert!(page.text().contains(&format!("title=\"{path}\"")), "{path} in {}", page.text());
    }
    assert!(!page.text().contains("title=\"Berlin\""));
    assert!(fleet::move_folder(store, actor, "Germany", "Germany/Sub", now).await.is_err());
    assert!(fleet::delete_folder(store, actor, "Germany", now).await.is_err());
    fleet::delete_folder(store, actor, "Germany/Berlin ä/Empty", now).await.unwrap();
    assert!(!get(&hub, "/screens", &session).await.text().contains("/Empty\""));
}

#[tokio::test]
async fn a_swapped_card_takes_the_place_of_the_old_one_by_one_click() {
    let hub = TestHub::new().await;
    let old = named(&hub, 1, "Lobby", Some("Berlin")).await;
    let group = fleet::make_group(hub.store(), &hub.actor(), "Windows", ident::now()).await.unwrap();
    let join = Action::Join(group.id.clone());
    let chosen = Selection::Ids(vec![old.id()]);
    fleet::bulk(hub.store(), &hub.actor(), &chosen, &join, ident::now()).await.unwrap();
    // The same board with another card, hence another key.
    let new = Screen::new(9);
    let (_, token) = hub.token(Kind::Provisioning).await;
    let mut enrollment = Screen::enrollment(&token);
    enrollment.hardware.serial = Some("00000001".into());
    hub.send(new.enroll_request(&enrollment)).await;
    let session = session(&hub).await;
    let page = get(&hub, &format!("/screens/{}", new.id()), &session).await;
    assert!(page.text().contains("This board was another screen"), "{}", page.text());
    let form = format!("form={}&other={}", form_token(&page), old.id());
    assert_eq!(post(&hub, &format!("/screens/{}/rebind", new.id()), &session, form).await.status, 303);
    let mut connection = hub.store().read().await.unwrap();
    let device = devices::by_id(&mut connection, &new.id()).await.unwrap().unwrap();
    assert_eq!(
        (device.name.as_str(), device.folder.as_deref(), device.granted),
        ("Lobby", Some("Berlin"), true)
    );
    assert!(devices::by_id(&mut connection, &old.id()).await.unwrap().is_none());
    assert!(!devices::known(&mut connection, &old.id()).await.unwrap().unwrap().granted);
    assert!(doubts::of(&mut connection, &new.id()).await.unwrap().is_empty());
    drop(connection);
    let windows = Filter { group: Some(group.id), ..Filter::default() };
    assert_eq!(count(hub.store(), &hub.account.id, &Scope::default(), &windows, ANY).await.unwrap(), 1);
}

#[tokio::test]
async fn the_entry_of_a_screen_follows_its_new_card() {
    let hub = TestHub::new().await;
    let grant = Grant { name: Some("Lobby".into()), ..Grant::default() };
    let (token, token_secret) = hub.token_with(Kind::Device, grant).await;
    let entry = token.screen.unwrap();
    let filled = async || {
        let mut connection = hub.store().read().await.unwrap();
        screens::by_id(&mut connection, &hub.account.id, &entry).await.unwrap().unwrap().device
    };
    let states = async || {
        let all = counts(hub.store(), &hub.account.id, &Scope::default(), ANY).await.unwrap();
        all.into_iter().map(|count| (count.state, count.screens)).collect::<Vec<_>>()
    };
    // Made by "Add display": it waits for its device, and is one screen before and after.
    assert_eq!(states().await, [("pending".to_owned(), 1)]);
    let (old, new) = (Screen::new(1), Screen::new(9));
    old.enroll(&hub, &token_secret).await;
    assert_eq!((filled().await, states().await.len()), (Some(old.id()), 1));
    assert_ne!(states().await[0].0, "pending");

    // The same board with another card, which came by a token of its own.
    let spare = Grant { name: Some("Spare".into()), ..Grant::default() };
    let (spare, spare_secret) = hub.token_with(Kind::Device, spare).await;
    new.enroll(&hub, &spare_secret).await;
    fleet::rebind(hub.store(), &hub.actor(), &new.id(), &old.id(), ident::now()).await.unwrap();
    assert_eq!(filled().await, Some(new.id()));
    let token = |id: String| {
        let hub = &hub;
        async move { signage_hub::token::find(hub.store(), &hub.account.id, &id).await.unwrap() }
    };
    assert_eq!(token(spare.id).await.screen.as_deref(), Some(entry.as_str()), "one screen, one entry");
    assert_eq!(states().await.iter().map(|(_, screens)| screens).sum::<i64>(), 1);
    // The old card is put in once more: the token is of the new one.
    assert_eq!(old.try_enroll(&hub, &token_secret).await.problem(), (403, "TOK-004".into()));
    assert_eq!(filled().await, Some(new.id()));
}

#[tokio::test]
async fn the_api_lists_what_the_page_lists() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let lobby = named(&hub, 1, "Lobby", Some("Berlin/Foyer")).await;
    let bar = named(&hub, 2, "Bar", Some("Berlin")).await;
    let shop = named(&hub, 3, "Shop", Some("Paris")).await;
    let grant = Grant { name: Some("To come".into()), ..Grant::default() };
    hub.token_with(Kind::Device, grant).await;
    let bearer = lobby.bearer(&hub).await;
    report(&hub, &lobby, &bearer, &full("r1", ident::now())).await;
    let group = fleet::make_group(hub.store(), &hub.actor(), "Windows", ident::now()).await.unwrap();
    let chosen = Selection::Ids(vec![shop.id()]);
    fleet::bulk(hub.store(), &hub.actor(), &chosen, &Action::Join(group.id.clone()), ident::now())
        .await
        .unwrap();
    let chosen = Selection::Ids(vec![bar.id()]);
    fleet::bulk(hub.store(), &hub.actor(), &chosen, &Action::Withdraw, ident::now()).await.unwrap();
    let names = async |query: &str| {
        let page = ask(&hub, "GET", &format!("/screens?{query}"), &admin, Value::Null).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
        let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
        let page = page.json();
        let next = page["next"].as_str().map(ToOwned::to_owned);
        (page["items"].as_array().unwrap().iter().map(name).collect::<Vec<_>>(), next)
    };
    for (query, expected) in [
        ("", vec!["Bar", "Lobby", "Shop"]),
        ("folder=Berlin", vec!["Bar", "Lobby"]),
        ("folder=/Berlin/Foyer/", vec!["Lobby"]),
        ("tag=window&search=shop", vec!["Shop"]),
        ("tag=other", vec![]),
        (&format!("group={}", group.id), vec!["Shop"]),
        ("state=unauthorized", vec!["Bar"]),
        ("state=online", vec!["Lobby", "Shop"]),
        ("state=faults", vec!["Lobby"]),
        ("sort=folder", vec!["Bar", "Lobby", "Shop"]),
        ("sort=state", vec!["Lobby", "Shop", "Bar"]),
        ("sort=faults", vec!["Lobby", "Bar", "Shop"]),
    ] {
        assert_eq!(names(query).await.0, expected, "{query}");
    }
    // Page by page it is the same list.
    for sort in ["name", "folder", "state", "seen", "faults"] {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let (items, next) = names(&format!("sort={sort}&limit=1{after}")).await;
            all.extend(items);
            let Some(next) = next else { break };
            after = format!("&after={next}");
        }
        assert_eq!(all, names(&format!("sort={sort}")).await.0, "{sort}");
    }
    for query in ["state=away", "sort=size", "state=pending", "after=x", "folders=Berlin"] {
        let path = format!("/screens?{query}");
        assert_eq!(ask(&hub, "GET", &path, &admin, Value::Null).await.problem().0, 422, "{query}");
    }
}

#[tokio::test]
async fn a_copied_card_is_seen_when_it_enrols_and_when_it_reports() {
    let hub = TestHub::new().await;
    let screen = named(&hub, 1, "Lobby", None).await;
    let bearer = screen.bearer(&hub).await;
    let mut body = full("r1", ident::now());
    body["status"]["serial"] = "00000001".into();
    report(&hub, &screen, &bearer, &body).await;
    let of = async || doubts::of(&mut hub.store().read().await.unwrap(), &screen.id()).await.unwrap();
    assert!(of().await.is_empty());
    body["id"] = "r2".into();
    body["status"]["serial"] = "00000002".into();
    report(&hub, &screen, &bearer, &body).await;
    assert_eq!(of().await[0].other, "00000002");
    fleet::settle(hub.store(), &hub.actor(), &screen.id(), None, ident::now()).await.unwrap();
    let (_, token) = hub.token(Kind::Provisioning).await;
    let mut enrollment = Screen::enrollment(&token);
    enrollment.hardware.serial = Some("00000003".into());
    hub.send(screen.enroll_request(&enrollment)).await;
    assert_eq!(of().await[0].other, "00000001");
    let page = get(&hub, &format!("/screens/{}", screen.id()), &session(&hub).await).await;
    assert!(page.text().contains("seen in two boards"));
}

#[tokio::test]
async fn records_are_paged_filtered_added_up_and_exported() {
    let hub = TestHub::new().await;
    let screen = named(&hub, 1, "=Lobby", None).await;
    let bearer = screen.bearer(&hub).await;
    report(&hub, &screen, &bearer, &full("r1", ident::now() - 3 * ident::DAY)).await;
    let viewer = secret(&hub, &hub.account, Role::Viewer).await;
    let json = async |path: &str| ask(&hub, "GET", path, &viewer, Value::Null).await.json();
    let first = json("/logs?limit=1").await;
    let next = first["next"].as_str().unwrap();
    let second = json(&format!("/logs?limit=1&after={next}")).await;
    assert_eq!((&first["items"][0]["id"], &second["items"][0]["id"]), (&"l1".into(), &"l2".into()));
    assert!(second["next"].is_null());
    assert_eq!(json("/logs?severity=warning").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(json("/logs?search=DECODE%20a").await["items"].as_array().unwrap().len(), 1);
    let today = ident::timestamp(ident::now()).strftime("%Y-%m-%d").to_string();
    assert_eq!(json(&format!("/logs?from={today}")).await["items"].as_array().unwrap().len(), 0);
    let totals = json("/plays/totals").await;
    assert_eq!((&totals["screens"][0]["plays"], &totals["screens"][0]["completed"]), (&2.into(), &1.into()));
    assert_eq!(totals["content"].as_array().unwrap().len(), 2);
    assert_eq!(json("/plays?content=con_2").await["items"][0]["reason"], "PLY-003");
    let csv = ask(&hub, "GET", "/plays.csv", &viewer, Value::Null).await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with("started_at,received_at,screen,name,") && csv.text().contains(",'=SUM(A1),")
    );
    assert!(csv.text().contains(",'=Lobby,"));
    assert_eq!(csv.header(header::CONTENT_DISPOSITION), "attachment; filename=\"proof-of-play.csv\"");
    let file = ask(&hub, "GET", "/logs.json?severity=error", &viewer, Value::Null).await.json();
    assert_eq!(file.as_array().unwrap().len(), 1);
    let status = json(&format!("/screens/{}/status", screen.id())).await;
    assert_eq!((&status["faults"], &status["status"]["now"]["title"]), (&1.into(), &"Summer sale".into()));
    let other = new_account(hub.store(), "other").await;
    let stranger = secret(&hub, &other, Role::Admin).await;
    let path = format!("/logs?screen={}", screen.id());
    assert_eq!(
        ask(&hub, "GET", &path, &stranger, Value::Null).await.json()["items"].as_array().unwrap().len(),
        0
    );
    assert_eq!(ask(&hub, "GET", "/logs?severity=loud", &viewer, Value::Null).await.problem().0, 422);
}
