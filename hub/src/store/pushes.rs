//! Table `push`: what connected screens and open pages have to be told.

use super::Connection;
use crate::ident::Millis;
use crate::{Error, Result};

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

impl Topic {
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
        .execute(connection)
        .await
        .map_err(Error::database("noting what screens have to be told"))?;
    Ok(())
}
