//! What happened when, for people and as JSON.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What.
    pub what: String,
    /// Seconds since the start, seen from the host.
    pub host_seconds: f64,
    /// Seconds since the guest's kernel started, by the guest's clock, where the guest knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_seconds: Option<f64>,
}

/// Events in order.
#[derive(Debug)]
pub struct Timeline {
    start: Instant,
    events: Vec<Event>,
}

impl Timeline {
    /// Begins now.
    pub fn new() -> Self {
        Self { start: Instant::now(), events: Vec::new() }
    }

    /// Adds what happened just now and answers when that was.
    pub fn add(&mut self, what: &str, guest_seconds: Option<f64>) -> f64 {
        let host_seconds = self.start.elapsed().as_secs_f64();
        self.events.push(Event { what: what.to_owned(), host_seconds, guest_seconds });
        host_seconds
    }

    /// Writes all events as a JSON array.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.events)?;
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}
