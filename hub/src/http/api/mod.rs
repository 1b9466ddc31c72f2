//! The API for operators and their programs, below `/api/v1`: JSON in, JSON out, problems as RFC 9457. One file
//! per resource; the console and the command line do nothing that cannot be done here.

pub(crate) mod alerts;
pub(crate) mod audit;
pub(super) mod authorization;
pub(crate) mod commands;
pub(crate) mod composition;
pub(crate) mod content;
pub(super) mod enrol_tokens;
pub(crate) mod fleet;
pub(crate) mod groups;
pub mod page;
pub(crate) mod people;
pub(crate) mod records;
pub(crate) mod screens;
pub(super) mod tokens;
pub(super) mod uploads;

use std::fmt;
use std::marker::PhantomData;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request, State};
use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use signage_protocol::jws::PublicKey;
use signage_protocol::problem::Code;

use super::user::User;
use super::{Shared, named, openapi};
use crate::rights::{Right, Role};
use crate::store::accounts;
use crate::{Error, Result};

/// Where it begins.
pub const PREFIX: &str = "/api/v1";

/// Every route.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/openapi.json", get(openapi::get))
        .route("/me", get(me))
        .route("/api-tokens", get(tokens::list).post(tokens::create))
        .route("/api-tokens/{id}", delete(tokens::revoke))
        .route("/me/password", put(people::set_password))
        .route("/people", get(people::list))
        .route("/people/{id}", patch(people::change).delete(people::remove))
        .route("/people/{id}/links", delete(people::unlink))
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
        .route("/screens/{id}/unpair", post(screens::unpair))
        .route("/screens/{id}/transfer", post(screens::transfer))
        .route("/transfer-codes", post(screens::transfer_code))
        .merge(authorization::router())
        .merge(commands::router())
        .merge(content::router())
        .merge(uploads::router())
        .merge(composition::router())
        .route("/screens/{id}/status", get(records::status))
        .route("/screens/{id}/faults", get(records::faults))
        .route("/screens/{id}/rebind", post(fleet::rebind))
        .route("/screens/bulk", post(fleet::bulk))
        .route(
            "/folders",
            get(fleet::folders)
                .post(fleet::make_folder)
                .patch(fleet::move_folder)
                .delete(fleet::delete_folder),
        )
        .route("/screen-groups", get(fleet::groups).post(fleet::make_group))
        .route("/screen-groups/{id}", patch(fleet::rename_group).delete(fleet::delete_group))
        .route("/account", get(fleet::account).patch(fleet::change_account))
        .route("/alert-rules", get(alerts::rules).post(alerts::make_rule))
        .route("/alert-rules/{id}", delete(alerts::delete_rule))
        .route("/alert-channels", get(alerts::channels).post(alerts::make_channel))
        .route("/alert-channels/{id}", delete(alerts::delete_channel))
        .route("/alert-channels/{id}/test", post(alerts::test))
        .route("/alerts", get(alerts::list))
        .route("/alert-messages", get(alerts::messages))
        .route("/logs", get(records::logs))
        .route("/logs.csv", get(records::logs_csv))
        .route("/logs.json", get(records::logs_json))
        .route("/plays", get(records::plays))
        .route("/plays.csv", get(records::plays_csv))
        .route("/plays/totals", get(records::totals))
        .merge(enrol_tokens::router())
        .merge(groups::router())
}

/// Things that were made together.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub(super) struct List<T> {
    /// In the order of their numbers.
    pub items: Vec<T>,
}

/// A JSON body; one that does not fit is a problem like every other.
#[derive(Debug)]
pub(super) struct Input<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Input<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &Shared) -> Result<Self> {
        let user = request.extensions().get::<User>().cloned();
        let request = match user {
            Some(user) => named::json(state, &user.account, &user.scope, request).await?,
            None => request,
        };
        match Json::<Object<T>>::from_request(request, state).await {
            Ok(Json(Object(body))) => Ok(Self(body)),
            Err(rejection) => Err(unfit(&rejection)),
        }
    }
}

/// A value that was written as a JSON object: what is derived also takes an array, with the members in order.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> std::result::Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// What is wrong with a body. Line and column are those of the whole body.
fn unfit(rejection: &JsonRejection) -> Error {
    let text = rejection.body_text();
    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason);
    match rejection {
        JsonRejection::JsonDataError(_) => Error::Invalid(format!("the body does not fit: {reason}")),
        JsonRejection::JsonSyntaxError(_) => {
            Error::refused(400, Code::ApiInvalid, format!("the body is not JSON: {reason}"))
        }
        JsonRejection::MissingJsonContentType(_) => Error::refused(
            415,
            Code::ApiInvalid,
            "the body has to be JSON: send Content-Type: application/json",
        ),
        other => Error::refused(other.status().as_u16(), Code::ApiInvalid, text),
    }
}

/// Who asks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    /// Id of the person or the API token.
    id: String,
    /// What they may do.
    role: Role,
    account: OwnAccount,
}

/// The account that is asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OwnAccount {
    /// `acc_…`
    id: String,
    /// For people.
    name: String,
    /// The key that signs the account's documents.
    account_key: PublicKey,
}

/// Who asks, and for which account.
async fn me(State(state): State<Shared>, user: User) -> Result<Json<Me>> {
    user.may(Right::View)?;
    let account = accounts::find(&state.store, &user.account).await?;
    let account_key = account.public_key()?;
    let account = OwnAccount { id: account.id, name: account.name, account_key };
    Ok(Json(Me { id: user.id, role: user.role, account }))
}
