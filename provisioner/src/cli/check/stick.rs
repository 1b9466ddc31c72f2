//! `signage-provisioner check --stick`: what a screen would say about a stick, without plugging it into one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use signage_protocol::config::{self, FILE_NAME, Finding};
use signage_protocol::problem::Problem;

use super::{INVALID, human};
use crate::medium::image::{self, Volume};
use crate::offer::{self, Candidate, Screen};

/// What is said of one volume.
struct Verdict {
    volume: Volume,
    problem: Option<Problem>,
    findings: Vec<Finding>,
}

/// Reads a device, or an image of one, and prints what a screen would say of each volume and of them all.
pub(super) fn check(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let name = path.display().to_string();
    let volumes = File::open(path).and_then(volumes).with_context(|| format!("cannot read {name}"))?;
    let now = Timestamp::now();
    let refused = refusal(&volumes, now);
    let verdicts: Vec<Verdict> = volumes.into_iter().map(|volume| judge(volume, now)).collect();
    let report = match json {
        true => machine(refused.as_ref(), &verdicts)?,
        false => text(&name, refused.as_ref(), &verdicts),
    };
    io::stdout().write_all(report.as_bytes()).context("cannot write the report")?;
    Ok(if refused.is_none() { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

fn volumes(mut disk: File) -> io::Result<Vec<Volume>> {
    // A device does not say its size in any other way that needs no privileges.
    let bytes = disk.seek(SeekFrom::End(0))?;
    image::scan(disk, bytes)
}

/// Why a screen would take nothing from this stick. A stick may be meant for certain screens: then this speaks
/// of them, and of the others only if there is something for them, too.
fn refusal(volumes: &[Volume], now: Timestamp) -> Option<Problem> {
    let candidates: Vec<Candidate> = volumes
        .iter()
        .map(|volume| Candidate { origin: title(volume), content: volume.content.clone() })
        .collect();
    let named = audiences(volumes);
    let for_all = |volume: &Volume| volume.content.is_ok() && only(volume).is_empty();
    let others = (named.is_empty() || volumes.iter().any(for_all)).then_some(None);
    named.into_iter().map(Some).chain(others).find_map(|serial| {
        offer::decide(&candidates, &Screen { serial, now, lock: None, taken: None }).outcome?.err()
    })
}

/// A serial number for each set of files that are for the same screen: a thousand screens that are named in one
/// file need not be asked one by one.
fn audiences(volumes: &[Volume]) -> Vec<String> {
    let mut files_of: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (index, volume) in volumes.iter().enumerate() {
        for serial in only(volume) {
            files_of.entry(serial.to_ascii_lowercase()).or_default().insert(index);
        }
    }
    let by_files: BTreeMap<_, _> = files_of.into_iter().map(|(serial, files)| (files, serial)).collect();
    by_files.into_values().collect()
}

fn judge(volume: Volume, now: Timestamp) -> Verdict {
    let screen = Screen { serial: only(&volume).into_iter().next(), now, lock: None, taken: None };
    let (problem, findings) = match &volume.content {
        Err(problem) => (Some(problem.clone()), vec![]),
        Ok(content) => {
            let (outcome, findings) = offer::judge(&title(&volume), content, &screen);
            (outcome.err(), findings)
        }
    };
    Verdict { volume, problem, findings }
}

/// The screens that the file of a volume is for; none if it is for all, or cannot be read.
fn only(volume: &Volume) -> Vec<String> {
    let parsed = volume.content.as_ref().ok().and_then(|content| config::parse(&content.file).ok());
    parsed.map(|parsed| parsed.file.only).unwrap_or_default()
}

/// What a volume is called, for people.
fn title(Volume { name, label, .. }: &Volume) -> String {
    // A label may hold what makes a terminal do things.
    let label = label.as_ref().map(|label| label.replace(char::is_control, " "));
    match (name.as_str(), label) {
        ("", None) => "the stick".to_owned(),
        ("", Some(label)) => label,
        (name, None) => name.to_owned(),
        (name, Some(label)) => format!("{label} ({name})"),
    }
}

fn machine(refused: Option<&Problem>, verdicts: &[Verdict]) -> anyhow::Result<String> {
    let volume = |Verdict { volume, problem, findings }: &Verdict| VolumeDocument {
        name: volume.name.clone(),
        label: volume.label.clone(),
        valid: problem.is_none(),
        problem: problem.clone(),
        findings: findings.clone(),
    };
    let document = Document {
        format_version: 1,
        valid: refused.is_none(),
        problem: refused.cloned(),
        volumes: verdicts.iter().map(volume).collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The report for machines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    format_version: u32,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
    volumes: Vec<VolumeDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VolumeDocument {
    name: String,
    label: Option<String>,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
    findings: Vec<Finding>,
}

fn text(name: &str, refused: Option<&Problem>, verdicts: &[Verdict]) -> String {
    let mut report = String::new();
    for Verdict { volume, problem, findings } in verdicts {
        let title = title(volume);
        let wrong = findings.iter().any(|finding| !finding.is_warning());
        if let Ok(content) = &volume.content {
            report += &human(&format!("{title}: {FILE_NAME}"), &content.file, !wrong, findings);
        }
        // What is wrong in the file has been said, place by place.
        if let Some(problem) = problem.as_ref().filter(|_| !wrong) {
            describe(&mut report, &title, problem);
        }
    }
    match refused {
        None => report += &format!("{name}: a screen uses it\n"),
        Some(problem) => {
            if verdicts.iter().all(|verdict| verdict.problem.as_ref() != Some(problem)) {
                describe(&mut report, name, problem);
            }
            report += &format!("{name}: no screen uses it\n");
        }
    }
    report
}

fn describe(report: &mut String, place: &str, problem: &Problem) {
    let Problem { code, detail } = problem;
    let detail = detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = writeln!(report, "error {code}: {}\n --> {place}{detail}\n  = {}\n", code.cause(), code.action());
}

#[cfg(test)]
mod tests {
    use signage_protocol::problem::Code;

    use super::*;
    use crate::medium::Content;

    fn volume(name: &str, label: Option<&str>, file: Result<&str, Problem>) -> Volume {
        let content = file.map(|file| Content { file: file.into(), signature: None });
        Volume { name: name.into(), label: label.map(str::to_owned), content }
    }

    fn told(volumes: Vec<Volume>) -> (Option<Code>, String) {
        let now = "2026-11-20T00:00:00Z".parse().unwrap();
        let refused = refusal(&volumes, now);
        let verdicts: Vec<Verdict> = volumes.into_iter().map(|volume| judge(volume, now)).collect();
        (refused.as_ref().map(|problem| problem.code), text("stick.img", refused.as_ref(), &verdicts))
    }

    #[test]
    fn a_good_stick_is_told_like_a_file() {
        let (refused, text) = told(vec![volume("partition 1", Some("SIGNAGE"), Ok(r#"{"version":1}"#))]);
        assert_eq!(refused, None);
        assert_eq!(
            text,
            "SIGNAGE (partition 1): telemetry_config.json: valid\nstick.img: a screen uses it\n"
        );
    }

    #[test]
    fn a_volume_that_cannot_be_used_says_why() {
        let problem = Problem::new(Code::UsbFilesystem, "this stick is NTFS");
        let (refused, text) = told(vec![volume("", None, Err(problem))]);
        assert_eq!(refused, Some(Code::UsbFilesystem));
        let expected = "\
error USB-003: The format of the USB stick cannot be read.
 --> the stick: this stick is NTFS
  = Format the stick as FAT32, copy the file again and plug it in.

stick.img: no screen uses it
";
        assert_eq!(text, expected);
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        let (refused, text) = told(vec![volume("", Some("S"), Ok("{\"version\":1,\n\"hub\":7}"))]);
        assert_eq!(refused, Some(Code::CfgValue));
        assert!(text.contains(" --> S: telemetry_config.json:2:7 /hub\n"), "{text}");
        assert!(text.ends_with("\nstick.img: no screen uses it\n"), "{text}");
    }

    #[test]
    fn a_file_that_has_expired_is_not_used() {
        let file = r#"{"version":1,"expiresAt":"2026-01-01T00:00:00Z"}"#;
        let (refused, text) = told(vec![volume("", None, Ok(file))]);
        assert_eq!(refused, Some(Code::CfgExpired));
        assert!(text.contains("error CFG-011"), "{text}");
    }

    #[test]
    fn two_volumes_may_differ_if_they_are_for_different_screens() {
        let pair = |one: &str, two: &str| {
            told(vec![volume("partition 1", None, Ok(one)), volume("partition 2", None, Ok(two))])
        };
        let (one, two) = (r#"{"version":1,"only":["A"]}"#, r#"{"version":1,"only":["B"]}"#);
        assert_eq!(pair(one, two).0, None);
        assert_eq!(pair(one, one).0, None);
        let (refused, text) = pair(one, r#"{"version":1,"only":["a"] }"#);
        assert_eq!(refused, Some(Code::UsbDisagree));
        assert!(text.contains("\n --> stick.img: partition 1, partition 2\n"), "{text}");
        assert_eq!(pair(one, r#"{"version":1}"#).0, Some(Code::UsbDisagree));
    }

    #[test]
    fn a_volume_without_the_file_does_not_matter_beside_one_with_it() {
        let other = volume("partition 1", None, Err(Code::UsbNoFile.into()));
        let (refused, text) = told(vec![other, volume("partition 2", None, Ok(r#"{"version":1}"#))]);
        assert_eq!(refused, None);
        assert!(text.contains("USB-002"), "{text}");
    }

    #[test]
    fn machines_get_the_same() {
        let now = "2026-11-20T00:00:00Z".parse().unwrap();
        let verdict = judge(volume("partition 1", Some("S"), Ok(r#"{"version":1}"#)), now);
        let document: serde_json::Value = serde_json::from_str(&machine(None, &[verdict]).unwrap()).unwrap();
        let volumes = serde_json::json!([
            { "name": "partition 1", "label": "S", "valid": true, "findings": [] },
        ]);
        let expected = serde_json::json!({ "formatVersion": 1, "valid": true, "volumes": volumes });
        assert_eq!(document, expected);
    }
}
