//! What a device reports to its hub, by `POST /v1/report` with its bearer token.
//!
//! A report is a batch. A device sends one every minute with its [`Status`] in it; what it has noted meanwhile goes
//! along: [`Fault`]s, [`LogLine`]s and [`Play`]s. What it has noted offline stays on the device and goes along later,
//! oldest first, as many reports as it takes, one after the other.
//!
//! # Times
//!
//! Every time is by the device's clock and stays as it is; the hub writes its own beside it. A device whose clock
//! was wrong says by how much in [`Status::clock_offset_ms`].
//!
//! # Repeats
//!
//! An answer may be lost, so everything has an id that the device has chosen, unique on the device for ever: the
//! report and each record in it. What the hub has already is not counted again, whichever report it is in.
//!
//! # Bounds
//!
//! A report has at most [`MAX_BYTES`], [`MAX_LOGS`], [`MAX_PLAYS`] and [`MAX_FAULTS`]. Longer texts are cut. What
//! is more than the hub takes in a day is dropped, and [`Reported::dropped`] says how much: the device does not
//! send it again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a device reports.
pub const REPORT: &str = "/v1/report";
/// Seconds between two reports that carry nothing but a status.
pub const INTERVAL_S: u64 = 60;
/// Largest report.
pub const MAX_BYTES: usize = 256 << 10;
/// Most log lines in a report.
pub const MAX_LOGS: usize = 500;
/// Most records of what was played in a report.
pub const MAX_PLAYS: usize = 500;
/// Most faults in a report.
pub const MAX_FAULTS: usize = 100;
/// Longest id, in bytes.
pub const MAX_ID: usize = 64;
/// Longest name, title or detail, in characters.
pub const MAX_TEXT: usize = 200;
/// Longest message of a log line, in characters.
pub const MAX_MESSAGE: usize = 1000;

/// Body of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Of this report.
    pub id: String,
    /// How the device is doing; absent when a report only brings old records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What went wrong, and what is right again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What was logged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogLine>,
    /// What was played.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plays: Vec<Play>,
}

/// The answer, status 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// Whether the hub had this report already.
    pub repeated: bool,
    /// Records that were more than the hub takes, and are gone.
    pub dropped: u64,
    /// Seconds until the next report is wanted.
    pub interval_s: u64,
}

/// How a device is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenStatus")]
pub struct Status {
    /// When, by the device's clock.
    pub at: Timestamp,
    /// What is on the screen, when that is content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<NowPlaying>,
    /// The display, when one is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// The storage for content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// Of the processor, in degrees Celsius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Seconds since the device was switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime_s: Option<u64>,
    /// What has to be added to the device's clock to get the right time, as far as the device knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// Versions by program: `player`, `provisioner`, `os`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
    /// Serial number of the board, by which the hub sees a copied card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Sequence of the authorization in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<u64>,
    /// Sequence of the publication in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<u64>,
}

/// What is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NowPlaying {
    /// For people.
    pub title: String,
    /// The content, as the publication names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Name of the layout, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// The display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Display {
    /// Pixels across, before rotation.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// 0, 90, 180 or 270 degrees clockwise.
    #[serde(default)]
    pub rotation: u16,
    /// Such as `HDMI-A-1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
}

/// The storage for content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that there are.
    pub total: u64,
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A layout failed, media are missing.
    Content,
    /// The hub or the network cannot be reached.
    Network,
    /// The storage is full, the display is disconnected.
    Hardware,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Content, Self::Network, Self::Hardware];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Network => "network",
            Self::Hardware => "hardware",
        }
    }
}

/// Something that is wrong, or was. It is reported when it is raised and again, with the same id, when it is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Of this incident.
    pub id: String,
    /// What it is about.
    pub class: Class,
    /// Code of the catalogue. A text, since a device may be newer than its hub.
    pub code: String,
    /// What is particular to the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Since when.
    pub raised_at: Timestamp,
    /// When it was right again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared_at: Option<Timestamp>,
}

/// How grave a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For whoever looks for a cause.
    Debug,
    /// What happens.
    Info,
    /// Something may be wrong.
    Warning,
    /// Something is wrong.
    #[serde(alias = "alert")]
    Error,
}

impl Severity {
    /// Every severity, gravest last.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line of the device's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Of this line.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// How grave.
    pub severity: Severity,
    /// Which program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What.
    pub message: String,
}

/// One item was on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Play {
    /// Of this record.
    pub id: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it was there.
    pub duration_ms: u64,
    /// The content, as the publication names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// For people.
    pub title: String,
    /// Name of the layout that it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Name of the playlist that it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist: Option<String>,
    /// Whether it was shown to its end.
    pub completed: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_may_be_small_and_may_hold_what_is_not_known_yet() {
        let report: Report = serde_json::from_str(
            r#"{"id":"1","status":{"at":"2026-11-20T10:00:00Z","lamp":3},"logs":[{"id":"2",
               "at":"2026-11-19T10:00:00Z","severity":"alert","message":"x"}]}"#,
        )
        .unwrap();
        assert_eq!(report.logs[0].severity, Severity::Error);
        assert_eq!(report.status.unwrap().now, None);
        let text = serde_json::to_string(&Report { status: None, logs: Vec::new(), ..report }).unwrap();
        assert_eq!(text, r#"{"id":"1"}"#);
    }
}
