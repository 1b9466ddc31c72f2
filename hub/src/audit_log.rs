//! Reading the audit log: what somebody looks for, and each entry as a sentence.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ident::{DAY, Millis};
use crate::store::audit::Record;
use crate::{Error, Result};

/// Entries on one page unless another number is asked for.
pub const PAGE: u32 = 100;
/// Most entries on one page.
pub const MAX_PAGE: u32 = 1000;

/// What is looked for, as an address has it. Empty is the same as absent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuditQuery")]
pub struct Query {
    /// Id, e-mail address or name of who did it.
    #[serde(default)]
    pub actor: String,
    /// Such as `token.create`, or `token` for all that begins so.
    #[serde(default)]
    pub action: String,
    /// `ok` or `refused`.
    #[serde(default)]
    pub outcome: String,
    /// First moment (RFC 3339) or day (UTC).
    #[serde(default)]
    pub from: String,
    /// Last moment or day, included.
    #[serde(default)]
    pub until: String,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: String,
    /// What `after` was called first.
    #[serde(default)]
    pub cursor: String,
    /// Items of the page.
    #[serde(default)]
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub limit: String,
}

/// What is looked for, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub action: Option<String>,
    /// How it went.
    pub outcome: Option<String>,
    /// First moment.
    pub from: Option<Millis>,
    /// First moment that no longer counts.
    pub until: Option<Millis>,
    /// Only what is older than the entry with this id.
    pub before: Option<String>,
}

impl Query {
    /// Understands it, or says what is wrong.
    pub fn filter(&self) -> Result<Filter> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let action = given(&self.action);
        let letters = |text: &String| text.bytes().all(|b| b.is_ascii_lowercase() || b"-.".contains(&b));
        if !action.as_ref().is_none_or(letters) {
            return Err(Error::Invalid("an action is named by small letters, such as token.create".into()));
        }
        let outcome = given(&self.outcome);
        if !outcome.as_deref().is_none_or(|outcome| matches!(outcome, "ok" | "refused")) {
            return Err(Error::Invalid("the outcome is ok or refused".into()));
        }
        Ok(Filter {
            actor: given(&self.actor),
            action,
            outcome,
            from: given(&self.from).map(|text| moment(&text, 0, 0)).transpose()?,
            until: given(&self.until).map(|text| moment(&text, DAY, 1)).transpose()?,
            before: given(&self.after).or_else(|| given(&self.cursor)),
        })
    }

    /// How many entries a page has.
    pub fn limit(&self) -> Result<u32> {
        let wrong = || Error::Invalid(format!("the limit is a number from 1 to {MAX_PAGE}"));
        match self.limit.trim() {
            "" => Ok(PAGE),
            text => text.parse().ok().filter(|limit| (1..=MAX_PAGE).contains(limit)).ok_or_else(wrong),
        }
    }
}

/// A day or a moment, and what is added to either.
pub(crate) fn moment(text: &str, to_day: Millis, to_moment: Millis) -> Result<Millis> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_millisecond().saturating_add(to_moment));
    }
    let day = text.parse::<Date>().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    let day = day.ok_or_else(|| {
        Error::Invalid(format!(
            "{text:?} is neither a day such as 2026-11-20 nor a moment such as 2026-11-20T10:00:00Z"
        ))
    })?;
    Ok(day.timestamp().as_millisecond().saturating_add(to_day))
}

/// What happened, in words: who, what, to what.
pub fn sentence(record: &Record) -> String {
    let mut text = format!("{} ", actor(record));
    let verb = verb(&record.action);
    if record.outcome == "refused" {
        text.push_str("was refused: ");
    }
    text.push_str(verb.unwrap_or(&record.action));
    if record.actor != record.subject && !record.subject.is_empty() {
        text.push(' ');
        text.push_str(record.subject_name.as_deref().unwrap_or(&record.subject));
    }
    if let Some(detail) =
        record.detail.as_deref().filter(|detail| record.subject_name.as_deref() != Some(detail))
    {
        text.push_str(&format!(" ({detail})"));
    }
    text
}

