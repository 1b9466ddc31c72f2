//! Letting devices in, keeping them out, and taking their authorization back.

use crate::api::{ask, secret};
use crate::common::{PASSWORD, Screen, TestHub, URL, new_account};
use crate::console::{cookie, get, sign_in};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use serde_json::{Value, json};
use signage_hub::api_token::Actor;
use signage_hub::folder_rights::{Area, Entry, Level};
use signage_hub::groups::{self, Change};
use signage_hub::ident::{self, DAY};
use signage_hub::provision::Provision;
use signage_hub::rights::Role;
use signage_hub::store::{audit, devices, doubts, screen_groups};
use signage_hub::token::{self, Grant, State};
use signage_hub::{Error, account, enrolment};
use signage_protocol::Secret;
use signage_protocol::api::{Enrolled, Enrollment, Wishes};
use signage_protocol::document::Authorization;
use signage_protocol::jws::{self, typ};
use signage_protocol::token::Kind;
use std::net::SocketAddr;
use tower::ServiceExt as _;

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn authorization(enrolled: &Enrolled) -> Authorization {
    let key = enrolled.account_key.verifying_key().unwrap();
    jws::verify(enrolled.authorization.as_ref().unwrap(), typ::AUTHORIZATION, &key).unwrap()
}

#[tokio::test]
async fn a_device_asks_twice_and_is_one_device() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    let first = screen.enroll(&hub, &secret).await;
    let second = screen.enroll(&hub, &secret).await;
    assert_eq!(first, second);
    assert_eq!(first.device_id, screen.id());
    assert_eq!(first.account, hub.account.id);
    assert!(first.name.starts_with("Screen "), "{}", first.name);
    let document = authorization(&first);
    assert!(document.permits(&screen.id(), jiff::Timestamp::now()));
    assert_eq!(document.sequence, 1);

    let all = devices::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].hardware.serial.as_deref(), Some("100000001234"));
    assert_eq!(all[0].address.as_deref(), Some("192.0.2.7"));
    let log = audit::list(hub.store(), None, 100).await.unwrap();
    assert_eq!(log.iter().filter(|record| record.action == "enroll").count(), 1, "a repeat was audited");
}

#[tokio::test]
async fn a_provisioning_token_serves_many_and_its_revocation_stops_new_ones_only() {
    let hub = TestHub::new().await;
    let grant = Grant { tags: vec!["shop".into()], ..Grant::default() };
    let (token, secret) = hub.token_with(Kind::Provisioning, grant).await;
    let one = Screen::new(1).enroll(&hub, &secret).await;
    Screen::new(2).enroll(&hub, &secret).await;
    let all = devices::list(hub.store(), &hub.account.id).await.unwrap();
    assert_eq!(all[0].tags, ["shop", "window"]);

    token::revoke(hub.store(), &hub.actor(), &token.id, ident::now()).await.unwrap();
    assert_eq!(Screen::new(3).try_enroll(&hub, &secret).await.problem(), problem(403, "TOK-002"));
    assert_eq!(Screen::new(1).enroll(&hub, &secret).await, one);
}

#[tokio::test]
async fn a_device_token_is_for_one_key_and_its_revocation_is_a_document() {
    let hub = TestHub::new().await;
    let grant = Grant { name: Some("Lobby".into()), ..Grant::default() };
    let (token, secret) = hub.token_with(Kind::Device, grant).await;
    assert_eq!(token.state(ident::now()), State::Unused);
    let screen = Screen::new(1);
    let enrolled = screen.enroll(&hub, &secret).await;
    assert_eq!(enrolled.name, "Lobby");
    assert_eq!(Screen::new(2).try_enroll(&hub, &secret).await.problem(), problem(403, "TOK-004"));
    let bearer = screen.bearer(&hub).await;
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.status, 200);

    let revoked = token::revoke(hub.store(), &hub.actor(), &token.id, ident::now()).await.unwrap();
    assert_eq!(revoked.state(ident::now()), State::Revoked);
    // Content stops at once; the withdrawal itself can be fetched, and repeats when asked for again.
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.problem(), problem(403, "AUT-003"));
    let answer = screen.get(&hub, &bearer, "/v1/authorization", &[]).await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/jose");
    let key = enrolled.account_key.verifying_key().unwrap();
    let document: Authorization = jws::verify(answer.text(), typ::AUTHORIZATION, &key).unwrap();
    assert!(!document.granted);
    assert_eq!(document.sequence, 2);
    assert_eq!(authorization(&screen.enroll(&hub, &secret).await), document);
    // The token is of no use to anybody else, and another one authorizes the screen again.
    assert_eq!(Screen::new(2).try_enroll(&hub, &secret).await.problem(), problem(403, "TOK-002"));
    let (_, fresh) = hub.token(Kind::Device).await;
    let document = authorization(&screen.enroll(&hub, &fresh).await);
    assert!(document.granted);
    assert_eq!(document.sequence, 3);
    // Revoking the old token once more does not harm the device, which no longer depends on it.
    token::revoke(hub.store(), &hub.actor(), &token.id, ident::now()).await.unwrap();
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.status, 200);
}

