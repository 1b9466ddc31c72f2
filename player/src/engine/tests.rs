//! The table of the engine, case by case, and random sequences against its invariants.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn now(ms: u64) -> Now {
    Now { mono: Duration::from_millis(ms), wall_ms: 1_700_000_000_000 + ms }
}

fn item(title: &str, kind: ItemKind, ms: Option<u64>) -> ProgramItem {
    ProgramItem {
        title: title.into(),
        kind,
        path: format!("/store/{title}").into(),
        duration: ms.map(Duration::from_millis),
    }
}

fn image(title: &str) -> ProgramItem {
    item(title, ItemKind::Image, Some(5000))
}

fn video(title: &str) -> ProgramItem {
    item(title, ItemKind::Video, None)
}

fn content(sequence: u64, items: Vec<ProgramItem>) -> Event {
    Event::Content(Some(Arc::new(Program { sequence, name: "Default".into(), items })))
}

fn phase(phase: Phase) -> Event {
    Event::Provisioner(Status { phase: phase.as_str().into(), ..Status::default() })
}

fn problem(phase: Phase, code: Code, retry_at: u64) -> Event {
    let phase = phase.as_str().into();
    Event::Provisioner(Status { phase, problem_code: code.to_string(), retry_at, ..Status::default() })
}

/// Runs an engine and gives effects a short form: `prepare a`, `start a`, `release a`, `skip a`.
#[derive(Default)]
struct Bench {
    engine: Engine,
    tickets: BTreeMap<String, Ticket>,
}

impl Bench {
    fn playing(items: Vec<ProgramItem>) -> Self {
        let mut bench = Self::default();
        bench.at(0, phase(Phase::Authorized));
        bench.at(0, content(1, items));
        bench
    }

    fn at(&mut self, ms: u64, event: Event) -> Vec<String> {
        let effects = self.engine.handle(event, now(ms));
        effects.into_iter().map(|effect| self.short(effect)).collect()
    }

    fn ready(&mut self, ms: u64, title: &str) -> Vec<String> {
        self.at(ms, Event::Ready(self.tickets[title]))
    }

    fn broken(&mut self, ms: u64, title: &str) -> Vec<String> {
        self.at(ms, Event::Broken(self.tickets[title], "bad".into()))
    }

    fn short(&mut self, effect: Effect) -> String {
        match effect {
            Effect::Prepare { ticket, item } => {
                self.tickets.insert(item.title.clone(), ticket);
                format!("prepare {}", item.title)
            }
            Effect::Start { item, .. } => format!("start {}", item.title),
            Effect::Release(ticket) => {
                let title = self.tickets.iter().find(|(_, known)| **known == ticket).map(|(title, _)| title);
                format!("release {}", title.cloned().unwrap_or_else(|| "older".into()))
            }
            Effect::Skipped { item, .. } => format!("skip {}", item.title),
        }
    }
}

#[test]
fn the_next_item_is_prepared_while_the_current_one_plays() {
    let mut bench = Bench::default();
    assert!(bench.at(0, content(1, vec![image("a"), video("b")])).is_empty(), "not permitted yet");
    assert_eq!(bench.at(1, phase(Phase::Authorized)), ["prepare a"]);
    assert_eq!(bench.engine.scene(), Scene::Status);
    assert_eq!(bench.ready(100, "a"), ["start a", "prepare b"]);
    assert_eq!(bench.engine.scene(), Scene::Content);
    assert!(bench.ready(200, "b").is_empty());
    assert_eq!(bench.engine.wake_at(now(200)), Some(Duration::from_millis(5100)));
    assert_eq!(bench.at(5100, Event::Tick), ["release a", "start b", "prepare a"]);
    let b = bench.tickets["b"];
    assert!(bench.ready(5200, "a").is_empty());
    assert_eq!(bench.at(9000, Event::Ended(b)), ["release b", "start a", "prepare b"]);
    assert_eq!((bench.engine.items_shown(), bench.engine.item_title()), (3, Some("a")));
}

#[test]
fn an_item_that_is_over_stays_until_the_next_is_ready() {
    let mut bench = Bench::playing(vec![image("a"), image("b")]);
    bench.ready(0, "a");
    assert_eq!(bench.at(5000, Event::Tick), ["release a"]);
    assert_eq!((bench.engine.scene(), bench.engine.item_title()), (Scene::Content, Some("a")));
    assert_eq!(bench.ready(7000, "b"), ["start b", "prepare a"]);
}

