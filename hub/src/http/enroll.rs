//! `POST /v1/enroll`: a device shows a token and its key.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use signage_protocol::api::{EnrollRequest, Enrolled, Enrollment};
use signage_protocol::jws::{typ, verify_with_own_key};
use signage_protocol::problem::Code;

use super::peer::Peer;
use super::problem::bad_body;
use super::{Shared, lock};
use crate::{Error, Result, enrolment, ident};

pub(super) async fn post(
    State(state): State<Shared>,
    peer: Peer,
    body: std::result::Result<Json<EnrollRequest>, JsonRejection>,
) -> Result<Json<Enrolled>> {
    let Json(body) = body.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    let now = ident::now();
    if let Some(address) = peer.0 {
        let mut enrolments = lock(&state.enrolments);
        if let Some(seconds) = enrolments.blocked(address, now) {
            return Err(busy("too many enrolments from this address", seconds));
        }
        enrolments.count(address, now);
    }
    let (key, enrollment) =
        verify_with_own_key::<Enrollment>(&body.enrollment, typ::ENROLLMENT).map_err(|error| {
            Error::refused(400, Code::HubError, format!("the enrolment does not hold: {error}"))
        })?;
    state.check_address(&enrollment.hub)?;
    let blocked = peer.0.and_then(|address| lock(&state.enrol_failures).blocked(address, now));
    if let Some(seconds) = blocked
        && !token_exists(&state, &enrollment).await?
    {
        return Err(busy("too many refused enrolments from this address", seconds));
    }
    let result = enrolment::enrol(&state.store, &key, &enrollment, peer.text().as_deref(), now).await;
    if let (Err(Error::Refused { code, .. }), Some(address)) = (&result, peer.0) {
        // Only guesses count. A site whose token was revoked asks with a token that exists.
        if *code == Code::TokUnknown {
            lock(&state.enrol_failures).count(address, now);
        }
        tracing::warn!(%code, %address, device = key.thumbprint(), "refused an enrolment");
    }
    let enrolment::Enrolled { device, account } = result?;
    let authorization = enrolment::authorization(&state.store, &device).await?;
    tracing::info!(device = device.id, name = device.name, account = account.id, "enrolled a device");
    Ok(Json(Enrolled {
        device_id: device.id,
        name: device.name,
        account_key: account.public_key()?,
        account: account.id,
        authorization: Some(authorization),
    }))
}

fn busy(detail: &str, seconds: u64) -> Error {
    Error::Refused { status: 429, code: Code::HubBusy, detail: detail.into(), retry_after: Some(seconds) }
}

/// A token that exists passes the limiter of failures, whatever became of it: a good device must not wait for a bad
/// neighbour.
async fn token_exists(state: &Shared, enrollment: &Enrollment) -> Result<bool> {
    let digest = signage_protocol::token::digest(&enrollment.token);
    let token = crate::store::tokens::by_digest(&mut *state.store.read().await?, &digest).await?;
    Ok(token.is_some())
}
