//! Playlists, layouts, time blocks, schedules, overrides, publications, and what screens will show. Editing makes
//! drafts; `/publications` brings them to the screens.

pub mod drafts;
pub mod live;
pub mod publications;
pub mod usb;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::user::User;
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::{Error, Result};

/// Largest body: a playlist of 2000 items with their rules.
pub(in crate::http) const MAX_BODY: usize = 4 << 20;
/// Items of a page, unless the request says otherwise.
const PAGE: i64 = 100;
/// Most items of a page.
const MAX_PAGE: i64 = 1000;

/// Every route.
pub(in crate::http) fn router() -> Router<Shared> {
    Router::new()
        .route("/playlists", get(drafts::playlists).post(drafts::create_playlist))
        .route(
            "/playlists/{id}",
            get(drafts::playlist).put(drafts::change_playlist).delete(drafts::delete_playlist),
        )
        .route("/playlists/{id}/duplicate", post(drafts::duplicate_playlist))
        .route("/layouts", get(drafts::layouts).post(drafts::create_layout))
        .route("/layouts/{id}", get(drafts::layout).put(drafts::change_layout).delete(drafts::delete_layout))
        .route("/layouts/{id}/duplicate", post(drafts::duplicate_layout))
        .route("/time-blocks", get(drafts::time_blocks).post(drafts::create_time_block))
        .route(
            "/time-blocks/{id}",
            get(drafts::time_block).put(drafts::change_time_block).delete(drafts::delete_time_block),
        )
        .route("/schedules", get(drafts::entries).post(drafts::create_entry))
        .route("/schedules/conflicts", get(live::conflicts))
        .route("/schedules/{id}", get(drafts::entry).put(drafts::change_entry).delete(drafts::delete_entry))
        .route("/overrides", get(live::overrides).post(live::start))
        .route("/overrides/{id}", get(live::shown))
        .route("/overrides/{id}/stop", post(live::stop))
        .route("/publications", get(publications::list).post(publications::publish))
        .route("/publications/pending", get(publications::pending))
        .route("/publications/{id}", get(publications::show))
        .route("/publications/{id}/approve", post(publications::approve))
        .route("/publications/{id}/reject", post(publications::reject))
        .route("/publications/{id}/withdraw", post(publications::withdraw))
        .route("/publications/{id}/restore", post(publications::restore))
        .route("/publishing", get(publications::settings).patch(publications::set))
        .route("/screens/{id}/preview", get(live::preview))
        .route("/screens/{id}/timeline", get(live::timeline))
        .route("/screens/{id}/publication.zip", get(usb::zip))
        .route("/screens/{id}/publication.img", get(usb::image))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which part of a list of named things.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Wanted {
    /// A part of the name.
    pub search: String,
    /// In this folder or below.
    pub folder: String,
    /// The `next` of the page before.
    pub after: String,
    /// 1 to 1000; 100 without it.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: Option<i64>,
}

/// Which part of a list, newest first.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Newest {
    /// The `next` of the page before.
    pub after: String,
    /// 1 to 1000; 100 without it.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: Option<i64>,
}

fn limit(limit: Option<i64>) -> Result<i64> {
    match limit.unwrap_or(PAGE) {
        limit @ 1..=MAX_PAGE => Ok(limit),
        _ => Err(Error::Invalid(format!("limit is a number from 1 to {MAX_PAGE}"))),
    }
}

/// The last name and id of the page before, from its `next`.
fn cursor(after: &str) -> Result<(String, String)> {
    if after.is_empty() {
        return Ok(Default::default());
    }
    let bytes = URL_SAFE_NO_PAD.decode(after).ok();
    let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor.ok_or_else(|| Error::Invalid("after is not from \"next\" of a page".into()))
}

/// A page from one row more than fits.
fn page<R, T>(
    mut rows: Vec<R>,
    limit: i64,
    next: impl Fn(&R) -> String,
    view: impl Fn(R) -> Result<T>,
) -> Result<Page<T>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(next);
    Ok(Page { items: rows.into_iter().map(view).collect::<Result<_>>()?, next })
}

/// `next` of a page by name.
fn by_name(name: &str, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([name, id]).to_string())
}

/// Refuses to make or put something into a folder where this user may not.
fn check(user: &User, folder: Option<&str>) -> Result<()> {
    user.check_folder(Right::EditContent, Area::Content, folder)
}
