//! What a request names in its body, where the folders of whoever sends it are limited: the id of something that is not
//! there for them is refused, whatever the field. So no handler can forget it.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, FromRequestParts as _, RawPathParams, Request};
use axum::http::request::Parts;
use serde_json::Value;

use super::Shared;
use crate::folder_rights::Scope;
use crate::sight::{self, Sight};
use crate::{Error, Result};

/// Checks a JSON body. What is no JSON is left to whoever reads it.
pub(super) async fn json(state: &Shared, account: &str, scope: &Scope, request: Request) -> Result<Request> {
    if *scope == Scope::default() {
        return Ok(request);
    }
    let (parts, bytes) = whole(state, request).await?;
    if let Ok(value) = serde_json::from_slice::<Value>(&bytes) {
        let mut found = Vec::new();
        sight::texts(&value, &mut found);
        check(state, account, scope, parts.clone(), &found).await?;
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Checks a form: its values, what is in them as a list or as JSON, and the names of boxes for single screens. Answers
/// its fields along.
pub(super) async fn form(
    state: &Shared,
    account: &str,
    scope: &Scope,
    request: Request,
) -> Result<(Request, Vec<(String, String)>)> {
    let (parts, bytes) = whole(state, request).await?;
    let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
    if *scope != Scope::default() {
        let values: Vec<Value> =
            fields.iter().filter_map(|(_, value)| serde_json::from_str::<Value>(value).ok()).collect();
        let mut found: Vec<&str> =
            fields.iter().filter_map(|(name, _)| name.strip_prefix("screen-")).collect();
        found.extend(fields.iter().flat_map(|(_, value)| value.split(',').map(str::trim)));
        values.iter().for_each(|value| sight::texts(value, &mut found));
        check(state, account, scope, parts.clone(), &found).await?;
    }
    Ok((Request::from_parts(parts, Body::from(bytes)), fields))
}

/// Head and body of a request.
async fn whole(state: &Shared, request: Request) -> Result<(Parts, Bytes)> {
    let (parts, body) = request.into_parts();
    let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
        .await
        .map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    Ok((parts, bytes))
}

async fn check(state: &Shared, account: &str, scope: &Scope, mut parts: Parts, found: &[&str]) -> Result<()> {
    let params = RawPathParams::from_request_parts(&mut parts, state).await.ok();
    let thing = params.iter().flat_map(|params| params.iter()).find(|(name, _)| *name == "id");
    let mut connection = state.store.read().await?;
    let sight = Sight::load(&mut connection, account, scope).await?;
    sight.check(&mut connection, account, thing.map(|(_, id)| id), found).await
}
