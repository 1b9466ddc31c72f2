//! Tables `device_status`, `device_day` and `account_day`, and writing what a report brings.

use signage_protocol::report::{Fault, LogLine, Play, Severity, Status};
use sqlx::FromRow;

use super::pushes::{self, Topic};
use super::{Connection, Store, from_json, to_json};
use crate::ident::{DAY, MINUTE, Millis, timestamp};
use crate::report::{Arrived, LOGS_A_DAY, PLAYS_A_DAY, RECORDS_A_DAY};
use crate::{Error, Result};

/// Reports whose repeat is recognised. Their records are recognised for as long as they are kept.
const RECENT: usize = 16;
/// Rows of one statement.
const CHUNK: usize = 25;
/// Two reports further apart than this leave a gap in which the screen was not there.
const REGULAR: Millis = 3 * MINUTE;

/// What an account has used today.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    day: i64,
    /// Records until now.
    before: i64,
    reports: i64,
    records: i64,
    dropped: i64,
}

#[derive(Debug, Default, FromRow)]
struct Row {
    received_at: Millis,
    recent: String,
    faults: i64,
    day: i64,
    logs: i64,
    plays: i64,
    dropped: i64,
}

/// What an account has used today.
pub async fn used(connection: &mut Connection, account: &str, now: Millis) -> Result<Used> {
    let day = now.div_euclid(DAY);
    let before: Option<i64> =
        sqlx::query_scalar("SELECT records FROM account_day WHERE account = $1 AND day = $2")
            .bind(account)
            .bind(day)
            .fetch_optional(connection)
            .await
            .map_err(Error::database("reading what an account has used"))?;
    Ok(Used { day, before: before.unwrap_or_default(), ..Used::default() })
}

/// Adds to what an account has used.
pub async fn count(connection: &mut Connection, account: &str, used: &Used) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_day (account, day, reports, records, dropped) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account, day) DO UPDATE SET reports = account_day.reports + $3, \
         records = account_day.records + $4, dropped = account_day.dropped + $5",
    )
    .bind(account)
    .bind(used.day)
    .bind(used.reports)
    .bind(used.records)
    .bind(used.dropped)
    .execute(connection)
    .await
    .map_err(Error::database("counting what an account has used"))?;
    Ok(())
}

/// Counts messages of alerts.
pub async fn count_messages(
    connection: &mut Connection,
    account: &str,
    sent: i64,
    failed: i64,
    now: Millis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_day (account, day, sent, failed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account, day) DO UPDATE SET sent = account_day.sent + $3, failed = account_day.failed + $4",
    )
    .bind(account)
    .bind(now.div_euclid(DAY))
    .bind(sent)
    .bind(failed)
    .execute(connection)
    .await
    .map_err(Error::database("counting messages"))?;
    Ok(())
}

