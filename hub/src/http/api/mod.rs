//! The API for operators and their programs, below `/api/v1`: JSON in, JSON out, problems as RFC 9457. One file
//! per resource; the console and the command line do nothing that cannot be done here.

mod audit;
pub(crate) mod commands;
pub(super) mod content;
pub(super) mod enrol_tokens;
pub(in crate::http) mod groups;
mod people;
mod screens;
mod tokens;
pub(super) mod uploads;

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use signage_protocol::problem::Code;

use super::Shared;
use super::user::User;

use crate::rights::Right;
use crate::store::accounts;
use crate::{Error, Result};

/// Where it begins.
pub const PREFIX: &str = "/api/v1";

/// Every route.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/me", get(me))
        .route("/api-tokens", get(tokens::list).post(tokens::create))
        .route("/api-tokens/{id}", delete(tokens::revoke))
        .route("/me/password", put(people::set_password))
        .route("/people", get(people::list))
        .route("/people/{id}", patch(people::change).delete(people::remove))
        .route("/people/{id}/totp", delete(people::reset_totp))
        .route("/invitations", get(people::invitations).post(people::invite))
        .route("/invitations/{id}", delete(people::withdraw))
        .route("/audit", get(audit::list))
        .route("/audit.csv", get(audit::csv))
        .route("/audit.json", get(audit::json))
        .route("/screens", get(screens::list))
        .route("/screens/pair", post(screens::pair))
        .route("/screens/pair/look", post(screens::look))
        .route("/screens/pair/deny", post(screens::deny))
        .route("/screens/{id}", get(screens::get).patch(screens::patch).delete(screens::delete))
        .route("/screens/{id}/withdraw", post(screens::withdraw))
        .route("/screens/{id}/authorize", post(screens::authorize))
        .route("/screens/{id}/unpair", post(screens::unpair))
        .route("/screens/{id}/transfer", post(screens::transfer))
        .route("/transfer-codes", post(screens::transfer_code))
        .merge(commands::router())
        .merge(content::router())
        .merge(uploads::router())
        .merge(enrol_tokens::router())
        .merge(groups::router())
}

/// A list, as every list is answered.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    /// In the order of the resource.
    pub items: Vec<T>,
}

/// A JSON body; one that does not fit is a problem like every other.
#[derive(Debug)]
pub(super) struct Input<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Input<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &Shared) -> Result<Self> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Error::refused(413, Code::ApiInvalid, rejection.body_text()))
            }
            Err(rejection) => Err(Error::Invalid(rejection.body_text())),
        }
    }
}

/// Who asks, and for which account.
async fn me(State(state): State<Shared>, user: User) -> Result<Json<Value>> {
    user.may(Right::View)?;
    let account = accounts::find(&state.store, &user.account).await?;
    Ok(Json(json!({
        "id": user.id,
        "role": user.role,
        "account": { "id": account.id, "name": account.name, "accountKey": account.public_key()? },
    })))
}
