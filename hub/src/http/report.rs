//! `POST /v1/report`: how a screen is doing, and what it has noted.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use signage_protocol::report::{Report, Reported};

use super::Shared;
use super::bearer::Reporter;
use super::problem::bad_body;
use crate::{Result, ident};

pub(super) async fn post(
    State(state): State<Shared>,
    Reporter(device, peer): Reporter,
    body: std::result::Result<Json<Report>, JsonRejection>,
) -> Result<Json<Reported>> {
    let Json(report) = body.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    let answer = state.inbox.take(&state.store, &device, report, peer.text(), ident::now()).await?;
    Ok(Json(answer))
}
