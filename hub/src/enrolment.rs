//! Enrolment: who is let in, as a pure decision, and carrying it out.
//!
//! | the token is | the device is | answer |
//! |---|---|---|
//! | not known | any | TOK-001 |
//! | the one by which the device came in | enrolled | what is in force, even when the token was revoked since |
//! | revoked | any other | TOK-002 |
//! | a device token of another device | any | TOK-004 |
//! | a device token, unused and expired | any | TOK-003 |
//! | good | not authorized in this account, which is at its limit and needs no codes | TOK-005 |
//! | good | new | enrolled, first authorization |
//! | good | of this account, authorized | what is in force; the new token's grants replace the old |
//! | good | of this account, authorization withdrawn or expired | authorized again, next sequence |
//! | good | of another account | moves, next sequence |
//!
//! In an account whose screens need codes, "authorized" is a free authorization or none: see
//! [`crate::authorization`]. So it lets screens in beyond its limit, which then is one of those that play: they wait
//! until somebody authorizes them, which the limit may refuse.

use signage_protocol::api::Enrollment;
use signage_protocol::jws::PublicKey;
use signage_protocol::problem::Code;
use signage_protocol::token::{Kind, digest};

use crate::account::MAX_NAME;
use crate::api_token::Actor;
use crate::ident::Millis;
use crate::store::accounts::Account;
use crate::store::devices::{Device, Terms};
use crate::store::pushes::{self, Topic};
use crate::store::tokens::Token;
use crate::store::{self, Store, accounts, audit, devices, doubts, pairings, screens, tokens};
use crate::wishes::{self, Met};
use crate::{Error, Result, authorization, device};

/// Most labels and interfaces of one device that are kept.
pub(crate) const MAX_LIST: usize = 32;

/// How a device that may enter enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It was in by this token already.
    Again,
    /// It is in already and has shown another good token.
    Refreshed,
    /// It gets a new authorization.
    Authorized,
}

/// Decides whether `device` may enter with `token`; `full` says that the account of the token lets
/// no more in.
pub fn decide(
    token: Option<&Token>,
    known: Option<&Device>,
    device: &str,
    full: bool,
    now: Millis,
) -> std::result::Result<Entry, Code> {
    let token = token.ok_or(Code::TokUnknown)?;
    if known.is_some_and(|known| known.enrol_token.as_deref() == Some(&*token.id)) {
        return Ok(Entry::Again);
    }
    if token.revoked_at.is_some() {
        return Err(Code::TokRevoked);
    }
    if token.kind == Kind::Device {
        match token.used_by.as_deref() {
            Some(used_by) if used_by != device => return Err(Code::TokUsed),
            None if token.expires_at.is_some_and(|end| now >= end) => return Err(Code::TokExpired),
            _ => {}
        }
    }
    match known {
        Some(known) if known.account == token.account && known.authorized(now) => Ok(Entry::Refreshed),
        _ if full => Err(Code::TokFull),
        _ => Ok(Entry::Authorized),
    }
}

/// A device that is in.
#[derive(Debug)]
pub struct Enrolled {
    /// The device.
    pub device: Device,
    /// Its account.
    pub account: Account,
}