/// Writes what a report brings. Answers how many records were more than the hub takes, or nothing for a repeat.
pub async fn take(connection: &mut Connection, arrived: &Arrived, used: &mut Used) -> Result<Option<i64>> {
    let Arrived { device, report, now, .. } = arrived;
    let now = *now;
    let row: Option<Row> = sqlx::query_as(
        "SELECT received_at, recent, faults, day, logs, plays, dropped FROM device_status WHERE device = $1",
    )
    .bind(device)
    .fetch_optional(&mut *connection)
    .await
    .map_err(Error::database("reading the status of a device"))?;
    let mut row = row.unwrap_or_else(|| Row { recent: "[]".into(), day: used.day, ..Row::default() });
    let mut recent = from_json(&row.recent)?;
    if recent.contains(&report.id) {
        return Ok(None);
    }
    let there = sqlx::query(
        "UPDATE device SET last_seen = $2, address = COALESCE($3, address) WHERE id = $1 AND left_at IS NULL",
    )
    .bind(device)
    .bind(now)
    .bind(&arrived.address)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("noting that a device was seen"))?;
    if there.rows_affected() == 0 {
        return Ok(Some(0));
    }
    if row.day != used.day {
        row = Row { day: used.day, logs: 0, plays: 0, dropped: 0, ..row };
    }
    used.reports += 1;

    let room = (RECORDS_A_DAY - used.before - used.records).max(0);
    let logs = fits(report.logs.len(), (LOGS_A_DAY - row.logs).min(room));
    let plays = fits(report.plays.len(), (PLAYS_A_DAY - row.plays).min(room - count_of(logs)));
    let dropped = count_of(report.logs.len() - logs) + count_of(report.plays.len() - plays);
    insert_logs(connection, arrived, &report.logs[..logs]).await?;
    insert_plays(connection, arrived, &report.plays[..plays]).await?;
    for fault in &report.faults {
        put_fault(connection, arrived, fault).await?;
    }
    if dropped > 0 && row.dropped == 0 {
        let line = LogLine {
            id: format!("hub-quota-{}", used.day),
            at: timestamp(now),
            severity: Severity::Warning,
            source: Some("hub".into()),
            message: format!(
                "This screen, or its account, reports more than the hub keeps of a day ({LOGS_A_DAY} log lines \
                 and {PLAYS_A_DAY} plays of a screen): the rest of today is dropped."
            ),
        };
        insert_logs(connection, arrived, std::slice::from_ref(&line)).await?;
    }
    used.records += count_of(logs + plays + report.faults.len());
    used.dropped += dropped;
    if let Some(serial) = report.status.as_ref().and_then(|status| status.serial.as_deref())
        && arrived.serial.as_deref().is_some_and(|known| known != serial)
    {
        super::doubts::note(connection, device, &arrived.account, super::doubts::Kind::Clone, serial, now)
            .await?;
    }

    recent.push(report.id.clone());
    let recent = &recent[recent.len().saturating_sub(RECENT)..];
    put_status(connection, arrived, &row, recent, (count_of(logs), count_of(plays), dropped)).await?;
    let gap = now.saturating_sub(row.received_at);
    if (1..=REGULAR).contains(&gap) {
        add_online(connection, device, used.day, gap).await?;
    }
    if gap > REGULAR || !report.faults.is_empty() {
        pushes::device(connection, device, Topic::Screens, now).await?;
    }
    Ok(Some(dropped))
}

fn fits(count: usize, room: i64) -> usize {
    count.min(usize::try_from(room).unwrap_or_default())
}

fn count_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

async fn put_status(
    connection: &mut Connection,
    arrived: &Arrived,
    row: &Row,
    recent: &[String],
    (logs, plays, dropped): (i64, i64, i64),
) -> Result<()> {
    let status = arrived.report.status.as_ref();
    let faults = match arrived.report.faults.is_empty() {
        true => row.faults,
        false => open_faults(connection, &arrived.device).await?,
    };
    let display = status.and_then(|status| status.display.as_ref());
    let storage = status.and_then(|status| status.storage.as_ref());
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    // A report without a status leaves the one before it.
    sqlx::query(
        "INSERT INTO device_status (device, received_at, at, title, width, height, rotation, free_bytes, \
         total_bytes, status, faults, recent, day, logs, plays, dropped) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (device) DO UPDATE SET received_at = $2, faults = $11, recent = $12, day = $13, \
         logs = $14, plays = $15, dropped = $16, at = COALESCE($3, device_status.at), \
         title = CASE WHEN $10 IS NULL THEN device_status.title ELSE $4 END, \
         width = CASE WHEN $10 IS NULL THEN device_status.width ELSE $5 END, \
         height = CASE WHEN $10 IS NULL THEN device_status.height ELSE $6 END, \
         rotation = CASE WHEN $10 IS NULL THEN device_status.rotation ELSE $7 END, \
         free_bytes = CASE WHEN $10 IS NULL THEN device_status.free_bytes ELSE $8 END, \
         total_bytes = CASE WHEN $10 IS NULL THEN device_status.total_bytes ELSE $9 END, \
         status = COALESCE($10, device_status.status)",
    )
    .bind(&arrived.device)
    .bind(arrived.now)
    .bind(status.map(|status| status.at.as_millisecond()))
    .bind(status.and_then(|status| status.now.as_ref()).map(|now| now.title.clone()))
    .bind(display.map(|display| i64::from(display.width)))
    .bind(display.map(|display| i64::from(display.height)))
    .bind(display.map(|display| i64::from(display.rotation)))
    .bind(storage.map(|storage| bytes(storage.free)))
    .bind(storage.map(|storage| bytes(storage.total)))
    .bind(status.map(serde_json::to_string).transpose().map_err(Error::json("a status"))?)
    .bind(faults)
    .bind(to_json(recent)?)
    .bind(row.day)
    .bind(row.logs + logs)
    .bind(row.plays + plays)
    .bind(row.dropped + dropped)
    .execute(connection)
    .await
    .map_err(Error::database("storing the status of a device"))?;
    Ok(())
}

