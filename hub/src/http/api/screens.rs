//! `/screens`: the screens of the account, pairing new ones, letting others go.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signage_protocol::Secret;

use super::super::Shared;
use super::super::peer::Peer;
use super::super::user::User;
use super::Input;
use crate::device::{self, Change, Leave};
use crate::folder_rights::Area;
use crate::ident::{self, timestamp};
use crate::pairing::{self, Entry};
use crate::rights::Right;
use crate::store::devices::{self, Device, Search};
use crate::{Error, Result};

/// Screens on a page, unless asked for fewer or more.
const PAGE: i64 = 100;
/// At most.
const MAX_PAGE: i64 = 1000;

/// Which screens are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// In name, location, serial number, model or id.
    search: String,
    tag: String,
    limit: Option<i64>,
    /// From `next` of the page before.
    after: String,
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    items: Vec<Value>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A screen to be paired.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Pair {
    code: String,
    name: String,
    location: Option<String>,
    playlist: Option<String>,
}

/// A code as a screen shows it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shown {
    code: String,
}

/// What is to be changed. `null` takes a location or a playlist away, absent leaves it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Patch {
    name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    location: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    playlist: Option<String>,
}

/// A transfer code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    code: Secret,
}

/// `null` as the empty text, which stands for "none" from here on.
fn nullable<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<String>, D::Error> {
    Ok(Some(Option::<String>::deserialize(deserializer)?.unwrap_or_default()))
}

/// The screens of the account by name.
pub(super) async fn list(
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
    let (name, id) = cursor(&wanted.after)?;
    // One more than wanted tells whether there is another page.
    let search = Search {
        text: &wanted.search,
        tag: &wanted.tag,
        after: (&name, &id),
        scope: &user.scope,
        limit: limit.saturating_add(1),
    };
    let mut found = devices::search(&state.store, &user.account, &search).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| URL_SAFE_NO_PAD.encode(json!([last.name, last.id]).to_string()));
    Ok(Json(Page { items: found.iter().map(describe).collect(), next }))
}

fn cursor(after: &str) -> Result<(String, String)> {
    if after.is_empty() {
        return Ok(Default::default());
    }
    let bytes = URL_SAFE_NO_PAD.decode(after).ok();
    let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor.ok_or_else(|| Error::Invalid("after is not from \"next\" of a page".into()))
}

/// One screen.
pub(super) async fn get(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    user.may(Right::View)?;
    let mut connection = state.store.read().await?;
    let device = device::find(&mut connection, &user.account, &id).await?;
    let standing = devices::standing(&mut connection, &id).await?;
    let mut answer = describe(&device);
    answer["withdrawalReadAt"] = json!(standing.told_at.filter(|_| !device.granted).map(timestamp));
    Ok(Json(answer))
}

/// Changes one.
pub(super) async fn patch(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(patch): Input<Patch>,
) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageScreens)?;
    let Patch { name, location, tags, playlist } = patch;
    let change = Change { name, location, tags, playlist };
    let device = device::change(&state.store, &actor, &id, &change, ident::now()).await?;
    Ok(Json(describe(&device)))
}

/// Takes its authorization back.
pub(super) async fn withdraw(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageScreens)?;
    Ok(Json(describe(&device::withdraw(&state.store, &actor, &id, ident::now()).await?)))
}

/// Authorizes it again.
pub(super) async fn authorize(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageScreens)?;
    Ok(Json(describe(&device::authorize(&state.store, &actor, &id, ident::now()).await?)))
}

/// Sends it back to pairing.
pub(super) async fn unpair(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    device::leave(&state.store, &actor, &id, Leave::Unpair, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets it.
pub(super) async fn delete(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    device::leave(&state.store, &actor, &id, Leave::Delete, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives it to the account that made the code.
pub(super) async fn transfer(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(input): Input<Transfer>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    device::transfer(&state.store, &actor, &id, &input.code, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a code by which this account takes a screen over; it is in this answer only.
pub(super) async fn transfer_code(
    State(state): State<Shared>,
    user: User,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageScreens)?;
    let (code, expires_at) = device::transfer_code(&state.store, &actor, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(json!({ "code": code.expose(), "expiresAt": timestamp(expires_at) }))))
}

/// Which screen shows a code.
pub(super) async fn look(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(shown): Input<Shown>,
) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageScreens)?;
    let found =
        pairing::look(&state.store, &actor, &shown.code, peer.text().as_deref(), ident::now()).await?;
    Ok(Json(json!({
        "id": found.device,
        "hardware": found.hardware,
        "software": found.software,
        "location": found.location,
        "tags": found.tags,
        "address": found.address,
        "expiresAt": timestamp(found.expires_at),
    })))
}

/// Pairs the screen that shows a code.
pub(super) async fn pair(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(new): Input<Pair>,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageScreens)?;
    user.check_folder(Right::ManageScreens, Area::Screens, None)?;
    let entry = Entry {
        code: &new.code,
        device: None,
        name: &new.name,
        location: new.location.as_deref(),
        playlist: new.playlist.as_deref(),
    };
    let device = pairing::pair(&state.store, &actor, &entry, peer.text().as_deref(), ident::now()).await?;
    Ok((StatusCode::CREATED, Json(describe(&device))))
}

/// Refuses the screen that shows a code.
pub(super) async fn deny(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(shown): Input<Shown>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    pairing::deny(&state.store, &actor, &shown.code, peer.text().as_deref(), ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn describe(device: &Device) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "location": device.location,
        "folder": device.folder,
        "timezone": device.timezone,
        "tags": device.tags,
        "playlist": device.playlist,
        "authorized": device.authorized(ident::now()),
        "authorization": device.terms.kind,
        "authorizedAt": timestamp(device.authorized_at),
        "authorizedUntil": device.terms.expires_at.map(timestamp),
        "authorizationCode": device.terms.code,
        "sequence": device.sequence,
        "token": device.enrol_token,
        "hardware": device.hardware,
        "software": device.software,
        "address": device.address,
        "createdAt": timestamp(device.created_at),
        "lastSeen": Some(device.last_seen).filter(|at| *at != 0).map(timestamp),
    })
}
