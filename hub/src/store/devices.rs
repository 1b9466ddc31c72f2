//! Tables `device` and `used_nonce`: screens, and the proofs of their keys that have been used.

use std::collections::HashMap;

use signage_protocol::api::Hardware;
use signage_protocol::document::AuthorizationKind;
use signage_protocol::jws::PublicKey;
use sqlx::FromRow;

use super::pushes::{self, Topic};
use super::{Connection, Store, doubts, from_json, to_json};
use crate::ident::{MINUTE, Millis, SECOND};
use crate::{Error, Result};

/// Ids of one statement.
const CHUNK: usize = 100;

/// A screen asks every minute; one that missed two is away, unless its account says otherwise.
pub const ONLINE: Millis = 3 * MINUTE;
/// How often `last_seen` is written at most; a screen asks more often than anybody looks.
const SEEN_STEP: Millis = 10 * SECOND;
/// How long a screen whose connection has ended may take to come back before it counts as away.
pub const RECONNECTS: Millis = 20 * SECOND;

/// An enrolled screen.
#[derive(Debug, Clone)]
pub struct Device {
    /// Thumbprint of its key.
    pub id: String,
    /// The account that it belongs to.
    pub account: String,
    /// The token by which it came in, last time; a paired screen has none.
    pub enrol_token: Option<String>,
    /// Its key; absent as long as it is known by its id only, because it has never spoken with the hub.
    pub public_key: Option<PublicKey>,
    /// For people.
    pub name: String,
    /// Where it stands.
    pub location: Option<String>,
    /// What the board says of itself.
    pub hardware: Hardware,
    /// Labels, from its token and its provisioning file.
    pub tags: Vec<String>,
    /// Version of its provisioner.
    pub software: String,
    /// The address that its last request came from.
    pub address: Option<String>,
    /// What it plays instead of the account's default.
    pub playlist: Option<String>,
    /// The layout that it shows instead; it counts before the playlist.
    pub layout: Option<String>,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Whether its authorization grants or withdraws; whether it may play is [`Device::authorized`].
    pub granted: bool,
    /// What that authorization says besides.
    pub terms: Terms,
    /// Sequence of that authorization.
    pub sequence: i64,
    /// Start of that authorization.
    pub authorized_at: Millis,
    /// First enrolment.
    pub created_at: Millis,
    /// Last request, or last sign of life of its connection; 0 when there never was one.
    pub last_seen: Millis,
    /// Until when its connection holds, or when it ended; absent while it has never been connected.
    pub session_until: Option<Millis>,
}

impl Device {
    /// Whether it is there: connected, or seen within `threshold` by its requests.
    pub fn online(&self, threshold: Millis, now: Millis) -> bool {
        online(self.last_seen, self.session_until, threshold, now)
    }

    /// Whether it may play at a moment.
    pub fn authorized(&self, now: Millis) -> bool {
        self.granted && self.terms.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it has never made a request: it was bound by its id.
    pub fn is_offline_only(&self) -> bool {
        self.public_key.is_none()
    }
}

/// Whether a device is there. A connection tells at once when it ends; only a device that went on with requests after
/// that is judged by them.
pub fn online(last_seen: Millis, session_until: Option<Millis>, threshold: Millis, now: Millis) -> bool {
    let asks = now.saturating_sub(last_seen) < threshold;
    match session_until {
        Some(until) => now < until.saturating_add(RECONNECTS) || (asks && last_seen > until),
        None => asks,
    }
}

/// Kind, end and code of an authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Cloud, local or free.
    pub kind: AuthorizationKind,
    /// Its end; without one it has none.
    pub expires_at: Option<Millis>,
    /// Id of the code by which it was given.
    pub code: Option<String>,
}

