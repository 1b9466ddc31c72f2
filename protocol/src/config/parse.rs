//! From the bytes on the medium to a checked file, or to findings.

use super::check;
use super::file::ProvisionFile;
use super::finding::{Finding, Findings};
use super::salvage::Broken;
use super::schema::schema;
use super::tree::{Position, Tree};
use super::walk;
use crate::problem::Code;

/// Largest file that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting of objects and arrays.
const MAX_DEPTH: usize = 64;

/// Most values; twice what anybody writes. Each takes a hundred times more memory than its two bytes of text.
const MAX_VALUES: usize = 20_000;

/// A file that may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What it says.
    pub file: ProvisionFile,
    /// What it also says and nobody understands.
    pub warnings: Vec<Finding>,
}

/// Reads a provisioning file. On failure all findings, at least one of which is an error, errors first.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Vec<Finding>> {
    let text = decode(bytes).map_err(|finding| vec![*finding])?;
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Err(vec![syntax(text, &error)]);
    }
    if let Some((offset, message)) = excess(text) {
        let finding = Finding::new(Code::CfgValue, Position::of_offset(text, offset), "");
        return Err(vec![finding.message(message)]);
    }
    let Some(tree) = Tree::new(text) else {
        return Err(vec![whole(Code::CfgSyntax, "the text is not JSON")]);
    };
    let mut findings = Findings::default();
    walk::walk(&tree, schema(), &mut findings);
    if findings.has_errors() {
        let broken = Broken::new(findings.pointers());
        let mut more = Findings::default();
        if let Some(file) = broken.without(text) {
            check::check(&tree, &file, &mut more);
        }
        findings.append(more, |pointer| !broken.explains(pointer));
        return Err(findings.into_sorted());
    }
    // The schema is generated from these types, so what fits it can be read.
    let file: ProvisionFile = serde_json::from_str(text).map_err(|_| {
        vec![whole(
            Code::CfgValue,
            "a value here fits the schema and cannot be read; please report this file",
        )]
    })?;
    check::check(&tree, &file, &mut findings);
    if findings.has_errors() {
        return Err(findings.into_sorted());
    }
    Ok(Parsed { file, warnings: findings.into_sorted() })
}

fn whole(code: Code, message: &str) -> Finding {
    Finding::new(code, Position { line: 1, column: 1 }, "").message(message)
}

fn decode(bytes: &[u8]) -> Result<&str, Box<Finding>> {
    if bytes.len() > MAX_BYTES {
        return Err(Box::new(whole(Code::UsbTooLarge, &format!("more than {MAX_BYTES} bytes"))));
    }
    if let Some(name) = other_encoding(bytes) {
        return Err(Box::new(whole(Code::CfgEncoding, &format!("the file is {name}; save it as UTF-8"))));
    }
    // A byte order mark is what some editors put in front of UTF-8.
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        let position = Position::of_offset(&valid, valid.len());
        Box::new(Finding::new(Code::CfgEncoding, position, "").message("a byte here is not UTF-8"))
    })?;
    if text.trim().is_empty() {
        return Err(Box::new(whole(Code::CfgSyntax, "the file is empty")));
    }
    Ok(text)
}

/// The name of an encoding that is not UTF-8, by its byte order mark or by the zero bytes that it puts
/// between the characters of JSON.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, 0, 0, b'{', ..] | [b'{', 0, 0, 0, ..] => Some("UTF-32"),
        [0, b'{', 0, ..] | [b'{', 0, _, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Where valid JSON goes beyond [`MAX_DEPTH`] or [`MAX_VALUES`], and what to say of it. Nothing is kept of the
/// text before that is known.
fn excess(text: &str) -> Option<(usize, String)> {
    let (mut depth, mut values, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some((offset, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        if values > MAX_VALUES {
            return Some((
                offset,
                format!("a file holds at most {MAX_VALUES} values; this one goes on from here"),
            ));
        }
    }
    None
}

fn syntax(text: &str, error: &serde_json::Error) -> Finding {
    // serde_json ends its message with the place, which has its own fields here.
    let full = error.to_string();
    let message = full.rsplit_once(" at line ").map_or(full.as_str(), |(message, _)| message);
    // It counts columns in bytes; at the end of a file it counts from 0.
    let line = error.line().max(1);
    let row = text.split('\n').nth(line - 1).unwrap_or("");
    let before = row.floor_char_boundary(error.column().saturating_sub(1));
    let column = row[..before].chars().count() + 1;
    Finding::new(Code::CfgSyntax, Position { line, column }, "").message(message)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
