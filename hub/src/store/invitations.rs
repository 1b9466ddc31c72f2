//! Table `invitation`: who may come in, by a link that nobody has used yet.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::rights::Role;
use crate::{Error, Result};

/// An invitation, without the code of its link.
#[derive(Debug, Clone, FromRow)]
pub struct Invitation {
    /// `inv_…`
    pub id: String,
    /// The account that it opens.
    pub account: String,
    /// Who is invited, lower case.
    pub email: String,
    /// [`Role`] as it is stored.
    pub role: String,
    /// SHA-256 of the code.
    pub digest: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// When the link ends.
    pub expires_at: Millis,
}

impl Invitation {
    /// What the person will be able to do.
    pub fn role(&self) -> Result<Role> {
        self.role.parse().map_err(|_| Error::Damaged { what: "role of an invitation" })
    }
}

/// Adds an invitation, in the place of an earlier one for the same person.
pub async fn put(connection: &mut Connection, invitation: &Invitation) -> Result<()> {
    let failed = "storing an invitation";
    sqlx::query("DELETE FROM invitation WHERE account = $1 AND email = $2")
        .bind(&invitation.account)
        .bind(&invitation.email)
        .execute(&mut *connection)
        .await
        .map_err(Error::database(failed))?;
    sqlx::query(
        "INSERT INTO invitation (id, account, email, role, digest, created_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&invitation.id)
    .bind(&invitation.account)
    .bind(&invitation.email)
    .bind(&invitation.role)
    .bind(&invitation.digest)
    .bind(&invitation.created_by)
    .bind(invitation.created_at)
    .bind(invitation.expires_at)
    .execute(connection)
    .await
    .map_err(Error::database(failed))?;
    Ok(())
}

/// The invitation whose code has this digest, if it has not ended.
pub async fn by_digest(connection: &mut Connection, digest: &str, now: Millis) -> Result<Option<Invitation>> {
    sqlx::query_as("SELECT * FROM invitation WHERE digest = $1 AND expires_at > $2")
        .bind(digest)
        .bind(now)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an invitation"))
}

/// The invitation of an address into an account, if it has not ended.
pub async fn by_email(
    connection: &mut Connection,
    account: &str,
    email: &str,
    now: Millis,
) -> Result<Option<Invitation>> {
    sqlx::query_as("SELECT * FROM invitation WHERE account = $1 AND email = $2 AND expires_at > $3")
        .bind(account)
        .bind(email)
        .bind(now)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an invitation"))
}

/// The invitations of an account that can still be used, newest first.
pub async fn list(store: &Store, account: &str, now: Millis) -> Result<Vec<Invitation>> {
    let mut connection = store.read().await?;
    sqlx::query_as(
        "SELECT * FROM invitation WHERE account = $1 AND expires_at > $2 ORDER BY created_at DESC, id",
    )
    .bind(account)
    .bind(now)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("listing invitations"))
}

/// The account of an invitation.
pub async fn account_of(connection: &mut Connection, id: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT account FROM invitation WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an invitation"))
}

/// Removes an invitation of an account; false when there is none of that id.
pub async fn delete(connection: &mut Connection, account: &str, id: &str) -> Result<bool> {
    let result = sqlx::query("DELETE FROM invitation WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .execute(connection)
        .await
        .map_err(Error::database("removing an invitation"))?;
    Ok(result.rows_affected() == 1)
}

/// Forgets invitations that nobody has used in time.
pub async fn delete_expired(connection: &mut Connection, now: Millis) -> Result<()> {
    sqlx::query("DELETE FROM invitation WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting old invitations"))?;
    Ok(())
}
