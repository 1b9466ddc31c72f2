//! What a screen will show and why, when that changes, and which entries get in each other's way.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::document::Publication;
use signage_protocol::document::program::{Entry, Page, Show, Target};
use signage_schedule::{Reason, clashes, is_due, next_change, ranked, what_plays};

use super::manifest::{self, Common};
use super::publishing;
use crate::ident::{self, Millis};
use crate::store::devices::{self, Device};
use crate::store::{Connection, Store, accounts, screen_groups};
use crate::{Error, Result};

/// Changes of one day that are told.
const MAX_CHANGES: usize = 1000;
/// How far ahead conflicts are looked for.
const AHEAD_DAYS: i64 = 60;

/// Why something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// An override is in force.
    Override,
    /// An entry of the schedule.
    Schedule,
    /// Nothing is scheduled: the default of the screen.
    ScreenDefault,
    /// Nothing is scheduled: the default of the account.
    AccountDefault,
    /// There is nothing to show.
    Idle,
}

/// What a screen shows from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Showing {
    /// From this moment.
    pub from: Timestamp,
    /// Until this one; absent when it stays.
    pub until: Option<Timestamp>,
    /// Why.
    pub why: Why,
    /// The override or the entry of the schedule.
    pub by: Option<Named>,
    /// Rank of the entry.
    pub priority: Option<i32>,
    /// What is shown; absent when idle.
    pub target: Option<Target>,
    /// The name of that.
    pub name: Option<String>,
}

/// Something with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What a screen shows at a moment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The time zone that was taken.
    pub timezone: String,
    /// Whether the screen says so; if not, it reads times by its own clock, which the hub does not know.
    pub timezone_known: bool,
    /// The moment.
    pub at: Timestamp,
    /// What is shown then.
    pub now: Showing,
    /// What would be shown without it, highest rank first: also when no item of its playlist is due.
    pub instead: Vec<Showing>,
    /// Titles of the items of its playlist that are due, if it is a playlist.
    pub due: Vec<String>,
    /// What these are, in the same order.
    #[serde(skip)]
    pub due_shows: Vec<Show>,
}

/// What a screen shows on one day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// The time zone that was taken.
    pub timezone: String,
    /// Whether the screen says so.
    pub timezone_known: bool,
    /// The day, in that time zone.
    pub date: Date,
    /// In the order of time, without a gap.
    pub showings: Vec<Showing>,
}

/// Two entries that want the same screens at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The one that is shown.
    pub wins: Named,
    /// The one that is not.
    pub loses: Named,
    /// Whether only their age decides, which is seldom meant.
    pub tie: bool,
    /// When they overlap first.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// How many screens they have in common.
    pub screens: usize,
    /// The time zone in which that was worked out: the most frequent one of the account's screens.
    pub timezone: String,
}

/// What is known of a screen for looking ahead.
struct View {
    common: Common,
    publication: Publication,
    zone: TimeZone,
    timezone: String,
    known: bool,
}

async fn view(store: &Store, account: &str, screen: &str, drafts: bool) -> Result<View> {
    let mut connection = store.read().await?;
    let device = crate::device::find(&mut connection, account, screen).await?;
    let owner = accounts::by_id(&mut connection, account).await?;
    let groups = screen_groups::of(&mut connection, &device.id).await?;
    let (zone, timezone, known) = zone_of(device.timezone.as_deref().or(owner.timezone.as_deref()));
    let common = manifest::load(&mut connection, owner, drafts).await?;
    let publication = common.publication(&device, &groups)?;
    Ok(View { common, publication, zone, timezone, known })
}

/// The time zone of a screen, its name, and whether that is known.
fn zone_of(name: Option<&str>) -> (TimeZone, String, bool) {
    match name.and_then(|name| Some((signage_schedule::zone(name)?, name.to_owned()))) {
        Some((zone, name)) => (zone, name, true),
        None => (TimeZone::UTC, "UTC".into(), false),
    }
}

impl View {
    fn showing(
        &self,
        decision: &signage_schedule::Decision<'_>,
        from: Timestamp,
        until: Option<Timestamp>,
    ) -> Showing {
        let named = |id: &str, name: &str| Some(Named { id: id.to_owned(), name: name.to_owned() });
        let (why, by, priority) = match decision.reason {
            Reason::Override { id, name } => (Why::Override, named(id, name), None),
            Reason::Schedule { id, name, priority } => (Why::Schedule, named(id, name), Some(priority)),
            Reason::ScreenDefault => (Why::ScreenDefault, None, None),
            Reason::AccountDefault => (Why::AccountDefault, None, None),
            Reason::Idle => (Why::Idle, None, None),
        };
        let target = decision.target.cloned();
        let name = target.as_ref().map(|target| self.common.name(target));
        Showing { from, until, why, by, priority, target, name }
    }
}

