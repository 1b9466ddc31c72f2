//! Tables `authorization_policy` and `free_authorization`: how the screens of an account come to be authorized, and
//! which of them have had a free authorization.

use sqlx::FromRow;

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

/// How the screens of an account come to be authorized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether screens need a code; else whoever comes in is authorized without one and without an end.
    pub codes: bool,
    /// Most screens that have a free authorization at the same time.
    pub free_screens: i64,
    /// How many days each lasts.
    pub free_days: i64,
    /// Whether the account's admins make codes themselves.
    pub makes_codes: bool,
}

#[derive(FromRow)]
struct Row {
    codes: i64,
    free_screens: i64,
    free_days: i64,
    makes_codes: i64,
}

/// The policy of an account.
pub async fn get(connection: &mut Connection, account: &str) -> Result<Policy> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT codes, free_screens, free_days, makes_codes FROM authorization_policy WHERE account = $1",
    )
    .bind(account)
    .fetch_optional(connection)
    .await
    .map_err(Error::database("reading how screens are authorized"))?;
    Ok(row.map_or_else(Policy::default, |row| Policy {
        codes: row.codes != 0,
        free_screens: row.free_screens,
        free_days: row.free_days,
        makes_codes: row.makes_codes != 0,
    }))
}

/// Replaces the policy of an account.
pub async fn put(connection: &mut Connection, account: &str, policy: &Policy) -> Result<()> {
    sqlx::query(
        "INSERT INTO authorization_policy (account, codes, free_screens, free_days, makes_codes) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account) DO UPDATE SET codes = $2, free_screens = $3, \
         free_days = $4, makes_codes = $5",
    )
    .bind(account)
    .bind(i64::from(policy.codes))
    .bind(policy.free_screens)
    .bind(policy.free_days)
    .bind(i64::from(policy.makes_codes))
    .execute(connection)
    .await
    .map_err(Error::database("storing how screens are authorized"))?;
    Ok(())
}

/// Whether any of these has had a free authorization in an account.
pub async fn had_free(connection: &mut Connection, account: &str, whose: &[String]) -> Result<bool> {
    for whose in whose {
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM free_authorization WHERE account = $1 AND whose = $2")
                .bind(account)
                .bind(whose)
                .fetch_one(&mut *connection)
                .await
                .map_err(Error::database("looking for a free authorization"))?;
        if count > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes that these have had it.
pub async fn use_free(
    connection: &mut Connection,
    account: &str,
    whose: &[String],
    now: Millis,
) -> Result<()> {
    for whose in whose {
        sqlx::query(
            "INSERT INTO free_authorization (account, whose, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(account)
        .bind(whose)
        .bind(now)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("noting a free authorization"))?;
    }
    Ok(())
}

/// How many screens of an account have a free authorization that has not ended.
pub async fn count_free(connection: &mut Connection, account: &str, now: Millis) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM device WHERE account = $1 AND left_at IS NULL AND granted = 1 AND kind = 'free' \
         AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(account)
    .bind(now)
    .fetch_one(connection)
    .await
    .map_err(Error::database("counting free authorizations"))
}
