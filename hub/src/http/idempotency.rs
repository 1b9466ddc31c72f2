//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again is not done again.
//!
//! A request with a key takes a row before it begins, under a unique constraint, so it runs once on however many hubs.
//! It runs to its end even when its client goes away: that is when the answer is asked for again. The answer is kept
//! encrypted for a day, since it may hold a secret that is shown once; the key of the encryption is made from the
//! hub's secret and from the client's key, of which the database holds only a keyed digest.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead;
use sha2::{Digest as _, Sha256};
use signage_protocol::problem::Code;

use super::Shared;
use super::api::enrol_tokens;
use super::user::User;
use crate::ident::{self, DAY, Millis};
use crate::seal::Purpose;
use crate::store::idempotency::{self, Known, Place};
use crate::{Error, Result};

/// Longest key.
pub const MAX_KEY: usize = 255;
/// How long an answer is kept.
pub const KEPT: Millis = DAY;
/// Largest answer that is kept: that of ten thousand tokens.
const MAX_ANSWER: usize = 16 << 20;
/// Largest body of a request with a key.
const MAX_BODY: usize = enrol_tokens::MAX_BODY;
/// Headers of an answer that are kept with it.
const HEADERS: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::LOCATION, header::ETAG];

/// The key of a request, bare or as the quoted string of the draft.
fn key(parts: &Parts) -> Result<Option<String>> {
    let Some(value) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if bare.is_empty() || bare.len() > MAX_KEY || !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Invalid(format!(
            "an Idempotency-Key has 1 to {MAX_KEY} visible ASCII characters; take a new UUID for each request"
        )));
    }
    Ok(Some(bare.to_owned()))
}

/// Runs a request, once for each key.
pub(super) async fn run(
    state: Shared,
    user: &User,
    mut parts: Parts,
    body: Body,
    next: Next,
) -> Result<Response> {
    let Some(key) = key(&parts)? else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| {
        Error::refused(
            413,
            Code::ApiInvalid,
            format!("the body of such a request has at most {MAX_BODY} bytes"),
        )
    })?;
    let keys = Keys::new(&state, &key);
    let uri = parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let mut digest = Sha256::new();
    let accept = parts.headers.get(header::ACCEPT).map(HeaderValue::as_bytes).unwrap_or_default();
    for part in [parts.method.as_str().as_bytes(), uri.to_string().as_bytes(), accept, &body] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let request = hex::encode(digest.finalize());
    let (account, actor) = (user.account.clone(), user.id.clone());
    let place = Place { account: &account, actor: &actor, key: &keys.name };
    if let Some(known) = idempotency::begin(&state.store, &place, &request, ident::now()).await? {
        return again(&keys, &request, &known);
    }
    parts.headers.remove("idempotency-key");
    let running = tokio::spawn(async move {
        let place = Place { account: &account, actor: &actor, key: &keys.name };
        let response = next.run(Request::from_parts(parts, body.into())).await;
        keep(&state, &place, &keys, &request, response).await
    });
    running.await.map_err(|_| Error::Damaged { what: "request: it ended early" })?
}

/// The answer to a request whose key was there before.
fn again(keys: &Keys, request: &str, known: &Known) -> Result<Response> {
    if known.request != request {
        let detail = "this Idempotency-Key belongs to another request; take a new one for each";
        return Err(Error::refused(422, Code::ApiInvalid, detail));
    }
    let conflict = |detail: &str| Err(Error::refused(409, Code::ApiConflict, detail));
    match (known.status, &known.answer) {
        (None, _) => conflict(
            "a request with this Idempotency-Key still runs, or the hub stopped while it did; wait a minute, and if \
             this stays, look whether it was done, and take a new key",
        ),
        (Some(_), None) => conflict("this was done, but the answer was too large to be kept"),
        (Some(status), Some(answer)) => {
            let damaged = || Error::Damaged { what: "answer to a request" };
            let bytes = keys.open(answer, request).ok_or_else(damaged)?;
            let (headers, body): (Vec<(String, String)>, String) =
                serde_json::from_slice(&bytes).map_err(|_| damaged())?;
            let body = STANDARD.decode(body).map_err(|_| damaged())?;
            let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
            let mut response = (status.ok_or_else(damaged)?, body).into_response();
            response.headers_mut().remove(header::CONTENT_TYPE);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                    response.headers_mut().insert(name, value);
                }
            }
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

/// Keeps an answer. What was refused for a reason that passes may be asked again with the same key.
async fn keep(
    state: &Shared,
    place: &Place<'_>,
    keys: &Keys,
    request: &str,
    response: Response,
) -> Result<Response> {
    let status = response.status();
    if status.is_server_error() || matches!(status.as_u16(), 401 | 403 | 408 | 409 | 413 | 429) {
        idempotency::release(&state.store, place).await?;
        return Ok(response);
    }
    let size = response.body().size_hint().exact().and_then(|size| usize::try_from(size).ok());
    if size.is_none_or(|size| size > MAX_ANSWER) {
        idempotency::finish(&state.store, place, status.as_u16(), None).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.map_err(|_| Error::Damaged { what: "answer" })?;
    let headers: Vec<(&str, &str)> = HEADERS
        .iter()
        .filter_map(|name| Some((name.as_str(), parts.headers.get(name)?.to_str().ok()?)))
        .collect();
    let text = serde_json::to_vec(&(headers, STANDARD.encode(&body))).map_err(Error::json("an answer"))?;
    let answer = keys.seal(text, request)?;
    idempotency::finish(&state.store, place, status.as_u16(), Some(&answer)).await?;
    Ok(Response::from_parts(parts, body.into()))
}

/// What comes of a client's key: the name of its row, and the key of its answer.
struct Keys {
    name: String,
    cipher: [u8; 32],
}

impl Keys {
    fn new(state: &Shared, key: &str) -> Self {
        let name = hex::encode(state.seal.derive(Purpose::IdempotencyKey, key.as_bytes()));
        Self { name, cipher: state.seal.derive(Purpose::StoredAnswer, key.as_bytes()) }
    }

    fn cipher(&self) -> Result<aead::LessSafeKey> {
        let key = aead::UnboundKey::new(&aead::CHACHA20_POLY1305, &self.cipher);
        Ok(aead::LessSafeKey::new(key.map_err(|_| Error::Damaged { what: "key of an answer" })?))
    }

    fn seal(&self, mut text: Vec<u8>, request: &str) -> Result<String> {
        let nonce = ident::random::<{ aead::NONCE_LEN }>()?;
        self.cipher()?
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(request.as_bytes()),
                &mut text,
            )
            .map_err(|_| Error::Damaged { what: "answer" })?;
        Ok(STANDARD.encode([&nonce[..], &text].concat()))
    }

    fn open(&self, sealed: &str, request: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_first_chunk::<{ aead::NONCE_LEN }>()?;
        let mut text = text.to_vec();
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let opened =
            self.cipher().ok()?.open_in_place(nonce, aead::Aad::from(request.as_bytes()), &mut text).ok()?;
        Some(opened.to_vec())
    }
}
