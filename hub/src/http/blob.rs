//! `GET /v1/blobs/{sha256}`: bytes of the account's content, whole or from where a download stopped.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use signage_protocol::problem::Code;

use super::Shared;
use super::bearer::Caller;
use super::manifest::matches;
use crate::range::{Answer, answer};
use crate::store::{blobs as rows, content, publications};
use crate::{Error, Result, blobs};

pub(super) async fn get(
    State(state): State<Shared>,
    caller: Caller,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let device = caller.authorized()?;
    if !blobs::is_digest(&sha256) {
        return Err(missing());
    }
    // Content of another account is as absent as content that never was.
    let mut connection = state.store.read().await?;
    let content = content::by_digest(&mut connection, &device.account, &sha256).await?;
    let (size, media_type) = match content {
        Some(content) => (content.size, content.media_type),
        // Removed since, and brought back by an earlier publication.
        None if publications::shows(&mut connection, &device.account, &sha256).await? => {
            let size = rows::size(&mut connection, &sha256).await?.ok_or_else(missing)?;
            (size, "application/octet-stream".to_owned())
        }
        None => return Err(missing()),
    };
    drop(connection);
    serve(&state, &headers, &sha256, size.unsigned_abs(), &media_type).await
}

fn missing() -> Error {
    Error::refused(404, Code::PlyNotFound, "the account has no such content")
}

/// A file of the store, or the part of it that is asked for.
pub(super) async fn serve(
    state: &Shared,
    headers: &HeaderMap,
    sha256: &str,
    length: u64,
    media_type: &str,
) -> Result<Response> {
    let etag = format!("\"{sha256}\"");
    let common = [
        (header::ETAG, etag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    if matches(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
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
    let body = Body::from_stream(state.blobs.read(sha256, first..first + count).await?);
    let described =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_LENGTH, count.to_string())];
    let mut response = (status, common, described, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{}/{length}", first + count - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, range.parse().map_err(|_| missing())?);
    }
    Ok(response)
}

/// Makes a browser save a file under a name. The plain form of it has ASCII only, the other all of it.
pub(super) fn save_as(response: &mut Response, name: &str) {
    let plain: String = name
        .chars()
        .map(
            |char| {
                if char.is_ascii_graphic() && !"\"\\%;/".contains(char) || char == ' ' { char } else { '_' }
            },
        )
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                whole.push(char::from(byte))
            }
            _ => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_download_is_a_name() {
        let mut response = Response::new(Body::empty());
        save_as(&mut response, "Über \"a\"/b\r\n.png");
        let value = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        let plain = "attachment; filename=\"_ber _a__b__.png\"";
        assert_eq!(value, format!("{plain}; filename*=UTF-8''%C3%9Cber%20%22a%22%2Fb%0D%0A.png"));
    }
}
