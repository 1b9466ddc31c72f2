//! Table `blob`: which files the store has, and when each was last needed. The files are in [`crate::blobs`].

use sqlx::AssertSqlSafe;

use super::{Connection, Store};
use crate::ident::{self, Millis};
use crate::{Error, Result};

/// Whether something needs a file. What was published may be brought back, and a request may be approved; layouts and
/// the schedule name content, which is not removed from under them. An override counts that ends after `$1`. Whoever
/// else keeps digests of files names its table here.
const NEEDED: &str = "EXISTS (SELECT 1 FROM content WHERE content.sha256 = blob.sha256) \
    OR EXISTS (SELECT 1 FROM content WHERE content.thumbnail = blob.sha256) \
    OR EXISTS (SELECT 1 FROM screen_override WHERE stopped_at IS NULL AND ends_at > $1 \
        AND target LIKE '%' || blob.sha256 || '%') \
    OR EXISTS (SELECT 1 FROM publication WHERE state IN ('published', 'requested') \
        AND document LIKE '%' || blob.sha256 || '%')";

/// Notes that a file is about to be stored, or was stored again. Comes before the file, so that none is without a row,
/// and none is removed that somebody is storing.
pub async fn touch(connection: &mut Connection, sha256: &str, size: i64, now: Millis) -> Result<()> {
    sqlx::query(
        "INSERT INTO blob (sha256, size, touched_at) VALUES ($1, $2, $3) \
         ON CONFLICT (sha256) DO UPDATE SET touched_at = $3",
    )
    .bind(sha256)
    .bind(size)
    .bind(now)
    .execute(connection)
    .await
    .map_err(Error::database("noting a file"))?;
    Ok(())
}

/// Notes that something no longer needs a file.
pub async fn let_go(connection: &mut Connection, sha256: &str, now: Millis) -> Result<()> {
    sqlx::query("UPDATE blob SET touched_at = $1 WHERE sha256 = $2")
        .bind(now)
        .bind(sha256)
        .execute(connection)
        .await
        .map_err(Error::database("noting a file"))?;
    Ok(())
}

/// Files that nothing needs and nobody has touched since a moment.
pub async fn orphans(connection: &mut Connection, before: Millis, limit: i64) -> Result<Vec<String>> {
    sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT sha256 FROM blob WHERE touched_at < $1 AND NOT ({NEEDED}) ORDER BY touched_at LIMIT $2"
    )))
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(Error::database("looking for files that nobody needs"))
}

/// Forgets a file that was removed.
pub async fn forget(connection: &mut Connection, sha256: &str) -> Result<()> {
    sqlx::query("DELETE FROM blob WHERE sha256 = $1")
        .bind(sha256)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting a file"))?;
    Ok(())
}

/// Digest and length of every file that something needs, for a copy of them.
pub async fn needed(store: &Store) -> Result<Vec<(String, i64)>> {
    let mut connection = store.read().await?;
    sqlx::query_as(AssertSqlSafe(format!("SELECT sha256, size FROM blob WHERE {NEEDED} ORDER BY sha256")))
        .bind(ident::now())
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing files"))
}

/// Length of a file.
pub async fn size(connection: &mut Connection, sha256: &str) -> Result<Option<i64>> {
    sqlx::query_scalar("SELECT size FROM blob WHERE sha256 = $1")
        .bind(sha256)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading about a file"))
}
