//! Walks through the table, random sequences with invariants, and the comparison with the diagram.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use signage_protocol::api::Enrolled;
use signage_protocol::bus::Phase;
use signage_protocol::document::{Authorization, AuthorizationKind};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::problem::{Code, Problem};
use signage_protocol::token::{Kind, RANDOM_BYTES};
use signage_protocol::verdict::Outcome;

use super::*;
use crate::identity::Identity;
use crate::medium::Content;
use crate::offer::{self, Offer, Screen};

const HUB: &str = "https://hub.example";

fn identity() -> Identity {
    Identity::from_seed(&[1; 32])
}

fn account() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

fn start() -> Moment {
    Moment { mono: Duration::ZERO, wall: Timestamp::from_second(1_900_000_000).unwrap() }
}

fn judged(digest: &str, json: &str) -> Box<Offer> {
    let content = Content { file: json.into(), signature: None };
    let (offer, _) = offer::judge("stick", &content, &Screen::default());
    Box::new(Offer { digest: Some(digest.into()), ..*offer.unwrap() })
}

/// A stick for a hub, with more in its file.
fn stick(digest: &str, hub: &str, extra: &str) -> Event {
    let token = Kind::Provisioning.encode(&[3; RANDOM_BYTES]);
    let json =
        format!(r#"{{"version":1,"provisionToken":"{}","hub":{{"url":"{hub}"}}{extra}}}"#, token.expose());
    Event::Offered(judged(digest, &json))
}

/// A stick for our hub, with a network of its own.
fn offer(digest: &str) -> Event {
    stick(
        digest,
        HUB,
        &format!(
            r#","network":{{"connections":[{{"type":"ethernet","match":{{"interface":"{digest}"}}}}]}}"#
        ),
    )
}

fn document(sequence: u64, granted: bool, expires_at: Option<Timestamp>) -> String {
    let authorization = Authorization {
        sub: identity().id().into(),
        account: "account".into(),
        kind: AuthorizationKind::Cloud,
        granted,
        not_before: start().wall,
        expires_at,
        sequence,
    };
    jws::sign(&account(), typ::AUTHORIZATION, &authorization).unwrap()
}

fn enrolled(authorization: Option<String>) -> Box<Enrolled> {
    Box::new(Enrolled {
        device_id: identity().id().into(),
        name: "Foyer".into(),
        account: "account".into(),
        account_key: PublicKey::from(&account().verifying_key()),
        authorization,
    })
}

/// A machine with its clock, for walks.
struct Walk {
    machine: Machine,
    now: Moment,
}

impl Walk {
    fn new() -> Self {
        Self { machine: Machine::new(identity().id()), now: start() }
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        self.machine.handle(event, self.now, 0.5).unwrap()
    }

    /// Goes to the next wake-up and takes it.
    fn wait(&mut self) -> Vec<Effect> {
        let at = self.machine.wake_at(self.now).expect("nothing to wait for");
        self.now = self.now.later(at.saturating_sub(self.now.mono));
        self.take(Event::WakeUp)
    }

    fn phase(&self) -> Phase {
        self.machine.state().phase()
    }

    fn problem(&self) -> Option<Code> {
        self.machine.status(self.now).problem()
    }

    /// A device that has just been provisioned, up to the request to the hub.
    fn to_enrolling() -> (Self, Job) {
        let mut walk = Self::new();
        walk.take(Event::Loaded(Box::default()));
        walk.take(Event::NetworkUp("10.0.0.2".into()));
        let effects = walk.take(offer("a"));
        let Some(&Effect::Apply { job, network: true }) = effects.last() else { panic!("{effects:?}") };
        assert_eq!(effects[0], Effect::Save);
        let effects = walk.take(Event::SettingsApplied(job, None));
        let Some(&Effect::CheckClock(job)) = effects.last() else { panic!("{effects:?}") };
        let effects = walk.take(Event::ClockCredible(job));
        let Some(&Effect::Enroll(job)) = effects.last() else { panic!("{effects:?}") };
        (walk, job)
    }

    fn to_authorized() -> Self {
        let (mut walk, job) = Self::to_enrolling();
        assert_eq!(walk.take(Event::Enrolled(job, enrolled(Some(document(1, true, None))))), [Effect::Save]);
        walk
    }

    /// Until the question for the authorization is asked.
    fn refresh(&mut self) -> Job {
        match self.wait()[..] {
            [Effect::RefreshAuthorization(job)] => job,
            ref effects => panic!("{effects:?}"),
        }
    }
}

#[test]
fn a_stick_leads_to_playing() {
    let walk = Walk::to_authorized();
    assert_eq!(walk.phase(), Phase::Authorized);
    assert_eq!(walk.problem(), None);
    let stored = walk.machine.stored();
    assert!(stored.configuration.as_ref().unwrap().file.token().is_none(), "the token is used up");
    assert!(stored.network_applied());
    assert_eq!(walk.machine.status(walk.now).device_name, "Foyer");
}

#[test]
fn without_a_stick_the_screen_says_what_to_do_after_a_moment() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Sources, None));
    walk.wait();
    assert_eq!((walk.phase(), walk.problem()), (Phase::Sources, Some(Code::UsbNone)));
    assert_eq!(walk.machine.wake_at(walk.now), None);
}