/// Who did it, for people.
pub fn actor(record: &Record) -> &str {
    match (record.actor_name.as_deref(), record.actor.as_str()) {
        (Some(name), _) => name,
        (None, "cli") => "Command line",
        (None, "device") => "A screen",
        (None, id) => id,
    }
}

/// Every action with its words.
pub const ACTIONS: &[(&str, &str)] = &[
    ("account.change", "changed the settings of"),
    ("account.create", "made the account"),
    ("account.limit", "limited the screens of"),
    ("account.sign", "signed a provisioning file for"),
    ("alert-channel.create", "made, for alerts, the channel"),
    ("alert-channel.delete", "deleted the channel of alerts"),
    ("alert-channel.test", "sent a test to the channel"),
    ("alert-rule.create", "made the rule of alerts"),
    ("alert-rule.delete", "deleted the rule of alerts"),
    ("api-token.create", "made the API token"),
    ("api-token.revoke", "revoked the API token"),
    ("device.arrive", "announced, to be paired, the screen"),
    ("device.authorize", "authorized"),
    ("device.change", "changed"),
    ("device.delete", "deleted the screen"),
    ("device.deny", "denied the pairing of"),
    ("device.expect", "handed over, to this account, the screen"),
    ("device.pair", "paired"),
    ("device.rebind", "put in the place of another the screen"),
    ("device.settle", "settled what was odd about"),
    ("device.transfer", "handed over, to another account, the screen"),
    ("device.unpair", "unpaired"),
    ("device.withdraw", "withdrew the authorization of"),
    ("enroll", "enrolled"),
    ("folder.create", "made a folder in"),
    ("folder.delete", "deleted a folder of"),
    ("folder.move", "moved a folder of"),
    ("group.change", "changed the group"),
    ("group.create", "made the group"),
    ("group.delete", "deleted the group"),
    ("operator.password", "changed the password of"),
    ("person.invite", "invited"),
    ("person.join", "joined the account"),
    ("person.remove", "removed"),
    ("person.link", "linked, to a sign-in elsewhere,"),
    ("person.role", "changed the role of"),
    ("person.suspend", "suspended"),
    ("person.unlink", "unlinked, from sign-ins elsewhere,"),
    ("person.unsuspend", "let in again"),
    ("person.withdraw", "withdrew the invitation of"),
    ("playlist.create", "made the playlist"),
    ("playlist.default", "made default the playlist"),
    ("playlist.replace", "changed the playlist"),
    ("recovery-code.use", "signed in with a recovery code"),
    ("screen-group.create", "made the group of screens"),
    ("screen-group.delete", "deleted the group of screens"),
    ("screen-group.rename", "renamed the group of screens"),
    ("screens.bulk", "changed screens of"),
    ("second-step.off", "switched off the second step of"),
    ("second-step.on", "switched on the second step"),
    ("sign-in", "signed in"),
    ("token.bulk", "made tokens in bulk:"),
    ("token.create", "made the token"),
    ("token.renew", "made a new token in place of an old one:"),
    ("token.revoke", "revoked the token"),
    ("transfer-code.create", "made a code for taking over a screen, for"),
];

fn verb(action: &str) -> Option<&'static str> {
    ACTIONS.iter().find(|(name, _)| *name == action).map(|(_, verb)| *verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_understood() {
        let query = Query { from: "2026-11-20".into(), until: "2026-11-20".into(), ..Query::default() };
        let filter = query.filter().unwrap();
        assert_eq!(filter.until.unwrap() - filter.from.unwrap(), DAY);
        let query = Query { until: "2026-11-20T00:00:00Z".into(), ..Query::default() };
        assert_eq!(query.filter().unwrap().until, filter.from.map(|from| from + 1));
        for (field, query) in [
            ("from", Query { from: "yesterday".into(), ..Query::default() }),
            ("action", Query { action: "token%".into(), ..Query::default() }),
            ("outcome", Query { outcome: "maybe".into(), ..Query::default() }),
        ] {
            assert!(query.filter().is_err(), "{field}");
        }
        assert!(Query { limit: "0".into(), ..Query::default() }.limit().is_err());
        assert_eq!(Query::default().limit().unwrap(), PAGE);
    }
}
