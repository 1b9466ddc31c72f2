//! Authorizing screens, and the end of it.
//!
//! How a screen comes to be authorized is the account's policy:
//!
//! | policy | a screen that comes in by a token or a pairing code |
//! |---|---|
//! | included | is authorized at once, without a code and without an end |
//! | codes | has a free authorization, if the account has one to give and neither this device nor its serial number had one before; else it is unauthorized until an operator chooses a code |
//!
//! An authorization that is in force goes on whatever the policy becomes. Its end needs nobody to notice: whoever asks
//! whether a screen may play asks with the time.
//!
//! What a code does for a screen is [`decide`], what becomes of it afterwards [`released`]:
//!
//! | the code is | the screen | |
//! |---|---|---|
//! | historical, expired, used by another | any | no |
//! | used by this one | | no, it does already |
//! | cloud or free | was bound by its device code and has never spoken with the hub | no, that needs a local one |
//! | valid | is authorized without an end | no, it needs none |
//! | valid | is authorized by another code | only if that one is to be replaced |
//! | valid | is unauthorized, expired, or free | yes |

use signage_protocol::document::{Authorization, AuthorizationKind};
use signage_protocol::jws::typ;

use crate::api_token::Actor;
use crate::authorization_code::{self, Status};
use crate::ident::{self, DAY, Millis};
use crate::store::codes::{self, Code};
use crate::store::devices::{Device, Terms};
use crate::store::policies::{self, Policy};
use crate::store::{self, Connection, Store, accounts, audit, devices};
use crate::{Error, Result, device};

/// Most screens with a free authorization, and most days of one.
pub const MAX_FREE: [i64; 2] = [100_000, 3650];
/// What boards say that have no serial number.
const NO_SERIALS: [&str; 8] = [
    "to be filled by o.e.m.",
    "default string",
    "system serial number",
    "not specified",
    "not applicable",
    "none",
    "unknown",
    "serial",
];

/// Why a code does not authorize a screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is historical.
    #[error("{0} was cancelled. Choose another code.")]
    Cancelled(String),
    /// Its end has passed.
    #[error("{0} has expired. Choose another code, or ask your service provider for one.")]
    Expired(String),
    /// Another screen has it.
    #[error("{code} has been used for another screen{name}. Choose another code.")]
    Used {
        /// The code.
        code: String,
        /// That screen, with a comma in front.
        name: String,
    },
    /// This screen has it.
    #[error("{0} authorizes this screen already.")]
    Already(String),
    /// It is of the wrong kind.
    #[error(
        "This screen has never been online, so only a Local Device Auth code fits: its authorization is carried on a stick. {0} is of the wrong type."
    )]
    Kind(String),
    /// The screen needs none.
    #[error("This screen is authorized without an end and needs no code.")]
    NotNeeded,
    /// The screen has another.
    #[error("This screen is authorized already, until {0}. Cancel that authorization first, or replace it.")]
    Running(String),
}

/// What a screen gets by a code.
pub fn decide(
    code: &Code,
    screen: &Device,
    replace: bool,
    now: Millis,
) -> std::result::Result<Terms, Refusal> {
    let text = || code.code.clone();
    match code.status(now) {
        Status::Historical => return Err(Refusal::Cancelled(text())),
        Status::Expired => return Err(Refusal::Expired(text())),
        Status::Used if code.device.as_ref() == Some(&screen.id) => return Err(Refusal::Already(text())),
        Status::Used => {
            let name = code.device_name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            return Err(Refusal::Used { code: text(), name });
        }
        Status::Valid => {}
    }
    if screen.is_offline_only() && code.kind != AuthorizationKind::Local {
        return Err(Refusal::Kind(text()));
    }
    if screen.authorized(now) {
        match (&screen.terms.code, screen.terms.expires_at) {
            (None, None) => return Err(Refusal::NotNeeded),
            (Some(_), end) if !replace => {
                return Err(Refusal::Running(end.map_or_else(|| "withdrawn".into(), last_day)));
            }
            _ => {}
        }
    }
    Ok(Terms { kind: code.kind, expires_at: code.end(now), code: Some(code.id.clone()) })
}

