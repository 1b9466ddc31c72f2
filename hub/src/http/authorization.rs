//! `GET /v1/authorization`: whether the device may play. A revocation is such a document too, so a device whose
//! authorization was withdrawn gets its answer here.

use axum::extract::State;
use axum::response::Response;

use super::bearer::Caller;
use super::{Shared, jose};
use crate::{Result, enrolment};

pub(super) async fn get(State(state): State<Shared>, Caller(device): Caller) -> Result<Response> {
    Ok(jose(enrolment::authorization(&mut *state.store.read().await?, &device).await?))
}