impl Terms {
    /// What a screen gets that needs no code.
    pub const INCLUDED: Self = Self { kind: AuthorizationKind::Cloud, expires_at: None, code: None };
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    enrol_token: Option<String>,
    public_key: String,
    name: String,
    location: Option<String>,
    serial: Option<String>,
    model: Option<String>,
    macs: String,
    tags: String,
    software: String,
    address: Option<String>,
    playlist: Option<String>,
    layout: Option<String>,
    folder: Option<String>,
    timezone: Option<String>,
    granted: i64,
    kind: String,
    expires_at: Option<Millis>,
    code: Option<String>,
    sequence: i64,
    authorized_at: Millis,
    created_at: Millis,
    last_seen: Millis,
    session_until: Option<Millis>,
}

impl TryFrom<Row> for Device {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            enrol_token: row.enrol_token,
            public_key: match row.public_key.as_str() {
                "" => None,
                text => serde_json::from_str(text)
                    .map(Some)
                    .map_err(|_| Error::Damaged { what: "key of a device" })?,
            },
            name: row.name,
            location: row.location,
            hardware: Hardware { serial: row.serial, model: row.model, macs: from_json(&row.macs)? },
            tags: from_json(&row.tags)?,
            software: row.software,
            address: row.address,
            playlist: row.playlist,
            layout: row.layout,
            folder: row.folder,
            timezone: row.timezone,
            granted: row.granted != 0,
            terms: Terms { kind: super::codes::kind(&row.kind)?, expires_at: row.expires_at, code: row.code },
            sequence: row.sequence,
            authorized_at: row.authorized_at,
            created_at: row.created_at,
            last_seen: row.last_seen,
            session_until: row.session_until,
        })
    }
}

/// Adds a device, or replaces all that is known of it.
pub async fn put(connection: &mut Connection, device: &Device) -> Result<()> {
    sqlx::query(
        "INSERT INTO device (id, account, enrol_token, public_key, name, location, serial, model, macs, tags, \
         software, address, playlist, granted, sequence, authorized_at, created_at, last_seen, \
         folder, timezone, kind, expires_at, code, layout) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24) \
         ON CONFLICT (id) DO UPDATE SET account = $2, enrol_token = $3, public_key = $4, name = $5, location = $6, serial = $7, \
         model = $8, macs = $9, tags = $10, software = $11, address = $12, playlist = $13, granted = $14, \
         sequence = $15, authorized_at = $16, last_seen = $18, folder = $19, timezone = $20, kind = $21, \
         expires_at = $22, code = $23, layout = $24, left_at = NULL, moves_to = NULL, \
         told_at = CASE WHEN device.sequence = $15 THEN device.told_at ELSE NULL END",
    )
    .bind(&device.id)
    .bind(&device.account)
    .bind(&device.enrol_token)
    .bind(match &device.public_key {
        Some(key) => serde_json::to_string(key).map_err(Error::json("a key"))?,
        None => String::new(),
    })
    .bind(&device.name)
    .bind(&device.location)
    .bind(&device.hardware.serial)
    .bind(&device.hardware.model)
    .bind(to_json(&device.hardware.macs)?)
    .bind(to_json(&device.tags)?)
    .bind(&device.software)
    .bind(&device.address)
    .bind(&device.playlist)
    .bind(i64::from(device.granted))
    .bind(device.sequence)
    .bind(device.authorized_at)
    .bind(device.created_at)
    .bind(device.last_seen)
    .bind(&device.folder)
    .bind(&device.timezone)
    .bind(device.terms.kind.as_str())
    .bind(device.terms.expires_at)
    .bind(&device.terms.code)
    .bind(&device.layout)
    .execute(connection)
    .await
    .map_err(Error::database("storing a device"))?;
    Ok(())
}

/// The device with this id.
pub async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Device>> {
    one(connection, "SELECT * FROM device WHERE id = $1 AND left_at IS NULL", id).await
}

/// The device with this id, also one that has left: its sequence goes on when it comes back.
pub async fn known(connection: &mut Connection, id: &str) -> Result<Option<Device>> {
    one(connection, "SELECT * FROM device WHERE id = $1", id).await
}

