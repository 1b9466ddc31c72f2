//! Every route of the hub and who may use it. A request is checked against this table before its handler sees
//! it: a route that has no row here answers nobody.

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use signage_protocol::problem::Code;

use super::console::{self, session::Session};
use super::user::User;
use super::{Shared, problem};
use crate::Error;
use crate::rights::Right;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Any program; what the request has to show is the handler's business.
    Open,
    /// A device with its access token; the handler asks for it.
    Device,
    /// Any browser.
    Page,
    /// A person or a program in an account, with a right. Refused with 401 or 403.
    Api(Right),
    /// A person who is signed in, with a right. Others are sent to the sign-in page, or refused with 403.
    Console(Right),
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// HTTP method; `GET` includes `HEAD`.
    pub method: &'static str,
    /// Path as the router has it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

const fn row(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access }
}

use Access::{Api, Console, Device, Open, Page};
use Right::{ManageAccount, ManageScreens, View};

/// The table.
pub const ROUTES: &[Route] = &[
    row("GET", "/healthz", Open),
    row("GET", "/schema/provisioning-1.json", Open),
    row("GET", "/metrics", Api(View)),
    // Devices.
    row("POST", "/v1/enroll", Open),
    row("POST", "/v1/nonce", Open),
    row("POST", "/v1/device_authorization", Open),
    row("POST", "/oauth/token", Open),
    row("GET", "/v1/authorization", Device),
    row("GET", "/v1/manifest", Device),
    row("GET", "/v1/blobs/{sha256}", Device),
    // The API.
    row("GET", "/api/v1/me", Api(View)),
    row("GET", "/api/v1/api-tokens", Api(ManageAccount)),
    row("POST", "/api/v1/api-tokens", Api(ManageAccount)),
    row("DELETE", "/api/v1/api-tokens/{id}", Api(ManageAccount)),
    row("PUT", "/api/v1/me/password", Api(View)),
    row("GET", "/api/v1/people", Api(ManageAccount)),
    row("PATCH", "/api/v1/people/{id}", Api(ManageAccount)),
    row("DELETE", "/api/v1/people/{id}", Api(ManageAccount)),
    row("DELETE", "/api/v1/people/{id}/totp", Api(ManageAccount)),
    row("GET", "/api/v1/invitations", Api(ManageAccount)),
    row("POST", "/api/v1/invitations", Api(ManageAccount)),
    row("DELETE", "/api/v1/invitations/{id}", Api(ManageAccount)),
    row("GET", "/api/v1/audit", Api(ManageAccount)),
    row("GET", "/api/v1/audit.csv", Api(ManageAccount)),
    row("GET", "/api/v1/audit.json", Api(ManageAccount)),
    row("GET", "/api/v1/tokens", Api(View)),
    row("POST", "/api/v1/tokens", Api(ManageScreens)),
    row("POST", "/api/v1/tokens/bulk", Api(ManageScreens)),
    row("POST", "/api/v1/tokens/files", Api(ManageScreens)),
    row("GET", "/api/v1/tokens/{id}", Api(View)),
    row("POST", "/api/v1/tokens/{id}/renew", Api(ManageScreens)),
    row("POST", "/api/v1/tokens/{id}/revoke", Api(ManageScreens)),
    row("GET", "/api/v1/tokens/{id}/devices", Api(View)),
    row("GET", "/api/v1/screens", Api(View)),
    row("POST", "/api/v1/screens/pair", Api(ManageScreens)),
    row("POST", "/api/v1/screens/pair/look", Api(ManageScreens)),
    row("POST", "/api/v1/screens/pair/deny", Api(ManageScreens)),
    row("GET", "/api/v1/screens/{id}", Api(View)),
    row("PATCH", "/api/v1/screens/{id}", Api(ManageScreens)),
    row("DELETE", "/api/v1/screens/{id}", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/withdraw", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/authorize", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/unpair", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/transfer", Api(ManageScreens)),
    row("POST", "/api/v1/transfer-codes", Api(ManageScreens)),
    // The console.
    row("GET", "/assets/style.css", Open),
    row("GET", "/assets/icon.svg", Open),
    row("GET", "/", Page),
    row("POST", "/", Page),
    row("POST", "/sign-in/code", Page),
    row("GET", "/setup", Page),
    row("POST", "/setup", Page),
    row("GET", "/join", Page),
    row("POST", "/join", Page),
    row("POST", "/sign-out", Console(View)),
    row("GET", "/me", Console(View)),
    row("POST", "/me/password", Console(View)),
    row("POST", "/me/totp", Console(View)),
    row("POST", "/me/totp/confirm", Console(View)),
    row("POST", "/me/totp/off", Console(View)),
    row("GET", "/people", Console(ManageAccount)),
    row("POST", "/people/invite", Console(ManageAccount)),
    row("POST", "/people/invitations/{id}/withdraw", Console(ManageAccount)),
    row("POST", "/people/{id}/role", Console(ManageAccount)),
    row("POST", "/people/{id}/remove", Console(ManageAccount)),
    row("POST", "/people/{id}/reset-totp", Console(ManageAccount)),
    row("GET", "/api-tokens", Console(ManageAccount)),
    row("POST", "/api-tokens", Console(ManageAccount)),
    row("POST", "/api-tokens/{id}/revoke", Console(ManageAccount)),
    row("GET", "/audit", Console(ManageAccount)),
    row("GET", "/screens", Console(View)),
    row("GET", "/screens/{id}", Console(View)),
    row("POST", "/screens/{id}", Console(ManageScreens)),
    row("POST", "/screens/{id}/withdraw", Console(ManageScreens)),
    row("POST", "/screens/{id}/authorize", Console(ManageScreens)),
    row("POST", "/screens/{id}/unpair", Console(ManageScreens)),
    row("POST", "/screens/{id}/delete", Console(ManageScreens)),
    row("POST", "/screens/{id}/transfer", Console(ManageScreens)),
    row("GET", "/pair", Console(ManageScreens)),
    row("POST", "/pair", Console(ManageScreens)),
    row("POST", "/pair/deny", Console(ManageScreens)),
    row("POST", "/pair/transfer-code", Console(ManageScreens)),
    row("GET", "/tokens", Console(View)),
    row("GET", "/tokens/new", Console(ManageScreens)),
    row("POST", "/tokens/new", Console(ManageScreens)),
    row("GET", "/tokens/bulk", Console(ManageScreens)),
    row("POST", "/tokens/bulk", Console(ManageScreens)),
    row("POST", "/tokens/files", Console(ManageScreens)),
    row("GET", "/tokens/{id}", Console(View)),
    row("POST", "/tokens/{id}/renew", Console(ManageScreens)),
    row("POST", "/tokens/{id}/revoke", Console(ManageScreens)),
];

