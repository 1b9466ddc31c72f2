//! Who asks: the device behind a bearer token.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use signage_protocol::problem::Code;

use super::Shared;
use super::peer::Peer;
use crate::error::chain;
use crate::ident::{self, Millis};
use crate::seal::Purpose;
use crate::store::devices::Device;
use crate::{Error, Result, device};

/// A device that has shown a valid access token. Its being seen is noted.
#[derive(Debug)]
pub struct Caller(pub Device);

impl Caller {
    /// Refuses a device that may not play.
    pub fn authorized(self) -> Result<Device> {
        if self.0.authorized(ident::now()) {
            return Ok(self.0);
        }
        Err(match self.0.granted {
            true => Error::refused(403, Code::AutExpired, "the authorization of this device has expired"),
            false => Error::refused(403, Code::AutInvalid, "this device is not authorized"),
        })
    }
}

/// The same device when it reports: its being seen is noted with the report, in one change.
#[derive(Debug)]
pub struct Reporter(pub Device, pub Peer);

impl FromRequestParts<Shared> for Reporter {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self> {
        let device = recognise(parts, state, ident::now()).await?;
        let Ok(peer) = Peer::from_request_parts(parts, state).await;
        Ok(Self(device, peer))
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self> {
        let now = ident::now();
        let device = recognise(parts, state, now).await?;
        let Ok(peer) = Peer::from_request_parts(parts, state).await;
        note_seen(state, &device, peer, now).await;
        Ok(Self(device))
    }
}

/// The device whose access token a request carries.
async fn recognise(parts: &Parts, state: &Shared, now: Millis) -> Result<Device> {
    let refuse = |detail: &str| Error::refused(401, Code::AutToken, detail);
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) =
        header.and_then(|text| text.split_once(' ')).ok_or_else(|| refuse("no bearer token was sent"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refuse("no bearer token was sent"));
    }
    let (subject, _) = state
        .seal
        .open(Purpose::Access, token.trim(), now)
        .map_err(|error| refuse(&format!("the bearer token does not hold: {error}")))?;
    let id = String::from_utf8(subject).map_err(|_| refuse("the bearer token does not hold"))?;
    device::answered(&mut *state.store.read().await?, &id, now)
        .await?
        .ok_or_else(|| refuse("the hub no longer knows this device"))
}

/// Notes that a device has shown itself. Failing at that is no reason to leave its request unanswered.
pub(super) async fn note_seen(state: &Shared, device: &Device, peer: Peer, now: Millis) {
    if let Err(error) = state.seen.note(&state.store, device, peer.text(), now).await {
        tracing::warn!(error = chain(&error), device = device.id, "cannot note that a device was seen");
    }
}