#[test]
fn a_bad_stick_is_explained_until_a_good_one_comes() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    walk.take(Event::Rejected(Problem::new(Code::CfgSyntax, "line 3, column 4")));
    assert_eq!(walk.problem(), Some(Code::CfgSyntax));
    walk.take(offer("a"));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Settings, None));
}

#[test]
fn a_restart_plays_from_the_stored_authorization_without_network() {
    let before = Walk::to_authorized();
    let mut walk = Walk::new();
    let effects = walk.take(Event::Loaded(Box::new(before.machine.stored().clone())));
    assert_eq!(walk.phase(), Phase::Authorized);
    assert!(
        matches!(effects[..], [Effect::CheckClock(_), Effect::Apply { network: false, .. }]),
        "{effects:?}"
    );
    walk.take(Event::NetworkDown(Some(Code::NetCarrier.into())));
    assert_eq!(walk.phase(), Phase::Authorized);
}

#[test]
fn a_clock_from_before_the_authorization_does_not_darken_the_screen() {
    let before = Walk::to_authorized();
    let mut walk = Walk::new();
    walk.now.wall = Timestamp::UNIX_EPOCH;
    walk.take(Event::Loaded(Box::new(before.machine.stored().clone())));
    assert_eq!(walk.phase(), Phase::Authorized);
}

#[test]
fn a_cut_between_saving_and_applying_applies_again_after_the_restart() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    walk.take(offer("a"));
    let stored = walk.machine.stored().clone();
    let mut walk = Walk::new();
    let effects = walk.take(Event::Loaded(Box::new(stored)));
    assert!(matches!(effects[..], [Effect::Apply { network: true, .. }]), "{effects:?}");
}

#[test]
fn a_silent_hub_is_asked_again_and_found_within_ten_seconds() {
    let (mut walk, mut job) = Walk::to_enrolling();
    for _ in 0..50 {
        let asked = walk.now.mono;
        walk.take(Event::EnrollFailed(job, Failure::Absent(Code::HubUnreachable.into())));
        assert!(walk.machine.status(walk.now).retry_at > 0, "the countdown");
        let Some(&Effect::Enroll(next)) = walk.wait().first() else { panic!("no new attempt") };
        assert!(walk.now.mono - asked <= Duration::from_secs(8));
        job = next;
    }
    walk.take(Event::Enrolled(job, enrolled(Some(document(1, true, None)))));
    assert_eq!(walk.phase(), Phase::Authorized);
}

#[test]
fn a_refused_token_is_not_a_storm_and_the_same_stick_again_means_now() {
    let (mut walk, job) = Walk::to_enrolling();
    walk.take(Event::EnrollFailed(job, Failure::Refused(Code::TokUnknown.into())));
    assert_eq!(walk.problem(), Some(Code::TokUnknown));
    assert!(walk.machine.wake_at(walk.now).unwrap() - walk.now.mono >= Duration::from_secs(240));
    assert!(matches!(walk.take(offer("a"))[..], [Effect::Enroll(_)]));
}

