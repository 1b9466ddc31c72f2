//! `/publications`: bringing drafts to the screens, approving, and going back. `/publishing`: the settings.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::Shared;
use super::super::super::user::User;
use super::super::Input;
use super::{Page, limit, page};
use crate::composition::defaults::{self, Settings};
use crate::composition::publishing::{self, Change, Scope};
use crate::ident::{self, timestamp};
use crate::rights::Right;
use crate::store::publications::Publication;
use crate::store::{accounts, from_text};
use crate::{Error, Result};

/// States that a list can be limited to.
const STATES: [&str; 4] = ["requested", "published", "rejected", "withdrawn"];

/// A revision, or a request for one.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicationView {
    /// `pub_…`
    pub id: String,
    /// Of published ones, from 1; absent else.
    pub number: Option<i64>,
    /// `requested`, `published`, `rejected` or `withdrawn`.
    pub state: String,
    /// What it does.
    pub changes: Vec<Change>,
    /// What it is about.
    pub comment: Option<String>,
    /// Who published it or asked for it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub answer: Option<String>,
    /// When screens began to get it.
    pub published_at: Option<Timestamp>,
    /// The sequence in the documents of screens.
    pub sequence: Option<i64>,
    /// The revision that it brings back.
    pub restores: Option<String>,
}

impl PublicationView {
    /// For programs and people.
    pub fn new(row: Publication) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: Some(row.number).filter(|_| row.state == "published"),
            state: row.state,
            changes: from_text(&row.changes, "changes of a publication")?,
            comment: row.comment,
            created_by: row.created_by,
            created_at: timestamp(row.created_at),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(timestamp),
            answer: row.answer,
            published_at: row.published_at.map(timestamp),
            sequence: row.sequence,
            restores: row.restores,
        })
    }
}

/// Which publications.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Which {
    /// `requested`, `published`, `rejected` or `withdrawn`; all without it.
    pub state: String,
    /// The `next` of the page before.
    pub after: String,
    /// 1 to 1000; 100 without it.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: Option<i64>,
}

/// What is to be published.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewPublication {
    /// Ids of playlists, layouts and entries of the schedule; every draft without it. What these need and no screen
    /// has yet is published along.
    pub only: Option<Vec<String>>,
    /// What it is about.
    pub comment: Option<String>,
}

/// Why.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answer {
    /// For whoever asked, and for the audit log.
    pub comment: Option<String>,
}

/// What drafts would change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Empty when screens get what the drafts say.
    pub changes: Vec<Change>,
    /// Whether publishing would make a request that somebody else has to approve.
    pub needs_approval: bool,
}

pub(super) async fn list(
    State(state): State<Shared>,
    user: User,
    Query(which): Query<Which>,
) -> Result<Json<Page<PublicationView>>> {
    user.may(Right::View)?;
    if !which.state.is_empty() && !STATES.contains(&which.state.as_str()) {
        return Err(Error::Invalid(format!("state is one of {}", STATES.join(", "))));
    }
    let limit = limit(which.limit)?;
    let sight = user.sight(&state).await?;
    let (wanted, after) = (&which.state, &which.after);
    let found = sight.publications(&state.store, &user.account, wanted, after, limit + 1).await?;
    Ok(Json(page(found, limit, |row| row.id.clone(), PublicationView::new)?))
}

pub(super) async fn show(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<PublicationView>> {
    user.may(Right::View)?;
    let found = publishing::find(&mut *state.store.read().await?, &user.account, &id).await?;
    let found = user.sight(&state).await?.publication(found)?;
    let found = found.ok_or_else(|| Error::NotFound { what: "publication", name: id })?;
    Ok(Json(PublicationView::new(found)?))
}

pub(super) async fn pending(State(state): State<Shared>, user: User) -> Result<Json<Pending>> {
    let actor = user.may(Right::View)?;
    let account = accounts::by_id(&mut *state.store.read().await?, &user.account).await?;
    let mut changes = publishing::pending(&state.store, &user.account).await?;
    user.sight(&state).await?.changes(&mut changes);
    let needs_approval = publishing::needs_approval(account.approval.parse()?, &actor, user.role);
    Ok(Json(Pending { changes, needs_approval }))
}

pub(super) async fn publish(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<NewPublication>,
) -> Result<(StatusCode, Json<PublicationView>)> {
    let actor = user.may(Right::Publish)?;
    let scope = new.only.map_or(Scope::Everything, Scope::Only);
    let comment = new.comment.as_deref();
    let done = publishing::publish(&state.store, &actor, user.role, &scope, comment, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(PublicationView::new(done)?)))
}

pub(super) async fn approve(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(answer): Input<Answer>,
) -> Result<Json<PublicationView>> {
    let actor = user.may(Right::ManageAccount)?;
    let comment = answer.comment.as_deref();
    let done = publishing::approve(&state.store, &actor, &id, comment, ident::now()).await?;
    Ok(Json(PublicationView::new(done)?))
}

pub(super) async fn reject(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(answer): Input<Answer>,
) -> Result<Json<PublicationView>> {
    let actor = user.may(Right::ManageAccount)?;
    let comment = answer.comment.as_deref();
    let done = publishing::reject(&state.store, &actor, &id, comment, ident::now()).await?;
    Ok(Json(PublicationView::new(done)?))
}

pub(super) async fn withdraw(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<PublicationView>> {
    let actor = user.may(Right::Publish)?;
    let done = publishing::withdraw(&state.store, &actor, &id, ident::now()).await?;
    Ok(Json(PublicationView::new(done)?))
}

pub(super) async fn restore(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(answer): Input<Answer>,
) -> Result<(StatusCode, Json<PublicationView>)> {
    let actor = user.may(Right::Publish)?;
    let comment = answer.comment.as_deref();
    let done = publishing::restore(&state.store, &actor, user.role, &id, comment, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(PublicationView::new(done)?)))
}

pub(super) async fn settings(State(state): State<Shared>, user: User) -> Result<Json<Settings>> {
    user.may(Right::View)?;
    let account = accounts::by_id(&mut *state.store.read().await?, &user.account).await?;
    let mut settings = defaults::settings(&account)?;
    let sight = user.sight(&state).await?;
    settings.default = settings.default.filter(|shown| shown.named().is_none_or(|id| sight.sees(id)));
    Ok(Json(settings))
}

pub(super) async fn set(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<defaults::Change>,
) -> Result<Json<Settings>> {
    let actor = user.may(Right::ManageAccount)?;
    Ok(Json(defaults::change(&state.store, &actor, &new, ident::now()).await?))
}
