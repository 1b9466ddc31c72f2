//! Table `content`: what an account has uploaded. The bytes are in [`crate::blobs`].

use schemars::JsonSchema;
use serde::Serialize;
use sqlx::FromRow;

use super::{Connection, Store, blobs};
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// A list in a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct List(pub Vec<String>);

impl TryFrom<String> for List {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        super::from_json(&text).map(Self)
    }
}

/// An image or a video.
#[derive(Debug, Clone, Default, FromRow, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// `con_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// The file name, unless somebody gave it another.
    pub title: String,
    /// `image` or `video`.
    pub kind: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Such as `video/mp4`.
    pub media_type: String,
    /// Levels separated by a slash; empty at the top.
    pub folder: String,
    /// For finding it.
    #[sqlx(try_from = "String")]
    pub tags: List,
    /// Milliseconds, of what has an end.
    pub duration_ms: Option<i64>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// Of the picture, such as `H.264`.
    pub codec: Option<String>,
    /// Codec of the sound.
    pub audio: Option<String>,
    /// Everything that the probe said, as JSON.
    #[serde(skip)]
    pub details: Option<String>,
    /// Digest of the small picture, if there is one.
    pub thumbnail: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, or `none` where there is no probe.
    pub probe: String,
    /// Why a screen could not show it.
    pub problem: Option<String>,
    /// Who added it: `cli`, an operator's or an API token's id.
    pub created_by: String,
    /// When it was added.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    #[schemars(with = "jiff::Timestamp")]
    pub created_at: Millis,
}

/// Which content is wanted.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    /// In the title, without regard to case.
    pub text: &'a str,
    /// `image`, `video`, or any.
    pub kind: &'a str,
    /// One of its tags.
    pub tag: &'a str,
    /// The folder; without one, all of them.
    pub folder: Option<&'a str>,
    /// Also what lies in folders below it.
    pub below: bool,
    /// Title and id of the last one of the page before.
    pub after: Option<(&'a str, &'a str)>,
    /// Most of them.
    pub limit: i64,
    /// In folders that are there for whoever asks; without one, in all.
    pub scope: Option<&'a Scope>,
}

/// What the probe found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Milliseconds.
    pub duration_ms: Option<i64>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// Of the picture.
    pub codec: Option<String>,
    /// Codec of the sound.
    pub audio: Option<String>,
    /// JSON.
    pub details: Option<String>,
    /// Digest of the small picture.
    pub thumbnail: Option<String>,
    /// Why a screen could not show it.
    pub problem: Option<String>,
}

/// Adds content. The same bytes twice are one content of the account: the answer is the one that stays.
pub async fn insert(connection: &mut Connection, content: &Content) -> Result<Content> {
    sqlx::query(
        "INSERT INTO content (id, account, title, kind, sha256, size, media_type, folder, tags, created_by, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (account, sha256) DO NOTHING",
    )
    .bind(&content.id)
    .bind(&content.account)
    .bind(&content.title)
    .bind(&content.kind)
    .bind(&content.sha256)
    .bind(content.size)
    .bind(&content.media_type)
    .bind(&content.folder)
    .bind(super::to_json(&content.tags.0)?)
    .bind(&content.created_by)
    .bind(content.created_at)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("adding content"))?;
    by_digest(connection, &content.account, &content.sha256).await?.ok_or(Error::Damaged { what: "content" })
}

/// Changes title, folder and tags.
pub async fn update(connection: &mut Connection, content: &Content) -> Result<()> {
    sqlx::query("UPDATE content SET title = $1, folder = $2, tags = $3 WHERE id = $4")
        .bind(&content.title)
        .bind(&content.folder)
        .bind(super::to_json(&content.tags.0)?)
        .bind(&content.id)
        .execute(connection)
        .await
        .map_err(Error::database("changing content"))?;
    Ok(())
}

