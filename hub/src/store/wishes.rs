//! What an account has under a name that somebody gave by hand.

use sqlx::AssertSqlSafe;

use super::Connection;
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
