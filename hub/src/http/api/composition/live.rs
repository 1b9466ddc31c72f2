//! `/overrides`, `/schedules/conflicts`, and what a screen will show: what counts at once.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::program::Target;

use super::super::super::Shared;
use super::super::super::user::User;
use super::super::Input;
use super::{Newest, Page, limit, page};
use crate::composition::Audience;
use crate::composition::outlook::{self, Conflict, Preview, Timeline};
use crate::composition::overrides::{self, NewOverride};
use crate::ident::{self, Millis, timestamp};
use crate::rights::Right;
use crate::store::from_text;
use crate::store::overrides::Override;
use crate::{Error, Result};

/// Where an override stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OverrideState {
    /// It has not begun.
    Waiting,
    /// It is shown.
    Active,
    /// It has ended by itself.
    Over,
    /// It was stopped.
    Stopped,
}

/// An override.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverrideView {
    /// `ovr_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it stands.
    pub state: OverrideState,
    /// What is shown, as screens get it.
    pub target: Target,
    /// On which screens.
    pub audience: Audience,
    /// From this moment.
    pub from: Timestamp,
    /// It ends then by itself.
    pub until: Timestamp,
    /// It was stopped earlier.
    pub stopped_at: Option<Timestamp>,
    /// Who began it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl OverrideView {
    /// As it stands at a moment.
    pub fn new(row: Override, now: Millis) -> Result<Self> {
        let state = match row.stopped_at {
            Some(_) => OverrideState::Stopped,
            None if now >= row.ends_at => OverrideState::Over,
            None if now < row.starts_at => OverrideState::Waiting,
            None => OverrideState::Active,
        };
        Ok(Self {
            id: row.id,
            name: row.name,
            state,
            target: from_text(&row.target, "target of an override")?,
            audience: from_text(&row.audience, "audience of an override")?,
            from: timestamp(row.starts_at),
            until: timestamp(row.ends_at),
            stopped_at: row.stopped_at.map(timestamp),
            created_by: row.created_by,
            created_at: timestamp(row.created_at),
        })
    }
}

/// When to look at a screen.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct At {
    /// The moment; now without it.
    pub at: Option<Timestamp>,
    /// With the drafts, as if they were published.
    pub drafts: bool,
}

/// Which day of a screen to look at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OnDay {
    /// In the time zone of the screen; today without it.
    pub date: Option<Date>,
    /// With the drafts, as if they were published.
    pub drafts: bool,
}

/// Whose conflicts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Of {
    /// Id of an entry of the schedule; all without it.
    pub entry: Option<String>,
}

/// Conflicts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflicts {
    /// In the order of time.
    pub items: Vec<Conflict>,
}

pub(super) async fn overrides(
    State(state): State<Shared>,
    user: User,
    Query(wanted): Query<Newest>,
) -> Result<Json<Page<OverrideView>>> {
    user.may(Right::View)?;
    let (limit, now) = (limit(wanted.limit)?, ident::now());
    let sight = user.sight(&state).await?;
    let found = sight.overrides(&state.store, &user.account, &wanted.after, limit + 1).await?;
    Ok(Json(page(found, limit, |row| row.id.clone(), |row| OverrideView::new(row, now))?))
}

pub(super) async fn shown(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<OverrideView>> {
    user.may(Right::View)?;
    let found = overrides::find(&mut *state.store.read().await?, &user.account, &id).await?;
    let found = user.sight(&state).await?.shown_override(found)?;
    let found = found.ok_or_else(|| Error::NotFound { what: "override", name: id })?;
    Ok(Json(OverrideView::new(found, ident::now())?))
}

pub(super) async fn start(
    State(state): State<Shared>,
    user: User,
    Input(mut new): Input<NewOverride>,
) -> Result<(StatusCode, Json<OverrideView>)> {
    let actor = user.may(Right::Publish)?;
    new.audience = user.sight(&state).await?.reach(None, new.audience)?;
    let now = ident::now();
    let made = overrides::start(&state.store, &actor, &new, now).await?;
    Ok((StatusCode::CREATED, Json(OverrideView::new(made, now)?)))
}

pub(super) async fn stop(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<OverrideView>> {
    let actor = user.may(Right::Publish)?;
    let now = ident::now();
    Ok(Json(OverrideView::new(overrides::stop(&state.store, &actor, &id, now).await?, now)?))
}

pub(super) async fn conflicts(
    State(state): State<Shared>,
    user: User,
    Query(of): Query<Of>,
) -> Result<Json<Conflicts>> {
    user.may(Right::View)?;
    let mut found =
        outlook::conflicts(&state.store, &user.account, of.entry.as_deref(), ident::now()).await?;
    user.sight(&state).await?.conflicts(&mut found);
    Ok(Json(Conflicts { items: found }))
}

pub(super) async fn preview(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Query(at): Query<At>,
) -> Result<Json<Preview>> {
    user.may(Right::View)?;
    let moment = at.at.unwrap_or_else(|| timestamp(ident::now()));
    let mut preview = outlook::preview(&state.store, &user.account, &id, moment, at.drafts).await?;
    user.sight(&state).await?.preview(&mut preview);
    Ok(Json(preview))
}

pub(super) async fn timeline(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Query(day): Query<OnDay>,
) -> Result<Json<Timeline>> {
    user.may(Right::View)?;
    let now = ident::now();
    let mut timeline = outlook::timeline(&state.store, &user.account, &id, day.date, day.drafts, now).await?;
    user.sight(&state).await?.timeline(&mut timeline);
    Ok(Json(timeline))
}
