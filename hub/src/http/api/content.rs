//! `/content` and `/content-folders`: what the account has uploaded.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::user::User;
use super::super::{Shared, blob};
use super::Input;
use crate::content::{self, Change, Folder};
use crate::folder_rights::Area;
use crate::ident;
use crate::rights::Right;
use crate::sight::{Sight, quiet};
use crate::store::content::{self as contents, Content, Search, Use};
use crate::{Error, Result, folder};

/// Items of a page, unless asked for fewer or more.
const PAGE: i64 = 100;
/// At most.
const MAX_PAGE: i64 = 1000;

/// Every route.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/content", get(list))
        .route("/content/{id}", get(show).patch(patch).delete(remove))
        .route("/content/{id}/file", get(file))
        .route("/content/{id}/thumbnail", get(thumbnail))
        .route("/content-folders", get(folders).post(make_folder).delete(remove_folder))
        .route("/content-folders/move", post(move_folder))
}

/// Which content is wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http) struct Wanted {
    /// In the title.
    search: String,
    /// `image` or `video`.
    kind: String,
    /// One of its tags.
    tag: String,
    /// Only what lies in this folder; empty is the top.
    folder: Option<String>,
    /// Also what lies in folders below it.
    below: bool,
    /// 1 to 1000, 100 without it.
    limit: Option<i64>,
    /// From `next` of the page before.
    after: String,
}

/// A page of content.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOfContent")]
pub(in crate::http) struct Page {
    items: Vec<Content>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One content.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    #[serde(flatten)]
    pub content: Content,
    /// What plays it.
    pub used_by: Vec<Use>,
}

/// What is to be changed; absent leaves it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Patch {
    title: Option<String>,
    /// Levels separated by a slash; empty is the top. Made when it is not there.
    folder: Option<String>,
    tags: Option<Vec<String>>,
}

/// Every folder.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::http) struct Folders {
    items: Vec<Folder>,
}

/// A folder to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewFolder {
    /// Levels separated by a slash.
    path: String,
}

/// A folder to be moved or renamed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Moved {
    /// Its path.
    from: String,
    /// The path that it gets.
    to: String,
}

/// Which folder is meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct WantedFolder {
    path: String,
}

async fn list(
    State(state): State<Shared>,
    user: User,
    wanted: std::result::Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Page>> {
    user.may(Right::View)?;
    let Query(wanted) = wanted.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    let limit = wanted.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Error::Invalid(format!("limit is a number from 1 to {MAX_PAGE}")));
    }
    if !matches!(wanted.kind.as_str(), "" | "image" | "video") {
        return Err(Error::Invalid("kind is image or video".into()));
    }
    let path = wanted.folder.as_deref().map(folder::path).transpose()?;
    let after = cursor(&wanted.after)?;
    let search = Search {
        text: wanted.search.trim(),
        kind: &wanted.kind,
        tag: wanted.tag.trim(),
        folder: path.as_deref(),
        below: wanted.below,
        after: after.as_ref().map(|(title, id)| (title.as_str(), id.as_str())),
        // One more than wanted tells whether there is another page.
        limit: limit + 1,
        scope: Some(&user.scope),
    };
    let items = contents::search(&state.store, &user.account, &search).await?;
    let (items, next) = page(items, limit);
    Ok(Json(Page { items, next }))
}

/// A page out of one item more than fits, and what the next one is asked for by.
pub(in crate::http) fn page(mut items: Vec<Content>, limit: i64) -> (Vec<Content>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more);
    let next = last.map(|last| URL_SAFE_NO_PAD.encode(json!([last.title, last.id]).to_string()));
    (items, next)
}

/// Where a page begins.
pub(in crate::http) fn cursor(after: &str) -> Result<Option<(String, String)>> {
    if after.is_empty() {
        return Ok(None);
    }
    let bytes = URL_SAFE_NO_PAD.decode(after).ok();
    let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor.map(Some).ok_or_else(|| Error::Invalid("after is not from \"next\" of a page".into()))
}