/// Lets a device in or refuses it, and writes it into the audit log unless it is a repeat. The caller has checked that `enrollment`
/// was signed by `key` and meant for this hub.
pub async fn enrol(
    store: &Store,
    key: &PublicKey,
    enrollment: &Enrollment,
    address: Option<&str>,
    now: Millis,
) -> Result<Enrolled> {
    let id = key.thumbprint();
    let mut change = store.write().await?;
    let token = tokens::by_digest(&mut change, &digest(&enrollment.token)).await?;
    let known = devices::known(&mut change, &id).await?;
    let full = match &token {
        Some(token) => device::closed(&mut change, &token.account, &id, now).await?,
        None => false,
    };
    let decision = decide(token.as_ref(), known.as_ref(), &id, full, now);
    let entry = audit::Entry {
        account: token.as_ref().map(|token| token.account.as_str()),
        actor: "device",
        action: "enroll",
        subject: &id,
        refused: decision.err().map(Code::as_str),
        address,
        detail: token.as_ref().map(|token| token.id.as_str()),
    };
    // A repeat changes nothing, and a device may repeat for ever.
    if decision != Ok(Entry::Again) {
        audit::record(&mut change, &entry, now).await?;
    }
    let (token, how) = match (token, decision) {
        (Some(token), Ok(how)) => (token, how),
        (_, decision) => {
            store::commit(change).await?;
            return Err(refusal(decision.err().unwrap_or(Code::TokUnknown), enrollment));
        }
    };
    let account = accounts::by_id(&mut change, &token.account).await?;
    let given = match how {
        Entry::Authorized => {
            if let Some(known) = known.as_ref().filter(|known| known.account != account.id) {
                authorization::release(
                    &mut change,
                    &Actor { account: &known.account, id: "device" },
                    known,
                    now,
                )
                .await?;
            }
            let serial = enrollment.hardware.serial.as_deref();
            authorization::on_entry(&mut change, &account.id, &id, serial, now).await?
        }
        Entry::Again | Entry::Refreshed => None,
    };
    let comes_in = how != Entry::Again || known.as_ref().is_none_or(|known| known.account != account.id);
    let met = match comes_in {
        true => wishes::resolve(&mut change, &token, &enrollment.wishes).await?,
        false => Met::default(),
    };
    let device = merge(key, &id, enrollment, &token, known.as_ref(), how, given, &met, address, now);
    if token.kind == Kind::Device {
        tokens::set_used_by(&mut change, &token.id, &id).await?;
    }
    // One that comes again may have lost its place to another card meanwhile.
    if let Some(screen) = token.screen.as_ref().filter(|_| how != Entry::Again) {
        screens::set_device(&mut change, screen, &id).await?;
    }
    if how != Entry::Again {
        tokens::admit(&mut change, &token.id, &id, now).await?;
    }
    devices::put(&mut change, &device).await?;
    doubts::compare(&mut change, known.as_ref(), &device, now).await?;
    let joined = comes_in && wishes::note(&mut change, &device, &met, now).await?;
    let before = known.as_ref().filter(|known| known.account == account.id);
    let shows = |device: &Device| (device.playlist.clone(), device.layout.clone(), device.folder.clone());
    if before.is_some_and(|before| joined || shows(before) != shows(&device)) {
        // Its publication changes, so it must see a higher sequence; a new screen has not seen any.
        accounts::content_changed(&mut change, &account.id, now).await?;
    }
    pairings::settle(&mut change, &id, now).await?;
    if how != Entry::Again {
        pushes::account(&mut change, &account.id, Topic::Screens, now).await?;
    }
    store::commit(change).await?;
    Ok(Enrolled { device, account })
}

/// Withdraws the authorization of a device, which stops playing; another good token authorizes it again.
/// Withdrawing twice changes nothing.
pub async fn withdraw(store: &Store, id: &str, now: Millis) -> Result<Device> {
    let missing = || Error::NotFound { what: "screen", name: id.to_owned() };
    let mut change = store.write().await?;
    let device = devices::by_id(&mut change, id).await?.ok_or_else(missing)?;
    if !device.granted {
        return Ok(device);
    }
    let actor = Actor::cli(&device.account);
    authorization::end(&mut change, &actor, &device, now).await?;
    audit::by(&mut change, &actor, "device.withdraw", id, None, now).await?;
    let device = devices::by_id(&mut change, id).await?.ok_or_else(missing)?;
    store::commit(change).await?;
    Ok(device)
}

/// The authorization that is in force for a device, signed. The same until something changes.
pub async fn authorization(store: &Store, device: &Device) -> Result<String> {
    authorization::signed(store, device).await
}

fn refusal(code: Code, enrollment: &Enrollment) -> Error {
    let (status, detail) = match code {
        Code::TokUnknown => match signage_protocol::token::check(&enrollment.token) {
            Err(typo) => (401, typo.to_string()),
            Ok(_) => (401, "the hub has no such token".to_owned()),
        },
        Code::TokRevoked => (403, "an operator revoked the token".to_owned()),
        Code::TokExpired => (403, "nobody used the token in time".to_owned()),
        Code::TokFull => (403, "as many screens as the account may have are playing".to_owned()),
        _ => (403, "the token belongs to another device".to_owned()),
    };
    Error::refused(status, code, detail)
}

