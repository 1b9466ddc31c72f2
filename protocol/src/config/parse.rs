//! From the bytes on the medium to a checked file, or to findings.

use serde::{Deserialize, Serialize};

use super::check;
use super::file::ProvisionFile;
use super::position::{Position, locate};
use crate::problem::{Code, Problem};

/// Largest file that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting of objects and arrays.
const MAX_DEPTH: usize = 64;

/// Something about the file that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which entry of the catalogue.
    pub code: Code,
    /// Where in the text.
    #[serde(flatten)]
    pub position: Position,
    /// Where in the document (RFC 6901); empty for the whole.
    pub pointer: String,
    /// What was found and what is allowed. Never a secret.
    pub message: String,
}

impl From<&Finding> for Problem {
    fn from(finding: &Finding) -> Self {
        let Position { line, column } = finding.position;
        let place = if finding.pointer.is_empty() {
            String::new()
        } else {
            format!(", {}", finding.pointer)
        };
        Self::new(
            finding.code,
            format!("line {line}, column {column}{place}: {}", finding.message),
        )
    }
}

/// A file that may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What it says.
    pub file: ProvisionFile,
    /// What it also says and nobody understands.
    pub warnings: Vec<Finding>,
}

/// Reads a provisioning file. On failure there is at least one finding.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Vec<Finding>> {
    let text = decode(bytes).map_err(|finding| vec![finding])?;
    let (file, ignored) = deserialize(text).map_err(|finding| vec![finding])?;
    let errors = check::check(text, &file);
    if !errors.is_empty() {
        return Err(errors);
    }
    let warnings = ignored
        .into_iter()
        .map(|pointer| Finding {
            code: Code::CfgUnknown,
            position: locate(text, &pointer),
            message: "this field is not known and has no effect".into(),
            pointer,
        })
        .collect();
    Ok(Parsed { file, warnings })
}

fn decode(bytes: &[u8]) -> Result<&str, Finding> {
    let whole = |code, message: &str| Finding {
        code,
        position: Position { line: 1, column: 1 },
        pointer: String::new(),
        message: message.into(),
    };
    if bytes.len() > MAX_BYTES {
        return Err(whole(
            Code::UsbTooLarge,
            &format!("{} bytes; at most {MAX_BYTES} are read", bytes.len()),
        ));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(whole(Code::CfgEncoding, "the file is UTF-16; save it as UTF-8"));
    }
    // A byte order mark is what some editors put in front of UTF-8.
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        Finding {
            code: Code::CfgEncoding,
            position: Position::of_offset(&valid, valid.len()),
            pointer: String::new(),
            message: "a byte here is not UTF-8".into(),
        }
    })?;
    if text.trim().is_empty() {
        return Err(whole(Code::CfgSyntax, "the file is empty"));
    }
    if let Some(offset) = too_deep(text) {
        return Err(Finding {
            code: Code::CfgValue,
            position: Position::of_offset(text, offset),
            pointer: String::new(),
            message: format!("nested deeper than {MAX_DEPTH} levels"),
        });
    }
    Ok(text)
}

/// The offset of the first bracket beyond [`MAX_DEPTH`].
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The file and the pointers of the fields that nothing read.
fn deserialize(text: &str) -> Result<(ProvisionFile, Vec<String>), Finding> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut ignored = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let result = {
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        serde_ignored::deserialize(tracked, |path| ignored.push(ignored_pointer(&path)))
    };
    // serde would also read a list of the members' values.
    let result = result.and_then(|file| match text.trim_start().starts_with('{') {
        true => Ok(file),
        false => Err(serde::de::Error::custom("an object in braces is needed here")),
    });
    let file = result
        .and_then(|file| json.end().map(|()| file))
        .map_err(|error: serde_json::Error| {
            let pointer = pointer(&track.path());
            describe(text, &error, pointer)
        })?;
    Ok((file, ignored))
}

fn describe(text: &str, error: &serde_json::Error, pointer: String) -> Finding {
    // serde_json ends its message with the place, which has its own fields here.
    let full = error.to_string();
    let message = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(message, _)| message)
        .to_owned();
    if !error.is_data() {
        // A syntax error in the text so far. At the end of a file serde_json counts from 0.
        let position = Position {
            line: error.line().max(1),
            column: error.column().max(1),
        };
        return Finding {
            code: Code::CfgSyntax,
            position,
            pointer: String::new(),
            message,
        };
    }
    let code = if message.starts_with("missing field") {
        Code::CfgMissing
    } else {
        Code::CfgValue
    };
    Finding {
        code,
        position: locate(text, &pointer),
        message: conceal(&pointer, message),
        pointer,
    }
}

/// A value of the wrong type is repeated in serde's message; in a field that holds a secret it must not be.
fn conceal(pointer: &str, message: String) -> String {
    let secret = pointer.to_ascii_lowercase();
    if secret.ends_with("token") || secret.ends_with("psk") || secret.ends_with("password") {
        return "a text is needed here".into();
    }
    message
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

fn ignored_pointer(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", ignored_pointer(parent)),
        Path::Map { parent, key } => {
            format!(
                "{}/{}",
                ignored_pointer(parent),
                key.replace('~', "~0").replace('/', "~1")
            )
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            ignored_pointer(parent)
        }
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
