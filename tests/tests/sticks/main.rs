//! Every case of the corpus against the code that reads sticks, judges files and moves the screen, without a
//! machine around it. All cases that do not get exactly their verdict are named at once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::Value;
use signage_protocol::problem::{Code, Problem};
use signage_provisioner::medium::image;
use signage_provisioner::offer::Candidate;
use signage_tests::sticks::{Case, build, load};
use world::World;

/// What a person is willing to wait for, and then some.
const PATIENCE: Duration = Duration::from_secs(1);

/// Everything about a case that is compared.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    code: Option<Code>,
    pointer: String,
    findings: Vec<Code>,
    phase: &'static str,
    taken: bool,
}

#[test]
fn every_stick_gets_exactly_its_verdict() {
    let cases = load().unwrap();
    let mut wrong = String::new();
    let mut exact = 0;
    let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
    for (topic, case) in &cases {
        *topics.entry(topic).or_default() += 1;
        match std::panic::catch_unwind(|| play(case)) {
            Ok(Ok(())) => exact += 1,
            Ok(Err(error)) => writeln!(wrong, "{topic}/{}: {error:#}", case.name).unwrap(),
            Err(_) => writeln!(wrong, "{topic}/{}: panics", case.name).unwrap(),
        }
    }
    println!("{} cases, {exact} exact; {topics:?}", cases.len());
    assert!(wrong.is_empty(), "{} cases, {exact} exact\n{wrong}", cases.len());
}

#[test]
fn the_corpus_is_large_enough() {
    let cases = load().unwrap();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let played = cases.iter().filter(|(_, case)| !case.screen.is_empty()).count();
    assert!(played >= 25, "{played} cases with a screen");
}

fn play(case: &Case) -> Result<()> {
    let mut candidates = Vec::new();
    let sticks = case.sticks();
    for (index, stick) in sticks.iter().enumerate() {
        let disk = build(stick, &case.name)?;
        let start = Instant::now();
        candidates.extend(read(disk, &format!("stick {}", index + 1)));
        ensure!(start.elapsed() < PATIENCE, "read in {:?}", start.elapsed());
    }
    let mut world = World::new(case.meets, case.serial.as_deref());
    if let Some(earlier) = &case.earlier {
        world.offer_file(earlier);
    }
    if let Some(now) = case.now {
        world.set_clock(now);
    }
    let before = world.status();
    let decision = world.plug(&candidates);
    let status = world.status();

    let refused = decision.outcome.as_ref().and_then(|outcome| outcome.as_ref().err());
    let news = status.problem().filter(|_| {
        (&status.problem_code, &status.problem_detail) != (&before.problem_code, &before.problem_detail)
    });
    let code = news.or(refused.map(|problem| problem.code));
    let found = Verdict {
        code,
        pointer: decision.findings.first().map(|finding| finding.pointer.clone()).unwrap_or_default(),
        findings: decision.findings.iter().map(|finding| finding.code).collect(),
        phase: status.phase().as_str(),
        taken: matches!(decision.outcome, Some(Ok(_)))
            && world.outcome() != Some(signage_protocol::verdict::Outcome::Refused),
    };
    let expected = Verdict {
        code: case.code,
        pointer: case.pointer.clone(),
        findings: case.code.filter(is_about_content).into_iter().chain(case.others.iter().copied()).collect(),
        phase: case.phase.0.as_str(),
        taken: case.taken.unwrap_or(case.code.is_none()),
    };
    let detail = match refused {
        Some(problem) => problem.detail.clone().unwrap_or_default(),
        None => status.problem_detail.clone(),
    };
    let all: Vec<&str> = decision.findings.iter().map(|finding| finding.message.as_str()).collect();
    ensure!(found == expected, "\n  expected {expected:?}\n  found    {found:?}\n  {detail} {all:?}");
    if let Some(part) = &case.detail {
        ensure!(detail.contains(part.as_str()), "the detail {detail:?} lacks {part:?}");
    }
    let settings = world.settings();
    for (pointer, value) in &case.holds {
        let value: Value = serde_json::to_value(value)?;
        let present = settings.pointer(pointer).cloned().unwrap_or_default();
        ensure!(
            present == value || (value == "" && present.is_null()),
            "{pointer} is {present}, not {value}"
        );
    }
    Ok(())
}

/// What the daemon would find on a stick.
fn read(disk: signage_tests::sticks::disk::SparseDisk, stick: &str) -> Vec<Candidate> {
    let bytes = disk.bytes();
    if bytes == 0 {
        // A reader without a card is no medium.
        return vec![];
    }
    match image::scan(disk, bytes) {
        Ok(volumes) => volumes
            .into_iter()
            .map(|volume| {
                let place = if volume.name.is_empty() {
                    stick.to_owned()
                } else {
                    format!("{stick}, {}", volume.name)
                };
                let origin = volume.label.map_or_else(|| place.clone(), |label| format!("{label} ({place})"));
                Candidate { origin, content: volume.content }
            })
            .collect(),
        Err(error) => {
            vec![Candidate {
                origin: stick.to_owned(),
                content: Err(Problem::new(Code::UsbRead, error.to_string())),
            }]
        }
    }
}

/// Problems of the content, each of which has its finding.
fn is_about_content(code: &Code) -> bool {
    matches!(
        code,
        Code::UsbTooLarge
            | Code::CfgSyntax
            | Code::CfgValue
            | Code::CfgMissing
            | Code::CfgConflict
            | Code::CfgVersion
            | Code::CfgEncoding
    )
}
