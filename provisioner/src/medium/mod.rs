//! USB media: found by udev at boot and when plugged in later, mounted, read and let go at once.
//!
//! A thread of its own waits for udev, because a failing stick can block a read for half a minute and must
//! not hold up anything else. It reports what it found as [`Found`]; what that means is not its business.

mod read;
mod watch;

pub use watch::watch;

use signage_protocol::problem::Problem;

/// What a medium turned out to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file of the right name.
    File {
        /// The medium, for people: label or kernel name.
        origin: String,
        /// Its bytes, at most one more than [`signage_protocol::config::MAX_BYTES`].
        bytes: Vec<u8>,
    },
    /// Nothing that can be used, and why.
    Unusable {
        /// The medium, for people.
        origin: String,
        /// What is wrong with it.
        problem: Problem,
    },
}