#[test]
fn a_late_answer_of_a_replaced_job_changes_nothing() {
    let (mut walk, job) = Walk::to_enrolling();
    walk.take(offer("b"));
    assert_eq!(walk.phase(), Phase::Settings);
    assert_eq!(walk.take(Event::Enrolled(job, enrolled(None))), []);
    assert_eq!(walk.phase(), Phase::Settings);
}

#[test]
fn losing_the_network_while_enrolling_waits_for_it() {
    let (mut walk, _) = Walk::to_enrolling();
    walk.take(Event::NetworkDown(Some(Code::NetCarrier.into())));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Network, Some(Code::NetCarrier)));
    walk.take(Event::NetworkUp("10.0.0.3".into()));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Clock, None));
}

#[test]
fn a_revocation_stops_and_a_newer_grant_starts_again() {
    let mut walk = Walk::to_authorized();
    let job = walk.refresh();
    walk.take(Event::Authorization(job, document(2, false, None)));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Unauthorized, Some(Code::AutPending)));
    let job = walk.refresh();
    assert_eq!(walk.take(Event::Authorization(job, document(1, true, None))), [], "an old grant is no grant");
    assert_eq!(walk.phase(), Phase::Unauthorized);
    let job = walk.refresh();
    walk.take(Event::Authorization(job, document(3, true, None)));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Authorized, None));
}

#[test]
fn a_forged_authorization_changes_nothing() {
    let mut walk = Walk::to_authorized();
    let job = walk.refresh();
    let forged = jws::sign(&SigningKey::from_bytes(&[9; 32]), typ::AUTHORIZATION, &"x").unwrap();
    assert_eq!(walk.take(Event::Authorization(job, forged)), []);
    assert_eq!(walk.phase(), Phase::Authorized);
}

#[test]
fn an_authorization_ends_on_its_date_without_a_hub() {
    let (mut walk, job) = Walk::to_enrolling();
    let expires = walk.now.later(Duration::from_secs(30)).wall;
    walk.take(Event::Enrolled(job, enrolled(Some(document(1, true, Some(expires))))));
    assert_eq!(walk.phase(), Phase::Authorized);
    walk.wait();
    assert_eq!((walk.phase(), walk.problem()), (Phase::Unauthorized, Some(Code::AutExpired)));
}

#[test]
fn settings_that_fail_on_a_playing_screen_are_tried_again() {
    let mut walk = Walk::to_authorized();
    let effects = walk.take(offer("b"));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    walk.take(Event::SettingsFailed(job, Code::NetRefused.into()));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Authorized, Some(Code::NetRefused)));
    let again = walk.take(offer("b"));
    assert!(
        matches!(again[..], [Effect::Apply { network: true, .. }]),
        "the same stick means now: {again:?}"
    );
    let Some(&Effect::Apply { job, .. }) = again.last() else { panic!("{again:?}") };
    walk.take(Event::SettingsFailed(job, Code::NetRefused.into()));
    walk.now = walk.now.later(Duration::from_secs(301));
    let later = walk.take(Event::WakeUp);
    assert!(later.iter().any(|effect| matches!(effect, Effect::Apply { network: true, .. })), "{later:?}");
}

#[test]
fn the_answer_for_old_settings_says_nothing_about_new_ones() {
    let before = Walk::to_authorized();
    let mut walk = Walk::new();
    let effects = walk.take(Event::Loaded(Box::new(before.machine.stored().clone())));
    let Some(&Effect::Apply { job: old, .. }) = effects.last() else { panic!("{effects:?}") };
    walk.take(offer("b"));
    assert_eq!(walk.take(Event::SettingsApplied(old, None)), []);
    assert!(!walk.machine.stored().network_applied());
}

#[test]
fn a_wrong_time_zone_does_not_keep_a_screen_off_the_air() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    let effects = walk.take(offer("a"));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    walk.take(Event::SettingsApplied(job, Some(Code::CfgValue.into())));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Network, Some(Code::CfgValue)));
    assert!(walk.machine.stored().network_applied());
}

#[test]
fn a_pulled_cable_is_named_rather_than_the_silence_of_the_hub() {
    let mut walk = Walk::to_authorized();
    walk.take(Event::NetworkDown(Some(Code::NetCarrier.into())));
    let job = walk.refresh();
    walk.take(Event::AuthorizationFailed(job, Failure::Absent(Code::NetDns.into())));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Authorized, Some(Code::NetCarrier)));
}

