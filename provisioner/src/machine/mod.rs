//! The provisioner's state machine: one table from (state, event) to the next state and its effects.
//!
//! Pure: time and randomness are arguments, effects are values. An event that a state does not allow is
//! [`NotAllowed`]; the answer to a job that a newer one has replaced is ignored. The moment of the next
//! wake-up is a function of the state ([`Machine::wake_at`]).
//!
//! A screen that is authorized plays whatever else happens: settings, network and hub can only add a
//! [`Problem`] to that state, never leave it. Only the authorization itself can.

mod backoff;
mod event;
mod state;
mod table;

#[cfg(test)]
mod tests;

pub use backoff::Failure;
pub use event::{Effect, Event, Moment, NotAllowed};
pub use state::{Job, Poll, State};

use jiff::Timestamp;
use signage_protocol::api::Enrolled;
use signage_protocol::bus::{Phase, Status};
use signage_protocol::config;
use signage_protocol::document::Authorization;
use signage_protocol::jws::{self, typ};
use signage_protocol::problem::{Code, Problem};
use signage_protocol::verdict::Outcome;

use crate::store::Stored;

/// The machine and what it knows.
#[derive(Debug, Clone)]
pub struct Machine {
    state: State,
    known: Known,
}

/// What the machine knows besides its state.
#[derive(Debug, Clone, Default)]
pub struct Known {
    device_id: String,
    stored: Stored,
    address: Option<String>,
    /// Why there is no address.
    link: Option<Problem>,
    /// What keeps the device from the next state.
    problem: Option<Problem>,
    /// What is wrong with the stick that is plugged in, or was plugged in last. Nothing of it is used.
    stick: Option<Problem>,
    /// What is wrong with settings, without keeping the device from anything.
    notice: Option<Problem>,
    /// The application of settings that runs, or that failed and will be tried again.
    apply: Option<Poll>,
    /// The hub does not know this device any more, though its account was signed once.
    forgotten: bool,
    jobs: u64,
}

impl Machine {
    /// A machine at power-on.
    pub fn new(device_id: impl Into<String>) -> Self {
        Self { state: State::Starting, known: Known { device_id: device_id.into(), ..Known::default() } }
    }

