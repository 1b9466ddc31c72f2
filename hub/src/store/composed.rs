//! Tables `layout`, `time_block` and `schedule_entry`: drafts of what people compose, alike in everything but their
//! content, which is JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, FromRow};

use super::{Connection, Store, escape, from_text, to_text};
use crate::ident::Millis;
use crate::{Error, Result};

/// What is stored in a table of its own.
pub trait Composed: Serialize + DeserializeOwned + Send + Sync + Unpin {
    /// The table.
    const TABLE: &'static str;
    /// In front of its ids.
    const PREFIX: &'static str;
    /// For people.
    const WHAT: &'static str;
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft<T> {
    /// Its prefix tells what it is.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// What it is about.
    pub body: T,
    /// When it was made.
    pub created_at: Millis,
    /// When it was changed last.
    pub updated_at: Millis,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    name: String,
    folder: Option<String>,
    body: String,
    created_at: Millis,
    updated_at: Millis,
}

impl Row {
    fn draft<T: Composed>(self) -> Result<Draft<T>> {
        let Self { id, account, name, folder, body, created_at, updated_at } = self;
        let body = from_text(&body, T::WHAT)?;
        Ok(Draft { id, account, name, folder, body, created_at, updated_at })
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// A part of the name; empty for all.
    pub search: &'a str,
    /// In this folder or below; empty for all.
    pub folder: &'a str,
    /// Name and id of the last one of the page before; empty for the first page.
    pub after: (&'a str, &'a str),
    /// Most of them.
    pub limit: i64,
    /// A condition that says what is there for whoever asks, as [`crate::folder_rights::Scope::sql`] makes it.
    pub visible: &'a str,
}

impl Filter<'_> {
    /// Everything.
    pub const ALL: Self = Self { search: "", folder: "", after: ("", ""), limit: i64::MAX, visible: "1 = 1" };

    /// The condition for it. Its parameters: account, pattern of the name, folder, pattern of the folders below, name
    /// and id of the last one, limit.
    pub(super) fn sql(&self) -> String {
        format!(
            "WHERE account = $1 AND LOWER(name) LIKE LOWER($2) ESCAPE '!' \
             AND ($3 = '' OR folder = $3 OR folder LIKE $4 ESCAPE '!') \
             AND (name > $5 OR (name = $5 AND id > $6)) AND {} ORDER BY name, id LIMIT $7",
            self.visible
        )
    }

    /// The second and the fourth parameter.
    pub(super) fn patterns(&self) -> (String, String) {
        (format!("%{}%", escape(self.search.trim())), format!("{}/%", escape(self.folder)))
    }
}

/// Adds a draft, or replaces it.
pub async fn put<T: Composed>(connection: &mut Connection, draft: &Draft<T>) -> Result<()> {
    let sql = format!(
        "INSERT INTO {} (id, account, name, folder, body, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET name = $3, folder = $4, body = $5, updated_at = $7",
        T::TABLE
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(&draft.id)
        .bind(&draft.account)
        .bind(&draft.name)
        .bind(&draft.folder)
        .bind(to_text(&draft.body)?)
        .bind(draft.created_at)
        .bind(draft.updated_at)
        .execute(connection)
        .await
        .map_err(Error::database("storing a draft"))?;
    Ok(())
}

/// An account's draft with this id.
pub async fn by_id<T: Composed>(
    connection: &mut Connection,
    account: &str,
    id: &str,
) -> Result<Option<Draft<T>>> {
    let sql = format!("SELECT * FROM {} WHERE account = $1 AND id = $2", T::TABLE);
    sqlx::query_as::<_, Row>(AssertSqlSafe(sql))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a draft"))?
        .map(Row::draft)
        .transpose()
}

/// An account's draft with this id, or a refusal.
pub async fn find<T: Composed>(connection: &mut Connection, account: &str, id: &str) -> Result<Draft<T>> {
    let missing = || Error::NotFound { what: T::WHAT, name: id.to_owned() };
    by_id(connection, account, id).await?.ok_or_else(missing)
}

/// A page of an account's drafts by name.
pub async fn page<T: Composed>(
    connection: &mut Connection,
    account: &str,
    filter: &Filter<'_>,
) -> Result<Vec<Draft<T>>> {
    let (name, below) = filter.patterns();
    let sql = format!("SELECT * FROM {} {}", T::TABLE, filter.sql());
    sqlx::query_as::<_, Row>(AssertSqlSafe(sql))
        .bind(account)
        .bind(name)
        .bind(filter.folder)
        .bind(below)
        .bind(filter.after.0)
        .bind(filter.after.1)
        .bind(filter.limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing drafts"))?
        .into_iter()
        .map(Row::draft)
        .collect()
}

/// Every draft of an account by name.
pub async fn all<T: Composed>(store: &Store, account: &str) -> Result<Vec<Draft<T>>> {
    page(&mut *store.read().await?, account, &Filter::ALL).await
}

/// How many there are.
pub async fn count<T: Composed>(connection: &mut Connection, account: &str) -> Result<i64> {
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) FROM {} WHERE account = $1", T::TABLE)))
        .bind(account)
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting drafts"))
}

/// Removes a draft.
pub async fn delete<T: Composed>(connection: &mut Connection, account: &str, id: &str) -> Result<()> {
    sqlx::query(AssertSqlSafe(format!("DELETE FROM {} WHERE account = $1 AND id = $2", T::TABLE)))
        .bind(account)
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("removing a draft"))?;
    Ok(())
}
