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
use crate::merge::Settings;
use crate::offer::Offer;
use crate::sources;
use crate::store::{Configuration, Enrolment, Stored};

/// How long a fresh device says "looking for settings" before it says what to do: about the time USB needs.
const LOOK: Duration = Duration::from_secs(5);
/// Settings that did not come up are tried again after this long: the intent is kept.
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
    let name = (event.name(), state.phase().as_str());
    // An answer to a job that is not the awaited one comes too late and changes nothing.
    if late(&event, &state, known) {
        return Ok(stay(state));
    }
    note_link(&event, known);
    let mut again = vec![];
    if matches!(event, Event::WakeUp) && known.apply.as_ref().is_some_and(|apply| is_due(apply, now)) {
        again.push(apply_again(known));
    }
    let Some((state, effects)) = transition(state, event, known, now, random) else {
        return Err(NotAllowed { event: name.0, state: name.1 });
    };
    Ok((state, [again, effects].concat()))
}

/// The rows; `None` is "not allowed".
fn transition(state: State, event: Event, known: &mut Known, now: Moment, random: f64) -> Option<Step> {
    use Event as E;
    use State as S;
    Some(match (state, event) {
        (S::Starting, E::Loaded(stored)) => loaded(*stored, known, now, random),
        // The network may be quicker than the disk.
        (S::Starting, E::NetworkUp(_) | E::NetworkDown(_)) => stay(S::Starting),
        (S::Starting, _) | (_, E::Loaded(_)) => return None,

        (state @ S::Sources { .. }, E::Offered(offer)) => adopt(state, *offer, known),
        (S::Sources { .. }, E::Rejected(problem)) => {
            known.stick = Some(problem);
            known.problem = Some(Code::UsbNone.into());
            stay(S::Sources { advise_at: None })
        }
        (S::Sources { advise_at: Some(at) }, E::WakeUp) if now.mono >= at => {
            known.problem = Some(Code::UsbNone.into());
            stay(S::Sources { advise_at: None })
        }

        (S::Settings, E::SettingsApplied(_, notice)) => {
            known.problem = None;
            let kept = settings_kept(notice, known);
            let (state, effects) = after_settings(known);
            (state, [kept, effects].concat())
        }

        (S::Network, E::NetworkUp(_)) => {
            known.problem = None;
            check_clock(known)
        }
        (S::Network, E::NetworkDown(problem)) => {
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
            stay(S::Clock { check: Poll { failures: check.failures + 1, due, ..check } })
        }
        (S::Clock { check }, E::WakeUp) if is_due(&check, now) => {
            let job = known.next_job();
            (S::Clock { check: Poll { job, due: None, ..check } }, vec![Effect::CheckClock(job)])
        }

        (S::Enrolling { enroll }, E::Enrolled(_, enrolled)) => match known.other_account(&enrolled) {
            Some(problem) => {
                known.problem = Some(problem.clone());
                stay(S::Enrolling { enroll: failed(enroll, &Failure::Refused(problem), now, random, true) })
            }
            None => enrolled_now(*enrolled, known, now, random),
        },
        (S::Enrolling { enroll }, E::EnrollFailed(_, failure)) => {
            known.problem = Some(failure.problem().clone());
            stay(S::Enrolling { enroll: failed(enroll, &failure, now, random, true) })
        }
        (S::Enrolling { enroll: poll }, E::WakeUp) if is_due(&poll, now) => enroll(known, poll.failures),

        // Without an address there is nothing to wait for but an address.
        (S::Clock { .. } | S::Enrolling { .. }, E::NetworkDown(problem)) => {
            known.problem = problem;
            stay(S::Network)
        }

        // A stick on a device that is not enrolled yet: the newest file counts. The same file again means
        // "try now", which is what somebody wants who pulls a stick and plugs it back in.
        (state @ (S::Settings | S::Network | S::Clock { .. } | S::Enrolling { .. }), E::Offered(offer)) => {
            let failed_to_apply = known.apply.is_some_and(|apply| apply.due.is_some());
            known.stick = None;
            match state {
                _ if !known.stored.has(&offer) => adopt(state, *offer, known),
                S::Settings if failed_to_apply => (S::Settings, vec![apply_again(known)]),
                S::Enrolling { enroll: Poll { due: Some(_), failures, .. } } => enroll(known, failures),
                state => stay(state),
            }
        }

        // Enrolled. Nothing but the authorization decides whether it plays.
        (state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }), E::Offered(offer)) => {
            restock(state, *offer, known)
        }
        (
            S::Pending { refresh } | S::Authorized { refresh } | S::Unauthorized { refresh },
            E::Authorization(_, text),
        ) => authorization(refresh, text, known, now, random),
        (
            state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }),
            E::AuthorizationFailed(_, failure),
        ) => {
            known.forgotten = matches!(failure, Failure::Refused(_));
            let plays = matches!(state, S::Authorized { .. });
            if plays {
                // A pulled cable explains more than the silence that follows from it. A screen that does not
                // play goes on saying what the operator has to do.
                known.problem = known.link.clone().or_else(|| Some(failure.problem().clone()));
            }
            stay(with_poll(state, |poll| failed(poll, &failure, now, random, !plays)))
        }
        (state @ (S::Pending { .. } | S::Authorized { .. } | S::Unauthorized { .. }), E::WakeUp) => {
            enrolled_wakes(state, known, now)
        }

        (state, E::Rejected(problem)) => {
            known.stick = Some(problem);
            stay(state)
        }
        // What was wrong with a stick is over when it is gone. On a screen that waits for one, a mistake in its
        // file stays, for whoever corrects it now.
        (state @ S::Sources { .. }, E::MediaGone) => {
            known.stick.take_if(about_medium);
            stay(state)
        }
        (state, E::MediaGone) => {
            known.stick = None;
            stay(state)
        }

        // What any running state takes note of.
        (state, E::SettingsApplied(_, notice)) => {
            let effects = settings_kept(notice, known);
            (state, effects)
        }
        (state, E::SettingsFailed(_, problem)) => {
            if let Some(apply) = &mut known.apply {
                apply.failures = apply.failures.saturating_add(1);
                apply.due = Some(now.mono + APPLY_AGAIN);
            }
            known.notice = Some(problem);
            stay(state)
        }
        (state, E::SaveFailed(problem)) => {
            known.notice = Some(problem);
            stay(state)
        }
        (state, E::NetworkUp(_) | E::NetworkDown(_)) => stay(state),
        // The check at start of an enrolled device, whose only purpose was to raise the clock.
        (state, E::ClockCredible(_) | E::ClockWrong(..)) => stay(state),
        // A timer that fires early, or for a state already left.
        (state, E::WakeUp) => stay(state),

        (_, E::Enrolled(..) | E::EnrollFailed(..) | E::Authorization(..) | E::AuthorizationFailed(..)) => {
            return None;
        }
    })
}

