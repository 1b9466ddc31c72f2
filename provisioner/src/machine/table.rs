//! The table. Every legal (state, event) pair stands here once; everything else is [`NotAllowed`].

use std::time::Duration;

use jiff::Timestamp;
use signage_protocol::api::Enrolled;
use signage_protocol::config::ProvisionFile;
use signage_protocol::document::Authorization;
use signage_protocol::jws::{self, typ};
use signage_protocol::problem::{Code, Problem};

use super::Known;
use super::backoff::Failure;
use super::event::{Effect, Event, Moment, NotAllowed};
use super::state::{Poll, State};
use crate::store::{Configuration, Enrolment, Stored};

/// How long a fresh device says "looking for settings" before it says what to do: about the time USB needs.
const LOOK: Duration = Duration::from_secs(5);
/// A failed application of settings is tried again after this long (design: keep the intent, retry).
const APPLY_AGAIN: Duration = Duration::from_secs(300);
/// The clock is looked at this often until it is credible.
const CLOCK_AGAIN: Duration = Duration::from_secs(5);
/// An enrolled device asks for news this often.
const REFRESH: Duration = Duration::from_secs(60);

type Step = (State, Vec<Effect>);

/// One step of the machine.
pub(super) fn step(
    state: State,
    event: Event,
    known: &mut Known,
    now: Moment,
    random: f64,
) -> Result<Step, NotAllowed> {
    use Event as E;
    use State as S;
    let refused = NotAllowed {
        event: event.name(),
        state: state.phase().as_str(),
    };

    // An answer to a job that is not the awaited one comes too late and changes nothing.
    if let Some(job) = answered(&event)
        && !awaited(&state, job)
    {
        return if matches!(state, S::Starting) {
            Err(refused)
        } else {
            Ok((state, vec![]))
        };
    }

    let next = match (state, event) {
        (S::Starting, E::Loaded(stored)) => loaded(*stored, known, now, random),
        // The bus and the sticks may be quicker than the disk.
        (S::Starting, E::NetworkUp(address)) => {
            known.address = Some(address);
            stay(S::Starting)
        }
        (S::Starting, E::NetworkDown(_)) => stay(S::Starting),

        (S::Sources { .. }, E::Offered { digest, origin, file }) => adopt(digest, origin, *file, known),
        (S::Sources { .. }, E::Rejected(problem)) => {
            known.problem = Some(problem);
            stay(S::Sources { advise_at: None })
        }
        (S::Sources { advise_at: Some(at) }, E::WakeUp) if now.mono >= at => {
            known.problem = Some(Code::UsbNone.into());
            stay(S::Sources { advise_at: None })
        }

        (S::Settings { .. }, E::SettingsApplied(_)) => {
            known.problem = None;
            let effects = settings_kept(known);
            let (state, more) = after_settings(known);
            (state, [effects, more].concat())
        }
        (S::Settings { apply }, E::SettingsFailed(_, problem)) => {
            known.problem = Some(problem);
            let due = Some(now.mono + APPLY_AGAIN);
            stay(S::Settings {
                apply: Poll {
                    failures: apply.failures + 1,
                    due,
                    ..apply
                },
            })
        }
        (S::Settings { apply }, E::WakeUp) if is_due(&apply, now) => {
            let job = known.next_job();
            let network = !known.stored.network_applied();
            (
                S::Settings {
                    apply: Poll {
                        job,
                        due: None,
                        ..apply
                    },
                },
                vec![Effect::Apply { job, network }],
            )
        }

        (S::Network, E::NetworkUp(address)) => {
            known.address = Some(address);
            known.problem = None;
            check_clock(known)
        }
        (S::Network, E::NetworkDown(problem)) => {
            known.address = None;
            known.problem = problem;
            stay(S::Network)
        }

        (S::Clock { .. }, E::ClockCredible(_)) => {
            known.problem = None;
            enroll(known, 0)
        }
        (S::Clock { check }, E::ClockWrong(_, problem)) => {
            known.problem = Some(problem);
            let due = Some(now.mono + CLOCK_AGAIN);
            stay(S::Clock {
                check: Poll {
                    failures: check.failures + 1,
                    due,
                    ..check
                },
            })
        }
        (S::Clock { check }, E::WakeUp) if is_due(&check, now) => {
            let job = known.next_job();
            (
                S::Clock {
                    check: Poll {
                        job,
                        due: None,
                        ..check
                    },
                },
                vec![Effect::CheckClock(job)],
            )
        }

        (S::Enrolling { .. }, E::Enrolled(_, enrolled)) => enrolled_now(*enrolled, known, now, random),
        (S::Enrolling { enroll }, E::EnrollFailed(_, failure)) => stay(S::Enrolling {
            enroll: failed(enroll, &failure, known, now, random),
        }),
        (S::Enrolling { enroll: poll }, E::WakeUp) if is_due(&poll, now) => enroll(known, poll.failures),

        // Without an address there is nothing to wait for but an address.
        (S::Clock { .. } | S::Enrolling { .. }, E::NetworkDown(problem)) => {
            known.address = None;
            known.problem = problem;
            stay(S::Network)
        }

        // A stick on a device that is not enrolled yet: the newest file counts. The same file again means
        // "try now", which is what somebody wants who pulls a stick and plugs it back in.
        (
            state @ (S::Settings { .. } | S::Network | S::Clock { .. } | S::Enrolling { .. }),
            E::Offered { digest, origin, file },
        ) => {
            if known.stored.digest() != Some(digest.as_str()) {
                adopt(digest, origin, *file, known)
            } else if let S::Enrolling {
                enroll:
                    Poll {
                        due: Some(_),
                        failures,
                        ..
                    },
            } = state
            {
                enroll(known, failures)
            } else {
                stay(state)
            }
        }
        (
            state @ (S::Settings { .. } | S::Network | S::Clock { .. } | S::Enrolling { .. }),
            E::Rejected(problem),
        ) => {
            known.problem = Some(problem);
            stay(state)
        }

        // Enrolled. Nothing but the authorization decides whether it plays.
        (
            state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }),
            E::Offered { digest, origin, file },
        ) => restock(state, digest, origin, *file, known),
        (
            state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }),
            E::Rejected(problem),
        ) => {
            known.problem = Some(problem);
            stay(state)
        }
        (
            S::Pending { refresh } | S::Authorized { refresh } | S::Unauthorized { refresh },
            E::Authorization(_, text),
        ) => authorization(refresh, text, known, now, random),
        (
            state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }),
            E::AuthorizationFailed(_, failure),
        ) => {
            let problem = known.problem.clone();
            let repoll = |poll| failed(poll, &failure, known, now, random);
            let state = with_poll(state, repoll);
            if !matches!(state, S::Authorized { .. }) {
                // What the operator has to do is more use than the news that the hub is silent.
                known.problem = problem;
            }
            stay(state)
        }
        (state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }), E::WakeUp) => {
            let expired = matches!(state, S::Authorized { .. }) && known.may_play(now.wall).is_err();
            let refresh = state.poll().copied().filter(|poll| is_due(poll, now));
            match (expired, refresh) {
                (false, None) => stay(state),
                (_, refresh) => {
                    let mut effects = vec![];
                    let state = with_poll(state, |poll| match refresh {
                        None => poll,
                        Some(_) => {
                            let job = known.next_job();
                            effects.push(Effect::RefreshAuthorization(job));
                            Poll {
                                job,
                                due: None,
                                ..poll
                            }
                        }
                    });
                    (standing(state, known, now.wall), effects)
                }
            }
        }

        // Facts that any running state takes note of.
        (S::Starting, event) => {
            return Err(NotAllowed {
                event: event.name(),
                ..refused
            });
        }
        (state, E::NetworkUp(address)) => {
            known.address = Some(address);
            stay(state)
        }
        (state, E::NetworkDown(_)) => {
            known.address = None;
            stay(state)
        }
        (state, E::SettingsApplied(_)) => {
            let effects = settings_kept(known);
            (state, effects)
        }
        (state, E::SettingsFailed(_, problem) | E::SaveFailed(problem)) => {
            known.problem = Some(problem);
            stay(state)
        }
        // A timer that fires early or for a state already left.
        (state, E::WakeUp) => stay(state),

        (_, _) => return Err(refused),
    };
    Ok(next)
}

