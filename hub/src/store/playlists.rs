//! Tables `playlist` and `playlist_item`.

use serde::Serialize;
use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// A list of content.
#[derive(Debug, Clone, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Playlist {
    /// `pls_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// For people.
    pub name: String,
    /// When it was made.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    pub created_at: Millis,
}

/// A place in a playlist together with its content.
#[derive(Debug, Clone, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// `itm_…`
    pub id: String,
    /// The content that plays here.
    pub content: String,
    /// Milliseconds; images only.
    pub duration_ms: Option<i64>,
    /// The content's file name.
    pub title: String,
    /// The content's kind.
    pub kind: String,
    /// The content's digest.
    pub sha256: String,
    /// The content's length in bytes.
    pub size: i64,
    /// The content's media type.
    pub media_type: String,
}

/// Adds an empty playlist.
pub async fn insert(connection: &mut Connection, playlist: &Playlist) -> Result<()> {
    sqlx::query("INSERT INTO playlist (id, account, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&playlist.id)
        .bind(&playlist.account)
        .bind(&playlist.name)
        .bind(playlist.created_at)
        .execute(connection)
        .await
        .map_err(Error::database("adding a playlist"))?;
    Ok(())
}

/// Empties a playlist.
pub async fn clear(connection: &mut Connection, playlist: &str) -> Result<()> {
    sqlx::query("DELETE FROM playlist_item WHERE playlist = $1")
        .bind(playlist)
        .execute(connection)
        .await
        .map_err(Error::database("emptying a playlist"))?;
    Ok(())
}

/// Puts content into a place of a playlist.
pub async fn insert_item(
    connection: &mut Connection,
    id: &str,
    playlist: &str,
    position: i64,
    content: &str,
    duration_ms: Option<i64>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO playlist_item (id, playlist, position, content, duration_ms) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(playlist)
    .bind(position)
    .bind(content)
    .bind(duration_ms)
    .execute(connection)
    .await
    .map_err(Error::database("filling a playlist"))?;
    Ok(())
}

/// An account's playlist with this id.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Option<Playlist>> {
    sqlx::query_as("SELECT * FROM playlist WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a playlist"))
}

/// The items of a playlist in their order.
pub async fn items(connection: &mut Connection, playlist: &str) -> Result<Vec<Item>> {
    sqlx::query_as(
        "SELECT playlist_item.id, playlist_item.content, playlist_item.duration_ms, content.title, content.kind, \
         content.sha256, content.size, content.media_type \
         FROM playlist_item JOIN content ON content.id = playlist_item.content \
         WHERE playlist_item.playlist = $1 ORDER BY playlist_item.position",
    )
    .bind(playlist)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the items of a playlist"))
}

/// The playlists of an account, oldest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Playlist>> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM playlist WHERE account = $1 ORDER BY created_at, id")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing playlists"))
}
