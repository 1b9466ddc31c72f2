//! QEMU's own control channel (QMP).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::channel::Channel;
use crate::wait::{secs, wait_for};

const LIMIT: Duration = Duration::from_secs(60);

/// A connection after its handshake.
#[derive(Debug)]
pub struct Qmp {
    channel: Channel,
    events: Vec<Value>,
}

impl Qmp {
    /// Connects as soon as QEMU listens.
    pub async fn connect(path: &Path) -> Result<Self> {
        let channel = wait_for("QMP", secs(20), async || {
            Channel::connect(path).await.map_err(|error| format!("{error:#}"))
        })
        .await?;
        let mut qmp = Self { channel, events: Vec::new() };
        qmp.channel.receive(LIMIT).await.context("no greeting")?;
        qmp.execute("qmp_capabilities", json!({})).await?;
        Ok(qmp)
    }

    /// Runs a command and answers what it returns.
    pub async fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        self.channel.send(&json!({ "execute": command, "arguments": arguments })).await?;
        loop {
            let mut message = self.channel.receive(LIMIT).await?;
            if message["event"].is_string() {
                self.events.push(message);
            } else if let Some(error) = message.get("error") {
                bail!("QMP {command}: {}", error["desc"]);
            } else {
                return Ok(message["return"].take());
            }
        }
    }

    /// Waits until a device is gone: of a stick the disk inside goes first, under a name of its own.
    pub async fn deleted(&mut self, id: &str, limit: Duration) -> Result<()> {
        let deadline = tokio::time::Instant::now() + limit;
        let gone = |event: &Value| event["event"] == "DEVICE_DELETED" && event["data"]["device"] == id;
        loop {
            if self.events.iter().any(gone) {
                self.events.retain(|event| !gone(event));
                return Ok(());
            }
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            let message = self.channel.receive(left).await.with_context(|| format!("{id} is still there"))?;
            if message["event"].is_string() {
                self.events.push(message);
            }
        }
    }
}