async fn open_faults(connection: &mut Connection, device: &str) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM fault WHERE device = $1 AND cleared_received_at IS NULL")
        .bind(device)
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting faults"))
}

async fn add_online(connection: &mut Connection, device: &str, day: i64, span: Millis) -> Result<()> {
    sqlx::query(
        "INSERT INTO device_day (device, day, online_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (device, day) DO UPDATE SET online_ms = device_day.online_ms + $3",
    )
    .bind(device)
    .bind(day)
    .bind(span)
    .execute(connection)
    .await
    .map_err(Error::database("noting how long a device was there"))?;
    Ok(())
}

async fn insert_logs(connection: &mut Connection, arrived: &Arrived, lines: &[LogLine]) -> Result<()> {
    for chunk in lines.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO device_log (device, id, account, at, received_at, severity, source, message) \
             VALUES {} ON CONFLICT DO NOTHING",
            super::rows(chunk.len(), 8)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for line in chunk {
            query = query
                .bind(&arrived.device)
                .bind(&line.id)
                .bind(&arrived.account)
                .bind(line.at.as_millisecond())
                .bind(arrived.now)
                .bind(super::device_logs::number(line.severity))
                .bind(&line.source)
                .bind(&line.message);
        }
        query.execute(&mut *connection).await.map_err(Error::database("storing log lines"))?;
    }
    Ok(())
}

async fn insert_plays(connection: &mut Connection, arrived: &Arrived, plays: &[Play]) -> Result<()> {
    for chunk in plays.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO play (device, id, account, started_at, received_at, duration_ms, content, title, \
             layout, playlist, completed, reason) VALUES {} ON CONFLICT DO NOTHING",
            super::rows(chunk.len(), 12)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for play in chunk {
            query = query
                .bind(&arrived.device)
                .bind(&play.id)
                .bind(&arrived.account)
                .bind(play.started_at.as_millisecond())
                .bind(arrived.now)
                .bind(i64::try_from(play.duration_ms).unwrap_or(i64::MAX))
                .bind(&play.content)
                .bind(&play.title)
                .bind(&play.layout)
                .bind(&play.playlist)
                .bind(i64::from(play.completed))
                .bind(&play.reason);
        }
        query.execute(&mut *connection).await.map_err(Error::database("storing proof of play"))?;
    }
    Ok(())
}

async fn put_fault(connection: &mut Connection, arrived: &Arrived, fault: &Fault) -> Result<()> {
    sqlx::query(
        "INSERT INTO fault (device, id, account, class, code, detail, raised_at, received_at, cleared_at, \
         cleared_received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (device, id) DO UPDATE SET cleared_at = COALESCE(fault.cleared_at, $9), \
         cleared_received_at = COALESCE(fault.cleared_received_at, $10)",
    )
    .bind(&arrived.device)
    .bind(&fault.id)
    .bind(&arrived.account)
    .bind(fault.class.as_str())
    .bind(&fault.code)
    .bind(&fault.detail)
    .bind(fault.raised_at.as_millisecond())
    .bind(arrived.now)
    .bind(fault.cleared_at.map(|at| at.as_millisecond()))
    .bind(fault.cleared_at.map(|_| arrived.now))
    .execute(connection)
    .await
    .map_err(Error::database("storing a fault"))?;
    Ok(())
}