/// A code whose screen has lost its authorization: a cloud code returns to the account as often as it may, every
/// other one is history. One that has expired stays what it is.
pub fn released(mut code: Code, now: Millis) -> Code {
    match code.status(now) {
        Status::Used if code.kind == AuthorizationKind::Cloud && code.replaced < code.replacements => {
            code.replaced += 1;
            (code.device, code.device_name, code.used_at) = (None, None, None);
        }
        Status::Used => code.cancelled_at = Some(now),
        Status::Valid | Status::Expired | Status::Historical => {}
    }
    code
}

/// The free authorization of a screen that comes in.
fn free(policy: &Policy, had: bool, running: i64, now: Millis) -> Option<Terms> {
    let left = policy.codes && policy.free_days > 0 && running < policy.free_screens && !had;
    let expires_at = Some(now + policy.free_days * DAY);
    left.then_some(Terms { kind: AuthorizationKind::Free, expires_at, code: None })
}

/// By what a screen is known that has had its free authorization: a new key does not make it another one.
fn identities(device: &str, serial: Option<&str>) -> Vec<String> {
    let serial = serial.map(|serial| serial.trim().to_lowercase()).filter(|serial| {
        let says_nothing = serial.chars().all(|character| matches!(character, '0' | '.' | '-' | ' ' | 'x'));
        !says_nothing && !NO_SERIALS.contains(&serial.as_str())
    });
    let serial = serial.map(|serial| format!("serial:{serial}"));
    [format!("id:{device}")].into_iter().chain(serial).collect()
}

/// What a screen gets that comes in without an authorization that goes on. `None`: an operator has to choose a code.
pub(crate) async fn on_entry(
    change: &mut Connection,
    account: &str,
    device: &str,
    serial: Option<&str>,
    now: Millis,
) -> Result<Option<Terms>> {
    let policy = policies::get(change, account).await?;
    if !policy.codes {
        return Ok(Some(Terms::INCLUDED));
    }
    if device::full(change, account, device, now).await? {
        return Ok(None);
    }
    let whose = identities(device, serial);
    let had = policies::had_free(change, account, &whose).await?;
    let terms = free(&policy, had, policies::count_free(change, account, now).await?, now);
    if terms.is_some() {
        policies::use_free(change, account, &whose, now).await?;
    }
    Ok(terms)
}

/// Authorizes a screen: with a code, or without one where the policy of the account says so.
pub async fn authorize(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    code: Option<&str>,
    replace: bool,
    now: Millis,
) -> Result<Device> {
    let mut change = store.write().await?;
    let screen = device::find(&mut change, actor.account, id).await?;
    let given = match code.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => with_code(&mut change, actor, &screen, code, replace, now).await?,
        None if screen.authorized(now) => return Ok(screen),
        None if policies::get(&mut change, actor.account).await?.codes => {
            return Err(Error::Conflict(
                "The screens of this account need an authorization code. Choose one for this screen.".into(),
            ));
        }
        None => Given { terms: Terms::INCLUDED, detail: None },
    };
    if !screen.authorized(now) && device::full(&mut change, actor.account, id, now).await? {
        return Err(device::no_room());
    }
    devices::authorize(&mut change, id, &given.terms, now).await?;
    audit::by(&mut change, actor, "device.authorize", id, given.detail.as_deref(), now).await?;
    let screen = device::find(&mut change, actor.account, id).await?;
    store::commit(change).await?;
    Ok(screen)
}

/// What a screen gets, and by which code.
pub(crate) struct Given {
    pub(crate) terms: Terms,
    detail: Option<String>,
}