async fn one(connection: &mut Connection, query: &'static str, id: &str) -> Result<Option<Device>> {
    sqlx::query_as::<_, Row>(query)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading a device"))?
        .map(Device::try_from)
        .transpose()
}

/// The devices of an account by name.
pub async fn list(store: &Store, account: &str) -> Result<Vec<Device>> {
    let mut connection = store.read().await?;
    sqlx::query_as::<_, Row>("SELECT * FROM device WHERE account = $1 AND left_at IS NULL ORDER BY name, id")
        .bind(account)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing devices"))?
        .into_iter()
        .map(Device::try_from)
        .collect()
}

/// How many devices of an account are allowed to play, one of them not counted.
pub async fn count_authorized(
    connection: &mut Connection,
    account: &str,
    except: &str,
    now: Millis,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM device WHERE account = $1 AND granted = 1 \
               AND (expires_at IS NULL OR expires_at > $3) AND id <> $2";
    sqlx::query_scalar(sql)
        .bind(account)
        .bind(except)
        .bind(now)
        .fetch_one(connection)
        .await
        .map_err(Error::database("counting devices"))
}

/// Whether a device that shows itself has to be noted: that was not done just now, or it is elsewhere.
pub fn is_news(device: &Device, address: Option<&str>, now: Millis) -> bool {
    let moved = address.is_some() && device.address.as_deref() != address;
    moved || now.saturating_sub(device.last_seen) >= SEEN_STEP
}

/// Notes that a device has shown itself.
pub async fn seen(connection: &mut Connection, id: &str, address: Option<&str>, now: Millis) -> Result<()> {
    sqlx::query("UPDATE device SET last_seen = $2, address = COALESCE($3, address) WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(address)
        .execute(connection)
        .await
        .map_err(Error::database("noting that a device was seen"))?;
    Ok(())
}

/// Notes the version of a device's provisioner.
pub async fn set_software(connection: &mut Connection, id: &str, software: &str) -> Result<()> {
    sqlx::query("UPDATE device SET software = $2 WHERE id = $1")
        .bind(id)
        .bind(software)
        .execute(connection)
        .await
        .map_err(Error::database("noting the software of a device"))?;
    Ok(())
}

/// Takes back the authorization of a device, by a document of its own. Its code, if it has one, is the caller's.
pub async fn withdraw(connection: &mut Connection, id: &str, now: Millis) -> Result<()> {
    let sql = "UPDATE device SET granted = 0, expires_at = NULL, code = NULL, sequence = sequence + 1, \
               authorized_at = $2, told_at = NULL WHERE id = $1";
    sqlx::query(sql)
        .bind(id)
        .bind(now)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("withdrawing an authorization"))?;
    pushes::device(connection, id, Topic::Authorization, now).await
}

/// Gives a device an authorization, by a document of its own.
pub async fn authorize(connection: &mut Connection, id: &str, terms: &Terms, now: Millis) -> Result<()> {
    let sql = "UPDATE device SET granted = 1, kind = $3, expires_at = $4, code = $5, sequence = sequence + 1, \
               authorized_at = $2, told_at = NULL WHERE id = $1";
    sqlx::query(sql)
        .bind(id)
        .bind(now)
        .bind(terms.kind.as_str())
        .bind(terms.expires_at)
        .bind(&terms.code)
        .execute(&mut *connection)
        .await
        .map_err(Error::database("giving an authorization"))?;
    pushes::device(connection, id, Topic::Authorization, now).await
}

/// What stands beside a device's authorization: whether it knows of it, and whether it has left.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Standing {
    /// When it first read the authorization or withdrawal that is in force.
    pub told_at: Option<Millis>,
    /// When it left its account.
    pub left_at: Option<Millis>,
    /// The account that it was transferred to and has not joined yet.
    pub moves_to: Option<String>,
}

