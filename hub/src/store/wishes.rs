//! What an account has under a name that somebody gave by hand.

use sqlx::AssertSqlSafe;

use super::Connection;
use crate::folder_rights::Level;
use crate::{Error, Result};

/// Ids of what has this id or name in a table of an account, a few at most.
pub async fn named(
    connection: &mut Connection,
    account: &str,
    table: &'static str,
    text: &str,
) -> Result<Vec<String>> {
    let sql =
        format!("SELECT id FROM {table} WHERE account = $1 AND (id = $2 OR name = $2) ORDER BY id LIMIT 9");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(account)
        .bind(text)
        .fetch_all(connection)
        .await
        .map_err(Error::database("looking for a name"))
}

/// Whether a group keeps somebody from looking into a folder, or from changing it.
pub async fn keeps_folders(connection: &mut Connection, account: &str) -> Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM group_folder f JOIN person_group g ON g.id = f.person_group \
         WHERE g.account = $1 AND f.level <> $2",
    )
    .bind(account)
    .bind(Level::Write.as_str())
    .fetch_one(connection)
    .await
    .map_err(Error::database("looking for limits"))?;
    Ok(found > 0)
}
