//! `telemetry_result.json`: what became of a provisioning file, left on the medium that brought it, so that an
//! installer can carry the answer back. It never holds a secret.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bus::Status;
use crate::config::Finding;
use crate::problem::Code;

/// Name of the file at the root of the medium.
pub const FILE_NAME: &str = "telemetry_result.json";

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// In force; if the file brought a token, the screen is enrolled.
    Applied,
    /// Accepted, but something still stands in the way: see the problem.
    Waiting,
    /// Not used at all.
    Refused,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Always 1.
    pub version: u32,
    /// When this was written, by the clock of the screen.
    pub at: Timestamp,
    /// Version of the software that wrote it.
    pub software: String,
    /// What became of the file.
    pub outcome: Outcome,
    /// Where the screen stood, as on the bus.
    pub phase: String,
    /// Identity of the screen.
    pub device_id: String,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The address that it obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// What stands in the way, or what is not in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Explained>,
    /// Everything wrong or not understood in the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// A problem with its sentences, for people who read the file without the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The code.
    pub code: Code,
    /// What is wrong.
    pub cause: String,
    /// What to do.
    pub action: String,
    /// What is particular to this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Verdict {
    /// The document for an outcome.
    pub fn new(
        outcome: Outcome,
        status: &Status,
        findings: Vec<Finding>,
        software: &str,
        at: Timestamp,
    ) -> Self {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let problem = status.problem().map(|code| Explained {
            code,
            cause: code.cause().into(),
            action: code.action().into(),
            detail: given(&status.problem_detail),
        });
        Self {
            version: 1,
            at,
            software: software.into(),
            outcome,
            phase: status.phase.clone(),
            device_id: status.device_id.clone(),
            device_name: given(&status.device_name),
            address: given(&status.address),
            hub: given(&status.hub),
            problem,
            findings,
        }
    }
}
