//! A screen in a world where everything works: the real state machine, whose every effect is answered with
//! success at once.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use signage_protocol::api::Enrolled;
use signage_protocol::bus::{Phase, Status};
use signage_protocol::document::{Authorization, AuthorizationKind};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::problem::{Code, Problem};
use signage_protocol::verdict::Outcome;
use signage_provisioner::identity::Identity;
use signage_provisioner::machine::{Effect, Event, Failure, Machine, Moment};
use signage_provisioner::medium::Content;
use signage_provisioner::offer::{self, Candidate, Decision, Screen};
use signage_tests::sticks::Meets;
use signage_tests::sticks::content::{HUB, account, expand, stranger};

/// The present, unless a case says otherwise.
pub const NOW: &str = "2026-11-20T12:00:00Z";

/// What the hub says to a new screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Granted,
    NotYet,
}

/// A screen and the world around it.
#[derive(Debug)]
pub struct World {
    machine: Machine,
    identity: Identity,
    now: Moment,
    serial: Option<String>,
    answer: Answer,
    sequence: u64,
}

impl World {
    /// The screen that a case meets.
    pub fn new(meets: Meets, serial: Option<&str>) -> Self {
        let identity = Identity::from_seed(&[1; 32]);
        let wall = NOW.parse().unwrap();
        let mut world = Self {
            machine: Machine::new(identity.id()),
            identity,
            now: Moment { mono: Duration::ZERO, wall },
            serial: serial.map(str::to_owned),
            answer: Answer::Granted,
            sequence: 0,
        };
        world.take(Event::Loaded(Box::default()));
        world.take(Event::NetworkUp("10.0.2.15".into()));
        world.wake();
        if meets == Meets::Pending {
            world.answer = Answer::NotYet;
        }
        if meets != Meets::Fresh {
            let lock = if meets == Meets::Locked { "${lockedFile}" } else { "${presentFile}" };
            world.offer_file(lock);
        }
        world.answer = Answer::Granted;
        match meets {
            Meets::Revoked => {
                let job = world.refresh();
                let text = world.authorization(false);
                world.take(Event::Authorization(job, text));
            }
            Meets::Forgotten => {
                let job = world.refresh();
                let refused = Failure::Refused(Problem::from(Code::AutInvalid));
                world.take(Event::AuthorizationFailed(job, refused));
            }
            Meets::Fresh | Meets::Playing | Meets::Pending | Meets::Locked => {}
        }
        let expected = match meets {
            Meets::Fresh => Phase::Sources,
            Meets::Pending => Phase::Pending,
            Meets::Revoked => Phase::Unauthorized,
            Meets::Playing | Meets::Forgotten | Meets::Locked => Phase::Authorized,
        };
        assert_eq!(world.phase(), expected, "a {meets:?} screen");
        world
    }

    /// A stick with only this file comes and goes.
    pub fn offer_file(&mut self, text: &str) {
        let file = expand(text, "earlier").unwrap().into_bytes();
        let signature = jws::sign_detached(&account(), typ::CONFIGURATION, &file).unwrap();
        let content = Content { file, signature: Some(signature.into_bytes()) };
        let decision = self.plug(&[Candidate { origin: "earlier".into(), content: Ok(content) }]);
        assert!(matches!(decision.outcome, Some(Ok(_))), "{text}: {decision:?}");
        self.take(Event::MediaGone);
    }

    /// Sets the clock of the screen.
    pub fn set_clock(&mut self, now: Timestamp) {
        self.now.wall = now;
    }

    /// These media are plugged in now; everything that follows is answered.
    pub fn plug(&mut self, candidates: &[Candidate]) -> Decision {
        let stored = self.machine.stored();
        let (lock, taken) = (stored.lock(), stored.taken().map(str::to_owned));
        let screen = Screen { serial: self.serial.clone(), now: self.now.wall, lock, taken };
        let decision = offer::decide(candidates, &screen);
        match decision.outcome.clone() {
            Some(Ok(offer)) => self.take(Event::Offered(offer)),
            Some(Err(problem)) => self.take(Event::Rejected(problem)),
            None => {}
        }
        decision
    }

    /// Where the screen stands.
    pub fn phase(&self) -> Phase {
        self.machine.state().phase()
    }

    /// What it says.
    pub fn status(&self) -> Status {
        self.machine.status(self.now)
    }

    /// What became of the stick.
    pub fn outcome(&self) -> Option<Outcome> {
        self.machine.outcome()
    }

    /// The settings in force.
    pub fn settings(&self) -> Value {
        let configuration = self.machine.stored().configuration.as_ref();
        configuration.map(|one| serde_json::to_value(&one.file).unwrap()).unwrap_or_default()
    }

    fn take(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        for _ in 0..1000 {
            let Some(event) = events.pop_front() else { return };
            let effects = self.machine.handle(event, self.now, 0.5).unwrap();
            for effect in effects {
                events.extend(self.carry_out(effect));
            }
        }
        panic!("the machine does not come to rest");
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        Some(match effect {
            Effect::Save => return None,
            Effect::Apply { job, .. } => Event::SettingsApplied(job, None),
            Effect::CheckClock(job) => Event::ClockCredible(job),
            Effect::Enroll(job) => {
                let granted = self.answer == Answer::Granted;
                let authorization = granted.then(|| self.authorization(true));
                let (key, name) = self.account();
                Event::Enrolled(
                    job,
                    Box::new(Enrolled {
                        device_id: self.identity.id().into(),
                        name: "Lobby".into(),
                        account: name.into(),
                        account_key: PublicKey::from(&key.verifying_key()),
                        authorization,
                    }),
                )
            }
            Effect::RefreshAuthorization(job) => Event::Authorization(job, self.authorization(true)),
        })
    }

    /// Every hub has an account of its own.
    fn account(&self) -> (SigningKey, &'static str) {
        let hub = self.machine.stored().hub().map(|hub| hub.url);
        if hub.as_deref() == Some(HUB) { (account(), "Example") } else { (stranger(), "Stranger") }
    }

    fn authorization(&mut self, granted: bool) -> String {
        self.sequence += 1;
        let (key, name) = self.account();
        let document = Authorization {
            sub: self.identity.id().into(),
            account: name.into(),
            kind: AuthorizationKind::Cloud,
            granted,
            not_before: Timestamp::UNIX_EPOCH,
            expires_at: None,
            sequence: self.sequence,
        };
        jws::sign(&key, typ::AUTHORIZATION, &document).unwrap()
    }

    /// Goes to the next wake-up and takes it.
    fn wake(&mut self) {
        if let Some(at) = self.machine.wake_at(self.now) {
            self.now = self.now.later(at.saturating_sub(self.now.mono));
            self.take(Event::WakeUp);
        }
    }

    /// Until the question for the authorization is asked, which is not answered here.
    fn refresh(&mut self) -> signage_provisioner::machine::Job {
        let at = self.machine.wake_at(self.now).unwrap();
        self.now = self.now.later(at.saturating_sub(self.now.mono));
        match self.machine.handle(Event::WakeUp, self.now, 0.5).unwrap()[..] {
            [Effect::RefreshAuthorization(job)] => job,
            ref other => panic!("{other:?}"),
        }
    }
}
