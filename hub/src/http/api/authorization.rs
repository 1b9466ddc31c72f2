//! `/authorization-codes`, the authorization of a screen, local authorizations, and the first publication to a screen
//! that shows a code.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::peer::Peer;
use super::super::user::User;
use super::Input;
use crate::authorization_code::{self, Described, New, Status};
use crate::device::{View, describe};
use crate::export::File;
use crate::folder_rights::Area;
use crate::ident;
use crate::local::{self, Format};
use crate::pairing::{self, Entry};
use crate::rights::Right;
use crate::store::codes::{self, Filter};
use crate::store::policies;
use crate::why::{self, Answer};
use crate::{Error, Result, authorization};

/// Codes on a page, unless asked for fewer or more.
const PAGE: i64 = 100;
/// At most.
const MAX_PAGE: i64 = 1000;

/// Every route.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/authorization-codes", get(list).post(create))
        .route("/authorization-codes/{id}", get(show))
        .route("/authorization-codes/{id}/cancel", post(cancel))
        .route("/authorization-policy", get(policy))
        .route("/screens/{id}/authorization", get(ask))
        .route("/screens/{id}/authorize", post(authorize))
        .route("/screens/{id}/authorization-file", get(file))
        .route("/local-authorizations", post(carry))
        .route("/publish", post(publish))
}

/// Which codes are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "AuthorizationCodeSearch")]
pub(in super::super) struct Wanted {
    /// `cloud`, `local` or `free`.
    kind: Option<String>,
    /// `valid`, `used`, `expired` or `historical`.
    status: Option<String>,
    /// Codes on the page, 1 to 1000; 100 unless said otherwise.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// From `next` of the page before.
    after: Option<String>,
}

/// A page of codes, newest first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuthorizationCodes")]
pub(in super::super) struct Page {
    items: Vec<Described>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The codes that were made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MadeAuthorizationCodes")]
pub(in super::super) struct Made {
    items: Vec<Described>,
}

/// How the screens of the account come to be authorized. Whoever runs the hub decides it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthorizationPolicy")]
pub(in super::super) struct Policy {
    /// Whether screens need a code; else whoever comes in is authorized without one.
    codes: bool,
    /// Most screens that have a free authorization at the same time.
    free_screens: i64,
    /// How many days each lasts.
    free_days: i64,
    /// Whether admins of the account make codes.
    makes_codes: bool,
}

/// By what a screen is to be authorized.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Authorize {
    /// The code, or its id. Without one the screen is authorized as the account's policy allows.
    code: Option<String>,
    /// Whether the authorization by another code, if there is one, ends here.
    replace: bool,
}

/// The form of a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuthorizationFileForm")]
pub(in super::super) struct Form {
    /// `jws`, `zip` (for the top folder of a stick) or `stick` (the image of one); `zip` unless said otherwise.
    format: Option<String>,
}

/// A screen that the hub does not reach.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "LocalAuthorization")]
pub(in super::super) struct Carry {
    /// What the screen or its QR code shows, or its id.
    device_code: String,
    /// For people.
    name: String,
    /// Where it stands.
    location: Option<String>,
    /// A local code, or its id.
    code: String,
}

/// The first publication to a screen that shows a pairing code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "FirstPublication")]
pub(in super::super) struct Publish {
    /// The pairing code that the screen shows.
    code: String,
    /// What it is to be called.
    name: String,
    /// Where it stands.
    location: Option<String>,
    /// Id of the playlist that it plays.
    playlist: String,
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
    let filter = Filter {
        kind: wanted.kind.as_deref().map(authorization_code::kind).transpose()?,
        status: wanted
            .status
            .as_deref()
            .map(|text| text.parse::<Status>().map(Status::as_str))
            .transpose()?,
        after: wanted.after,
        scope: user.scope.clone(),
    };
    let now = ident::now();
    let mut found = codes::page(&state.store, &user.account, &filter, limit + 1, now).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|code| code.id.clone());
    Ok(Json(Page { items: found.iter().map(|code| authorization_code::describe(code, now)).collect(), next }))
}

