//! The people of an account: inviting them by a link, changing what they may do, removing them, passwords.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::Secret;

use crate::api_token::Actor;
use crate::ident::{self, DAY, Millis, digest, timestamp};
use crate::rights::Role;
use crate::store::invitations::Invitation;
use crate::store::operators::Operator;
use crate::store::{self, Connection, Store, api_tokens, audit, identities, invitations, operators};
use crate::{Error, Result};

/// How long the link of an invitation is good.
pub const INVITATION_DAYS: i64 = 7;
/// Longest e-mail address that mail knows, RFC 5321.
const MAX_EMAIL: usize = 254;

/// Somebody in an account, for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Person")]
pub struct View {
    /// `opr_…`
    pub id: String,
    /// By which the person signs in.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// Since when the person is kept out.
    pub suspended_at: Option<Timestamp>,
    /// Whether signing in takes a code as well.
    pub second_step: bool,
    /// When the person joined.
    pub created_at: Timestamp,
}

impl TryFrom<Operator> for View {
    type Error = Error;

    fn try_from(person: Operator) -> Result<Self> {
        Ok(Self {
            role: person.role()?,
            id: person.id,
            email: person.email,
            suspended_at: person.suspended_at.map(timestamp),
            second_step: person.totp_secret.is_some(),
            created_at: timestamp(person.created_at),
        })
    }
}

/// An invitation that can still be used, for programs, without its link.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Invitation")]
pub struct InvitationView {
    /// `inv_…`
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// What the person will be able to do.
    pub role: Role,
    /// Id of who invited; `cli` for commands.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When the link ends.
    pub expires_at: Timestamp,
}

impl TryFrom<Invitation> for InvitationView {
    type Error = Error;

    fn try_from(invitation: Invitation) -> Result<Self> {
        Ok(Self {
            role: invitation.role()?,
            id: invitation.id,
            email: invitation.email,
            created_by: invitation.created_by,
            created_at: timestamp(invitation.created_at),
            expires_at: timestamp(invitation.expires_at),
        })
    }
}

/// An e-mail address as it is stored.
pub fn email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let (user, host) = email.split_once('@').unwrap_or_default();
    let plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control());
    if user.is_empty() || host.is_empty() || !plain || email.len() > MAX_EMAIL {
        return Err(Error::Invalid(format!("{email:?} is not an e-mail address")));
    }
    Ok(email)
}

/// A code for a link: 256 random bits.
pub(crate) fn code() -> Result<Secret> {
    Ok(Secret::new(hex::encode(ident::random::<32>()?)))
}

/// Invites somebody into the actor's account. The code of the link is in the answer and nowhere else; an earlier
/// invitation of the same person ends.
pub async fn invite(
    store: &Store,
    actor: &Actor<'_>,
    address: &str,
    role: Role,
    now: Millis,
) -> Result<(Invitation, Secret)> {
    let (email, code) = (email(address)?, code()?);
    if operators::by_email(store, &email).await?.is_some() {
        return Err(Error::Conflict(format!("{email} signs in to this hub already")));
    }
    let invitation = Invitation {
        id: ident::new("inv")?,
        account: actor.account.to_owned(),
        email,
        role: role.as_str().to_owned(),
        digest: digest(code.expose()),
        created_by: actor.id.to_owned(),
        created_at: now,
        expires_at: now + INVITATION_DAYS * DAY,
    };
    let mut change = store.write().await?;
    invitations::put(&mut change, &invitation).await?;
    audit::by(&mut change, actor, "person.invite", &invitation.id, Some(role.as_str()), now).await?;
    store::commit(change).await?;
    Ok((invitation, code))
}

/// The path of the page that an invitation's link opens.
pub fn join_path(code: &Secret) -> String {
    format!("/join?code={}", code.expose())
}

/// The invitation with this code, while it is good.
pub async fn invitation(store: &Store, code: &str, now: Millis) -> Result<Option<Invitation>> {
    invitations::by_digest(&mut *store.read().await?, &digest(code), now).await
}

/// Takes an invitation back: its link opens nothing any more.
pub async fn withdraw(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    if !invitations::delete(&mut change, actor.account, id).await? {
        return Err(Error::NotFound { what: "invitation", name: id.to_owned() });
    }
    audit::by(&mut change, actor, "person.withdraw", id, None, now).await?;
    store::commit(change).await
}

