//! Every route of the hub, one file per area, and who may use it. A request is checked against this table before its handler sees
//! it: a route that has no row here answers nobody.

mod access;
mod authorization;
mod commands;
mod composing;
mod composition;
mod content;
mod device;
mod fleet;
mod folders;
mod pages;
mod people;
mod screens;
mod tokens;

use axum::extract::{FromRequestParts as _, MatchedPath, OriginalUri, Request, State};
use axum::http::{Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use signage_protocol::problem::Code;

use super::api::page::NextPage;
use super::console::again::{Typed, again};
use super::console::{self, session::Session};
use super::user::User;
use super::{Shared, idempotency, openapi, problem};
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
    /// What the API's description says of it.
    pub doc: Doc,
    /// Whether its handler asks `check_folder` of what it makes or changes. Other routes that change something and
    /// name nothing that lies in a folder are closed to those whose folders are limited.
    pub by_folder: bool,
}

/// Makes the JSON Schema of a type, and of what it consists of, known to a generator.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What the description of the API says of a route.
#[derive(Debug, Clone, Copy)]
pub struct Doc {
    /// One sentence; empty for what is not part of the API.
    pub summary: &'static str,
    /// Parameters behind the question mark: an object whose members are the parameters.
    pub query: Option<SchemaOf>,
    /// Header fields of the request that matter, beside those that matter everywhere.
    pub headers: &'static [&'static str],
    /// Body of the request.
    pub body: Option<SchemaOf>,
    /// Media type of a body that is not JSON.
    pub body_type: Option<&'static str>,
    /// JSON body of the answer.
    pub answer: Option<SchemaOf>,
    /// Status when it is done.
    pub status: u16,
    /// Media type of an answer that is not JSON.
    pub file: Option<&'static str>,
    /// Media types of answers instead of the JSON.
    pub files: &'static [&'static str],
    /// Other good statuses.
    pub also: &'static [u16],
    /// A refusal that is no problem of RFC 9457.
    pub refusal: Option<(u16, SchemaOf)>,
}

impl Doc {
    const NONE: Self = Self {
        summary: "",
        query: None,
        headers: &[],
        body: None,
        body_type: None,
        answer: None,
        status: 200,
        file: None,
        files: &[],
        also: &[],
        refusal: None,
    };
}

const fn row(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access, doc: Doc::NONE, by_folder: false }
}

impl Route {
    /// What it does, in one sentence.
    const fn says(mut self, summary: &'static str) -> Self {
        self.doc.summary = summary;
        self
    }

    /// Its handler asks `check_folder` of every folder that it changes something in.
    const fn by_folder(mut self) -> Self {
        self.by_folder = true;
        self
    }

    /// Its parameters.
    const fn asks<T: JsonSchema>(mut self) -> Self {
        self.doc.query = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// The body of its request.
    const fn takes<T: JsonSchema>(mut self) -> Self {
        self.doc.body = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Header fields of its request, in small letters.
    const fn reads(mut self, headers: &'static [&'static str]) -> Self {
        self.doc.headers = headers;
        self
    }

    /// The fields of its request, which is a form.
    const fn takes_form<T: JsonSchema>(mut self) -> Self {
        self.doc.body_type = Some("application/x-www-form-urlencoded");
        self.takes::<T>()
    }

    /// A file as the body of its request.
    const fn takes_file(mut self, media_type: &'static str) -> Self {
        self.doc.body_type = Some(media_type);
        self
    }

    /// The body of its answer, and the status when it is done.
    const fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        self.doc.answer = Some(SchemaGenerator::subschema_for::<T>);
        self.doc.status = status;
        self
    }

    /// A file as its answer.
    const fn gives_file(mut self, media_type: &'static str) -> Self {
        self.doc.file = Some(media_type);
        self
    }

    /// A file of one of these media types as its answer, instead of the JSON where there is one.
    const fn gives_files(mut self, media_types: &'static [&'static str]) -> Self {
        self.doc.files = media_types;
        self
    }

    /// Another protocol on the same connection as its answer.
    const fn switches(mut self) -> Self {
        self.doc.status = 101;
        self
    }

    /// Further statuses when it is done, such as 206 and 304.
    const fn also(mut self, statuses: &'static [u16]) -> Self {
        self.doc.also = statuses;
        self
    }

    /// A refusal that another standard words.
    const fn refuses<T: JsonSchema>(mut self, status: u16) -> Self {
        self.doc.refusal = Some((status, SchemaGenerator::subschema_for::<T>));
        self
    }

    /// No body, status 204, as its answer.
    const fn gives_nothing(mut self) -> Self {
        self.doc.status = 204;
        self
    }
}

/// The table, area by area.
const AREAS: &[&[Route]] = &[
    access::ROUTES,
    authorization::ROUTES,
    commands::ROUTES,
    composing::ROUTES,
    composition::ROUTES,
    content::ROUTES,
    device::ROUTES,
    fleet::ROUTES,
    pages::ROUTES,
    people::ROUTES,
    screens::ROUTES,
    tokens::ROUTES,
];

impl Route {
    /// Whether the description of the API holds it: programs use it.
    pub fn is_described(&self) -> bool {
        !self.doc.summary.is_empty()
    }

