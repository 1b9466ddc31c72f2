//! `/tokens`: what lets devices in.

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signage_protocol::Secret;

use super::super::Shared;
use super::super::user::User;
use super::Input;
use crate::export::{self, File, Format};
use crate::folder_rights::Area;
use crate::ident::{self, Millis};
use crate::provision::{self, Provision};
use crate::rights::Right;
use crate::store::accounts;
use crate::store::tokens::{self, Admitted, Filter, Grant, State as TokenState, parse_kind};
use crate::token::{self, Made, describe};
use crate::{Error, Result};

/// Items of a page, unless the request says otherwise.
const PAGE: i64 = 100;
/// Most items of a page.
const MAX_PAGE: i64 = 1000;
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

/// A part of a list.
#[derive(Debug, Serialize)]
struct Page<T> {
    items: Vec<T>,
    /// For `after`, when there is more.
    next: Option<String>,
}

impl<T> Page<T> {
    /// From one item more than fits.
    fn new(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(id);
        Self { items, next }
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    state: Option<String>,
    kind: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

impl Wanted {
    fn limit(&self) -> Result<i64> {
        match self.limit.unwrap_or(PAGE) {
            limit @ 1..=MAX_PAGE => Ok(limit),
            _ => Err(Error::Invalid(format!("limit is 1 to {MAX_PAGE}"))),
        }
    }
}

/// What tokens give.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    /// Of one token only.
    kind: Option<String>,
    /// Of many only.
    count: Option<usize>,
    /// The first number in the names of many.
    first: Option<usize>,
    name: Option<String>,
    playlist: Option<String>,
    folder: Option<String>,
    timezone: Option<String>,
    location: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    network: Option<Value>,
}

/// Tokens to be had in another form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Files {
    tokens: Vec<Secret>,
    format: String,
    network: Option<Value>,
}

/// More for the file of a renewed token.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Renewal {
    network: Option<Value>,
}

/// The tokens of the account, newest first.
async fn list(
    State(state): State<Shared>,
    user: User,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<Value>>> {
    user.may(Right::View)?;
    let kind = |text: &str| {
        let unknown = || Error::Invalid(format!("{text:?} is no kind; use device or provisioning"));
        parse_kind(text).ok_or_else(unknown)
    };
    let filter = Filter {
        state: wanted.state.as_deref().map(str::parse::<TokenState>).transpose()?,
        kind: wanted.kind.as_deref().map(kind).transpose()?,
        after: wanted.after.clone(),
        scope: user.scope.clone(),
    };
    let (limit, now) = (wanted.limit()?, ident::now());
    let found = tokens::page(&state.store, &user.account, &filter, limit + 1, now).await?;
    let page = Page::new(found, limit, |token| token.id.clone());
    let items = page.items.iter().map(|token| describe(token, now)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// One token.
async fn show(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Value>> {
    user.may(Right::View)?;
    let token = token::find(&state.store, &user.account, &id).await?;
    Ok(Json(describe(&token, ident::now())))
}

/// Makes a token; its secret and the file with it are in this answer only.
async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    let kind = new.kind.as_deref().and_then(parse_kind);
    let kind = kind.ok_or_else(|| Error::Invalid("kind is device or provisioning".into()))?;
    if new.count.is_some() || new.first.is_some() {
        return Err(Error::Invalid("count and first are of use at /tokens/bulk only".into()));
    }
    user.check_folder(Right::ManageScreens, Area::Screens, new.folder.as_deref())?;
    let provision = provision(&state, &user.account, new.network.as_ref(), now).await?;
    let made = token::create(&state.store, &actor, kind, new.grant(), now).await?;
    one(made.into(), &provision, now)
}

/// Makes many device tokens. `Accept` chooses JSON, CSV or a ZIP of configuration files.
async fn bulk(
    State(state): State<Shared>,
    user: User,
    headers: HeaderMap,
    Input(new): Input<New>,
) -> Result<Response> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    if new.kind.as_deref().is_some_and(|kind| kind != "device") {
        return Err(Error::Invalid(
            "only device tokens are made in bulk; a provisioning token serves many".into(),
        ));
    }
    user.check_folder(Right::ManageScreens, Area::Screens, new.folder.as_deref())?;
    let (count, first) = (new.count.unwrap_or_default(), new.first.unwrap_or(1));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let provision = provision(&state, &user.account, new.network.as_ref(), now).await?;
    let made = token::bulk(&state.store, &actor, count, first, new.grant(), now).await?;
    let format = match accept {
        accept if accept.contains("text/csv") => Format::Csv,
        accept if accept.contains("application/zip") => Format::Zip,
        _ => {
            let items = made.iter().map(|made| with_secret(made, now)).collect();
            return Ok((StatusCode::CREATED, Json(Page::<Value> { items, next: None })).into_response());
        }
    };
    let mut response = download(format, made, provision, now).await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Tokens that are known to whoever asks, in another form.
async fn files(State(state): State<Shared>, user: User, Input(wanted): Input<Files>) -> Result<Response> {
    user.may(Right::ManageScreens)?;
    let (now, format) = (ident::now(), wanted.format.parse()?);
    let provision = provision(&state, &user.account, wanted.network.as_ref(), now).await?;
    let made = export::made(&state.store, &user.account, wanted.tokens).await?;
    download(format, made, provision, now).await
}

/// Makes another token for the screen of this one.
async fn renew(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(renewal): Input<Renewal>,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    let provision = provision(&state, &user.account, renewal.network.as_ref(), now).await?;
    one(token::renew(&state.store, &actor, &id, now).await?.into(), &provision, now)
}

/// Revokes a token.
async fn revoke(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageScreens)?;
    let now = ident::now();
    Ok(Json(describe(&token::revoke(&state.store, &actor, &id, now).await?, now)))
}

/// The devices that a token has let in.
async fn devices(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<Admitted>>> {
    user.may(Right::View)?;
    let limit = wanted.limit()?;
    let token = token::find(&state.store, &user.account, &id).await?;
    let found = tokens::admitted(&state.store, &token, wanted.after.as_deref(), limit + 1).await?;
    Ok(Json(Page::new(found, limit, |admitted| admitted.device.clone())))
}

impl New {
    fn grant(self) -> Grant {
        let Self { name, playlist, folder, timezone, location, tags, .. } = self;
        Grant { name, playlist, folder, timezone, location, tags }
    }
}

fn with_secret(made: &Made, now: Millis) -> Value {
    let mut answer = describe(&made.token, now);
    answer["token"] = json!(made.secret.expose());
    answer
}

fn one(made: Made, provision: &Provision, now: Millis) -> Result<(StatusCode, Json<Value>)> {
    let mut answer = with_secret(&made, now);
    answer["config"] = json!(provision.file(&made.token, &made.secret, now)?);
    Ok((StatusCode::CREATED, Json(answer)))
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
