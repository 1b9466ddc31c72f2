//! What a person should know about a file: one finding per place.

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
        self.code == Code::CfgUnknown
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

/// Findings being collected.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| !finding.is_warning())
    }

    /// In the order of the text, errors before warnings.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| (finding.is_warning(), finding.position.line, finding.position.column));
        self.0
    }
}
