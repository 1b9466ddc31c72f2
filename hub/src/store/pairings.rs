//! Tables `pairing` and `transfer_code`: screens that show a code, and accounts that agreed to take one over.

use signage_protocol::api::Hardware;
use signage_protocol::jws::PublicKey;
use sqlx::FromRow;

use super::{Connection, from_json, to_json};
use crate::ident::Millis;
use crate::{Error, Result};

/// How far a pairing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has entered the code yet.
    Waiting,
    /// The screen is in an account, by this code or by other means meanwhile.
    Paired,
    /// An operator said that this is not the screen.
    Denied,
}

impl State {
    const ALL: [Self; 3] = [Self::Waiting, Self::Paired, Self::Denied];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paired => "paired",
            Self::Denied => "denied",
        }
    }
}

/// A screen that shows a code.
#[derive(Debug, Clone)]
pub struct Pairing {
    /// Thumbprint of its key.
    pub device: String,
    /// Its key.
    pub public_key: PublicKey,
    /// SHA-256 of the code by which it asks.
    pub device_code: String,
    /// SHA-256 of the code that it shows.
    pub user_code: String,
    /// From its provisioning file.
    pub location: Option<String>,
    /// What the board says of itself.
    pub hardware: Hardware,
    /// From its provisioning file.
    pub tags: Vec<String>,
    /// Version of its provisioner.
    pub software: String,
    /// Where the request came from.
    pub address: Option<String>,
    /// How far it is.
    pub state: State,
    /// When the codes were made.
    pub created_at: Millis,
    /// End of the codes.
    pub expires_at: Millis,
    /// When it was paired or denied.
    pub decided_at: Option<Millis>,
}

#[derive(FromRow)]
struct Row {
    device: String,
    public_key: String,
    device_code: String,
    user_code: String,
    location: Option<String>,
    serial: Option<String>,
    model: Option<String>,
    macs: String,
    tags: String,
    software: String,
    address: Option<String>,
    state: String,
    created_at: Millis,
    expires_at: Millis,
    decided_at: Option<Millis>,
}

impl TryFrom<Row> for Pairing {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let state = State::ALL.into_iter().find(|state| state.as_str() == row.state);
        Ok(Self {
            device: row.device,
            public_key: serde_json::from_str(&row.public_key)
                .map_err(|_| Error::Damaged { what: "key of a screen that pairs" })?,
            device_code: row.device_code,
            user_code: row.user_code,
            location: row.location,
            hardware: Hardware { serial: row.serial, model: row.model, macs: from_json(&row.macs)? },
            tags: from_json(&row.tags)?,
            software: row.software,
            address: row.address,
            state: state.ok_or(Error::Damaged { what: "state of a pairing" })?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            decided_at: row.decided_at,
        })
    }
}

/// Adds a pairing, or replaces the one of the same device.
pub async fn put(connection: &mut Connection, pairing: &Pairing) -> Result<()> {
    sqlx::query(
        "INSERT INTO pairing (device, public_key, device_code, user_code, location, serial, model, macs, tags, \
         software, address, state, created_at, expires_at, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (device) DO UPDATE SET device_code = $3, user_code = $4, location = $5, serial = $6, \
         model = $7, macs = $8, tags = $9, software = $10, address = $11, state = $12, created_at = $13, \
         expires_at = $14, decided_at = $15",
    )
    .bind(&pairing.device)
    .bind(serde_json::to_string(&pairing.public_key).map_err(Error::json("a key"))?)
    .bind(&pairing.device_code)
    .bind(&pairing.user_code)
    .bind(&pairing.location)
    .bind(&pairing.hardware.serial)
    .bind(&pairing.hardware.model)
    .bind(to_json(&pairing.hardware.macs)?)
    .bind(to_json(&pairing.tags)?)
    .bind(&pairing.software)
    .bind(&pairing.address)
    .bind(pairing.state.as_str())
    .bind(pairing.created_at)
    .bind(pairing.expires_at)
    .bind(pairing.decided_at)
    .execute(connection)
    .await
    .map_err(Error::database("storing a pairing"))?;
    Ok(())
}

/// The pairing of a device.
pub async fn by_device(connection: &mut Connection, device: &str) -> Result<Option<Pairing>> {
    one(connection, "SELECT * FROM pairing WHERE device = $1", device).await
}

/// The pairing whose device asks with this code.
pub async fn by_device_code(connection: &mut Connection, digest: &str) -> Result<Option<Pairing>> {
    one(connection, "SELECT * FROM pairing WHERE device_code = $1", digest).await
}

/// The pairing whose device shows this code.
pub async fn by_user_code(connection: &mut Connection, digest: &str) -> Result<Option<Pairing>> {
    one(connection, "SELECT * FROM pairing WHERE user_code = $1", digest).await
}

async fn one(connection: &mut Connection, query: &'static str, value: &str) -> Result<Option<Pairing>> {
    sqlx::query_as::<_, Row>(query)
        .bind(value)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a pairing"))?
        .map(Pairing::try_from)
        .transpose()
}

/// Notes the outcome of a pairing.
pub async fn decide(connection: &mut Connection, device: &str, state: State, now: Millis) -> Result<()> {
    sqlx::query("UPDATE pairing SET state = $2, decided_at = $3 WHERE device = $1")
        .bind(device)
        .bind(state.as_str())
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("deciding a pairing"))?;
    Ok(())
}

/// Notes that a device that may show a code came in by other means.
pub async fn settle(connection: &mut Connection, device: &str, now: Millis) -> Result<()> {
    decide(connection, device, State::Paired, now).await
}

/// Forgets the pairing of a device.
pub async fn delete(connection: &mut Connection, device: &str) -> Result<()> {
    sqlx::query("DELETE FROM pairing WHERE device = $1")
        .bind(device)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting a pairing"))?;
    Ok(())
}

/// Forgets codes of both kinds that ended before a moment.
pub async fn delete_expired(connection: &mut Connection, before: Millis) -> Result<()> {
    for query in
        ["DELETE FROM pairing WHERE expires_at < $1", "DELETE FROM transfer_code WHERE expires_at < $1"]
    {
        sqlx::query(query)
            .bind(before)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("forgetting old codes"))?;
    }
    Ok(())
}

/// Adds a code by which an account takes a screen over.
pub async fn insert_transfer(
    connection: &mut Connection,
    digest: &str,
    account: &str,
    created_by: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO transfer_code (digest, account, created_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(digest)
    .bind(account)
    .bind(created_by)
    .bind(now)
    .bind(expires_at)
    .execute(connection)
    .await
    .map_err(Error::database("storing a transfer code"))?;
    Ok(())
}

/// Uses a transfer code up; answers the account that made it, if it still holds.
pub async fn use_transfer(connection: &mut Connection, digest: &str, now: Millis) -> Result<Option<String>> {
    let account =
        sqlx::query_scalar("SELECT account FROM transfer_code WHERE digest = $1 AND expires_at > $2")
            .bind(digest)
            .bind(now)
            .fetch_optional(&mut *connection)
            .await
            .map_err(Error::database("reading a transfer code"))?;
    sqlx::query("DELETE FROM transfer_code WHERE digest = $1")
        .bind(digest)
        .execute(connection)
        .await
        .map_err(Error::database("using a transfer code up"))?;
    Ok(account)
}
