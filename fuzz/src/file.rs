//! Bytes to a checked file, or to findings.

use serde_json::{Map, Value};
use signage_protocol::config::{Finding, MAX_BYTES, Parsed, parse, secret_fields};
use signage_protocol::problem::Problem;

/// Put into secrets of a file; must not come out again.
const SECRET: &str = "Zq7Xk2Vw";
/// The same as a number.
const NUMBER: u64 = 7_263_548_190_237;

/// What is accepted says the same when it is written and read again. What is not says why and where. Neither
/// repeats a secret.
pub fn check(bytes: &[u8]) {
    match parse(bytes) {
        Ok(Parsed { file, warnings }) => {
            assert!(warnings.iter().all(Finding::is_warning), "{warnings:?}");
            findings(bytes, &warnings);
            let text = serde_json::to_vec(&file).expect("what was read can be written");
            // What is left out may be written, so a file that just fits may grow.
            let small = bytes.len() < MAX_BYTES / 2
                && bytes.iter().filter(|byte| b",[{".contains(byte)).count() < 10_000;
            if small {
                let again = parse(&text).expect("what was written can be read");
                assert_eq!(again, Parsed { file, warnings: vec![] });
            }
        }
        Err(errors) => {
            assert!(errors.first().is_some_and(|first| !first.is_warning()), "{errors:?}");
            findings(bytes, &errors);
        }
    }
    keeps_secrets(bytes);
}

/// Each finding can be shown, and its place is in the text.
pub fn findings(bytes: &[u8], findings: &[Finding]) {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let lines: Vec<&str> = text.split('\n').collect();
    assert!(findings.len() <= 202, "{} findings", findings.len());
    assert!(findings.is_sorted_by_key(|one| (one.is_warning(), one.position.line, one.position.column)));
    for finding in findings {
        let line = lines.get(finding.position.line.wrapping_sub(1)).expect("the line is in the text");
        let columns = 1..=line.chars().count() + 1;
        assert!(columns.contains(&finding.position.column), "{finding:?}");
        assert!(finding.pointer.is_empty() || finding.pointer.starts_with('/'), "{finding:?}");
        problem(&Problem::from(finding));
    }
}

/// What a screen shows is there, short and on one line.
pub fn problem(problem: &Problem) {
    let detail = problem.detail.as_deref().unwrap_or("nothing more");
    assert!(!detail.trim().is_empty(), "{problem:?}");
    assert!(detail.chars().count() < 2000, "{problem:?}");
    assert!(!detail.contains(char::is_control), "{problem:?}");
}

/// Changes every secret of a file, so that it can be told from what may be repeated, and looks for it in the
/// answer.
fn keeps_secrets(bytes: &[u8]) {
    let Ok(mut document) = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
    else {
        return;
    };
    if !mark(&mut document) {
        return;
    }
    let text = serde_json::to_vec(&document).expect("a JSON value can be written");
    let findings = match parse(&text) {
        Ok(parsed) => {
            let shown = format!("{:?}", parsed.file.token());
            assert!(!shown.contains(SECRET), "{shown}");
            parsed.warnings
        }
        Err(errors) => errors,
    };
    for finding in &findings {
        let shown = format!("{finding:?} {}", Problem::from(finding));
        let told = shown.contains(SECRET) || shown.contains(&NUMBER.to_string());
        assert!(!told, "{shown}");
    }
}

/// Puts a mark into every value of a secret field, and into every text and name with a token in it. Whether
/// there was any.
fn mark(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let mut any = false;
            for (mut name, mut value) in std::mem::take(members) {
                any |= mark_token(&mut name);
                any |=
                    if secret_fields().contains(&name) { mark_secret(&mut value) } else { mark(&mut value) };
                Map::insert(members, name, value);
            }
            any
        }
        Value::Array(elements) => elements.iter_mut().fold(false, |any, element| mark(element) | any),
        Value::String(text) => mark_token(text),
        _ => false,
    }
}

fn mark_secret(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let middle = (text.len() / 2..).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.insert_str(middle, SECRET);
        }
        Value::Number(number) => *number = NUMBER.into(),
        _ => return mark(value),
    }
    true
}

fn mark_token(text: &mut String) -> bool {
    let Some(at) = ["sgp_", "sgd_"].iter().find_map(|prefix| text.find(prefix)) else { return false };
    text.insert_str(at + 4, SECRET);
    true
}
