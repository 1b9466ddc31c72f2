//! Table `screen_override`: what is shown above all, until its end.

use sqlx::FromRow;

use super::{Connection, Store, blobs};
use crate::ident::Millis;
use crate::{Error, Result};

/// An override.
#[derive(Debug, Clone, FromRow)]
pub struct Override {
    /// `ovr_…`; newer ones are greater.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// For people.
    pub name: String,
    /// What is shown, as screens get it, as JSON.
    pub target: String,
    /// On which screens, as JSON.
    pub audience: String,
    /// From this moment.
    pub starts_at: Millis,
    /// It ends then by itself.
    pub ends_at: Millis,
    /// It was stopped earlier.
    pub stopped_at: Option<Millis>,
    /// Who began it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Millis,
}

/// Adds an override.
pub async fn insert(connection: &mut Connection, new: &Override) -> Result<()> {
    sqlx::query(
        "INSERT INTO screen_override (id, account, name, target, audience, starts_at, ends_at, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&new.id)
    .bind(&new.account)
    .bind(&new.name)
    .bind(&new.target)
    .bind(&new.audience)
    .bind(new.starts_at)
    .bind(new.ends_at)
    .bind(&new.created_by)
    .bind(new.created_at)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("adding an override"))?;
    blobs::note_uses(connection, &new.id, &new.target).await
}

/// An account's override with this id.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Option<Override>> {
    sqlx::query_as("SELECT * FROM screen_override WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an override"))
}

/// Ends an override.
pub async fn stop(connection: &mut Connection, id: &str, now: Millis) -> Result<()> {
    sqlx::query("UPDATE screen_override SET stopped_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("stopping an override"))?;
    blobs::let_go_of_uses(connection, id, now).await
}

/// What is or will be in force after a moment, oldest first.
pub async fn in_force(connection: &mut Connection, account: &str, at: Millis) -> Result<Vec<Override>> {
    sqlx::query_as(
        "SELECT * FROM screen_override WHERE account = $1 AND ends_at > $2 AND stopped_at IS NULL ORDER BY id",
    )
    .bind(account)
    .bind(at)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading overrides"))
}

/// Overrides of an account, newest first, from the one after `after` on.
pub async fn page(store: &Store, account: &str, after: &str, limit: i64) -> Result<Vec<Override>> {
    let mut connection = store.read().await?;
    sqlx::query_as(
        "SELECT * FROM screen_override WHERE account = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
    )
    .bind(account)
    .bind(after)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("listing overrides"))
}
