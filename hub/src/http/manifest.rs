//! `GET /v1/manifest`: what the device plays, signed by its account.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use signage_protocol::jws::typ;

use super::bearer::Caller;
use super::{Shared, jose};
use crate::store::accounts;
use crate::{Result, playlist};

pub(super) async fn get(State(state): State<Shared>, caller: Caller, headers: HeaderMap) -> Result<Response> {
    let device = caller.authorized()?;
    let mut connection = state.store.read().await?;
    let account = accounts::by_id(&mut connection, &device.account).await?;
    let publication = playlist::publication(&mut connection, &account, &device).await?;
    let document = account.sign(typ::PUBLICATION, &publication)?;
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(document.as_bytes())));
    let tag = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if matches(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    Ok((tag, jose(document)).into_response())
}

/// Whether `If-None-Match` names this entity tag.
pub(super) fn matches(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}
