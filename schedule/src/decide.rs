//! What is shown at a moment, why, and when that changes.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use signage_protocol::document::Publication;
use signage_protocol::document::program::{Program, Show, Target};

use crate::when::{is_on, next_edge};

/// Changes of rank that are looked through for one that is seen.
const EDGES: usize = 500;

/// Why something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// An override, above all.
    Override {
        /// Its id.
        id: &'a str,
        /// Its name.
        name: &'a str,
    },
    /// An entry of the schedule: of those that are on, the one with the highest priority, of equal ones the newest.
    Schedule {
        /// Its id.
        id: &'a str,
        /// Its name.
        name: &'a str,
        /// Its rank.
        priority: i32,
    },
    /// Nothing is scheduled, and the screen has a default.
    ScreenDefault,
    /// Nothing is scheduled, and the account has a default.
    AccountDefault,
    /// There is nothing to show.
    Idle,
}

/// What is shown, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Why.
    pub reason: Reason<'a>,
    /// What; nothing when idle.
    pub target: Option<&'a Target>,
}

impl Decision<'_> {
    const IDLE: Self = Self { reason: Reason::Idle, target: None };
}

/// Whether a player that knows all of this could show it.
fn known(program: &Program, target: &Target) -> bool {
    match target {
        Target::Playlist { playlist } => program.playlists.contains_key(playlist),
        Target::Layout { layout } => program.layouts.contains_key(layout),
        Target::Show { show: Show::Layout { layout } } => program.layouts.contains_key(layout),
        Target::Show { show } => *show != Show::Unknown,
        Target::Unknown => false,
    }
}

/// What wants to be shown at a moment, highest rank first. Where the first has nothing to show just then, since no
/// item of its playlist is due, the next one is shown.
pub fn ranked<'a>(program: &'a Program, zone: &TimeZone, at: Timestamp) -> Vec<Decision<'a>> {
    let mut overrides: Vec<_> =
        program.overrides.iter().filter(|entry| entry.from <= at && at < entry.until).collect();
    overrides.sort_by(|one, two| (two.from, &two.id).cmp(&(one.from, &one.id)));
    let mut entries: Vec<_> = program.schedule.iter().filter(|entry| is_on(&entry.when, zone, at)).collect();
    entries.sort_by(|one, two| {
        (two.priority, two.created_at, &two.id).cmp(&(one.priority, one.created_at, &one.id))
    });
    let overrides = overrides.into_iter().map(|entry| Decision {
        reason: Reason::Override { id: &entry.id, name: &entry.name },
        target: Some(&entry.target),
    });
    let entries = entries.into_iter().map(|entry| Decision {
        reason: Reason::Schedule { id: &entry.id, name: &entry.name, priority: entry.priority },
        target: Some(&entry.target),
    });
    let default = |reason, target: &'a Option<Target>| {
        target.as_ref().map(|target| Decision { reason, target: Some(target) })
    };
    overrides
        .chain(entries)
        .chain(default(Reason::ScreenDefault, &program.screen_default))
        .chain(default(Reason::AccountDefault, &program.account_default))
        .filter(|decision| decision.target.is_some_and(|target| known(program, target)))
        .collect()
}

/// What is shown at a moment. A publication without a program shows its playlist; see [`Publication::playlist`].
pub fn what_plays<'a>(publication: &'a Publication, zone: &TimeZone, at: Timestamp) -> Decision<'a> {
    let Some(program) = &publication.program else { return Decision::IDLE };
    ranked(program, zone, at).first().copied().unwrap_or(Decision::IDLE)
}

/// The first moment after `after` at which something else is shown; none when it stays. A busy schedule that nothing
/// comes of is looked through for a while: then the answer is a moment at which to ask again. No change is ever
/// passed over.
pub fn next_change(publication: &Publication, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let program = publication.program.as_ref()?;
    let now = what_plays(publication, zone, after);
    let mut edges: Vec<Option<Timestamp>> =
        program.schedule.iter().map(|entry| next_edge(&entry.when, zone, after)).collect();
    let mut moments: Vec<Timestamp> = program
        .overrides
        .iter()
        .flat_map(|entry| [entry.from, entry.until])
        .filter(|&moment| moment > after)
        .collect();
    moments.sort_unstable();
    let mut moments = moments.into_iter().peekable();
    for step in 0.. {
        let edge = edges.iter().flatten().min().copied();
        let next = edge.into_iter().chain(moments.peek().copied()).min()?;
        if step == EDGES || what_plays(publication, zone, next) != now {
            return Some(next);
        }
        while moments.next_if(|&moment| moment <= next).is_some() {}
        for (edge, entry) in edges.iter_mut().zip(&program.schedule) {
            if edge.is_some_and(|edge| edge <= next) {
                *edge = next_edge(&entry.when, zone, next);
            }
        }
    }
    None
}
