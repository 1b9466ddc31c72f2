//! Child processes: run one to its end, or keep one with its output in a file.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

/// Runs a program to its end and answers its standard output; anything but exit code 0 is an error with what
/// it wrote to standard error.
pub async fn output(command: &mut Command) -> Result<Vec<u8>> {
    let shown = describe(command);
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot run {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

/// Starts a program that runs in the background; it dies with the handle. `log` gets all that it writes.
pub fn start(command: &mut Command, log: &Path) -> Result<Child> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", describe(command)))
}

/// Asks a program to end (SIGTERM) and waits for that; after `patience` it is killed, which is an error.
pub async fn stop(child: &mut Child, patience: Duration) -> Result<()> {
    let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) else {
        return Ok(());
    };
    kill_process(pid, Signal::TERM).context("cannot signal a child")?;
    if tokio::time::timeout(patience, child.wait()).await.is_err() {
        child.kill().await?;
        bail!("a child did not end within {} s of SIGTERM and was killed", patience.as_secs());
    }
    Ok(())
}

fn describe(command: &Command) -> String {
    command.as_std().get_program().to_string_lossy().into_owned()
}
