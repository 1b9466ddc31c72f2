//! Table `fault`: what is or was wrong with screens.

use sqlx::FromRow;

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

/// Something that is wrong, or was.
#[derive(Debug, Clone, FromRow)]
pub struct Fault {
    /// The screen's id of it.
    pub id: String,
    /// `content`, `network` or `hardware`.
    pub class: String,
    /// Of the catalogue, or of a newer one.
    pub code: String,
    /// What is particular to the case.
    pub detail: Option<String>,
    /// By the screen's clock.
    pub raised_at: Millis,
    /// When the hub heard of it.
    pub received_at: Millis,
    /// When it was right again, by the screen's clock.
    pub cleared_at: Option<Millis>,
    /// When the hub heard of that.
    pub cleared_received_at: Option<Millis>,
}

/// The faults of a screen, newest first: those that are not resolved, or those that are.
pub async fn of(connection: &mut Connection, device: &str, resolved: bool, limit: i64) -> Result<Vec<Fault>> {
    sqlx::query_as(
        "SELECT id, class, code, detail, raised_at, received_at, cleared_at, cleared_received_at FROM fault \
         WHERE device = $1 AND (CASE WHEN cleared_received_at IS NULL THEN 0 ELSE 1 END) = $2 \
         ORDER BY raised_at DESC, id LIMIT $3",
    )
    .bind(device)
    .bind(i64::from(resolved))
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading faults"))
}
