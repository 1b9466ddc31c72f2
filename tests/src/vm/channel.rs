//! JSON values over a socket, one a line: what QMP and the guest agent have in common.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::arch::Arch;

/// An open socket.
#[derive(Debug)]
pub struct Channel {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

impl Channel {
    /// Connects.
    pub async fn connect(path: &Path) -> Result<Self> {
        let stream = UnixStream::connect(path).await?;
        let (read, write) = stream.into_split();
        Ok(Self { read: BufReader::new(read), write })
    }

    /// Writes one value.
    pub async fn send(&mut self, value: &Value) -> Result<()> {
        let mut line = value.to_string();
        line.push('\n');
        self.write.write_all(line.as_bytes()).await.context("cannot write to QEMU")
    }

    /// Reads the next value that is JSON; a partial line left over by an interrupted exchange is skipped.
    pub async fn receive(&mut self, limit: Duration) -> Result<Value> {
        let read = async {
            loop {
                let mut line = Vec::new();
                if self.read.read_until(b'\n', &mut line).await.context("cannot read from QEMU")? == 0 {
                    bail!("QEMU closed the connection");
                }
                if let Ok(value) = serde_json::from_slice(&line) {
                    return Ok(value);
                }
            }
        };
        let limit = limit * Arch::current().patience;
        tokio::time::timeout(limit, read)
            .await
            .unwrap_or_else(|_| bail!("no answer in {} s", limit.as_secs()))
    }
}