#[tokio::test]
async fn a_device_token_expires_only_while_unused() {
    let hub = TestHub::new().await;
    let old = ident::now() - 31 * DAY;
    let (token, secret) =
        token::create(hub.store(), &hub.actor(), Kind::Device, Grant::default(), old).await.unwrap();
    assert_eq!(token.state(ident::now()), State::Expired);
    assert_eq!(token.state(old + 29 * DAY), State::Unused);
    assert_eq!(Screen::new(1).try_enroll(&hub, &secret).await.problem(), problem(403, "TOK-003"));
}

#[tokio::test]
async fn an_unknown_or_mistyped_token_is_refused_and_audited() {
    let hub = TestHub::new().await;
    let unknown = Kind::Provisioning.encode(&[9; 17]);
    let screen = Screen::new(1);
    assert_eq!(screen.try_enroll(&hub, &unknown).await.problem(), problem(401, "TOK-001"));
    let typo = screen.try_enroll(&hub, &Secret::new("sgp_abc")).await;
    assert_eq!(typo.problem(), problem(401, "TOK-001"));
    assert!(!typo.text().contains("sgp_abc"), "the answer repeats the token");

    let log = audit::list(hub.store(), None, 100).await.unwrap();
    let refused: Vec<_> = log.iter().filter(|record| record.outcome == "refused").collect();
    assert_eq!(refused.len(), 2);
    for record in refused {
        assert_eq!((record.action.as_str(), record.code.as_deref()), ("enroll", Some("TOK-001")));
        assert_eq!(
            (record.subject.as_str(), record.address.as_deref()),
            (screen.id().as_str(), Some("192.0.2.7"))
        );
    }
}

#[tokio::test]
async fn too_many_refusals_slow_an_address_but_not_its_good_devices() {
    let hub = TestHub::new().await;
    let unknown = Kind::Provisioning.encode(&[9; 17]);
    let (_, good) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    for _ in 0..300 {
        assert_eq!(screen.try_enroll(&hub, &unknown).await.status, 401);
    }
    let blocked = screen.try_enroll(&hub, &unknown).await;
    assert_eq!(blocked.problem(), problem(429, "HUB-003"));
    assert!((1..=61).contains(&blocked.header(header::RETRY_AFTER).parse::<u64>().unwrap()));
    screen.enroll(&hub, &good).await;
}

#[tokio::test]
async fn a_request_that_does_not_hold_is_refused() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let (one, two) = (Screen::new(1), Screen::new(2));
    let mut elsewhere = Screen::enrollment(&secret);
    elsewhere.hub = "https://other.example".into();
    assert_eq!(hub.send(one.enroll_request(&elsewhere)).await.problem(), problem(421, "HUB-002"));
    let mut spelled = Screen::enrollment(&secret);
    spelled.hub = "https://HUB.example:8443/".into();
    assert_eq!(hub.send(one.enroll_request(&spelled)).await.status, 200);

    // One device's signature under another's key.
    let good = jws::sign_with_key(&one.key, typ::ENROLLMENT, &Screen::enrollment(&secret)).unwrap();
    let other = jws::sign_with_key(&two.key, typ::ENROLLMENT, &Screen::enrollment(&secret)).unwrap();
    let mixed = format!("{}.{}", other.rsplit_once('.').unwrap().0, good.rsplit_once('.').unwrap().1);
    let assertion =
        jws::sign_with_key(&one.key, typ::CLIENT_ASSERTION, &Screen::enrollment(&secret)).unwrap();
    for jws in [mixed.as_str(), assertion.as_str(), "", "a.b.c"] {
        let request = axum::http::Request::post("/v1/enroll")
            .header(header::CONTENT_TYPE, "application/json")
            .body(serde_json::json!({ "enrollment": jws }).to_string().into())
            .unwrap();
        assert_eq!(hub.send(request).await.problem(), problem(400, "HUB-002"));
    }
    let huge = axum::http::Request::post("/v1/enroll")
        .header(header::CONTENT_TYPE, "application/json")
        .body(format!("\"{}\"", "x".repeat(1 << 20)).into())
        .unwrap();
    assert_eq!(hub.send(huge).await.problem(), problem(413, "HUB-002"));
}

