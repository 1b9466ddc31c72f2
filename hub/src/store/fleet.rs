//! The list of screens as people see it: tables `device`, `device_status` and, for those that wait for their
//! device, `screen`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::AuthorizationKind;
use sqlx::FromRow;

use super::workspace::Online;
use super::{Connection, Store, from_json};
use crate::authorization::Stated;
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Id of the device, or of the entry that waits for one.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub location: Option<String>,
    /// Where it is listed.
    pub folder: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// How it is doing.
    pub state: State,
    /// Last sign of life; of an entry, when it was made.
    pub last_seen: Millis,
    /// What plays.
    pub title: Option<String>,
    /// Pixels.
    pub resolution: Option<(i64, i64)>,
    /// Degrees.
    pub rotation: Option<i64>,
    /// Not resolved.
    pub faults: i64,
    /// Whether it may play; nothing of an entry.
    pub authorization: Option<Stated>,
    /// Model of the board.
    pub model: Option<String>,
    /// Where it was seen last.
    pub address: Option<String>,
}

/// How a screen is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It may play and was heard of lately.
    Online,
    /// It may play and was not.
    Offline,
    /// An entry whose device has not come yet.
    Pending,
    /// It may not play.
    Unauthorized,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Online, Self::Offline, Self::Pending, Self::Unauthorized];

    /// For programs and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Pending => "pending",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// The state of this name.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In name, location, serial number, model, address or id.
    pub text: String,
    /// In this state.
    pub state: Option<State>,
    /// With faults that are not resolved.
    pub faults: bool,
    /// In this folder or below it.
    pub folder: Option<String>,
    /// With this label.
    pub tag: Option<String>,
    /// In this group.
    pub group: Option<String>,
}

/// By what the list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ScreenOrder")]
pub enum Sort {
    /// Name; those that wait for their device last.
    #[default]
    Name,
    /// Folder, then name.
    Folder,
    /// State, then name.
    State,
    /// Those that were not seen for the longest time first.
    Seen,
    /// Those with the most faults first.
    Faults,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 5] = [Self::Name, Self::Folder, Self::State, Self::Seen, Self::Faults];

    /// For addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Folder => "folder",
            Self::State => "state",
            Self::Seen => "seen",
            Self::Faults => "faults",
        }
    }

    const fn sql(self) -> &'static str {
        match self {
            Self::Name => "CASE WHEN state = 'pending' THEN 1 ELSE 0 END, name, id",
            Self::Folder => "COALESCE(folder, ''), name, id",
            Self::State => "state, name, id",
            Self::Seen => "last_seen, name, id",
            Self::Faults => "faults DESC, name, id",
        }
    }
}

impl Sort {
    /// What comes before name and id: a text, and a number.
    const fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("''", "0"),
            Self::Folder => ("COALESCE(folder, '')", "0"),
            Self::State => ("state", "0"),
            Self::Seen => ("''", "last_seen"),
            Self::Faults => ("''", "-faults"),
        }
    }
}

/// Where a device stands in the list.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Key {
    /// What comes before the name: a text.
    pub text: String,
    /// A number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// Devices and entries alike. $1 is the account, $2 to $4 are those of [`Online`].
const LINES: &str = "SELECT d.id, d.name, d.location, d.folder, d.tags, \
     CASE WHEN d.granted = 0 OR d.expires_at <= $4 THEN 'unauthorized' WHEN d.session_until > $3 OR (d.last_seen > $2 AND \
     (d.session_until IS NULL OR d.last_seen > d.session_until)) THEN 'online' ELSE 'offline' END AS state, \
     d.last_seen, s.title, s.width, s.height, s.rotation, COALESCE(s.faults, 0) AS faults, d.model, d.address, \
     d.granted, d.kind, d.expires_at, \
     LOWER(d.name || ' ' || COALESCE(d.location, '') || ' ' || COALESCE(d.serial, '') || ' ' || \
     COALESCE(d.model, '') || ' ' || COALESCE(d.address, '') || ' ' || d.id) AS words \
     FROM device d LEFT JOIN device_status s ON s.device = d.id WHERE d.account = $1 AND d.left_at IS NULL \
     UNION ALL SELECT e.id, COALESCE(e.name, 'Without a name'), e.location, e.folder, e.tags, 'pending', \
     e.created_at, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), \
     CAST(0 AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
     CAST(0 AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS BIGINT), \
     LOWER(COALESCE(e.name, '') || ' ' || COALESCE(e.location, '') || ' ' || e.id) \
     FROM screen e WHERE e.account = $1 AND e.device IS NULL \
     AND EXISTS (SELECT 1 FROM enrol_token t WHERE t.screen = e.id AND t.revoked_at IS NULL)";

