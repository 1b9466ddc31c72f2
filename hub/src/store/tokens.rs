//! Tables `enrol_token` and `token_device`: what lets a device into an account, and whom it has let in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::token::Kind;
use sqlx::FromRow;

use super::{Connection, Store, from_json, to_json};
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// Rows of one statement. More are slower: SQLite looks each numbered value up in the list of all.
const CHUNK: usize = 25;
const COLUMNS: usize = 15;

/// What a device token gives stands with its screen.
const SELECT: &str = "SELECT t.id, t.account, t.kind, t.digest, t.screen, t.batch, t.created_at, t.expires_at, \
     t.revoked_at, t.used_by, COALESCE(s.name, t.name) AS name, COALESCE(s.playlist, t.playlist) AS playlist, COALESCE(s.layout, t.layout) AS layout, \
     COALESCE(s.folder, t.folder) AS folder, COALESCE(s.timezone, t.timezone) AS timezone, \
     COALESCE(s.location, t.location) AS location, COALESCE(s.tags, t.tags) AS tags, \
     (SELECT COUNT(*) FROM token_device d WHERE d.token = t.id) AS devices \
     FROM enrol_token t LEFT JOIN screen s ON s.id = t.screen ";
/// Where a token lies: with its screen, which may have been moved since.
const FOLDER: &str = "CASE WHEN EXISTS (SELECT 1 FROM device x WHERE x.id = s.device AND x.account = t.account \
     AND x.left_at IS NULL) THEN (SELECT x.folder FROM device x WHERE x.id = s.device) \
     ELSE COALESCE(s.folder, t.folder) END";

/// What a token gives to the devices that it enrols. In a device token it describes one screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// For people; the screen's name in a device token.
    pub name: Option<String>,
    /// What they play instead of the account's default.
    pub playlist: Option<String>,
    /// The layout that they show instead; it counts before the playlist.
    pub layout: Option<String>,
    /// Where they are listed; levels separated by a slash.
    pub folder: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Where they stand.
    pub location: Option<String>,
    /// Labels they get.
    pub tags: Vec<String>,
}

/// A token, known only by its digest.
#[derive(Debug, Clone)]
pub struct Token {
    /// `tok_…`; newer ones are greater, of tokens that were made together the first is the greatest.
    pub id: String,
    /// The account that it opens.
    pub account: String,
    /// Provisioning or device.
    pub kind: Kind,
    /// What it gives.
    pub grant: Grant,
    /// [`signage_protocol::token::digest`].
    pub digest: String,
    /// The entry that a device token fills.
    pub screen: Option<String>,
    /// `bat_…`, when it was made together with others.
    pub batch: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// End of a device token that nobody used.
    pub expires_at: Option<Millis>,
    /// When an operator revoked it.
    pub revoked_at: Option<Millis>,
    /// The device that used a device token.
    pub used_by: Option<String>,
    /// How many devices it has let in.
    pub devices: i64,
}

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TokenState")]
pub enum State {
    /// A device token that waits for its device.
    Unused,
    /// A device token that waited too long.
    Expired,
    /// In use, or ready for use any number of times.
    Active,
    /// Withdrawn by an operator.
    Revoked,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unused, Self::Active, Self::Revoked, Self::Expired];

    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

impl std::str::FromStr for State {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            Error::Invalid(format!("{text:?} is no state; use unused, active, revoked or expired"))
        })
    }
}

