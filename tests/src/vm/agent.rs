//! Commands inside the guest, through its agent on a virtio serial port.
//!
//! The port knows no sessions: after a reboot or a lost answer both sides first agree on a number
//! (`guest-sync`), which throws away whatever was under way.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::channel::Channel;

/// How long one question to the agent may take. A long command is many questions.
const LIMIT: Duration = Duration::from_secs(10);
/// Between two questions whether a command has ended: each one costs the guest time.
const INTERVAL: Duration = Duration::from_millis(50);

/// What a command in the guest wrote and how it ended.
#[derive(Debug, Clone)]
pub struct Output {
    /// Exit code; -1 after a signal.
    pub code: i64,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The agent, whether it answers or not.
#[derive(Debug)]
pub struct Agent {
    socket: PathBuf,
    channel: Option<Channel>,
    syncs: u64,
}

impl Agent {
    /// An agent that was not asked yet.
    pub fn new(socket: PathBuf) -> Self {
        Self { socket, channel: None, syncs: 0 }
    }

    /// Whether it answers.
    pub async fn ping(&mut self) -> Result<()> {
        self.call("guest-ping", json!({})).await.map(drop)
    }

    /// Runs a command and waits for its end.
    pub async fn run(&mut self, command: &[&str]) -> Result<Output> {
        let (program, arguments) = command.split_first().context("no command")?;
        let exec = json!({ "path": program, "arg": arguments, "capture-output": true });
        let pid = self.call("guest-exec", exec).await?["pid"].clone();
        loop {
            let status = self.call("guest-exec-status", json!({ "pid": pid })).await?;
            if status["exited"] == true {
                return Ok(Output {
                    code: status["exitcode"].as_i64().unwrap_or(-1),
                    stdout: text(&status["out-data"]),
                    stderr: text(&status["err-data"]),
                });
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    async fn call(&mut self, command: &str, arguments: Value) -> Result<Value> {
        // Taken out for the time of the exchange: whoever stops waiting in between leaves no half answer.
        let mut channel = match self.channel.take() {
            Some(channel) => channel,
            None => self.synced().await?,
        };
        channel.send(&json!({ "execute": command, "arguments": arguments })).await?;
        let mut answer = channel.receive(LIMIT).await.with_context(|| format!("guest agent, {command}"))?;
        self.channel = Some(channel);
        if let Some(error) = answer.get("error") {
            bail!("guest agent, {command}: {}", error["desc"]);
        }
        Ok(answer["return"].take())
    }

    async fn synced(&mut self) -> Result<Channel> {
        let mut channel = Channel::connect(&self.socket).await.context("guest agent")?;
        self.syncs += 1;
        channel.send(&json!({ "execute": "guest-sync", "arguments": { "id": self.syncs } })).await?;
        loop {
            let answer = channel.receive(Duration::from_secs(3)).await.context("guest agent")?;
            if answer["return"] == self.syncs {
                return Ok(channel);
            }
        }
    }
}

fn text(base64: &Value) -> String {
    let bytes = base64.as_str().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
