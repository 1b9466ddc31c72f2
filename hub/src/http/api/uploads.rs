//! `/uploads`: files that come in parts, by the protocol tus 1.0 (core, creation, creation-with-upload, checksum,
//! termination, expiration). Whichever hub of a database takes the next part.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{options, patch};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::problem::Code;
use tokio::sync::OwnedSemaphorePermit;

use super::super::Shared;
use super::super::user::User;
use crate::content::Entry;
use crate::folder_rights::Area;
use crate::ident::{self, Millis, timestamp};
use crate::rights::Right;
use crate::store::content::Content;
use crate::store::uploads::{self, Upload};
use crate::upload::{self, Checksum};
use crate::{Error, Result, probe};

/// The version that is spoken.
const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The content that a whole upload has become.
const CONTENT: HeaderName = HeaderName::from_static("x-signage-content");
/// Bytes of a part.
const OCTETS: &str = "application/offset+octet-stream";

/// Every route.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/uploads", options(abilities).post(create))
        .route("/uploads/{id}", patch(append).get(show).delete(cancel))
}

/// Where an upload stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Standing {
    id: String,
    title: String,
    folder: String,
    /// Bytes in all.
    size: i64,
    /// Bytes that need not be sent again.
    received: i64,
    /// What it has become, once it is whole.
    content: Option<String>,
    /// When it is given up unless more comes.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    #[schemars(with = "jiff::Timestamp")]
    expires_at: Millis,
}

impl Standing {
    fn of(upload: &Upload) -> Self {
        Self {
            id: upload.id.clone(),
            title: upload.title.clone(),
            folder: upload.folder.clone(),
            size: upload.size,
            received: upload.received,
            content: upload.content.clone(),
            expires_at: upload.expires_at,
        }
    }
}

