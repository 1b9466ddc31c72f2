//! Pairing (RFC 8628): a screen shows a code, an operator enters it, the screen belongs to the operator's account.
//!
//! The codes belong to the key that asked for them. Eight letters are few, so what protects a user code is that
//! it is short-lived and that wrong codes are counted, per operator and per account, in the audit log: the counts
//! hold over a restart and for every hub on the database. With a thousand screens waiting, an account that uses
//! all its wrong guesses up hits one of them once in a hundred years.

use std::sync::{Mutex, PoisonError};

use signage_protocol::Secret;
use signage_protocol::api::{self, DeviceTokenError, DeviceTokenRefusal};
use signage_protocol::jws::PublicKey;
use signage_protocol::problem::Code;

use crate::api_token::Actor;
use crate::enrolment::{Enrolled, MAX_LIST, Standing, clean, default_name};
use crate::ident::{self, MINUTE, Millis, SECOND, digest};
use crate::pace::Pace;
use crate::store::devices::Device;
use crate::store::pairings::{Pairing, State};
use crate::store::pushes::{self, Topic};
use crate::store::{self, Connection, Store, accounts, audit, devices, doubts, pairings, playlists};
use crate::{Error, Result, authorization, device};

/// How long both codes hold.
pub const LIFETIME: Millis = 15 * MINUTE;
/// Time between two questions of a device.
pub const INTERVAL: Millis = 5 * SECOND;
/// Letters of a user code: no vowels, so no words; no digits, so nothing that looks like a letter.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const USER_CODE: usize = 8;
/// Span over which wrong codes are counted.
const WINDOW: Millis = 60 * MINUTE;
/// Wrong codes of one operator, and of all operators of an account, in that span.
const WRONG_CODES: [i64; 2] = [10, 30];
/// How wrong codes are found in the audit log.
const ACTION: &str = "device.pair";

/// The two codes of a pairing.
#[derive(Debug)]
pub struct Codes {
    /// For the device.
    pub device: Secret,
    /// For people, `XXXX-XXXX`.
    pub user: String,
}

/// What a device gets that asks.
#[derive(Debug)]
pub enum Answer {
    /// It is in.
    Enrolled(Box<Enrolled>),
    /// Not yet, or not at all.
    Refused(DeviceTokenError),
}

/// What an operator enters.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// From the screen.
    pub code: &'a str,
    /// The screen that the operator was shown for this code; another one is not paired.
    pub device: Option<&'a str>,
    /// For people.
    pub name: &'a str,
    /// Where it stands; without one, what its provisioning file says.
    pub location: Option<&'a str>,
    /// Id of what it plays; without one, what it played here before, or the account's default.
    pub playlist: Option<&'a str>,
}

/// Makes codes for a device. The caller has checked that `request` was signed by `key`, is meant for this hub and
/// is fresh. A device that is in already but did not hear of it, and one that was transferred, get in by them
/// without an operator.
pub async fn begin(
    store: &Store,
    key: &PublicKey,
    request: &api::Pairing,
    address: Option<&str>,
    now: Millis,
) -> Result<Codes> {
    let id = key.thumbprint();
    let mut change = store.write().await?;
    let user = loop {
        let code = user_code()?;
        if pairings::by_user_code(&mut change, &digest(&plain(&code))).await?.is_none() {
            break code;
        }
    };
    let codes = Codes { device: Secret::new(hex::encode(ident::random::<32>()?)), user };
    let text = |text: &Option<String>| text.as_deref().map(clean).filter(|text| !text.is_empty());
    let mut hardware = request.hardware.clone();
    hardware.serial = text(&hardware.serial);
    hardware.model = text(&hardware.model);
    hardware.macs = hardware.macs.iter().take(MAX_LIST).map(|mac| clean(mac)).collect();
    let before = pairings::by_device(&mut change, &id).await?;
    let mut pairing = Pairing {
        device: id.clone(),
        public_key: key.clone(),
        device_code: digest(codes.device.expose()),
        user_code: digest(&plain(&codes.user)),
        location: text(&request.location),
        hardware,
        tags: device::tags(&request.tags),
        software: clean(&request.software),
        address: address.map(ToOwned::to_owned),
        state: State::Waiting,
        created_at: now,
        expires_at: now + LIFETIME,
        decided_at: None,
    };
    let standing = devices::standing(&mut change, &id).await?;
    if let Some(account) = &standing.moves_to
        && !device::closed(&mut change, account, &id, now).await?
    {
        let known = devices::known(&mut change, &id).await?;
        let name = known.as_ref().map_or_else(|| default_name(&id), |known| known.name.clone());
        let location = known.and_then(|known| known.location);
        admit(&mut change, account, &pairing, &name, location.as_deref(), now).await?;
        record(&mut change, &Actor { account, id: "device" }, "device.arrive", &id, None, address, now)
            .await?;
        (pairing.state, pairing.decided_at) = (State::Paired, Some(now));
    } else if let Some(before) = before.filter(|before| before.state == State::Paired)
        && standing.left_at.is_none()
        && before.decided_at.is_some_and(|at| now < at + LIFETIME)
    {
        (pairing.state, pairing.decided_at) = (State::Paired, before.decided_at);
    }
    pairings::put(&mut change, &pairing).await?;
    store::commit(change).await?;
    Ok(codes)
}

