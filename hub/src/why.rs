//! "Why is it not authorized?": what there is to check, in the order in which an operator would, and what to do next.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::document::AuthorizationKind;

use crate::Result;
use crate::authorization::{self, day};
use crate::authorization_code::{self, Described, Status};
use crate::device;
use crate::ident::{Millis, timestamp};
use crate::store::codes::{self, Code};
use crate::store::devices::{Device, Standing};
use crate::store::policies::{self, Policy};
use crate::store::{Store, accounts, devices, workspace};

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "AuthorizationTopic")]
pub enum Topic {
    /// Whether it belongs to this account, and this account has room.
    Account,
    /// Whether an authorization is in force.
    Authorization,
    /// Whether its code holds, or there is one to choose.
    Code,
    /// Whether the hub hears of it.
    Online,
    /// Whether it has read the authorization.
    Refresh,
}

impl Topic {
    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Authorization => "Authorization",
            Self::Code => "Code",
            Self::Online => "Online",
            Self::Refresh => "Refresh",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuthorizationCheck")]
pub struct Check {
    /// What it is about.
    pub topic: Topic,
    /// Whether it is as it has to be.
    pub good: bool,
    /// How it is.
    pub says: String,
    /// What to do; absent when there is nothing to do.
    pub next: Option<String>,
}

/// The authorization of a screen, and what there is to check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenAuthorization")]
pub struct Answer {
    /// Id of the screen.
    pub screen: String,
    /// Whether it may play now.
    pub authorized: bool,
    /// As an operator reads it.
    pub says: String,
    /// Cloud, local or free.
    pub kind: AuthorizationKind,
    /// Its end, if it has one.
    pub expires_at: Option<Timestamp>,
    /// Its number; grows with each.
    pub sequence: i64,
    /// When the screen read it.
    pub told_at: Option<Timestamp>,
    /// The code that gave it.
    pub code: Option<Described>,
    /// What was looked at.
    pub checks: Vec<Check>,
}

/// All that the checks look at.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The screen.
    pub screen: &'a Device,
    /// Whether it was told.
    pub standing: &'a Standing,
    /// Name of the account.
    pub account: &'a str,
    /// Whether the account has no room for one more.
    pub full: bool,
    /// How long it may be silent before it is offline.
    pub threshold: Millis,
    /// How screens come to be authorized.
    pub policy: Policy,
    /// The code of its authorization.
    pub code: Option<&'a Code>,
    /// How many codes there are, by kind and status.
    pub codes: &'a [(String, String, i64)],
}

/// Looks at a screen of an account.
pub async fn ask(store: &Store, account: &str, id: &str, now: Millis) -> Result<Answer> {
    let mut connection = store.read().await?;
    let screen = device::find(&mut connection, account, id).await?;
    let standing = devices::standing(&mut connection, id).await?;
    let code = match &screen.terms.code {
        Some(code) => codes::find(&mut connection, account, code).await?,
        None => None,
    };
    let facts = Facts {
        screen: &screen,
        standing: &standing,
        account: &accounts::by_id(&mut connection, account).await?.name,
        full: device::full(&mut connection, account, id, now).await?,
        threshold: workspace::settings(&mut connection, account).await?.threshold(),
        policy: policies::get(&mut connection, account).await?,
        code: code.as_ref(),
        codes: &codes::count(&mut connection, account, now).await?,
    };
    Ok(Answer {
        screen: screen.id.clone(),
        authorized: screen.authorized(now),
        says: authorization::says(&screen, now),
        kind: screen.terms.kind,
        expires_at: screen.terms.expires_at.map(timestamp),
        sequence: screen.sequence,
        told_at: standing.told_at.map(timestamp),
        code: code.as_ref().map(|code| authorization_code::describe(code, now)),
        checks: checks(&facts, now),
    })
}

/// The checks.
pub fn checks(facts: &Facts<'_>, now: Millis) -> Vec<Check> {
    vec![account(facts, now), in_force(facts, now), code(facts, now), online(facts, now), refresh(facts, now)]
}

fn check(topic: Topic, good: bool, says: impl Into<String>, next: Option<&str>) -> Check {
    Check { topic, good, says: says.into(), next: next.map(ToOwned::to_owned) }
}

fn account(facts: &Facts<'_>, now: Millis) -> Check {
    let here = format!("This screen belongs to the account {}.", facts.account);
    if facts.full && !facts.screen.authorized(now) {
        let says = format!("{here} As many screens as the account may have are playing.");
        let next = "Cancel the authorization of another screen, or ask for a higher limit.";
        return check(Topic::Account, false, says, Some(next));
    }
    check(Topic::Account, true, here, None)
}

