//! Table `setting`: what the hub as a whole remembers.

use super::{Connection, Store};
use crate::{Error, Result};

/// The hub's secret for nonces, access tokens and form tokens, hexadecimal.
pub const SECRET: &str = "secret";
/// The address under which devices reach this hub, as last served.
pub const PUBLIC_URL: &str = "public_url";

/// A setting, if it was ever made.
pub async fn get(store: &Store, name: &str) -> Result<Option<String>> {
    let mut connection = store.read().await?;
    sqlx::query_scalar("SELECT value FROM setting WHERE name = $1")
        .bind(name)
        .fetch_optional(&mut *connection)
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
