//! Tokens for programs: making, withdrawing and recognising them.
//!
//! A token is a service account: it has a name and goes on when the person who made it leaves. A personal one
//! belongs to somebody: it gets no further than they do, rests while they are suspended and ends with them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::Secret;

use crate::folder_rights::Scope;
use crate::ident::{self, MINUTE, Millis, timestamp};
use crate::rights::Role;
use crate::store::api_tokens::ApiToken;
use crate::store::{self, Store, api_tokens, audit, operators};
use crate::{Error, Result, account, folder, groups, people};

/// By it people and secret scanners know such a token.
pub const PREFIX: &str = "sga_";

/// Who does something: for the audit log.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    /// Account.
    pub account: &'a str,
    /// `cli`, an operator's or an API token's id.
    pub id: &'a str,
}

impl<'a> Actor<'a> {
    /// Whoever runs a command on the hub, for an account.
    pub const fn cli(account: &'a str) -> Self {
        Self { account, id: "cli" }
    }
}

/// A token for programs, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiToken")]
pub struct View {
    /// `api_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Id of the person it belongs to and ends with; a service account has none.
    pub owner: Option<String>,
    /// All that it reaches; absent for everything.
    pub folder: Option<String>,
    /// Id of who made it; `cli` for commands.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used: Option<Timestamp>,
}

impl From<ApiToken> for View {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            role: token.role,
            owner: token.owner,
            folder: token.folder,
            created_by: token.created_by,
            created_at: timestamp(token.created_at),
            expires_at: token.expires_at.map(timestamp),
            revoked_at: token.revoked_at.map(timestamp),
            last_used: token.last_used.map(timestamp),
        }
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// What it is for.
    pub name: &'a str,
    /// What it may do.
    pub role: Role,
    /// When it ends by itself.
    pub expires_at: Option<Millis>,
    /// Whether it belongs to the actor, or is a service account.
    pub personal: bool,
    /// All that it is to reach; empty for everything.
    pub folder: &'a str,
}

/// What a token opens.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The token.
    pub token: ApiToken,
    /// What it may do now: no more than its owner.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Makes a service account that reaches everything. The secret is in the answer and nowhere else.
pub async fn create(
    store: &Store,
    actor: &Actor<'_>,
    name: &str,
    role: Role,
    expires_at: Option<Millis>,
    now: Millis,
) -> Result<(ApiToken, Secret)> {
    make(store, actor, &New { name, role, expires_at, personal: false, folder: "" }, now).await
}

/// Makes a token. The secret is in the answer and nowhere else.
pub async fn make(
    store: &Store,
    actor: &Actor<'_>,
    new: &New<'_>,
    now: Millis,
) -> Result<(ApiToken, Secret)> {
    let (name, role, expires_at) = (new.name.trim(), new.role, new.expires_at);
    let folder = Some(folder::path(new.folder)?).filter(|folder| !folder.is_empty());
    if name.is_empty() || name.chars().count() > account::MAX_NAME {
        return Err(Error::Invalid(format!("the name of a token has 1 to {} characters", account::MAX_NAME)));
    }
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Invalid("the token would have expired already".into()));
    }
    let secret = Secret::new(format!("{PREFIX}{}", hex::encode(ident::random::<32>()?)));
    let token = ApiToken {
        id: ident::new("api")?,
        account: actor.account.to_owned(),
        name: name.to_owned(),
        role,
        digest: ident::digest(secret.expose()),
        created_by: actor.id.to_owned(),
        created_at: now,
        expires_at,
        revoked_at: None,
        last_used: None,
        owner: new.personal.then(|| actor.id.to_owned()),
        folder,
    };
    let mut change = store.write().await?;
    if new.personal && people::find(&mut change, actor.account, actor.id).await.is_err() {
        return Err(Error::Conflict("a personal token belongs to a person: sign in to make one".into()));
    }
    api_tokens::insert(&mut change, &token).await?;
    let kind = if new.personal { "personal" } else { "service account" };
    let place = token.folder.as_deref().map(|folder| format!(", only {folder}")).unwrap_or_default();
    let detail = format!("{}, {kind}{place}", role.as_str());
    audit::by(&mut change, actor, "api-token.create", &token.id, Some(&detail), now).await?;
    store::commit(change).await?;
    Ok((token, secret))
}

/// Withdraws a token of the actor's account.
pub async fn revoke(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    if !api_tokens::revoke(&mut change, actor.account, id, now).await? {
        return Err(Error::NotFound { what: "API token in use", name: id.to_owned() });
    }
    audit::by(&mut change, actor, "api-token.revoke", id, None, now).await?;
    store::commit(change).await
}

/// What a secret opens, if it holds. Its use is noted once a minute.
pub async fn recognise(store: &Store, secret: &str, now: Millis) -> Result<Option<Opened>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let token = api_tokens::by_digest(store, &ident::digest(secret)).await?;
    let Some(token) =
        token.filter(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end))
    else {
        return Ok(None);
    };
    let (mut role, mut scope) = (token.role, Scope::default());
    if let Some(owner) = &token.owner {
        let mut connection = store.read().await?;
        let owner = operators::by_id(&mut connection, owner).await?;
        let Some(owner) = owner.filter(|owner| owner.suspended_at.is_none()) else {
            return Ok(None);
        };
        role = role.min(owner.role()?);
        scope = groups::scope(&mut connection, &owner).await?;
    }
    if token.last_used.is_none_or(|used| now.saturating_sub(used) >= MINUTE) {
        api_tokens::used(store, &token.id, now).await?;
    }
    let scope = scope.only_within(token.folder.clone());
    Ok(Some(Opened { token, role, scope }))
}
