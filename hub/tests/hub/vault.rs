//! Secrets at rest: sealed from the first start on, with a key without which no hub starts.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use signage_hub::alerts::send::Config;
use signage_hub::api_token::Actor;
use signage_hub::backup::{self, Wanted};
use signage_hub::blobs::Blobs;
use signage_hub::data_dir::write_private;
use signage_hub::seal::{Purpose, SECRET_BYTES, Seal};
use signage_hub::store::{accounts, alerts, operators};
use signage_hub::vault::{WEBHOOK, key};
use signage_hub::{Error, ident, second_step, serve};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use sqlx::{AnyConnection, Column as _, Connection as _, Executor as _, Row as _};

use crate::common::{TestHub, data_dir, new_account};

const TOTP: &[u8; 20] = b"12345678901234567890";
const ADDRESS: &str = "https://hooks.example.org/services/T000/very-secret-path";

/// The database of a directory, as it was before anything was sealed.
async fn old_database(data: &Path) -> AnyConnection {
    let mut connection = connect(data).await;
    let mut old = sqlx::migrate!();
    let before = old.migrations.iter().filter(|migration| migration.version < 20).cloned();
    old.migrations = Cow::Owned(before.collect());
    old.run(&mut connection).await.unwrap();
    connection
}

async fn connect(data: &Path) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let file = data.join("hub.db");
    let url = fs::read_to_string(data.join("database.url"))
        .unwrap_or_else(|_| format!("sqlite://{}?mode=rwc", file.display()));
    AnyConnection::connect(&url).await.unwrap()
}

