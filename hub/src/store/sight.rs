//! What of an account is there for somebody, by id: tables of everything that lies in folders.

use std::collections::{HashMap, HashSet};

use super::Connection;
use crate::folder_rights::{Area, Scope};
use crate::{Error, Result};

/// Everything of an account by id, content by its digest too, with whether it is there for somebody. A screen that has
/// left is not among it, nor what was removed.
pub async fn all(connection: &mut Connection, account: &str, scope: &Scope) -> Result<HashMap<String, bool>> {
    let (content, screens) = (scope.sql(Area::Content, "folder"), scope.sql(Area::Screens, "folder"));
    let of_content = |column: &str, table: &str| {
        format!(
            "SELECT {column} AS id, CASE WHEN {content} THEN 1 ELSE 0 END AS seen FROM {table} WHERE account = $1"
        )
    };
    let parts = [
        of_content("id", "playlist"),
        of_content("id", "layout"),
        of_content("id", "time_block"),
        of_content("id", "schedule_entry"),
        of_content("id", "content"),
        // The same file may lie in two folders.
        format!(
            "SELECT sha256 AS id, MAX(CASE WHEN {content} THEN 1 ELSE 0 END) AS seen FROM content \
             WHERE account = $1 GROUP BY sha256"
        ),
        format!(
            "SELECT id, CASE WHEN {screens} THEN 1 ELSE 0 END AS seen FROM device \
             WHERE account = $1 AND left_at IS NULL"
        ),
        format!(
            "SELECT g.id, CASE WHEN {} THEN 1 ELSE 0 END AS seen FROM screen_group g WHERE g.account = $1",
            member(scope)
        ),
    ];
    let sql =
        format!("SELECT id, CAST(seen AS BIGINT) AS seen FROM ({}) AS things", parts.join(" UNION ALL "));
    let rows: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("looking for what is there for somebody"))?;
    Ok(rows.into_iter().map(|(id, seen)| (id, seen > 0)).collect())
}

/// Names of the groups of screens that are there for somebody.
pub async fn groups(connection: &mut Connection, account: &str, scope: &Scope) -> Result<HashSet<String>> {
    let sql = format!("SELECT g.name FROM screen_group g WHERE g.account = $1 AND {}", member(scope));
    let names: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("looking for what is there for somebody"))?;
    Ok(names.into_iter().collect())
}

/// Whether a group holds a screen that is there for somebody.
fn member(scope: &Scope) -> String {
    format!(
        "EXISTS (SELECT 1 FROM screen_group_member m JOIN device d ON d.id = m.device \
         WHERE m.screen_group = g.id AND d.account = g.account AND d.left_at IS NULL AND {})",
        scope.sql(Area::Screens, "d.folder")
    )
}

/// Whether a thing names another one: what is in it already may stay in it.
pub async fn names(connection: &mut Connection, account: &str, thing: &str, other: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM (SELECT body FROM schedule_entry WHERE account = $1 AND id = $2 \
         UNION ALL SELECT body FROM layout WHERE account = $1 AND id = $2 \
         UNION ALL SELECT COALESCE(i.content, '') || ' ' || COALESCE(i.layout, '') AS body FROM playlist_item i \
         JOIN playlist p ON p.id = i.playlist WHERE p.account = $1 AND p.id = $2 \
         UNION ALL SELECT COALESCE(playlist, '') || ' ' || COALESCE(layout, '') AS body FROM device \
         WHERE account = $1 AND id = $2) AS bodies WHERE body LIKE $3 ESCAPE '!'";
    let count: i64 = sqlx::query_scalar(sql)
        .bind(account)
        .bind(thing)
        .bind(format!("%{}%", super::escape(other)))
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for what a thing names"))?;
    Ok(count > 0)
}