/// Answers a device that asks by its device code.
pub async fn poll(
    store: &Store,
    pace: &Mutex<Pace>,
    code: &Secret,
    device: &str,
    now: Millis,
) -> Result<Answer> {
    let refuse = |error, description: &str| {
        Ok(Answer::Refused(DeviceTokenError { error, error_description: description.to_owned() }))
    };
    let digest = digest(code.expose());
    let mut connection = store.read().await?;
    let pairing = pairings::by_device_code(&mut connection, &digest).await?;
    let Some(pairing) = pairing.filter(|pairing| pairing.device == device) else {
        return refuse(
            DeviceTokenRefusal::InvalidGrant,
            "the device code is not known, or is another device's",
        );
    };
    if now >= pairing.expires_at {
        return refuse(DeviceTokenRefusal::ExpiredToken, "the device code has expired");
    }
    match pairing.state {
        State::Denied => refuse(DeviceTokenRefusal::AccessDenied, "an operator refused this screen"),
        State::Waiting => {
            let early = pace.lock().unwrap_or_else(PoisonError::into_inner).early(&digest, now);
            if early {
                return refuse(DeviceTokenRefusal::SlowDown, "asked before the interval was over");
            }
            refuse(DeviceTokenRefusal::AuthorizationPending, "no operator has entered the code yet")
        }
        State::Paired => match devices::by_id(&mut connection, device).await? {
            Some(device) => {
                let account = accounts::by_id(&mut connection, &device.account).await?;
                Ok(Answer::Enrolled(Box::new(Enrolled { device, account })))
            }
            None => refuse(DeviceTokenRefusal::InvalidGrant, "the screen was taken out of its account since"),
        },
    }
}

/// Which screen shows a code. Wrong codes are counted.
pub async fn look(
    store: &Store,
    actor: &Actor<'_>,
    code: &str,
    address: Option<&str>,
    now: Millis,
) -> Result<Pairing> {
    let mut change = store.write().await?;
    let found = find(&mut change, actor, code, address, now).await;
    store::commit(change).await?;
    found
}