    /// What its path is about: `screens` of `/api/v1/screens/{id}`, `device` of what screens use.
    pub fn area(&self) -> &'static str {
        match self.path.strip_prefix(super::api::PREFIX) {
            Some(rest) => rest.split('/').nth(1).unwrap_or_default().split('.').next().unwrap_or_default(),
            None if self.path.starts_with("/v1/") || self.path.starts_with("/oauth/") => "device",
            None => "hub",
        }
    }

    /// Whether a request may carry an `Idempotency-Key`.
    pub fn is_repeatable(&self) -> bool {
        self.method == "POST"
            && matches!(self.access, Access::Api(_))
            && (self.doc.body.is_some() || self.doc.body_type.is_none())
    }
}

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Route> {
    AREAS.iter().copied().flatten()
}

/// The row of a route, if it is one.
pub fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    all().find(|route| route.method == method && route.path == path)
}

/// Who may use a route, if it is one.
pub fn access(method: &Method, path: &str) -> Option<Access> {
    find(method, path).map(|route| route.access)
}

/// Whether a request brings the bytes of a file.
pub(super) fn is_upload(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let method = request.method();
    path.is_some_and(|path| content::UPLOADS.iter().any(|row| method.as_str() == row.0 && path == row.1))
}

/// Lets a request pass to its handler if the table does. Who asks is found out once: the handler's [`User`] or
/// [`Session`] is the one that was checked.
pub(super) async fn guard(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let Some(route) = find(request.method(), path.as_str()) else {
        return unlisted(request.method(), path.as_str());
    };
    let (mut parts, body) = request.into_parts();
    match route.access {
        Access::Open | Access::Device => {}
        Access::Page => {
            let response = next.run(Request::from_parts(parts, body)).await;
            return console::readable(&state, None, response);
        }
        Access::Api(right) => {
            let mut user = match User::from_request_parts(&mut parts, &state).await {
                Ok(user) => user,
                Err(error) => return error.into_response(),
            };
            let who = folders::Who { account: &user.account, role: user.role, scope: &user.scope };
            match folders::check(&state, &mut parts, route, right, who).await {
                Ok(granted) => user.granted = granted,
                Err(error) => return error.into_response(),
            }
            if let Err(error) = user.may(right) {
                return error.into_response();
            }
            if let Err(error) = known_parameters(route, parts.uri.query()) {
                return error.into_response();
            }
            let uri =
                parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri).clone();
            parts.extensions.insert(user.clone());
            let response = match route.is_repeatable() {
                true => match idempotency::run(state, &user, parts, body, next).await {
                    Ok(response) => response,
                    Err(error) => return error.into_response(),
                },
                false => next.run(Request::from_parts(parts, body)).await,
            };
            return link_next(problem::uniform(response).await, &uri);
        }
        Access::Console(right) => {
            let mut session = match Session::from_request_parts(&mut parts, &state).await {
                Ok(session) => session,
                Err(response) => return response,
            };
            let checked = match session.operator.role() {
                Ok(role) => {
                    let who =
                        folders::Who { account: &session.operator.account, role, scope: &session.scope };
                    folders::check(&state, &mut parts, route, right, who).await
                }
                Err(error) => Err(error),
            };
            let checked = checked.and_then(|granted| {
                session.granted = granted;
                session.may(right).map(drop)
            });
            let response = match checked {
                Ok(_) => {
                    let (typed, uri) = (Typed::default(), parts.uri.clone());
                    parts.extensions.insert(session.clone());
                    parts.extensions.insert(typed.clone());
                    again(next.run(Request::from_parts(parts, body)).await, &uri, &typed).await
                }
                Err(error) => error.into_response(),
            };
            return console::readable(&state, Some(&session), response);
        }
    }
    problem::uniform(next.run(Request::from_parts(parts, body)).await).await
}

/// Refuses parameters that the description does not know: one that was mistyped would seem to have worked.
fn known_parameters(route: &Route, query: Option<&str>) -> Result<(), Error> {
    let Some(query) = query.filter(|_| route.is_described()) else {
        return Ok(());
    };
    let known = openapi::query_names(route);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if known.contains(&&*name) {
            if value.trim().is_empty() && openapi::is_number(route, &name) {
                return Err(Error::Invalid(format!("{name} is a number; leave it away, or give one")));
            }
            continue;
        }
        let near = known
            .iter()
            .max_by(|one, two| strsim::jaro_winkler(one, &name).total_cmp(&strsim::jaro_winkler(two, &name)));
        let name: String = name.chars().take(100).collect();
        return Err(Error::Invalid(match near {
            Some(near) => format!(
                "there is no parameter {name:?} here; did you mean {near:?}? There are: {}",
                known.join(", ")
            ),
            None => format!("there is no parameter {name:?} here, nor any other"),
        }));
    }
    Ok(())
}

/// Adds the address of the next page (RFC 8288) to the answer that has one.
fn link_next(mut response: Response, uri: &Uri) -> Response {
    let Some(NextPage(next)) = response.extensions_mut().remove::<NextPage>() else {
        return response;
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    let others = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.extend_pairs(others.filter(|(name, _)| name != "after" && name != "cursor"));
    let link = format!("<{}?{}>; rel=\"next\"", uri.path(), query.append_pair("after", &next).finish());
    if let Ok(link) = link.parse() {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn unlisted(method: &Method, path: &str) -> Response {
    let methods: Vec<&str> = all().filter(|route| route.path == path).map(|route| route.method).collect();
    if !methods.is_empty() {
        return problem::method_not_allowed(&methods);
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
        for (index, route) in all().enumerate() {
            let again = all().take(index).any(|r| (r.method, r.path) == (route.method, route.path));
            assert!(!again, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn head_is_get() {
        assert_eq!(access(&Method::HEAD, "/screens"), Some(Access::Console(Right::View)));
        assert_eq!(access(&Method::DELETE, "/screens"), None);
    }
}
