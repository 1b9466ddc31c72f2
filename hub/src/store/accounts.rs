//! Table `account`.

use sqlx::FromRow;

use super::pushes::{self, Topic};
use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// A tenant.
#[derive(Clone, FromRow)]
pub struct Account {
    /// `acc_…`
    pub id: String,
    /// Unique, for people.
    pub name: String,
    /// Ed25519 seed, hexadecimal, sealed.
    pub signing_key: String,
    /// What belongs to it and screens know, hexadecimal.
    pub public_key: String,
    /// What a screen plays when its token names nothing.
    pub default_playlist: Option<String>,
    /// The layout that it shows instead; it counts before the playlist.
    pub default_layout: Option<String>,
    /// Who needs somebody else's approval to publish: see [`crate::composition::Approval`].
    pub approval: String,
    /// Grows with every change of what the account's screens play.
    pub content_sequence: i64,
    /// When that was.
    pub content_changed_at: Millis,
    /// When it was made.
    pub created_at: Millis,
    /// Most screens that may play at the same time.
    pub screen_limit: Option<i64>,
    /// Time zone (IANA) of screens that have none of their own.
    pub timezone: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Adds an account; a name that is taken is a conflict.
pub async fn insert(connection: &mut Connection, account: &Account) -> Result<()> {
    sqlx::query(
        "INSERT INTO account (id, name, signing_key, public_key, default_playlist, content_sequence, \
         content_changed_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&account.id)
    .bind(&account.name)
    .bind(&account.signing_key)
    .bind(&account.public_key)
    .bind(&account.default_playlist)
    .bind(account.content_sequence)
    .bind(account.content_changed_at)
    .bind(account.created_at)
    .execute(connection)
    .await
    .map_err(|source| match source.as_database_error() {
        Some(error) if error.is_unique_violation() => {
            Error::Conflict(format!("there is an account named {:?} already", account.name))
        }
        _ => Error::Database { doing: "adding an account", source },
    })?;
    Ok(())
}

/// The account with this id.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Account> {
    sqlx::query_as("SELECT * FROM account WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an account"))?
        .ok_or(Error::Damaged { what: "reference to an account" })
}

/// The account that an operator means by a name or an id.
pub async fn find(store: &Store, name_or_id: &str) -> Result<Account> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM account WHERE id = $1 OR name = $1")
        .bind(name_or_id)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Error::database("reading an account"))?
        .ok_or_else(|| Error::NotFound { what: "account", name: name_or_id.to_owned() })
}

/// Whether there is any account.
pub async fn exist(connection: &mut Connection) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account")
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting accounts"))?;
    Ok(count > 0)
}

/// Every account, oldest first.
pub async fn list(store: &Store) -> Result<Vec<Account>> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM account ORDER BY created_at, id")
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing accounts"))
}

/// Makes a playlist the account's default, in place of another or of a layout.
pub async fn set_default_playlist(connection: &mut Connection, account: &str, playlist: &str) -> Result<()> {
    set_defaults(connection, account, Some(playlist), None).await
}

/// Changes who needs an approval to publish.
pub async fn set_approval(connection: &mut Connection, account: &str, approval: &str) -> Result<()> {
    sqlx::query("UPDATE account SET approval = $2 WHERE id = $1")
        .bind(account)
        .bind(approval)
        .execute(connection)
        .await
        .map_err(Error::database("changing who approves"))?;
    Ok(())
}

/// Changes what screens without anything of their own show.
pub async fn set_defaults(
    connection: &mut Connection,
    account: &str,
    playlist: Option<&str>,
    layout: Option<&str>,
) -> Result<()> {
    sqlx::query("UPDATE account SET default_playlist = $2, default_layout = $3 WHERE id = $1")
        .bind(account)
        .bind(playlist)
        .bind(layout)
        .execute(connection)
        .await
        .map_err(Error::database("changing the default playlist"))?;
    Ok(())
}

/// Notes that what the account's screens play has changed.
pub async fn content_changed(connection: &mut Connection, account: &str, now: Millis) -> Result<()> {
    sqlx::query(
        "UPDATE account SET content_sequence = content_sequence + 1, content_changed_at = $2 WHERE id = $1",
    )
    .bind(account)
    .bind(now)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("noting a change of content"))?;
    pushes::account(connection, account, Topic::Content, now).await
}

/// Limits how many screens of an account may play.
pub async fn set_screen_limit(connection: &mut Connection, account: &str, limit: Option<i64>) -> Result<()> {
    sqlx::query("UPDATE account SET screen_limit = $2 WHERE id = $1")
        .bind(account)
        .bind(limit)
        .execute(connection)
        .await
        .map_err(Error::database("changing the limit of an account"))?;
    Ok(())
}
