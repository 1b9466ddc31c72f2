//! Table `audit`: who did what, and what was refused. Never a secret.

use serde::Serialize;
use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::{self, Millis};
use crate::{Error, Result};

/// One thing that happened.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// Absent when it concerns no account that we know.
    pub account: Option<&'a str>,
    /// `cli`, `device` or an operator's id.
    pub actor: &'a str,
    /// Such as `enroll`, `token.create`.
    pub action: &'a str,
    /// Id of what it was done to.
    pub subject: &'a str,
    /// Problem code when it was refused.
    pub refused: Option<&'a str>,
    /// Where the request came from.
    pub address: Option<&'a str>,
    /// More, for people.
    pub detail: Option<&'a str>,
}

/// An entry as it is stored and listed.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct Record {
    /// `aud_…`, sorts by time.
    pub id: String,
    /// When.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    pub at: Millis,
    /// Whose it is.
    pub account: Option<String>,
    /// Who did it.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// `ok` or `refused`.
    pub outcome: String,
    /// Problem code of a refusal.
    pub code: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// More, for people.
    pub detail: Option<String>,
}

/// Writes an entry.
pub async fn record(connection: &mut Connection, entry: &Entry<'_>, now: Millis) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (id, at, account, actor, action, subject, outcome, code, address, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(ident::new_sorted("aud", now)?)
    .bind(now)
    .bind(entry.account)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.subject)
    .bind(if entry.refused.is_some() { "refused" } else { "ok" })
    .bind(entry.refused)
    .bind(entry.address)
    .bind(entry.detail)
    .execute(connection)
    .await
    .map_err(Error::database("writing the audit log"))?;
    Ok(())
}

/// The newest entries, newest last; of one account or of all.
pub async fn list(store: &Store, account: Option<&str>, limit: i64) -> Result<Vec<Record>> {
    let mut connection = store.read().await?;
    let mut records: Vec<Record> = sqlx::query_as(
        "SELECT * FROM audit WHERE $1 IS NULL OR account = $1 ORDER BY at DESC, id DESC LIMIT $2",
    )
    .bind(account)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("reading the audit log"))?;
    records.reverse();
    Ok(records)
}

/// Forgets refusals older than a moment; what was done stays.
pub async fn delete_refused(connection: &mut Connection, before: Millis) -> Result<()> {
    sqlx::query("DELETE FROM audit WHERE outcome = 'refused' AND at < $1")
        .bind(before)
        .execute(connection)
        .await
        .map_err(Error::database("shortening the audit log"))?;
    Ok(())
}
