//! The decisions against the plainest way to make them: minute by minute, with a clock on the wall.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::{Date, DateTime, Time, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use signage_protocol::document::program::{Day, Entry, Override, Program, Repeat, Show, Span, Target, When};
use signage_protocol::document::{Playlist, Publication};
use signage_schedule::{Reason, clashes, next_change, what_plays, zone};

/// Around both nights of the clock and the end of a month.
const STARTS: [Date; 3] = [date(2026, 3, 27), date(2026, 10, 23), date(2026, 1, 30)];
const DAYS: i64 = 5;
const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"];

fn clock() -> impl Strategy<Value = Time> {
    (0i8..24, prop::sample::select(vec![0i8, 1, 15, 30, 45, 59]))
        .prop_map(|(hour, minute)| time(hour, minute, 0, 0))
}

fn days() -> impl Strategy<Value = Vec<Day>> {
    prop::sample::subsequence(Day::ALL.to_vec(), 0..=7)
}

fn repeat() -> impl Strategy<Value = Repeat> {
    prop_oneof![
        Just(Repeat::Once),
        (1u16..4).prop_map(|step| Repeat::Day { step }),
        (1u16..3, days()).prop_map(|(step, days)| Repeat::Week { step, days }),
        (1u16..3, prop::sample::select(vec![-1i8, 1, 28, 29, 30, 31]))
            .prop_map(|(step, day)| Repeat::MonthDay { step, day }),
        (1u16..3, prop::sample::select(vec![-1i8, 1, 4, 5]), 0usize..7)
            .prop_map(|(step, nth, day)| Repeat::MonthWeekday { step, nth, day: Day::ALL[day] }),
    ]
}

fn when(start: Date) -> impl Strategy<Value = When> {
    let spans =
        prop::collection::vec(
            (clock(), clock(), prop::sample::select(vec![0u16, 0, 0, 1, 2]))
                .prop_map(|(from, to, days)| Span { from, to, days }),
            1..3,
        );
    let excepted = prop::collection::vec(0i32..7, 0..2);
    (-3i32..4, prop::option::of(0i32..7), repeat(), excepted, days(), spans).prop_map(
        move |(first, until, repeat, except, only, spans)| {
            let day = |offset: i32| start.checked_add(jiff::Span::new().days(offset)).unwrap();
            When {
                date: day(first),
                until: until.map(day),
                repeat,
                except: except.into_iter().map(day).collect(),
                only: if only.len() < 3 { Vec::new() } else { only },
                spans,
            }
        },
    )
}

fn show(name: usize) -> Target {
    Target::Show { show: Show::Web { url: format!("https://{name}.example") } }
}

fn publication(program: Program) -> Publication {
    let playlist = Playlist { name: "Default".into(), items: Vec::new() };
    let issued_at = Timestamp::UNIX_EPOCH;
    Publication { account: "a".into(), sequence: 1, issued_at, playlist, program: Some(program) }
}

fn case() -> impl Strategy<Value = (TimeZone, Timestamp, Publication)> {
    (prop::sample::select(ZONES.to_vec()), prop::sample::select(STARTS.to_vec())).prop_flat_map(
        |(name, start)| {
            let entries = prop::collection::vec((when(start), -1i32..2, 0i64..3), 0..5);
            let overrides = prop::collection::vec((0i64..DAYS * 1440, 1i64..600), 0..3);
            (entries, overrides, any::<bool>()).prop_map(move |(entries, overrides, default)| {
                let zone = zone(name).unwrap();
                let begin = start.to_datetime(Time::midnight()).to_zoned(zone.clone()).unwrap().timestamp();
                let minutes = |minutes| begin + SignedDuration::from_mins(minutes);
                let schedule = entries.into_iter().enumerate().map(|(index, (when, priority, made))| Entry {
                    id: format!("e{index}"),
                    name: String::new(),
                    target: show(index),
                    priority,
                    created_at: Timestamp::from_second(made).unwrap(),
                    when,
                });
                let overrides = overrides.into_iter().enumerate().map(|(index, (from, length))| Override {
                    id: format!("o{index}"),
                    name: String::new(),
                    target: show(100 + index),
                    from: minutes(from),
                    until: minutes(from + length),
                });
                let program = Program {
                    schedule: schedule.collect(),
                    overrides: overrides.collect(),
                    account_default: default.then(|| show(200)),
                    ..Program::default()
                };
                (zone, begin, publication(program))
            })
        },
    )
}

