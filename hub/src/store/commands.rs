//! Tables `command` and `command_file`: what screens are told to do, and what they have uploaded for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::FromRow;

use super::{Connection, rows};
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// Rows of one statement.
const CHUNK: usize = 25;
const COLUMNS: usize = 9;

/// A command for one screen.
#[derive(Debug, Clone, FromRow)]
pub struct Command {
    /// `cmd_…`, sorts by time.
    pub id: String,
    /// Whose screen it is.
    pub account: String,
    /// The screen.
    pub device: String,
    /// `bat_…`: the same for all that were given together.
    pub batch: String,
    /// Kind, as on the wire.
    pub kind: String,
    /// JSON, as the device gets it.
    pub payload: String,
    /// Who gave it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// When nobody waits for it any more.
    pub expires_at: Millis,
    /// When the device first read it.
    pub delivered_at: Option<Millis>,
    /// When the device wrote it down.
    pub accepted_at: Option<Millis>,
    /// When the device said how it went.
    pub finished_at: Option<Millis>,
    /// `done` or `failed`.
    pub outcome: Option<String>,
    /// What the device said of it.
    pub result: Option<String>,
}

/// A command among others.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// The command.
    #[sqlx(flatten)]
    pub command: Command,
    /// What the screen is called now.
    pub device_name: Option<String>,
    /// Media type of what the device has uploaded for it, if that is still there.
    pub media_type: Option<String>,
}

const LISTED: &str = "SELECT command.*, device.name AS device_name, command_file.media_type FROM command \
                      LEFT JOIN device ON device.id = command.device \
                      LEFT JOIN command_file ON command_file.command = command.id";

/// Adds commands.
pub async fn insert(connection: &mut Connection, commands: &[Command]) -> Result<()> {
    for chunk in commands.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO command (id, account, device, batch, kind, payload, created_by, created_at, expires_at) \
             VALUES {}",
            rows(chunk.len(), COLUMNS)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for command in chunk {
            query = query
                .bind(&command.id)
                .bind(&command.account)
                .bind(&command.device)
                .bind(&command.batch)
                .bind(&command.kind)
                .bind(&command.payload)
                .bind(&command.created_by)
                .bind(command.created_at)
                .bind(command.expires_at);
        }
        query.execute(&mut *connection).await.map_err(Error::database("adding commands"))?;
    }
    Ok(())
}

/// Those of an account that no device has taken yet: what is given again meanwhile is the same.
pub async fn waiting(connection: &mut Connection, account: &str, now: Millis) -> Result<Vec<Command>> {
    sqlx::query_as(
        "SELECT * FROM command WHERE account = $1 AND accepted_at IS NULL AND finished_at IS NULL \
         AND expires_at > $2",
    )
    .bind(account)
    .bind(now)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading waiting commands"))
}

/// Those that wait for a device, oldest first. Another account's are none of its business any more.
pub async fn waiting_for(
    connection: &mut Connection,
    account: &str,
    device: &str,
    now: Millis,
    limit: i64,
) -> Result<Vec<Command>> {
    sqlx::query_as(
        "SELECT * FROM command WHERE device = $1 AND account = $2 AND accepted_at IS NULL \
         AND finished_at IS NULL AND expires_at > $3 ORDER BY id LIMIT $4",
    )
    .bind(device)
    .bind(account)
    .bind(now)
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading the commands of a device"))
}

/// A command of a device.
pub async fn of_device(connection: &mut Connection, device: &str, id: &str) -> Result<Option<Command>> {
    sqlx::query_as("SELECT * FROM command WHERE device = $1 AND id = $2")
        .bind(device)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a command"))
}

/// Writes down how far a command has got.
pub async fn put_progress(connection: &mut Connection, command: &Command) -> Result<()> {
    sqlx::query(
        "UPDATE command SET delivered_at = $2, accepted_at = $3, finished_at = $4, outcome = $5, result = $6 \
         WHERE id = $1",
    )
    .bind(&command.id)
    .bind(command.delivered_at)
    .bind(command.accepted_at)
    .bind(command.finished_at)
    .bind(&command.outcome)
    .bind(&command.result)
    .execute(connection)
    .await
    .map_err(Error::database("noting how a command goes"))?;
    Ok(())
}

/// An account's command.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Option<Listed>> {
    let sql = format!("{LISTED} WHERE command.account = $1 AND command.id = $2");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a command"))
}

