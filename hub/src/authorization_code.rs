//! Authorization codes: making, describing and cancelling them. Who is authorized by one is [`crate::authorization`].
//!
//! | status | |
//! |---|---|
//! | valid | unused, unexpired: available |
//! | used | authorizes a screen |
//! | expired | its end has passed, used or not |
//! | historical | cancelled, or not returned by the screen that had it |
//!
//! A code with a number of days begins with its first use, and the days run on while it waits between two screens:
//! otherwise each replacement would buy the whole time again.

use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::AuthorizationKind;

use crate::api_token::Actor;
use crate::ident::{self, DAY, Millis, timestamp};
use crate::store::codes::{self, Code};
use crate::store::{self, Connection, Store, accounts, audit, policies};
use crate::{Error, Result};

/// Most codes that are made at once.
pub const MAX_COUNT: usize = 10_000;
/// A hundred years.
pub const MAX_DAYS: i64 = 36_500;
/// How often a cloud code may come back, unless somebody says otherwise.
pub const REPLACEMENTS: i64 = 3;
/// At most.
pub const MAX_REPLACEMENTS: i64 = 1000;
/// No `I`, `L`, `O`, `U`: a code is read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM_CHARS: usize = 12;

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "AuthorizationCodeStatus")]
pub enum Status {
    /// Available.
    Valid,
    /// Authorizes a screen.
    Used,
    /// Its end has passed.
    Expired,
    /// Cancelled.
    Historical,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Used, Self::Expired, Self::Historical];

    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Historical => "historical",
        }
    }

    /// The word for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Valid => "Valid",
            Self::Used => "Used",
            Self::Expired => "Expired",
            Self::Historical => "Historical",
        }
    }
}

impl FromStr for Status {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
            Error::Invalid(format!("{text:?} is no status; use valid, used, expired or historical"))
        })
    }
}

/// A kind by its word.
pub fn kind(text: &str) -> Result<AuthorizationKind> {
    AuthorizationKind::parse(text)
        .ok_or_else(|| Error::Invalid(format!("{text:?} is no kind; use cloud, local or free")))
}

impl Code {
    /// Where it stands at a moment. [`codes::page`] says the same in SQL.
    pub fn status(&self, now: Millis) -> Status {
        if self.cancelled_at.is_some() {
            Status::Historical
        } else if self.ends_at.is_some_and(|end| now >= end) {
            Status::Expired
        } else if self.device.is_some() {
            Status::Used
        } else {
            Status::Valid
        }
    }

    /// The end of an authorization that begins now.
    pub fn end(&self, now: Millis) -> Option<Millis> {
        self.ends_at.or_else(|| self.days.map(|days| now + days * DAY))
    }
}

/// Codes to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewAuthorizationCodes")]
pub struct New {
    /// `cloud`, `local` or `free`.
    pub kind: AuthorizationKind,
    /// How many; one unless said otherwise.
    pub count: Option<usize>,
    /// How many days each authorizes, from its first use on. Either this or `until`.
    pub days: Option<i64>,
    /// When they end, used or not.
    pub until: Option<Timestamp>,
    /// How often a cloud code may return from a screen; 3 unless said otherwise.
    pub replacements: Option<i64>,
}