#[test]
fn an_image_alone_is_decoded_once() {
    let mut bench = Bench::playing(vec![image("a")]);
    assert_eq!(bench.ready(0, "a"), ["start a"]);
    assert!(bench.at(5000, Event::Tick).is_empty());
    assert_eq!(bench.engine.wake_at(now(5000)), Some(Duration::from_secs(10)));
    assert_eq!(bench.at(5100, content(2, vec![image("b")])), ["prepare b"]);
    assert!(bench.ready(5200, "b").is_empty());
    assert_eq!(bench.at(10_000, Event::Tick), ["release a", "start b"]);
}

#[test]
fn a_broken_item_is_skipped_and_a_playlist_of_them_rests() {
    let mut bench = Bench::playing(vec![video("a"), video("b")]);
    assert_eq!(bench.broken(10, "a"), ["release a", "skip a", "prepare b"]);
    assert_eq!(bench.broken(20, "b"), ["release b", "skip b"]);
    let view = bench.engine.view(now(20));
    let problem = view.problem.unwrap();
    assert_eq!((problem.code.as_str(), problem.retry_in), ("PLY-003", Some(30)));
    assert_eq!(bench.at(29_000, Event::Tick), Vec::<String>::new());
    assert_eq!(bench.at(30_020, Event::Tick), ["prepare a"]);
    assert_eq!(bench.ready(30_100, "a"), ["start a", "prepare b"]);
}

#[test]
fn broken_items_beside_a_good_one_do_not_stop_it() {
    let mut bench = Bench::playing(vec![image("good"), video("bad")]);
    bench.ready(0, "good");
    for turn in 0..5 {
        let start = turn * 5000;
        assert_eq!(bench.broken(start + 10, "bad"), ["release bad", "skip bad", "prepare good"]);
        assert!(bench.ready(start + 20, "good").is_empty());
        assert_eq!(bench.at(start + 5000, Event::Tick), ["release older", "start good", "prepare bad"]);
    }
}

#[test]
fn a_video_that_breaks_while_playing_leaves_its_picture() {
    let mut bench = Bench::playing(vec![video("a")]);
    bench.ready(0, "a");
    let first = bench.tickets["a"];
    assert_eq!(bench.engine.scene(), Scene::Content);
    let effects = bench.at(100, Event::Broken(Ticket(1), "bad".into()));
    assert_eq!(effects[..2], ["skip a", "release older"]);
    assert_eq!(bench.engine.scene(), Scene::Content, "held");
    assert_ne!(first, Ticket(1), "the next one was being prepared");
}

#[test]
fn what_takes_too_long_counts_as_broken() {
    let mut bench = Bench::playing(vec![video("a"), image("b")]);
    assert_eq!(bench.engine.wake_at(now(0)), Some(PREPARE_TIMEOUT));
    assert_eq!(bench.at(20_000, Event::Tick), ["release a", "skip a", "prepare b"]);
    assert_eq!(bench.ready(20_100, "b"), ["start b", "prepare a"]);

    let mut bench = Bench::playing(vec![video("a"), image("b")]);
    bench.ready(0, "a");
    bench.ready(0, "b");
    let a = bench.tickets["a"];
    assert!(bench.at(19_000, Event::Progress(a)).is_empty());
    assert!(bench.at(38_000, Event::Tick).is_empty());
    assert_eq!(bench.at(39_000, Event::Tick), ["skip a", "release a", "start b", "prepare a"]);
}

#[test]
fn new_content_takes_the_next_turn_empty_content_the_screen() {
    let mut bench = Bench::playing(vec![image("a"), image("b")]);
    bench.ready(0, "a");
    bench.ready(10, "b");
    assert_eq!(bench.at(100, content(2, vec![image("c")])), ["release b", "prepare c"]);
    assert!(bench.ready(200, "c").is_empty());
    assert_eq!(bench.at(5000, Event::Tick), ["release a", "start c"]);
    assert_eq!(bench.at(5100, content(3, vec![])), ["release c"]);
    assert_eq!(bench.engine.scene(), Scene::Status);
    assert_eq!(bench.engine.view(now(5100)).problem.unwrap().code, "PLY-001");
    assert!(bench.at(5200, Event::Content(None)).is_empty());
    assert_eq!(bench.engine.view(now(5200)).problem, None);
}

