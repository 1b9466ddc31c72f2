//! `/v1/commands`: what a screen is to do, and how it went, for a screen with or without a session.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use signage_protocol::session::{COMMANDS, CommandResult, Commands, MAX_FILE};

use super::Shared;
use super::bearer::Caller;
use super::problem::bad_body;
use crate::{Result, command, ident};

/// The routes.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route(COMMANDS, get(list))
        .route(&format!("{COMMANDS}/{{id}}/result"), post(result))
        .route(&format!("{COMMANDS}/{{id}}/file"), put(file).layer(DefaultBodyLimit::max(MAX_FILE)))
}

async fn list(State(state): State<Shared>, Caller(device): Caller) -> Result<Json<Commands>> {
    let commands = command::take(&state.store, &device.account, &device.id, ident::now()).await?;
    Ok(Json(Commands { commands }))
}

async fn result(
    State(state): State<Shared>,
    Caller(device): Caller,
    Path(id): Path<String>,
    body: std::result::Result<Json<CommandResult>, JsonRejection>,
) -> Result<StatusCode> {
    let Json(result) = body.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    command::report(&state.store, &device.id, &id, &result, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn file(
    State(state): State<Shared>,
    Caller(device): Caller,
    Path(id): Path<String>,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<StatusCode> {
    let body = body.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    command::upload(&state.store, &device.id, &id, body.into(), ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
