//! `GET /schema/provisioning-1.json`: the schema of the provisioning file, for editors. Public: it is the same
//! on every hub.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use signage_protocol::config;

/// Where the schema is.
pub const PATH: &str = "/schema/provisioning-1.json";

pub(super) async fn get() -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], config::schema().to_string()).into_response()
}
