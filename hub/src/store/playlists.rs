//! Tables `playlist` and `playlist_item`: drafts of playlists. What screens get is in [`super::publications`].

use serde::Serialize;
use sqlx::{AssertSqlSafe, FromRow};

use super::composed::Filter;
use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// A list of things to show.
#[derive(Debug, Clone, FromRow, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Playlist {
    /// `pls_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// When it was made.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    pub created_at: Millis,
    /// When it was changed last; 0 when it never was.
    #[serde(skip)]
    pub updated_at: Millis,
}

/// A place in a playlist together with its content, if it shows content.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Item {
    /// `itm_…`
    pub id: String,
    /// The playlist.
    pub playlist: String,
    /// The content that is shown here.
    pub content: Option<String>,
    /// The layout that is shown here.
    pub layout: Option<String>,
    /// The web page that is shown here.
    pub url: Option<String>,
    /// Milliseconds.
    pub duration_ms: Option<i64>,
    /// When it is due, as JSON.
    pub rules: String,
    /// The content's file name.
    pub title: Option<String>,
    /// The content's kind.
    pub kind: Option<String>,
    /// The content's digest.
    pub sha256: Option<String>,
    /// The content's length in bytes.
    pub size: Option<i64>,
    /// The content's media type.
    pub media_type: Option<String>,
}

/// Adds an empty playlist.
pub async fn insert(connection: &mut Connection, playlist: &Playlist) -> Result<()> {
    sqlx::query(
        "INSERT INTO playlist (id, account, name, folder, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&playlist.id)
    .bind(&playlist.account)
    .bind(&playlist.name)
    .bind(&playlist.folder)
    .bind(playlist.created_at)
    .bind(playlist.updated_at)
    .execute(connection)
    .await
    .map_err(Error::database("adding a playlist"))?;
    Ok(())
}

/// Changes name and folder, and notes when.
pub async fn update(connection: &mut Connection, playlist: &Playlist) -> Result<()> {
    sqlx::query("UPDATE playlist SET name = $2, folder = $3, updated_at = $4 WHERE id = $1")
        .bind(&playlist.id)
        .bind(&playlist.name)
        .bind(&playlist.folder)
        .bind(playlist.updated_at)
        .execute(connection)
        .await
        .map_err(Error::database("changing a playlist"))?;
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

/// Removes an empty playlist.
pub async fn delete(connection: &mut Connection, playlist: &str) -> Result<()> {
    sqlx::query("DELETE FROM playlist WHERE id = $1")
        .bind(playlist)
        .execute(connection)
        .await
        .map_err(Error::database("removing a playlist"))?;
    Ok(())
}

/// Puts something into a place of a playlist.
pub async fn insert_item(connection: &mut Connection, position: i64, item: &Item) -> Result<()> {
    sqlx::query(
        "INSERT INTO playlist_item (id, playlist, position, content, layout, url, duration_ms, rules) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&item.id)
    .bind(&item.playlist)
    .bind(position)
    .bind(&item.content)
    .bind(&item.layout)
    .bind(&item.url)
    .bind(item.duration_ms)
    .bind(&item.rules)
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

const ITEMS: &str = "SELECT i.id, i.playlist, i.content, i.layout, i.url, i.duration_ms, i.rules, c.title, c.kind, \
     c.sha256, c.size, c.media_type FROM playlist_item i LEFT JOIN content c ON c.id = i.content ";

/// The items of a playlist in their order.
pub async fn items(connection: &mut Connection, playlist: &str) -> Result<Vec<Item>> {
    sqlx::query_as(AssertSqlSafe(format!("{ITEMS} WHERE i.playlist = $1 ORDER BY i.position")))
        .bind(playlist)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading the items of a playlist"))
}

/// The items of all playlists of an account, playlist by playlist, in their order.
pub async fn all_items(connection: &mut Connection, account: &str) -> Result<Vec<Item>> {
    let sql = format!(
        "{ITEMS} JOIN playlist p ON p.id = i.playlist WHERE p.account = $1 ORDER BY i.playlist, i.position"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading the items of playlists"))
}

/// The playlists of an account, oldest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Playlist>> {
    all(&mut *store.read().await?, account).await
}

/// The same within a change.
pub async fn all(connection: &mut Connection, account: &str) -> Result<Vec<Playlist>> {
    sqlx::query_as("SELECT * FROM playlist WHERE account = $1 ORDER BY created_at, id")
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing playlists"))
}

/// A page of an account's playlists by name.
pub async fn page(connection: &mut Connection, account: &str, filter: &Filter<'_>) -> Result<Vec<Playlist>> {
    let (name, below) = filter.patterns();
    sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM playlist {}", filter.sql())))
        .bind(account)
        .bind(name)
        .bind(filter.folder)
        .bind(below)
        .bind(filter.after.0)
        .bind(filter.after.1)
        .bind(filter.limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing playlists"))
}

/// How many screens, entries for screens and tokens name this playlist or layout.
pub async fn holders(connection: &mut Connection, account: &str, id: &str) -> Result<(i64, i64, i64)> {
    sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM device WHERE account = $1 AND (playlist = $2 OR layout = $2)), \
         (SELECT COUNT(*) FROM screen WHERE account = $1 AND (playlist = $2 OR layout = $2)), \
         (SELECT COUNT(*) FROM enrol_token WHERE account = $1 AND (playlist = $2 OR layout = $2))",
    )
    .bind(account)
    .bind(id)
    .fetch_one(connection)
    .await
    .map_err(Error::database("counting who shows something"))
}