#[tokio::test]
async fn a_screen_that_moves_to_another_account_sees_a_higher_sequence() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let screen = Screen::new(1);
    screen.enroll(&hub, &secret).await;
    let other = new_account(hub.store(), "other").await;
    let (_, foreign) = token::create(
        hub.store(),
        &Actor::cli(&other.id),
        Kind::Provisioning,
        Grant::default(),
        ident::now(),
    )
    .await
    .unwrap();
    let moved = screen.enroll(&hub, &foreign).await;
    assert_eq!(moved.account, other.id);
    assert_eq!(authorization(&moved).sequence, 2);
    assert!(devices::list(hub.store(), &hub.account.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_device_says_is_made_fit_to_be_shown() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let mut enrollment = Screen::enrollment(&secret);
    enrollment.name = Some(format!("  Bar\u{7}{} ", "x".repeat(200)));
    enrollment.tags = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(hub.send(Screen::new(1).enroll_request(&enrollment)).await.status, 200);
    let device = devices::list(hub.store(), &hub.account.id).await.unwrap().remove(0);
    assert!(device.name.starts_with("Barxxx") && device.name.len() <= 100, "{}", device.name);
    assert_eq!(device.tags.len(), 32);
}

#[tokio::test]
async fn the_written_file_is_one_that_a_device_accepts() {
    let hub = TestHub::new().await;
    let (token, secret) = hub.token(Kind::Device).await;
    let directory = &hub.state.directory;
    let provision = Provision::new(directory, hub.account.clone(), URL.into(), None, ident::now()).unwrap();
    let text = provision.file(&token, &secret, ident::now()).unwrap();
    let file: signage_protocol::config::ProvisionFile = serde_json::from_str(&text).unwrap();
    assert_eq!(file.device_token, Some(secret));
    let hub_group = file.hub.unwrap();
    assert_eq!(hub_group.url.address(), Some(URL));
    assert_eq!(hub_group.public_key, Some(hub.account.public_key().unwrap()));
}

#[tokio::test]
async fn a_file_is_signed_for_locked_screens_if_a_screen_would_take_it() {
    let hub = TestHub::new().await;
    let sign =
        |file: &'static str| account::sign_file(hub.store(), &hub.account, file.as_bytes(), ident::now());
    let file = r#"{"version":1,"issuedAt":"2026-11-20T10:00:00Z","lock":true}"#;
    let signature = sign(file).await.unwrap();
    let key = hub.account.public_key().unwrap().verifying_key().unwrap();
    jws::verify_detached(&signature, typ::CONFIGURATION, file.as_bytes(), &key).unwrap();
    let refused = sign(r#"{"version":1,"lock":"yes"}"#).await.unwrap_err().to_string();
    assert!(refused.contains("/lock"), "{refused}");
    let undated = sign(r#"{"version":1}"#).await.unwrap_err().to_string();
    assert!(undated.contains("issuedAt"), "{undated}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_that_is_switched_on_at_once_gets_in() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let requests = (0..100).map(|seed| {
        let request = Screen::new(seed).enroll_request(&Screen::enrollment(&secret));
        tokio::spawn(hub.router.clone().oneshot(request))
    });
    for answer in requests.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(devices::list(hub.store(), &hub.account.id).await.unwrap().len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_devices_that_show_one_device_token_at_once_one_gets_in() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Device).await;
    let requests = (0..20).map(|seed| {
        let request = Screen::new(seed).enroll_request(&Screen::enrollment(&secret));
        tokio::spawn(hub.router.clone().oneshot(request))
    });
    let mut accepted = 0;
    for answer in requests.collect::<Vec<_>>() {
        accepted += u32::from(answer.await.unwrap().unwrap().status() == 200);
    }
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_device_that_asks_for_ever_has_to_wait() {
    let hub = TestHub::new().await;
    let ask = async |last: u8| {
        let address = ConnectInfo(SocketAddr::from(([192, 0, 2, last], 40_000)));
        let request = Request::post("/v1/enroll").header(header::CONTENT_TYPE, "application/json");
        hub.send(request.extension(address).body("{\"enrollment\":\"\"}".into()).unwrap()).await
    };
    for _ in 0..600 {
        assert_eq!(ask(7).await.status, 400);
    }
    let blocked = ask(7).await;
    assert_eq!(blocked.problem(), problem(429, "HUB-003"));
    assert!((1..=61).contains(&blocked.header(header::RETRY_AFTER).parse::<u64>().unwrap()));
    assert_eq!(ask(8).await.status, 400);
}

#[tokio::test]
async fn an_operator_withdraws_a_screen_until_it_shows_another_token() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let (screen, other) = (Screen::new(1), Screen::new(2));
    screen.enroll(&hub, &secret).await;
    other.enroll(&hub, &secret).await;
    let (bearer, others) = (screen.bearer(&hub).await, other.bearer(&hub).await);
    for _ in 0..2 {
        let device = enrolment::withdraw(hub.store(), &screen.id(), ident::now()).await.unwrap();
        assert_eq!((device.granted, device.sequence), (false, 2));
    }
    let log = audit::list(hub.store(), Some(&hub.account.id), 100).await.unwrap();
    let audited: Vec<_> = log.iter().filter(|record| record.action == "device.withdraw").collect();
    assert_eq!(audited.len(), 1);
    assert_eq!((audited[0].actor.as_str(), audited[0].subject.as_str()), ("cli", screen.id().as_str()));

    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.problem(), problem(403, "AUT-003"));
    assert_eq!(other.get(&hub, &others, "/v1/manifest", &[]).await.status, 200);
    assert!(!authorization(&screen.enroll(&hub, &secret).await).granted);
    let (_, fresh) = hub.token(Kind::Provisioning).await;
    let document = authorization(&screen.enroll(&hub, &fresh).await);
    assert_eq!((document.granted, document.sequence), (true, 3));
    assert_eq!(screen.get(&hub, &bearer, "/v1/manifest", &[]).await.status, 200);

    let unknown = enrolment::withdraw(hub.store(), "nobody", ident::now()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
}

/// A power failure at a large site: everybody comes back at the same time behind one address, and a hundred of them
/// have a wrong stick, which they try again and again.
#[tokio::test]
async fn good_screens_pass_the_bad_ones_of_the_same_site() {
    let hub = TestHub::new().await;
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let wrong = Kind::Provisioning.encode(&[7; signage_protocol::token::RANDOM_BYTES]);
    let mut refused = 0;
    for round in 0..4 {
        for number in 0..100 {
            let answer = Screen::new(number).try_enroll(&hub, &wrong).await;
            assert!(matches!(answer.status.as_u16(), 401 | 429), "{}", answer.text());
            refused += u32::from(answer.status == 429);
        }
        for number in 0..39 {
            let screen = Screen::new(100 + round * 39 + number % 39);
            assert_eq!(screen.try_enroll(&hub, &secret).await.status, 200, "round {round}");
        }
    }
    assert!(refused > 0, "the bad ones are slowed down");
}

#[tokio::test]
async fn a_file_gets_what_it_asks_for_unless_its_token_decides() {
    let hub = TestHub::new().await;
    let admin = secret(&hub, &hub.account, Role::Admin).await;
    let make = async |path: &str, body: Value| -> String {
        let made = ask(&hub, "POST", path, &admin, body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let welcome = make("/playlists", json!({ "name": "Welcome" })).await;
    let other = make("/playlists", json!({ "name": "Other" })).await;
    for _ in 0..2 {
        make("/playlists", json!({ "name": "Twice" })).await;
    }
    let group = make("/screen-groups", json!({ "name": "Menu boards" })).await;
    let (_, open) = hub.token(Kind::Provisioning).await;
    let enrol = async |seed: u8, token: &Secret, wishes: Wishes| {
        let screen = Screen::new(seed);
        let enrollment = Enrollment { wishes, ..Screen::enrollment(token) };
        assert_eq!(hub.send(screen.enroll_request(&enrollment)).await.status, 200);
        let mut connection = hub.store().read().await.unwrap();
        let device = devices::by_id(&mut connection, &screen.id()).await.unwrap().unwrap();
        let odd = doubts::of(&mut connection, &device.id).await.unwrap();
        // All boards of the test have one serial number, which is odd too.
        let odd: Vec<String> =
            odd.into_iter().filter(|doubt| doubt.kind == "wish").map(|doubt| doubt.other).collect();
        let groups = screen_groups::of(&mut connection, &device.id).await.unwrap();
        (device, odd, groups)
    };
    let wish = |playlist: &str| Wishes {
        playlist: Some(playlist.to_owned()),
        folder: Some("Berlin/ Foyer/".to_owned()),
        group: Some("Menu boards".to_owned()),
        ..Wishes::default()
    };

    let (device, odd, groups) = enrol(1, &open, wish("Welcome")).await;
    assert_eq!((device.playlist.as_ref(), device.folder.as_deref()), (Some(&welcome), Some("Berlin/Foyer")));
    assert_eq!((odd.len(), &*groups), (0, &["Menu boards".to_owned()][..]));
    // An operator chooses another; the same file again changes nothing.
    for (action, value) in [("playlist", other.as_str()), ("move", "Hamburg")] {
        let bulk = json!({ "ids": [device.id], "action": action, "value": value });
        let changed = ask(&hub, "POST", "/screens/bulk", &admin, bulk).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
    }
    let (device, odd, _) = enrol(1, &open, wish("Welcome")).await;
    assert_eq!((device.playlist.as_ref(), device.folder.as_deref()), (Some(&other), Some("Hamburg")));
    assert!(odd.is_empty());

    // What is not there, or there twice, keeps nobody out, and the page of the screen tells.
    for (seed, name, why) in [(2, "Nothing", "has none of this name"), (3, "Twice", "has 2 of this name")] {
        let (device, odd, _) = enrol(seed, &open, wish(name)).await;
        assert_eq!(device.playlist, None);
        assert!(odd.len() == 1 && odd[0].contains(name) && odd[0].contains(why), "{odd:?}");
        let session = cookie(&sign_in(&hub, "acme@example.org", PASSWORD).await, "__Host-signage");
        let page = get(&hub, &format!("/screens/{}", device.id), &session).await;
        assert!(page.text().contains(why), "{}", page.text());
    }
    // By id, and with another token what was wrong before is not any more.
    let (_, second) = hub.token(Kind::Provisioning).await;
    let (device, odd, _) = enrol(2, &second, Wishes { group: Some(group), ..wish(&welcome) }).await;
    assert_eq!((device.playlist.as_ref(), odd.len()), (Some(&welcome), 0));
    // That an operator wants none of it is a choice too.
    for (action, value) in [("playlist", ""), ("move", "")] {
        let bulk = json!({ "ids": [device.id], "action": action, "value": value });
        assert_eq!(ask(&hub, "POST", "/screens/bulk", &admin, bulk).await.status, 200);
    }
    let (device, _, _) = enrol(2, &second, wish("Welcome")).await;
    assert_eq!((device.playlist, device.folder), (None, None));
    // A screen that leaves takes nothing along of what it asked for.
    let (device, odd, _) = enrol(3, &second, wish("Twice")).await;
    assert_eq!(odd.len(), 1);
    enrolment::withdraw(hub.store(), &device.id, ident::now()).await.unwrap();
    let left = ask(&hub, "DELETE", &format!("/screens/{}", device.id), &admin, Value::Null).await;
    assert_eq!(left.status, 204, "{}", left.text());
    assert!(doubts::of(&mut hub.store().read().await.unwrap(), &device.id).await.unwrap().is_empty());
    // Another account's is not there.
    let stranger = new_account(hub.store(), "stranger").await;
    let foreign = secret(&hub, &stranger, Role::Admin).await;
    let theirs = ask(&hub, "POST", "/playlists", &foreign, json!({ "name": "Theirs" })).await.json();
    let (device, odd, _) = enrol(4, &open, wish(theirs["id"].as_str().unwrap())).await;
    assert_eq!((device.playlist, odd.len()), (None, 1));

    // A token decides, and one for a folder decides alone.
    let grant = Grant { playlist: Some(other.clone()), ..Grant::default() };
    let (_, decides) = hub.token_with(Kind::Provisioning, grant).await;
    let (device, odd, _) = enrol(5, &decides, wish("Welcome")).await;
    assert_eq!((device.playlist.as_ref(), odd.len()), (Some(&other), 0));
    let grant = Grant { folder: Some("Shop".into()), ..Grant::default() };
    let (_, placed) = hub.token_with(Kind::Provisioning, grant).await;
    let (device, odd, groups) = enrol(6, &placed, wish("Welcome")).await;
    assert_eq!((device.playlist, device.folder.as_deref()), (None, Some("Shop")));
    assert!(odd.len() == 3 && groups.is_empty(), "{odd:?}");
    // Where folders are kept from somebody, a file reaches no further than tokens.
    let kept = Change {
        name: Some("Kept".into()),
        members: None,
        folders: Some(vec![Entry { area: Area::Content, folder: "Secret".into(), level: Level::None }]),
    };
    groups::create(hub.store(), &hub.actor(), &kept, ident::now()).await.unwrap();
    let (device, odd, _) = enrol(7, &open, wish("Welcome")).await;
    assert_eq!((device.playlist, device.folder), (None, None));
    assert!(odd.len() == 3 && odd[0].contains("only tokens decide"), "{odd:?}");
}