/// Uses a code up for a screen that is in the account.
pub(crate) async fn with_code(
    change: &mut Connection,
    actor: &Actor<'_>,
    screen: &Device,
    code: &str,
    replace: bool,
    now: Millis,
) -> Result<Given> {
    let mut code = authorization_code::find(change, actor.account, code).await?;
    let terms =
        decide(&code, screen, replace, now).map_err(|refusal| Error::Conflict(refusal.to_string()))?;
    release(change, actor, screen, now).await?;
    (code.device, code.used_at, code.ends_at) = (Some(screen.id.clone()), Some(now), terms.expires_at);
    codes::update(change, &code).await?;
    Ok(Given { terms, detail: Some(code.code) })
}

/// Cancels the authorization of a screen, which stops playing. Doing it twice changes nothing.
pub async fn cancel(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Device> {
    let mut change = store.write().await?;
    let screen = device::find(&mut change, actor.account, id).await?;
    if !screen.granted {
        return Ok(screen);
    }
    end(&mut change, actor, &screen, now).await?;
    audit::by(&mut change, actor, "device.withdraw", id, None, now).await?;
    let screen = device::find(&mut change, actor.account, id).await?;
    store::commit(change).await?;
    Ok(screen)
}

/// Withdraws the authorization of a screen, by whatever it was given. The caller writes the audit log.
pub(crate) async fn end(
    change: &mut Connection,
    actor: &Actor<'_>,
    screen: &Device,
    now: Millis,
) -> Result<()> {
    release(change, actor, screen, now).await?;
    devices::withdraw(change, &screen.id, now).await
}

/// Takes the code from a screen whose authorization ends, or that leaves its account.
pub(crate) async fn release(
    change: &mut Connection,
    actor: &Actor<'_>,
    screen: &Device,
    now: Millis,
) -> Result<()> {
    let Some(id) = &screen.terms.code else { return Ok(()) };
    let Some(code) = codes::find(change, &screen.account, id).await? else { return Ok(()) };
    if code.device.as_ref() != Some(&screen.id) {
        return Ok(());
    }
    let after = released(code.clone(), now);
    if after == code {
        return Ok(());
    }
    codes::update(change, &after).await?;
    let (action, detail) = match after.cancelled_at {
        None => ("code.return", Some(format!("{} of {}", after.replaced, after.replacements))),
        Some(_) => ("code.end", None),
    };
    let actor = Actor { account: &screen.account, id: actor.id };
    audit::by(change, &actor, action, &after.id, detail.as_deref(), now).await
}

/// Says how the screens of an account come to be authorized. Authorizations that are in force go on.
pub async fn set_policy(store: &Store, actor: &Actor<'_>, policy: &Policy, now: Millis) -> Result<()> {
    for (number, most) in [policy.free_screens, policy.free_days].into_iter().zip(MAX_FREE) {
        if !(0..=most).contains(&number) {
            return Err(Error::Invalid(format!("{number} is not between 0 and {most}")));
        }
    }
    let mut change = store.write().await?;
    policies::put(&mut change, actor.account, policy).await?;
    let detail = format!(
        "{}, {} free screens for {} days, codes made by {}",
        if policy.codes { "codes" } else { "included" },
        policy.free_screens,
        policy.free_days,
        if policy.makes_codes { "the account" } else { "the hub" }
    );
    audit::by(&mut change, actor, "account.authorization", actor.account, Some(&detail), now).await?;
    store::commit(change).await
}

/// The document that is in force for a screen.
pub(crate) fn document(screen: &Device) -> Authorization {
    Authorization {
        sub: screen.id.clone(),
        account: screen.account.clone(),
        kind: screen.terms.kind,
        granted: screen.granted,
        not_before: ident::timestamp(screen.authorized_at),
        expires_at: screen.terms.expires_at.map(ident::timestamp),
        sequence: screen.sequence.unsigned_abs(),
    }
}

/// The same, signed. It is the same text until something changes.
pub async fn signed(store: &Store, screen: &Device) -> Result<String> {
    let account = accounts::by_id(&mut *store.read().await?, &screen.account).await?;
    account.sign(store.vault(), typ::AUTHORIZATION, &document(screen))
}

/// The last day, in UTC, of what ends at a moment: at midnight the day before.
pub fn last_day(end: Millis) -> String {
    day(end - 1)
}

/// A moment as a day in UTC.
pub fn day(at: Millis) -> String {
    ident::timestamp(at).strftime("%-d %B %Y").to_string()
}

/// What an operator reads of the authorization of a screen.
pub fn says(screen: &Device, now: Millis) -> String {
    let Terms { kind, expires_at, .. } = screen.terms;
    Stated { granted: screen.granted, kind, expires_at }.says(now)
}

/// Of an authorization, what an operator reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Whether it grants or withdraws.
    pub granted: bool,
    /// Cloud, local or free.
    pub kind: AuthorizationKind,
    /// Its end; without one it has none.
    pub expires_at: Option<Millis>,
}

