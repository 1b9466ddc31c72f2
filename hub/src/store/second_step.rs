//! The second step of signing in: columns `totp_…` of `operator`, and table `recovery_code`.

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

/// Switches it on, with codes for the day when the phone is gone, or off.
pub async fn set(
    connection: &mut Connection,
    operator: &str,
    secret: Option<&str>,
    step: Option<i64>,
    recovery: &[String],
) -> Result<()> {
    let failed = "changing the second step of a sign-in";
    sqlx::query(
        "UPDATE operator SET totp_secret = $2, totp_step = $3, totp_failures = 0, totp_failed_at = 0 \
         WHERE id = $1",
    )
    .bind(operator)
    .bind(secret)
    .bind(step)
    .execute(&mut *connection)
    .await
    .map_err(Error::database(failed))?;
    sqlx::query("DELETE FROM recovery_code WHERE operator = $1")
        .bind(operator)
        .execute(&mut *connection)
        .await
        .map_err(Error::database(failed))?;
    for digest in recovery {
        sqlx::query("INSERT INTO recovery_code (operator, digest) VALUES ($1, $2)")
            .bind(operator)
            .bind(digest)
            .execute(&mut *connection)
            .await
            .map_err(Error::database(failed))?;
    }
    Ok(())
}

/// Notes the step of the code that was used, and forgets the failures before.
pub async fn used(connection: &mut Connection, operator: &str, step: Option<i64>) -> Result<()> {
    sqlx::query("UPDATE operator SET totp_step = $2, totp_failures = 0, totp_failed_at = 0 WHERE id = $1")
        .bind(operator)
        .bind(step)
        .execute(connection)
        .await
        .map_err(Error::database("noting a code"))?;
    Ok(())
}

/// Notes a wrong code: how many there are now, and when.
pub async fn failed(connection: &mut Connection, operator: &str, failures: i64, now: Millis) -> Result<()> {
    sqlx::query("UPDATE operator SET totp_failures = $2, totp_failed_at = $3 WHERE id = $1")
        .bind(operator)
        .bind(failures)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("noting a wrong code"))?;
    Ok(())
}

/// Takes a recovery code; false when there is no such code.
pub async fn use_recovery(connection: &mut Connection, operator: &str, digest: &str) -> Result<bool> {
    let result = sqlx::query("DELETE FROM recovery_code WHERE operator = $1 AND digest = $2")
        .bind(operator)
        .bind(digest)
        .execute(connection)
        .await
        .map_err(Error::database("using a recovery code"))?;
    Ok(result.rows_affected() == 1)
}

/// How many recovery codes somebody has left.
pub async fn recovery_left(connection: &mut Connection, operator: &str) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM recovery_code WHERE operator = $1")
        .bind(operator)
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting recovery codes"))
}