/// Dates of a rule, by walking through the calendar and counting.
fn dates(when: &When, last: Date) -> Vec<Date> {
    let mut found = Vec::new();
    let (mut day, mut weeks, mut months, mut since) = (when.date, 0u32, 0u32, 0u32);
    while day <= last {
        let weekday = Day::of(day);
        let of_month =
            |day: Date| (1..=31).filter_map(move |number| Date::new(day.year(), day.month(), number).ok());
        let same: Vec<Date> = of_month(day).filter(|&other| Day::of(other) == weekday).collect();
        let hit = match &when.repeat {
            Repeat::Once => since == 0,
            Repeat::Day { step } => since.is_multiple_of(u32::from(*step)),
            Repeat::Week { step, days } => {
                let wanted = if days.is_empty() { vec![Day::of(when.date)] } else { days.clone() };
                weeks.is_multiple_of(u32::from(*step)) && wanted.contains(&weekday)
            }
            Repeat::MonthDay { step, day: number } => {
                let wanted = if *number == -1 { of_month(day).next_back().unwrap().day() } else { *number };
                months.is_multiple_of(u32::from(*step)) && day.day() == wanted
            }
            Repeat::MonthWeekday { step, nth, day: name } => {
                let place = if *nth == -1 { same.len() } else { usize::try_from(*nth).unwrap() };
                months.is_multiple_of(u32::from(*step))
                    && weekday == *name
                    && same.get(place - 1) == Some(&day)
            }
            Repeat::Unknown => false,
        };
        let allowed = when.only.is_empty() || when.only.contains(&weekday);
        if hit && allowed && !when.except.contains(&day) && when.until.is_none_or(|until| day <= until) {
            found.push(day);
        }
        since += 1;
        let next = day.tomorrow().unwrap();
        weeks += u32::from(Day::of(next) == Day::Mon);
        months += u32::from(next.day() == 1);
        day = next;
    }
    found
}

/// What is shown in each minute: an entry is on from when the wall clock has got as far as its beginning until it has
/// got as far as its end.
fn by_the_minute(zone: &TimeZone, begin: Timestamp, publication: &Publication) -> Vec<String> {
    let program = publication.program.as_ref().unwrap();
    let end = zone.to_datetime(begin + SignedDuration::from_hours(24 * DAYS)).date();
    let spans: Vec<Vec<(DateTime, DateTime)>> = program
        .schedule
        .iter()
        .map(|entry| {
            let edges = |day: Date| {
                entry.when.spans.iter().map(move |span| {
                    let next = i32::from(if span.days == 0 && span.to <= span.from { 1 } else { span.days });
                    let last = day.checked_add(jiff::Span::new().days(next)).unwrap();
                    (day.to_datetime(span.from), last.to_datetime(span.to))
                })
            };
            dates(&entry.when, end).into_iter().flat_map(edges).collect()
        })
        .collect();
    let mut farthest = DateTime::MIN;
    let minute = |minute| {
        let at = begin + SignedDuration::from_mins(minute);
        farthest = farthest.max(zone.to_datetime(at));
        let overrides = program.overrides.iter().filter(|one| one.from <= at && at < one.until);
        if let Some(one) = overrides.max_by_key(|one| (one.from, one.id.clone())) {
            return one.id.clone();
        }
        let on = program
            .schedule
            .iter()
            .zip(&spans)
            .filter(|(_, spans)| spans.iter().any(|&(from, to)| from <= farthest && farthest < to));
        match on
            .map(|(entry, _)| entry)
            .max_by_key(|entry| (entry.priority, entry.created_at, entry.id.clone()))
        {
            Some(entry) => entry.id.clone(),
            None if program.account_default.is_some() => "default".into(),
            None => "idle".into(),
        }
    };
    (0..DAYS * 1440).map(minute).collect()
}