#[test]
fn only_a_withdrawn_permission_ends_playing() {
    let mut bench = Bench::playing(vec![video("a")]);
    bench.ready(0, "a");
    for harmless in
        [Phase::Starting, Phase::Sources, Phase::Settings, Phase::Network, Phase::Clock, Phase::Enrolling]
    {
        assert!(bench.at(10, phase(harmless)).is_empty());
        assert_eq!(bench.engine.scene(), Scene::Content, "{harmless:?}");
    }
    assert!(bench.at(20, problem(Phase::Authorized, Code::HubUnreachable, 0)).is_empty());
    let failed = SyncState::Failed { code: Code::PlyDownload, detail: "no answer".into(), retry_at: 0 };
    assert!(bench.at(20, Event::Sync(failed)).is_empty());
    for end in [phase(Phase::Unauthorized), phase(Phase::Pending), problem(Phase::Sources, Code::UsbNone, 0)]
    {
        bench.at(30, phase(Phase::Authorized));
        bench.ready(40, "a");
        assert_eq!(bench.engine.scene(), Scene::Content);
        bench.at(50, end);
        assert_eq!(bench.engine.scene(), Scene::Status);
    }
}

#[test]
fn late_answers_of_slots_that_are_gone_change_nothing() {
    let mut bench = Bench::playing(vec![video("a"), video("b")]);
    let a = bench.tickets["a"];
    bench.at(10, Event::Content(None));
    for event in [Event::Ready(a), Event::Ended(a), Event::Progress(a), Event::Broken(a, "late".into())] {
        assert!(bench.at(20, event).is_empty());
    }
    assert_eq!(bench.engine.scene(), Scene::Status);
}

#[test]
fn another_screen_size_prepares_the_same_item_again() {
    let mut bench = Bench::playing(vec![image("a"), image("b"), image("c")]);
    bench.ready(0, "a");
    bench.ready(10, "b");
    assert_eq!(bench.at(100, Event::Resized), ["release b", "release a", "prepare a"]);
    assert_eq!(bench.engine.scene(), Scene::Content);
    assert_eq!(bench.ready(200, "a"), ["start a", "prepare b"]);
}

#[test]
fn the_status_scene_speaks_of_downloads_and_counts_down() {
    let mut engine = Engine::default();
    engine.handle(phase(Phase::Authorized), now(0));
    let state = SyncState::Downloading { number: 2, total: 3, title: "film.mp4".into(), percent: 45 };
    engine.handle(Event::Sync(state), now(0));
    assert_eq!(engine.view(now(0)).progress.as_deref(), Some("Downloading 2 of 3: film.mp4 (45 %)"));
    let retry_at = now(2500).wall_ms;
    let detail = "no answer from the hub".into();
    engine.handle(Event::Sync(SyncState::Failed { code: Code::PlyDownload, detail, retry_at }), now(0));
    let seconds = |engine: &Engine, ms| engine.view(now(ms)).problem.unwrap().retry_in;
    assert_eq!(seconds(&engine, 0), Some(3));
    // Woken when the number changes, and not before.
    let wake = engine.wake_at(now(0)).unwrap().as_millis() as u64;
    assert_eq!(wake, 500);
    assert_eq!((seconds(&engine, wake - 1), seconds(&engine, wake)), (Some(3), Some(2)));
    assert_eq!(engine.wake_at(now(2500)), None, "the countdown is over");
    assert_eq!(seconds(&engine, 9000), Some(0));
}