async fn show(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Detail>> {
    user.may(Right::View)?;
    let mut connection = state.store.read().await?;
    let content = contents::find(&mut connection, &user.account, &id).await?;
    let mut used_by = contents::uses(&mut connection, &id).await?;
    let sight = Sight::load(&mut connection, &user.account, &user.scope).await?;
    used_by.retain(|used| sight.sees(&used.id));
    Ok(Json(Detail { content, used_by }))
}

async fn patch(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(patch): Input<Patch>,
) -> Result<Json<Content>> {
    let actor = user.may(Right::EditContent)?;
    let Patch { title, folder, tags } = patch;
    if folder.is_some() {
        user.check_folder(Right::EditContent, Area::Content, folder.as_deref())?;
    }
    let change = Change { title, folder, tags };
    Ok(Json(content::change(&state.store, &actor, &id, &change, ident::now()).await?))
}

async fn remove(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<StatusCode> {
    let actor = user.may(Right::EditContent)?;
    quiet(&user.scope, content::remove(&state.store, &actor, &id, ident::now()).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a file is wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "FileQuery")]
pub(in crate::http) struct Way {
    download: Option<String>,
}

async fn file(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Query(way): Query<Way>,
    headers: HeaderMap,
) -> Result<Response> {
    user.may(Right::View)?;
    let content = contents::by_id(&state.store, &user.account, &id).await?;
    let size = content.size.unsigned_abs();
    let mut response = blob::serve(&state, &headers, &content.sha256, size, &content.media_type).await?;
    if way.download.is_some() {
        blob::save_as(&mut response, &content.title);
    }
    Ok(response)
}

async fn thumbnail(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    user.may(Right::View)?;
    let content = contents::by_id(&state.store, &user.account, &id).await?;
    let missing = || Error::NotFound { what: "small picture of", name: id.clone() };
    let sha256 = content.thumbnail.ok_or_else(missing)?;
    let size =
        crate::store::blobs::size(&mut *state.store.read().await?, &sha256).await?.ok_or_else(missing)?;
    blob::serve(&state, &headers, &sha256, size.unsigned_abs(), "image/jpeg").await
}

async fn folders(State(state): State<Shared>, user: User) -> Result<Json<Folders>> {
    user.may(Right::View)?;
    let mut items = content::folders(&state.store, &user.account).await?;
    items.retain(|folder| user.scope.sees(Area::Content, Some(&folder.path)));
    Ok(Json(Folders { items }))
}

async fn make_folder(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<NewFolder>,
) -> Result<(StatusCode, Json<Folder>)> {
    let actor = user.may(Right::EditContent)?;
    user.check_folder(Right::EditContent, Area::Content, Some(&new.path))?;
    let path = content::make_folder(&state.store, &actor, &new.path, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(Folder { path, count: 0 })))
}

async fn move_folder(
    State(state): State<Shared>,
    user: User,
    Input(moved): Input<Moved>,
) -> Result<Json<Folder>> {
    let actor = user.may(Right::EditContent)?;
    for path in [&moved.from, &moved.to] {
        user.check_folder(Right::EditContent, Area::Content, Some(path))?;
    }
    let path = content::move_folder(&state.store, &actor, &moved.from, &moved.to, ident::now()).await?;
    let folders = content::folders(&state.store, &user.account).await?;
    let count = folders.iter().find(|folder| folder.path == path).map_or(0, |folder| folder.count);
    Ok(Json(Folder { path, count }))
}

async fn remove_folder(
    State(state): State<Shared>,
    user: User,
    wanted: std::result::Result<Query<WantedFolder>, QueryRejection>,
) -> Result<StatusCode> {
    let actor = user.may(Right::EditContent)?;
    let Query(wanted) = wanted.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    for path in [wanted.path.as_str(), folder::parent(&wanted.path)] {
        user.check_folder(Right::EditContent, Area::Content, Some(path))?;
    }
    content::remove_folder(&state.store, &actor, &wanted.path, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
