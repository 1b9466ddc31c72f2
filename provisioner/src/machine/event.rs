//! What happens to the machine and what it asks for.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use signage_protocol::api::Enrolled;
use signage_protocol::problem::Problem;

use super::backoff::Failure;
use super::state::Job;
use crate::offer::Offer;
use crate::store::Stored;

/// The present, by both clocks. Deadlines use the monotonic one, which no correction can move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since an arbitrary start; never goes back.
    pub mono: Duration,
    /// Wall clock, which may be wrong and may jump.
    pub wall: Timestamp,
}

impl Moment {
    /// The wall clock's value at a monotonic deadline, in milliseconds since 1970.
    pub fn wall_ms_at(self, deadline: Duration) -> u64 {
        let ahead = i64::try_from(deadline.saturating_sub(self.mono).as_millis()).unwrap_or(i64::MAX);
        let at = self.wall.as_millisecond().saturating_add(ahead);
        u64::try_from(at).unwrap_or(0)
    }

    /// The monotonic clock's value at a wall-clock moment; the present if that has passed.
    pub fn mono_at(self, at: Timestamp) -> Duration {
        let ahead = at.as_millisecond().saturating_sub(self.wall.as_millisecond());
        self.mono + Duration::from_millis(u64::try_from(ahead).unwrap_or(0))
    }

    /// This moment, `ahead` later; for tests and simulations.
    pub fn later(self, ahead: Duration) -> Self {
        let millis = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        Self {
            mono: self.mono + ahead,
            wall: self.wall.saturating_add(millis.milliseconds()).unwrap_or(self.wall),
        }
    }
}

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The stored state was read; once, at start.
    Loaded(Box<Stored>),
    /// A source holds settings that may be applied.
    Offered(Box<Offer>),
    /// The media hold none, or bad ones, or some that contradict each other.
    Rejected(Problem),
    /// The last medium was pulled out.
    MediaGone,
    /// The settings of the job are in force, except for something that does not keep the device from the
    /// network.
    SettingsApplied(Job, Option<Problem>),
    /// The network of the job did not come up, and the former one is back.
    SettingsFailed(Job, Problem),
    /// There is an address.
    NetworkUp(String),
    /// There is none, and why, if that is known.
    NetworkDown(Option<Problem>),
    /// The clock can be believed.
    ClockCredible(Job),
    /// It cannot, yet.
    ClockWrong(Job, Problem),
    /// The hub took the device.
    Enrolled(Job, Box<Enrolled>),
    /// It did not, or it did not answer.
    EnrollFailed(Job, Failure),
    /// The hub's present authorization of this device, as JWS.
    Authorization(Job, String),
    /// It could not be asked, or gave none.
    AuthorizationFailed(Job, Failure),
    /// The moment of [`super::Machine::wake_at`] has come.
    WakeUp,
    /// The state could not be written.
    SaveFailed(Problem),
}

impl Event {
    /// The name in logs: never the content, which may be secret.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Loaded(_) => "loaded",
            Self::Offered(_) => "offered",
            Self::Rejected(_) => "rejected",
            Self::MediaGone => "media-gone",
            Self::SettingsApplied(..) => "settings-applied",
            Self::SettingsFailed(..) => "settings-failed",
            Self::NetworkUp(_) => "network-up",
            Self::NetworkDown(_) => "network-down",
            Self::ClockCredible(_) => "clock-credible",
            Self::ClockWrong(..) => "clock-wrong",
            Self::Enrolled(..) => "enrolled",
            Self::EnrollFailed(..) => "enroll-failed",
            Self::Authorization(..) => "authorization",
            Self::AuthorizationFailed(..) => "authorization-failed",
            Self::WakeUp => "wake-up",
            Self::SaveFailed(_) => "save-failed",
        }
    }
}

/// Something has to be done. Jobs answer with an event that carries their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write the stored state; before the effects that follow, and before the status is published.
    Save,
    /// Put the stored settings in force; the network only when `network` says so.
    Apply {
        /// Number for the answer.
        job: Job,
        /// False when NetworkManager has the profiles already.
        network: bool,
    },
    /// Find out whether the clock can be believed.
    CheckClock(Job),
    /// Ask the hub to take this device.
    Enroll(Job),
    /// Ask the hub for the present authorization.
    RefreshAuthorization(Job),
}

/// The event is not allowed in the state. A fault of the caller; the machine has not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {event} is not allowed in state {state}")]
pub struct NotAllowed {
    /// Name of the event.
    pub event: &'static str,
    /// Name of the state.
    pub state: &'static str,
}