fn stay(state: State) -> Step {
    (state, vec![])
}

/// Whether the event answers a job that nobody waits for any more.
fn late(event: &Event, state: &State, known: &Known) -> bool {
    let (poll, job) = match event {
        Event::SettingsApplied(job, _) | Event::SettingsFailed(job, _) => (known.apply.as_ref(), job),
        Event::ClockCredible(job)
        | Event::ClockWrong(job, _)
        | Event::Enrolled(job, _)
        | Event::EnrollFailed(job, _)
        | Event::Authorization(job, _)
        | Event::AuthorizationFailed(job, _) => (state.poll(), job),
        _ => return false,
    };
    poll.is_none_or(|poll| poll.job != *job || poll.due.is_some())
}

fn note_link(event: &Event, known: &mut Known) {
    match event {
        Event::NetworkUp(address) => (known.address, known.link) = (Some(address.clone()), None),
        Event::NetworkDown(problem) => (known.address, known.link) = (None, problem.clone()),
        _ => {}
    }
}

fn is_due(poll: &Poll, now: Moment) -> bool {
    poll.due.is_some_and(|due| now.mono >= due)
}

fn with_poll(state: State, change: impl FnOnce(Poll) -> Poll) -> State {
    match state {
        State::Pending { refresh } => State::Pending { refresh: change(refresh) },
        State::Authorized { refresh } => State::Authorized { refresh: change(refresh) },
        State::Unauthorized { refresh } => State::Unauthorized { refresh: change(refresh) },
        other => other,
    }
}

