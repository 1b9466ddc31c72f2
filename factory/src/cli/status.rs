//! `signage-factory status`: which units are done.

use std::path::Path;

use serde_json::json;

use super::output;
use crate::Result;
use crate::journal::{Journal, State};

pub(super) fn show(journal: &Path, as_json: bool) -> Result<bool> {
    let (run, states) = Journal::read(journal)?;
    if as_json {
        output::json(&json!({ "formatVersion": 1, "begun": run.at, "image": run.image, "units": states }))?;
        return Ok(true);
    }
    let count = |wanted| states.values().filter(|state| **state == wanted).count();
    output::line(&format!("begun {}, {} done, {} failed", run.at, count(State::Done), count(State::Failed)))?;
    for (unit, state) in states.iter().filter(|(_, state)| **state != State::Done) {
        let says = match state {
            State::Begun => "begun and not finished; its card has no label and is made again",
            _ => "its card could not be finished; it is made again",
        };
        output::line(&format!("  {unit}: {says}"))?;
    }
    Ok(true)
}