fn stay(state: State) -> Step {
    (state, vec![])
}

/// The job that an event answers, where only the awaited answer counts. Settings are applied in the
/// background of an enrolled device, so their answer always counts there.
fn answered(event: &Event) -> Option<super::Job> {
    match event {
        Event::ClockCredible(job)
        | Event::ClockWrong(job, _)
        | Event::Enrolled(job, _)
        | Event::EnrollFailed(job, _)
        | Event::Authorization(job, _)
        | Event::AuthorizationFailed(job, _)
        | Event::SettingsApplied(job)
        | Event::SettingsFailed(job, _) => Some(*job),
        _ => None,
    }
}

fn awaited(state: &State, job: super::Job) -> bool {
    match state {
        State::Pending { .. } | State::Authorized { .. } | State::Unauthorized { .. } => true,
        _ => state
            .poll()
            .is_some_and(|poll| poll.job == job && poll.due.is_none()),
    }
}

fn is_due(poll: &Poll, now: Moment) -> bool {
    poll.due.is_some_and(|due| now.mono >= due)
}

fn with_poll(state: State, change: impl FnOnce(Poll) -> Poll) -> State {
    match state {
        State::Pending { refresh } => State::Pending {
            refresh: change(refresh),
        },
        State::Authorized { refresh } => State::Authorized {
            refresh: change(refresh),
        },
        State::Unauthorized { refresh } => State::Unauthorized {
            refresh: change(refresh),
        },
        other => other,
    }
}

