//! Table `idempotency`: requests with an `Idempotency-Key`, and what they were answered.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::Millis;
use crate::{Error, Result};

/// Whose key it is, and which.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The account.
    pub account: &'a str,
    /// The person or the API token.
    pub actor: &'a str,
    /// HMAC of the key.
    pub key: &'a str,
}

/// What is known of a request.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    /// SHA-256 of the request.
    pub request: String,
    /// Absent while it runs.
    pub status: Option<i64>,
    /// Encrypted; absent while it runs, or when it was too large to be kept.
    pub answer: Option<String>,
}

/// Takes a place for a request. When it is taken already, what is known of the request that did.
pub async fn begin(store: &Store, place: &Place<'_>, request: &str, now: Millis) -> Result<Option<Known>> {
    let mut change = store.write().await?;
    let inserted = sqlx::query(
        "INSERT INTO idempotency (account, actor, key, request, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(place.account)
    .bind(place.actor)
    .bind(place.key)
    .bind(request)
    .bind(now)
    .execute(&mut *change)
    .await
    .map_err(Error::database("noting a request"))?;
    let known = match inserted.rows_affected() {
        0 => sqlx::query_as(
            "SELECT request, status, answer FROM idempotency WHERE account = $1 AND actor = $2 AND key = $3",
        )
        .bind(place.account)
        .bind(place.actor)
        .bind(place.key)
        .fetch_optional(&mut *change)
        .await
        .map_err(Error::database("reading a request"))?,
        _ => None,
    };
    super::commit(change).await?;
    Ok(known)
}

/// Keeps what a request was answered.
pub async fn finish(store: &Store, place: &Place<'_>, status: u16, answer: Option<&str>) -> Result<()> {
    let mut change = store.write().await?;
    sqlx::query(
        "UPDATE idempotency SET status = $4, answer = $5 WHERE account = $1 AND actor = $2 AND key = $3",
    )
    .bind(place.account)
    .bind(place.actor)
    .bind(place.key)
    .bind(i64::from(status))
    .bind(answer)
    .execute(&mut *change)
    .await
    .map_err(Error::database("keeping an answer"))?;
    super::commit(change).await
}

/// Lets go of a request that changed nothing.
pub async fn release(store: &Store, place: &Place<'_>) -> Result<()> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM idempotency WHERE account = $1 AND actor = $2 AND key = $3")
        .bind(place.account)
        .bind(place.actor)
        .bind(place.key)
        .execute(&mut *change)
        .await
        .map_err(Error::database("letting go of a request"))?;
    super::commit(change).await
}

/// Forgets requests from before a moment.
pub async fn delete_old(connection: &mut Connection, before: Millis) -> Result<()> {
    sqlx::query("DELETE FROM idempotency WHERE created_at <= $1")
        .bind(before)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting old requests"))?;
    Ok(())
}
