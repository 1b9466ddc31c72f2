//! [`Error`] as a response, RFC 9457. A device and a person learn what they did wrong; what we did wrong is in
//! our log only.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use signage_protocol::api::{PROBLEM_JSON, ProblemDetails};
use signage_protocol::problem::Code;

use crate::Error;
use crate::error::chain;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, detail, retry_after) = match self {
            Self::Refused { status, code, detail, retry_after } => (status, code, Some(detail), retry_after),
            error @ Self::NotFound { .. } => (404, Code::ApiNotFound, Some(error.to_string()), None),
            Self::Conflict(detail) => (409, Code::ApiConflict, Some(detail), None),
            Self::Invalid(detail) => (422, Code::ApiInvalid, Some(detail), None),
            error @ Self::Bucket { .. } => {
                tracing::error!(error = chain(&error), "a request failed");
                let detail = "the store of the content does not answer as it should; try again in a while";
                (503, Code::HubError, Some(detail.to_owned()), Some(30))
            }
            error => {
                tracing::error!(error = chain(&error), "a request failed");
                (500, Code::HubError, None, None)
            }
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ProblemDetails::new(status.as_u16(), code, detail);
        let mut response = (status, axum::Json(&body)).into_response();
        // For the console, which makes a page of it.
        response.extensions_mut().insert(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The answer for a path that is not there.
pub async fn not_found() -> Error {
    Error::refused(404, Code::HubError, "there is nothing at this path")
}

/// The answer for a path that is there for another method.
pub async fn method_not_allowed() -> Error {
    Error::refused(405, Code::HubError, "this path does not take this method")
}

/// A body that could not be read.
pub fn bad_body(status: StatusCode, detail: String) -> Error {
    Error::refused(status.as_u16(), Code::HubError, detail)
}
