//! Table `api_token`: how programs get in.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::rights::Role;
use crate::{Error, Result};

/// A token for the API, without its secret.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// `api_…`
    pub id: String,
    /// The account that it opens.
    pub account: String,
    /// For people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the secret.
    pub digest: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// When it ends by itself.
    pub expires_at: Option<Millis>,
    /// When it was withdrawn.
    pub revoked_at: Option<Millis>,
    /// When it was used last, to the minute.
    pub last_used: Option<Millis>,
    /// The person it belongs to and ends with; none for a service account.
    pub owner: Option<String>,
    /// The folder that is all it reaches.
    pub folder: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    name: String,
    role: String,
    digest: String,
    created_by: String,
    created_at: Millis,
    expires_at: Option<Millis>,
    revoked_at: Option<Millis>,
    last_used: Option<Millis>,
    owner: Option<String>,
    folder: Option<String>,
}

impl TryFrom<Row> for ApiToken {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            name: row.name,
            role: row.role.parse().map_err(|_| Error::Damaged { what: "role of an API token" })?,
            digest: row.digest,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used: row.last_used,
            owner: row.owner,
            folder: row.folder,
        })
    }
}

/// Adds a token.
pub async fn insert(connection: &mut Connection, token: &ApiToken) -> Result<()> {
    sqlx::query(
        "INSERT INTO api_token (id, account, name, role, digest, created_by, created_at, expires_at, \
         owner, folder) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&token.id)
    .bind(&token.account)
    .bind(&token.name)
    .bind(token.role.as_str())
    .bind(&token.digest)
    .bind(&token.created_by)
    .bind(token.created_at)
    .bind(token.expires_at)
    .bind(&token.owner)
    .bind(&token.folder)
    .execute(connection)
    .await
    .map_err(Error::database("storing an API token"))?;
    Ok(())
}

/// The token with this digest.
pub async fn by_digest(store: &Store, digest: &str) -> Result<Option<ApiToken>> {
    let mut connection = store.read().await?;
    sqlx::query_as::<_, Row>("SELECT * FROM api_token WHERE digest = $1")
        .bind(digest)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Error::database("reading an API token"))?
        .map(ApiToken::try_from)
        .transpose()
}

/// The tokens of an account, newest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<ApiToken>> {
    let mut connection = store.read().await?;
    sqlx::query_as::<_, Row>("SELECT * FROM api_token WHERE account = $1 ORDER BY created_at DESC, id")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing API tokens"))?
        .into_iter()
        .map(ApiToken::try_from)
        .collect()
}

/// The account of a token.
pub async fn account_of(connection: &mut Connection, id: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT account FROM api_token WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an API token"))
}

/// Withdraws a token of an account; false when there is none of that id, or it was withdrawn before.
pub async fn revoke(connection: &mut Connection, account: &str, id: &str, now: Millis) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE api_token SET revoked_at = $3 WHERE account = $1 AND id = $2 AND revoked_at IS NULL",
    )
    .bind(account)
    .bind(id)
    .bind(now)
    .execute(connection)
    .await
    .map_err(Error::database("revoking an API token"))?;
    Ok(result.rows_affected() == 1)
}

/// Withdraws every token that belongs to a person.
pub async fn end_of(connection: &mut Connection, owner: &str, now: Millis) -> Result<()> {
    sqlx::query("UPDATE api_token SET revoked_at = $2 WHERE owner = $1 AND revoked_at IS NULL")
        .bind(owner)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("revoking the API tokens of a person"))?;
    Ok(())
}

/// Notes that a token was used.
pub async fn used(store: &Store, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    sqlx::query("UPDATE api_token SET last_used = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(&mut *change)
        .await
        .map_err(Error::database("noting the use of an API token"))?;
    super::commit(change).await
}
