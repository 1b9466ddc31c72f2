//! What somebody who is signed in sends with a form of ours.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use signage_protocol::problem::Code;

use super::super::Shared;
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

impl<T: DeserializeOwned> FromRequest<Shared> for Checked<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, state).await?;
        let Form(wire) = Form::<Wire<T>>::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| Error::Invalid(rejection.body_text()).into_response())?;
        if !session::check_form(state, &session.cookie, &wire.form) {
            let detail = "the page was open too long; open it again and repeat what you did";
            return Err(Error::refused(403, Code::ApiForbidden, detail).into_response());
        }
        Ok(Self(session, wire.input))
    }
}
