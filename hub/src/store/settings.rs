//! Table `setting`: what the hub as a whole remembers.

use super::{Connection, Store};
use crate::{Error, Result};

/// The hub's secret for nonces, access tokens and form tokens, hexadecimal, sealed.
pub const SECRET: &str = "secret";
/// The address under which devices reach this hub, as last served.
pub const PUBLIC_URL: &str = "public_url";

/// The id of the key that secrets are sealed with, and a value that it opens.
pub const KEY: &str = "key";
/// What stood in the place of secrets before they were sealed may still be in free pages.
pub const VACUUM_DUE: &str = "vacuum_due";
/// The files that older documents name are not noted yet.
pub const BLOB_USE_DUE: &str = "blob_use_due";

/// When the rules of alerts were gone through last, by whichever hub.
pub const ALERTS_AT: &str = "alerts_at";

/// Digest of the code that lets the first person in, while nobody is.
pub const SETUP: &str = "setup";

/// A setting, if it was ever made.
pub async fn get(store: &Store, name: &str) -> Result<Option<String>> {
    read(&mut *store.read().await?, name).await
}

/// A setting as a change sees it.
pub async fn read(connection: &mut Connection, name: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM setting WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a setting"))
}

/// Makes or changes a setting.
pub async fn set(connection: &mut Connection, name: &str, value: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
    )
    .bind(name)
    .bind(value)
    .execute(connection)
    .await
    .map_err(Error::database("storing a setting"))?;
    Ok(())
}

/// Removes a setting.
pub async fn delete(connection: &mut Connection, name: &str) -> Result<()> {
    sqlx::query("DELETE FROM setting WHERE name = $1")
        .bind(name)
        .execute(connection)
        .await
        .map_err(Error::database("removing a setting"))?;
    Ok(())
}

/// A setting that is made once and never changes; answers the one that is in force.
pub async fn get_or_set(store: &Store, name: &str, value: &str) -> Result<String> {
    let mut change = store.write().await?;
    sqlx::query("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value)
        .execute(&mut *change)
        .await
        .map_err(Error::database("storing a setting"))?;
    super::commit(change).await?;
    Ok(get(store, name).await?.unwrap_or_else(|| value.to_owned()))
}