fn in_force(facts: &Facts<'_>, now: Millis) -> Check {
    let (screen, topic) = (facts.screen, Topic::Authorization);
    if screen.authorized(now) {
        return check(topic, true, format!("{}.", authorization::says(screen, now)), None);
    }
    let next = match facts.policy.codes || screen.is_offline_only() {
        true => "Click “Authorize” and choose a code.",
        false => "Click “Authorize”. This account needs no code.",
    };
    match (screen.granted, screen.terms.expires_at) {
        (true, Some(end)) => {
            check(topic, false, format!("Its authorization expired on {}.", day(end)), Some(next))
        }
        _ if screen.sequence == 1 => {
            let says = "It came in without an authorization: the account has no free one to give, or this screen \
                        has had one.";
            check(topic, false, says, Some(next))
        }
        _ => {
            let says = format!("Its authorization was cancelled on {}.", day(screen.authorized_at));
            check(topic, false, says, Some(next))
        }
    }
}

fn code(facts: &Facts<'_>, now: Millis) -> Check {
    let (screen, topic) = (facts.screen, Topic::Code);
    if screen.authorized(now) {
        let says = match facts.code {
            Some(code) => format!("{} authorizes it.", code.code),
            None => "It needs no code.".to_owned(),
        };
        return check(topic, true, says, None);
    }
    if !facts.policy.codes && !screen.is_offline_only() {
        return check(topic, true, "This account needs no codes.", None);
    }
    let count = |status: Status, local: bool| -> i64 {
        let fits = |kind: &str| (kind == AuthorizationKind::Local.as_str()) == local;
        let found = facts.codes.iter().filter(|(kind, is, _)| is == status.as_str() && fits(kind));
        found.map(|(.., count)| count).sum()
    };
    let both = |status| count(status, true) + count(status, false);
    let valid = if screen.is_offline_only() { count(Status::Valid, true) } else { both(Status::Valid) };
    let before = match facts.code {
        Some(code) => match code.status(now) {
            Status::Expired => format!("Its code {} has expired. ", code.code),
            Status::Historical => format!("Its code {} was cancelled. ", code.code),
            _ => String::new(),
        },
        None => String::new(),
    };
    if valid > 0 {
        let says = match valid {
            1 => format!("{before}There is 1 code that fits."),
            more => format!("{before}There are {more} codes that fit."),
        };
        return check(topic, true, says, None);
    }
    let mut reasons = Vec::new();
    for (status, word) in [(Status::Used, "used"), (Status::Expired, "expired")] {
        match both(status) {
            0 => {}
            number => reasons.push(format!("{number} {word}")),
        }
    }
    let wrong = if screen.is_offline_only() { count(Status::Valid, false) } else { 0 };
    if wrong > 0 {
        reasons.push(format!("{wrong} of the wrong type: a screen that is offline needs a local one"));
    }
    let says = match reasons.as_slice() {
        [] => format!("{before}There is no code in this account."),
        reasons => format!("{before}No code fits: {}.", reasons.join(", ")),
    };
    let next = "Ask your service provider, administrator or project owner to assign an authorization to this account.";
    check(topic, false, says, Some(next))
}

fn online(facts: &Facts<'_>, now: Millis) -> Check {
    let (screen, topic) = (facts.screen, Topic::Online);
    if screen.last_seen == 0 {
        let says = "It has never been online.";
        let local = screen.authorized(now) && screen.terms.kind == AuthorizationKind::Local;
        let next = "Carry its authorization there on a stick.";
        return check(topic, local, says, Some(next));
    }
    if screen.online(facts.threshold, now) {
        return check(topic, true, "It is online.", None);
    }
    let says =
        format!("It was last online on {}.", timestamp(screen.last_seen).strftime("%-d %B %Y, %H:%M UTC"));
    let next = "Look whether it has power and a network, and whether its hub address is this one.";
    check(topic, false, says, Some(next))
}

fn refresh(facts: &Facts<'_>, now: Millis) -> Check {
    let topic = Topic::Refresh;
    match facts.standing.told_at {
        Some(at) => {
            let at = timestamp(at).strftime("%-d %B %Y, %H:%M UTC");
            check(topic, true, format!("The screen has read the present state on {at}."), None)
        }
        None if facts.screen.last_seen == 0 => {
            let next = "The stick tells it. Its result file on the stick says whether it was taken.";
            let screen = facts.screen;
            let local = screen.authorized(now) && screen.terms.kind == AuthorizationKind::Local;
            check(topic, local, "The screen cannot be told over a network.", Some(next))
        }
        None => {
            let next = match facts.screen.online(facts.threshold, now) {
                true => "Wait a minute: it asks every minute, even if the notification was lost.",
                false => "It is told as soon as it is online again. No restart is needed.",
            };
            check(topic, false, "The screen has not read the present state yet.", Some(next))
        }
    }
}