/// Removes content. Its bytes and its small picture stay in the store until nobody has needed them for a while.
pub async fn delete(connection: &mut Connection, content: &Content, now: Millis) -> Result<()> {
    for sha256 in [Some(&content.sha256), content.thumbnail.as_ref()].into_iter().flatten() {
        blobs::let_go(connection, sha256, now).await?;
    }
    sqlx::query("DELETE FROM content WHERE id = $1")
        .bind(&content.id)
        .execute(connection)
        .await
        .map_err(Error::database("removing content"))?;
    Ok(())
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
    find(&mut *store.read().await?, account, id).await
}

/// An account's content with this id, as a change sees it.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Content> {
    sqlx::query_as("SELECT * FROM content WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
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

/// A page of an account's content, by title.
pub async fn search(store: &Store, account: &str, search: &Search<'_>) -> Result<Vec<Content>> {
    let mut connection = store.read().await?;
    let (title, id) = search.after.unwrap_or_default();
    let seen = search.scope.map_or_else(|| "1 = 1".to_owned(), |scope| scope.sql(Area::Content, "folder"));
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT * FROM content WHERE account = $1 AND {seen} AND ($2 = '' OR LOWER(title) LIKE $3 ESCAPE '!') \
         AND ($4 = '' OR kind = $4) AND ($5 = '' OR tags LIKE $6 ESCAPE '!') \
         AND ($7 = 0 OR folder = $8 OR ($9 = 1 AND ($8 = '' OR folder LIKE $10 ESCAPE '!'))) \
         AND ($12 = '' OR title > $11 OR (title = $11 AND id > $12)) ORDER BY title, id LIMIT $13"
    )))
    .bind(account)
    .bind(search.text)
    .bind(format!("%{}%", escape(&search.text.to_lowercase())))
    .bind(search.kind)
    .bind(search.tag)
    .bind(format!("%{}%", escape(&serde_json::Value::from(search.tag).to_string())))
    .bind(i64::from(search.folder.is_some()))
    .bind(search.folder.unwrap_or_default())
    .bind(i64::from(search.below))
    .bind(format!("{}/%", escape(search.folder.unwrap_or_default())))
    .bind(title)
    .bind(id)
    .bind(search.limit)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("looking for content"))
}

/// A text for LIKE, with `!` before what would stand for others.
pub(super) fn escape(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// What plays content: its kind, id and name.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Use {
    /// Such as `playlist`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
}

/// Everything that shows content: drafts, what screens get now, what waits for an approval, overrides until they end.
pub async fn uses(connection: &mut Connection, id: &str) -> Result<Vec<Use>> {
    sqlx::query_as(
        "SELECT 'playlist' AS kind, playlist.id AS id, playlist.name AS name FROM playlist_item \
         JOIN playlist ON playlist.id = playlist_item.playlist WHERE playlist_item.content = $1 \
         UNION SELECT 'layout', layout.id, layout.name FROM layout JOIN content \
         ON content.account = layout.account WHERE content.id = $1 AND layout.body LIKE $2 ESCAPE '!' \
         UNION SELECT 'schedule entry', schedule_entry.id, schedule_entry.name FROM schedule_entry JOIN content \
         ON content.account = schedule_entry.account \
         WHERE content.id = $1 AND schedule_entry.body LIKE $2 ESCAPE '!' \
         UNION SELECT 'override', screen_override.id, screen_override.name FROM screen_override JOIN content \
         ON content.account = screen_override.account WHERE content.id = $1 AND stopped_at IS NULL \
         AND ends_at > $3 AND EXISTS (SELECT 1 FROM blob_use WHERE blob_use.holder = screen_override.id \
         AND blob_use.sha256 = content.sha256) \
         UNION SELECT 'publication', publication.id, COALESCE(publication.comment, '') FROM publication \
         JOIN content ON content.account = publication.account WHERE content.id = $1 \
         AND (publication.state = 'requested' OR (publication.state = 'published' AND NOT EXISTS \
         (SELECT 1 FROM publication newer WHERE newer.account = publication.account \
         AND newer.state = 'published' AND newer.number > publication.number))) \
         AND EXISTS (SELECT 1 FROM blob_use WHERE blob_use.holder = publication.id \
         AND blob_use.sha256 = content.sha256) ORDER BY 1, 3, 2",
    )
    .bind(id)
    .bind(format!("%\"{}\"%", escape(id)))
    .bind(crate::ident::now())
    .fetch_all(connection)
    .await
    .map_err(Error::database("looking who plays content"))
}