/// How a screen is doing, as it said last.
#[derive(Debug, Clone)]
pub struct Current {
    /// When it said so, by the hub's clock.
    pub received_at: Millis,
    /// What it said.
    pub status: Option<Status>,
    /// Faults that are not resolved.
    pub faults: i64,
    /// Records of today that were more than the hub takes.
    pub dropped: i64,
}

/// How a screen is doing; nothing when it has never reported.
pub async fn current(connection: &mut Connection, device: &str) -> Result<Option<Current>> {
    let row: Option<(Millis, Option<String>, i64, i64)> =
        sqlx::query_as("SELECT received_at, status, faults, dropped FROM device_status WHERE device = $1")
            .bind(device)
            .fetch_optional(connection)
            .await
            .map_err(Error::database("reading the status of a device"))?;
    let parse =
        |text: String| serde_json::from_str(&text).map_err(|_| Error::Damaged { what: "status of a device" });
    row.map(|(received_at, status, faults, dropped)| {
        Ok(Current { received_at, status: status.map(parse).transpose()?, faults, dropped })
    })
    .transpose()
}

/// The part of a span, in thousandths, that a screen was heard of regularly; nothing when it never reported.
pub async fn uptime(
    connection: &mut Connection,
    device: &str,
    created_at: Millis,
    days: i64,
    now: Millis,
) -> Result<Option<i64>> {
    let since = (now - days * DAY).max(created_at);
    let online: Option<i64> = sqlx::query_scalar(
        "SELECT CAST(SUM(online_ms) AS BIGINT) FROM device_day WHERE device = $1 AND day >= $2",
    )
    .bind(device)
    .bind(since.div_euclid(DAY))
    .fetch_one(connection)
    .await
    .map_err(Error::database("adding up how long a device was there"))?;
    // The first day counts as a whole, so a little more than everything may come out.
    Ok(online.map(|online| (online.saturating_mul(1000) / (now - since).max(1)).clamp(0, 1000)))
}

/// Removes old rows, at most `limit` of each kind; whether there may be more.
pub async fn delete_old(connection: &mut Connection, limit: i64, now: Millis) -> Result<bool> {
    let failed = || Error::database("removing old reports");
    let kept: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT id, keep_logs_days, keep_plays_days FROM account")
            .fetch_all(&mut *connection)
            .await
            .map_err(failed())?;
    let mut more = false;
    for (account, logs, plays) in kept {
        for (delete, days) in [
            (
                "DELETE FROM device_log WHERE (device, id) IN (SELECT device, id FROM device_log \
              WHERE account = $1 AND received_at < $2 LIMIT $3)",
                logs,
            ),
            (
                "DELETE FROM fault WHERE (device, id) IN (SELECT device, id FROM fault \
              WHERE account = $1 AND received_at < $2 AND cleared_received_at IS NOT NULL LIMIT $3)",
                logs,
            ),
            (
                "DELETE FROM play WHERE (device, id) IN (SELECT device, id FROM play \
              WHERE account = $1 AND received_at < $2 LIMIT $3)",
                plays,
            ),
        ] {
            let done = sqlx::query(delete)
                .bind(&account)
                .bind(now - days * DAY)
                .bind(limit)
                .execute(&mut *connection)
                .await
                .map_err(failed())?;
            more |= i64::try_from(done.rows_affected()).unwrap_or(i64::MAX) >= limit;
        }
    }
    sqlx::query("DELETE FROM device_day WHERE day < $1")
        .bind((now - 400 * DAY).div_euclid(DAY))
        .execute(connection)
        .await
        .map_err(failed())?;
    Ok(more)
}

/// Removes old rows, in changes that others need not wait for long.
pub async fn clean(store: &Store, now: Millis) -> Result<()> {
    loop {
        let mut change = store.write().await?;
        let more = delete_old(&mut change, 5000, now).await?;
        super::commit(change).await?;
        if !more {
            return Ok(());
        }
    }
}
