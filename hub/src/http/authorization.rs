//! `GET /v1/authorization`: whether the device may play. A revocation is such a document too, so a device whose
//! authorization was withdrawn gets its answer here.

use axum::extract::State;
use axum::response::Response;

use super::bearer::Caller;
use super::{Shared, jose};
use crate::store::{self, devices};
use crate::{Result, enrolment, ident};

pub(super) async fn get(State(state): State<Shared>, Caller(device): Caller) -> Result<Response> {
    let document = enrolment::authorization(&state.store, &device).await?;
    let standing = devices::standing(&mut *state.store.read().await?, &device.id).await?;
    if standing.told_at.is_none() {
        // Operators see that it knows, and who has read a withdrawal can be let go of.
        let mut change = state.store.write().await?;
        devices::told(&mut change, &device.id, device.sequence, ident::now()).await?;
        store::commit(change).await?;
    }
    Ok(jose(document))
}