/// What a screen shows at a moment; with `drafts`, were they published.
pub async fn preview(
    store: &Store,
    account: &str,
    screen: &str,
    at: Timestamp,
    drafts: bool,
) -> Result<Preview> {
    let view = view(store, account, screen, drafts).await?;
    let until = next_change(&view.publication, &view.zone, at);
    let decision = what_plays(&view.publication, &view.zone, at);
    let program = view.publication.program.as_ref();
    let others = program.map(|program| ranked(program, &view.zone, at)).unwrap_or_default();
    let instead = others.iter().skip(1).map(|other| view.showing(other, at, None)).collect();
    let due: Vec<&Page> = match decision.target {
        Some(Target::Playlist { playlist }) => {
            let pages = program.and_then(|program| program.playlists.get(playlist));
            let items = pages.map(|pages| pages.items.as_slice()).unwrap_or_default();
            items.iter().filter(|page| is_due(page, &view.zone, at, None)).collect()
        }
        _ => Vec::new(),
    };
    Ok(Preview {
        now: view.showing(&decision, at, until),
        timezone: view.timezone.clone(),
        timezone_known: view.known,
        at,
        instead,
        due: due.iter().map(|page| page.title.clone()).collect(),
        due_shows: due.iter().map(|page| page.show.clone()).collect(),
    })
}

/// What a screen shows on one day; with `drafts`, were they published.
pub async fn timeline(
    store: &Store,
    account: &str,
    screen: &str,
    date: Option<Date>,
    drafts: bool,
    now: Millis,
) -> Result<Timeline> {
    let view = view(store, account, screen, drafts).await?;
    let date = date.unwrap_or_else(|| view.zone.to_datetime(ident::timestamp(now)).date());
    let moment = |date: Date| {
        let beyond = || Error::Invalid("the date is beyond what a calendar holds".into());
        let zoned = date.to_zoned(view.zone.clone()).map_err(|_| beyond())?;
        Ok::<_, Error>(zoned.timestamp())
    };
    let begin = moment(date)?;
    let end = moment(date.tomorrow().map_err(|_| Error::Invalid("the date is too far away".into()))?)?;
    let (mut showings, mut at): (Vec<Showing>, _) = (Vec::new(), begin);
    while at < end && showings.len() < MAX_CHANGES {
        let next = next_change(&view.publication, &view.zone, at).filter(|&next| next < end);
        let decision = what_plays(&view.publication, &view.zone, at);
        let showing = view.showing(&decision, at, Some(next.unwrap_or(end)));
        match showings.last_mut().filter(|last| (last.why, &last.by) == (showing.why, &showing.by)) {
            Some(last) => last.until = showing.until,
            None => showings.push(showing),
        }
        at = next.unwrap_or(end);
    }
    Ok(Timeline { timezone: view.timezone, timezone_known: view.known, date, showings })
}

/// Pairs of entries of the drafts that want the same screens at the same time, within the next weeks. `only` looks at
/// the pairs of one entry.
pub async fn conflicts(
    store: &Store,
    account: &str,
    only: Option<&str>,
    now: Millis,
) -> Result<Vec<Conflict>> {
    let drafts = publishing::drafts(&mut *store.read().await?, account).await?;
    let devices = devices::list(store, account).await?;
    let groups = groups(&mut *store.read().await?, &devices).await?;
    let audiences: HashMap<&str, Vec<usize>> = drafts
        .schedule
        .values()
        .map(|planned| {
            let member = |(index, device): (usize, &Device)| {
                planned.audience.includes(device, &groups[index]).then_some(index)
            };
            (planned.entry.id.as_str(), devices.iter().enumerate().filter_map(member).collect())
        })
        .collect();
    let shared = |one: &Entry, two: &Entry| -> Vec<usize> {
        let (Some(one), Some(two)) = (audiences.get(&*one.id), audiences.get(&*two.id)) else {
            return Vec::new();
        };
        one.iter().filter(|index| two.binary_search(index).is_ok()).copied().collect()
    };
    let entries: Vec<&Entry> = drafts.schedule.values().map(|planned| &planned.entry).collect();
    let owner = accounts::by_id(&mut *store.read().await?, account).await?;
    let timezone = most_frequent(&devices, owner.timezone.as_deref());
    let zone = signage_schedule::zone(&timezone).unwrap_or(TimeZone::UTC);
    let from = ident::timestamp(now);
    let until = from.saturating_add(SignedDuration::from_hours(24 * AHEAD_DAYS)).unwrap_or(Timestamp::MAX);
    let wanted = |one: &Entry, two: &Entry| only.is_none_or(|id| one.id == id || two.id == id);
    let found =
        clashes(&entries, &zone, from, until, |one, two| wanted(one, two) && !shared(one, two).is_empty());
    let named = |entry: &Entry| Named { id: entry.id.clone(), name: entry.name.clone() };
    let conflict = |clash: signage_schedule::Clash<'_>| Conflict {
        wins: named(clash.wins),
        loses: named(clash.loses),
        tie: clash.tie,
        from: clash.from,
        until: clash.until,
        screens: shared(clash.wins, clash.loses).len(),
        timezone: timezone.clone(),
    };
    Ok(found.into_iter().map(conflict).collect())
}

async fn groups(connection: &mut Connection, devices: &[Device]) -> Result<Vec<Vec<String>>> {
    let mut groups = Vec::with_capacity(devices.len());
    for device in devices {
        groups.push(screen_groups::of(connection, &device.id).await?);
    }
    Ok(groups)
}

/// The time zone that most screens have; `default` is that of screens without one of their own.
fn most_frequent(devices: &[Device], default: Option<&str>) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for device in devices {
        *counts.entry(device.timezone.as_deref().or(default).unwrap_or("UTC")).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|&(name, count)| (count, name.to_owned()));
    most.map_or_else(|| "UTC".to_owned(), |(name, _)| name.to_owned())
}