fn name(publication: &Publication, zone: &TimeZone, at: Timestamp) -> String {
    match what_plays(publication, zone, at).reason {
        Reason::Override { id, .. } | Reason::Schedule { id, .. } => id.to_owned(),
        Reason::ScreenDefault => "screen".into(),
        Reason::AccountDefault => "default".into(),
        Reason::Idle => "idle".into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_moment_is_what_the_minutes_say((zone, begin, publication) in case(), picks in prop::collection::vec(0..DAYS * 1440, 40)) {
        let minutes = by_the_minute(&zone, begin, &publication);
        for pick in picks {
            let at = begin + SignedDuration::from_mins(pick);
            prop_assert_eq!(&name(&publication, &zone, at), &minutes[usize::try_from(pick).unwrap()], "{}", at);
        }
    }

    #[test]
    fn no_change_is_passed_over((zone, begin, publication) in case()) {
        let minutes = by_the_minute(&zone, begin, &publication);
        let end = begin + SignedDuration::from_mins(DAYS * 1440);
        let mut changes = vec![(begin, name(&publication, &zone, begin))];
        let mut at = begin;
        while let Some(next) = next_change(&publication, &zone, at).filter(|&next| next < end) {
            prop_assert!(next > at);
            let after = name(&publication, &zone, next);
            prop_assert_ne!(&after, &changes.last().unwrap().1, "no change at {}", next);
            changes.push((next, after));
            at = next;
        }
        for (minute, expected) in minutes.iter().enumerate() {
            let at = begin + SignedDuration::from_mins(i64::try_from(minute).unwrap());
            let said = changes.iter().rev().find(|(from, _)| *from <= at).unwrap();
            prop_assert_eq!(&said.1, expected, "{}", at);
        }
    }

    #[test]
    fn the_rank_is_a_total_order((zone, begin, publication) in case(), pick in 0..DAYS * 1440, seed in any::<u64>()) {
        let at = begin + SignedDuration::from_mins(pick);
        let mut shuffled = publication.clone();
        let program = shuffled.program.as_mut().unwrap();
        program.schedule.sort_by_key(|entry| entry.id.bytes().fold(seed, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        program.overrides.reverse();
        prop_assert_eq!(name(&publication, &zone, at), name(&shuffled, &zone, at), "the order of the list decides");
    }

    #[test]
    fn a_clash_is_a_minute_of_both((zone, begin, publication) in case()) {
        let program = publication.program.as_ref().unwrap();
        let entries: Vec<&Entry> = program.schedule.iter().collect();
        let end = begin + SignedDuration::from_mins(DAYS * 1440);
        let found = clashes(&entries, &zone, begin, end, |_, _| true);
        let alone = |entry: &Entry, at| {
            let program = Program { schedule: vec![entry.clone()], ..Program::default() };
            name(&publication_of(program), &zone, at) == entry.id
        };
        for clash in &found {
            prop_assert!(alone(clash.wins, clash.from) && alone(clash.loses, clash.from));
            prop_assert!(clash.wins.priority >= clash.loses.priority);
        }
        for one in 0..entries.len() {
            for two in 0..one {
                let both = (0..DAYS * 96).any(|quarter| {
                    let at = begin + SignedDuration::from_mins(quarter * 15);
                    alone(entries[one], at) && alone(entries[two], at)
                });
                let told = found.iter().any(|clash| {
                    let ids = [&clash.wins.id, &clash.loses.id];
                    ids.contains(&&entries[one].id) && ids.contains(&&entries[two].id)
                });
                prop_assert!(!both || told, "{} and {}", entries[two].id, entries[one].id);
            }
        }
    }
}

fn publication_of(program: Program) -> Publication {
    publication(program)
}

#[test]
fn what_cannot_be_shown_is_passed_over() {
    let mut program = Program {
        screen_default: Some(Target::Playlist { playlist: "pls_gone".into() }),
        account_default: Some(show(1)),
        ..Program::default()
    };
    program.overrides.push(Override {
        id: "o".into(),
        name: "Alarm".into(),
        target: Target::Unknown,
        from: Timestamp::MIN,
        until: Timestamp::MAX,
    });
    let decision = publication(program);
    assert_eq!(what_plays(&decision, &TimeZone::UTC, Timestamp::UNIX_EPOCH).reason, Reason::AccountDefault);
}
