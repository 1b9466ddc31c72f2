//! Table `content`: what an account has uploaded. The bytes are in [`crate::blobs`].

use serde::Serialize;
use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// An image or a video.
#[derive(Debug, Clone, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// `con_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// The file name.
    pub title: String,
    /// `image` or `video`.
    pub kind: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Such as `video/mp4`.
    pub media_type: String,
    /// When it was added.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    pub created_at: Millis,
}

/// Adds content. The same bytes twice are one content of the account: the answer is the one that stays.
pub async fn insert(connection: &mut Connection, content: &Content) -> Result<Content> {
    sqlx::query(
        "INSERT INTO content (id, account, title, kind, sha256, size, media_type, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account, sha256) DO NOTHING",
    )
    .bind(&content.id)
    .bind(&content.account)
    .bind(&content.title)
    .bind(&content.kind)
    .bind(&content.sha256)
    .bind(content.size)
    .bind(&content.media_type)
    .bind(content.created_at)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("adding content"))?;
    by_digest(connection, &content.account, &content.sha256).await?.ok_or(Error::Damaged { what: "content" })
}

/// An account's content with this digest; that of another account is not found.
pub async fn by_digest(connection: &mut Connection, account: &str, sha256: &str) -> Result<Option<Content>> {
    sqlx::query_as("SELECT * FROM content WHERE account = $1 AND sha256 = $2")
        .bind(account)
        .bind(sha256)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading content"))
}

/// An account's content with this id.
pub async fn by_id(store: &Store, account: &str, id: &str) -> Result<Content> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM content WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Error::database("reading content"))?
        .ok_or_else(|| Error::NotFound { what: "content", name: id.to_owned() })
}

/// Everything that an account has uploaded, oldest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Content>> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM content WHERE account = $1 ORDER BY created_at, id")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing content"))
}