/// The standing of a device, also of one that has left.
pub async fn standing(connection: &mut Connection, id: &str) -> Result<Standing> {
    let standing = sqlx::query_as("SELECT told_at, left_at, moves_to FROM device WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading the standing of a device"))?;
    Ok(standing.unwrap_or_default())
}

/// Notes that a device has read the authorization or withdrawal with this sequence.
pub async fn told(connection: &mut Connection, id: &str, sequence: i64, now: Millis) -> Result<()> {
    sqlx::query("UPDATE device SET told_at = $3 WHERE id = $1 AND sequence = $2 AND told_at IS NULL")
        .bind(id)
        .bind(sequence)
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("noting that a device was told"))?;
    Ok(())
}

/// Takes a device out of its account. What an operator gave it stays for its return, except what belongs to the
/// account.
pub async fn leave(connection: &mut Connection, id: &str, moves_to: Option<&str>, now: Millis) -> Result<()> {
    sqlx::query(
        "UPDATE device SET left_at = $2, moves_to = $3, enrol_token = NULL, playlist = NULL, layout = NULL WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .bind(moves_to)
    .execute(&mut *connection)
    .await
    .map_err(Error::database("taking a device out of its account"))?;
    doubts::clear(connection, id, None).await?;
    pushes::device(connection, id, Topic::Authorization, now).await
}

/// Forgets what is known of a device, except what its next authorization needs.
pub async fn forget(connection: &mut Connection, id: &str, name: &str) -> Result<()> {
    sqlx::query(
        "UPDATE device SET name = $2, location = NULL, serial = NULL, model = NULL, macs = '[]', tags = '[]', \
         address = NULL WHERE id = $1",
    )
    .bind(id)
    .bind(name)
    .execute(connection)
    .await
    .map_err(Error::database("forgetting a device"))?;
    Ok(())
}

/// Devices of an account by their ids.
pub async fn by_ids(
    connection: &mut Connection,
    account: &str,
    ids: &[&str],
) -> Result<HashMap<String, Device>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let places: Vec<String> = (2..chunk.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT * FROM device WHERE account = $1 AND left_at IS NULL AND id IN ({})",
            places.join(", ")
        );
        let mut query = sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql)).bind(account);
        for id in chunk {
            query = query.bind(*id);
        }
        let rows = query.fetch_all(&mut *connection).await.map_err(Error::database("reading devices"))?;
        for row in rows {
            found.insert(row.id.clone(), Device::try_from(row)?);
        }
    }
    Ok(found)
}

/// Uses a nonce up; false when it was used before.
pub async fn use_nonce(store: &Store, nonce: &str, expires_at: Millis) -> Result<bool> {
    let mut change = store.write().await?;
    let result =
        sqlx::query("INSERT INTO used_nonce (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(nonce)
            .bind(expires_at)
            .execute(&mut *change)
            .await
            .map_err(Error::database("using up a nonce"))?;
    super::commit(change).await?;
    Ok(result.rows_affected() == 1)
}

/// Forgets nonces that nobody would accept any more.
pub async fn delete_expired_nonces(connection: &mut Connection, now: Millis) -> Result<()> {
    sqlx::query("DELETE FROM used_nonce WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await
        .map_err(Error::database("forgetting old nonces"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_there_while_it_is_connected_or_asks() {
        let at = |last_seen, until, now| online(last_seen, until, ONLINE, now);
        assert!(at(0, None, ONLINE - 1) && !at(0, None, ONLINE), "one that only asks");
        assert!(at(0, Some(10 * MINUTE), 9 * MINUTE), "connected, whenever it asked last");
        let end = 10 * MINUTE;
        assert!(at(end, Some(end), end + RECONNECTS - 1), "it may be coming back");
        assert!(
            !at(end, Some(end), end + RECONNECTS),
            "it hung up, so it is away however lately it was seen"
        );
        assert!(at(end + MINUTE, Some(end), end + 2 * MINUTE), "it goes on with requests");
        assert!(!at(end + MINUTE, Some(end), end + MINUTE + ONLINE));
    }
}
