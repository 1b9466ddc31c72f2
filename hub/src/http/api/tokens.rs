//! `/api-tokens`: how programs get in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::Secret;

use super::super::Shared;
use super::super::user::User;
use super::Input;
use super::page::{Asked, Page, Paging};
use crate::Result;
use crate::api_token::{self, View};
use crate::ident;
use crate::rights::{Right, Role};
use crate::store::api_tokens;

/// A token to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewApiToken")]
pub(in crate::http) struct New {
    /// For people.
    name: String,
    /// What it may do.
    role: Role,
    /// When it ends by itself; without it never.
    expires_at: Option<Timestamp>,
    /// Whether it belongs to whoever makes it and ends with them; otherwise it is a service account.
    #[serde(default)]
    personal: bool,
    /// All that it is to reach.
    #[serde(default)]
    folder: String,
}

/// A token that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiTokenWithSecret")]
pub(in crate::http) struct Made {
    #[serde(flatten)]
    view: View,
    /// The token itself: it is in this answer only.
    #[schemars(with = "String")]
    token: Secret,
}

/// The tokens of the account, newest first, without their secrets.
pub(super) async fn list(
    State(state): State<Shared>,
    user: User,
    Asked(paging): Asked<Paging>,
) -> Result<Page<View>> {
    user.may(Right::ManageAccount)?;
    let tokens = api_tokens::list(&state.store, &user.account).await?;
    let page = Page::of(tokens, &paging, |token| (-token.created_at, token.id.clone()))?;
    Ok(page.map(View::from))
}

/// Makes one; its secret is in this answer only.
pub(super) async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Made>)> {
    let actor = user.may(Right::ManageAccount)?;
    let expires_at = new.expires_at.map(Timestamp::as_millisecond);
    let New { name, role, personal, folder, .. } = &new;
    let wanted = api_token::New { name, role: *role, expires_at, personal: *personal, folder };
    let (made, token) = api_token::make(&state.store, &actor, &wanted, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(Made { view: made.into(), token })))
}

/// Withdraws one.
pub(super) async fn revoke(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    api_token::revoke(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
