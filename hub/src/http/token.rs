//! `POST /oauth/token`: a device proves its key and gets a bearer token (RFC 7523), or asks what became of its pairing
//! (RFC 8628).

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Deserialize;
use signage_protocol::Secret;
use signage_protocol::api::{
    ASSERTION_TYPE, Assertion, DEVICE_GRANT_TYPE, DeviceTokenRequest, Enrolled, GRANT_TYPE, TokenRequest,
    TokenResponse,
};
use signage_protocol::jws::{typ, verify};
use signage_protocol::problem::Code;

use super::Shared;
use super::bearer::note_seen;
use super::pairing;
use super::peer::Peer;
use super::problem::bad_body;
use crate::ident::{self, MINUTE, Millis};
use crate::seal::Purpose;
use crate::store::devices;
use crate::{Error, Result, device};

/// The two kinds of request, told apart by what they carry, for the description of the API.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only described")]
pub(in crate::http) enum GrantRequest {
    Assertion(TokenRequest),
    DeviceCode(DeviceTokenRequest),
}

/// Their answers.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only described")]
pub(in crate::http) enum GrantAnswer {
    /// To an assertion.
    Token(TokenResponse),
    /// To a device code whose screen was paired.
    Enrolled(Enrolled),
}

/// The two kinds of request, told apart by what they carry.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Request {
    Assertion(TokenRequest),
    DeviceCode(DeviceTokenRequest),
    Other {},
}

/// How long an access token is good.
pub const LIFETIME: Millis = 15 * MINUTE;

pub(super) async fn post(
    State(state): State<Shared>,
    peer: Peer,
    form: std::result::Result<Form<Request>, FormRejection>,
) -> Result<Response> {
    let Form(request) = form.map_err(|rejection| bad_body(rejection.status(), rejection.body_text()))?;
    match request {
        Request::DeviceCode(request) if request.grant_type == DEVICE_GRANT_TYPE => {
            pairing::poll(&state, peer, &request).await
        }
        Request::Assertion(request) => Ok(access(&state, peer, &request).await?.into_response()),
        Request::DeviceCode(_) | Request::Other {} => Err(Error::refused(
            400,
            Code::HubError,
            "a token request needs a grant type that is known, and what belongs to it",
        )),
    }
}

async fn access(state: &Shared, peer: Peer, request: &TokenRequest) -> Result<Json<TokenResponse>> {
    if request.grant_type != GRANT_TYPE || request.client_assertion_type != ASSERTION_TYPE {
        return Err(Error::refused(
            400,
            Code::HubError,
            "only client_credentials with a JWT assertion are known",
        ));
    }
    let now = ident::now();
    let claimed = claimed_device(&request.client_assertion)
        .ok_or_else(|| Error::refused(400, Code::HubError, "the assertion is not a JWS in compact form"))?;
    let device = device::answered(&mut *state.store.read().await?, &claimed, now)
        .await?
        .ok_or_else(|| Error::refused(401, Code::AutInvalid, "the hub does not know this device"))?;
    let key = device
        .public_key
        .as_ref()
        // It was bound by its id alone: first it enrols, which shows the key.
        .ok_or_else(|| {
            Error::refused(401, Code::AutInvalid, "the hub has not seen the key of this device yet")
        })?
        .verifying_key()
        .ok_or(Error::Damaged { what: "key of a device" })?;
    let assertion: Assertion =
        verify(&request.client_assertion, typ::CLIENT_ASSERTION, &key).map_err(|error| {
            Error::refused(401, Code::AutInvalid, format!("the assertion does not hold: {error}"))
        })?;
    if assertion.iss != device.id || assertion.sub != device.id {
        return Err(Error::refused(401, Code::AutInvalid, "iss and sub are not the device"));
    }
    state.check_address(&assertion.aud)?;
    let stale = |detail: String| Error::refused(401, Code::AutToken, detail);
    let (_, nonce_ends) = state
        .seal
        .open(Purpose::Nonce, &assertion.nonce, now)
        .map_err(|error| stale(format!("the nonce does not hold: {error}")))?;
    if !devices::use_nonce(&state.store, &assertion.nonce, nonce_ends).await? {
        return Err(stale("the nonce has been used".into()));
    }
    note_seen(state, &device, peer, now).await;
    Ok(Json(TokenResponse {
        access_token: Secret::new(state.seal.make(Purpose::Access, device.id.as_bytes(), now + LIFETIME)),
        token_type: "Bearer".into(),
        expires_in: LIFETIME.unsigned_abs() / 1000,
    }))
}

/// Who the assertion says it is from. Nothing may be built on it before the signature is checked with that
/// device's key.
fn claimed_device(assertion: &str) -> Option<String> {
    let payload = assertion.split('.').nth(1)?;
    let claims: Assertion = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(claims.sub)
}