fn loaded(stored: Stored, known: &mut Known, now: Moment, random: f64) -> Step {
    known.stored = stored;
    if known.stored.enrolment.is_some() {
        // Plays from its own copies, network or not; settings are put in force behind its back.
        let clock = known.next_job();
        let apply = apply(known);
        let refresh = first_refresh(known, now, random);
        let state = standing(State::Pending { refresh }, known, now.wall);
        return (state, vec![Effect::CheckClock(clock), apply]);
    }
    if known.stored.configuration.is_some() {
        return (State::Settings, vec![apply(known)]);
    }
    stay(State::Sources { advise_at: Some(now.mono + LOOK) })
}

/// Takes over settings: kept first, then applied.
fn adopt(state: State, offer: Offer, known: &mut Known) -> Step {
    known.stick = None;
    match keep(offer, known.stored.settings(), known) {
        Ok(()) => (State::Settings, vec![Effect::Save, apply(known)]),
        Err(problem) => {
            known.stick = Some(problem);
            stay(state)
        }
    }
}

/// Lays an offer over the present settings.
fn keep(offer: Offer, mut present: Settings, known: &mut Known) -> Result<(), Problem> {
    let Offer { digest, standing, signed_at, origin, settings, .. } = offer;
    if !known.stored.network_applied() {
        // A network that a stick brought and that never came up would keep the next stick from helping.
        present = present.without(|pointer, origin| {
            is_below(pointer, "/network/connections") && !sources::is_standing(origin)
        });
    }
    let given = settings.origins().contains_key("/network/connections");
    let merged = settings.over(present);
    // Each source was checked, and what is taken from it is taken as a whole.
    let file = merged.file().map_err(|error| Problem::new(Code::CfgValue, error.to_string()))?;
    (known.problem, known.notice) = (None, None);
    let before = known.stored.configuration.take().unwrap_or_else(Configuration::empty);
    let connections =
        |file: &ProvisionFile| file.network.clone().map(|network| network.connections).unwrap_or_default();
    // Without connections NetworkManager keeps what it has, unless they are taken away by name.
    let unchanged = before.network_applied && connections(&before.file) == connections(&file);
    let network_applied = unchanged || (!given && connections(&file).is_empty());
    let mut all = before.standing;
    all.extend(standing);
    // Without what a file gives and no version here knows.
    let origins = Settings::of(&file, &merged.origins()).origins();
    known.stored.configuration = Some(Configuration {
        digest: digest.or(before.digest),
        standing: all,
        signed_at: signed_at.or(before.signed_at),
        origin,
        file,
        origins,
        network_applied,
    });
    Ok(())
}

