//! The console: server-rendered pages without scripts, for people with a browser on the network.

mod form;
mod layout;
mod pair;
mod screen;
mod screens;
pub(super) mod session;
mod sign_in;
mod token_form;
mod tokens;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::html;
use signage_protocol::api::ProblemDetails;

use self::session::Session;
use super::Shared;

/// The pages and their style sheet.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(sign_in::show).post(sign_in::submit))
        .route("/screens", get(screens::list))
        .route("/screens/{id}", get(screen::show).post(screen::change))
        .route("/screens/{id}/withdraw", post(screen::withdraw))
        .route("/screens/{id}/authorize", post(screen::authorize))
        .route("/screens/{id}/unpair", post(screen::unpair))
        .route("/screens/{id}/delete", post(screen::delete))
        .route("/screens/{id}/transfer", post(screen::transfer))
        .route("/pair", get(pair::show).post(pair::submit))
        .route("/pair/deny", post(pair::deny))
        .route("/pair/transfer-code", post(pair::transfer_code))
        .merge(tokens::router())
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

/// A refusal as a page for people; every other answer as it is.
pub(super) fn readable(state: &Shared, session: Option<&Session>, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<ProblemDetails>() else {
        return response;
    };
    let content = html! {
        div.card.narrow {
            h1 { @match response.status().as_u16() { 403 => "Not allowed", 404 => "Not found", _ => "That did not work" } }
            p.alert role="alert" { (problem.detail.as_deref().unwrap_or(&problem.title)) }
            @if let Some(action) = &problem.action { p { (action) } }
            p { a href="/" { "Back to the beginning" } }
        }
    };
    let viewer = session.and_then(|session| session.viewer(state).ok());
    (response.status(), layout::page("That did not work", viewer.as_ref(), content)).into_response()
}