    /// Takes one event. `random` is uniform in `0.0..1.0`. On an error nothing has changed.
    pub fn handle(&mut self, event: Event, now: Moment, random: f64) -> Result<Vec<Effect>, NotAllowed> {
        let mut known = self.known.clone();
        let (state, effects) = table::step(self.state.clone(), event, &mut known, now, random)?;
        self.state = state;
        self.known = known;
        Ok(effects)
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What has to survive a power cut.
    pub fn stored(&self) -> &Stored {
        &self.known.stored
    }

    /// When [`Event::WakeUp`] is due, if ever.
    pub fn wake_at(&self, now: Moment) -> Option<std::time::Duration> {
        let apply = self.known.apply.and_then(|apply| apply.due);
        [self.state.wake_at(), apply, self.expiry(now)].into_iter().flatten().min()
    }

    /// The status for the bus; `generation` and `verdict_note` are the caller's.
    pub fn status(&self, now: Moment) -> Status {
        let Known { device_id, stored, address, .. } = &self.known;
        // Whoever holds a stick stands in front of the screen.
        let problem = [&self.known.stick, &self.known.problem, &self.known.notice];
        let problem = problem.into_iter().find_map(Option::as_ref);
        let retry_at = match self.state {
            State::Settings => {
                self.known.apply.filter(|apply| apply.failures > 0).and_then(|apply| apply.due)
            }
            _ => self.state.retry_at(),
        };
        let retry = retry_at.map_or(0, |at| now.wall_ms_at(at));
        Status {
            generation: 0,
            phase: self.state.phase().as_str().into(),
            device_id: device_id.clone(),
            device_name: stored.device_name().unwrap_or_default().into(),
            address: address.clone().unwrap_or_default(),
            hub: stored.hub().map(|hub| hub.url).unwrap_or_default(),
            problem_code: problem.map(|problem| problem.code.to_string()).unwrap_or_default(),
            problem_detail: problem.and_then(|problem| problem.detail.clone()).unwrap_or_default(),
            retry_at: retry,
            verdict_note: String::new(),
        }
    }

    /// What there is to say about the stick that was plugged in last; `None` while all is under way and well.
    pub fn outcome(&self) -> Option<Outcome> {
        let known = &self.known;
        if known.stick.is_some() {
            return Some(Outcome::Refused);
        }
        match (self.state.phase(), known.apply) {
            (Phase::Starting, _) => None,
            // Settings that did not come up: the former ones are back.
            (_, Some(Poll { failures: 1.., .. })) => Some(Outcome::Waiting),
            (_, Some(_)) => None,
            (Phase::Pending | Phase::Authorized | Phase::Unauthorized, None) => Some(Outcome::Applied),
            // A file without a token: its settings are in force, and the screen waits for somebody with a token.
            (Phase::Sources, None) if known.problem == Some(Code::UsbNone.into()) => Some(Outcome::Applied),
            _ => known.problem.as_ref().map(|_| Outcome::Waiting),
        }
    }

    /// Start of the authorization that an enrolled device has: a time that has passed.
    pub fn authorized_from(&self) -> Option<Timestamp> {
        Some(self.known.authorization().ok()?.not_before)
    }

    /// When the stored authorization ends, while it holds.
    fn expiry(&self, now: Moment) -> Option<std::time::Duration> {
        if self.state.phase() != Phase::Authorized {
            return None;
        }
        let expires = self.known.authorization().ok()?.expires_at?;
        Some(now.mono_at(expires))
    }
}

impl Known {
    /// Why a file is for another hub or account than this enrolled device belongs to.
    fn elsewhere(&self, hub: &config::Hub, origin: &str) -> Option<Problem> {
        let enrolment = self.stored.enrolment.as_ref()?;
        let other =
            hub.url.address().filter(|url| *url != enrolment.hub.url).map(str::to_owned).or_else(|| {
                let key = hub.public_key.as_ref().filter(|key| **key != enrolment.enrolled.account_key)?;
                Some(format!("account {}", key.thumbprint()))
            });
        other.map(|other| Problem::new(Code::CfgForeign, format!("{other}, by {origin}")))
    }

    /// Why the account that took this device is not the one of the file.
    fn other_account(&self, enrolled: &Enrolled) -> Option<Problem> {
        let hub = self.stored.configuration.as_ref()?.file.hub.as_ref()?;
        let wanted = hub.public_key.as_ref().filter(|key| **key != enrolled.account_key)?;
        let detail = format!("it has {}, not {}", enrolled.account_key.thumbprint(), wanted.thumbprint());
        Some(Problem::new(Code::HubAccount, detail))
    }

    fn next_job(&mut self) -> Job {
        self.jobs += 1;
        Job(self.jobs)
    }

    /// The stored authorization, checked against the account's key.
    fn authorization(&self) -> Result<Authorization, Problem> {
        let enrolment = self.stored.enrolment.as_ref().ok_or(Code::AutPending)?;
        let text = enrolment.enrolled.authorization.as_ref().ok_or(Code::AutPending)?;
        let key = enrolment.enrolled.account_key.verifying_key().ok_or(Code::AutInvalid)?;
        jws::verify(text, typ::AUTHORIZATION, &key)
            .map_err(|error| Problem::new(Code::AutInvalid, error.to_string()))
    }

    /// Whether the device may play, by its own copy of the authorization.
    ///
    /// A clock that is earlier than the document itself is wrong, and must not darken a screen: the
    /// document's own date is the better clock then.
    fn may_play(&self, wall: Timestamp) -> Result<(), Problem> {
        let authorization = self.authorization()?;
        let now = wall.max(authorization.not_before);
        if authorization.permits(&self.device_id, now) {
            Ok(())
        } else if authorization.sub != self.device_id {
            Err(Code::AutInvalid.into())
        } else if authorization.granted {
            Err(Code::AutExpired.into())
        } else {
            Err(Code::AutPending.into())
        }
    }
}
