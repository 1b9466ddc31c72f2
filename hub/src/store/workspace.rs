//! What an account has set: columns of the table `account`.

use sqlx::FromRow;

use super::Connection;
use super::devices::RECONNECTS;
use crate::ident::{MINUTE, Millis};
use crate::{Error, Result};

/// What an account has set.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Settings {
    /// What it is called.
    pub name: String,
    /// Time zone of screens without one.
    pub timezone: Option<String>,
    /// What a screen plays when nothing else is said.
    pub default_playlist: Option<String>,
    /// Minutes without a sign of life after which a screen is offline.
    pub online_minutes: i64,
    /// Days that logs and resolved faults are kept.
    pub keep_logs_days: i64,
    /// Days that proof of play is kept.
    pub keep_plays_days: i64,
    /// Days that the audit log is kept; 0 for ever.
    pub keep_audit_days: i64,
    /// Most screens that may play at the same time; set by the hub's operator.
    pub screen_limit: Option<i64>,
}

/// What makes a screen online: [`super::devices::online`] for statements.
#[derive(Debug, Clone, Copy)]
pub struct Online {
    /// Its last request was later, and later than the end of its connection.
    pub seen_after: Millis,
    /// Or its connection ended later, or holds.
    pub connected_after: Millis,
    /// And its authorization has not ended.
    pub now: Millis,
}

impl Settings {
    /// How long a screen may be silent before it is offline.
    pub fn threshold(&self) -> Millis {
        self.online_minutes * MINUTE
    }

    /// What makes a screen online now.
    pub fn online(&self, now: Millis) -> Online {
        Online { seen_after: now - self.threshold(), connected_after: now - RECONNECTS, now }
    }
}

/// What an account has set.
pub async fn settings(connection: &mut Connection, account: &str) -> Result<Settings> {
    sqlx::query_as(
        "SELECT name, timezone, default_playlist, online_minutes, keep_logs_days, keep_plays_days, \
         COALESCE(keep_audit_days, 0) AS keep_audit_days, screen_limit \
         FROM account WHERE id = $1",
    )
    .bind(account)
    .fetch_optional(connection)
    .await
    .map_err(Error::database("reading the settings of an account"))?
    .ok_or(Error::Damaged { what: "reference to an account" })
}

/// Changes what an account has set. A name is unique on the hub.
pub async fn set(connection: &mut Connection, account: &str, new: &Settings) -> Result<()> {
    sqlx::query(
        "UPDATE account SET name = $2, timezone = $3, default_playlist = $4, online_minutes = $5, \
         keep_logs_days = $6, keep_plays_days = $7, keep_audit_days = $8 WHERE id = $1",
    )
    .bind(account)
    .bind(&new.name)
    .bind(&new.timezone)
    .bind(&new.default_playlist)
    .bind(new.online_minutes)
    .bind(new.keep_logs_days)
    .bind(new.keep_plays_days)
    .bind(new.keep_audit_days)
    .execute(connection)
    .await
    .map_err(|source| match source.as_database_error() {
        Some(error) if error.is_unique_violation() => {
            Error::Conflict(format!("there is an account named {:?} already", new.name))
        }
        _ => Error::Database { doing: "changing the settings of an account", source },
    })?;
    Ok(())
}