/// Every text of every row.
async fn everything(connection: &mut AnyConnection) -> String {
    let tables = match connection.backend_name() {
        "PostgreSQL" => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await.unwrap();
    let mut all = String::new();
    for table in tables.iter().filter(|table| *table != "_sqlx_migrations") {
        let sql = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        for row in connection.fetch_all(sql).await.unwrap() {
            for column in row.columns() {
                let text = row.try_get::<Option<String>, _>(column.ordinal()).ok().flatten();
                all.push_str(&format!("{table}.{}: {}\n", column.name(), text.unwrap_or_default()));
            }
        }
    }
    all
}

fn totp_code(at: i64) -> String {
    let totp = totp_rs::Builder::new().with_secret(TOTP.to_vec()).build().unwrap();
    totp.generate((at / 1000).unsigned_abs()).to_string()
}

#[tokio::test]
async fn what_stood_in_the_clear_is_sealed_and_goes_on_working() {
    let data = data_dir().await;
    let postgres = data.path().join("database.url").exists();
    let (seed, secret, totp) = ([7u8; 32], "5c".repeat(SECRET_BYTES), hex::encode(TOTP));
    let mut old = old_database(data.path()).await;
    let sha256 = "0a".repeat(32);
    for sql in [
        format!(
            "INSERT INTO account (id, name, signing_key, content_sequence, content_changed_at, created_at) \
             VALUES ('acc_1', 'Acme', '{}', 1, 0, 0)",
            hex::encode(seed)
        ),
        format!(
            "INSERT INTO operator (id, account, email, password_hash, created_at, totp_secret, totp_step) \
             VALUES ('opr_1', 'acc_1', 'a@example.org', '', 0, '{totp}', 1)"
        ),
        "INSERT INTO operator (id, account, email, password_hash, created_at) \
         VALUES ('opr_2', 'acc_1', 'b@example.org', '', 0)"
            .to_owned(),
        format!("INSERT INTO setting (name, value) VALUES ('secret', '{secret}')"),
        format!(
            "INSERT INTO alert_channel (id, account, name, kind, target, created_at) \
             VALUES ('ach_1', 'acc_1', 'Hook', 'webhook', '{ADDRESS}', 0), \
             ('ach_2', 'acc_1', 'Mail', 'email', '[\"a@example.org\"]', 0)"
        ),
        // Something that was changed leaves its old form in free pages.
        "UPDATE account SET name = 'Acme and a longer name'".to_owned(),
        format!("INSERT INTO blob (sha256, size, touched_at) VALUES ('{sha256}', 5, 0)"),
        format!(
            "INSERT INTO publication (id, account, number, state, document, changes, created_by, created_at) VALUES \
             ('pub_1', 'acc_1', 1, 'published', '{{\"sha256\":\"{sha256}\"}}', '[]', 'cli', 0)"
        ),
    ] {
        old.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    let clear = [hex::encode(seed), secret.clone(), totp, ADDRESS.to_owned()];
    let before = everything(&mut old).await;
    assert!(clear.iter().all(|secret| before.contains(secret)), "the test looks for the wrong things");
    old.close().await.unwrap();

    let (directory, store) = serve::open(data.path()).await.unwrap();
    let mut connection = connect(data.path()).await;
    let after = everything(&mut connection).await;
    assert!(clear.iter().all(|secret| !after.contains(secret)), "{after}");
    assert!(after.contains("a@example.org") && after.matches("v1.").count() >= 5, "{after}");
    if !postgres {
        let bytes: Vec<u8> = ["hub.db", "hub.db-wal"]
            .iter()
            .flat_map(|name| fs::read(data.path().join(name)).unwrap_or_default())
            .collect();
        let found = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(found("Acme and a longer name"));
        for secret in &clear {
            assert!(!found(secret), "{secret} is still in the file");
        }
    }

    let account = accounts::find(&store, "acc_1").await.unwrap();
    let own = SigningKey::from_bytes(&seed).verifying_key();
    assert_eq!(account.public_key().unwrap(), PublicKey::from(&own));
    let signed = account.sign(store.vault(), typ::AUTHORIZATION, &"it").unwrap();
    assert_eq!(jws::verify::<String>(&signed, typ::AUTHORIZATION, &own).unwrap(), "it");
    let person = operators::by_email(&store, "a@example.org").await.unwrap().unwrap();
    let now = ident::now();
    assert!(!second_step::check(&store, &person, "000000", now).await.unwrap());
    assert!(second_step::check(&store, &person, &totp_code(now), now).await.unwrap());
    let seal = Seal::new(hex::decode(&secret).unwrap().try_into().unwrap());
    let loaded = Seal::load(&store).await.unwrap();
    assert_eq!(loaded.derive(Purpose::Webhook, b"ach_1"), seal.derive(Purpose::Webhook, b"ach_1"));
    let hook = alerts::channel(&mut connection, "acc_1", "ach_1").await.unwrap();
    assert_eq!(store.vault().open(WEBHOOK, "ach_1", &hook.target).unwrap().expose(), ADDRESS);
    assert_eq!(signage_hub::alerts::setup::shown(&hook), "https://hooks.example.org/…");
    // The files of older documents are known.
    let gone = signage_hub::sweep::run(&store, &Blobs::open(&directory).unwrap(), 0, now).await.unwrap();
    assert_eq!(gone, 0, "a published file would have been removed");
    // Once is enough, and a value that was moved to another row opens nothing.
    store.close().await;
    let (_, store) = serve::open(data.path()).await.unwrap();
    assert_eq!(everything(&mut connection).await, after);
    connection
        .execute(
            "INSERT INTO account (id, name, signing_key, public_key, content_sequence, content_changed_at, \
                  created_at) SELECT 'acc_2', 'Thief', signing_key, public_key, 1, 0, 0 FROM account",
        )
        .await
        .unwrap();
    let thief = accounts::find(&store, "acc_2").await.unwrap();
    assert!(matches!(thief.sign(store.vault(), typ::AUTHORIZATION, &"it"), Err(Error::Damaged { .. })));
}

#[tokio::test]
async fn no_new_secret_is_in_the_clear() {
    let hub = TestHub::new().await;
    let (store, actor, now) = (hub.store(), hub.actor(), ident::now());
    let input = ("webhook", "Hook", ADDRESS);
    let hook = signage_hub::alerts::setup::make_channel(store, &actor, &Config::default(), input, now)
        .await
        .unwrap();
    let person = operators::by_email(store, "acme@example.org").await.unwrap().unwrap();
    let person_actor = Actor { account: &person.account, id: &person.id };
    let proposal = second_step::Proposal::from_hex(&hex::encode(TOTP)).unwrap();
    second_step::switch_on(store, &person_actor, &proposal, &totp_code(now - 30_000), now).await.unwrap();
    let person = operators::by_email(store, "acme@example.org").await.unwrap().unwrap();
    assert!(second_step::check(store, &person, &totp_code(now), now).await.unwrap());
    let all = everything(&mut store.read().await.unwrap()).await;
    let vault = store.vault();
    let open = |column, row: &str, sealed: &str| vault.open(column, row, sealed).unwrap().expose().to_owned();
    let key = open(signage_hub::vault::SIGNING_KEY, &hub.account.id, &hub.account.signing_key);
    assert_eq!(open(WEBHOOK, &hook.id, &hook.target), ADDRESS);
    for secret in [key.as_str(), &hex::encode(TOTP), "very-secret-path"] {
        assert!(!all.contains(secret), "{secret}");
    }
    let bytes = fs::read(vault.path()).unwrap();
    assert!(!all.contains(&hex::encode(&bytes)) && !format!("{:?}", hub.state).contains(&hex::encode(bytes)));
}

async fn refused(data: &Path, key: Option<&Path>) -> String {
    match serve::open_with(data, key).await {
        Err(error @ Error::Key { .. }) => error.to_string(),
        other => panic!("{:?}", other.map(drop)),
    }
}

#[tokio::test]
async fn without_its_key_or_with_another_a_hub_does_not_start() {
    let data = data_dir().await;
    let (_, store) = serve::open(data.path()).await.unwrap();
    let account = new_account(&store, "acme").await;
    let id = store.vault().id().to_owned();
    store.close().await;
    let (file, kept) = (data.path().join(key::FILE), data.path().join("lock"));
    let right = fs::read(&file).unwrap();

    fs::remove_file(&file).unwrap();
    let missing = refused(data.path(), None).await;
    let path = file.display().to_string();
    for part in ["KEY-001: ", &id, &path, "--secret-key", "Put the file there"] {
        assert!(missing.contains(part), "{part}: {missing}");
    }
    assert!(!file.exists() && kept.exists(), "another key was made");
    write_private(&file, &[9; 32]).unwrap();
    let foreign = refused(data.path(), None).await;
    for part in ["KEY-002: ", &id, &path, "nothing was changed"] {
        assert!(foreign.contains(part), "{part}: {foreign}");
    }
    write_private(&file, &right[..31]).unwrap();
    assert!(refused(data.path(), None).await.contains("31 bytes"));
    // The key may lie elsewhere.
    let elsewhere = tempfile::tempdir().unwrap();
    let named = elsewhere.path().join("hub.key");
    assert!(refused(data.path(), Some(&named)).await.contains("does not exist"));
    write_private(&named, &right).unwrap();
    let (_, store) = serve::open_with(data.path(), Some(&named)).await.unwrap();
    accounts::find(&store, "acme").await.unwrap().sign(store.vault(), typ::AUTHORIZATION, &"it").unwrap();
    // Without its check value the database is not taken over by a new key.
    let mut connection = connect(data.path()).await;
    connection.execute("DELETE FROM setting WHERE name = 'key'").await.unwrap();
    store.close().await;
    fs::remove_file(&file).unwrap();
    assert!(refused(data.path(), None).await.contains("KEY-002"));
    assert!(!file.exists() && account.signing_key.starts_with("v1."));
}

/// Two directories on one PostgreSQL database; with SQLite there is only one hub.
#[tokio::test]
async fn a_second_hub_needs_the_key_of_the_first() {
    let (one, two) = (data_dir().await, tempfile::tempdir().unwrap());
    let Ok(url) = fs::read_to_string(one.path().join("database.url")) else { return };
    write_private(&two.path().join("database.url"), url.as_bytes()).unwrap();
    // They start together, and one of them makes the key.
    let (first, second) = tokio::join!(serve::open(one.path()), serve::open(two.path()));
    let (store, other, here, there) = match (first, second) {
        (Ok((_, store)), Err(error)) => (store, error, &one, &two),
        (Err(error), Ok((_, store))) => (store, error, &two, &one),
        other => panic!("{other:?}"),
    };
    assert!(other.to_string().starts_with("KEY-001"), "{other}");
    assert!(!there.path().join(key::FILE).exists());
    let account = new_account(&store, "acme").await;
    write_private(&there.path().join(key::FILE), &[1; 32]).unwrap();
    assert!(refused(there.path(), None).await.contains("KEY-002"));
    fs::copy(here.path().join(key::FILE), there.path().join(key::FILE)).unwrap();
    let (_, second) = serve::open(there.path()).await.unwrap();
    let again = accounts::find(&second, "acme").await.unwrap();
    again.sign(second.vault(), typ::AUTHORIZATION, &"it").unwrap();
    assert_eq!(again.public_key().unwrap(), account.public_key().unwrap());
}

#[tokio::test]
async fn a_backup_has_the_key_only_when_it_is_asked_for() {
    if std::env::var_os("SIGNAGE_TEST_POSTGRES").is_some() {
        return;
    }
    let hub = TestHub::new().await;
    let (state, at) = (&hub.state, |name: &str| hub.files.path().join(name));
    let make = async |name: &str, key| {
        let wanted = Wanted { key, ..Wanted::default() };
        backup::make(&state.directory, hub.store(), &state.blobs, &at(name), wanted).await.unwrap()
    };
    let (without, with) = (make("without", false).await, make("with", true).await);
    assert_eq!(with.files, without.files + 1);
    let right = hub.store().vault().path();
    assert!(!at("without/secret.key").exists());
    assert_eq!(fs::read(at("with/secret.key")).unwrap(), fs::read(right).unwrap());

    let restored = backup::restore(&at("with"), &at("one"), None).await.unwrap();
    assert_eq!(restored.missing_key, None);
    let (_, store) = serve::open(&at("one")).await.unwrap();
    accounts::find(&store, "acme").await.unwrap().sign(store.vault(), typ::AUTHORIZATION, &"it").unwrap();

    let restored = backup::restore(&at("without"), &at("two"), None).await.unwrap();
    assert_eq!(restored.missing_key.as_deref(), Some(hub.store().vault().id()));
    assert!(refused(&at("two"), None).await.starts_with("KEY-001"));
    fs::copy(right, at("two/secret.key")).unwrap();
    serve::open(&at("two")).await.unwrap();
    // A key that lies there first, or is named, is compared at once.
    fs::create_dir(at("three")).unwrap();
    write_private(&at("three/secret.key"), &[1; 32]).unwrap();
    for source in ["without", "with"] {
        let refused = backup::restore(&at(source), &at("three"), None).await.unwrap_err();
        assert!(refused.to_string().starts_with("KEY-002"), "{refused}");
    }
    assert_eq!(fs::read(at("three/secret.key")).unwrap(), [1; 32]);
    assert_eq!(backup::restore(&at("without"), &at("four"), Some(right)).await.unwrap().missing_key, None);
    serve::open_with(&at("four"), Some(right)).await.unwrap();
    assert!(!at("four/secret.key").exists());
}
