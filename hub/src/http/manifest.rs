//! `GET /v1/manifest`: what the device plays, signed by its account.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::bearer::Caller;
use super::{Shared, jose};
use crate::Result;

pub(super) async fn get(State(state): State<Shared>, caller: Caller, headers: HeaderMap) -> Result<Response> {
    let device = caller.authorized()?;
    let manifest = state.manifests.manifest(&state.store, &device, |etag| matches(&headers, etag)).await?;
    let tag = [(header::ETAG, manifest.etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    match manifest.document {
        Some(document) => Ok((tag, jose(document.as_ref().to_owned())).into_response()),
        None => Ok((StatusCode::NOT_MODIFIED, tag).into_response()),
    }
}

/// Whether `If-None-Match` names this entity tag.
pub(super) fn matches(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}
