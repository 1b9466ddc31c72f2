//! Table `publication`: what was published, what was asked to be, and what became of it.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Connection, Store, blobs};
use crate::ident::Millis;
use crate::{Error, Result};

/// Everything but the document, which is large.
const COLUMNS: &str = "id, account, number, state, changes, comment, created_by, created_at, decided_by, decided_at, \
     answer, published_at, sequence, restores";

/// A revision, or a request for one.
#[derive(Debug, Clone, FromRow)]
pub struct Publication {
    /// `pub_…`; newer ones are greater.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// Of published ones, from 1; else 0.
    pub number: i64,
    /// `requested`, `published`, `rejected` or `withdrawn`.
    pub state: String,
    /// Against the one before, as JSON.
    pub changes: String,
    /// What it is about.
    pub comment: Option<String>,
    /// Who published it or asked for it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Millis>,
    /// Why.
    pub answer: Option<String>,
    /// When it became what screens get.
    pub published_at: Option<Millis>,
    /// The sequence that its documents got.
    pub sequence: Option<i64>,
    /// The one that it brings back.
    pub restores: Option<String>,
}

/// Adds one with its document.
pub async fn insert(connection: &mut Connection, new: &Publication, document: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO publication (id, account, number, state, changes, comment, created_by, created_at, decided_by, \
         decided_at, answer, published_at, sequence, restores, document) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(&new.id)
    .bind(&new.account)
    .bind(new.number)
    .bind(&new.state)
    .bind(&new.changes)
    .bind(&new.comment)
    .bind(&new.created_by)
    .bind(new.created_at)
    .bind(&new.decided_by)
    .bind(new.decided_at)
    .bind(&new.answer)
    .bind(new.published_at)
    .bind(new.sequence)
    .bind(&new.restores)
    .bind(document)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("adding a publication"))?;
    blobs::note_uses(connection, &new.id, document).await
}

/// Puts into a request what is in force with it; from then on it never changes.
pub async fn set_document(connection: &mut Connection, id: &str, document: &str) -> Result<()> {
    sqlx::query("UPDATE publication SET document = $2 WHERE id = $1")
        .bind(id)
        .bind(document)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("publishing a request"))?;
    blobs::note_uses(connection, id, document).await
}

/// Notes what became of a request.
pub async fn decide(connection: &mut Connection, decided: &Publication) -> Result<()> {
    sqlx::query(
        "UPDATE publication SET number = $2, state = $3, decided_by = $4, decided_at = $5, answer = $6, \
         published_at = $7, sequence = $8, changes = $9 WHERE id = $1",
    )
    .bind(&decided.id)
    .bind(decided.number)
    .bind(&decided.state)
    .bind(&decided.decided_by)
    .bind(decided.decided_at)
    .bind(&decided.answer)
    .bind(decided.published_at)
    .bind(decided.sequence)
    .bind(&decided.changes)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("deciding on a publication"))?;
    match decided.decided_at {
        Some(at) if decided.state != "published" => blobs::let_go_of_uses(connection, &decided.id, at).await,
        _ => Ok(()),
    }
}

/// An account's publication with this id.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Option<Publication>> {
    let sql = format!("SELECT {COLUMNS} FROM publication WHERE account = $1 AND id = $2");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a publication"))
}

/// The document of one.
pub async fn document(connection: &mut Connection, id: &str) -> Result<String> {
    sqlx::query_scalar("SELECT document FROM publication WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a publication"))?
        .ok_or(Error::Damaged { what: "reference to a publication" })
}

/// Whether something that an account has published shows a file.
pub async fn shows(connection: &mut Connection, account: &str, sha256: &str) -> Result<bool> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT id FROM publication JOIN blob_use ON blob_use.holder = publication.id \
         WHERE blob_use.sha256 = $2 AND account = $1 AND state = 'published' LIMIT 1",
    )
    .bind(account)
    .bind(sha256)
    .fetch_optional(connection)
    .await
    .map_err(Error::database("looking for a file in publications"))?;
    Ok(found.is_some())
}

/// The one in force.
pub async fn current(connection: &mut Connection, account: &str) -> Result<Option<Publication>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM publication WHERE account = $1 AND state = 'published' ORDER BY number DESC LIMIT 1"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(account)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a publication"))
}

/// Publications of an account, newest first, from the one after `after` on; in one state or in all.
pub async fn page(
    store: &Store,
    account: &str,
    state: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Publication>> {
    let mut connection = store.read().await?;
    let sql = format!(
        "SELECT {COLUMNS} FROM publication WHERE account = $1 AND ($2 = '' OR state = $2) \
         AND ($3 = '' OR id < $3) AND (number > 0 OR state <> 'published' OR changes <> '[]') ORDER BY id DESC LIMIT $4"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(account)
        .bind(state)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing publications"))
}