/// Uses an invitation: makes the person, with the password whose hash this is. The link is good for nothing
/// afterwards.
pub async fn join(store: &Store, code: &str, password_hash: String, now: Millis) -> Result<Operator> {
    let mut change = store.write().await?;
    let invitation = invitations::by_digest(&mut change, &digest(code), now)
        .await?
        .ok_or_else(|| Error::Conflict("the link was used or withdrawn, or has ended".into()))?;
    invitations::delete(&mut change, &invitation.account, &invitation.id).await?;
    let operator = Operator::new(
        invitation.account.clone(),
        invitation.email.clone(),
        password_hash,
        invitation.role()?,
        now,
    )?;
    operators::insert(&mut change, &operator).await?;
    let actor = Actor { account: &operator.account, id: &operator.id };
    let detail = Some(operator.role.as_str());
    audit::by(&mut change, &actor, "person.join", &operator.id, detail, now).await?;
    store::commit(change).await?;
    Ok(operator)
}

/// Changes what a person of the actor's account may do, from the next request on.
pub async fn set_role(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    role: Role,
    now: Millis,
) -> Result<Operator> {
    let mut change = store.write().await?;
    let mut person = find(&mut change, actor.account, id).await?;
    if person.role()? == role {
        return Ok(person);
    }
    keep_an_admin(&mut change, &person, "given another role").await?;
    let detail = format!("{} → {}", person.role, role.as_str());
    role.as_str().clone_into(&mut person.role);
    operators::set_role(&mut change, id, role.as_str()).await?;
    audit::by(&mut change, actor, "person.role", id, Some(&detail), now).await?;
    store::commit(change).await?;
    Ok(person)
}

/// Removes a person of the actor's account and ends all of the person's sessions.
pub async fn remove(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let person = find(&mut change, actor.account, id).await?;
    keep_an_admin(&mut change, &person, "removed").await?;
    // First, while the person still has a name.
    audit::by(&mut change, actor, "person.remove", id, Some(&person.email), now).await?;
    api_tokens::end_of(&mut change, id, now).await?;
    operators::delete(&mut change, id).await?;
    store::commit(change).await
}

/// Keeps a person of the actor's account out, or lets them in again. What they are and have made stays; their
/// sessions end, and their own API tokens rest.
pub async fn suspend(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    suspended: bool,
    now: Millis,
) -> Result<Operator> {
    let mut change = store.write().await?;
    let mut person = find(&mut change, actor.account, id).await?;
    if person.suspended_at.is_some() == suspended {
        return Ok(person);
    }
    if suspended && actor.id == id {
        return Err(Error::Conflict("nobody suspends themselves; ask another admin".into()));
    }
    if suspended {
        keep_an_admin(&mut change, &person, "suspended").await?;
        operators::delete_sessions_of(&mut change, id).await?;
    }
    person.suspended_at = suspended.then_some(now);
    operators::set_suspended(&mut change, id, person.suspended_at).await?;
    let action = if suspended { "person.suspend" } else { "person.unsuspend" };
    audit::by(&mut change, actor, action, id, None, now).await?;
    store::commit(change).await?;
    Ok(person)
}

/// Forgets by what providers know a person of the actor's account: another login may be linked then.
pub async fn unlink(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let person = find(&mut change, actor.account, id).await?;
    if !identities::delete_of(&mut change, id).await? {
        return Err(Error::Conflict(format!("{} is linked to no sign-in elsewhere", person.email)));
    }
    operators::delete_sessions_of(&mut change, id).await?;
    audit::by(&mut change, actor, "person.unlink", id, None, now).await?;
    store::commit(change).await
}

/// A person of an account by id.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Operator> {
    operators::by_id(connection, id)
        .await?
        .filter(|person| person.account == account)
        .ok_or_else(|| Error::NotFound { what: "person", name: id.to_owned() })
}

/// An account without an admin could never get one again.
async fn keep_an_admin(connection: &mut Connection, person: &Operator, what: &str) -> Result<()> {
    if person.role()? == Role::Admin
        && person.suspended_at.is_none()
        && operators::count_role(connection, &person.account, Role::Admin.as_str()).await? <= 1
    {
        return Err(Error::Conflict(format!(
            "{} is the last admin of the account and cannot be {what}; make somebody else admin first",
            person.email
        )));
    }
    Ok(())
}

/// Replaces a person's own password and ends every session but the one with this digest. The caller has checked
/// the old password, which `person` was read with.
pub async fn change_password(
    store: &Store,
    person: &Operator,
    password_hash: &str,
    session: &str,
    now: Millis,
) -> Result<()> {
    let mut change = store.write().await?;
    let current = find(&mut change, &person.account, &person.id).await?;
    if current.password_hash != person.password_hash {
        return Err(Error::Conflict("the password was changed by somebody else just now".into()));
    }
    operators::set_password_hash(&mut change, &person.id, password_hash).await?;
    operators::delete_other_sessions(&mut change, &person.id, session).await?;
    let actor = Actor { account: &person.account, id: &person.id };
    audit::by(&mut change, &actor, "operator.password", &person.id, None, now).await?;
    store::commit(change).await
}
