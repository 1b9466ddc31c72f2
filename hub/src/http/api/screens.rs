//! `/screens`: the screens of the account, pairing new ones, letting others go.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::Secret;
use signage_protocol::api::Hardware;

use super::super::Shared;
use super::super::peer::Peer;
use super::super::user::User;
use super::Input;
use super::page::{Asked, Limit, Page, cursor, read_cursor};
use crate::Result;
use crate::device::{self, Change, Leave, View, describe};
use crate::folder_rights::Area;
use crate::ident::{self, timestamp};
use crate::pairing::{self, Entry};
use crate::rights::Right;
use crate::screen_list::{self, Wanted};
use crate::store::Connection;
use crate::store::devices;
use crate::store::fleet::Key;
use crate::store::pairings::Pairing;

/// Which screens are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "ScreenQuery")]
pub(in crate::http) struct Part {
    #[serde(flatten)]
    wanted: Wanted,
    /// Items of the page.
    limit: Limit,
    /// The `next` of the page before.
    after: Option<String>,
}

/// One screen.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenDetail")]
pub(crate) struct Detail {
    #[serde(flatten)]
    pub view: View,
    /// When it read that its authorization was withdrawn; absent while it has not.
    withdrawal_read_at: Option<Timestamp>,
}

/// A screen that shows a code.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenThatShows")]
pub(crate) struct Waiting {
    /// RFC 7638 thumbprint of its key.
    pub id: String,
    /// What the board says of itself.
    pub hardware: Hardware,
    /// Version of its provisioner.
    software: String,
    /// Place from its provisioning file.
    location: Option<String>,
    /// Labels from its provisioning file.
    tags: Vec<String>,
    /// The address that it asked from.
    pub address: Option<String>,
    /// When the code expires.
    expires_at: Timestamp,
}

/// A code that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct TransferCode {
    /// Whoever has a screen gives it to this account by it: it is in this answer only.
    #[schemars(with = "String")]
    code: Secret,
    /// When it ends.
    expires_at: Timestamp,
}

/// A screen to be paired.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ScreenToPair")]
pub(in crate::http) struct Pair {
    /// As the screen shows it; case and hyphen do not matter.
    code: String,
    /// For people.
    name: String,
    /// Where it stands.
    location: Option<String>,
    /// Id of what it plays instead of the account's default.
    playlist: Option<String>,
}

/// A code as a screen shows it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ShownCode")]
pub(in crate::http) struct Shown {
    /// Case and hyphen do not matter.
    code: String,
}

/// What is to be changed. `null` takes a location, a playlist or a layout away, absent leaves it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ScreenChange")]
pub(in crate::http) struct Patch {
    /// For people.
    name: Option<String>,
    /// Where it stands.
    #[serde(default, deserialize_with = "nullable")]
    location: Option<String>,
    /// Labels.
    tags: Option<Vec<String>>,
    /// Id of what it plays instead of the account's default.
    #[serde(default, deserialize_with = "nullable")]
    playlist: Option<String>,
    /// Id of the layout that it shows instead of a playlist.
    #[serde(default, deserialize_with = "nullable")]
    layout: Option<String>,
}

/// A transfer code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ScreenTransfer")]
pub(in crate::http) struct Transfer {
    /// From whoever takes the screen over.
    code: Secret,
}

/// `null` as the empty text, which stands for "none" from here on.
fn nullable<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<String>, D::Error> {
    Ok(Some(Option::<String>::deserialize(deserializer)?.unwrap_or_default()))
}

/// A part of the screens of the account.
pub(super) async fn list(
    State(state): State<Shared>,
    user: User,
    Asked(part): Asked<Part>,
) -> Result<Page<View>> {
    user.may(Right::View)?;
    let after: Option<Key> = part.after.as_deref().map(read_cursor).transpose()?;
    let (wanted, limit) = (&part.wanted, part.limit.and_one());
    let found = screen_list::page(
        &state.store,
        &user.account,
        &user.scope,
        wanted,
        after.as_ref(),
        limit,
        ident::now(),
    )
    .await?;
    let page = Page::cut(found, part.limit, |(key, _)| cursor(key));
    Ok(page.map(|(_, device)| describe(&device)))
}

/// One screen.
pub(super) async fn get(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Detail>> {
    user.may(Right::View)?;
    Ok(Json(detail(&mut *state.store.read().await?, &user.account, &id).await?))
}

/// One screen of an account.
pub(crate) async fn detail(connection: &mut Connection, account: &str, id: &str) -> Result<Detail> {
    let device = device::find(connection, account, id).await?;
    let standing = devices::standing(connection, id).await?;
    let read_at = standing.told_at.filter(|_| !device.granted).map(timestamp);
    Ok(Detail { view: describe(&device), withdrawal_read_at: read_at })
}

/// Changes one.
pub(super) async fn patch(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(patch): Input<Patch>,
) -> Result<Json<View>> {
    let actor = user.may(Right::ManageScreens)?;
    let Patch { name, location, tags, playlist, layout } = patch;
    let change = Change { name, location, tags, playlist, layout };
    let device = device::change(&state.store, &actor, &id, &change, ident::now()).await?;
    Ok(Json(describe(&device)))
}

/// Takes its authorization back.
pub(super) async fn withdraw(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<View>> {
    let actor = user.may(Right::ManageScreens)?;
    Ok(Json(describe(&device::withdraw(&state.store, &actor, &id, ident::now()).await?)))
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
) -> Result<(StatusCode, Json<TransferCode>)> {
    let actor = user.may(Right::ManageScreens)?;
    let (code, expires_at) = device::transfer_code(&state.store, &actor, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(TransferCode { code, expires_at: timestamp(expires_at) })))
}

/// Which screen shows a code.
pub(super) async fn look(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(shown): Input<Shown>,
) -> Result<Json<Waiting>> {
    let actor = user.may(Right::ManageScreens)?;
    let found =
        pairing::look(&state.store, &actor, &shown.code, peer.text().as_deref(), ident::now()).await?;
    Ok(Json(found.into()))
}

impl From<Pairing> for Waiting {
    fn from(found: Pairing) -> Self {
        Self {
            id: found.device,
            hardware: found.hardware,
            software: found.software,
            location: found.location,
            tags: found.tags,
            address: found.address,
            expires_at: timestamp(found.expires_at),
        }
    }
}

/// Pairs the screen that shows a code.
pub(super) async fn pair(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(new): Input<Pair>,
) -> Result<(StatusCode, Json<View>)> {
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
