//! Tables `screen_group` and `screen_group_member`: screens that belong together, wherever they are listed.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// A group.
#[derive(Debug, Clone, FromRow)]
pub struct Group {
    /// `sgr_…`
    pub id: String,
    /// Unique in the account.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
    /// How many screens are in it.
    pub screens: i64,
}

const SELECT: &str = "SELECT g.id, g.name, g.created_at, (SELECT COUNT(*) FROM screen_group_member m \
     JOIN device d ON d.id = m.device AND d.account = g.account AND d.left_at IS NULL \
     WHERE m.screen_group = g.id) AS screens FROM screen_group g";

/// The groups of an account by name.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Group>> {
    let mut connection = store.read().await?;
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE g.account = $1 ORDER BY g.name")))
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing groups of screens"))
}

/// An account's group with this id.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Group> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE g.account = $1 AND g.id = $2")))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a group of screens"))?
        .ok_or_else(|| Error::NotFound { what: "group of screens", name: id.to_owned() })
}

/// Adds a group, or gives it another name.
pub async fn put(connection: &mut Connection, account: &str, group: &Group) -> Result<()> {
    sqlx::query(
        "INSERT INTO screen_group (id, account, name, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET name = $3",
    )
    .bind(&group.id)
    .bind(account)
    .bind(&group.name)
    .bind(group.created_at)
    .execute(connection)
    .await
    .map_err(|source| match source.as_database_error() {
        Some(error) if error.is_unique_violation() => {
            Error::Conflict(format!("there is a group named {:?} already", group.name))
        }
        _ => Error::Database { doing: "storing a group of screens", source },
    })?;
    Ok(())
}

/// Removes a group; its screens stay.
pub async fn delete(connection: &mut Connection, id: &str) -> Result<()> {
    for sql in
        ["DELETE FROM screen_group_member WHERE screen_group = $1", "DELETE FROM screen_group WHERE id = $1"]
    {
        sqlx::query(sql)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("removing a group of screens"))?;
    }
    Ok(())
}

/// Puts a screen into a group or takes it out.
pub async fn set_member(connection: &mut Connection, group: &str, device: &str, member: bool) -> Result<()> {
    let sql = match member {
        true => {
            "INSERT INTO screen_group_member (screen_group, device) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        }
        false => "DELETE FROM screen_group_member WHERE screen_group = $1 AND device = $2",
    };
    sqlx::query(sql)
        .bind(group)
        .bind(device)
        .execute(connection)
        .await
        .map_err(Error::database("changing a group of screens"))?;
    Ok(())
}

/// Puts a screen into the groups of another, which leaves them.
pub async fn take_over(connection: &mut Connection, from: &str, to: &str) -> Result<()> {
    for sql in [
        "INSERT INTO screen_group_member (screen_group, device) SELECT screen_group, $2 FROM screen_group_member \
         WHERE device = $1 ON CONFLICT DO NOTHING",
        "DELETE FROM screen_group_member WHERE device = $1 AND $2 <> ''",
    ] {
        sqlx::query(sql)
            .bind(from)
            .bind(to)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("changing a group of screens"))?;
    }
    Ok(())
}

/// Names of the groups that a screen is in.
pub async fn of(connection: &mut Connection, device: &str) -> Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT g.name FROM screen_group g JOIN screen_group_member m ON m.screen_group = g.id \
         JOIN device d ON d.id = m.device AND d.account = g.account WHERE m.device = $1 ORDER BY g.name",
    )
    .bind(device)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the groups of a screen"))
}