/// Who may use a route, if it is one.
pub fn access(method: &Method, path: &str) -> Option<Access> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|route| route.method == method && route.path == path).map(|route| route.access)
}

/// Lets a request pass to its handler if the table does. Who asks is found out once: the handler's [`User`] or
/// [`Session`] is the one that was checked.
pub(super) async fn guard(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let Some(access) = access(request.method(), path.as_str()) else {
        return unlisted(request.method(), path.as_str()).await;
    };
    let (mut parts, body) = request.into_parts();
    match access {
        Access::Open | Access::Device => {}
        Access::Page => {
            let response = next.run(Request::from_parts(parts, body)).await;
            return console::readable(&state, None, response);
        }
        Access::Api(right) => {
            let user = match User::from_request_parts(&mut parts, &state).await {
                Ok(user) => user,
                Err(error) => return error.into_response(),
            };
            if let Err(error) = user.may(right) {
                return error.into_response();
            }
            parts.extensions.insert(user);
        }
        Access::Console(right) => {
            let session = match Session::from_request_parts(&mut parts, &state).await {
                Ok(session) => session,
                Err(response) => return response,
            };
            let response = match session.may(right) {
                Ok(_) => {
                    parts.extensions.insert(session.clone());
                    next.run(Request::from_parts(parts, body)).await
                }
                Err(error) => error.into_response(),
            };
            return console::readable(&state, Some(&session), response);
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn unlisted(method: &Method, path: &str) -> Response {
    if ROUTES.iter().any(|route| route.path == path) {
        return problem::method_not_allowed().await.into_response();
    }
    tracing::error!(%method, path, "a route has no row in the table of routes, so nobody may use it");
    let detail = format!("{method} {path} has no row in the table of routes");
    Error::refused(500, Code::HubError, detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_there_once() {
        for (index, route) in ROUTES.iter().enumerate() {
            let again = ROUTES[..index].iter().any(|r| (r.method, r.path) == (route.method, route.path));
            assert!(!again, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn head_is_get() {
        assert_eq!(access(&Method::HEAD, "/screens"), Some(Access::Console(Right::View)));
        assert_eq!(access(&Method::DELETE, "/screens"), None);
    }
}
