//! Tables `operator` and `session`: people, and where they are signed in.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::{self, Millis};
use crate::rights::Role;
use crate::{Error, Result};

/// A person who may sign in.
#[derive(Clone, FromRow)]
pub struct Operator {
    /// `opr_…`
    pub id: String,
    /// The account that this person looks after.
    pub account: String,
    /// Lower case.
    pub email: String,
    /// PHC string; empty for somebody who signs in elsewhere and has no password.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Millis,
    /// [`Role`] as it is stored.
    pub role: String,
    /// Secret of the second step, hexadecimal, sealed; none when there is no second step.
    pub totp_secret: Option<String>,
    /// Step of the code that was used last.
    pub totp_step: Option<i64>,
    /// Wrong codes since the last right one.
    pub totp_failures: i64,
    /// When the last of these was.
    pub totp_failed_at: Millis,
    /// Since when this person may not sign in, by an admin's decision.
    pub suspended_at: Option<Millis>,
}

impl Operator {
    /// A person without a second step.
    pub fn new(
        account: String,
        email: String,
        password_hash: String,
        role: Role,
        now: Millis,
    ) -> Result<Self> {
        Ok(Self {
            id: ident::new("opr")?,
            account,
            email,
            password_hash,
            created_at: now,
            role: role.as_str().to_owned(),
            totp_secret: None,
            totp_step: None,
            totp_failures: 0,
            totp_failed_at: 0,
            suspended_at: None,
        })
    }

    /// What this person may do.
    pub fn role(&self) -> Result<Role> {
        self.role.parse().map_err(|_| Error::Damaged { what: "role of an operator" })
    }
}

impl std::fmt::Debug for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Adds a person; an address that is taken is a conflict.
pub async fn insert(connection: &mut Connection, operator: &Operator) -> Result<()> {
    sqlx::query(
        "INSERT INTO operator (id, account, email, password_hash, created_at, role) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&operator.id)
    .bind(&operator.account)
    .bind(&operator.email)
    .bind(&operator.password_hash)
    .bind(operator.created_at)
    .bind(&operator.role)
    .execute(connection)
    .await
    .map_err(|source| match source.as_database_error() {
        Some(error) if error.is_unique_violation() => {
            Error::Conflict(format!("{} signs in to another account already", operator.email))
        }
        _ => Error::Database { doing: "adding an operator", source },
    })?;
    Ok(())
}

/// The person with this address.
pub async fn by_email(store: &Store, email: &str) -> Result<Option<Operator>> {
    with_email(&mut *store.read().await?, email).await
}

/// The person with this address, as a change sees them.
pub async fn with_email(connection: &mut Connection, email: &str) -> Result<Option<Operator>> {
    sqlx::query_as("SELECT * FROM operator WHERE email = $1")
        .bind(email)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an operator"))
}

/// The person with this id.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Operator>> {
    sqlx::query_as("SELECT * FROM operator WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an operator"))
}

/// The people of an account, by address.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Operator>> {
    let mut connection = store.read().await?;
    sqlx::query_as("SELECT * FROM operator WHERE account = $1 ORDER BY email")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing operators"))
}

/// How many people of an account have a role and may sign in.
pub async fn count_role(connection: &mut Connection, account: &str, role: &str) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM operator WHERE account = $1 AND role = $2 AND suspended_at IS NULL",
    )
    .bind(account)
    .bind(role)
    .fetch_one(connection)
    .await
    .map_err(Error::database("counting operators"))
}

/// Changes a person's role.
pub async fn set_role(connection: &mut Connection, id: &str, role: &str) -> Result<()> {
    sqlx::query("UPDATE operator SET role = $2 WHERE id = $1")
        .bind(id)
        .bind(role)
        .execute(connection)
        .await
        .map_err(Error::database("changing a role"))?;
    Ok(())
}

/// Suspends a person, or lets them in again. Sessions are another matter.
pub async fn set_suspended(connection: &mut Connection, id: &str, at: Option<Millis>) -> Result<()> {
    sqlx::query("UPDATE operator SET suspended_at = $2 WHERE id = $1")
        .bind(id)
        .bind(at)
        .execute(connection)
        .await
        .map_err(Error::database("suspending an operator"))?;
    Ok(())
}

/// Removes a person, with all that hangs on them.
pub async fn delete(connection: &mut Connection, id: &str) -> Result<()> {
    for query in [
        "DELETE FROM session WHERE operator = $1",
        "DELETE FROM recovery_code WHERE operator = $1",
        "DELETE FROM group_member WHERE operator = $1",
        "DELETE FROM identity WHERE operator = $1",
        "DELETE FROM operator WHERE id = $1",
    ] {
        sqlx::query(query)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("removing an operator"))?;
    }
    Ok(())
}

/// Replaces a person's password.
pub async fn set_password_hash(connection: &mut Connection, id: &str, password_hash: &str) -> Result<()> {
    sqlx::query("UPDATE operator SET password_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(password_hash)
        .execute(connection)
        .await
        .map_err(Error::database("changing a password"))?;
    Ok(())
}

/// Signs a person out everywhere.
pub async fn delete_sessions_of(connection: &mut Connection, operator: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE operator = $1")
        .bind(operator)
        .execute(connection)
        .await
        .map_err(Error::database("ending sessions"))?;
    Ok(())
}

/// Signs a person out everywhere but where the cookie has this digest.
pub async fn delete_other_sessions(connection: &mut Connection, operator: &str, digest: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE operator = $1 AND digest <> $2")
        .bind(operator)
        .bind(digest)
        .execute(connection)
        .await
        .map_err(Error::database("ending sessions"))?;
    Ok(())
}

/// Signs a person in: the cookie's digest until a moment. False when the person no longer has the password with
/// which `operator` was read, or is suspended.
pub async fn insert_session(
    connection: &mut Connection,
    digest: &str,
    operator: &Operator,
    now: Millis,
    expires_at: Millis,
) -> Result<bool> {
    let result = sqlx::query(
        "INSERT INTO session (digest, operator, created_at, expires_at) \
         SELECT $1, id, $3, $4 FROM operator WHERE id = $2 AND password_hash = $5 \
         AND suspended_at IS NULL",
    )
    .bind(digest)
    .bind(&operator.id)
    .bind(now)
    .bind(expires_at)
    .bind(&operator.password_hash)
    .execute(connection)
    .await
    .map_err(Error::database("storing a session"))?;
    Ok(result.rows_affected() == 1)
}

/// Who is signed in with a cookie.
pub async fn by_session(store: &Store, digest: &str, now: Millis) -> Result<Option<Operator>> {
    let mut connection = store.read().await?;
    sqlx::query_as(
        "SELECT operator.* FROM session JOIN operator ON operator.id = session.operator \
         WHERE session.digest = $1 AND session.expires_at > $2 AND operator.suspended_at IS NULL",
    )
    .bind(digest)
    .bind(now)
    .fetch_optional(&mut *connection)
    .await
    .map_err(Error::database("reading a session"))
}

/// Signs out.
pub async fn delete_session(connection: &mut Connection, digest: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE digest = $1")
        .bind(digest)
        .execute(connection)
        .await
        .map_err(Error::database("ending a session"))?;
    Ok(())
}

/// Forgets sessions that are over.
pub async fn delete_expired_sessions(connection: &mut Connection, now: Millis) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting old sessions"))?;
    Ok(())
}
