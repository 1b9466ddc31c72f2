//! Table `push`: what connected screens and open pages have to be told.

use sqlx::FromRow;

use super::{Connection, Store, changes};
use crate::ident::Millis;
use crate::{Error, Result};

/// Rows of one statement.
const CHUNK: usize = 25;
/// Most rows that are gone through to find out what a device has missed; after more it is told to look at everything.
const MISSED: i64 = 1000;

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Whether a screen may play.
    Authorization,
    /// What it plays.
    Content,
    /// There is a command for it.
    Command,
    /// There is a software release for it.
    Release,
    /// The list of screens as people see it; no screen needs to know.
    Screens,
}

/// A row.
#[derive(Debug, Clone, FromRow)]
pub struct Push {
    /// Grows.
    pub id: i64,
    /// Whose screens it concerns.
    pub account: String,
    /// The screen; absent when it concerns all of the account.
    pub device: Option<String>,
    /// As it is stored; one of a newer hub is none of [`Topic`].
    pub topic: String,
}

impl Push {
    /// What has changed.
    pub fn topic(&self) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == self.topic)
    }
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] =
        [Self::Authorization, Self::Content, Self::Command, Self::Release, Self::Screens];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Content => "content",
            Self::Command => "command",
            Self::Release => "release",
            Self::Screens => "screens",
        }
    }
}

/// Tells every screen of an account, once the change is made.
pub async fn account(connection: &mut Connection, account: &str, topic: Topic, now: Millis) -> Result<()> {
    insert(
        connection,
        "SELECT COALESCE(MAX(id), 0) + 1, $1, NULL, $2, NULL, $3 FROM push",
        account,
        topic,
        now,
    )
    .await
}

/// Tells one screen, once the change is made.
pub async fn device(connection: &mut Connection, device: &str, topic: Topic, now: Millis) -> Result<()> {
    let select = "SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM push), account, id, $2, NULL, $3 FROM device WHERE id = $1";
    insert(connection, select, device, topic, now).await
}

/// Tells many screens of an account, once the change is made.
pub async fn devices(
    connection: &mut Connection,
    account: &str,
    devices: &[String],
    topic: Topic,
    now: Millis,
) -> Result<()> {
    let doing = "noting what screens have to be told";
    let mut id = newest(connection).await?;
    for chunk in devices.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO push (id, account, device, topic, at) VALUES {}",
            super::rows(chunk.len(), 5)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for device in chunk {
            id += 1;
            query = query.bind(id).bind(account).bind(device).bind(topic.as_str()).bind(now);
        }
        query.execute(&mut *connection).await.map_err(Error::database(doing))?;
    }
    changes::announce(connection).await
}

/// The newest id; 0 when nobody was ever told anything.
pub async fn newest(connection: &mut Connection) -> Result<i64> {
    sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM push")
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for what is new"))
}

/// What came after an id, oldest first.
pub async fn after(store: &Store, id: i64, limit: i64) -> Result<Vec<Push>> {
    sqlx::query_as("SELECT id, account, device, topic FROM push WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(id)
        .bind(limit)
        .fetch_all(&mut *store.read().await?)
        .await
        .map_err(Error::database("reading what is new"))
}

/// What a device of an account has missed since an id, and the newest id. None for the topics means: it has missed
/// more than is known.
pub async fn missed(
    connection: &mut Connection,
    account: &str,
    device: &str,
    since: i64,
) -> Result<(Option<Vec<Topic>>, i64)> {
    let reading = "reading what a device has missed";
    let newest = newest(&mut *connection).await?;
    let oldest: i64 = sqlx::query_scalar("SELECT COALESCE(MIN(id), 1) FROM push")
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::database(reading))?;
    // A higher number than ours is of a database that was put back to an earlier day.
    if since < oldest - 1 || since > newest || newest - since > MISSED {
        return Ok((None, newest));
    }
    let rows: Vec<Push> = sqlx::query_as(
        "SELECT id, account, device, topic FROM push WHERE id > $1 AND id <= $2 AND account = $3 \
         AND (device IS NULL OR device = $4)",
    )
    .bind(since)
    .bind(newest)
    .bind(account)
    .bind(device)
    .fetch_all(connection)
    .await
    .map_err(Error::database(reading))?;
    Ok((Some(rows.iter().filter_map(Push::topic).collect()), newest))
}

/// Forgets rows from before a moment, except the newest.
pub async fn delete_old(connection: &mut Connection, before: Millis) -> Result<()> {
    sqlx::query("DELETE FROM push WHERE at < $1 AND id < (SELECT MAX(id) FROM push)")
        .bind(before)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting what screens were told"))?;
    Ok(())
}

async fn insert(
    connection: &mut Connection,
    select: &str,
    whom: &str,
    topic: Topic,
    now: Millis,
) -> Result<()> {
    let sql = format!("INSERT INTO push (id, account, device, topic, subject, at) {select}");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(whom)
        .bind(topic.as_str())
        .bind(now)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("noting what screens have to be told"))?;
    changes::announce(connection).await
}
