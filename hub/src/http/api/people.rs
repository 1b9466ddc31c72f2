//! `/people` and `/invitations`: who may sign in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::user::User;
use super::super::{Shared, passwords};
use super::{Input, List};
use crate::ident::{self, timestamp};
use crate::rights::{Right, Role};
use crate::store::invitations::{self, Invitation};
use crate::store::operators::{self, Operator};
use crate::{Error, Result, people, second_step};

/// Somebody to be invited.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    email: String,
    role: Role,
}

/// What of a person can be changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    role: Option<Role>,
    /// Keeps the person out, or lets them in again.
    suspended: Option<bool>,
}

/// One's own password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    current: Secret,
    new: Secret,
}

/// The people of the account.
pub(super) async fn list(State(state): State<Shared>, user: User) -> Result<Json<List<Value>>> {
    user.may(Right::ManageAccount)?;
    let people = operators::list(&state.store, &user.account).await?;
    Ok(Json(List { items: people.iter().map(describe).collect() }))
}

/// Changes a role, suspends somebody or lets them in again.
pub(super) async fn change(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(change): Input<Change>,
) -> Result<Json<Value>> {
    let actor = user.may(Right::ManageAccount)?;
    let now = ident::now();
    let mut person = people::find(&mut *state.store.read().await?, actor.account, &id).await?;
    if let Some(role) = change.role {
        person = people::set_role(&state.store, &actor, &id, role, now).await?;
    }
    if let Some(suspended) = change.suspended {
        person = people::suspend(&state.store, &actor, &id, suspended, now).await?;
    }
    Ok(Json(describe(&person)))
}

/// Removes somebody.
pub(super) async fn remove(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    people::remove(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switches somebody's second step off.
pub(super) async fn reset_totp(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    second_step::switch_off(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The invitations that can still be used.
pub(super) async fn invitations(State(state): State<Shared>, user: User) -> Result<Json<List<Value>>> {
    user.may(Right::ManageAccount)?;
    let invited = invitations::list(&state.store, &user.account, ident::now()).await?;
    Ok(Json(List { items: invited.iter().map(describe_invitation).collect() }))
}

/// Invites somebody; the link is in this answer only.
pub(super) async fn invite(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let actor = user.may(Right::ManageAccount)?;
    let (invitation, code) = people::invite(&state.store, &actor, &new.email, new.role, ident::now()).await?;
    let mut answer = describe_invitation(&invitation);
    answer["link"] = json!(format!("{}{}", state.public_url(), people::join_path(&code)));
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Takes an invitation back.
pub(super) async fn withdraw(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    people::withdraw(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes one's own password; every other session ends.
pub(super) async fn set_password(
    State(state): State<Shared>,
    user: User,
    peer: Peer,
    Input(new): Input<NewPassword>,
) -> Result<StatusCode> {
    user.may(Right::View)?;
    let Some(session) = &user.session else {
        return Err(Error::Conflict("an API token has no password; sign in to change yours".into()));
    };
    let person = people::find(&mut *state.store.read().await?, &user.account, &user.id).await?;
    if !passwords::verify(&state, peer, new.current, Some(person.password_hash.clone())).await? {
        return Err(Error::Invalid("the present password is not right".into()));
    }
    let hash = passwords::hash(&state, new.new).await?;
    people::change_password(&state.store, &person, &hash, session, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn describe(person: &Operator) -> Value {
    json!({
        "id": person.id,
        "email": person.email,
        "role": person.role,
        "suspendedAt": person.suspended_at.map(timestamp),
        "secondStep": person.totp_secret.is_some(),
        "createdAt": timestamp(person.created_at),
    })
}

fn describe_invitation(invitation: &Invitation) -> Value {
    json!({
        "id": invitation.id,
        "email": invitation.email,
        "role": invitation.role,
        "createdBy": invitation.created_by,
        "createdAt": timestamp(invitation.created_at),
        "expiresAt": timestamp(invitation.expires_at),
    })
}