async fn abilities(State(state): State<Shared>) -> Response {
    let headers = [
        (RESUMABLE, VERSION.to_owned()),
        (HeaderName::from_static("tus-version"), VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), EXTENSIONS.to_owned()),
        (HeaderName::from_static("tus-checksum-algorithm"), "sha1,sha256".to_owned()),
        (HeaderName::from_static("tus-max-size"), state.uploads.size.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn create(State(state): State<Shared>, user: User, headers: HeaderMap, body: Body) -> Result<Response> {
    let actor = user.may(Right::EditContent)?;
    check_version(&headers)?;
    let length = number(&headers, &LENGTH)?.ok_or_else(|| {
        Error::Invalid("the header Upload-Length with the bytes of the file is missing".into())
    })?;
    let entry = metadata(&headers)?;
    user.check_folder(Right::EditContent, Area::Content, Some(&entry.folder))?;
    let mut upload =
        upload::create(&state.store, &actor, &entry, Some(length), &state.uploads, ident::now()).await?;
    if is_octets(&headers) {
        upload = take(&state, upload, &headers, body).await?;
    }
    let mut response = (StatusCode::CREATED, Json(Standing::of(&upload))).into_response();
    stand(&mut response, &upload);
    set(&mut response, header::LOCATION, &format!("{}/uploads/{}", super::PREFIX, upload.id));
    Ok(response)
}

async fn show(
    State(state): State<Shared>,
    user: User,
    method: Method,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    user.may(Right::EditContent)?;
    check_version(&headers)?;
    let upload = uploads::find(&mut *state.store.read().await?, &user.account, &id).await?;
    let mut response = match method {
        Method::HEAD => StatusCode::OK.into_response(),
        _ => Json(Standing::of(&upload)).into_response(),
    };
    stand(&mut response, &upload);
    set(&mut response, LENGTH, &upload.size.to_string());
    Ok(response)
}

async fn append(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    user.may(Right::EditContent)?;
    check_version(&headers)?;
    let upload = uploads::find(&mut *state.store.read().await?, &user.account, &id).await?;
    if !is_octets(&headers) {
        let detail = format!("the Content-Type of a part is {OCTETS}");
        return Err(Error::refused(415, Code::ApiInvalid, detail));
    }
    let offset = number(&headers, &OFFSET)?
        .ok_or_else(|| Error::Invalid("the header Upload-Offset is missing".into()))?;
    if offset != upload.received {
        let detail = format!("the upload stands at {}, not at {offset}; go on from there", upload.received);
        let mut response = Error::Conflict(detail).into_response();
        stand(&mut response, &upload);
        return Ok(response);
    }
    let upload = take(&state, upload, &headers, body).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    stand(&mut response, &upload);
    Ok(response)
}

async fn cancel(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let actor = user.may(Right::EditContent)?;
    check_version(&headers)?;
    upload::cancel(&state.store, &state.blobs, &actor, &id, ident::now()).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// Takes the bytes of a request, and makes content of them once they are all here.
async fn take(state: &Shared, upload: Upload, headers: &HeaderMap, body: Body) -> Result<Upload> {
    if upload.content.is_some() {
        return Ok(upload);
    }
    let _turn = turn(state)?;
    let checksum = checksum(headers)?;
    let first = upload.received == 0;
    let body = body.into_data_stream();
    let upload =
        upload::append(&state.store, &state.blobs, &upload, body, checksum.as_ref(), &state.uploads).await?;
    if upload.is_whole() {
        let content = complete(state, upload.clone()).await?;
        return Ok(Upload { content: Some(content.id), ..upload });
    }
    if first {
        upload::check(&state.store, &state.blobs, &upload).await?;
    }
    Ok(upload)
}

/// A place among those whose bytes are taken.
pub(in crate::http) fn turn(state: &Shared) -> Result<OwnedSemaphorePermit> {
    state.upload_turns.clone().try_acquire_owned().map_err(|_| Error::Refused {
        status: 503,
        code: Code::HubError,
        detail: "the hub takes as many uploads as it can; try again in a few seconds".to_owned(),
        retry_after: Some(5),
    })
}

/// Makes content of an upload, also when whoever sent it no longer waits, and looks into it.
pub(in crate::http) async fn complete(state: &Shared, upload: Upload) -> Result<Content> {
    let task = {
        let state = state.clone();
        tokio::spawn(async move { upload::finish(&state.store, &state.blobs, &upload, ident::now()).await })
    };
    let content = task.await.map_err(|_| Error::Damaged { what: "upload" })??;
    let (state, probed) = (state.clone(), content.clone());
    tokio::spawn(async move {
        let done = probe::look(&state.store, &state.blobs, &state.prober, &state.directory, &probed).await;
        if let Err(error) = done {
            tracing::error!(
                error = crate::error::chain(&error),
                content = probed.id,
                "content was not probed"
            );
        }
    });
    Ok(content)
}

fn stand(response: &mut Response, upload: &Upload) {
    set(response, RESUMABLE, VERSION);
    set(response, OFFSET, &upload.received.to_string());
    let expires = jiff::fmt::rfc2822::DateTimePrinter::new();
    if let Ok(text) = expires.timestamp_to_rfc9110_string(&timestamp(upload.expires_at)) {
        set(response, EXPIRES, &text);
    }
    if let Some(content) = &upload.content {
        set(response, CONTENT, content);
    }
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// A client that says nothing of a version is taken for one that means this.
fn check_version(headers: &HeaderMap) -> Result<()> {
    match text(headers, &RESUMABLE) {
        None | Some(VERSION) => Ok(()),
        Some(_) => Err(Error::refused(
            412,
            Code::ApiInvalid,
            format!("this hub speaks version {VERSION} of tus only"),
        )),
    }
}

fn is_octets(headers: &HeaderMap) -> bool {
    text(headers, &header::CONTENT_TYPE).is_some_and(|value| value.eq_ignore_ascii_case(OCTETS))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<i64>> {
    let wrong = || Error::Invalid(format!("the header {name} is no number of bytes"));
    let value = headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    value.map(|text| text.parse().ok().filter(|number| *number >= 0).ok_or_else(wrong)).transpose()
}

/// `filename` and `folder` of `Upload-Metadata`: names and base64, separated by commas.
fn metadata(headers: &HeaderMap) -> Result<Entry> {
    let mut entry = Entry::default();
    let given = text(headers, &HeaderName::from_static("upload-metadata")).unwrap_or_default();
    for pair in given.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let decoded = STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let wrong = || Error::Invalid(format!("{name:?} in Upload-Metadata is no text in base64"));
        match name {
            "filename" | "name" | "title" => entry.title = Some(decoded.ok_or_else(wrong)?),
            "folder" => entry.folder = decoded.ok_or_else(wrong)?,
            _ => {}
        }
    }
    Ok(entry)
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>> {
    let Some(given) = text(headers, &HeaderName::from_static("upload-checksum")) else { return Ok(None) };
    let refuse = || Error::refused(400, Code::ApiInvalid, "Upload-Checksum is sha1 or sha256 and its base64");
    let (algorithm, value) = given.split_once(' ').ok_or_else(refuse)?;
    let digest = STANDARD.decode(value.trim()).map_err(|_| refuse())?;
    match (algorithm, digest.len()) {
        ("sha1", 20) => Ok(Some(Checksum::Sha1(digest))),
        ("sha256", 32) => Ok(Some(Checksum::Sha256(digest))),
        _ => Err(refuse()),
    }
}