/// Bytes of the content and the unfinished uploads of an account.
pub async fn total(connection: &mut Connection, account: &str) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT CAST(COALESCE((SELECT SUM(size) FROM content WHERE account = $1), 0) \
         + COALESCE((SELECT SUM(size) FROM upload WHERE account = $1 AND content IS NULL), 0) AS BIGINT)",
    )
    .bind(account)
    .fetch_one(connection)
    .await
    .map_err(Error::database("adding up content"))
}

/// Most bytes of content that an account may have.
pub async fn limit(connection: &mut Connection, account: &str) -> Result<Option<i64>> {
    sqlx::query_scalar("SELECT content_limit FROM account WHERE id = $1")
        .bind(account)
        .fetch_one(connection)
        .await
        .map_err(Error::database("reading the limit of an account"))
}

/// Changes that.
pub async fn set_limit(connection: &mut Connection, account: &str, limit: Option<i64>) -> Result<()> {
    sqlx::query("UPDATE account SET content_limit = $1 WHERE id = $2")
        .bind(limit)
        .bind(account)
        .execute(connection)
        .await
        .map_err(Error::database("changing the limit of an account"))?;
    Ok(())
}

/// Content whose turn it is to be probed, oldest first; also what a probe began with before `stale` and did not end, and
/// what was taken without one before `missed`.
pub async fn unprobed(store: &Store, stale: Millis, missed: Millis, limit: i64) -> Result<Vec<Content>> {
    let mut connection = store.read().await?;
    sqlx::query_as(
        "SELECT * FROM content WHERE probe = 'waiting' OR (probe = 'running' AND probed_at < $1) \
         OR (probe = 'none' AND probed_at < $2) ORDER BY created_at, id LIMIT $3",
    )
    .bind(stale)
    .bind(missed)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("looking for content to probe"))
}

/// Takes content for probing, unless somebody else has it; see [`unprobed`].
pub async fn claim(
    connection: &mut Connection,
    id: &str,
    stale: Millis,
    missed: Millis,
    now: Millis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE content SET probe = 'running', probed_at = $1 \
         WHERE id = $2 AND (probe = 'waiting' OR (probe = 'running' AND probed_at < $3) \
         OR (probe = 'none' AND probed_at < $4))",
    )
    .bind(now)
    .bind(id)
    .bind(stale)
    .bind(missed)
    .execute(connection)
    .await
    .map_err(Error::database("beginning to probe content"))?;
    Ok(done.rows_affected() > 0)
}

/// Writes what the probe found; `state` is `done`, `failed`, `none` or `waiting`.
pub async fn probed(connection: &mut Connection, id: &str, state: &str, found: &Found) -> Result<()> {
    sqlx::query(
        "UPDATE content SET probe = $1, duration_ms = $2, width = $3, height = $4, codec = $5, audio = $6, \
         details = $7, thumbnail = $8, problem = $9 WHERE id = $10",
    )
    .bind(state)
    .bind(found.duration_ms)
    .bind(found.width)
    .bind(found.height)
    .bind(&found.codec)
    .bind(&found.audio)
    .bind(&found.details)
    .bind(&found.thumbnail)
    .bind(&found.problem)
    .bind(id)
    .execute(connection)
    .await
    .map_err(Error::database("noting what content is"))?;
    Ok(())
}
