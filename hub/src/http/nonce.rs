//! `POST /v1/nonce`: freshness for an assertion, independent of the device's clock.

use axum::Json;
use axum::extract::State;
use signage_protocol::api::Nonce;

use super::Shared;
use crate::Result;
use crate::ident::{self, MINUTE, Millis};
use crate::seal::Purpose;

/// How long a nonce is good.
pub const LIFETIME: Millis = 5 * MINUTE;

pub(super) async fn post(State(state): State<Shared>) -> Result<Json<Nonce>> {
    let random = ident::random::<16>()?;
    Ok(Json(Nonce { nonce: state.seal.make(Purpose::Nonce, &random, ident::now() + LIFETIME) }))
}
