//! What somebody who is signed in sends with a form of ours.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use signage_protocol::problem::Code;

use super::super::{Shared, named};
use super::again::Typed;
use super::session::{self, Session};
use crate::Error;

/// The session, and the fields of a form that carries its hidden token.
#[derive(Debug)]
pub(super) struct Checked<T>(pub Session, pub T);

/// A form of buttons only.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
struct Wire<T> {
    form: String,
    #[serde(flatten)]
    input: T,
}

/// The session, and every field of a form in its order: a name may stand there more than once.
#[derive(Debug)]
pub(super) struct Pairs(pub Session, pub Vec<(String, String)>);

impl FromRequest<Shared> for Pairs {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Response> {
        let (session, request) = opened(request, state).await?;
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|rejection| Error::Invalid(rejection.body_text()).into_response())?;
        let form = pairs.iter().find(|(name, _)| name == "form").map_or("", |(_, value)| value);
        check(state, &session, form).map_err(Error::into_response)?;
        Ok(Self(session, pairs))
    }
}

/// The session, and the request, which names nothing that is not there for this person.
async fn opened(request: Request, state: &Shared) -> Result<(Session, Request), Response> {
    let (mut parts, body) = request.into_parts();
    let session = Session::from_request_parts(&mut parts, state).await?;
    let typed = parts.extensions.get::<Typed>().cloned().unwrap_or_default();
    let request = Request::from_parts(parts, body);
    let checked = named::form(state, &session.operator.account, &session.scope, request).await;
    let (request, fields) = checked.map_err(Error::into_response)?;
    typed.keep(fields);
    Ok((session, request))
}

fn check(state: &Shared, session: &Session, form: &str) -> crate::Result<()> {
    if session::check_form(state, &session.cookie, form) {
        return Ok(());
    }
    let detail = "the page was open too long; open it again and repeat what you did";
    Err(Error::refused(403, Code::ApiForbidden, detail))
}

impl<T: DeserializeOwned> FromRequest<Shared> for Checked<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Response> {
        let (session, request) = opened(request, state).await?;
        let Form(wire) = Form::<Wire<T>>::from_request(request, state)
            .await
            .map_err(|rejection| Error::Invalid(rejection.body_text()).into_response())?;
        check(state, &session, &wire.form).map_err(Error::into_response)?;
        Ok(Self(session, wire.input))
    }
}
