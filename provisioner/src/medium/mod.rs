//! USB media: found by udev at boot and when plugged in later, mounted, read and let go at once.
//!
//! A thread of its own waits for udev, because a failing stick can block a read for half a minute and must
//! not hold up anything else. It reports what it found as [`Found`]; what that means is not its business.

pub mod folder;
mod read;
mod watch;
mod write;

pub use folder::Content;
pub use read::Volume;
pub use watch::watch;
pub use write::write_result;

use signage_protocol::problem::Problem;

/// What a medium turned out to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The medium, for people: label or kernel name.
    pub origin: String,
    /// The medium, for writing the verdict.
    pub volume: Volume,
    /// The bytes of the file of the right name, at most one more than
    /// [`signage_protocol::config::MAX_BYTES`]; or why there is nothing that can be used.
    pub content: Result<Vec<u8>, Problem>,
}