/// A code for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthorizationCode")]
pub struct Described {
    /// `aut_…`
    pub id: String,
    /// What people see and choose.
    pub code: String,
    /// What it authorizes for.
    pub kind: AuthorizationKind,
    /// Where it stands.
    pub status: Status,
    /// How many days it authorizes from its first use on.
    pub days: Option<i64>,
    /// Its end; of a code with days, once it was used.
    pub ends_at: Option<Timestamp>,
    /// How often it may return from a screen.
    pub replacements: i64,
    /// How often it may still.
    pub replacements_left: i64,
    /// Id of the screen that it authorizes, or did last.
    pub screen: Option<String>,
    /// What that screen is called.
    pub screen_name: Option<String>,
    /// Since when it authorizes it.
    pub used_at: Option<Timestamp>,
    /// When it became historical.
    pub cancelled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A code for programs.
pub fn describe(code: &Code, now: Millis) -> Described {
    Described {
        id: code.id.clone(),
        code: code.code.clone(),
        kind: code.kind,
        status: code.status(now),
        days: code.days,
        ends_at: code.ends_at.map(timestamp),
        replacements: code.replacements,
        replacements_left: code.replacements - code.replaced,
        screen: code.device.clone(),
        screen_name: code.device_name.clone(),
        used_at: code.used_at.map(timestamp),
        cancelled_at: code.cancelled_at.map(timestamp),
        created_at: timestamp(code.created_at),
    }
}

/// Makes codes for an account, as whoever runs the hub.
pub async fn create(store: &Store, actor: &Actor<'_>, new: &New, now: Millis) -> Result<Vec<Code>> {
    let made = make(actor, new, now)?;
    let mut change = store.write().await?;
    add(&mut change, actor, &made, now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Makes codes for one's own account, where that is allowed.
pub async fn create_own(store: &Store, actor: &Actor<'_>, new: &New, now: Millis) -> Result<Vec<Code>> {
    let made = make(actor, new, now)?;
    let mut change = store.write().await?;
    check_own(&mut change, actor.account).await?;
    add(&mut change, actor, &made, now).await?;
    store::commit(change).await?;
    Ok(made)
}

async fn check_own(change: &mut Connection, account: &str) -> Result<()> {
    if policies::get(change, account).await?.makes_codes {
        return Ok(());
    }
    Err(Error::Conflict(
        "The authorization codes of this account are made by whoever runs the hub. Ask there for more."
            .into(),
    ))
}

async fn add(change: &mut Connection, actor: &Actor<'_>, made: &[Code], now: Millis) -> Result<()> {
    accounts::by_id(change, actor.account).await?;
    codes::insert(change, made).await?;
    let (first, count) = (&made[0], made.len());
    let detail = format!("{count} {} code{}", first.kind.as_str(), if count == 1 { "" } else { "s" });
    let subject = if count == 1 { &first.id } else { actor.account };
    audit::by(change, actor, "code.create", subject, Some(&detail), now).await
}

fn make(actor: &Actor<'_>, new: &New, now: Millis) -> Result<Vec<Code>> {
    let invalid = |text: &str| Err(Error::Invalid(text.into()));
    let count = new.count.unwrap_or(1);
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(Error::Field {
            field: "count",
            detail: format!("the number of codes is 1 to {MAX_COUNT}"),
        });
    }
    let ends_at = match (new.days, new.until) {
        (Some(days), None) if (1..=MAX_DAYS).contains(&days) => None,
        (Some(_), None) => {
            return Err(Error::Field { field: "days", detail: format!("days are 1 to {MAX_DAYS}") });
        }
        (None, Some(until)) if until.as_millisecond() > now => Some(until.as_millisecond()),
        (None, Some(_)) => return invalid("the codes would have expired already"),
        _ => return invalid("give either the days that a code authorizes, or the date of its end"),
    };
    let returns = new.kind == AuthorizationKind::Cloud;
    let replacements = new.replacements.unwrap_or(if returns { REPLACEMENTS } else { 0 });
    if !(0..=MAX_REPLACEMENTS).contains(&replacements) {
        return Err(Error::Field {
            field: "replacements",
            detail: format!("replacements are 0 to {MAX_REPLACEMENTS}"),
        });
    }
    if replacements > 0 && !returns {
        return invalid("only cloud codes return from a screen and can be used for another");
    }
    let mut made = Vec::with_capacity(count);
    for _ in 0..count {
        made.push(Code {
            id: ident::new_sorted("aut", now)?,
            account: actor.account.to_owned(),
            code: text(new.kind)?,
            kind: new.kind,
            days: new.days,
            ends_at,
            replacements,
            replaced: 0,
            device: None,
            used_at: None,
            cancelled_at: None,
            created_by: actor.id.to_owned(),
            created_at: now,
            device_name: None,
        });
    }
    Ok(made)
}

/// `CLOUD-XXXX-XXXX-XXXX`: 60 random bits, so that no two are the same. It is no secret, but easy to tell apart.
fn text(kind: AuthorizationKind) -> Result<String> {
    let mut text = kind.as_str().to_ascii_uppercase();
    for (at, byte) in ident::random::<RANDOM_CHARS>()?.into_iter().enumerate() {
        if at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(text)
}

/// A code of an account, by id or by what people see.
pub async fn find(connection: &mut Connection, account: &str, id_or_code: &str) -> Result<Code> {
    let wanted = id_or_code.trim();
    let wanted = if wanted.starts_with("aut_") { wanted.to_owned() } else { wanted.to_ascii_uppercase() };
    let missing = || Error::NotFound { what: "authorization code", name: id_or_code.to_owned() };
    codes::find(connection, account, &wanted).await?.ok_or_else(missing)
}

/// Makes an unused code historical. Doing it twice changes nothing.
pub async fn cancel(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Code> {
    let mut change = store.write().await?;
    let code = cancel_in(&mut change, actor, id, now).await?;
    store::commit(change).await?;
    Ok(code)
}

/// The same, where admins may.
pub async fn cancel_own(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Code> {
    let mut change = store.write().await?;
    find(&mut change, actor.account, id).await?;
    check_own(&mut change, actor.account).await?;
    let code = cancel_in(&mut change, actor, id, now).await?;
    store::commit(change).await?;
    Ok(code)
}

async fn cancel_in(change: &mut Connection, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Code> {
    let mut code = find(change, actor.account, id).await?;
    match code.status(now) {
        Status::Historical => return Ok(code),
        Status::Used => {
            let screen = code.device_name.as_deref().unwrap_or("a screen");
            return Err(Error::Conflict(format!(
                "{} authorizes {screen}. Cancel the authorization on the page of that screen first.",
                code.code
            )));
        }
        Status::Valid | Status::Expired => {}
    }
    code.cancelled_at = Some(now);
    codes::update(change, &code).await?;
    audit::by(change, actor, "code.cancel", &code.id, None, now).await?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(kind: AuthorizationKind) -> New {
        New { kind, count: None, days: Some(30), until: None, replacements: None }
    }

    #[test]
    fn codes_are_what_was_asked_for() {
        let actor = Actor::cli("acc_1");
        let made = make(&actor, &New { count: Some(50), ..new(AuthorizationKind::Cloud) }, 1000).unwrap();
        let different: std::collections::HashSet<_> = made.iter().map(|code| &code.code).collect();
        assert_eq!(different.len(), 50);
        assert!(made[0].code.starts_with("CLOUD-") && made[0].code.len() == 20, "{}", made[0].code);
        assert_eq!((made[0].replacements, made[0].ends_at), (REPLACEMENTS, None));
        assert_eq!(make(&actor, &new(AuthorizationKind::Local), 1000).unwrap()[0].replacements, 0);

        let cloud = || new(AuthorizationKind::Cloud);
        let at = |millis| Some(timestamp(millis));
        for wrong in [
            New { count: Some(0), ..cloud() },
            New { count: Some(MAX_COUNT + 1), ..cloud() },
            New { days: Some(0), ..cloud() },
            New { days: Some(MAX_DAYS + 1), ..cloud() },
            New { days: None, ..cloud() },
            New { until: at(5000), ..cloud() },
            New { days: None, until: at(1000), ..cloud() },
            New { replacements: Some(-1), ..cloud() },
            New { replacements: Some(1), ..new(AuthorizationKind::Local) },
        ] {
            assert!(
                matches!(make(&actor, &wrong, 1000), Err(Error::Invalid(_) | Error::Field { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_code_is_valid_used_expired_or_historical() {
        let mut code = make(&Actor::cli("acc_1"), &new(AuthorizationKind::Cloud), 0).unwrap().remove(0);
        assert_eq!(code.status(99 * DAY), Status::Valid, "its days begin with its first use");
        assert_eq!(code.end(5), Some(30 * DAY + 5));
        (code.device, code.ends_at) = (Some("device".into()), code.end(0));
        assert_eq!(code.status(30 * DAY - 1), Status::Used);
        assert_eq!(code.status(30 * DAY), Status::Expired);
        code.device = None;
        assert_eq!(code.end(5 * DAY), Some(30 * DAY), "the second screen gets what is left");
        code.cancelled_at = Some(1);
        assert_eq!(code.status(2), Status::Historical);
    }
}