#[expect(clippy::too_many_arguments, reason = "everything that a row is made of")]
fn merge(
    key: &PublicKey,
    id: &str,
    enrollment: &Enrollment,
    token: &Token,
    known: Option<&Device>,
    how: Entry,
    given: Option<Terms>,
    met: &Met,
    address: Option<&str>,
    now: Millis,
) -> Device {
    let stays = known.filter(|known| known.account == token.account);
    let text = |text: &Option<String>| text.as_deref().map(clean).filter(|text| !text.is_empty());
    let grant = &token.grant;
    // What the entry of a screen says counts more than what its device brings, until somebody changes it.
    let entry = (token.kind == Kind::Device).then_some(grant);
    let again = stays.filter(|_| how == Entry::Again && entry.is_some());
    let name = again
        .map(|known| known.name.clone())
        .or_else(|| entry.and_then(|entry| entry.name.clone()))
        .or_else(|| text(&enrollment.name))
        .or_else(|| stays.map(|known| known.name.clone()))
        .unwrap_or_else(|| default_name(id));
    let location = again
        .and_then(|known| known.location.clone())
        .or_else(|| entry.and_then(|entry| entry.location.clone()))
        .or_else(|| text(&enrollment.location))
        .or_else(|| grant.location.clone())
        .or_else(|| stays.and_then(|known| known.location.clone()));
    let kept = |granted: &Option<String>, known: fn(&Device) -> &Option<String>| {
        let known = stays.and_then(|device| known(device).clone());
        if how == Entry::Again { known } else { granted.clone().or(known) }
    };
    // One counts at a time, so both come from the same place.
    let (playlist, layout) = match stays {
        Some(known) if how == Entry::Again => (&known.playlist, &known.layout),
        _ if grant.playlist.is_some() || grant.layout.is_some() => (&grant.playlist, &grant.layout),
        _ => (&met.playlist, &met.layout),
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in grant.tags.iter().chain(&enrollment.tags).map(|tag| clean(tag)) {
        if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MAX_LIST {
            tags.push(tag);
        }
    }
    let next = Standing::after(known, stays, given, now);
    let mut hardware = enrollment.hardware.clone();
    hardware.serial = text(&hardware.serial);
    hardware.model = text(&hardware.model);
    hardware.macs = hardware.macs.iter().take(MAX_LIST).map(|mac| clean(mac)).collect();
    Device {
        id: id.to_owned(),
        account: token.account.clone(),
        enrol_token: Some(token.id.clone()),
        public_key: Some(key.clone()),
        name,
        location,
        hardware,
        tags,
        software: clean(&enrollment.software),
        address: address.map(ToOwned::to_owned),
        playlist: playlist.clone(),
        layout: layout.clone(),
        folder: kept(&grant.folder, |device| &device.folder).or_else(|| met.folder.clone()),
        timezone: kept(&grant.timezone, |device| &device.timezone),
        granted: next.granted,
        terms: next.terms,
        sequence: next.sequence,
        authorized_at: next.authorized_at,
        created_at: known.map_or(now, |known| known.created_at),
        last_seen: now,
        session_until: None,
    }
}

/// The authorization of a device that has come in.
pub(crate) struct Standing {
    pub(crate) granted: bool,
    pub(crate) terms: Terms,
    pub(crate) sequence: i64,
    pub(crate) authorized_at: Millis,
}

impl Standing {
    /// What it was `given`, else what it has in this account. What it had in another ends here.
    pub(crate) fn after(
        known: Option<&Device>,
        stays: Option<&Device>,
        given: Option<Terms>,
        now: Millis,
    ) -> Self {
        let sequence = known.map_or(1, |known| known.sequence + 1);
        match (given, stays) {
            (Some(terms), _) => Self { granted: true, terms, sequence, authorized_at: now },
            (None, Some(stays)) => Self {
                granted: stays.granted,
                terms: stays.terms.clone(),
                sequence: stays.sequence,
                authorized_at: stays.authorized_at,
            },
            (None, None) => Self { granted: false, terms: Terms::INCLUDED, sequence, authorized_at: now },
        }
    }
}

/// A text from a device, fit to be stored and shown. A device cannot be asked to shorten it, so we do.
pub(crate) fn clean(text: &str) -> String {
    let printable = text.chars().filter(|character| !character.is_control());
    printable.take(MAX_NAME).collect::<String>().trim().to_owned()
}

/// The name of a screen that nobody has named.
pub(crate) fn default_name(id: &str) -> String {
    let short: String = id.chars().filter(char::is_ascii_alphanumeric).take(4).collect();
    format!("Screen {}", short.to_ascii_uppercase())
}