#[derive(Debug, Clone)]
enum Op {
    Phase(usize),
    Content(u8),
    NoContent,
    Ready,
    Ended,
    Broken { next: bool },
    Progress,
    Stale(u64),
    Resized,
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => (0..Phase::ALL.len()).prop_map(Op::Phase),
        2 => Just(Op::Phase(7)), // authorized
        2 => (0u8..5).prop_map(Op::Content),
        1 => Just(Op::NoContent),
        6 => Just(Op::Ready),
        4 => Just(Op::Ended),
        2 => any::<bool>().prop_map(|next| Op::Broken { next }),
        2 => Just(Op::Progress),
        1 => (0u64..50).prop_map(Op::Stale),
        1 => Just(Op::Resized),
        6 => (0u64..40_000).prop_map(Op::Wait),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_screen_is_never_dark(ops in proptest::collection::vec(op(), 1..120)) {
        let mut engine = Engine::default();
        let mut ms = 0;
        let mut sequence = 0;
        // What a presenter would hold.
        let mut slots: BTreeMap<Ticket, bool> = BTreeMap::new();
        for op in ops {
            let current = engine.current.as_ref().and_then(|current| current.running).map(|running| running.ticket);
            let next = engine.next.as_ref().map(|next| next.ticket);
            let event = match op {
                Op::Phase(index) => phase(Phase::ALL[index]),
                Op::Content(items) => {
                    sequence += 1;
                    let items = (0..items).map(|index| {
                        let title = format!("{sequence}-{index}");
                        if index % 2 == 0 { image(&title) } else { video(&title) }
                    });
                    content(sequence, items.collect())
                }
                Op::NoContent => Event::Content(None),
                Op::Ready => next.map_or(Event::Tick, Event::Ready),
                Op::Ended => current.map_or(Event::Tick, Event::Ended),
                Op::Broken { next: true } => next.map_or(Event::Tick, |ticket| Event::Broken(ticket, String::new())),
                Op::Broken { next: false } => {
                    current.map_or(Event::Tick, |ticket| Event::Broken(ticket, String::new()))
                }
                Op::Progress => current.map_or(Event::Tick, Event::Progress),
                Op::Stale(ticket) if !slots.contains_key(&Ticket(ticket)) => Event::Ready(Ticket(ticket)),
                Op::Stale(_) => Event::Tick,
                Op::Resized => Event::Resized,
                Op::Wait(wait) => {
                    ms += wait;
                    Event::Tick
                }
            };
            let ready = match event {
                Event::Ready(ticket) if slots.contains_key(&ticket) => Some(ticket),
                _ => None,
            };
            if let Some(ticket) = ready {
                slots.insert(ticket, true);
            }
            let was_content = engine.scene() == Scene::Content;
            let was_program = engine.playable();
            for effect in engine.handle(event, now(ms)) {
                match effect {
                    Effect::Prepare { ticket, .. } => prop_assert_eq!(slots.insert(ticket, false), None),
                    Effect::Start { ticket, index, item, .. } => {
                        prop_assert_eq!(slots.get(&ticket), Some(&true), "started before it was ready");
                        let program = engine.playable().unwrap();
                        prop_assert_eq!(program.items.get(index), Some(&item));
                    }
                    Effect::Release(ticket) => prop_assert!(slots.remove(&ticket).is_some(), "released twice"),
                    Effect::Skipped { .. } => {}
                }
            }
            // Never more than the two slots, and exactly the engine's.
            let held: Vec<Ticket> = engine
                .current.as_ref().and_then(|current| current.running).map(|running| running.ticket)
                .into_iter()
                .chain(engine.next.as_ref().map(|next| next.ticket))
                .collect();
            prop_assert!(slots.keys().all(|ticket| held.contains(ticket)) && slots.len() == held.len());
            // Content leaves the screen only for a reason.
            let playable = engine.playable();
            if was_content && engine.scene() == Scene::Status {
                prop_assert!(playable.is_none() || engine.rest_until.is_some());
            }
            if playable.is_some() && playable == was_program && was_content && engine.rest_until.is_none() {
                prop_assert_eq!(engine.scene(), Scene::Content);
            }
            // Something is under way whenever something may be played, and its end is known.
            if let Some(program) = playable {
                prop_assert!(engine.next.is_some() || engine.rest_until.is_some() || engine.stays(&program));
                let waiting = engine.next.as_ref().is_none_or(|next| next.ready)
                    && engine.current.as_ref().is_none_or(|current| current.running.is_none())
                    && engine.rest_until.is_none();
                prop_assert!(!waiting, "ready, but nothing would start it");
                prop_assert!(engine.wake_at(now(ms)).is_some_and(|due| due > now(ms).mono));
            } else {
                prop_assert!(slots.is_empty() && engine.scene() == Scene::Status);
            }
        }
    }
}