/// Puts the screen that shows a code into the actor's account, authorized as the account's policy has it. With a
/// playlist that is the first publication too: it binds and delivers in one change.
pub async fn pair(
    store: &Store,
    actor: &Actor<'_>,
    entry: &Entry<'_>,
    address: Option<&str>,
    now: Millis,
) -> Result<Device> {
    let name = device::name(entry.name)?;
    let location = entry.location.map(device::location).transpose()?.flatten();
    let mut change = store.write().await?;
    let pairing = match find(&mut change, actor, entry.code, address, now).await {
        Ok(pairing) => pairing,
        Err(error) => {
            store::commit(change).await?;
            return Err(error);
        }
    };
    if entry.device.is_some_and(|device| device != pairing.device) {
        return Err(Error::Conflict("Another screen shows this code now. Please look at it again.".into()));
    }
    let playlist = entry.playlist.filter(|playlist| !playlist.is_empty());
    if let Some(playlist) = playlist
        && playlists::by_id(&mut change, actor.account, playlist).await?.is_none()
    {
        return Err(Error::NotFound { what: "playlist", name: playlist.to_owned() });
    }
    if device::closed(&mut change, actor.account, &pairing.device, now).await? {
        return Err(device::no_room());
    }
    let location = location.or_else(|| pairing.location.clone());
    let mut device = admit(&mut change, actor.account, &pairing, &name, location.as_deref(), now).await?;
    if playlist.is_some() && device.playlist.as_deref() != playlist {
        device.playlist = playlist.map(ToOwned::to_owned);
        devices::put(&mut change, &device).await?;
        // Its publication changes, so it must see a higher sequence.
        accounts::content_changed(&mut change, actor.account, now).await?;
        audit::by(&mut change, actor, "device.publish", &device.id, playlist, now).await?;
    }
    pairings::decide(&mut change, &device.id, State::Paired, now).await?;
    record(&mut change, actor, ACTION, &device.id, None, address, now).await?;
    store::commit(change).await?;
    Ok(device)
}

/// Refuses the screen that shows a code, which then stops asking.
pub async fn deny(
    store: &Store,
    actor: &Actor<'_>,
    code: &str,
    address: Option<&str>,
    now: Millis,
) -> Result<()> {
    let mut change = store.write().await?;
    let found = find(&mut change, actor, code, address, now).await;
    if let Ok(pairing) = &found {
        pairings::decide(&mut change, &pairing.device, State::Denied, now).await?;
        record(&mut change, actor, "device.deny", &pairing.device, None, address, now).await?;
    }
    store::commit(change).await?;
    found.map(drop)
}

/// The pairing of a code that waits. The count of wrong codes is part of the change, so that guesses at the same
/// time count like guesses in turn.
async fn find(
    change: &mut Connection,
    actor: &Actor<'_>,
    code: &str,
    address: Option<&str>,
    now: Millis,
) -> Result<Pairing> {
    let code = parse(code).map(|code| plain(&code)).ok_or_else(|| {
        let text = "A code has eight letters, such as BCDF-GHJK, without vowels and digits. Please look at the screen again.";
        Error::Invalid(text.into())
    })?;
    for (limit, who) in WRONG_CODES.into_iter().zip([Some(actor.id), None]) {
        let (count, first) = audit::refused_since(change, actor.account, who, ACTION, now - WINDOW).await?;
        if count >= limit {
            let seconds = (first + WINDOW - now).max(0) / SECOND + 1;
            return Err(Error::Refused {
                status: 429,
                code: Code::HubBusy,
                detail: format!("Too many wrong codes. Please try again in {} minutes.", seconds / 60 + 1),
                retry_after: Some(seconds.unsigned_abs()),
            });
        }
    }
    let Some(pairing) = pairings::by_user_code(change, &digest(&code)).await? else {
        let refused = Some(Code::ApiNotFound.as_str());
        record(change, actor, ACTION, "unknown", refused, address, now).await?;
        return Err(Error::refused(
            404,
            Code::ApiNotFound,
            "No screen shows this code. Please look at the screen again; it may show a new one.",
        ));
    };
    let over = |text: &str| Err(Error::Conflict(text.to_owned()));
    match pairing.state {
        State::Paired => over("This screen has been set up meanwhile."),
        State::Denied => over("This screen was refused. It shows a new code after a while."),
        State::Waiting if now >= pairing.expires_at => {
            over("This code has expired. The screen shows a new one.")
        }
        State::Waiting => Ok(pairing),
    }
}

