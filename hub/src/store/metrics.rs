//! Counts over several tables, for monitoring.

use super::Store;
use super::workspace::Online;
use crate::folder_rights::{Area, Scope};
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
    /// Faults that are not resolved: of content, of the network, of hardware.
    pub faults: [i64; 3],
    /// Reports, records in them, and records that were more than the hub takes, ever.
    pub reports: [i64; 3],
    /// Messages of alerts that were sent and given up, ever.
    pub messages: [i64; 2],
}

/// Counts what an account has; `online` says when a screen is. Screens in hidden folders do not count.
pub async fn counts(store: &Store, account: &str, scope: &Scope, online: Online) -> Result<Counts> {
    let failed = || Error::database("counting for the metrics");
    let mut connection = store.read().await?;
    let seen = scope.sql(Area::Screens, "folder");
    let (online, authorized, unauthorized) = sqlx::query_as::<_, (i64, i64, i64)>(sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(CASE WHEN may = 1 AND (session_until > $3 OR (last_seen > $2 AND \
         (session_until IS NULL OR last_seen > session_until))) THEN 1 END), COUNT(CASE WHEN may = 1 THEN 1 END), \
         COUNT(CASE WHEN may = 0 THEN 1 END) FROM (SELECT last_seen, session_until, \
         CASE WHEN granted = 1 AND (expires_at IS NULL OR expires_at > $4) THEN 1 ELSE 0 END AS may \
         FROM device WHERE account = $1 AND left_at IS NULL AND {seen}) AS found"
    )))
    .bind(account)
    .bind(online.seen_after)
    .bind(online.connected_after)
    .bind(online.now)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    let offline = authorized - online;
    let (content, content_bytes) = sqlx::query_as::<_, (i64, i64)>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM content WHERE account = $1",
    )
    .bind(account)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    let (content_faults, network, hardware) = sqlx::query_as::<_, (i64, i64, i64)>(sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(CASE WHEN class = 'content' THEN 1 END), COUNT(CASE WHEN class = 'network' THEN 1 END), \
         COUNT(CASE WHEN class = 'hardware' THEN 1 END) FROM fault JOIN device ON device.id = fault.device \
         AND device.account = fault.account AND device.left_at IS NULL \
         WHERE fault.account = $1 AND cleared_received_at IS NULL AND {}",
        scope.sql(Area::Screens, "device.folder")
    )))
    .bind(account)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    let (reports, records, dropped, sent, given_up) = sqlx::query_as::<_, (i64, i64, i64, i64, i64)>(
        "SELECT CAST(COALESCE(SUM(reports), 0) AS BIGINT), CAST(COALESCE(SUM(records), 0) AS BIGINT), \
         CAST(COALESCE(SUM(dropped), 0) AS BIGINT), CAST(COALESCE(SUM(sent), 0) AS BIGINT), \
         CAST(COALESCE(SUM(failed), 0) AS BIGINT) FROM account_day WHERE account = $1",
    )
    .bind(account)
    .fetch_one(&mut *connection)
    .await
    .map_err(failed())?;
    Ok(Counts {
        online,
        offline,
        unauthorized,
        content,
        content_bytes,
        faults: [content_faults, network, hardware],
        reports: [reports, records, dropped],
        messages: [sent, given_up],
    })
}