fn loaded(stored: Stored, known: &mut Known, now: Moment, random: f64) -> Step {
    known.stored = stored;
    if known.stored.enrolment.is_some() {
        // Plays from its own copies, network or not; settings are put in force behind its back.
        let job = known.next_job();
        let network = !known.stored.network_applied();
        let refresh = first_refresh(known, now, random);
        let state = standing(State::Pending { refresh }, known, now.wall);
        return (state, vec![Effect::Apply { job, network }]);
    }
    if known.stored.configuration.is_some() {
        return apply(known);
    }
    stay(State::Sources {
        advise_at: Some(now.mono + LOOK),
    })
}

/// Takes over a file: kept first, then applied.
fn adopt(digest: String, origin: String, file: ProvisionFile, known: &mut Known) -> Step {
    known.problem = None;
    known.stored.configuration = Some(Configuration {
        digest,
        origin,
        file,
        network_applied: false,
    });
    let (state, mut effects) = apply(known);
    effects.insert(0, Effect::Save);
    (state, effects)
}

fn apply(known: &mut Known) -> Step {
    let job = known.next_job();
    let network = !known.stored.network_applied();
    let apply = Poll {
        job,
        failures: 0,
        due: None,
    };
    (State::Settings { apply }, vec![Effect::Apply { job, network }])
}

/// NetworkManager has the profiles now and keeps them itself.
fn settings_kept(known: &mut Known) -> Vec<Effect> {
    match &mut known.stored.configuration {
        Some(configuration) if !configuration.network_applied => {
            configuration.network_applied = true;
            vec![Effect::Save]
        }
        _ => vec![],
    }
}

fn after_settings(known: &mut Known) -> Step {
    if known
        .stored
        .configuration
        .as_ref()
        .is_none_or(|configuration| configuration.file.token().is_none())
    {
        // Settings without a token: a stick that only prepares the network. Somebody still has to say who
        // the screen belongs to.
        known.problem = Some(Code::UsbNone.into());
        return stay(State::Sources { advise_at: None });
    }
    match known.address {
        Some(_) => check_clock(known),
        None => stay(State::Network),
    }
}

fn check_clock(known: &mut Known) -> Step {
    let job = known.next_job();
    (
        State::Clock {
            check: Poll {
                job,
                failures: 0,
                due: None,
            },
        },
        vec![Effect::CheckClock(job)],
    )
}

fn enroll(known: &mut Known, failures: u32) -> Step {
    let job = known.next_job();
    (
        State::Enrolling {
            enroll: Poll {
                job,
                failures,
                due: None,
            },
        },
        vec![Effect::Enroll(job)],
    )
}

fn failed(poll: Poll, failure: &Failure, known: &mut Known, now: Moment, random: f64) -> Poll {
    known.problem = Some(failure.problem().clone());
    let failures = poll.failures.saturating_add(1);
    Poll {
        failures,
        due: Some(now.mono + failure.delay(failures, random)),
        ..poll
    }
}

