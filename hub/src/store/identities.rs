//! Table `identity`: by what OpenID providers know the people of this hub.

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

/// The person whom a provider knows by a subject.
pub async fn find(connection: &mut Connection, issuer: &str, subject: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT operator FROM identity WHERE issuer = $1 AND subject = $2")
        .bind(issuer)
        .bind(subject)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("looking for a person by a provider"))
}

/// Whether a provider knows a person by any subject.
pub async fn any(connection: &mut Connection, issuer: &str, operator: &str) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM identity WHERE issuer = $1 AND operator = $2")
        .bind(issuer)
        .bind(operator)
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for the links of a person"))?;
    Ok(count > 0)
}

/// The providers that know a person.
pub async fn issuers_of(connection: &mut Connection, operator: &str) -> Result<Vec<String>> {
    sqlx::query_scalar("SELECT DISTINCT issuer FROM identity WHERE operator = $1 ORDER BY issuer")
        .bind(operator)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading the links of a person"))
}

/// Links a person to a subject of a provider.
pub async fn insert(
    connection: &mut Connection,
    issuer: &str,
    subject: &str,
    operator: &str,
    now: Millis,
) -> Result<()> {
    sqlx::query("INSERT INTO identity (issuer, subject, operator, created_at) VALUES ($1, $2, $3, $4)")
        .bind(issuer)
        .bind(subject)
        .bind(operator)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("linking a person to a provider"))?;
    Ok(())
}

/// Unlinks a person from every provider; false when there was no link.
pub async fn delete_of(connection: &mut Connection, operator: &str) -> Result<bool> {
    let result = sqlx::query("DELETE FROM identity WHERE operator = $1")
        .bind(operator)
        .execute(connection)
        .await
        .map_err(Error::database("unlinking a person"))?;
    Ok(result.rows_affected() > 0)
}
