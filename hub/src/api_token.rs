//! Tokens for programs: making, withdrawing and recognising them.

use signage_protocol::Secret;

use crate::ident::{self, MINUTE, Millis};
use crate::rights::Role;
use crate::store::api_tokens::ApiToken;
use crate::store::{self, Store, api_tokens, audit};
use crate::{Error, Result, account};

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

/// Makes a token. The secret is in the answer and nowhere else.
pub async fn create(
    store: &Store,
    actor: &Actor<'_>,
    name: &str,
    role: Role,
    expires_at: Option<Millis>,
    now: Millis,
) -> Result<(ApiToken, Secret)> {
    let name = name.trim();
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
    };
    let mut change = store.write().await?;
    api_tokens::insert(&mut change, &token).await?;
    audit::by(&mut change, actor, "api-token.create", &token.id, Some(role.as_str()), now).await?;
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

/// The token of a secret, if it holds. Its use is noted once a minute.
pub async fn recognise(store: &Store, secret: &str, now: Millis) -> Result<Option<ApiToken>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let token = api_tokens::by_digest(store, &ident::digest(secret)).await?;
    let token =
        token.filter(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end));
    if let Some(token) = &token
        && token.last_used.is_none_or(|used| now.saturating_sub(used) >= MINUTE)
    {
        api_tokens::used(store, &token.id, now).await?;
    }
    Ok(token)
}
