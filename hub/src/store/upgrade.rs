//! What brings a database up to date where SQL cannot: secrets that stood in the clear are sealed, and files that older
//! documents name are noted. All of it happens in one change, so a hub that is killed meanwhile begins again.

use std::path::Path;

use signage_protocol::jws::SigningKey;
use signage_protocol::problem::Code;
use sqlx::Executor as _;

use super::{Connection, Kind, Pools, blobs, commit, settings};
use crate::alerts::setup;
use crate::data_dir::DataDir;
use crate::vault::key;
use crate::vault::{SECOND_STEP, SETTING, SIGNING_KEY, VERSION, Vault, WEBHOOK};
use crate::{Error, Result};

/// What the check value says.
const CHECK: &str = "signage-hub";
/// Tables in which secrets stood in the clear.
const TABLES: [&str; 4] = ["account", "operator", "setting", "alert_channel"];

/// Finds the key of the secrets, or makes the first one, and seals what is in the clear.
pub(super) async fn run(pools: &Pools, directory: &DataDir, given: Option<&Path>) -> Result<Vault> {
    let mut reader = pools.read().await?;
    let noted = settings::read(&mut reader, settings::KEY).await?;
    let late = settings::read(&mut reader, settings::BLOB_USE_DUE).await?.is_some();
    let clear = in_clear(&mut reader).await? > 0;
    drop(reader);
    let vault = match noted {
        Some(noted) if !late && !clear => check(key::find(directory.path(), given)?, &noted, directory)?,
        _ => change(pools, directory, given).await?,
    };
    if settings::read(&mut *pools.read().await?, settings::VACUUM_DUE).await?.is_some()
        && let Err(error) = vacuum(pools).await
    {
        tracing::warn!(
            error = crate::error::chain(&error),
            "secrets are sealed, but what stood in their place may still be in free pages of the database; it is tried \
             again at the next start"
        );
    }
    Ok(vault)
}

/// Refuses a key that is not the one of the check value.
fn check(found: Option<Vault>, noted: &str, directory: &DataDir) -> Result<Vault> {
    let damaged = Error::Damaged { what: "check of the key" };
    let Some((id, sealed)) = noted.split_once(' ') else { return Err(damaged) };
    let found = key::expect(found, id, directory.path())?;
    match found.open(SETTING, settings::KEY, sealed) {
        Ok(text) if text.expose() == CHECK => Ok(found),
        _ => {
            let path = found.path().display();
            let detail = format!("{path} does not open the check value of the database, which was changed");
            Err(key::refused(Code::KeyForeign, detail))
        }
    }
}

/// The id of the key that the secrets of a database are sealed with, if they are.
pub(super) fn key_id(noted: &str) -> &str {
    noted.split(' ').next().unwrap_or_default()
}

async fn change(pools: &Pools, directory: &DataDir, given: Option<&Path>) -> Result<Vault> {
    let mut change = pools.write().await?;
    let found = key::find(directory.path(), given)?;
    // Another hub may have been first.
    let vault = match settings::read(&mut change, settings::KEY).await? {
        Some(noted) => check(found, &noted, directory)?,
        None if sealed_already(&mut change).await? => {
            let detail = "the database has sealed secrets, and the value is gone by which the right key shows; put a \
                          backup of the database back";
            return Err(key::refused(Code::KeyForeign, detail.to_owned()));
        }
        None => {
            // The key is on the disk before anything is sealed with it.
            let vault = found.map_or_else(|| key::make(directory), Ok)?;
            let note = format!("{} {}", vault.id(), vault.seal(SETTING, settings::KEY, CHECK)?);
            settings::set(&mut change, settings::KEY, &note).await?;
            vault
        }
    };
    let sealed = seal_all(&mut change, &vault).await?;
    if sealed > 0 {
        settings::set(&mut change, settings::VACUUM_DUE, "").await?;
    }
    if settings::read(&mut change, settings::BLOB_USE_DUE).await?.is_some() {
        blobs::note_all_uses(&mut change).await?;
        settings::delete(&mut change, settings::BLOB_USE_DUE).await?;
    }
    commit(change).await?;
    if sealed > 0 {
        tracing::info!(secrets = sealed, key = vault.id(), "secrets that stood in the clear are sealed");
    }
    Ok(vault)
}

