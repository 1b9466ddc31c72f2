//! The console: server-rendered pages without scripts, for people with a browser on the network.

mod layout;
mod screens;
pub(super) mod session;
mod sign_in;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};

use super::Shared;

/// The pages and their style sheet.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(sign_in::show).post(sign_in::submit))
        .route("/screens", get(screens::list))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/assets/style.css", get(style))
        .route("/assets/icon.svg", get(icon))
}

async fn style() -> impl IntoResponse {
    asset("text/css; charset=utf-8", include_str!("../../../assets/style.css"))
}

async fn icon() -> impl IntoResponse {
    asset("image/svg+xml", include_str!("../../../assets/icon.svg"))
}

/// A file that changes only with the program.
fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "max-age=3600")], text)
}