/// Whether a JSON pointer is `group` or lies in it.
fn is_below(pointer: &str, group: &str) -> bool {
    pointer.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a problem ends when the stick is pulled out.
fn about_medium(problem: &mut Problem) -> bool {
    use Code::{
        CfgExpired, CfgForeign, CfgScope, CfgUnreadable, CfgUnsigned, UsbDisagree, UsbFilesystem, UsbNoFile,
    };
    let code = problem.code;
    matches!(code, UsbNoFile | UsbFilesystem | UsbDisagree)
        || matches!(code, CfgForeign | CfgScope | CfgExpired | CfgUnsigned | CfgUnreadable)
}

fn apply(known: &mut Known) -> Effect {
    let job = known.next_job();
    known.apply = Some(Poll { job, failures: 0, due: None });
    Effect::Apply { job, network: !known.stored.network_applied() }
}

fn apply_again(known: &mut Known) -> Effect {
    let failures = known.apply.map_or(0, |apply| apply.failures);
    let effect = apply(known);
    if let Some(apply) = &mut known.apply {
        apply.failures = failures;
    }
    effect
}

/// NetworkManager has the profiles now and keeps them itself.
fn settings_kept(notice: Option<Problem>, known: &mut Known) -> Vec<Effect> {
    known.apply = None;
    known.notice = notice;
    match &mut known.stored.configuration {
        Some(configuration) if !configuration.network_applied => {
            configuration.network_applied = true;
            vec![Effect::Save]
        }
        _ => vec![],
    }
}

fn after_settings(known: &mut Known) -> Step {
    if known.stored.configuration.as_ref().is_none_or(|configuration| configuration.file.token().is_none()) {
        // Settings without a token: a stick that only prepares the network. Somebody still has to say who
        // the screen belongs to.
        known.problem = Some(Code::UsbNone.into());
        return stay(State::Sources { advise_at: None });
    }
    if known.stored.hub().is_none() {
        let named =
            known.stored.configuration.as_ref().is_some_and(|configuration| configuration.file.hub.is_some());
        known.problem = Some(match named {
            true => Problem::new(Code::CfgUnsupported, "/hub/url: \"discover\""),
            false => Problem::new(Code::CfgMissing, "/hub: no source names the hub of the token"),
        });
        return stay(State::Sources { advise_at: None });
    }
    match known.address {
        Some(_) => check_clock(known),
        None => {
            known.problem = known.link.clone();
            stay(State::Network)
        }
    }
}

fn check_clock(known: &mut Known) -> Step {
    let job = known.next_job();
    (State::Clock { check: Poll { job, failures: 0, due: None } }, vec![Effect::CheckClock(job)])
}

fn enroll(known: &mut Known, failures: u32) -> Step {
    let job = known.next_job();
    (State::Enrolling { enroll: Poll { job, failures, due: None } }, vec![Effect::Enroll(job)])
}

fn failed(poll: Poll, failure: &Failure, now: Moment, random: f64, urgent: bool) -> Poll {
    let failures = poll.failures.saturating_add(1);
    Poll { failures, due: Some(now.mono + failure.delay(failures, random, urgent)), ..poll }
}

fn enrolled_now(enrolled: Enrolled, known: &mut Known, now: Moment, random: f64) -> Step {
    known.problem = None;
    known.forgotten = false;
    if let Some(hub) = known.stored.hub() {
        known.stored.enrolment = Some(Enrolment { hub, enrolled });
    }
    if let Some(configuration) = &mut known.stored.configuration {
        // Used up; what is not there cannot be stolen.
        configuration.file.provision_token = None;
        configuration.file.device_token = None;
        configuration.origins.retain(|pointer, _| !pointer.ends_with("Token"));
    }
    let job = known.next_job();
    let refresh = next_refresh(Poll { job, failures: 0, due: None }, now, random);
    (standing(State::Pending { refresh }, known, now.wall), vec![Effect::Save])
}

fn enrolled_wakes(state: State, known: &mut Known, now: Moment) -> Step {
    let refresh = state.poll().is_some_and(|poll| is_due(poll, now));
    let expired = matches!(state, State::Authorized { .. }) && known.may_play(now.wall).is_err();
    let mut effects = vec![];
    let state = with_poll(state, |poll| match refresh {
        false => poll,
        true => {
            let job = known.next_job();
            effects.push(Effect::RefreshAuthorization(job));
            Poll { job, due: None, ..poll }
        }
    });
    (if expired { standing(state, known, now.wall) } else { state }, effects)
}

/// Settings for an enrolled device. The same again changes nothing, or tries again what failed. Another hub
/// or account needs `replace`. A token from the same hub enrols afresh a device that may not play or that the
/// hub has forgotten; on one that plays, the settings are updated and the identity stays.
fn restock(state: State, mut offer: Offer, known: &mut Known) -> Step {
    known.stick = None;
    if known.stored.has(&offer) {
        let failed = known.apply.is_some_and(|apply| apply.due.is_some());
        return if failed { (state, vec![apply_again(known)]) } else { stay(state) };
    }
    let hub = offer.settings.file().ok().and_then(|file| file.hub);
    let elsewhere = hub.as_ref().and_then(|hub| known.elsewhere(hub, &offer.origin));
    if let Some(problem) = elsewhere.clone().filter(|_| !offer.replace) {
        known.stick = Some(problem);
        // A source of every start is told once; it would refuse every stick after it.
        return match &mut known.stored.configuration {
            Some(configuration) if !offer.standing.is_empty() => {
                configuration.standing.extend(offer.standing);
                (state, vec![Effect::Save])
            }
            _ => stay(state),
        };
    }
    let helpless = known.forgotten || !matches!(state, State::Authorized { .. });
    let leaves = elsewhere.is_some() || (offer.settings.has_token() && (offer.replace || helpless));
    let mut present = known.stored.settings();
    if elsewhere.is_some() {
        // What the account gave goes with it.
        present = present
            .without(|pointer, _| ["/account", "/lock", "/hub"].iter().any(|of| is_below(pointer, of)));
    }
    if !leaves {
        offer.settings = offer.settings.without(|pointer, _| pointer.ends_with("Token"));
    }
    if let Err(problem) = keep(offer, present, known) {
        known.stick = Some(problem);
        return stay(state);
    }
    if leaves {
        known.stored.enrolment = None;
        known.forgotten = false;
    } else if let (Some(enrolment), Some(ca)) = (&mut known.stored.enrolment, hub.and_then(|hub| hub.ca)) {
        // How a hub whose private CA was renewed becomes trusted again.
        enrolment.hub.ca = Some(ca);
    }
    (if leaves { State::Settings } else { state }, vec![Effect::Save, apply(known)])
}

/// Takes a newer authorization; an older one, or one that does not verify, changes nothing.
fn authorization(refresh: Poll, text: String, known: &mut Known, now: Moment, random: f64) -> Step {
    let refresh = Poll { failures: 0, ..next_refresh(refresh, now, random) };
    known.problem = None;
    known.forgotten = false;
    let Some(enrolment) = &mut known.stored.enrolment else {
        return stay(State::Pending { refresh });
    };
    let verify = |text: &str| {
        let key = enrolment.enrolled.account_key.verifying_key()?;
        jws::verify::<Authorization>(text, typ::AUTHORIZATION, &key).ok()
    };
    let present =
        enrolment.enrolled.authorization.as_deref().and_then(verify).map(|document| document.sequence);
    let newer = verify(&text).is_some_and(|document| Some(document.sequence) > present);
    let mut effects = vec![];
    if newer {
        enrolment.enrolled.authorization = Some(text);
        effects.push(Effect::Save);
    }
    (standing(State::Authorized { refresh }, known, now.wall), effects)
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
            if was_allowed { State::Unauthorized { refresh } } else { State::Pending { refresh } }
        }
    }
}

/// At start the first question comes soon, spread over ten seconds so that a site does not ask in chorus.
fn first_refresh(known: &mut Known, now: Moment, random: f64) -> Poll {
    let job = known.next_job();
    Poll { job, failures: 0, due: Some(now.mono + Duration::from_secs(10).mul_f64(random)) }
}

fn next_refresh(poll: Poll, now: Moment, random: f64) -> Poll {
    Poll { due: Some(now.mono + REFRESH.mul_f64(0.9 + 0.2 * random)), ..poll }
}
