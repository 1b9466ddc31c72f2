//! `POST /v1/device_authorization`, and the answers of `POST /oauth/token` to a device code (RFC 8628).

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use signage_protocol::api::{self, DeviceAuthorization, DeviceTokenRequest, EnrollRequest, Enrolled};
use signage_protocol::jws::{typ, verify_with_own_key};
use signage_protocol::problem::Code;

use super::peer::Peer;
use super::problem::bad_body;
use super::{Shared, lock};
use crate::ident::{self, SECOND};
use crate::pairing::{self, Answer, INTERVAL, LIFETIME};
use crate::seal::Purpose;
use crate::store::devices;
use crate::{Error, Result, enrolment};

pub(super) async fn post(
    State(state): State<Shared>,
    peer: Peer,
    body: std::result::Result<Json<EnrollRequest>, JsonRejection>,
) -> Result<Json<DeviceAuthorization>> {
    let Json(body) = body.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    let now = ident::now();
    if let Some(address) = peer.0 {
        let mut pairings = lock(&state.pairings);
        if let Some(seconds) = pairings.blocked(address, now) {
            return Err(Error::Refused {
                status: 429,
                code: Code::HubBusy,
                detail: "too many requests for pairing codes from this address".into(),
                retry_after: Some(seconds),
            });
        }
        pairings.count(address, now);
    }
    let (key, request) =
        verify_with_own_key::<api::Pairing>(&body.enrollment, typ::ENROLLMENT).map_err(|error| {
            Error::refused(400, Code::HubError, format!("the request does not hold: {error}"))
        })?;
    state.check_address(&request.hub)?;
    let stale = |detail: String| Error::refused(401, Code::AutToken, detail);
    let (_, nonce_ends) = state
        .seal
        .open(Purpose::Nonce, &request.nonce, now)
        .map_err(|error| stale(format!("the nonce does not hold: {error}")))?;
    if !devices::use_nonce(&state.store, &request.nonce, nonce_ends).await? {
        return Err(stale("the nonce has been used".into()));
    }
    let codes = pairing::begin(&state.store, &key, &request, peer.text().as_deref(), now).await?;
    tracing::debug!(device = key.thumbprint(), "a screen waits to be paired");
    let hub = state.urls.first().map(ToString::to_string).unwrap_or_default();
    Ok(Json(DeviceAuthorization {
        device_code: codes.device,
        verification_uri: format!("{hub}/pair"),
        verification_uri_complete: format!("{hub}/pair?code={}", codes.user),
        user_code: codes.user,
        expires_in: (LIFETIME / SECOND).unsigned_abs(),
        interval: (INTERVAL / SECOND).unsigned_abs(),
    }))
}

/// The answer to a device code.
pub(super) async fn poll(state: &Shared, peer: Peer, request: &DeviceTokenRequest) -> Result<Response> {
    let now = ident::now();
    let answer =
        pairing::poll(&state.store, &state.pace, &request.device_code, &request.client_id, now).await?;
    let enrolment::Enrolled { device, account } = match answer {
        Answer::Enrolled(enrolled) => *enrolled,
        Answer::Refused(error) => return Ok((StatusCode::BAD_REQUEST, Json(error)).into_response()),
    };
    super::bearer::note_seen(state, &device, peer, now).await;
    let authorization = enrolment::authorization(&state.store, &device).await?;
    tracing::info!(device = device.id, name = device.name, account = account.id, "paired a device");
    Ok(Json(Enrolled {
        device_id: device.id,
        name: device.name,
        account_key: account.public_key()?,
        account: account.id,
        authorization: Some(authorization),
    })
    .into_response())
}
