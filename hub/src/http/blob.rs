//! `GET /v1/blobs/{sha256}`: bytes of the account's content, whole or from where a download stopped.

use std::io::SeekFrom;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use signage_protocol::problem::Code;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::Shared;
use super::bearer::Caller;
use super::manifest::matches;
use crate::range::{Answer, answer};
use crate::store::content;
use crate::{Error, Result, blobs};

/// Bytes that are read from the disk at once.
const CHUNK: usize = 64 << 10;

pub(super) async fn get(
    State(state): State<Shared>,
    caller: Caller,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let device = caller.authorized()?;
    let missing = || Error::refused(404, Code::PlyNotFound, "the account has no such content");
    if !blobs::is_digest(&sha256) {
        return Err(missing());
    }
    // Content of another account is as absent as content that never was.
    let content = content::by_digest(&mut *state.store.read().await?, &device.account, &sha256)
        .await?
        .ok_or_else(missing)?;
    let etag = format!("\"{sha256}\"");
    let common = [
        (header::ETAG, etag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    if matches(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let length = content.size.unsigned_abs();
    // Under a digest nothing changes, so If-Range can only fail when it names something else.
    let unchanged = headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == etag.as_bytes());
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| unchanged);
    let (status, first, count) = match answer(range, length) {
        Answer::Whole => (StatusCode::OK, 0, length),
        Answer::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Answer::Unsatisfiable => {
            let refusal = Error::refused(416, Code::PlyDownload, format!("the content has {length} bytes"));
            return Ok(([(header::CONTENT_RANGE, format!("bytes */{length}"))], refusal).into_response());
        }
    };
    let path = blobs::path(&state.directory, &sha256);
    let mut file = File::open(&path).await.map_err(Error::file("read", &path))?;
    if first > 0 {
        file.seek(SeekFrom::Start(first)).await.map_err(Error::file("read", &path))?;
    }
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(count), CHUNK));
    let described = [(header::CONTENT_TYPE, content.media_type), (header::CONTENT_LENGTH, count.to_string())];
    let mut response = (status, common, described, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{}/{length}", first + count - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, range.parse().map_err(|_| missing())?);
    }
    Ok(response)
}