/// Makes a screen one of the account, as an enrolment with a good token does.
async fn admit(
    change: &mut Connection,
    account: &str,
    pairing: &Pairing,
    name: &str,
    location: Option<&str>,
    now: Millis,
) -> Result<Device> {
    let known = devices::known(change, &pairing.device).await?;
    let stays = known.as_ref().filter(|known| known.account == account);
    let mut tags = stays.map_or_else(Vec::new, |known| known.tags.clone());
    tags.extend(pairing.tags.iter().cloned());
    let given = match &known {
        // It plays already and goes on.
        Some(known) if known.account == account && known.authorized(now) => None,
        known => {
            if let Some(known) = known.as_ref().filter(|known| known.account != account) {
                let actor = Actor { account: &known.account, id: "device" };
                authorization::release(change, &actor, known, now).await?;
            }
            let serial = pairing.hardware.serial.as_deref();
            authorization::on_entry(change, account, &pairing.device, serial, now).await?
        }
    };
    let next = Standing::after(known.as_ref(), stays, given, now);
    let device = Device {
        id: pairing.device.clone(),
        account: account.to_owned(),
        enrol_token: None,
        public_key: Some(pairing.public_key.clone()),
        name: name.to_owned(),
        location: location.map(ToOwned::to_owned).or_else(|| stays.and_then(|known| known.location.clone())),
        hardware: pairing.hardware.clone(),
        tags: device::tags(&tags),
        software: pairing.software.clone(),
        address: pairing.address.clone(),
        playlist: stays.and_then(|known| known.playlist.clone()),
        layout: stays.and_then(|known| known.layout.clone()),
        folder: stays.and_then(|known| known.folder.clone()),
        timezone: stays.and_then(|known| known.timezone.clone()),
        granted: next.granted,
        terms: next.terms,
        sequence: next.sequence,
        authorized_at: next.authorized_at,
        created_at: known.as_ref().map_or(now, |known| known.created_at),
        last_seen: now,
        session_until: None,
    };
    devices::put(change, &device).await?;
    doubts::compare(change, known.as_ref(), &device, now).await?;
    pushes::account(change, &device.account, Topic::Screens, now).await?;
    Ok(device)
}

async fn record(
    change: &mut Connection,
    actor: &Actor<'_>,
    action: &str,
    subject: &str,
    refused: Option<&str>,
    address: Option<&str>,
    now: Millis,
) -> Result<()> {
    let entry = audit::Entry {
        account: Some(actor.account),
        actor: actor.id,
        action,
        subject,
        refused,
        address,
        ..audit::Entry::default()
    };
    audit::record(change, &entry, now).await
}

/// A new code for people.
fn user_code() -> Result<String> {
    let mut code = String::new();
    while code.len() < USER_CODE {
        // 240 is a multiple of 20: every letter is as likely as every other.
        let letters = ident::random::<16>()?.into_iter().filter(|byte| *byte < 240);
        code.extend(letters.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])));
    }
    code.truncate(USER_CODE);
    Ok(shown(&code))
}

/// A code as a screen shows it, from what somebody typed; `None` when it cannot be one.
pub fn parse(code: &str) -> Option<String> {
    let code = plain(code);
    let fits = code.len() == USER_CODE && code.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then(|| shown(&code))
}

/// A code as it is shown: in two groups.
pub fn shown(code: &str) -> String {
    let code = plain(code);
    match code.split_at_checked(USER_CODE / 2) {
        Some((left, right)) if !right.is_empty() => format!("{left}-{right}"),
        _ => code,
    }
}

/// A code as people type it, without what does not matter.
fn plain(code: &str) -> String {
    let matters =
        |character: &char| !character.is_whitespace() && !matches!(character, '-' | '–' | '_' | '.');
    code.chars().filter(matters).map(|character| character.to_ascii_uppercase()).take(4 * USER_CODE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_two_groups_of_letters_that_cannot_be_mistaken() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..200 {
            let code = user_code().unwrap();
            assert!(seen.insert(code.clone()), "{code} twice");
            assert_eq!(code.len(), 9);
            assert_eq!(code.as_bytes()[4], b'-');
            assert!(!code.contains(|character: char| "AEIOUY0123456789".contains(character)), "{code}");
        }
    }

    #[test]
    fn case_hyphen_and_blanks_do_not_matter() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "Bcdf–Ghjk"] {
            assert_eq!(plain(typed), "BCDFGHJK");
            assert_eq!(shown(typed), "BCDF-GHJK");
        }
        assert_eq!(shown("é"), "é");
    }
}
