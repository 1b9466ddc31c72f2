//! Columns `session` and `session_until` of table `device`: which screens are connected, to which hub.

use sqlx::FromRow;

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

/// Screens of one statement.
const CHUNK: usize = 200;

/// How a connected screen stands in the database.
#[derive(Debug, Clone, FromRow)]
pub struct Seat {
    /// The screen.
    pub id: String,
    /// The hub that it connected to last.
    pub session: Option<String>,
    /// When it left its account.
    pub left_at: Option<Millis>,
}

/// Notes that screens are connected to a hub until a moment, whichever hub they were connected to before.
pub async fn connected(
    connection: &mut Connection,
    hub: &str,
    devices: &[&str],
    until: Millis,
    now: Millis,
) -> Result<()> {
    let set = "UPDATE device SET session = $1, session_until = $2, last_seen = $3 WHERE id IN";
    update(connection, set, hub, devices, until, now).await
}

/// Moves that moment, for screens that are still connected to this hub.
pub async fn renew(
    connection: &mut Connection,
    hub: &str,
    devices: &[&str],
    until: Millis,
    now: Millis,
) -> Result<()> {
    let set = "UPDATE device SET session_until = $2, last_seen = $3 WHERE session = $1 AND id IN";
    update(connection, set, hub, devices, until, now).await
}

async fn update(
    connection: &mut Connection,
    set: &str,
    hub: &str,
    devices: &[&str],
    until: Millis,
    now: Millis,
) -> Result<()> {
    for chunk in devices.chunks(CHUNK) {
        let sql = format!("{set} ({})", numbers(4, chunk.len()));
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(hub).bind(until).bind(now);
        for device in chunk {
            query = query.bind(*device);
        }
        query
            .execute(&mut *connection)
            .await
            .map_err(Error::database("noting which screens are connected"))?;
    }
    Ok(())
}

/// Notes that screens are no longer connected to this hub. One that is connected to another by now stays so.
pub async fn disconnected(connection: &mut Connection, hub: &str, devices: &[(&str, Millis)]) -> Result<()> {
    for (device, at) in devices {
        sqlx::query("UPDATE device SET session_until = $3 WHERE id = $1 AND session = $2")
            .bind(*device)
            .bind(hub)
            .bind(at)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("noting which screens are connected"))?;
    }
    Ok(())
}

/// How these screens stand.
pub async fn seats(connection: &mut Connection, devices: &[&str]) -> Result<Vec<Seat>> {
    let mut seats = Vec::with_capacity(devices.len());
    for chunk in devices.chunks(CHUNK) {
        let sql =
            format!("SELECT id, session, left_at FROM device WHERE id IN ({})", numbers(1, chunk.len()));
        let mut query = sqlx::query_as::<_, Seat>(sqlx::AssertSqlSafe(sql));
        for device in chunk {
            query = query.bind(*device);
        }
        let found = query.fetch_all(&mut *connection).await;
        seats.extend(found.map_err(Error::database("reading which screens are connected"))?);
    }
    Ok(seats)
}

/// Placeholders: `$4, $5, $6`.
fn numbers(first: usize, count: usize) -> String {
    let numbers: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    numbers.join(", ")
}

/// The accounts of these screens, each once.
pub async fn accounts(connection: &mut Connection, devices: &[&str]) -> Result<Vec<String>> {
    let mut accounts: Vec<String> = Vec::new();
    for chunk in devices.chunks(CHUNK) {
        let sql = format!("SELECT DISTINCT account FROM device WHERE id IN ({})", numbers(1, chunk.len()));
        let mut query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql));
        for device in chunk {
            query = query.bind(*device);
        }
        let found = query.fetch_all(&mut *connection).await;
        accounts.extend(found.map_err(Error::database("reading which screens are connected"))?);
    }
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}
