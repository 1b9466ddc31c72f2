//! Standard output: text for people, JSON for programs. JSON keeps its fields, text may change.

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::{Error, Result};

/// Writes one line.
pub(super) fn line(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").map_err(Error::write(Path::new("standard output")))
}

/// Writes a value on one line.
pub(super) fn json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value);
    line(&text.map_err(|error| Error::write(Path::new("standard output"))(error.into()))?)
}
