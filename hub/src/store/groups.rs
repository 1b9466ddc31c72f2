//! Tables `person_group`, `group_member` and `group_folder`: groups of people, and what they may do in folders.

use sqlx::FromRow;

use super::Connection;
use crate::folder_rights::Entry;
use crate::ident::Millis;
use crate::{Error, Result};

/// A group.
#[derive(Debug, Clone, FromRow)]
pub struct Group {
    /// `grp_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// Unique in the account.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Member {
    /// `opr_…`
    pub id: String,
    /// E-mail address.
    pub email: String,
}

#[derive(FromRow)]
struct Row {
    person_group: String,
    area: String,
    folder: String,
    level: String,
}

impl TryFrom<Row> for Entry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let damaged = |_| Error::Damaged { what: "right of a group" };
        Ok(Self {
            area: row.area.parse().map_err(damaged)?,
            folder: row.folder,
            level: row.level.parse().map_err(damaged)?,
        })
    }
}

/// Adds a group, or renames it; a name that is taken is a conflict.
pub async fn put(connection: &mut Connection, group: &Group) -> Result<()> {
    sqlx::query(
        "INSERT INTO person_group (id, account, name, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET name = $3",
    )
    .bind(&group.id)
    .bind(&group.account)
    .bind(&group.name)
    .bind(group.created_at)
    .execute(connection)
    .await
    .map_err(|source| match source.as_database_error() {
        Some(error) if error.is_unique_violation() => {
            Error::Conflict(format!("there is a group named {:?} already", group.name))
        }
        _ => Error::Database { doing: "storing a group", source },
    })?;
    Ok(())
}

/// Removes a group with its members and rights.
pub async fn delete(connection: &mut Connection, id: &str) -> Result<()> {
    for query in [
        "DELETE FROM group_member WHERE person_group = $1",
        "DELETE FROM group_folder WHERE person_group = $1",
        "DELETE FROM person_group WHERE id = $1",
    ] {
        sqlx::query(query)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("removing a group"))?;
    }
    Ok(())
}

/// A group of an account, by id or name.
pub async fn find(connection: &mut Connection, account: &str, name_or_id: &str) -> Result<Option<Group>> {
    sqlx::query_as("SELECT * FROM person_group WHERE account = $1 AND (id = $2 OR name = $2)")
        .bind(account)
        .bind(name_or_id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a group"))
}

/// The groups of an account by name, from after one.
pub async fn list(connection: &mut Connection, account: &str, after: &str, limit: i64) -> Result<Vec<Group>> {
    sqlx::query_as("SELECT * FROM person_group WHERE account = $1 AND name > $2 ORDER BY name LIMIT $3")
        .bind(account)
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing groups"))
}

/// Who is in a group, by address.
pub async fn members(connection: &mut Connection, group: &str) -> Result<Vec<Member>> {
    sqlx::query_as(
        "SELECT operator.id, operator.email FROM group_member JOIN operator \
         ON operator.id = group_member.operator WHERE person_group = $1 ORDER BY email",
    )
    .bind(group)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the members of a group"))
}

/// Puts somebody into a group; who is in it stays in it.
pub async fn add_member(connection: &mut Connection, group: &str, operator: &str) -> Result<()> {
    sqlx::query("INSERT INTO group_member (person_group, operator) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(group)
        .bind(operator)
        .execute(connection)
        .await
        .map_err(Error::database("adding to a group"))?;
    Ok(())
}

/// Takes somebody out of a group; false when they were not in it.
pub async fn remove_member(connection: &mut Connection, group: &str, operator: &str) -> Result<bool> {
    let result = sqlx::query("DELETE FROM group_member WHERE person_group = $1 AND operator = $2")
        .bind(group)
        .bind(operator)
        .execute(connection)
        .await
        .map_err(Error::database("taking out of a group"))?;
    Ok(result.rows_affected() == 1)
}

/// Names of the groups that somebody is in.
pub async fn names_of(connection: &mut Connection, operator: &str) -> Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT person_group.name FROM group_member JOIN person_group \
         ON person_group.id = group_member.person_group WHERE operator = $1 ORDER BY person_group.name",
    )
    .bind(operator)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the groups of a person"))
}

/// What a group says of folders.
pub async fn folders(connection: &mut Connection, group: &str) -> Result<Vec<Entry>> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM group_folder WHERE person_group = $1 ORDER BY area, folder")
            .bind(group)
            .fetch_all(connection)
            .await
            .map_err(Error::database("reading the rights of a group"))?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Replaces what a group says of folders.
pub async fn set_folders(connection: &mut Connection, group: &str, entries: &[Entry]) -> Result<()> {
    sqlx::query("DELETE FROM group_folder WHERE person_group = $1")
        .bind(group)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("changing the rights of a group"))?;
    for entry in entries {
        sqlx::query("INSERT INTO group_folder (person_group, area, folder, level) VALUES ($1, $2, $3, $4)")
            .bind(group)
            .bind(entry.area.as_str())
            .bind(&entry.folder)
            .bind(entry.level.as_str())
            .execute(&mut *connection)
            .await
            .map_err(Error::database("changing the rights of a group"))?;
    }
    Ok(())
}

/// What the groups of a person say, group by group.
pub async fn rights_of(connection: &mut Connection, operator: &str) -> Result<Vec<Vec<Entry>>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT group_folder.* FROM group_folder JOIN group_member \
         ON group_member.person_group = group_folder.person_group \
         WHERE group_member.operator = $1 ORDER BY group_folder.person_group",
    )
    .bind(operator)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the rights of a person"))?;
    let mut groups: Vec<(String, Vec<Entry>)> = Vec::new();
    for row in rows {
        let group = row.person_group.clone();
        let entry = Entry::try_from(row)?;
        match groups.last_mut().filter(|(id, _)| *id == group) {
            Some((_, entries)) => entries.push(entry),
            None => groups.push((group, vec![entry])),
        }
    }
    Ok(groups.into_iter().map(|(_, entries)| entries).collect())
}
