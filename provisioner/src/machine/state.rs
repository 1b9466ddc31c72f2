//! The states and what follows from them alone.

use std::time::Duration;

use signage_protocol::bus::Phase;

/// Numbers the jobs handed out, so that a late answer can be told from the awaited one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Job(pub u64);

/// Where a job and its retries stand. All times are monotonic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// The job that runs, or ran last.
    pub job: Job,
    /// Failures in a row.
    pub failures: u32,
    /// When to ask again; `None` while the answer is awaited.
    pub due: Option<Duration>,
}

/// Where the device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The stored state has not been read yet.
    Starting,
    /// Nobody has told this device who it belongs to.
    Sources {
        /// When the screen stops saying "looking" and says what to do.
        advise_at: Option<Duration>,
    },
    /// Settings are being applied.
    Settings,
    /// No address yet.
    Network,
    /// The clock is not believed yet.
    Clock {
        /// The check.
        check: Poll,
    },
    /// The hub is asked to take the device.
    Enrolling {
        /// The enrolment.
        enroll: Poll,
    },
    /// Enrolled; nobody has allowed it to play.
    Pending {
        /// The question for the authorization.
        refresh: Poll,
    },
    /// Plays.
    Authorized {
        /// The question for a newer authorization.
        refresh: Poll,
    },
    /// Was allowed to play, is no longer.
    Unauthorized {
        /// The question for a newer authorization.
        refresh: Poll,
    },
}

impl State {
    /// The phase that the bus and the screen show.
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Starting => Phase::Starting,
            Self::Sources { .. } => Phase::Sources,
            Self::Settings => Phase::Settings,
            Self::Network => Phase::Network,
            Self::Clock { .. } => Phase::Clock,
            Self::Enrolling { .. } => Phase::Enrolling,
            Self::Pending { .. } => Phase::Pending,
            Self::Authorized { .. } => Phase::Authorized,
            Self::Unauthorized { .. } => Phase::Unauthorized,
        }
    }

    /// The repeated job of this state, if it has one.
    pub const fn poll(&self) -> Option<&Poll> {
        match self {
            Self::Starting | Self::Sources { .. } | Self::Settings | Self::Network => None,
            Self::Clock { check: poll }
            | Self::Enrolling { enroll: poll }
            | Self::Pending { refresh: poll }
            | Self::Authorized { refresh: poll }
            | Self::Unauthorized { refresh: poll } => Some(poll),
        }
    }

    /// When the state itself wants to be woken.
    pub fn wake_at(&self) -> Option<Duration> {
        match self {
            Self::Sources { advise_at } => *advise_at,
            _ => self.poll().and_then(|poll| poll.due),
        }
    }

    /// When a failed step is tried again: what the countdown on the screen shows.
    pub fn retry_at(&self) -> Option<Duration> {
        self.poll().filter(|poll| poll.failures > 0).and_then(|poll| poll.due)
    }
}