impl Token {
    /// Where this token stands at a moment. [`page`] says the same in SQL.
    pub fn state(&self, now: Millis) -> State {
        match (self.revoked_at, self.kind, &self.used_by) {
            (Some(_), ..) => State::Revoked,
            (None, Kind::Provisioning, _) | (None, Kind::Device, Some(_)) => State::Active,
            (None, Kind::Device, None) if self.expires_at.is_some_and(|end| now >= end) => State::Expired,
            (None, Kind::Device, None) => State::Unused,
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    kind: String,
    name: Option<String>,
    digest: String,
    screen: Option<String>,
    batch: Option<String>,
    playlist: Option<String>,
    layout: Option<String>,
    folder: Option<String>,
    timezone: Option<String>,
    location: Option<String>,
    tags: String,
    created_at: Millis,
    expires_at: Option<Millis>,
    revoked_at: Option<Millis>,
    used_by: Option<String>,
    devices: i64,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            kind: parse_kind(&row.kind).ok_or(Error::Damaged { what: "kind of a token" })?,
            grant: Grant {
                name: row.name,
                playlist: row.playlist,
                layout: row.layout,
                folder: row.folder,
                timezone: row.timezone,
                location: row.location,
                tags: from_json(&row.tags)?,
            },
            digest: row.digest,
            screen: row.screen,
            batch: row.batch,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            used_by: row.used_by,
            devices: row.devices,
        })
    }
}

/// The word for a kind of token, in the database and on the command line.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Provisioning => "provisioning",
        Kind::Device => "device",
    }
}

/// The kind for that word.
pub fn parse_kind(text: &str) -> Option<Kind> {
    [Kind::Provisioning, Kind::Device].into_iter().find(|&kind| kind_name(kind) == text)
}

/// Adds tokens; the screens of device tokens are there already.
pub async fn insert(connection: &mut Connection, tokens: &[Token]) -> Result<()> {
    let nothing = Grant::default();
    for chunk in tokens.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO enrol_token (id, account, kind, name, digest, playlist, folder, timezone, location, tags, \
             screen, batch, created_at, expires_at, layout) VALUES {}",
            super::rows(chunk.len(), COLUMNS)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for token in chunk {
            let grant = if token.screen.is_some() { &nothing } else { &token.grant };
            query = query
                .bind(&token.id)
                .bind(&token.account)
                .bind(kind_name(token.kind))
                .bind(&grant.name)
                .bind(&token.digest)
                .bind(&grant.playlist)
                .bind(&grant.folder)
                .bind(&grant.timezone)
                .bind(&grant.location)
                .bind(to_json(&grant.tags)?)
                .bind(&token.screen)
                .bind(&token.batch)
                .bind(token.created_at)
                .bind(token.expires_at)
                .bind(&grant.layout);
        }
        query.execute(&mut *connection).await.map_err(Error::database("adding tokens"))?;
    }
    Ok(())
}

/// The token with this digest.
pub async fn by_digest(connection: &mut Connection, digest: &str) -> Result<Option<Token>> {
    one(connection, "WHERE t.digest = $1", digest).await
}

/// The token with this id.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Token>> {
    one(connection, "WHERE t.id = $1", id).await
}

async fn one(connection: &mut Connection, condition: &str, value: &str) -> Result<Option<Token>> {
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(format!("{SELECT}{condition}")))
        .bind(value)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a token"))?
        .map(Token::try_from)
        .transpose()
}

/// The tokens of an account, oldest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Token>> {
    let mut connection = store.read().await?;
    let sql = format!("{SELECT}WHERE t.account = $1 ORDER BY t.created_at, t.id DESC");
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing tokens"))?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// Which tokens a page holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state only.
    pub state: Option<State>,
    /// Of this kind only.
    pub kind: Option<Kind>,
    /// After the token with this id.
    pub after: Option<String>,
    /// Of screens in folders that are there for whoever asks.
    pub scope: Scope,
}