#[test]
fn a_new_token_rescues_a_screen_that_the_hub_has_forgotten() {
    let mut walk = Walk::to_authorized();
    let job = walk.refresh();
    walk.take(Event::AuthorizationFailed(job, Failure::Refused(Code::AutInvalid.into())));
    assert_eq!(walk.phase(), Phase::Authorized, "it plays on");
    walk.take(offer("new"));
    assert_eq!(walk.phase(), Phase::Settings);
    assert!(walk.machine.stored().configuration.as_ref().unwrap().file.token().is_some());
}

#[test]
fn a_stick_of_another_hub_needs_replace() {
    let mut walk = Walk::to_authorized();
    let other = |extra| stick(&format!("other{extra}"), "https://other.example", extra);
    assert_eq!(walk.take(other("")), []);
    assert_eq!((walk.phase(), walk.problem()), (Phase::Authorized, Some(Code::CfgForeign)));
    walk.take(other(r#","replace":true"#));
    assert_eq!(walk.phase(), Phase::Settings);
    assert!(walk.machine.stored().enrolment.is_none());
}

#[test]
fn a_stick_of_the_same_hub_updates_settings_and_keeps_the_identity() {
    let mut walk = Walk::to_authorized();
    let effects = walk.take(offer("b"));
    assert!(matches!(effects[..], [Effect::Save, Effect::Apply { network: true, .. }]), "{effects:?}");
    assert_eq!(walk.phase(), Phase::Authorized);
    assert!(walk.machine.stored().enrolment.is_some());
    assert!(walk.machine.stored().configuration.as_ref().unwrap().file.token().is_none());
    assert_eq!(walk.take(offer("b")), [], "the same again: nothing");
}

#[test]
fn a_stick_of_another_account_on_the_same_hub_needs_replace() {
    let mut walk = Walk::to_authorized();
    let key = |seed: u8| {
        let key = SigningKey::from_bytes(&[seed; 32]).verifying_key();
        serde_json::to_string(&PublicKey::from(&key)).unwrap()
    };
    let with_key = |seed: u8| {
        judged(
            &seed.to_string(),
            &format!(r#"{{"version":1,"hub":{{"url":"{HUB}","publicKey":{}}}}}"#, key(seed)),
        )
    };
    walk.take(Event::Offered(with_key(9)));
    assert_eq!(walk.problem(), Some(Code::CfgForeign));
    walk.take(Event::MediaGone);
    assert_eq!(walk.problem(), None, "over when the stick is gone");
    walk.take(Event::Offered(with_key(2)));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Authorized, None));
}

#[test]
fn an_account_with_another_key_than_the_file_names_is_refused() {
    let (mut walk, _) = Walk::to_enrolling();
    let key = PublicKey::from(&SigningKey::from_bytes(&[9; 32]).verifying_key());
    let hub = format!(
        r#"{{"version":1,"hub":{{"url":"{HUB}","publicKey":{}}}}}"#,
        serde_json::to_string(&key).unwrap()
    );
    let effects = walk.take(Event::Offered(judged("k", &hub)));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    let effects = walk.take(Event::SettingsApplied(job, None));
    let Some(&Effect::CheckClock(job)) = effects.last() else { panic!("{effects:?}") };
    let effects = walk.take(Event::ClockCredible(job));
    let Some(&Effect::Enroll(job)) = effects.last() else { panic!("{effects:?}") };
    walk.take(Event::Enrolled(job, enrolled(None)));
    assert_eq!((walk.phase(), walk.problem()), (Phase::Enrolling, Some(Code::HubAccount)));
    assert!(walk.machine.stored().enrolment.is_none());
}

#[test]
fn settings_of_sources_and_earlier_sticks_stay_unless_they_are_given_anew() {
    let mut walk = Walk::to_authorized();
    let settings = judged("n", r#"{"version":1,"device":{"name":"Foyer"},"lock":true}"#);
    walk.take(Event::Offered(settings));
    let stored = walk.machine.stored();
    let file = &stored.configuration.as_ref().unwrap().file;
    let wanted = file.network.as_ref().unwrap().connections[0].interface.clone().unwrap();
    assert_eq!(wanted.interface.as_deref(), Some("a"), "what the first stick gave");
    assert_eq!(file.device.as_ref().unwrap().name.as_deref(), Some("Foyer"));
    assert_eq!(stored.lock().map(|lock| lock.key), Some(account().verifying_key()));
    walk.take(Event::Offered(judged("u", r#"{"version":1,"lock":false}"#)));
    assert!(walk.machine.stored().lock().is_none());
}

#[test]
fn what_an_account_gave_goes_with_it() {
    let mut walk = Walk::to_authorized();
    walk.take(Event::Offered(judged("n", r#"{"version":1,"account":{"folder":"a"},"lock":true}"#)));
    walk.take(stick("m", "https://other.example", r#","replace":true"#));
    let file = &walk.machine.stored().configuration.as_ref().unwrap().file;
    assert!(file.account.is_none() && !file.lock);
    assert!(file.network.is_some(), "the network is that of the place");
}

#[test]
fn a_network_that_never_came_up_does_not_keep_the_next_stick_from_helping() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    let wrong =
        r#"{"version":1,"network":{"connections":[{"type":"ethernet","match":{"interface":"eth7"}}]}}"#;
    let effects = walk.take(Event::Offered(judged("w", wrong)));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    walk.take(Event::SettingsFailed(job, Code::NetRefused.into()));
    let effects = walk.take(stick("r", HUB, r#","network":{"ntp":["a.example"]}"#));
    let network = walk.machine.stored().configuration.clone().unwrap().file.network.unwrap();
    assert_eq!((network.connections, network.ntp), (vec![], vec!["a.example".to_owned()]));
    assert!(matches!(effects[..], [Effect::Save, Effect::Apply { network: false, .. }]), "{effects:?}");
}

#[test]
fn the_sources_of_every_start_count_again_only_when_they_change() {
    let started = |text: &str| {
        let offer = judged("boot", r#"{"version":1,"device":{"name":"Boot"}}"#);
        let standing = [("boot partition".to_owned(), text.to_owned())].into();
        Event::Offered(Box::new(Offer { standing, digest: None, ..*offer }))
    };
    let mut walk = Walk::to_authorized();
    let taken = |walk: &Walk| walk.machine.stored().standing().get("boot partition").cloned();
    walk.take(started("one"));
    assert_eq!(taken(&walk).as_deref(), Some("one"));
    assert_eq!(walk.machine.stored().taken(), Some("a"), "the stick stays the one that was taken");
    walk.take(offer("b"));
    assert_eq!(taken(&walk).as_deref(), Some("one"), "a stick does not make them new");
    assert_eq!(walk.take(started("one")), []);
}

#[test]
fn a_refused_stick_is_explained_whatever_else_goes_wrong_and_its_verdict_says_refused() {
    let (mut walk, job) = Walk::to_enrolling();
    walk.take(Event::Rejected(Code::CfgValue.into()));
    walk.take(Event::EnrollFailed(job, Failure::Absent(Code::HubUnreachable.into())));
    assert_eq!((walk.problem(), walk.machine.outcome()), (Some(Code::CfgValue), Some(Outcome::Refused)));
    walk.take(Event::MediaGone);
    assert_eq!(walk.problem(), Some(Code::HubUnreachable));

    let mut walk = Walk::to_authorized();
    walk.take(stick("other", "https://other.example", ""));
    assert_eq!(walk.machine.outcome(), Some(Outcome::Refused));
}

#[test]
fn a_verdict_waits_until_settings_have_come_up() {
    let mut walk = Walk::to_authorized();
    let effects = walk.take(offer("b"));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    assert_eq!(walk.machine.outcome(), None);
    walk.take(Event::SettingsFailed(job, Code::NetRefused.into()));
    assert_eq!(walk.machine.outcome(), Some(Outcome::Waiting));
    let effects = walk.take(offer("b"));
    let Some(&Effect::Apply { job, .. }) = effects.last() else { panic!("{effects:?}") };
    walk.take(Event::SettingsApplied(job, None));
    assert_eq!(walk.machine.outcome(), Some(Outcome::Applied));
}

#[test]
fn a_stored_token_goes_to_no_hub_that_a_stick_names() {
    let (mut walk, _) = Walk::to_enrolling();
    walk.take(Event::Offered(judged("e", r#"{"version":1,"hub":{"url":"https://evil.example"}}"#)));
    assert!(walk.machine.stored().configuration.as_ref().unwrap().file.token().is_none());
}

#[test]
fn a_lock_holds_for_an_account_only() {
    let (mut walk, _) = Walk::to_enrolling();
    let key = serde_json::to_string(&PublicKey::from(&account().verifying_key())).unwrap();
    let lock = format!(r#"{{"version":1,"lock":true,"hub":{{"url":"{HUB}","publicKey":{key}}}}}"#);
    walk.take(Event::Offered(judged("l", &lock)));
    assert!(walk.machine.stored().lock().is_none());
}

#[test]
fn a_source_of_another_hub_is_told_once_and_blocks_no_stick() {
    let mut walk = Walk::to_authorized();
    let elsewhere = judged("c", r#"{"version":1,"hub":{"url":"https://other.example"}}"#);
    let standing = [("credential X".to_owned(), "one".to_owned())].into();
    let elsewhere = Box::new(Offer { standing, digest: None, ..*elsewhere });
    assert_eq!(walk.take(Event::Offered(elsewhere)), [Effect::Save]);
    assert_eq!(walk.problem(), Some(Code::CfgForeign));
    assert_eq!(walk.machine.stored().standing()["credential X"], "one");
}

#[test]
fn a_pulled_stick_takes_its_problem_along_but_not_a_mistake_in_its_file() {
    let mut walk = Walk::new();
    walk.take(Event::Loaded(Box::default()));
    walk.take(Event::Rejected(Code::UsbDisagree.into()));
    walk.take(Event::MediaGone);
    assert_eq!(walk.problem(), Some(Code::UsbNone));
    walk.take(Event::Rejected(Code::CfgSyntax.into()));
    walk.take(Event::MediaGone);
    assert_eq!(walk.problem(), Some(Code::CfgSyntax));
}

#[test]
fn what_is_not_in_the_table_is_an_error_and_moves_nothing() {
    let mut machine = Machine::new("device");
    let error = machine.handle(offer("a"), start(), 0.0).unwrap_err();
    assert_eq!(error, NotAllowed { event: "offered", state: "starting" });
    assert_eq!(machine.state(), &State::Starting);
}

/// Everything that can happen, for random sequences. Job numbers are relative to the newest.
#[derive(Debug, Clone)]
enum Op {
    Offer(u8),
    ForeignOffer(bool),
    Reject,
    Gone,
    Network(bool),
    Settings(bool, u64),
    Clock(bool, u64),
    Enroll(u8, u64),
    Authorize { sequence: u64, granted: bool, age: u64 },
    RefreshFails(u64),
    Wait,
    Restart,
    ClockJump(i64),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..3u8).prop_map(Op::Offer),
        any::<bool>().prop_map(Op::ForeignOffer),
        Just(Op::Reject),
        Just(Op::Gone),
        any::<bool>().prop_map(Op::Network),
        (any::<bool>(), 0..2u64).prop_map(|(ok, age)| Op::Settings(ok, age)),
        (any::<bool>(), 0..2u64).prop_map(|(ok, age)| Op::Clock(ok, age)),
        (0..4u8, 0..2u64).prop_map(|(kind, age)| Op::Enroll(kind, age)),
        (0..5u64, any::<bool>(), 0..2u64).prop_map(|(sequence, granted, age)| Op::Authorize {
            sequence,
            granted,
            age
        }),
        (0..2u64).prop_map(Op::RefreshFails),
        Just(Op::Wait),
        Just(Op::Restart),
        (-100_000..100_000i64).prop_map(Op::ClockJump),
    ]
}

impl Op {
    fn apply(self, walk: &mut Walk, random: f64) {
        let job = |age: u64| Job(walk.machine.known.jobs.saturating_sub(age));
        let problem = || Problem::from(Code::NetRefused);
        let event = match self {
            Self::Offer(digest) => offer(&digest.to_string()),
            Self::ForeignOffer(replace) => {
                let extra = if replace { r#","replace":true"# } else { "" };
                stick(&format!("foreign{replace}"), "https://other.example", extra)
            }
            Self::Reject => Event::Rejected(Code::UsbNoFile.into()),
            Self::Gone => Event::MediaGone,
            Self::Network(true) => Event::NetworkUp("10.0.0.2".into()),
            Self::Network(false) => Event::NetworkDown(None),
            Self::Settings(true, age) => Event::SettingsApplied(job(age), None),
            Self::Settings(false, age) => Event::SettingsFailed(job(age), problem()),
            Self::Clock(true, age) => Event::ClockCredible(job(age)),
            Self::Clock(false, age) => Event::ClockWrong(job(age), problem()),
            Self::Enroll(0, age) => Event::Enrolled(job(age), enrolled(Some(document(1, true, None)))),
            Self::Enroll(1, age) => Event::Enrolled(job(age), enrolled(None)),
            Self::Enroll(2, age) => Event::EnrollFailed(job(age), Failure::Refused(problem())),
            Self::Enroll(_, age) => Event::EnrollFailed(job(age), Failure::Absent(problem())),
            Self::Authorize { sequence, granted, age } => {
                Event::Authorization(job(age), document(sequence, granted, None))
            }
            Self::RefreshFails(age) => Event::AuthorizationFailed(job(age), Failure::Absent(problem())),
            Self::Wait => {
                let at = walk.machine.wake_at(walk.now).unwrap_or(walk.now.mono + Duration::from_secs(1));
                walk.now = walk.now.later(at.saturating_sub(walk.now.mono));
                Event::WakeUp
            }
            Self::Restart => {
                let stored = walk.machine.stored().clone();
                walk.machine = Machine::new(identity().id());
                Event::Loaded(Box::new(stored))
            }
            Self::ClockJump(seconds) => {
                let millisecond = walk.now.wall.as_millisecond() + seconds * 1000;
                walk.now.wall = Timestamp::from_millisecond(millisecond).unwrap();
                Event::WakeUp
            }
        };
        let before = walk.machine.clone();
        if walk.machine.handle(event, walk.now, random).is_err() {
            assert_eq!(walk.machine.state(), before.state(), "an illegal event moves nothing");
            assert_eq!(walk.machine.stored(), before.stored());
        }
    }
}

fn verify_invariants(walk: &Walk) {
    let (state, stored) = (walk.machine.state(), walk.machine.stored());
    let status = walk.machine.status(walk.now);
    match state.phase() {
        Phase::Authorized => {
            assert!(walk.machine.known.may_play(walk.now.wall).is_ok(), "plays without permission");
        }
        Phase::Pending | Phase::Unauthorized => {
            assert!(stored.enrolment.is_some());
            assert!(status.problem().is_some(), "does not play and does not say why");
        }
        Phase::Settings | Phase::Clock | Phase::Enrolling | Phase::Network => {
            assert!(stored.configuration.is_some());
            assert!(stored.enrolment.is_none());
        }
        Phase::Starting | Phase::Sources => {}
    }
    if stored.enrolment.is_some() {
        let token = stored.configuration.as_ref().and_then(|configuration| configuration.file.token());
        assert!(token.is_none(), "an enrolled device keeps no token");
    }
    // Nothing hangs: either an answer is awaited, or a wake-up is set, or only a person or a cable can help.
    let job = match state {
        State::Settings => walk.machine.known.apply.as_ref(),
        state => state.poll(),
    };
    let awaiting = job.is_some_and(|poll| poll.due.is_none());
    let idle = matches!(state.phase(), Phase::Starting | Phase::Sources | Phase::Network);
    assert!(awaiting || idle || walk.machine.wake_at(walk.now).is_some(), "{state:?} hangs");
}

proptest! {
    #[test]
    fn no_sequence_of_events_breaks_an_invariant(ops in prop::collection::vec((op(), 0.0..1.0f64), 0..60)) {
        let mut walk = Walk::new();
        walk.take(Event::Loaded(Box::default()));
        for (op, random) in ops {
            op.apply(&mut walk, random);
            verify_invariants(&walk);
        }
    }
}

/// The edges of the table between different phases, found by trying every event in every state.
fn edges() -> BTreeSet<(Name, &'static str, Name)> {
    let mut starts: Vec<Walk> = vec![Walk::new(), Walk::to_authorized(), Walk::to_enrolling().0];
    let mut add = |events: Vec<Event>| {
        let mut walk = Walk::new();
        for event in events {
            walk.take(event);
        }
        starts.push(walk);
    };
    let loaded = || Event::Loaded(Box::default());
    let prepare = Event::Offered(judged("p", r#"{"version":1}"#));
    add(vec![loaded()]);
    add(vec![loaded(), prepare]);
    add(vec![loaded(), Event::NetworkUp("1".into()), offer("a")]);
    add(vec![loaded(), offer("a")]);
    add(vec![loaded(), offer("a"), Event::SettingsApplied(Job(1), None)]);
    add(vec![loaded(), Event::NetworkUp("1".into()), offer("a"), Event::SettingsApplied(Job(1), None)]);
    let soon = start().later(Duration::from_secs(30)).wall;
    for authorization in [None, Some(document(1, false, None)), Some(document(1, true, Some(soon)))] {
        let (mut walk, job) = Walk::to_enrolling();
        walk.take(Event::Enrolled(job, enrolled(authorization)));
        starts.push(walk);
    }
    // Each of them also while the answer to its next question is awaited.
    let asking = |walk: &Walk| {
        let mut asking = Walk { machine: walk.machine.clone(), now: walk.now };
        asking.wait();
        asking
    };
    let more: Vec<Walk> =
        starts.iter().filter(|walk| walk.machine.wake_at(walk.now).is_some()).map(asking).collect();
    starts.extend(more);
    let stored = |walk: &Walk| Event::Loaded(Box::new(walk.machine.stored().clone()));
    let loads: Vec<Event> = starts.iter().map(stored).collect();

    let mut found = BTreeSet::new();
    for walk in &starts {
        let job = Job(walk.machine.known.jobs);
        let problem = || Problem::from(Code::NetRefused);
        let mut events = loads.clone();
        events.extend([
            offer("new"),
            stick("r", "https://other.example", r#","replace":true"#),
            Event::MediaGone,
            Event::Rejected(problem()),
            Event::SettingsApplied(job, None),
            Event::SettingsFailed(job, problem()),
            Event::NetworkUp("1".into()),
            Event::NetworkDown(None),
            Event::ClockCredible(job),
            Event::ClockWrong(job, problem()),
            Event::Enrolled(job, enrolled(Some(document(1, true, None)))),
            Event::Enrolled(job, enrolled(Some(document(1, false, None)))),
            Event::Enrolled(job, enrolled(None)),
            Event::EnrollFailed(job, Failure::Refused(problem())),
            Event::Authorization(job, document(9, true, None)),
            Event::Authorization(job, document(9, false, None)),
            Event::AuthorizationFailed(job, Failure::Refused(problem())),
            Event::SaveFailed(problem()),
            Event::WakeUp,
        ]);
        for event in events {
            let name = event.name();
            let mut machine = walk.machine.clone();
            if machine.handle(event, walk.now.later(Duration::from_secs(600)), 0.5).is_ok() {
                let (from, to) = (walk.machine.state().phase(), machine.state().phase());
                if from != to {
                    found.insert((Name(from.as_str()), name, Name(to.as_str())));
                }
            }
        }
    }
    found
}

/// A phase's name, ordered as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name(&'static str);

/// `docs/provisioner.dot` is this machine. To renew it: `UPDATE_DIAGRAM=1 cargo test -p signage-provisioner`.
#[test]
fn the_diagram_shows_this_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/provisioner.dot");
    let lines: String = edges()
        .iter()
        .map(|(from, event, to)| format!("  \"{}\" -> \"{}\" [label=\"{event}\"];\n", from.0, to.0))
        .collect();
    let diagram = format!(
        "// The provisioner's phases, generated from its transition table and compared by a test.\ndigraph provisioner {{\n{lines}}}\n"
    );
    if std::env::var_os("UPDATE_DIAGRAM").is_some() {
        std::fs::write(path, &diagram).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), diagram, "see the comment of this test");
}
