//! [`Error`] as a response, RFC 9457. A device and a person learn what they did wrong; what we did wrong is in
//! our log only.

use axum::body::to_bytes;
use axum::extract::OriginalUri;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::api::{PROBLEM_JSON, ProblemDetails};
use signage_protocol::problem::Code;

use crate::Error;
use crate::error::chain;

/// Longest text of the framework below us.
const MAX_TEXT: usize = 64 << 10;

/// RFC 9457, with the code of the catalogue.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProblemDetails")]
pub struct Problem {
    #[serde(flatten)]
    details: ProblemDetails,
    /// Which field of the body cannot be right, as a JSON Pointer (RFC 6901), where it is a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
}

/// On a page: with the field that it is about, which [`super::console`] puts it beside.
impl maud::Render for Error {
    fn render(&self) -> maud::Markup {
        match self {
            Self::Field { field, detail } => maud::html! { span data-wrong=(field) { (detail) } },
            error => maud::html! { (error.to_string()) },
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let field = match &self {
            Self::Field { field, .. } => Some(*field),
            _ => None,
        };
        let (status, code, detail, retry_after) = match self {
            Self::Refused { status, code, detail, retry_after } => (status, code, Some(detail), retry_after),
            error @ Self::NotFound { .. } => (404, Code::ApiNotFound, Some(error.to_string()), None),
            Self::Conflict(detail) => (409, Code::ApiConflict, Some(detail), None),
            Self::Invalid(detail) | Self::Field { detail, .. } => (422, Code::ApiInvalid, Some(detail), None),
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
        let pointer = field.map(|field| format!("/{field}"));
        let problem = Problem { details: body.clone(), pointer };
        let mut response = (status, axum::Json(&problem)).into_response();
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
pub fn not_found(OriginalUri(uri): &OriginalUri) -> Error {
    let code = if uri.path().starts_with("/api/") { Code::ApiNotFound } else { Code::HubError };
    Error::refused(404, code, "there is nothing at this path; GET /api/v1/openapi.json tells what there is")
}

/// The answer for a path that takes other methods.
pub fn method_not_allowed(methods: &[&str]) -> Response {
    let mut methods = methods.to_vec();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let methods = methods.join(", ");
    let error = Error::refused(405, Code::HubError, format!("this path takes {methods}"));
    ([(header::ALLOW, methods)], error).into_response()
}

/// A refusal of the framework below us as a problem: a path that is not UTF-8, a body that is too large.
pub async fn uniform(response: Response) -> Response {
    let status = response.status();
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/"));
    if !(status.is_client_error() && plain) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_TEXT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let detail = if text.trim().is_empty() { "the request cannot be understood" } else { text.trim() };
    let mut response = Error::refused(status.as_u16(), Code::ApiInvalid, detail).into_response();
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

/// A body that could not be read.
pub fn bad_body(status: StatusCode, detail: String) -> Error {
    Error::refused(status.as_u16(), Code::HubError, detail)
}