fn enrolled_now(enrolled: Enrolled, known: &mut Known, now: Moment, random: f64) -> Step {
    known.problem = None;
    if let Some(hub) = known.stored.hub().cloned() {
        known.stored.enrolment = Some(Enrolment { hub, enrolled });
    }
    if let Some(configuration) = &mut known.stored.configuration {
        // Used up; what is not there cannot be stolen.
        configuration.file.provision_token = None;
        configuration.file.device_token = None;
    }
    let refresh = next_refresh(known, now, random);
    (
        standing(State::Pending { refresh }, known, now.wall),
        vec![Effect::Save],
    )
}

/// A file on an enrolled device: the same again changes nothing, the same hub updates the settings and keeps
/// the identity, another hub needs `replace`.
fn restock(state: State, digest: String, origin: String, mut file: ProvisionFile, known: &mut Known) -> Step {
    if known.stored.digest() == Some(digest.as_str()) {
        return stay(state);
    }
    let present = known
        .stored
        .hub()
        .map(|hub| hub.url.trim_end_matches('/').to_owned());
    let wanted = file
        .hub
        .as_ref()
        .map(|hub| hub.url.trim_end_matches('/').to_owned());
    let moves = wanted.is_some() && wanted != present;
    if moves && !file.replace {
        known.problem = Some(Problem::new(Code::CfgForeign, wanted.unwrap_or_default()));
        return stay(state);
    }
    if file.replace && file.token().is_some() {
        known.stored.enrolment = None;
        return adopt(digest, origin, file, known);
    }
    file.provision_token = None;
    file.device_token = None;
    known.problem = None;
    known.stored.configuration = Some(Configuration {
        digest,
        origin,
        file,
        network_applied: false,
    });
    let job = known.next_job();
    (state, vec![Effect::Save, Effect::Apply { job, network: true }])
}

/// Takes a newer authorization; an older one, or one that does not verify, changes nothing.
fn authorization(refresh: Poll, text: String, known: &mut Known, now: Moment, random: f64) -> Step {
    let next = Poll {
        failures: 0,
        ..next_refresh_after(refresh, now, random)
    };
    known.problem = None;
    let Some(enrolment) = &mut known.stored.enrolment else {
        return stay(State::Pending { refresh: next });
    };
    let verify = |text: &str| {
        let key = enrolment.enrolled.account_key.verifying_key()?;
        jws::verify::<Authorization>(text, typ::AUTHORIZATION, &key).ok()
    };
    let present = enrolment
        .enrolled
        .authorization
        .as_deref()
        .and_then(verify)
        .map(|document| document.sequence);
    let newer = verify(&text).filter(|document| Some(document.sequence) > present);
    let mut effects = vec![];
    if newer.is_some() {
        enrolment.enrolled.authorization = Some(text);
        effects.push(Effect::Save);
    }
    (
        standing(State::Authorized { refresh: next }, known, now.wall),
        effects,
    )
}

/// Pending, Authorized or Unauthorized: what the stored authorization says. A device that never was allowed
/// is pending; one that was is unauthorized.
fn standing(state: State, known: &mut Known, wall: Timestamp) -> State {
    let Some(&refresh) = state.poll() else {
        return state;
    };
    match known.may_play(wall) {
        Ok(()) => State::Authorized { refresh },
        Err(problem) => {
            let was_allowed = known.authorization().is_ok();
            known.problem = Some(problem);
            if was_allowed {
                State::Unauthorized { refresh }
            } else {
                State::Pending { refresh }
            }
        }
    }
}

/// At start the first question comes soon, spread over ten seconds so that a site does not ask in chorus.
fn first_refresh(known: &mut Known, now: Moment, random: f64) -> Poll {
    let job = known.next_job();
    Poll {
        job,
        failures: 0,
        due: Some(now.mono + Duration::from_secs(10).mul_f64(random)),
    }
}

fn next_refresh(known: &mut Known, now: Moment, random: f64) -> Poll {
    let job = known.next_job();
    next_refresh_after(
        Poll {
            job,
            failures: 0,
            due: None,
        },
        now,
        random,
    )
}

fn next_refresh_after(poll: Poll, now: Moment, random: f64) -> Poll {
    Poll {
        due: Some(now.mono + REFRESH.mul_f64(0.9 + 0.2 * random)),
        ..poll
    }
}
