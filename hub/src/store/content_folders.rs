//! Table `content_folder`, and the folders that content lies in.

use super::content::escape;
use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// Every folder that was made or has content, by its path, with how much content lies in it itself.
pub async fn list(store: &Store, account: &str) -> Result<Vec<(String, i64)>> {
    let mut connection = store.read().await?;
    sqlx::query_as(
        "SELECT path, CAST(SUM(number) AS BIGINT) FROM (\
         SELECT path, 0 AS number FROM content_folder WHERE account = $1 \
         UNION ALL SELECT folder, COUNT(*) FROM content WHERE account = $1 GROUP BY folder) AS both_kinds \
         GROUP BY path ORDER BY path",
    )
    .bind(account)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("listing folders"))
}

/// Makes a folder, unless it is there.
pub async fn insert(connection: &mut Connection, account: &str, path: &str, now: Millis) -> Result<()> {
    sqlx::query(
        "INSERT INTO content_folder (account, path, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (account, path) DO NOTHING",
    )
    .bind(account)
    .bind(path)
    .bind(now)
    .execute(connection)
    .await
    .map_err(Error::database("making a folder"))?;
    Ok(())
}

/// Whether a folder was made, or something lies in it or below.
pub async fn exists(connection: &mut Connection, account: &str, path: &str) -> Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM content_folder WHERE account = $1 AND (path = $2 OR path LIKE $3 ESCAPE '!')) \
         + (SELECT COUNT(*) FROM content WHERE account = $1 AND (folder = $2 OR folder LIKE $3 ESCAPE '!'))",
    )
    .bind(account)
    .bind(path)
    .bind(format!("{}/%", escape(path)))
    .fetch_one(connection)
    .await
    .map_err(Error::database("looking for a folder"))?;
    Ok(found > 0)
}

/// Gives a folder, with everything in it and below, another path. What is there already stays as well.
pub async fn rename(
    connection: &mut Connection,
    account: &str,
    from: &str,
    to: &str,
    now: Millis,
) -> Result<()> {
    let inside = format!("{}/%", escape(from));
    let paths: Vec<String> = sqlx::query_scalar(
        "SELECT path FROM content_folder WHERE account = $1 AND (path = $2 OR path LIKE $3 ESCAPE '!') \
         UNION SELECT folder FROM content WHERE account = $1 AND (folder = $2 OR folder LIKE $3 ESCAPE '!')",
    )
    .bind(account)
    .bind(from)
    .bind(&inside)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("moving a folder"))?;
    for path in paths {
        let rest = path.get(from.len()..).unwrap_or_default();
        let target = format!("{to}{rest}");
        let target = target.trim_start_matches('/');
        if !target.is_empty() {
            insert(connection, account, target, now).await?;
        }
        for sql in [
            "UPDATE content SET folder = $1 WHERE account = $2 AND folder = $3",
            "DELETE FROM content_folder WHERE $1 <> path AND account = $2 AND path = $3",
        ] {
            sqlx::query(sql)
                .bind(target)
                .bind(account)
                .bind(&path)
                .execute(&mut *connection)
                .await
                .map_err(Error::database("moving a folder"))?;
        }
    }
    Ok(())
}
