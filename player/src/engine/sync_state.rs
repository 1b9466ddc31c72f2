//! How the download of content goes, as far as the screen cares.

use signage_protocol::problem::Code;

use crate::scene::ProblemView;

/// What the content side is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SyncState {
    /// Nothing to tell.
    #[default]
    Idle,
    /// Asking the hub what to play.
    Asking,
    /// Fetching files.
    Downloading {
        /// Counted from one.
        number: usize,
        /// How many are missing.
        total: usize,
        /// What it is called.
        title: String,
        /// Part of this file that is here, 0 to 100.
        percent: u8,
    },
    /// It did not work and will be tried again.
    Failed {
        /// What the screen says.
        code: Code,
        /// What is particular to this case.
        detail: String,
        /// Milliseconds since 1970.
        retry_at: u64,
    },
}

impl SyncState {
    /// The line under the title of the status scene.
    pub(super) fn progress(&self) -> Option<String> {
        match self {
            Self::Asking => Some("Asking the hub for content …".into()),
            Self::Downloading { number, total, title, percent } => {
                Some(format!("Downloading {number} of {total}: {title} ({percent} %)"))
            }
            Self::Idle | Self::Failed { .. } => None,
        }
    }

    pub(super) fn problem(&self, wall_ms: u64) -> Option<ProblemView> {
        let Self::Failed { code, detail, retry_at } = self else {
            return None;
        };
        let seconds = retry_at.saturating_sub(wall_ms).div_ceil(1000);
        Some(ProblemView::new(*code, detail, Some(seconds)))
    }

    pub(super) fn retry_at(&self) -> Option<u64> {
        match self {
            Self::Failed { retry_at, .. } => Some(*retry_at),
            Self::Idle | Self::Asking | Self::Downloading { .. } => None,
        }
    }
}
