//! `/groups`: groups of people, and what they may do in folders.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::user::User;
use super::Input;
use crate::folder_rights::Entry;
use crate::groups::{self, Change};
use crate::ident::{self, timestamp};
use crate::rights::Right;
use crate::store::Connection;
use crate::store::groups::{self as stored, Group};
use crate::{Error, Result};

/// Groups on a page, unless asked for fewer or more.
const PAGE: i64 = 100;
/// At most.
const MAX_PAGE: i64 = 1000;

/// Which part of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    /// Groups on the page, 1 to 1000.
    limit: Option<i64>,
    /// From `next` of the page before.
    after: String,
}

/// A group to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewGroup {
    /// For people; unique in the account.
    name: String,
    /// Ids of people of the account.
    #[serde(default)]
    members: Vec<String>,
    /// What the members may do in folders. Where nothing is said, their role decides.
    #[serde(default)]
    folders: Vec<Entry>,
}

/// What is to be changed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupChange {
    /// Its new name.
    name: Option<String>,
    /// Ids of all who are to be in it.
    members: Option<Vec<String>>,
    /// All that it is to say of folders.
    folders: Option<Vec<Entry>>,
}

/// Somebody in a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// `opr_…`
    id: String,
    /// E-mail address.
    email: String,
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// `grp_…`
    id: String,
    /// For people.
    name: String,
    /// By address.
    members: Vec<MemberView>,
    /// What the members may do in folders.
    folders: Vec<Entry>,
    /// When it was made.
    created_at: Timestamp,
}

/// A page of the list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    /// By name.
    items: Vec<GroupView>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/groups", get(list).post(create))
        .route("/groups/{id}", get(show).patch(change).delete(remove))
}

async fn list(
    State(state): State<Shared>,
    user: User,
    asked: std::result::Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Groups>> {
    let actor = user.may(Right::ManageAccount)?;
    let Query(asked) = asked.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Error::Invalid(format!("limit is a number from 1 to {MAX_PAGE}")));
    }
    let mut connection = state.store.read().await?;
    let mut found = stored::list(&mut connection, actor.account, &asked.after, limit + 1).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|group| group.name.clone());
    let mut items = Vec::with_capacity(found.len());
    for group in found {
        items.push(describe(&mut connection, group).await?);
    }
    Ok(Json(Groups { items, next }))
}

async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<NewGroup>,
) -> Result<(StatusCode, Json<GroupView>)> {
    let actor = user.may(Right::ManageAccount)?;
    let new = Change { name: Some(new.name), members: Some(new.members), folders: Some(new.folders) };
    let group = groups::create(&state.store, &actor, &new, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(describe(&mut *state.store.read().await?, group).await?)))
}

async fn show(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<GroupView>> {
    let actor = user.may(Right::ManageAccount)?;
    let mut connection = state.store.read().await?;
    let group = groups::find(&mut connection, actor.account, &id).await?;
    Ok(Json(describe(&mut connection, group).await?))
}

async fn change(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(new): Input<GroupChange>,
) -> Result<Json<GroupView>> {
    let actor = user.may(Right::ManageAccount)?;
    let new = Change { name: new.name, members: new.members, folders: new.folders };
    let group = groups::change(&state.store, &actor, &id, &new, ident::now()).await?;
    Ok(Json(describe(&mut *state.store.read().await?, group).await?))
}

async fn remove(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    groups::delete(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A group with its members and what it says of folders.
pub(crate) async fn describe(connection: &mut Connection, group: Group) -> Result<GroupView> {
    let members = stored::members(connection, &group.id).await?;
    let folders = stored::folders(connection, &group.id).await?;
    Ok(GroupView {
        members: members.into_iter().map(|one| MemberView { id: one.id, email: one.email }).collect(),
        folders,
        created_at: timestamp(group.created_at),
        id: group.id,
        name: group.name,
    })
}
