//! The console: server-rendered pages for people with a browser on the network. They work without scripts, and with
//! them they follow what happens.

mod about;
pub(super) mod again;
mod api_tokens;
mod audit;
mod codes;
mod commands;
mod composing;
mod confirm;
mod content;
mod content_item;
mod fleet;
mod form;
mod groups;
mod layout;
mod me;
mod moment;
mod pair;
mod people;
mod provider;
mod qr;
mod records;
mod reference;
mod screen;
mod screen_token;
mod screens;
pub(super) mod session;
mod settings;
mod sign_in;
mod token_form;
mod tokens;
mod welcome;

use axum::Router;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use maud::html;
use signage_protocol::api::ProblemDetails;
use signage_protocol::problem::Code;

use self::session::Session;
use super::{Shared, problem};
use crate::{Error, Result};

/// The pages and their style sheet.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(sign_in::show).post(sign_in::submit))
        .route("/screens", get(screens::list))
        .route("/screens/{id}", get(screen::show).post(screen::change))
        .route("/screens/{id}/withdraw", post(screen::withdraw))
        .route("/screens/{id}/unpair", post(screen::unpair))
        .route("/screens/{id}/delete", post(screen::delete))
        .route("/screens/{id}/transfer", post(screen::transfer))
        .route("/pair", get(pair::show).post(pair::submit))
        .route("/pair/deny", post(pair::deny))
        .route("/pair/transfer-code", post(pair::transfer_code))
        .merge(content::router())
        .merge(codes::router())
        .route("/screens/{id}/rebind", post(fleet::rebind))
        .route("/screens/{id}/settle", post(fleet::settle))
        .route("/screens/bulk", post(fleet::confirm))
        .route("/screens/bulk/apply", post(fleet::apply))
        .route("/settings", get(settings::show).post(settings::change))
        .route("/alerts", get(settings::alerts_page))
        .route("/alerts/channels", post(settings::make_channel))
        .route("/alerts/channels/{id}/test", post(settings::test))
        .route("/alerts/channels/{id}/delete", post(settings::delete_channel))
        .route("/alerts/rules", post(settings::make_rule))
        .route("/alerts/rules/{id}/delete", post(settings::delete_rule))
        .route("/logs", get(records::logs_page))
        .route("/plays", get(records::plays_page))
        .route("/folders", post(fleet::make_folder))
        .route("/folders/change", post(fleet::change_folder))
        .route("/screen-groups", get(fleet::groups).post(fleet::make_group))
        .route("/screen-groups/{id}", post(fleet::rename_group))
        .route("/screen-groups/{id}/delete", post(fleet::delete_group))
        .merge(tokens::router())
        .merge(commands::router())
        .merge(composing::router())
        .route("/sign-in/code", post(sign_in::submit_code))
        .route("/sign-in/oidc", get(provider::start))
        .route("/sign-in/oidc/callback", get(provider::back))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/setup", get(welcome::show_setup).post(welcome::set_up))
        .route("/join", get(welcome::show_join).post(welcome::join))
        .route("/me", get(me::show))
        .route("/me/password", post(me::set_password))
        .route("/me/totp", post(me::propose))
        .route("/me/totp/confirm", post(me::confirm))
        .route("/me/totp/off", post(me::switch_off))
        .route("/people", get(people::list))
        .route("/people/invite", post(people::invite))
        .route("/people/invitations/{id}/withdraw", post(people::withdraw))
        .route("/people/{id}/role", post(people::set_role))
        .route("/people/{id}/remove", post(people::remove))
        .route("/people/{id}/reset-totp", post(people::reset_totp))
        .route("/people/{id}/unlink", post(people::unlink))
        .route("/people/{id}/suspend", post(people::suspend))
        .route("/people/{id}/unsuspend", post(people::unsuspend))
        .merge(groups::router())
        .route("/api-tokens", get(api_tokens::list).post(api_tokens::create))
        .route("/api-tokens/{id}/revoke", post(api_tokens::revoke))
        .route("/audit", get(audit::list))
        .route("/api", get(reference::show))
        .route("/assets/{file}", get(asset))
}

/// Files that change only with the program: name, media type, text. No page loads anything from elsewhere.
const ASSETS: &[(&str, &str, &str)] = &[
    ("style.css", "text/css; charset=utf-8", include_str!("../../../assets/style.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../../assets/icon.svg")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("../../../assets/console.js")),
    ("upload.js", "text/javascript; charset=utf-8", include_str!("../../../assets/upload.js")),
    ("layout.js", "text/javascript; charset=utf-8", include_str!("../../../assets/layout.js")),
];

async fn asset(Path(file): Path<String>) -> Result<impl IntoResponse> {
    let (_, media_type, text) = ASSETS
        .iter()
        .find(|(name, ..)| *name == file)
        .ok_or_else(|| Error::refused(404, Code::HubError, "there is no such file"))?;
    Ok(([(header::CONTENT_TYPE, *media_type), (header::CACHE_CONTROL, "max-age=3600")], *text))
}

/// A path that is not there: a page for a browser, a problem for a program.
pub(super) async fn missing(
    State(state): State<Shared>,
    uri: OriginalUri,
    jar: CookieJar,
    headers: HeaderMap,
) -> Response {
    let answer = problem::not_found(&uri).into_response();
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        return answer;
    }
    let session = session::find(&state, &jar).await.ok().flatten();
    readable(&state, session.as_ref(), answer)
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
            // What to do about a fault of the hub is said to screens, which wait and ask again.
            @if let Some(action) = problem.action.as_ref().filter(|_| problem.code != Some(Code::HubError)) { p { (action) } }
            p { a href="/" { "Back to the beginning" } }
        }
    };
    let viewer = session.and_then(|session| session.viewer(state).ok());
    (response.status(), layout::page("That did not work", viewer.as_ref(), content)).into_response()
}
