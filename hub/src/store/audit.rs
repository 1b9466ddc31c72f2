//! Table `audit`: who did what, and what was refused. Never a secret.

use schemars::JsonSchema;
use serde::Serialize;
use sqlx::FromRow;

use super::{Connection, Store};
use crate::api_token::Actor;
use crate::audit_log::Filter;
use crate::ident::{self, DAY, Millis};
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
#[derive(Debug, Clone, FromRow, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"))]
#[schemars(rename = "AuditRecord")]
pub struct Record {
    /// `aud_…`, sorts by time.
    pub id: String,
    /// When.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    #[schemars(with = "jiff::Timestamp")]
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
    /// What the actor was called then.
    pub actor_name: Option<String>,
    /// What the subject was called then.
    pub subject_name: Option<String>,
}

/// Writes an entry.
pub async fn record(connection: &mut Connection, entry: &Entry<'_>, now: Millis) -> Result<()> {
    let actor_name = name(connection, entry.actor).await?;
    let subject_name = name(connection, entry.subject).await?;
    sqlx::query(
        "INSERT INTO audit (id, at, account, actor, action, subject, outcome, code, address, detail, \
         actor_name, subject_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
    .bind(actor_name)
    .bind(subject_name)
    .execute(connection)
    .await
    .map_err(Error::database("writing the audit log"))?;
    Ok(())
}

/// Writes what somebody has done in their account.
pub async fn by(
    connection: &mut Connection,
    actor: &Actor<'_>,
    action: &str,
    subject: &str,
    detail: Option<&str>,
    now: Millis,
) -> Result<()> {
    let account = Some(actor.account);
    record(connection, &Entry { account, actor: actor.id, action, subject, detail, ..Entry::default() }, now)
        .await
}

/// What people call the thing with this id. A screen's id has no prefix.
async fn name(connection: &mut Connection, id: &str) -> Result<Option<String>> {
    if matches!(id, "cli" | "device") {
        return Ok(None);
    }
    let query = match id.split_once('_').map(|(prefix, _)| prefix) {
        Some("acc") => "SELECT name FROM account WHERE id = $1",
        Some("opr") => "SELECT email FROM operator WHERE id = $1",
        Some("inv") => "SELECT email FROM invitation WHERE id = $1",
        Some("api") => "SELECT name FROM api_token WHERE id = $1",
        Some("grp") => "SELECT name FROM person_group WHERE id = $1",
        Some("tok") => "SELECT name FROM enrol_token WHERE id = $1",
        Some("aut") => "SELECT code FROM authorization_code WHERE id = $1",
        Some("ach") => "SELECT name FROM alert_channel WHERE id = $1",
        Some("sgr") => "SELECT name FROM screen_group WHERE id = $1",
        Some("con") => "SELECT title FROM content WHERE id = $1",
        Some("pls") => "SELECT name FROM playlist WHERE id = $1",
        Some("lay") => "SELECT name FROM layout WHERE id = $1",
        Some("tbl") => "SELECT name FROM time_block WHERE id = $1",
        Some("sch") => "SELECT name FROM schedule_entry WHERE id = $1",
        Some("ovr") => "SELECT name FROM screen_override WHERE id = $1",
        Some("pub") => "SELECT comment FROM publication WHERE id = $1",
        _ => "SELECT name FROM device WHERE id = $1",
    };
    let found: Option<Option<String>> = sqlx::query_scalar(query)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("looking for a name"))?;
    Ok(found.flatten())
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

/// How often something was refused since a moment, to one actor or to all of an account, and when first.
pub async fn refused_since(
    connection: &mut Connection,
    account: &str,
    actor: Option<&str>,
    action: &str,
    since: Millis,
) -> Result<(i64, Millis)> {
    sqlx::query_as(
        "SELECT COUNT(*), COALESCE(MIN(at), 0) FROM audit WHERE account = $1 AND outcome = 'refused' \
         AND action = $2 AND at > $3 AND (actor = $4 OR $4 = '')",
    )
    .bind(account)
    .bind(action)
    .bind(since)
    .bind(actor.unwrap_or_default())
    .fetch_one(connection)
    .await
    .map_err(Error::database("counting refusals"))
}

/// A page of an account's entries, newest first, and where the next begins, if there is one.
pub async fn page(
    store: &Store,
    account: &str,
    filter: &Filter,
    limit: u32,
) -> Result<(Vec<Record>, Option<String>)> {
    let mut connection = store.read().await?;
    let family = filter.action.as_ref().map(|action| format!("{action}.%"));
    let mut records: Vec<Record> = sqlx::query_as(
        "SELECT * FROM audit WHERE account = $1 AND ($2 IS NULL OR actor = $2 OR actor_name = $2) \
         AND ($3 IS NULL OR action = $3 OR action LIKE $4) AND ($5 IS NULL OR outcome = $5) \
         AND ($6 IS NULL OR at >= $6) AND ($7 IS NULL OR at < $7) AND ($8 IS NULL OR id < $8) \
         ORDER BY id DESC LIMIT $9",
    )
    .bind(account)
    .bind(&filter.actor)
    .bind(&filter.action)
    .bind(&family)
    .bind(&filter.outcome)
    .bind(filter.from)
    .bind(filter.until)
    .bind(&filter.before)
    .bind(i64::from(limit) + 1)
    .fetch_all(&mut *connection)
    .await
    .map_err(Error::database("reading the audit log"))?;
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let next = records.last().filter(|_| more).map(|record| record.id.clone());
    Ok((records, next))
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

/// Forgets what is older than its account wants it kept.
pub async fn delete_old(connection: &mut Connection, now: Millis) -> Result<()> {
    sqlx::query(
        "DELETE FROM audit WHERE EXISTS (SELECT 1 FROM account a WHERE a.id = audit.account \
         AND a.keep_audit_days > 0 AND audit.at < $1 - a.keep_audit_days * $2)",
    )
    .bind(now)
    .bind(DAY)
    .execute(connection)
    .await
    .map_err(Error::database("shortening the audit log"))?;
    Ok(())
}