/// A part of an account's commands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search<'a> {
    /// Of one screen; empty for all.
    pub device: &'a str,
    /// Given together; empty for all.
    pub batch: &'a str,
    /// Of one kind; empty for all.
    pub kind: &'a str,
    /// Id of the last of the page before; empty for the first page.
    pub after: &'a str,
    /// Whose screens are seen.
    pub scope: Option<&'a Scope>,
    /// Most commands.
    pub limit: i64,
}

/// A page of commands, newest first.
pub async fn search(connection: &mut Connection, account: &str, search: &Search<'_>) -> Result<Vec<Listed>> {
    let seen =
        search.scope.map_or_else(|| "1 = 1".to_owned(), |scope| scope.sql(Area::Screens, "device.folder"));
    let sql = format!(
        "{LISTED} WHERE command.account = $1 AND {seen} AND ($2 = '' OR command.device = $2) \
         AND ($3 = '' OR command.batch = $3) AND ($4 = '' OR command.kind = $4) \
         AND ($5 = '' OR command.id < $5) ORDER BY command.id DESC LIMIT $6"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(search.device)
        .bind(search.batch)
        .bind(search.kind)
        .bind(search.after)
        .bind(search.limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing commands"))
}

/// A screen that a command can be for.
#[derive(Debug, Clone, FromRow)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Where it is listed.
    pub folder: Option<String>,
    /// Labels, JSON.
    pub tags: String,
}

/// Every screen of an account.
pub async fn targets(connection: &mut Connection, account: &str) -> Result<Vec<Target>> {
    sqlx::query_as("SELECT id, folder, tags FROM device WHERE account = $1 AND left_at IS NULL ORDER BY id")
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("looking for screens"))
}

/// Something that a device has uploaded.
#[derive(Debug, Clone)]
pub struct File {
    /// The command that it is for.
    pub command: String,
    /// What it is.
    pub media_type: String,
    /// It.
    pub bytes: Vec<u8>,
    /// When it came.
    pub at: Millis,
}

/// Keeps what a device has uploaded for a command, in the place of what it uploaded for earlier ones of the kind.
pub async fn put_file(connection: &mut Connection, command: &Command, file: &File) -> Result<()> {
    let doing = "keeping a file of a screen";
    sqlx::query("DELETE FROM command_file WHERE device = $1 AND kind = $2")
        .bind(&command.device)
        .bind(&command.kind)
        .execute(&mut *connection)
        .await
        .map_err(Error::database(doing))?;
    sqlx::query(
        "INSERT INTO command_file (command, account, device, kind, media_type, bytes, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&command.id)
    .bind(&command.account)
    .bind(&command.device)
    .bind(&command.kind)
    .bind(&file.media_type)
    .bind(STANDARD.encode(&file.bytes))
    .bind(file.at)
    .execute(connection)
    .await
    .map_err(Error::database(doing))?;
    Ok(())
}

/// What a device has uploaded for an account's command.
pub async fn file(connection: &mut Connection, account: &str, command: &str) -> Result<Option<File>> {
    one_file(connection, "account = $1 AND command = $2", account, command).await
}

/// The newest picture of a screen of an account.
pub async fn screenshot(connection: &mut Connection, account: &str, device: &str) -> Result<Option<File>> {
    one_file(connection, "account = $1 AND device = $2 AND kind = 'screenshot'", account, device).await
}

async fn one_file(
    connection: &mut Connection,
    condition: &str,
    account: &str,
    id: &str,
) -> Result<Option<File>> {
    let sql = format!("SELECT command, media_type, bytes, at FROM command_file WHERE {condition}");
    let row: Option<(String, String, String, Millis)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a file of a screen"))?;
    let decode = |(command, media_type, bytes, at): (_, _, String, _)| {
        let bytes = STANDARD.decode(bytes).map_err(|_| Error::Damaged { what: "file of a screen" })?;
        Ok(File { command, media_type, bytes, at })
    };
    row.map(decode).transpose()
}

/// Forgets files from before a moment, and commands from before another.
pub async fn delete_old(connection: &mut Connection, files: Millis, commands: Millis) -> Result<()> {
    for (sql, before) in [
        ("DELETE FROM command_file WHERE at < $1", files),
        (
            "DELETE FROM command WHERE created_at < $1 AND id NOT IN (SELECT command FROM command_file)",
            commands,
        ),
    ] {
        sqlx::query(sql)
            .bind(before)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("forgetting old commands"))?;
    }
    Ok(())
}
