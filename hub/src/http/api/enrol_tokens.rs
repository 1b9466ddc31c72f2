//! `/tokens`: what lets devices in.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use signage_protocol::Secret;
use signage_protocol::token::Kind;

use super::super::Shared;
use super::super::user::User;
use super::page::{Asked, Limit, Page, Paging};
use super::{Input, List};
use crate::export::{self, File, Format};
use crate::folder_rights::Area;
use crate::ident::{self, Millis};
use crate::provision::{self, Provision};
use crate::rights::Right;
use crate::store::accounts;
use crate::store::tokens::{self, Admitted, Filter, Grant, State as TokenState};
use crate::token::{self, Made, View, WithSecret, describe};
use crate::{Error, Result};

/// Ten thousand secrets, and the certificates of a network.
pub(in crate::http) const MAX_BODY: usize = 2 << 20;

/// Every route.
pub(in crate::http) fn router() -> Router<Shared> {
    Router::new()
        .route("/tokens", get(list).post(create))
        .route("/tokens/bulk", post(bulk))
        .route("/tokens/files", post(files))
        .route("/tokens/{id}", get(show))
        .route("/tokens/{id}/renew", post(renew))
        .route("/tokens/{id}/revoke", post(revoke))
        .route("/tokens/{id}/devices", get(devices))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// Which tokens are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "TokenQuery")]
pub(in crate::http) struct Wanted {
    /// Only those that stand there.
    state: Option<TokenState>,
    /// Only of this kind.
    kind: Option<Kind>,
    /// Items of the page.
    limit: Limit,
    /// The `next` of the page before.
    after: Option<String>,
}

/// A token to be made, and what it gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewToken")]
pub(in crate::http) struct New {
    /// How many it enrols: one, or any number.
    kind: Kind,
    /// For people; the screen's name in a device token.
    name: Option<String>,
    /// Id of what the screens play instead of the account's default.
    playlist: Option<String>,
    /// Id of the layout that they show instead of a playlist.
    layout: Option<String>,
    /// Where they are listed; levels separated by a slash.
    folder: Option<String>,
    /// IANA time zone.
    timezone: Option<String>,
    /// Where they stand.
    location: Option<String>,
    /// Labels they get.
    #[serde(default)]
    tags: Vec<String>,
    /// The group `network` of the provisioning file, for the file of this answer; it is not kept.
    #[schemars(with = "Option<Map<String, Value>>")]
    network: Option<Value>,
}

/// Device tokens to be made together, and what they give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewTokens")]
pub(in crate::http) struct NewMany {
    /// `device`, which is meant without it, too.
    kind: Option<Kind>,
    /// How many.
    #[schemars(range(min = 1, max = 10_000))]
    count: usize,
    /// The first number in the names; 1 without it.
    first: Option<usize>,
    /// Names of the screens: `{n}` is the number, `{n:03}` the number with zeros in front.
    name: String,
    /// Id of what the screens play instead of the account's default.
    playlist: Option<String>,
    /// Id of the layout that they show instead of a playlist.
    layout: Option<String>,
    /// Where they are listed; levels separated by a slash.
    folder: Option<String>,
    /// IANA time zone.
    timezone: Option<String>,
    /// Where they stand.
    location: Option<String>,
    /// Labels they get.
    #[serde(default)]
    tags: Vec<String>,
    /// The group `network` of the provisioning file, for the file of this answer; it is not kept.
    #[schemars(with = "Option<Map<String, Value>>")]
    network: Option<Value>,
}

/// Tokens to be had in another form.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "TokenFiles")]
pub(in crate::http) struct Files {
    /// The tokens themselves, as they were shown when they were made.
    tokens: Vec<Secret>,
    /// In which form: `config` and `stick` hold one token.
    format: Format,
    /// The group `network` of the provisioning file; it is not kept.
    #[schemars(with = "Option<Map<String, Value>>")]
    network: Option<Value>,
}

/// More for the file of a renewed token.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "TokenRenewal")]
pub(in crate::http) struct Renewal {
    /// The group `network` of the provisioning file; it is not kept.
    #[schemars(with = "Option<Map<String, Value>>")]
    network: Option<Value>,
}

/// A token that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TokenWithFile")]
pub(in crate::http) struct One {
    #[serde(flatten)]
    token: WithSecret,
    /// The text of its `telemetry_config.json`, ready for a stick.
    config: String,
}

/// The tokens of the account, newest first.
async fn list(State(state): State<Shared>, user: User, Asked(wanted): Asked<Wanted>) -> Result<Page<View>> {
    user.may(Right::View)?;
    let Wanted { state: standing, kind, limit, after } = wanted;
    let (filter, now) = (Filter { state: standing, kind, after, scope: user.scope.clone() }, ident::now());
    let found = tokens::page(&state.store, &user.account, &filter, limit.and_one(), now).await?;
    Ok(Page::cut(found, limit, |token| token.id.clone()).map(|token| describe(&token, now)))
}

/// One token.
async fn show(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<View>> {
    user.may(Right::View)?;
    let token = token::find(&state.store, &user.account, &id).await?;
    Ok(Json(describe(&token, ident::now())))
}

/// Makes a token; its secret and the file with it are in this answer only.
async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<One>)> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    let New { kind, name, playlist, layout, folder, timezone, location, tags, network } = new;
    user.check_folder(Right::ManageScreens, Area::Screens, folder.as_deref())?;
    let grant = Grant { name, playlist, layout, folder, timezone, location, tags };
    let provision = provision(&state, &user.account, network.as_ref(), now).await?;
    let made = token::create(&state.store, &actor, kind, grant, now).await?;
    one(made.into(), &provision, now)
}