async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Made>)> {
    let (actor, now) = (user.may(Right::ManageScreens)?, ident::now());
    let made = authorization_code::create_own(&state.store, &actor, &new, now).await?;
    let items = made.iter().map(|code| authorization_code::describe(code, now)).collect();
    Ok((StatusCode::CREATED, Json(Made { items })))
}

async fn show(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Described>> {
    user.may(Right::View)?;
    let mut connection = state.store.read().await?;
    let code = authorization_code::find(&mut connection, &user.account, &id).await?;
    Ok(Json(authorization_code::describe(&code, ident::now())))
}

async fn cancel(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Described>> {
    let (actor, now) = (user.may(Right::ManageScreens)?, ident::now());
    let code = authorization_code::cancel_own(&state.store, &actor, &id, now).await?;
    Ok(Json(authorization_code::describe(&code, now)))
}

async fn policy(State(state): State<Shared>, user: User) -> Result<Json<Policy>> {
    user.may(Right::View)?;
    let policy = policies::get(&mut *state.store.read().await?, &user.account).await?;
    let policies::Policy { codes, free_screens, free_days, makes_codes } = policy;
    Ok(Json(Policy { codes, free_screens, free_days, makes_codes }))
}

async fn ask(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Answer>> {
    user.may(Right::View)?;
    Ok(Json(why::ask(&state.store, &user.account, &id, ident::now()).await?))
}

/// The body may be missing: then there is no code.
async fn authorize(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<View>> {
    let (actor, now) = (user.may(Right::ManageScreens)?, ident::now());
    let wanted: Authorize = match body.trim_ascii() {
        b"" => Authorize::default(),
        body => serde_json::from_slice(body).map_err(|error| Error::Invalid(error.to_string()))?,
    };
    let code = wanted.code.as_deref();
    if let Some(code) = code {
        user.check_code(&state, code).await?;
    }
    let device = authorization::authorize(&state.store, &actor, &id, code, wanted.replace, now).await?;
    Ok(Json(describe(&device)))
}

async fn file(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    form: std::result::Result<Query<Form>, QueryRejection>,
) -> Result<Response> {
    user.may(Right::ManageScreens)?;
    let Query(form) = form.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    download(&state, &user.account, &id, form.format.as_deref()).await
}

/// The local authorization of a screen as a download.
pub(in super::super) async fn download(
    state: &Shared,
    account: &str,
    id: &str,
    format: Option<&str>,
) -> Result<Response> {
    let format = format.map_or(Ok(Format::Zip), str::parse)?;
    let file = local::file(&state.store, account, id, format, ident::now()).await?;
    let File { name, media_type, bytes } = file;
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

async fn carry(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<Carry>,
) -> Result<(StatusCode, Json<View>)> {
    let (actor, now) = (user.may(Right::ManageScreens)?, ident::now());
    let entry = local::Entry {
        device: &new.device_code,
        name: &new.name,
        location: new.location.as_deref(),
        code: &new.code,
    };
    let device = local::authorize(&state.store, &actor, &entry, now).await?;
    Ok((StatusCode::CREATED, Json(describe(&device))))
}

async fn publish(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(new): Input<Publish>,
) -> Result<(StatusCode, Json<View>)> {
    let (actor, now) = (user.may(Right::ManageScreens)?, ident::now());
    user.check_folder(Right::ManageScreens, Area::Screens, None)?;
    if new.playlist.is_empty() {
        return Err(Error::Invalid("playlist is the id of what the screen is to play".into()));
    }
    let entry = Entry {
        code: &new.code,
        device: None,
        name: &new.name,
        location: new.location.as_deref(),
        playlist: Some(&new.playlist),
    };
    let device = pairing::pair(&state.store, &actor, &entry, peer.text().as_deref(), now).await?;
    Ok((StatusCode::CREATED, Json(describe(&device))))
}