/// At most `limit` tokens of an account, newest first.
pub async fn page(
    store: &Store,
    account: &str,
    filter: &Filter,
    limit: i64,
    now: Millis,
) -> Result<Vec<Token>> {
    let mut connection = store.read().await?;
    let seen = filter.scope.sql(Area::Screens, FOLDER);
    let sql = format!(
        "{SELECT}WHERE t.account = $1 AND {seen} \
         AND (CAST($2 AS TEXT) IS NULL OR t.id < $2) \
         AND (CAST($3 AS TEXT) IS NULL OR t.kind = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR $4 = CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' \
             WHEN t.kind = 'provisioning' OR t.used_by IS NOT NULL THEN 'active' \
             WHEN t.expires_at <= $5 THEN 'expired' ELSE 'unused' END) \
         ORDER BY t.id DESC LIMIT $6"
    );
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(&filter.after)
        .bind(filter.kind.map(kind_name))
        .bind(filter.state.map(State::as_str))
        .bind(now)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing tokens"))?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// The tokens of an account with these digests, in no order.
pub async fn by_digests(store: &Store, account: &str, digests: &[String]) -> Result<Vec<Token>> {
    let mut connection = store.read().await?;
    let mut found = Vec::with_capacity(digests.len());
    for chunk in digests.chunks(CHUNK) {
        let places: Vec<String> = (2..chunk.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!("{SELECT}WHERE t.account = $1 AND t.digest IN ({})", places.join(", "));
        let mut query = sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql)).bind(account);
        for digest in chunk {
            query = query.bind(digest);
        }
        let rows = query.fetch_all(&mut *connection).await.map_err(Error::database("reading tokens"))?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// The tokens of a screen that are not revoked.
pub async fn of_screen(connection: &mut Connection, screen: &str) -> Result<Vec<Token>> {
    let sql = format!("{SELECT}WHERE t.screen = $1 AND t.revoked_at IS NULL");
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql))
        .bind(screen)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading the tokens of a screen"))?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// Binds a device token to the device that used it.
pub async fn set_used_by(connection: &mut Connection, id: &str, device: &str) -> Result<()> {
    sqlx::query("UPDATE enrol_token SET used_by = $2 WHERE id = $1")
        .bind(id)
        .bind(device)
        .execute(connection)
        .await
        .map_err(Error::database("binding a token"))?;
    Ok(())
}

/// Ends a token.
pub async fn set_revoked(connection: &mut Connection, id: &str, now: Millis) -> Result<()> {
    sqlx::query("UPDATE enrol_token SET revoked_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("revoking a token"))?;
    Ok(())
}

/// A device that a token has let in.
#[derive(Debug, Clone, FromRow, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AdmittedDevice")]
pub struct Admitted {
    /// Its id.
    pub device: String,
    /// When it came in first.
    #[serde(serialize_with = "crate::ident::rfc3339")]
    #[schemars(with = "jiff::Timestamp")]
    pub enrolled_at: Millis,
    /// Its name; absent when it belongs to the account no more.
    pub name: Option<String>,
    /// When it was heard last.
    #[serde(serialize_with = "crate::ident::rfc3339_option")]
    #[schemars(with = "Option<jiff::Timestamp>")]
    pub last_seen: Option<Millis>,
}

/// Notes that a token has let a device in.
pub async fn admit(connection: &mut Connection, token: &str, device: &str, now: Millis) -> Result<()> {
    sqlx::query("INSERT INTO token_device (token, device, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(token)
        .bind(device)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("noting whom a token let in"))?;
    Ok(())
}

/// The devices that a token has let in and that are there for somebody, at most `limit` of them, by their ids from
/// `after` on.
pub async fn admitted(
    store: &Store,
    token: &Token,
    scope: &Scope,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Admitted>> {
    let mut connection = store.read().await?;
    let seen = match *scope == Scope::default() {
        true => "1 = 1".to_owned(),
        false => {
            format!("d.id IS NOT NULL AND d.left_at IS NULL AND {}", scope.sql(Area::Screens, "d.folder"))
        }
    };
    let sql = format!(
        "SELECT t.device, t.at AS enrolled_at, d.name, d.last_seen FROM token_device t \
         LEFT JOIN device d ON d.id = t.device AND d.account = $2 \
         WHERE t.token = $1 AND {seen} AND (CAST($3 AS TEXT) IS NULL OR t.device > $3) \
         ORDER BY t.device LIMIT $4"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&token.id)
        .bind(&token.account)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing the devices of a token"))
}
