//! Overrides: what is shown above all, such as an alarm. They count at once, without a draft, and end by themselves.

use schemars::JsonSchema;
use serde::Deserialize;
use signage_protocol::document::limits;

use super::publishing::{self, of_target};
use super::{Audience, Shown, target};
use crate::api_token::Actor;
use crate::ident::{self, DAY, MINUTE, Millis};
use crate::store::overrides::{self, Override};
use crate::store::{self, Connection, Store, accounts, audit, to_text};
use crate::{Error, Result};

/// Longest.
pub const MAX_LENGTH: Millis = 31 * DAY;
/// Farthest ahead.
const MAX_AHEAD: Millis = 366 * DAY;

/// What an override is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOverride {
    /// For people.
    pub name: String,
    /// What is shown. A playlist or a layout has to be published.
    pub target: Shown,
    /// On which screens.
    pub audience: Audience,
    /// When it begins; without it, now.
    #[serde(default)]
    pub from: Option<jiff::Timestamp>,
    /// When it ends by itself; this or `minutes`.
    #[serde(default)]
    pub until: Option<jiff::Timestamp>,
    /// How long it lasts; this or `until`.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// Begins one.
pub async fn start(store: &Store, actor: &Actor<'_>, new: &NewOverride, now: Millis) -> Result<Override> {
    let starts_at = new.from.map_or(now, |from| from.as_millisecond().max(now));
    let ends_at = match (new.until, new.minutes) {
        (Some(until), None) => until.as_millisecond(),
        (None, Some(minutes)) => starts_at + i64::from(minutes) * MINUTE,
        _ => return Err(Error::Invalid("an override ends by itself: give until or minutes".into())),
    };
    if ends_at <= starts_at {
        return Err(Error::Invalid("the override would end before it begins".into()));
    }
    if ends_at - starts_at > MAX_LENGTH || starts_at - now > MAX_AHEAD {
        return Err(Error::Invalid("an override lasts at most 31 days and begins within a year".into()));
    }
    new.audience.check()?;
    let mut change = store.write().await?;
    let target = target(&mut change, actor.account, &new.target).await?;
    if let Some(id) = of_target(&target) {
        let published = publishing::in_force(&mut change, actor.account).await?;
        if !published.playlists.contains_key(id) && !published.layouts.contains_key(id) {
            return Err(Error::Conflict("Publish it first: an override shows what is published.".into()));
        }
    }
    if overrides::in_force(&mut change, actor.account, now).await?.len() >= limits::OVERRIDES {
        return Err(Error::Conflict(format!(
            "There are {} overrides that have not ended; stop one first.",
            limits::OVERRIDES
        )));
    }
    let made = Override {
        id: ident::new_sorted("ovr", now)?,
        account: actor.account.to_owned(),
        name: super::name(&new.name)?,
        target: to_text(&target)?,
        audience: to_text(&new.audience)?,
        starts_at,
        ends_at,
        stopped_at: None,
        created_by: actor.id.to_owned(),
        created_at: now,
    };
    overrides::insert(&mut change, &made).await?;
    accounts::content_changed(&mut change, actor.account, now).await?;
    let until = format!("until {}", ident::timestamp(ends_at));
    audit::by(&mut change, actor, "override.start", &made.id, Some(&until), now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Ends one before its time. Stopping twice changes nothing.
pub async fn stop(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Override> {
    let mut change = store.write().await?;
    let mut found = find(&mut change, actor.account, id).await?;
    if found.stopped_at.is_some() || found.ends_at <= now {
        return Ok(found);
    }
    overrides::stop(&mut change, id, now).await?;
    found.stopped_at = Some(now);
    accounts::content_changed(&mut change, actor.account, now).await?;
    audit::by(&mut change, actor, "override.stop", id, None, now).await?;
    store::commit(change).await?;
    Ok(found)
}

/// An account's override.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Override> {
    let missing = || Error::NotFound { what: "override", name: id.to_owned() };
    overrides::by_id(connection, account, id).await?.ok_or_else(missing)
}