async fn sealed_already(connection: &mut Connection) -> Result<bool> {
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account WHERE signing_key LIKE $1")
        .bind(format!("{VERSION}%"))
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for sealed secrets"))?;
    Ok(found > 0)
}

async fn in_clear(connection: &mut Connection) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM account WHERE signing_key NOT LIKE $1) \
         + (SELECT COUNT(*) FROM operator WHERE totp_secret NOT LIKE $1) \
         + (SELECT COUNT(*) FROM setting WHERE name = $2 AND value NOT LIKE $1) \
         + (SELECT COUNT(*) FROM alert_channel WHERE kind = 'webhook' AND target NOT LIKE $1)",
    )
    .bind(format!("{VERSION}%"))
    .bind(settings::SECRET)
    .fetch_one(connection)
    .await
    .map_err(Error::database("looking for secrets in the clear"))
}

/// Seals everything that is in the clear; answers how many secrets those were.
async fn seal_all(change: &mut Connection, vault: &Vault) -> Result<usize> {
    let accounts = clear(change, "SELECT id, signing_key FROM account WHERE signing_key NOT LIKE $1").await?;
    let people = clear(change, "SELECT id, totp_secret FROM operator WHERE totp_secret NOT LIKE $1").await?;
    let secrets =
        clear(change, "SELECT name, value FROM setting WHERE name = 'secret' AND value NOT LIKE $1").await?;
    let webhooks =
        clear(change, "SELECT id, target FROM alert_channel WHERE kind = 'webhook' AND target NOT LIKE $1")
            .await?;
    for (id, key) in &accounts {
        let bytes: Option<[u8; 32]> = hex::decode(key).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or(Error::Damaged { what: "key of an account" })?;
        let public = hex::encode(SigningKey::from_bytes(&bytes).verifying_key().to_bytes());
        let sql = "UPDATE account SET signing_key = $2, public_key = $3 WHERE id = $1";
        replace(change, sql, id, &vault.seal(SIGNING_KEY, id, key)?, Some(&public)).await?;
    }
    for (id, secret) in &people {
        let sql = "UPDATE operator SET totp_secret = $2 WHERE id = $1";
        replace(change, sql, id, &vault.seal(SECOND_STEP, id, secret)?, None).await?;
    }
    for (name, secret) in &secrets {
        let sql = "UPDATE setting SET value = $2 WHERE name = $1";
        replace(change, sql, name, &vault.seal(SETTING, name, secret)?, None).await?;
    }
    for (id, address) in &webhooks {
        let sql = "UPDATE alert_channel SET target = $2, shown = $3 WHERE id = $1";
        let shown = setup::shown_address(address);
        replace(change, sql, id, &vault.seal(WEBHOOK, id, address)?, Some(&shown)).await?;
    }
    Ok(accounts.len() + people.len() + secrets.len() + webhooks.len())
}

async fn clear(change: &mut Connection, sql: &'static str) -> Result<Vec<(String, String)>> {
    sqlx::query_as(sql)
        .bind(format!("{VERSION}%"))
        .fetch_all(change)
        .await
        .map_err(Error::database("looking for secrets in the clear"))
}

async fn replace(
    change: &mut Connection,
    sql: &'static str,
    row: &str,
    sealed: &str,
    beside: Option<&str>,
) -> Result<()> {
    let mut query = sqlx::query(sql).bind(row).bind(sealed);
    if let Some(beside) = beside {
        query = query.bind(beside);
    }
    query.execute(change).await.map_err(Error::database("sealing a secret"))?;
    Ok(())
}

/// Writes anew what held secrets in the clear: a database keeps what was changed until it needs the room.
async fn vacuum(pools: &Pools) -> Result<()> {
    let failed = "removing what stood in the place of sealed secrets";
    let mut connection = pools.writers.acquire().await.map_err(Error::database(failed))?;
    match pools.kind {
        Kind::Sqlite => {
            for sql in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
                connection.execute(sql).await.map_err(Error::database(failed))?;
            }
        }
        Kind::Postgres => {
            for table in TABLES {
                let sql = sqlx::AssertSqlSafe(format!("VACUUM FULL {table}"));
                connection.execute(sql).await.map_err(Error::database(failed))?;
            }
        }
    }
    settings::delete(&mut connection, settings::VACUUM_DUE).await
}
