//! Entries that want the same screen at the same time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use signage_protocol::document::program::Entry;

use crate::when::occurrences;

/// Pairs that are reported at most.
const PAIRS: usize = 500;

/// Two entries that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash<'a> {
    /// The one that is shown.
    pub wins: &'a Entry,
    /// The one that is not.
    pub loses: &'a Entry,
    /// When they overlap first.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// Whether only their age decides, which is seldom meant.
    pub tie: bool,
}

/// The pairs that overlap in a stretch of time, each with its first overlap, in the order of time. `related` says
/// whether a pair has a screen in common.
pub fn clashes<'a>(
    entries: &[&'a Entry],
    zone: &TimeZone,
    from: Timestamp,
    until: Timestamp,
    related: impl Fn(&Entry, &Entry) -> bool,
) -> Vec<Clash<'a>> {
    let mut all = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let found = occurrences(&entry.when, zone, from, until);
        all.extend(found.into_iter().map(|(begin, end)| (begin, end, index)));
    }
    all.sort_unstable();
    let mut seen = std::collections::BTreeSet::new();
    let mut under_way: Vec<(Timestamp, usize)> = Vec::new();
    let mut clashes = Vec::new();
    for (begin, end, index) in all {
        under_way.retain(|&(over, _)| over > begin);
        for &(over, other) in &under_way {
            let pair = (index.min(other), index.max(other));
            let (one, two) = (entries[pair.0], entries[pair.1]);
            if pair.0 == pair.1 || clashes.len() == PAIRS || !seen.insert(pair) || !related(one, two) {
                continue;
            }
            let rank = |entry: &Entry| (entry.priority, entry.created_at, entry.id.clone());
            let (wins, loses) = if rank(one) > rank(two) { (one, two) } else { (two, one) };
            let tie = one.priority == two.priority;
            clashes.push(Clash { wins, loses, from: begin, until: end.min(over), tie });
        }
        under_way.push((end, index));
    }
    clashes
}
