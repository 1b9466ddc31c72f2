//! `/commands`: telling screens what to do, one or many, and how it went.

use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::session::Command;

use super::super::Shared;
use super::super::user::User;
use super::Input;
use crate::command::{self, To};
use crate::folder_rights::Area;
use crate::ident::{self, Millis, SECOND, timestamp};
use crate::rights::Right;
use crate::store::commands::{self as table, File, Listed, Search};
use crate::{Error, Result, device};

/// Commands on a page, unless asked for fewer or more.
const PAGE: i64 = 100;
/// At most.
const MAX_PAGE: i64 = 1000;

/// Largest request for many screens, in bytes: ten thousand ids.
const MAX_BULK: usize = 1 << 20;

/// The routes.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/commands", get(list).post(bulk).layer(DefaultBodyLimit::max(MAX_BULK)))
        .route("/commands/{id}", get(one))
        .route("/commands/{id}/file", get(file))
        .route("/screens/{id}/commands", get(of_screen).post(give))
        .route("/screens/{id}/screenshot", get(screenshot))
}

/// A command for one screen.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Give {
    /// What it is to do.
    command: Command,
    /// Seconds after which nobody waits for it any more, 10 to 604800; without it, what suits the command.
    #[schemars(range(min = 10, max = 604_800))]
    expires_in: Option<u32>,
}

/// A command for many screens. Exactly one of `screens`, `tag`, `folder` and `all` says which.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Bulk {
    /// What they are to do.
    command: Command,
    /// Those with these ids, at most 10000.
    screens: Option<Vec<String>>,
    /// Those with this tag.
    tag: Option<String>,
    /// Those in this folder, and in the folders below it.
    folder: Option<String>,
    /// Every screen of the account, when true.
    all: Option<bool>,
    /// Seconds after which nobody waits for it any more, 10 to 604800; without it, what suits the command.
    #[schemars(range(min = 10, max = 604_800))]
    expires_in: Option<u32>,
}

/// What became of giving a command to many screens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Given {
    /// For `batch` of the list of commands.
    batch: String,
    /// Screens that are meant.
    screens: usize,
    /// Commands that are new; the same ones that waited already are not given twice.
    given: usize,
}

/// Which commands are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in super::super) struct Filter {
    /// Those of one screen.
    screen: String,
    /// Those that were given together.
    batch: String,
    /// Those of one kind.
    kind: String,
    /// Most commands of a page, 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// From `next` of the page before.
    after: String,
}

/// A page of commands.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOfCommand")]
pub(in super::super) struct List {
    items: Vec<Info>,
    /// For `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A command, and how it goes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Info {
    id: String,
    /// The screen.
    screen: String,
    /// What it is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    screen_name: Option<String>,
    /// The same for commands that were given together.
    batch: String,
    command: Command,
    /// How far it has got.
    state: command::State,
    /// What the screen said of it.
    result: Option<String>,
    /// Media type of what the screen has uploaded for it, if that is still there.
    file: Option<String>,
    /// Who gave it.
    created_by: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    delivered_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl Info {
    pub(crate) fn of(listed: Listed, now: Millis) -> Self {
        let command = listed.command;
        Self {
            state: command::State::of(&command, now),
            screen_name: listed.device_name,
            file: listed.media_type,
            id: command.id,
            screen: command.device,
            batch: command.batch,
            command: serde_json::from_str(&command.payload).unwrap_or(Command::Unknown),
            result: command.result,
            created_by: command.created_by,
            created_at: timestamp(command.created_at),
            expires_at: timestamp(command.expires_at),
            delivered_at: command.delivered_at.map(timestamp),
            accepted_at: command.accepted_at.map(timestamp),
            finished_at: command.finished_at.map(timestamp),
        }
    }
}

async fn list(
    State(state): State<Shared>,
    user: User,
    filter: std::result::Result<Query<Filter>, QueryRejection>,
) -> Result<Json<List>> {
    user.may(Right::View)?;
    let Query(filter) = filter.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    page(&state, &user, &filter).await
}

async fn of_screen(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    filter: std::result::Result<Query<Filter>, QueryRejection>,
) -> Result<Json<List>> {
    user.may(Right::View)?;
    let Query(filter) = filter.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    device::find(&mut *state.store.read().await?, &user.account, &id).await?;
    page(&state, &user, &Filter { screen: id, ..filter }).await
}

async fn page(state: &Shared, user: &User, filter: &Filter) -> Result<Json<List>> {
    let limit = filter.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Error::Invalid(format!("limit is a number from 1 to {MAX_PAGE}")));
    }
    let search = Search {
        device: &filter.screen,
        batch: &filter.batch,
        kind: &filter.kind,
        after: &filter.after,
        scope: Some(&user.scope),
        limit: limit.saturating_add(1),
    };
    let mut found = table::search(&mut *state.store.read().await?, &user.account, &search).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|last| last.command.id.clone());
    let now = ident::now();
    Ok(Json(List { items: found.into_iter().map(|listed| Info::of(listed, now)).collect(), next }))
}

