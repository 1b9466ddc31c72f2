//! What an account has set: its name, and what holds for all of its screens.

use serde::Deserialize;

use crate::api_token::Actor;
use crate::fleet::zone;
use crate::ident::Millis;
use crate::store::workspace::{self, Settings};
use crate::store::{self, Store, accounts, audit, playlists};
use crate::{Error, Result, account};

/// Longest time that anything is kept.
const MAX_DAYS: i64 = 3650;
/// Shortest time that the audit log is kept: who does something wrong does not take the traces away at once.
const MIN_AUDIT_DAYS: i64 = 30;

/// What is to be changed; what is absent stays, an empty text takes something away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct New {
    /// What it is called.
    pub name: Option<String>,
    /// Time zone of screens without one.
    pub timezone: Option<String>,
    /// Id of what screens play when nothing else is said.
    pub default_playlist: Option<String>,
    /// Minutes without a sign of life after which a screen is offline.
    pub online_minutes: Option<i64>,
    /// Days that logs and resolved faults are kept.
    pub keep_logs_days: Option<i64>,
    /// Days that proof of play is kept.
    pub keep_plays_days: Option<i64>,
    /// Days that the audit log is kept; 0 for ever.
    pub keep_audit_days: Option<i64>,
}

/// Changes it.
pub async fn change(store: &Store, actor: &Actor<'_>, new: &New, now: Millis) -> Result<Settings> {
    let mut change = store.write().await?;
    let before = workspace::settings(&mut change, actor.account).await?;
    let mut after = before.clone();
    if let Some(name) = &new.name {
        after.name = account::name(name).map_err(Error::in_field("name"))?;
    }
    if let Some(text) = &new.timezone {
        after.timezone = zone(text).map_err(Error::in_field("timezone"))?;
    }
    if let Some(playlist) = &new.default_playlist {
        after.default_playlist = Some(playlist.clone()).filter(|playlist| !playlist.is_empty());
        if let Some(playlist) = &after.default_playlist
            && playlists::by_id(&mut change, actor.account, playlist).await?.is_none()
        {
            return Err(Error::NotFound { what: "playlist", name: playlist.clone() });
        }
    }
    let number = |new: Option<i64>, old: i64, what: &str, range: std::ops::RangeInclusive<i64>| match new {
        None => Ok(old),
        Some(new) if range.contains(&new) => Ok(new),
        Some(_) => Err(Error::Invalid(format!("{what} is from {} to {}.", range.start(), range.end()))),
    };
    // A screen reports every minute; a threshold below two would show every lost packet.
    after.online_minutes =
        number(new.online_minutes, before.online_minutes, "The threshold in minutes", 2..=1440)
            .map_err(Error::in_field("onlineMinutes"))?;
    after.keep_logs_days =
        number(new.keep_logs_days, before.keep_logs_days, "The number of days for logs", 1..=MAX_DAYS)
            .map_err(Error::in_field("keepLogsDays"))?;
    after.keep_plays_days = number(
        new.keep_plays_days,
        before.keep_plays_days,
        "The number of days for proof of play",
        1..=MAX_DAYS,
    )
    .map_err(Error::in_field("keepPlaysDays"))?;
    if new.keep_audit_days != Some(0) {
        let range = MIN_AUDIT_DAYS..=MAX_DAYS;
        let what = "The number of days for the audit log, other than 0 for ever,";
        after.keep_audit_days = number(new.keep_audit_days, before.keep_audit_days, what, range)
            .map_err(Error::in_field("keepAuditDays"))?;
    } else {
        after.keep_audit_days = 0;
    }
    if after == before {
        return Ok(after);
    }
    workspace::set(&mut change, actor.account, &after).await?;
    if after.timezone != before.timezone || after.default_playlist != before.default_playlist {
        accounts::content_changed(&mut change, actor.account, now).await?;
    }
    audit::by(&mut change, actor, "account.change", actor.account, Some(&differences(&before, &after)), now)
        .await?;
    store::commit(change).await?;
    Ok(after)
}

fn differences(before: &Settings, after: &Settings) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".into());
    let all = [
        ("name", before.name.clone(), after.name.clone()),
        ("time zone", text(&before.timezone), text(&after.timezone)),
        ("default playlist", text(&before.default_playlist), text(&after.default_playlist)),
        ("threshold", before.online_minutes.to_string(), after.online_minutes.to_string()),
        ("days of logs", before.keep_logs_days.to_string(), after.keep_logs_days.to_string()),
        ("days of proof of play", before.keep_plays_days.to_string(), after.keep_plays_days.to_string()),
        ("days of the audit log", before.keep_audit_days.to_string(), after.keep_audit_days.to_string()),
    ];
    let changed = all.iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| format!("{what}: {before} → {after}")).collect::<Vec<_>>().join("; ")
}
