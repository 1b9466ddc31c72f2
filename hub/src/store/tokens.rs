//! Table `enrol_token`: what lets a device into an account.

use signage_protocol::token::Kind;
use sqlx::FromRow;

use super::{Connection, Store, from_json, to_json};
use crate::ident::Millis;
use crate::{Error, Result};

/// A token, known only by its digest.
#[derive(Debug, Clone)]
pub struct Token {
    /// `tok_…`
    pub id: String,
    /// The account that it opens.
    pub account: String,
    /// Provisioning or device.
    pub kind: Kind,
    /// For people; the screen's name in a device token.
    pub name: Option<String>,
    /// [`signage_protocol::token::digest`].
    pub digest: String,
    /// What its screens play instead of the account's default.
    pub playlist: Option<String>,
    /// Labels that its screens get.
    pub tags: Vec<String>,
    /// When it was made.
    pub created_at: Millis,
    /// End of a device token that nobody used.
    pub expires_at: Option<Millis>,
    /// When an operator revoked it.
    pub revoked_at: Option<Millis>,
    /// The device that used a device token.
    pub used_by: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    kind: String,
    name: Option<String>,
    digest: String,
    playlist: Option<String>,
    tags: String,
    created_at: Millis,
    expires_at: Option<Millis>,
    revoked_at: Option<Millis>,
    used_by: Option<String>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            kind: parse_kind(&row.kind).ok_or(Error::Damaged { what: "kind of a token" })?,
            name: row.name,
            digest: row.digest,
            playlist: row.playlist,
            tags: from_json(&row.tags)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            used_by: row.used_by,
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

fn parse_kind(text: &str) -> Option<Kind> {
    [Kind::Provisioning, Kind::Device].into_iter().find(|&kind| kind_name(kind) == text)
}

/// Adds a token.
pub async fn insert(connection: &mut Connection, token: &Token) -> Result<()> {
    sqlx::query(
        "INSERT INTO enrol_token (id, account, kind, name, digest, playlist, tags, created_at, expires_at, \
         revoked_at, used_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&token.id)
    .bind(&token.account)
    .bind(kind_name(token.kind))
    .bind(&token.name)
    .bind(&token.digest)
    .bind(&token.playlist)
    .bind(to_json(&token.tags)?)
    .bind(token.created_at)
    .bind(token.expires_at)
    .bind(token.revoked_at)
    .bind(&token.used_by)
    .execute(connection)
    .await
    .map_err(Error::database("adding a token"))?;
    Ok(())
}

/// The token with this digest.
pub async fn by_digest(connection: &mut Connection, digest: &str) -> Result<Option<Token>> {
    sqlx::query_as::<_, Row>("SELECT * FROM enrol_token WHERE digest = $1")
        .bind(digest)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a token"))?
        .map(Token::try_from)
        .transpose()
}

/// The token with this id.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Token>> {
    sqlx::query_as::<_, Row>("SELECT * FROM enrol_token WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a token"))?
        .map(Token::try_from)
        .transpose()
}

/// The tokens of an account, oldest first.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Token>> {
    let mut connection = store.read().await?;
    sqlx::query_as::<_, Row>("SELECT * FROM enrol_token WHERE account = $1 ORDER BY created_at, id")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing tokens"))?
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
