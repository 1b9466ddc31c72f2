//! Counts over several tables, for monitoring.

use super::Store;
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// What an account has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Screens that have shown themselves since the moment that was asked for.
    pub online: i64,
    /// Screens that have not.
    pub offline: i64,
    /// Screens that may not play.
    pub unauthorized: i64,
    /// Images and videos.
    pub content: i64,
    /// Their bytes.
    pub content_bytes: i64,
}

/// Counts what an account has; a screen that was not seen since `seen_since` is offline. Screens
/// in hidden folders do not count.
pub async fn counts(
    store: &Store,
    account: &str,
    scope: &Scope,
    seen_since: Millis,
    now: Millis,
) -> Result<Counts> {
    let failed = || Error::database("counting for the metrics");
    let mut connection = store.read().await?;
    let seen = scope.sql(Area::Screens, "folder");
    let (online, offline, unauthorized) = sqlx::query_as::<_, (i64, i64, i64)>(sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(CASE WHEN may = 1 AND last_seen >= $2 THEN 1 END), \
         COUNT(CASE WHEN may = 1 AND last_seen < $2 THEN 1 END), COUNT(CASE WHEN may = 0 THEN 1 END) \
         FROM (SELECT last_seen, CASE WHEN granted = 1 AND (expires_at IS NULL OR expires_at > $3) THEN 1 ELSE 0 \
         END AS may FROM device WHERE account = $1 AND left_at IS NULL AND {seen}) AS found"
    )))
    .bind(account)
    .bind(seen_since)
    .bind(now)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    let (content, content_bytes) = sqlx::query_as::<_, (i64, i64)>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM content WHERE account = $1",
    )
    .bind(account)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    Ok(Counts { online, offline, unauthorized, content, content_bytes })
}
