//! Tables `upload` and `upload_piece`: files that are arriving.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// A file that is arriving.
#[derive(Debug, Clone, FromRow)]
pub struct Upload {
    /// `upl_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// Who sends it.
    pub created_by: String,
    /// What its content will be called.
    pub title: String,
    /// Where it will lie.
    pub folder: String,
    /// Bytes in all.
    pub size: i64,
    /// Bytes that have arrived and will not be lost.
    pub received: i64,
    /// The content, once it is whole.
    pub content: Option<String>,
    /// When it began.
    pub created_at: Millis,
    /// When it is given up.
    pub expires_at: Millis,
}

impl Upload {
    /// For a message.
    pub fn name(&self) -> &str {
        if self.title.is_empty() { "the file" } else { &self.title }
    }

    /// Whether every byte is here, but it is no content yet.
    pub fn is_whole(&self) -> bool {
        self.received == self.size && self.content.is_none()
    }
}

const COLUMNS: &str =
    "id, account, created_by, title, folder, size, received, content, created_at, expires_at";

/// Adds one.
pub async fn insert(connection: &mut Connection, upload: &Upload) -> Result<()> {
    sqlx::query(
        "INSERT INTO upload (id, account, created_by, title, folder, size, received, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&upload.id)
    .bind(&upload.account)
    .bind(&upload.created_by)
    .bind(&upload.title)
    .bind(&upload.folder)
    .bind(upload.size)
    .bind(upload.received)
    .bind(upload.created_at)
    .bind(upload.expires_at)
    .execute(connection)
    .await
    .map_err(Error::database("beginning an upload"))?;
    Ok(())
}

/// An account's upload with this id.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Upload> {
    let sql = format!("SELECT {COLUMNS} FROM upload WHERE account = $1 AND id = $2");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an upload"))?
        .ok_or_else(|| Error::NotFound { what: "upload", name: id.to_owned() })
}

/// Unfinished ones of an account.
pub async fn unfinished(connection: &mut Connection, account: &str) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM upload WHERE account = $1 AND content IS NULL")
        .bind(account)
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting uploads"))
}

/// Makes somebody the one who writes; whoever did so before finds out with the next piece.
pub async fn take(connection: &mut Connection, id: &str, lease: &str) -> Result<()> {
    sqlx::query("UPDATE upload SET lease = $1 WHERE id = $2")
        .bind(lease)
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("continuing an upload"))?;
    Ok(())
}

/// Counts a piece that is in the store, if its writer still is the one who writes.
pub async fn add_piece(
    connection: &mut Connection,
    upload: &Upload,
    lease: &str,
    piece: &Piece,
    expires_at: Millis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE upload SET received = $1, expires_at = $2 \
         WHERE id = $3 AND lease = $4 AND received = $5 AND content IS NULL",
    )
    .bind(piece.first + piece.size)
    .bind(expires_at)
    .bind(&upload.id)
    .bind(lease)
    .bind(piece.first)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("continuing an upload"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO upload_piece (upload, first, size, name) VALUES ($1, $2, $3, $4)")
        .bind(&upload.id)
        .bind(piece.first)
        .bind(piece.size)
        .bind(&piece.name)
        .execute(connection)
        .await
        .map_err(Error::database("continuing an upload"))?;
    Ok(true)
}

/// Sets the length of an upload that began without one.
pub async fn set_size(connection: &mut Connection, id: &str, size: i64) -> Result<()> {
    sqlx::query("UPDATE upload SET size = $1 WHERE id = $2")
        .bind(size)
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("continuing an upload"))?;
    Ok(())
}

/// A part of a file.
#[derive(Debug, Clone, FromRow)]
pub struct Piece {
    /// Where in the file it begins.
    pub first: i64,
    /// Bytes.
    pub size: i64,
    /// In the store.
    pub name: String,
}

/// What has arrived, in order.
pub async fn pieces(store: &Store, id: &str) -> Result<Vec<Piece>> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT first, size, name FROM upload_piece WHERE upload = $1 ORDER BY first")
        .bind(id)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("reading an upload"))
}

/// Says what an upload has become, and forgets its pieces.
pub async fn finish(connection: &mut Connection, id: &str, content: &str) -> Result<()> {
    sqlx::query("UPDATE upload SET content = $1, lease = NULL WHERE id = $2")
        .bind(content)
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("finishing an upload"))?;
    forget_pieces(connection, id).await
}

async fn forget_pieces(connection: &mut Connection, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM upload_piece WHERE upload = $1")
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("finishing an upload"))?;
    Ok(())
}

/// Removes one.
pub async fn delete(connection: &mut Connection, id: &str) -> Result<()> {
    forget_pieces(connection, id).await?;
    sqlx::query("DELETE FROM upload WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("removing an upload"))?;
    Ok(())
}

/// Leaves out what is not finished.
pub(super) const FORGET_UNFINISHED: [&str; 2] = [
    "DELETE FROM upload_piece WHERE upload IN (SELECT id FROM upload WHERE content IS NULL)",
    "DELETE FROM upload WHERE content IS NULL",
];

/// Whether the pieces of an upload may still become something.
pub async fn is_arriving(store: &Store, id: &str) -> Result<bool> {
    let mut connection = store.read().await?;
    let found: Option<i64> =
        sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM upload WHERE id = $1 AND content IS NULL")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await
            .map_err(Error::database("looking for an upload"))?;
    Ok(found.is_some())
}

/// Those that are over, finished or not.
pub async fn expired(store: &Store, now: Millis) -> Result<Vec<String>> {
    let mut connection = store.read().await?;
    sqlx::query_scalar("SELECT id FROM upload WHERE expires_at <= $1 ORDER BY id LIMIT 1000")
        .bind(now)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("looking for old uploads"))
}

/// Those that are whole but were not made content, since the hub ended too early.
pub async fn whole(store: &Store) -> Result<Vec<Upload>> {
    let mut connection = store.read().await?;
    let sql = format!("SELECT {COLUMNS} FROM upload WHERE received = size AND content IS NULL ORDER BY id");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("looking for uploads"))
}