/// $5 to $11.
const FITS: &str = "words LIKE LOWER($5) ESCAPE '!' AND ($6 = '' OR state = $6) AND faults >= $7 \
     AND ($8 = '' OR folder = $8 OR substr(folder, 1, LENGTH($9)) = $9) AND ($10 = '' OR tags LIKE $10 ESCAPE '!') \
     AND ($11 = '' OR id IN (SELECT m.device FROM screen_group_member m JOIN screen_group g \
     ON g.id = m.screen_group WHERE g.account = $1 AND g.id = $11))";

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    location: Option<String>,
    folder: Option<String>,
    tags: String,
    state: String,
    last_seen: Millis,
    title: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    rotation: Option<i64>,
    faults: i64,
    model: Option<String>,
    address: Option<String>,
    granted: i64,
    kind: Option<String>,
    expires_at: Option<Millis>,
}

impl TryFrom<Row> for Line {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let stated =
            |kind: AuthorizationKind| Stated { granted: row.granted != 0, kind, expires_at: row.expires_at };
        let kind = row.kind.as_deref().map(super::codes::kind).transpose()?;
        Ok(Self {
            id: row.id,
            name: row.name,
            location: row.location,
            folder: row.folder,
            tags: from_json(&row.tags)?,
            state: State::named(&row.state).ok_or(Error::Damaged { what: "state of a screen" })?,
            last_seen: row.last_seen,
            title: row.title,
            resolution: row.width.zip(row.height),
            rotation: row.rotation,
            faults: row.faults,
            authorization: kind.map(stated),
            model: row.model,
            address: row.address,
        })
    }
}

type Query<'q, O> = sqlx::query::QueryAs<'q, sqlx::Any, O, sqlx::any::AnyArguments>;

fn query<O: for<'r> FromRow<'r, sqlx::any::AnyRow>>(
    sql: String,
    account: &str,
    filter: &Filter,
    online: Online,
) -> Result<Query<'static, O>> {
    let like = |text: &str| super::escape(text);
    let folder = filter.folder.clone().unwrap_or_default();
    let tag = filter.tag.as_deref().map(serde_json::to_string).transpose().map_err(Error::json("a tag"))?;
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account.to_owned())
        .bind(online.seen_after)
        .bind(online.connected_after)
        .bind(online.now)
        .bind(format!("%{}%", like(filter.text.trim())))
        .bind(filter.state.map(State::as_str).unwrap_or_default())
        .bind(i64::from(filter.faults))
        .bind(folder.clone())
        .bind(format!("{folder}/"))
        .bind(tag.map(|tag| format!("%{}%", like(&tag))).unwrap_or_default())
        .bind(filter.group.clone().unwrap_or_default()))
}

/// A part of the list.
pub async fn lines(
    store: &Store,
    account: &str,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    (offset, limit): (i64, i64),
    online: Online,
) -> Result<Vec<Line>> {
    let mut connection = store.read().await?;
    let seen = scope.sql(Area::Screens, "folder");
    let sql = format!(
        "SELECT * FROM ({LINES}) AS lines WHERE {seen} AND {FITS} ORDER BY {} LIMIT $12 OFFSET $13",
        sort.sql()
    );
    query::<Row>(sql, account, filter, online)?
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing screens"))?
        .into_iter()
        .map(Line::try_from)
        .collect()
}

/// How many lines fit.
pub async fn count(
    store: &Store,
    account: &str,
    scope: &Scope,
    filter: &Filter,
    online: Online,
) -> Result<i64> {
    let mut connection = store.read().await?;
    let seen = scope.sql(Area::Screens, "folder");
    let sql = format!("SELECT COUNT(*) FROM ({LINES}) AS lines WHERE {seen} AND {FITS}");
    let (count,) = query::<(i64,)>(sql, account, filter, online)?
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::database("counting screens"))?;
    Ok(count)
}

/// The devices that fit and are there for somebody, from the one after `after` on; entries not included.
#[expect(clippy::too_many_arguments, reason = "what is looked for, in what order, for whom, and which part")]
pub async fn keys(
    connection: &mut Connection,
    account: &str,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<&Key>,
    limit: i64,
    online: Online,
) -> Result<Vec<Key>> {
    let seen = scope.sql(Area::Screens, "folder");
    let (text, number) = sort.key();
    let sql = format!(
        "SELECT text, CAST(number AS BIGINT) AS number, name, id FROM \
         (SELECT {text} AS text, {number} AS number, name, id FROM ({LINES}) AS lines \
         WHERE {seen} AND {FITS} AND state <> 'pending') AS found \
         WHERE $12 = 0 OR text > $13 OR (text = $13 AND (number > $14 OR (number = $14 AND \
         (name > $15 OR (name = $15 AND id > $16))))) ORDER BY text, number, name, id LIMIT $17"
    );
    let first = Key { text: String::new(), number: 0, name: String::new(), id: String::new() };
    let place = after.unwrap_or(&first).clone();
    query::<Key>(sql, account, filter, online)?
        .bind(i64::from(after.is_some()))
        .bind(place.text)
        .bind(place.number)
        .bind(place.name)
        .bind(place.id)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing screens"))
}

/// Ids and names of the devices that fit, entries not included.
pub async fn devices(
    connection: &mut Connection,
    account: &str,
    filter: &Filter,
    online: Online,
) -> Result<Vec<(String, String)>> {
    let sql = format!(
        "SELECT id, name FROM ({LINES}) AS lines WHERE {FITS} AND state <> 'pending' ORDER BY name, id"
    );
    query::<(String, String)>(sql, account, filter, online)?
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing screens"))
}

