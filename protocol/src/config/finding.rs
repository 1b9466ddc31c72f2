//! What a person should know about a file: one finding per place, as many as anybody reads.

use serde::{Deserialize, Serialize};

use super::tree::Position;
use crate::problem::{Code, Problem};

/// Something about the file that a person should know. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Which entry of the catalogue.
    pub code: Code,
    /// Where in the text.
    #[serde(flatten)]
    pub position: Position,
    /// Where in the document (RFC 6901); empty for the whole.
    pub pointer: String,
    /// What is wrong, in words; complete by itself.
    pub message: String,
    /// What stands there, unless it is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What may stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// The nearest known name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Finding {
    pub(super) fn new(code: Code, position: Position, pointer: &str) -> Self {
        let pointer = pointer.to_owned();
        Self { code, position, pointer, message: String::new(), found: None, allowed: None, suggestion: None }
    }

    pub(super) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    pub(super) fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self.describe()
    }

    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self.describe()
    }

    pub(super) fn suggestion(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        if let Some(name) = &self.suggestion {
            self.message.push_str(&format!("; did you mean \"{name}\"?"));
        }
        self
    }

    /// Whether the file can be used all the same.
    pub fn is_warning(&self) -> bool {
        is_warning(self.code)
    }

    fn describe(mut self) -> Self {
        let allowed = self.allowed.as_deref().unwrap_or("another value");
        self.message = match &self.found {
            Some(found) => format!("found {found}; allowed is {allowed}"),
            None => format!("allowed is {allowed}"),
        };
        if let Some(name) = &self.suggestion {
            self.message.push_str(&format!("; did you mean \"{name}\"?"));
        }
        self
    }
}

impl From<&Finding> for Problem {
    fn from(finding: &Finding) -> Self {
        let Position { line, column } = finding.position;
        let place = if finding.pointer.is_empty() { String::new() } else { format!(", {}", finding.pointer) };
        Self::new(finding.code, format!("line {line}, column {column}{place}: {}", finding.message))
    }
}

fn is_warning(code: Code) -> bool {
    code == Code::CfgUnknown
}

/// Findings being collected.
#[derive(Debug, Default)]
pub(super) struct Findings {
    errors: Kind,
    warnings: Kind,
}

/// Errors, or warnings.
#[derive(Debug, Default)]
struct Kind {
    listed: Vec<Finding>,
    /// How many there are beyond those.
    more: usize,
}

impl Findings {
    /// Most errors, and most warnings, that are listed; the rest is counted. A file with more of them is not
    /// corrected by hand, and a megabyte of mistakes would make a hundred megabytes of findings.
    pub(super) const LISTED: usize = 100;

    /// Adds what `finding` makes, if there is room for it.
    pub(super) fn add(&mut self, code: Code, finding: impl FnOnce() -> Finding) {
        let kind = if is_warning(code) { &mut self.warnings } else { &mut self.errors };
        if kind.listed.len() < Self::LISTED {
            kind.listed.push(finding());
        } else {
            kind.more += 1;
        }
    }

    /// Where the listed errors are.
    pub(super) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.errors.listed.iter().map(|finding| finding.pointer.as_str())
    }

    /// Adds the listed errors of others whose pointer `counts`.
    pub(super) fn append(&mut self, other: Self, counts: impl Fn(&str) -> bool) {
        for finding in other.errors.listed.into_iter().filter(|finding| counts(&finding.pointer)) {
            self.add(finding.code, || finding);
        }
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.errors.listed.is_empty()
    }

    /// In the order of the text, errors before warnings.
    pub(super) fn into_sorted(self) -> Vec<Finding> {
        let mut all = self.errors.into_sorted("problems");
        all.append(&mut self.warnings.into_sorted("unknown fields"));
        all
    }
}

impl Kind {
    fn into_sorted(mut self, name: &str) -> Vec<Finding> {
        self.listed.sort_by_key(|finding| (finding.position.line, finding.position.column));
        if self.more > 0
            && let Some(last) = self.listed.last()
        {
            let rest = Finding::new(last.code, last.position, "");
            self.listed.push(rest.message(format!("{} more {name} are not listed here", self.more)));
        }
        self.listed
    }
}
