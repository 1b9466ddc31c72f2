//! Table `device_doubt`: boards that showed up with a key that they should not have, and files that ask for what is not
//! there.

use sqlx::FromRow;

use super::Connection;
use super::devices::Device;
use crate::ident::Millis;
use crate::{Error, Result};

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The same key with another serial number: a copied card, or a card in another board.
    Clone,
    /// A new key with a known serial number: another card in a known board.
    Swap,
    /// Something that its provisioning file asks for, and that it did not get.
    Wish,
}

impl Kind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clone => "clone",
            Self::Swap => "swap",
            Self::Wish => "wish",
        }
    }
}

/// Something odd about a screen.
#[derive(Debug, Clone, FromRow)]
pub struct Doubt {
    /// `clone`, `swap` or `wish`.
    pub kind: String,
    /// The other serial number, the screen that the board was, or what was asked for and why it is not so.
    pub other: String,
    /// What that screen is called.
    pub name: Option<String>,
    /// Since when.
    pub at: Millis,
}

/// Notes something odd, once.
pub async fn note(
    connection: &mut Connection,
    device: &str,
    account: &str,
    kind: Kind,
    other: &str,
    now: Millis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO device_doubt (device, kind, other, account, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(device)
    .bind(kind.as_str())
    .bind(other)
    .bind(account)
    .bind(now)
    .execute(connection)
    .await
    .map_err(Error::database("noting a doubt"))?;
    Ok(())
}

/// Compares a device that has just come in with what the hub knew of its key and of its board.
pub async fn compare(
    connection: &mut Connection,
    known: Option<&Device>,
    device: &Device,
    now: Millis,
) -> Result<()> {
    let Some(serial) = &device.hardware.serial else { return Ok(()) };
    if let Some(before) = known.and_then(|known| known.hardware.serial.as_ref()) {
        if before != serial {
            note(connection, &device.id, &device.account, Kind::Clone, before, now).await?;
        }
        return Ok(());
    }
    let other: Option<String> = sqlx::query_scalar(
        "SELECT id FROM device WHERE account = $1 AND serial = $2 AND id <> $3 AND left_at IS NULL \
         ORDER BY last_seen DESC LIMIT 1",
    )
    .bind(&device.account)
    .bind(serial)
    .bind(&device.id)
    .fetch_optional(&mut *connection)
    .await
    .map_err(Error::database("looking for a board"))?;
    match other {
        Some(other) => note(connection, &device.id, &device.account, Kind::Swap, &other, now).await,
        None => Ok(()),
    }
}

/// What is odd about a screen.
pub async fn of(connection: &mut Connection, device: &str) -> Result<Vec<Doubt>> {
    sqlx::query_as(
        "SELECT d.kind, d.other, other.name, d.at FROM device_doubt d \
         JOIN device own ON own.id = d.device AND own.account = d.account \
         LEFT JOIN device other ON other.id = d.other AND other.left_at IS NULL \
         WHERE d.device = $1 AND (d.kind <> 'swap' OR other.id IS NOT NULL) ORDER BY d.at, d.other",
    )
    .bind(device)
    .fetch_all(connection)
    .await
    .map_err(Error::database("reading doubts"))
}

/// Forgets what is odd about a screen: all of it, or what is of one kind.
pub async fn clear(connection: &mut Connection, device: &str, only: Option<Kind>) -> Result<()> {
    sqlx::query("DELETE FROM device_doubt WHERE device = $1 AND ($2 = '' OR kind = $2)")
        .bind(device)
        .bind(only.map_or("", Kind::as_str))
        .execute(connection)
        .await
        .map_err(Error::database("forgetting doubts"))?;
    Ok(())
}