/// How many screens a folder has, by state.
#[derive(Debug, Clone, FromRow)]
pub struct Count {
    /// The folder; empty for none.
    pub folder: String,
    /// State of these.
    pub state: String,
    /// How many.
    pub screens: i64,
    /// How many of them have faults.
    pub faulty: i64,
}

/// Every folder with how many screens are right in it.
pub async fn counts(store: &Store, account: &str, scope: &Scope, online: Online) -> Result<Vec<Count>> {
    let mut connection = store.read().await?;
    let seen = scope.sql(Area::Screens, "folder");
    let sql = format!(
        "SELECT COALESCE(folder, '') AS folder, state, COUNT(*) AS screens, \
         COUNT(CASE WHEN faults > 0 THEN 1 END) AS faulty FROM ({LINES}) AS lines WHERE {seen} GROUP BY COALESCE(folder, ''), state"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(online.seen_after)
        .bind(online.connected_after)
        .bind(online.now)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("counting screens"))
}

/// Folders that were made.
pub async fn folders(store: &Store, account: &str) -> Result<Vec<String>> {
    let mut connection = store.read().await?;
    sqlx::query_scalar("SELECT path FROM screen_folder WHERE account = $1 ORDER BY path")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing folders"))
}

/// Whether there is a folder: it was made, or something lies in it or below it.
pub async fn has_folder(connection: &mut Connection, account: &str, path: &str) -> Result<bool> {
    let places = [
        ("screen_folder", "path", "1 = 1"),
        ("device", "folder", "left_at IS NULL"),
        ("screen", "folder", "1 = 1"),
        ("enrol_token", "folder", "revoked_at IS NULL"),
    ];
    // No LIKE, which takes Berlin for berlin on one of the databases.
    let there = places.map(|(table, column, holds)| {
        format!(
            "SELECT 1 AS one FROM {table} WHERE account = $1 AND {holds} \
             AND ({column} = $2 OR substr({column}, 1, LENGTH($3)) = $3)"
        )
    });
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM ({}) found", there.join(" UNION ALL "));
    let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(path)
        .bind(format!("{path}/"))
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for a folder"))?;
    Ok(found > 0)
}

/// Makes a folder, once.
pub async fn add_folder(connection: &mut Connection, account: &str, path: &str) -> Result<()> {
    sqlx::query("INSERT INTO screen_folder (account, path) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(account)
        .bind(path)
        .execute(connection)
        .await
        .map_err(Error::database("making a folder"))?;
    Ok(())
}

/// Gives a folder another path, with all that is in it and below it. Without a new path what was in it is in none.
pub async fn move_folder(
    connection: &mut Connection,
    account: &str,
    from: &str,
    to: Option<&str>,
) -> Result<()> {
    let failed = || Error::database("moving a folder");
    sqlx::query("DELETE FROM screen_folder WHERE account = $1 AND path = $2")
        .bind(account)
        .bind(from)
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
    let below = format!("{from}/");
    let tail = i64::try_from(from.chars().count()).unwrap_or(i64::MAX) + 1;
    for (table, column) in
        [("device", "folder"), ("screen", "folder"), ("enrol_token", "folder"), ("screen_folder", "path")]
    {
        if to.is_none() && table == "screen_folder" {
            continue;
        }
        let sql = format!(
            "UPDATE {table} SET {column} = $3 || substr({column}, CAST($4 AS INTEGER)) \
             WHERE account = $1 AND ({column} = $2 OR substr({column}, 1, LENGTH($5)) = $5)"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(account)
            .bind(from)
            .bind(to)
            .bind(tail)
            .bind(&below)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    Ok(())
}

/// Puts a screen into a folder, or into none.
pub async fn set_folder(connection: &mut Connection, device: &str, folder: Option<&str>) -> Result<()> {
    set(connection, "UPDATE device SET folder = $2 WHERE id = $1", device, folder).await
}

/// Gives a screen a time zone, or the account's.
pub async fn set_timezone(connection: &mut Connection, device: &str, zone: Option<&str>) -> Result<()> {
    set(connection, "UPDATE device SET timezone = $2 WHERE id = $1", device, zone).await
}

/// Gives a screen a playlist in place of what it has, or the account's default.
pub async fn set_playlist(connection: &mut Connection, device: &str, playlist: Option<&str>) -> Result<()> {
    set(connection, "UPDATE device SET playlist = $2, layout = NULL WHERE id = $1", device, playlist).await
}

/// Gives a screen labels, a JSON list.
pub async fn set_tags(connection: &mut Connection, device: &str, tags: &[String]) -> Result<()> {
    let tags = super::to_json(tags)?;
    set(connection, "UPDATE device SET tags = $2 WHERE id = $1", device, Some(&tags)).await
}

async fn set(
    connection: &mut Connection,
    sql: &'static str,
    device: &str,
    value: Option<&str>,
) -> Result<()> {
    sqlx::query(sql)
        .bind(device)
        .bind(value)
        .execute(connection)
        .await
        .map_err(Error::database("changing a screen"))?;
    Ok(())
}
