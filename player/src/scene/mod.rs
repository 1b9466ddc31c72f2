//! The status scene: what the screen shows while there is no content to show.
//!
//! [`StatusView`] says what is to be read there; it is a value, so two equal views make the same picture and
//! nothing is drawn twice. [`Painter`] draws it, at any size.

mod canvas;
mod status;

use signage_protocol::bus::{Phase, Status};
use signage_protocol::problem::Code;

pub use self::canvas::{Area, Fonts};
pub use self::status::{Layout, Painter};

/// What the status scene says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusView {
    /// Where the device stands.
    pub phase: Phase,
    /// Name of the screen, empty when it has none yet.
    pub device_name: String,
    /// IP address, or empty.
    pub address: String,
    /// URL of the hub, or empty.
    pub hub: String,
    /// Thumbprint of the device's key, or empty.
    pub device_id: String,
    /// What is being done right now, such as a download.
    pub progress: Option<String>,
    /// What is wrong.
    pub problem: Option<ProblemView>,
}

/// What the status scene says about a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemView {
    /// Stable code, such as `TOK-001`.
    pub code: String,
    /// One sentence; empty for a code that this version does not know.
    pub cause: String,
    /// One sentence.
    pub action: String,
    /// What is particular to this case.
    pub detail: String,
    /// Seconds to the next try, if there will be one by itself.
    pub retry_in: Option<u64>,
}

impl ProblemView {
    /// The words of the catalogue for `code`.
    pub fn new(code: Code, detail: impl Into<String>, retry_in: Option<u64>) -> Self {
        Self {
            code: code.as_str().into(),
            cause: code.cause().into(),
            action: code.action().into(),
            detail: detail.into(),
            retry_in,
        }
    }
}

impl StatusView {
    /// What the provisioner says, at `wall_ms` milliseconds since 1970.
    pub fn from_status(status: &Status, wall_ms: u64) -> Self {
        let retry_in = (status.retry_at > 0).then(|| status.retry_at.saturating_sub(wall_ms).div_ceil(1000));
        let detail = match (&status.problem_detail[..], &status.verdict_note[..]) {
            (detail, "") => detail.to_owned(),
            ("", note) => format!("No result file was written, {note}"),
            (detail, note) => format!("{detail}. No result file was written, {note}"),
        };
        let problem = match status.problem() {
            Some(code) => Some(ProblemView::new(code, detail, retry_in)),
            // A newer provisioner knows more problems than this player.
            None if !status.problem_code.is_empty() => Some(ProblemView {
                code: status.problem_code.clone(),
                cause: String::new(),
                action: String::new(),
                detail,
                retry_in,
            }),
            None => None,
        };
        Self {
            phase: status.phase(),
            device_name: status.device_name.clone(),
            address: status.address.clone(),
            hub: status.hub.clone(),
            device_id: status.device_id.clone(),
            progress: None,
            problem,
        }
    }
}
