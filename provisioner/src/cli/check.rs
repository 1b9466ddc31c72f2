//! `signage-provisioner check`: what a screen would say about a provisioning file, said at the desk.

mod stick;

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use signage_protocol::config::{self, Finding, MAX_BYTES};

/// The file cannot be used by a screen.
pub(super) const INVALID: u8 = 2;

/// Checks a file, or else the stick at `stick`, and prints every finding with its line.
pub(super) fn check(file: Option<&Path>, stick: Option<&Path>, json: bool) -> anyhow::Result<ExitCode> {
    match (file, stick) {
        (Some(path), _) => check_file(path, json),
        (None, Some(path)) => stick::check(path, json),
        // clap demands one of them.
        (None, None) => anyhow::bail!("give a file or --stick"),
    }
}

fn check_file(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let stdin = path.as_os_str() == "-";
    let name = if stdin { "standard input".into() } else { path.display().to_string() };
    let bytes = match stdin {
        true => read(io::stdin()),
        false => File::open(path).and_then(read),
    };
    let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
    let (valid, findings) = match config::parse(&bytes) {
        Ok(parsed) => (true, parsed.warnings),
        Err(findings) => (false, findings),
    };
    let report = if json { machine(valid, &findings)? } else { human(&name, &bytes, valid, &findings) };
    io::stdout().write_all(report.as_bytes()).context("cannot write the report")?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

/// One byte more than is allowed, so that the parser can tell "too large" from "just fits".
pub(super) fn read(source: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn machine(valid: bool, findings: &[Finding]) -> anyhow::Result<String> {
    let document = serde_json::json!({ "formatVersion": 1, "valid": valid, "findings": findings });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

pub(super) fn human(name: &str, bytes: &[u8], valid: bool, findings: &[Finding]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut report: String = findings.iter().map(|finding| describe(name, &text, finding)).collect();
    let errors = findings.iter().filter(|finding| !finding.is_warning()).count();
    let warnings = findings.len() - errors;
    let count = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    report += &match (valid, warnings) {
        (true, 0) => format!("{name}: valid\n"),
        (true, _) => format!("{name}: valid, {}\n", count(warnings, "warning")),
        (false, _) => {
            format!("{name}: {}, {}; no screen uses it\n", count(errors, "error"), count(warnings, "warning"))
        }
    };
    report
}

/// A finding with its line and a caret below the place.
fn describe(name: &str, text: &str, finding: &Finding) -> String {
    /// What is shown of a long line, around the place.
    const SHOWN: usize = 100;
    let (line, column) = (finding.position.line, finding.position.column);
    let kind = if finding.is_warning() { "warning" } else { "error" };
    let place = if finding.pointer.is_empty() { String::new() } else { format!(" {}", finding.pointer) };
    let row = mask(text.lines().nth(line - 1).unwrap_or("").trim_start_matches('\u{feff}'));
    let from = (column - 1).saturating_sub(SHOWN / 2).min(row.len());
    let shown: String =
        row[from..].iter().take(SHOWN).map(|c| if c.is_control() { ' ' } else { *c }).collect();
    let head = format!("{kind} {}: {}\n", finding.code, finding.message);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        // Not text: there is no line to show.
        return format!("{head} --> {name}:{line}:{column}\n = {}\n\n", finding.code.action());
    }
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let caret = " ".repeat(column - 1 - from);
    format!(
        "{head}{margin} --> {name}:{line}:{column}{place}\n{margin} |\n{number} | {}\n{margin} | {caret}^\n{margin} = {}\n\n",
        shown.trim_end(),
        finding.code.action(),
    )
}

/// A line with the values of secret fields and everything that looks like a token dotted out, as long as it
/// was. Works on lines, not on documents, since a file with a syntax error is none.
fn mask(line: &str) -> Vec<char> {
    let mut shown: Vec<char> = line.chars().collect();
    let (mut at, mut secret_follows) = (0, false);
    while at < shown.len() {
        if shown[at] != '"' {
            secret_follows &= matches!(shown[at], ':' | ' ' | '\t');
            at += 1;
            continue;
        }
        let start = at + 1;
        at = start;
        while at < shown.len() && shown[at] != '"' {
            at += if shown[at] == '\\' { 2 } else { 1 };
        }
        let end = at.min(shown.len());
        let content: String = shown[start..end].iter().collect();
        let token =
            ["sgp_", "sgd_"].iter().any(|prefix| content.trim_start().to_lowercase().starts_with(prefix));
        if secret_follows || token {
            shown[start..end].fill('•');
            secret_follows = false;
        } else {
            secret_follows = config::secret_fields().contains(&content);
        }
        at = end + 1;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_points_at_its_place() {
        let text = "{\n  \"version\": 1,\n  \"device\": { \"timezone\": \"Europe/Berlim\" }\n}";
        let findings = config::parse(text.as_bytes()).unwrap_err();
        let report = human("file.json", text.as_bytes(), false, &findings);
        let expected = "\
error CFG-002: found \"Europe/Berlim\"; allowed is a time zone such as Europe/Berlin; did you mean \"Europe/Berlin\"?
  --> file.json:3:27 /device/timezone
  |
3 |   \"device\": { \"timezone\": \"Europe/Berlim\" }
  |                           ^
  = Correct the place shown and plug the stick in again.

file.json: 1 error, 0 warnings; no screen uses it
";
        assert_eq!(report, expected);
    }

    #[test]
    fn secrets_on_the_line_are_not_shown() {
        let shown = |line: &str| mask(line).into_iter().collect::<String>();
        assert_eq!(
            shown(r#"{ "ssid": "Shop", "psk" : "gehe\"im", "x": 1"#),
            r#"{ "ssid": "Shop", "psk" : "••••••••", "x": 1"#
        );
        assert_eq!(shown(r#""hub": "sgp_abc""#), r#""hub": "•••••••""#);
        assert_eq!(shown(r#""password": "geheim"#), r#""password": "••••••"#);
        assert_eq!(shown(r#""psk", "open""#), r#""psk", "open""#);
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let text =
            format!("{{\"version\":1,\"device\":{{\"name\":\"{}\",\"hostname\":\"-\"}}}}", "x".repeat(90));
        let findings = config::parse(text.as_bytes()).unwrap_err();
        let report = human("-", text.as_bytes(), false, &findings);
        assert!(report.lines().all(|line| line.chars().count() < 130), "{report}");
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Err(findings) = config::parse(&bytes) {
                assert!(!human("-", &bytes, false, &findings).is_empty());
            }
        }
    }
}