impl Stated {
    /// In words.
    pub fn says(&self, now: Millis) -> String {
        let word = match self.kind {
            AuthorizationKind::Cloud => "Cloud Authorization",
            AuthorizationKind::Local => "Local Authorization",
            AuthorizationKind::Free => "Free Authorization",
        };
        match (self.granted, self.expires_at) {
            (false, _) => "Unauthorized".to_owned(),
            (true, Some(end)) if now >= end => format!("Unauthorized, expired on {}", day(end)),
            (true, Some(end)) => format!("{word} until {}", last_day(end)),
            (true, None) => word.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use signage_protocol::api::Hardware;
    use signage_protocol::jws::{PublicKey, SigningKey};

    use super::*;

    const NOW: Millis = 1_000 * DAY;

    fn code(kind: AuthorizationKind) -> Code {
        Code {
            id: "aut_1".into(),
            account: "acc_1".into(),
            code: "CODE".into(),
            kind,
            days: Some(30),
            ends_at: None,
            replacements: 2,
            replaced: 0,
            device: None,
            used_at: None,
            cancelled_at: None,
            created_by: "cli".into(),
            created_at: 0,
            device_name: None,
        }
    }

    fn screen() -> Device {
        Device {
            id: "screen".into(),
            account: "acc_1".into(),
            enrol_token: None,
            public_key: Some(PublicKey::from(&SigningKey::from_bytes(&[1; 32]).verifying_key())),
            name: "Lobby".into(),
            location: None,
            hardware: Hardware { serial: None, model: None, macs: vec![] },
            tags: vec![],
            software: String::new(),
            address: None,
            playlist: None,
            layout: None,
            folder: None,
            timezone: None,
            granted: false,
            terms: Terms::INCLUDED,
            sequence: 1,
            authorized_at: 0,
            created_at: 0,
            last_seen: 0,
            session_until: None,
        }
    }

    fn with(terms: Terms) -> Device {
        Device { granted: true, terms, ..screen() }
    }

    /// Every row of the table at the top.
    #[test]
    fn a_code_a_screen_and_the_time_decide() {
        use AuthorizationKind::{Cloud, Free, Local};
        let valid = || code(Cloud);
        let text = || "CODE".to_owned();
        let by_code = |end: Millis| Terms { kind: Cloud, expires_at: Some(end), code: Some("aut_0".into()) };
        let offline = || Device { public_key: None, ..screen() };
        let ok = |kind| Ok(Terms { kind, expires_at: Some(NOW + 30 * DAY), code: Some("aut_1".into()) });
        let used = |device: &str| Code {
            device: Some(device.into()),
            device_name: Some("Door".into()),
            ends_at: Some(NOW + 1),
            ..valid()
        };
        let table = [
            (Code { cancelled_at: Some(1), ..valid() }, screen(), false, Err(Refusal::Cancelled(text()))),
            (Code { ends_at: Some(NOW), ..valid() }, screen(), false, Err(Refusal::Expired(text()))),
            (used("other"), screen(), true, Err(Refusal::Used { code: text(), name: ", Door".into() })),
            (used("screen"), screen(), true, Err(Refusal::Already(text()))),
            (valid(), offline(), false, Err(Refusal::Kind(text()))),
            (code(Free), offline(), false, Err(Refusal::Kind(text()))),
            (code(Local), offline(), false, ok(Local)),
            (valid(), with(Terms::INCLUDED), true, Err(Refusal::NotNeeded)),
            (valid(), with(by_code(NOW + 1)), false, Err(Refusal::Running(last_day(NOW + 1)))),
            (valid(), with(by_code(NOW + 1)), true, ok(Cloud)),
            (valid(), with(by_code(NOW)), false, ok(Cloud)),
            (valid(), with(Terms { kind: Free, expires_at: Some(NOW + 1), code: None }), false, ok(Cloud)),
            (code(Local), screen(), false, ok(Local)),
            (code(Free), screen(), false, ok(Free)),
            // Of a code that has come back, the second screen gets what is left.
            (
                Code { ends_at: Some(NOW + 5), replaced: 1, ..valid() },
                screen(),
                false,
                Ok(Terms { kind: Cloud, expires_at: Some(NOW + 5), code: Some("aut_1".into()) }),
            ),
        ];
        for (index, (code, screen, replace, expected)) in table.into_iter().enumerate() {
            assert_eq!(decide(&code, &screen, replace, NOW), expected, "row {index}");
        }
    }

    #[test]
    fn a_cloud_code_returns_as_often_as_it_may_and_no_other_does() {
        let used = |kind| Code { device: Some("screen".into()), ends_at: Some(NOW + DAY), ..code(kind) };
        let mut cloud = used(AuthorizationKind::Cloud);
        for replaced in 1..=2 {
            cloud = released(cloud, NOW);
            assert_eq!((cloud.status(NOW), cloud.replaced), (Status::Valid, replaced));
            cloud.device = Some("screen".into());
        }
        assert_eq!(released(cloud, NOW).status(NOW), Status::Historical);
        for kind in [AuthorizationKind::Local, AuthorizationKind::Free] {
            let ended = released(used(kind), NOW);
            assert_eq!((ended.status(NOW), ended.device.as_deref()), (Status::Historical, Some("screen")));
        }
        let expired = released(used(AuthorizationKind::Cloud), NOW + DAY);
        assert_eq!((expired.status(NOW + DAY), expired.replaced), (Status::Expired, 0));
    }

    #[test]
    fn a_free_authorization_has_limits() {
        let policy = Policy { codes: true, free_screens: 2, free_days: 14, makes_codes: false };
        let terms = free(&policy, false, 1, NOW).unwrap();
        assert_eq!((terms.kind, terms.expires_at), (AuthorizationKind::Free, Some(NOW + 14 * DAY)));
        assert_eq!(free(&policy, false, 2, NOW), None, "too many");
        assert_eq!(free(&policy, true, 0, NOW), None, "had one");
        assert_eq!(free(&Policy { free_days: 0, ..policy }, false, 0, NOW), None);
        assert_eq!(identities("a", Some(" AB12 ")), ["id:a", "serial:ab12"]);
        for nothing in ["", "0000000", "Default string", "To Be Filled By O.E.M."] {
            assert_eq!(identities("a", Some(nothing)), ["id:a"], "{nothing}");
        }
    }

    #[test]
    fn an_authorization_ends_by_itself() {
        let until = Terms { kind: AuthorizationKind::Local, expires_at: Some(NOW), code: None };
        let screen = with(until);
        assert!(screen.authorized(NOW - 1) && !screen.authorized(NOW));
        assert!(says(&screen, NOW - 1).starts_with("Local Authorization until "));
        assert!(says(&screen, NOW).starts_with("Unauthorized, expired on "));
        assert_eq!(says(&with(Terms::INCLUDED), NOW), "Cloud Authorization");
        assert_eq!(says(&self::screen(), NOW), "Unauthorized");
    }
}
