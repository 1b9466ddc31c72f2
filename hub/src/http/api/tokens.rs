//! `/api-tokens`: how programs get in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Shared;
use super::super::user::User;
use super::{Input, List};
use crate::ident::{self, timestamp};
use crate::rights::{Right, Role};
use crate::store::api_tokens::{self, ApiToken};
use crate::{Result, api_token};

/// A token to be made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    name: String,
    role: Role,
    expires_at: Option<Timestamp>,
    /// Whether it belongs to whoever makes it and ends with them; otherwise it is a service account.
    #[serde(default)]
    personal: bool,
    /// All that it is to reach.
    #[serde(default)]
    folder: String,
}

/// The tokens of the account, without their secrets.
pub(super) async fn list(State(state): State<Shared>, user: User) -> Result<Json<List<Value>>> {
    user.may(Right::ManageAccount)?;
    let tokens = api_tokens::list(&state.store, &user.account).await?;
    Ok(Json(List { items: tokens.iter().map(describe).collect() }))
}

/// Makes one; its secret is in this answer only.
pub(super) async fn create(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageAccount)?;
    let expires_at = new.expires_at.map(Timestamp::as_millisecond);
    let New { name, role, personal, folder, .. } = &new;
    let wanted = api_token::New { name, role: *role, expires_at, personal: *personal, folder };
    let (token, secret) = api_token::make(&state.store, &actor, &wanted, ident::now()).await?;
    let mut answer = describe(&token);
    answer["token"] = json!(secret.expose());
    Ok((StatusCode::CREATED, Json(answer)))
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

fn describe(token: &ApiToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "owner": token.owner,
        "folder": token.folder,
        "createdBy": token.created_by,
        "createdAt": timestamp(token.created_at),
        "expiresAt": token.expires_at.map(timestamp),
        "revokedAt": token.revoked_at.map(timestamp),
        "lastUsed": token.last_used.map(timestamp),
    })
}
