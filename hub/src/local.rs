//! Local authorization of a screen that the hub does not reach: an operator enters the device code that the screen
//! shows, chooses a local code, and carries the authorization there on a stick.
//!
//! The screen is bound by that: it is in the list, offline. Should it come online later it enrols as every other, and
//! its authorization goes on.

use std::io::{Cursor, Write as _};
use std::str::FromStr;

use signage_protocol::api::Hardware;
use signage_protocol::device_code;
use signage_protocol::document::{AuthorizationKind, local_path};
use signage_protocol::jws::typ;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::api_token::Actor;
use crate::authorization::{self, Refusal};
use crate::export::{self, File};
use crate::ident::Millis;
use crate::store::devices::{Device, Terms};
use crate::store::{self, Connection, Store, accounts, audit, devices};
use crate::{Error, Result, authorization_code, device};

/// What an operator enters.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// From the screen, its QR code, or `telemetry_result.json` on a stick that was in it.
    pub device: &'a str,
    /// For people.
    pub name: &'a str,
    /// Where it stands.
    pub location: Option<&'a str>,
    /// The local code, or its id.
    pub code: &'a str,
}

/// The form in which the authorization is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The signed document alone.
    Jws,
    /// For the top folder of a stick that one has.
    Zip,
    /// The bytes of a stick.
    Stick,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Jws, Self::Zip, Self::Stick];

    /// The word for programs and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jws => "jws",
            Self::Zip => "zip",
            Self::Stick => "stick",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| Error::Invalid(format!("{text:?} is no form; use jws, zip or stick")))
    }
}

/// Binds the screen with a device code to the account and authorizes it by a local code.
pub async fn authorize(store: &Store, actor: &Actor<'_>, entry: &Entry<'_>, now: Millis) -> Result<Device> {
    let id = device_code::parse(entry.device)
        .map_err(|error| Error::Field { field: "device", detail: format!("Device code: {error}.") })?;
    let (name, location) = (device::name(entry.name)?, entry.location.map(device::location).transpose()?);
    let mut change = store.write().await?;
    let code = authorization_code::find(&mut change, actor.account, entry.code).await?;
    if code.kind != AuthorizationKind::Local {
        return Err(Error::Conflict(Refusal::Kind(code.code).to_string()));
    }
    let screen = bound(&mut change, actor, &id, name, location.flatten(), now).await?;
    let given = authorization::with_code(&mut change, actor, &screen, &code.id, false, now).await?;
    if !screen.authorized(now) && device::full(&mut change, actor.account, &id, now).await? {
        return Err(device::no_room());
    }
    devices::authorize(&mut change, &id, &given.terms, now).await?;
    audit::by(&mut change, actor, "device.authorize", &id, Some(&code.code), now).await?;
    let screen = device::find(&mut change, actor.account, &id).await?;
    store::commit(change).await?;
    Ok(screen)
}

/// The screen as one of the account. Whoever knows an id has not shown that the screen is theirs, so one of another
/// account is left alone.
async fn bound(
    change: &mut Connection,
    actor: &Actor<'_>,
    id: &str,
    name: String,
    location: Option<String>,
    now: Millis,
) -> Result<Device> {
    let known = devices::known(change, id).await?;
    let standing = devices::standing(change, id).await?;
    let expected = standing.moves_to.as_deref().is_some_and(|account| account != actor.account);
    let elsewhere = known.as_ref().is_some_and(|known| known.account != actor.account);
    if expected || (elsewhere && standing.left_at.is_none()) {
        return Err(Error::Conflict(
            "This screen belongs to another account of this hub. Its authorization has to be cancelled there first, \
             and the screen unpaired."
                .into(),
        ));
    }
    let stays = known.as_ref().filter(|_| !elsewhere);
    let screen = Device {
        id: id.to_owned(),
        account: actor.account.to_owned(),
        enrol_token: stays.and_then(|known| known.enrol_token.clone()),
        public_key: known.as_ref().and_then(|known| known.public_key.clone()),
        name,
        location: location.or_else(|| stays.and_then(|known| known.location.clone())),
        hardware: known
            .as_ref()
            .map_or(Hardware { serial: None, model: None, macs: vec![] }, |known| known.hardware.clone()),
        tags: stays.map(|known| known.tags.clone()).unwrap_or_default(),
        software: known.as_ref().map(|known| known.software.clone()).unwrap_or_default(),
        address: known.as_ref().and_then(|known| known.address.clone()),
        playlist: stays.and_then(|known| known.playlist.clone()),
        layout: stays.and_then(|known| known.layout.clone()),
        folder: stays.and_then(|known| known.folder.clone()),
        timezone: stays.and_then(|known| known.timezone.clone()),
        granted: stays.is_some_and(|known| known.granted),
        terms: stays.map_or(Terms::INCLUDED, |known| known.terms.clone()),
        sequence: known.as_ref().map_or(0, |known| known.sequence),
        authorized_at: known.as_ref().map_or(now, |known| known.authorized_at),
        created_at: known.as_ref().map_or(now, |known| known.created_at),
        last_seen: known.as_ref().map_or(0, |known| known.last_seen),
        session_until: known.as_ref().and_then(|known| known.session_until),
    };
    devices::put(change, &screen).await?;
    if stays.is_none() || standing.left_at.is_some() {
        audit::by(change, actor, "device.bind", id, None, now).await?;
    }
    Ok(screen)
}

/// The local authorization of a screen, for its stick.
pub async fn file(store: &Store, account: &str, id: &str, format: Format, now: Millis) -> Result<File> {
    let mut connection = store.read().await?;
    let screen = device::find(&mut connection, account, id).await?;
    if !screen.authorized(now) || screen.terms.kind != AuthorizationKind::Local {
        return Err(Error::Conflict(
            "Only a local authorization is carried on a stick. Authorize the screen with a Local Device Auth code \
             first."
                .into(),
        ));
    }
    let account = accounts::by_id(&mut connection, account).await?;
    let document =
        account.sign_with_key(store.vault(), typ::AUTHORIZATION, &authorization::document(&screen))?;
    drop(connection);
    let make = move || {
        let path = local_path(&screen.id);
        Ok(match format {
            Format::Jws => File {
                name: "authorization.jws",
                media_type: signage_protocol::api::JOSE,
                bytes: document.into_bytes(),
            },
            Format::Zip => File {
                name: "authorization.zip",
                media_type: "application/zip",
                bytes: zip(&path, &document)?,
            },
            Format::Stick => File {
                name: "stick.img",
                media_type: "application/octet-stream",
                bytes: export::stick(&[(&path, document.as_bytes())])?,
            },
        })
    };
    // A stick takes its time, so not on a thread that others wait for.
    tokio::task::spawn_blocking(make).await.map_err(|_| Error::Damaged { what: "download" })?
}

fn zip(path: &str, document: &str) -> Result<Vec<u8>> {
    let failed = |error: zip::result::ZipError| Error::Export { what: "archive", source: error.into() };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(path, SimpleFileOptions::default()).map_err(failed)?;
    archive.write_all(document.as_bytes()).map_err(|source| Error::Export { what: "archive", source })?;
    Ok(archive.finish().map_err(failed)?.into_inner())
}
