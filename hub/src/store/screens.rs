//! Table `screen`: entries that an operator made for screens and that their devices fill.

use sqlx::FromRow;

use super::tokens::Grant;
use super::{Connection, from_json, to_json};
use crate::ident::Millis;
use crate::{Error, Result};

/// Rows of one statement. More are slower: SQLite looks each numbered value up in the list of all.
const CHUNK: usize = 25;
const COLUMNS: usize = 10;

/// An entry.
#[derive(Debug, Clone)]
pub struct Screen {
    /// `scr_…`
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// What its device gets.
    pub grant: Grant,
    /// Its device, once it has come.
    pub device: Option<String>,
    /// When it was made.
    pub created_at: Millis,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    name: Option<String>,
    playlist: Option<String>,
    layout: Option<String>,
    folder: Option<String>,
    timezone: Option<String>,
    location: Option<String>,
    tags: String,
    device: Option<String>,
    created_at: Millis,
}

impl TryFrom<Row> for Screen {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            grant: Grant {
                name: row.name,
                playlist: row.playlist,
                layout: row.layout,
                folder: row.folder,
                timezone: row.timezone,
                location: row.location,
                tags: from_json(&row.tags)?,
            },
            device: row.device,
            created_at: row.created_at,
        })
    }
}

/// Adds entries.
pub async fn insert(connection: &mut Connection, screens: &[Screen]) -> Result<()> {
    for chunk in screens.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO screen (id, account, name, playlist, folder, timezone, location, tags, created_at, layout) \
             VALUES {}",
            super::rows(chunk.len(), COLUMNS)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for Screen { id, account, grant, created_at, .. } in chunk {
            query = query
                .bind(id)
                .bind(account)
                .bind(&grant.name)
                .bind(&grant.playlist)
                .bind(&grant.folder)
                .bind(&grant.timezone)
                .bind(&grant.location)
                .bind(to_json(&grant.tags)?)
                .bind(created_at)
                .bind(&grant.layout);
        }
        query.execute(&mut *connection).await.map_err(Error::database("adding screens"))?;
    }
    Ok(())
}

/// An account's entry with this id.
pub async fn by_id(connection: &mut Connection, account: &str, id: &str) -> Result<Option<Screen>> {
    sqlx::query_as::<_, Row>("SELECT * FROM screen WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a screen"))?
        .map(Screen::try_from)
        .transpose()
}

/// Notes which device fills an entry.
pub async fn set_device(connection: &mut Connection, id: &str, device: &str) -> Result<()> {
    sqlx::query("UPDATE screen SET device = $2 WHERE id = $1")
        .bind(id)
        .bind(device)
        .execute(connection)
        .await
        .map_err(Error::database("filling a screen"))?;
    Ok(())
}

/// Gives the entry of a device, with its token, to the device that takes its place. The entry that this one had is gone;
/// tokens of it belong to the other entry from now on.
pub async fn take_over(connection: &mut Connection, account: &str, from: &str, to: &str) -> Result<()> {
    let failed = || Error::database("giving a screen another device");
    let entry: Option<String> = sqlx::query_scalar(
        "SELECT id FROM screen WHERE account = $1 AND device = $2 ORDER BY created_at, id LIMIT 1",
    )
    .bind(account)
    .bind(from)
    .fetch_optional(&mut *connection)
    .await
    .map_err(failed())?;
    let Some(entry) = entry else { return Ok(()) };
    sqlx::query("UPDATE enrol_token SET used_by = $3 WHERE screen = $1 AND used_by = $2")
        .bind(&entry)
        .bind(from)
        .bind(to)
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
    for sql in [
        "UPDATE enrol_token SET screen = $3 WHERE account = $1 AND screen IN \
         (SELECT id FROM screen WHERE account = $1 AND device = $2 AND id <> $3)",
        "DELETE FROM screen WHERE account = $1 AND device = $2 AND id <> $3",
        "UPDATE screen SET device = $2 WHERE account = $1 AND id = $3",
    ] {
        sqlx::query(sql)
            .bind(account)
            .bind(to)
            .bind(&entry)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    Ok(())
}
