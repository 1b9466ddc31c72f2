//! The audit log as people and programs read it.

use serde_json::Value;
use signage_hub::api_token::{self, Actor};
use signage_hub::ident;
use signage_hub::rights::Role;

use crate::api::{ask, secret};
use crate::common::{TestHub, new_account};
use crate::console::get;
use crate::people::{admin, somebody};

/// Makes entries with these names.
async fn entries(hub: &TestHub, names: &[&str]) {
    let actor = Actor { account: &hub.account.id, id: "cli" };
    for name in names {
        api_token::create(hub.store(), &actor, name, Role::Viewer, None, ident::now()).await.unwrap();
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Admin).await;
    entries(&hub, &["a", "b", "c", "d", "e"]).await;
    let other = new_account(hub.store(), "other").await;
    let (mut names, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let path = format!("/audit?limit=2&action=api-token&cursor={cursor}");
        let page = ask(&hub, "GET", &path, &token, Value::Null).await.json();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["account"], hub.account.id.as_str());
            names.push(item["subjectName"].as_str().unwrap().to_owned());
        }
        pages += 1;
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    names.sort();
    assert_eq!((names, pages), (["a", "b", "c", "d", "e", "test"].map(str::to_owned).to_vec(), 3));
    let foreign = secret(&hub, &other, Role::Admin).await;
    let theirs = ask(&hub, "GET", "/audit", &foreign, Value::Null).await;
    assert!(!theirs.text().contains(&hub.account.id));
}

#[tokio::test]
async fn filters_find_who_what_how_and_when() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Admin).await;
    let (id, _) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    entries(&hub, &["a"]).await;
    let count = async |query: &str| {
        let page = ask(&hub, "GET", &format!("/audit?{query}"), &token, Value::Null).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
        page.json()["items"].as_array().unwrap().len()
    };
    assert_eq!(count("actor=bea@example.org").await, 2, "joined and signed in");
    assert_eq!(count(&format!("actor={id}")).await, 2);
    assert_eq!(count("action=person").await, 2);
    assert_eq!(count("action=person.join").await, 1);
    assert_eq!(count("action=pers").await, 0);
    assert_eq!(count("outcome=refused").await, 0);
    assert_eq!(count("until=2020-01-01").await, 0);
    assert_eq!(count("from=2020-01-01&action=account.create").await, 1);
    for wrong in ["outcome=maybe", "from=yesterday", "limit=0", "limit=5000", "action=%25"] {
        let answer = ask(&hub, "GET", &format!("/audit?{wrong}"), &token, Value::Null).await;
        assert_eq!(answer.problem(), (422, "API-003".into()), "{wrong}");
    }
    let page = ask(&hub, "GET", "/audit?action=person.join", &token, Value::Null).await.json();
    assert_eq!(page["items"][0]["summary"], "bea@example.org joined the account (viewer)");
}

#[tokio::test]
async fn the_whole_log_is_one_file() {
    let hub = TestHub::new().await;
    let token = secret(&hub, &hub.account, Role::Admin).await;
    let names: Vec<String> = (0..1100).map(|number| format!("token {number}")).collect();
    let actor = Actor { account: &hub.account.id, id: "cli" };
    let mut change = hub.store().write().await.unwrap();
    for name in &names {
        let entry = signage_hub::store::audit::Entry {
            account: Some(actor.account),
            actor: actor.id,
            action: "test",
            subject: name,
            detail: Some("=1,\"2\""),
            ..Default::default()
        };
        signage_hub::store::audit::record(&mut change, &entry, ident::now()).await.unwrap();
    }
    signage_hub::store::commit(change).await.unwrap();
    let json = ask(&hub, "GET", "/audit.json?action=test", &token, Value::Null).await;
    assert_eq!(json.json().as_array().unwrap().len(), 1100);
    let csv = ask(&hub, "GET", "/audit.csv?action=test", &token, Value::Null).await;
    assert_eq!(csv.text().lines().count(), 1101);
    assert!(csv.text().starts_with("at,actor,") && csv.text().contains("\"'=1,\"\"2\"\"\""));
    let none = ask(&hub, "GET", "/audit.json?action=nothing", &token, Value::Null).await;
    assert_eq!(none.json(), serde_json::json!([]));
}

#[tokio::test]
async fn people_read_sentences() {
    let hub = TestHub::new().await;
    let session = admin(&hub).await;
    entries(&hub, &["<b>Till</b>"]).await;
    let page = get(&hub, "/audit", &session).await;
    for text in ["Command line made the API token &lt;b&gt;Till", "acme@example.org signed in"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let none = get(&hub, "/audit?actor=nobody", &session).await;
    assert!(none.text().contains("Nothing found"));
    assert!(get(&hub, "/audit?from=x", &session).await.text().contains("neither a day"));
    let older = get(&hub, "/audit?limit=1", &session).await;
    assert!(older.text().contains("limit=1&amp;cursor=aud_"));
}
