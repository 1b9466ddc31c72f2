//! Tables `blob`: which files the store has, and when each was last needed; and `blob_use`: which documents name them.
//! The files are in [`crate::blobs`].

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::{Connection, Store};
use crate::ident::{self, Millis};
use crate::{Error, Result};

/// Rows of one INSERT.
const USES: usize = 500;

/// Whether something needs a file. What was published may be brought back, and a request may be approved; layouts and
/// the schedule name content, which is not removed from under them. An override counts that ends after `$1`. Whoever
/// else keeps documents with digests of files in them notes them by [`note_uses`], and names its table here.
const NEEDED: &str = "EXISTS (SELECT 1 FROM content WHERE content.sha256 = blob.sha256) \
    OR EXISTS (SELECT 1 FROM content WHERE content.thumbnail = blob.sha256) \
    OR EXISTS (SELECT 1 FROM blob_use JOIN screen_override ON screen_override.id = blob_use.holder \
        WHERE blob_use.sha256 = blob.sha256 AND stopped_at IS NULL AND ends_at > $1) \
    OR EXISTS (SELECT 1 FROM blob_use JOIN publication ON publication.id = blob_use.holder \
        WHERE blob_use.sha256 = blob.sha256 AND state IN ('published', 'requested'))";

/// Notes that a file is about to be stored, or is stored again, so that it stays for a while. Answers the life that it
/// has: whoever names the file in a later change looks there whether it still has that one ([`lives`]). None while
/// somebody is removing it.
pub async fn touch(
    connection: &mut Connection,
    sha256: &str,
    size: i64,
    now: Millis,
) -> Result<Option<String>> {
    let failed = "noting a file";
    let known: Option<(String, Option<String>, i64)> =
        sqlx::query_as("SELECT life, sweeper, sweeper_until FROM blob WHERE sha256 = $1")
            .bind(sha256)
            .fetch_optional(&mut *connection)
            .await
            .map_err(Error::database(failed))?;
    let life = match known {
        Some((life, None, _)) => life,
        Some((_, Some(_), until)) if until > now => return Ok(None),
        // Whoever was removing it has died, before or after.
        Some(_) | None => ident::new("life")?,
    };
    sqlx::query(
        "INSERT INTO blob (sha256, size, touched_at, life) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) \
         DO UPDATE SET touched_at = $3, life = $4, sweeper = NULL, sweeper_until = 0",
    )
    .bind(sha256)
    .bind(size)
    .bind(now)
    .bind(&life)
    .execute(connection)
    .await
    .map_err(Error::database(failed))?;
    Ok(Some(life))
}

/// Whether a file has been there without a break since it got this life, and nobody is removing it.
pub async fn lives(connection: &mut Connection, sha256: &str, life: &str) -> Result<bool> {
    let found: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM blob WHERE sha256 = $1 AND life = $2 AND sweeper IS NULL")
            .bind(sha256)
            .bind(life)
            .fetch_one(connection)
            .await
            .map_err(Error::database("looking for a file"))?;
    Ok(found > 0)
}

/// The digests that a document holds: whatever looks like one.
fn digests(document: &str) -> BTreeSet<&str> {
    let digest = |text: &&str| text.len() == 64 && text.bytes().all(|byte| !byte.is_ascii_uppercase());
    document.split(|char: char| !char.is_ascii_hexdigit()).filter(digest).collect()
}

/// Notes the files that a document names, in place of those that it named before.
pub async fn note_uses(connection: &mut Connection, holder: &str, document: &str) -> Result<()> {
    let failed = "noting which files are needed";
    sqlx::query("DELETE FROM blob_use WHERE holder = $1")
        .bind(holder)
        .execute(&mut *connection)
        .await
        .map_err(Error::database(failed))?;
    let found: Vec<&str> = digests(document).into_iter().collect();
    for some in found.chunks(USES) {
        let sql = format!("INSERT INTO blob_use (holder, sha256) VALUES {}", super::rows(some.len(), 2));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for sha256 in some {
            query = query.bind(holder).bind(*sha256);
        }
        query.execute(&mut *connection).await.map_err(Error::database(failed))?;
    }
    Ok(())
}

/// Notes the files of every document that is there, once.
pub(super) async fn note_all_uses(connection: &mut Connection) -> Result<()> {
    let failed = "noting which files are needed";
    for (ids, document) in [
        ("SELECT id FROM publication", "SELECT document FROM publication WHERE id = $1"),
        ("SELECT id FROM screen_override", "SELECT target FROM screen_override WHERE id = $1"),
    ] {
        let ids: Vec<String> =
            sqlx::query_scalar(ids).fetch_all(&mut *connection).await.map_err(Error::database(failed))?;
        // One at a time: a document is large.
        for id in ids {
            let text: String = sqlx::query_scalar(document)
                .bind(&id)
                .fetch_one(&mut *connection)
                .await
                .map_err(Error::database(failed))?;
            note_uses(connection, &id, &text).await?;
        }
    }
    Ok(())
}

/// Notes that a document no longer needs its files.
pub async fn let_go_of_uses(connection: &mut Connection, holder: &str, now: Millis) -> Result<()> {
    sqlx::query(
        "UPDATE blob SET touched_at = $1 WHERE sha256 IN (SELECT sha256 FROM blob_use WHERE holder = $2)",
    )
    .bind(now)
    .bind(holder)
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

/// Takes files that nothing needs and nobody has touched since a moment, to remove them until another.
pub async fn take_orphans(
    connection: &mut Connection,
    sweeper: &str,
    before: Millis,
    (now, until): (Millis, Millis),
    limit: i64,
) -> Result<Vec<String>> {
    let failed = "looking for files that nobody needs";
    let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT sha256 FROM blob WHERE touched_at < $1 AND (sweeper IS NULL OR sweeper_until <= $2) \
         AND NOT ({NEEDED}) ORDER BY touched_at LIMIT $3"
    )))
    .bind(before)
    .bind(now)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database(failed))?;
    for sha256 in &found {
        sqlx::query("UPDATE blob SET sweeper = $2, sweeper_until = $3 WHERE sha256 = $1")
            .bind(sha256)
            .bind(sweeper)
            .bind(until)
            .execute(&mut *connection)
            .await
            .map_err(Error::database(failed))?;
    }
    Ok(found)
}

/// Forgets a file that was removed.
pub async fn forget(connection: &mut Connection, sha256: &str, sweeper: &str) -> Result<()> {
    sqlx::query("DELETE FROM blob WHERE sha256 = $1 AND sweeper = $2")
        .bind(sha256)
        .bind(sweeper)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting a file"))?;
    Ok(())
}

/// Leaves what was taken and not removed. It may be gone all the same, so it has another life.
pub async fn leave(connection: &mut Connection, sweeper: &str) -> Result<()> {
    sqlx::query("UPDATE blob SET life = $1, sweeper = NULL, sweeper_until = 0 WHERE sweeper = $1")
        .bind(sweeper)
        .execute(connection)
        .await
        .map_err(Error::database("leaving files"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_wherever_they_stand() {
        let (one, two) = ("0a".repeat(32), "1b".repeat(32));
        let text = format!("{{\"sha256\":\"{one}\",\"url\":\"/v1/blobs/{two}\",\"again\":\"{one}\"}}");
        assert_eq!(digests(&text).into_iter().collect::<Vec<_>>(), [&one, &two]);
        for text in [&one[1..], &format!("{one}0"), &one.to_uppercase(), "", "{}"] {
            assert!(digests(text).is_empty(), "{text}");
        }
    }
}
