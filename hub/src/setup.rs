//! The first account of a hub, made by whoever has the link that `serve` shows. The link is another at each start
//! and ends when there is an account.

use signage_protocol::Secret;

use crate::account;
use crate::ident::{Millis, digest};
use crate::people::code;
use crate::store::accounts::Account;
use crate::store::operators::Operator;
use crate::store::{self, Store, accounts, settings};
use crate::{Error, Result};

/// The code of a new link, when the hub has no account; every earlier link ends.
pub async fn open(store: &Store) -> Result<Option<Secret>> {
    let mut change = store.write().await?;
    if accounts::exist(&mut change).await? {
        return Ok(None);
    }
    let code = code()?;
    settings::set(&mut change, settings::SETUP, &digest(code.expose())).await?;
    store::commit(change).await?;
    Ok(Some(code))
}

/// The path of the page that the link opens.
pub fn path(code: &Secret) -> String {
    format!("/setup?code={}", code.expose())
}

/// Whether a link is the one that opens the hub now.
pub async fn is_open(store: &Store, code: &str) -> Result<bool> {
    let mut connection = store.read().await?;
    let stored = settings::read(&mut connection, settings::SETUP).await?;
    Ok(stored.is_some_and(|stored| stored == digest(code)) && !accounts::exist(&mut connection).await?)
}

/// Makes the account and its admin, with the password whose hash this is. The link is good for nothing
/// afterwards.
pub async fn finish(
    store: &Store,
    code: &str,
    name: &str,
    email: &str,
    password_hash: String,
    now: Millis,
) -> Result<(Account, Operator)> {
    let mut change = store.write().await?;
    let stored = settings::read(&mut change, settings::SETUP).await?;
    if stored.is_none_or(|stored| stored != digest(code)) || accounts::exist(&mut change).await? {
        return Err(Error::Conflict(
            "the link was used, or has ended; start the hub again for another".into(),
        ));
    }
    settings::delete(&mut change, settings::SETUP).await?;
    let made = account::insert(&mut change, store.vault(), None, name, email, password_hash, now).await?;
    store::commit(change).await?;
    Ok(made)
}
