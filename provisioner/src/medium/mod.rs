//! USB media: found by udev at boot and when plugged in later, mounted, read and let go at once.
//!
//! A thread of its own waits for udev, because a failing stick can block a read for half a minute and must
//! not hold up anything else. It reports what it found as [`Found`]; what that means is not its business.

pub mod filesystem;
pub mod folder;
pub mod image;
mod read;
mod watch;
mod write;

pub use folder::Content;
pub use read::{Mounted, Volume};
pub use watch::watch;
pub use write::{why_not_written, write_result};

use signage_protocol::problem::Problem;

/// A volume that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The volume, for people: label and kernel name.
    pub origin: String,
    /// What tells this medium from another one in the same place.
    pub medium: String,
    /// The volume, for writing the verdict.
    pub volume: Volume,
    /// What it holds of ours, or why there is nothing that can be used.
    pub content: Result<Content, Problem>,
}