/// Makes many device tokens. `Accept` chooses JSON, CSV or a ZIP of configuration files.
async fn bulk(
    State(state): State<Shared>,
    user: User,
    headers: HeaderMap,
    Input(new): Input<NewMany>,
) -> Result<Response> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    let NewMany { kind, count, first, name, playlist, layout, folder, timezone, location, tags, network } =
        new;
    if kind == Some(Kind::Provisioning) {
        return Err(Error::Invalid(
            "only device tokens are made in bulk; a provisioning token serves many".into(),
        ));
    }
    user.check_folder(Right::ManageScreens, Area::Screens, folder.as_deref())?;
    let grant = Grant { name: Some(name), playlist, layout, folder, timezone, location, tags };
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let provision = provision(&state, &user.account, network.as_ref(), now).await?;
    let made = token::bulk(&state.store, &actor, count, first.unwrap_or(1), grant, now).await?;
    let format = match accept {
        accept if accept.contains("text/csv") => Format::Csv,
        accept if accept.contains("application/zip") => Format::Zip,
        _ => {
            let items = made.iter().map(|made| made.describe(now)).collect();
            return Ok((StatusCode::CREATED, Json(List { items })).into_response());
        }
    };
    let mut response = download(format, made, provision, now).await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Tokens that are known to whoever asks, in another form.
async fn files(State(state): State<Shared>, user: User, Input(wanted): Input<Files>) -> Result<Response> {
    user.may(Right::ManageScreens)?;
    let now = ident::now();
    let provision = provision(&state, &user.account, wanted.network.as_ref(), now).await?;
    let made = export::made(&state.store, &user.account, wanted.tokens).await?;
    download(wanted.format, made, provision, now).await
}

/// Makes another token for the screen of this one.
async fn renew(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(renewal): Input<Renewal>,
) -> Result<(StatusCode, Json<One>)> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    let provision = provision(&state, &user.account, renewal.network.as_ref(), now).await?;
    one(token::renew(&state.store, &actor, &id, now).await?.into(), &provision, now)
}

/// Revokes a token.
async fn revoke(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<View>> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    Ok(Json(describe(&token::revoke(&state.store, &actor, &id, now).await?, now)))
}

/// The devices that a token has let in.
async fn devices(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Page<Admitted>> {
    user.may(Right::View)?;
    let token = token::find(&state.store, &user.account, &id).await?;
    let (after, limit) = (paging.after.as_deref(), paging.limit);
    let found = tokens::admitted(&state.store, &token, &user.scope, after, limit.and_one()).await?;
    Ok(Page::cut(found, limit, |admitted| admitted.device.clone()))
}

fn one(made: Made, provision: &Provision, now: Millis) -> Result<(StatusCode, Json<One>)> {
    let config = provision.file(&made.token, &made.secret, now)?;
    Ok((StatusCode::CREATED, Json(One { token: made.describe(now), config })))
}

/// What the files of an account hold on this hub.
pub(in crate::http) async fn provision(
    state: &Shared,
    account: &str,
    network: Option<&Value>,
    now: Millis,
) -> Result<Provision> {
    let network = match network {
        Some(network) => provision::network(network)?,
        None => None,
    };
    let account = accounts::find(&state.store, account).await?;
    let url = state.urls.first().map(ToString::to_string).unwrap_or_default();
    Provision::new(&state.directory, account, url, network, now)
}

/// Tokens as a download. Large ones take their time, so not on a thread that others wait for.
pub(in crate::http) async fn download(
    format: Format,
    made: Vec<Made>,
    provision: Provision,
    now: Millis,
) -> Result<Response> {
    let make = move || format.file(&made, &provision, now);
    let file = tokio::task::spawn_blocking(make).await.map_err(|_| Error::Damaged { what: "download" })?;
    let File { name, media_type, bytes } = file?;
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}
