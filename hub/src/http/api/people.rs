//! `/people` and `/invitations`: who may sign in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::user::User;
use super::super::{Shared, passwords};
use super::Input;
use super::page::{Asked, Page, Paging};
use crate::ident;
use crate::people::{self, InvitationView, View};
use crate::rights::{Right, Role};
use crate::store::{invitations, operators};
use crate::{Error, Result, second_step};

/// Somebody to be invited.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewInvitation")]
pub(in crate::http) struct New {
    /// By which the person will sign in.
    email: String,
    /// What the person will be able to do.
    role: Role,
}

/// An invitation that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InvitationWithLink")]
pub(in crate::http) struct Invited {
    #[serde(flatten)]
    view: InvitationView,
    /// Whoever opens it joins: it is in this answer only.
    link: String,
}

/// What of a person can be changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PersonChange")]
pub(in crate::http) struct Change {
    /// What the person may do from now on.
    role: Option<Role>,
    /// Keeps the person out, or lets them in again.
    suspended: Option<bool>,
}

/// One's own password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewPassword {
    /// The present one.
    current: Secret,
    /// The next one.
    new: Secret,
}

/// The people of the account.
pub(super) async fn list(
    State(state): State<Shared>,
    user: User,
    Asked(paging): Asked<Paging>,
) -> Result<Page<View>> {
    user.may(Right::ManageAccount)?;
    let people = operators::list(&state.store, &user.account).await?;
    let people = people.into_iter().map(View::try_from).collect::<Result<Vec<_>>>()?;
    Page::of(people, &paging, |person| person.email.clone())
}

/// Changes a role, suspends somebody or lets them in again.
pub(super) async fn change(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(change): Input<Change>,
) -> Result<Json<View>> {
    let actor = user.may(Right::ManageAccount)?;
    let now = ident::now();
    let mut person = people::find(&mut *state.store.read().await?, actor.account, &id).await?;
    if let Some(role) = change.role {
        person = people::set_role(&state.store, &actor, &id, role, now).await?;
    }
    if let Some(suspended) = change.suspended {
        person = people::suspend(&state.store, &actor, &id, suspended, now).await?;
    }
    Ok(Json(person.try_into()?))
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

/// Unlinks somebody from the OpenID provider.
pub(super) async fn unlink(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    people::unlink(&state.store, &actor, &id, ident::now()).await?;
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
pub(super) async fn invitations(
    State(state): State<Shared>,
    user: User,
    Asked(paging): Asked<Paging>,
) -> Result<Page<InvitationView>> {
    user.may(Right::ManageAccount)?;
    let invited = invitations::list(&state.store, &user.account, ident::now()).await?;
    let invited = invited.into_iter().map(InvitationView::try_from).collect::<Result<Vec<_>>>()?;
    Page::of(invited, &paging, |one| (-one.created_at.as_millisecond(), one.id.clone()))
}

/// Invites somebody; the link is in this answer only.
pub(super) async fn invite(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Invited>)> {
    let actor = user.may(Right::ManageAccount)?;
    let (invitation, code) = people::invite(&state.store, &actor, &new.email, new.role, ident::now()).await?;
    let link = format!("{}{}", state.public_url(), people::join_path(&code));
    Ok((StatusCode::CREATED, Json(Invited { view: invitation.try_into()?, link })))
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