async fn one(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Json<Info>> {
    user.may(Right::View)?;
    info(&state, &user.account, &id).await
}

async fn info(state: &Shared, account: &str, id: &str) -> Result<Json<Info>> {
    let found = table::by_id(&mut *state.store.read().await?, account, id).await?;
    let found = found.ok_or_else(|| Error::NotFound { what: "command", name: id.to_owned() })?;
    Ok(Json(Info::of(found, ident::now())))
}

async fn give(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(give): Input<Give>,
) -> Result<(StatusCode, Json<Info>)> {
    let actor = user.may(Right::ManageScreens)?;
    let to = To::Screens(vec![id]);
    let given =
        command::give(&state.store, &actor, &to, &give.command, millis(give.expires_in), ident::now())
            .await?;
    let status = if given.new > 0 { StatusCode::CREATED } else { StatusCode::OK };
    let id = given.commands.first().map(|command| command.id.clone()).unwrap_or_default();
    Ok((status, info(&state, &user.account, &id).await?))
}

async fn bulk(
    State(state): State<Shared>,
    user: User,
    Input(bulk): Input<Bulk>,
) -> Result<(StatusCode, Json<Given>)> {
    let actor = user.may(Right::ManageScreens)?;
    let Bulk { command, screens, tag, folder, all, expires_in } = bulk;
    let to = match (screens, tag, folder, all.unwrap_or(false)) {
        (Some(screens), None, None, false) => To::Screens(screens),
        (None, Some(tag), None, false) => To::Tag(tag),
        (None, None, Some(folder), false) => To::Folder(folder),
        (None, None, None, true) => To::All,
        _ => {
            let text = "Say which screens are meant by exactly one of screens, tag, folder and all.";
            return Err(Error::Invalid(text.into()));
        }
    };
    let mut screens = command::meant(&mut *state.store.read().await?, &user.account, &to).await?;
    // Who may not command some of them: those that are named are an error, of others only their own are meant.
    match to {
        To::Screens(_) => {
            for screen in &screens {
                let folder = screen.folder.as_deref();
                if !user.scope.sees(Area::Screens, folder) {
                    return Err(Error::NotFound { what: "screen", name: screen.id.clone() });
                }
                user.check_folder(Right::ManageScreens, Area::Screens, folder)?;
            }
        }
        _ => screens.retain(|screen| {
            user.check_folder(Right::ManageScreens, Area::Screens, screen.folder.as_deref()).is_ok()
        }),
    }
    let to = To::Screens(screens.into_iter().map(|screen| screen.id).collect());
    let given = command::give(&state.store, &actor, &to, &command, millis(expires_in), ident::now()).await?;
    let answer = Given { batch: given.batch, screens: given.commands.len(), given: given.new };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn millis(seconds: Option<u32>) -> Option<Millis> {
    seconds.map(|seconds| Millis::from(seconds) * SECOND)
}

async fn file(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Response> {
    user.may(Right::View)?;
    let file = table::file(&mut *state.store.read().await?, &user.account, &id).await?;
    Ok(bytes(file.ok_or_else(|| Error::NotFound { what: "file of a command", name: id })?))
}

async fn screenshot(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Response> {
    user.may(Right::View)?;
    let mut connection = state.store.read().await?;
    device::find(&mut connection, &user.account, &id).await?;
    let file = table::screenshot(&mut connection, &user.account, &id).await?;
    Ok(bytes(file.ok_or_else(|| Error::NotFound { what: "screenshot of the screen", name: id })?))
}

/// What a screen has uploaded, as it is: what the browser may make of it is said by its type alone.
pub(in super::super) fn bytes(file: File) -> Response {
    ([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response()
}
