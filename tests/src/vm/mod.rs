//! A virtual machine with the test image, and what can be done to it from outside.

pub mod accel;
mod agent;
pub mod arch;
mod channel;
mod command;
mod config;
mod guest;
pub mod pi;
mod qmp;

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::process;
use crate::wait::{secs, wait_for};
use agent::Agent;
pub use agent::Output;
use command::Console;
pub use config::{Config, Disk, Network};
use qmp::Qmp;

/// A machine that is switched on. Dropping it pulls the plug.
#[derive(Debug)]
pub struct Vm {
    /// When the power came.
    pub started: Instant,
    process: Mutex<Child>,
    qmp: Mutex<Qmp>,
    agent: Mutex<Agent>,
    plugged: AtomicUsize,
    screen: (u32, u32),
}

impl Vm {
    /// Switches on a machine with `disk`. Sockets and the log of the serial console (`serial.log`, appended)
    /// go into `directory`.
    pub async fn start(config: &Config, disk: &Disk, directory: &Path) -> Result<Self> {
        let sockets = command::Sockets::in_directory(directory);
        sockets.remove()?;
        let serial = directory.join("serial.log");
        let mut command =
            command::qemu(config, &disk.0, Console::File(&serial), &sockets, accel::choose().await?);
        let process = process::start(&mut command, &directory.join("qemu.log"))?;
        let started = Instant::now();
        let qmp = Qmp::connect(&sockets.qmp)
            .await
            .with_context(|| format!("QEMU does not start, see {}", directory.join("qemu.log").display()))?;
        Ok(Self {
            started,
            process: Mutex::new(process),
            qmp: Mutex::new(qmp),
            agent: Mutex::new(Agent::new(sockets.agent)),
            plugged: AtomicUsize::new(config.sticks.len()),
            screen: config.screen,
        })
    }

    /// Waits until commands can be run inside.
    pub async fn agent_ready(&self, limit: Duration) -> Result<()> {
        wait_for("the guest agent", limit, async || {
            self.agent.lock().await.ping().await.map_err(|error| format!("{error:#}"))
        })
        .await
    }

    /// Waits until systemd has nothing left to start. `degraded` is an answer too; [`Vm::failed_units`] tells.
    pub async fn booted(&self, limit: Duration) -> Result<()> {
        self.agent_ready(limit).await?;
        wait_for("multi-user", limit, async || {
            let output = self.try_run(&["systemctl", "is-system-running"]).await;
            match output.map(|output| output.stdout.trim().to_owned()) {
                Ok(state) if state == "running" || state == "degraded" => Ok(()),
                Ok(state) => Err(state),
                Err(error) => Err(format!("{error:#}")),
            }
        })
        .await
    }

    /// Runs a command inside and answers what it wrote and how it ended.
    pub async fn try_run(&self, command: &[&str]) -> Result<Output> {
        self.agent.lock().await.run(command).await
    }

    /// Runs a command inside that has to succeed, and answers its standard output.
    pub async fn run(&self, command: &[&str]) -> Result<String> {
        let output = self.try_run(command).await?;
        anyhow::ensure!(
            output.code == 0,
            "{command:?} in the guest: exit {}: {}",
            output.code,
            output.stderr.trim()
        );
        Ok(output.stdout)
    }

    /// Takes a picture of the screen.
    pub async fn screenshot(&self, png: &Path) -> Result<()> {
        let arguments = json!({ "filename": png, "format": "png", "device": command::SCREEN });
        self.qmp.lock().await.execute("screendump", arguments).await.map(drop)
    }

    /// The size that a picture has while something is shown.
    pub fn screen_size(&self) -> (u32, u32) {
        self.screen
    }

    /// Plugs a stick in; the answer is its handle for [`Vm::unplug_stick`].
    pub async fn plug_stick(&self, image: &Path) -> Result<String> {
        self.plug(|id| command::stick_drive(id, image)).await
    }

    /// Plugs a stick in of which these sectors of 512 bytes cannot be read.
    pub async fn plug_worn_stick(&self, image: &Path, sectors: Range<u64>) -> Result<String> {
        self.plug(|id| command::worn_stick_drive(id, image, sectors)).await
    }

    /// Plugs a stick in that cannot be written to.
    pub async fn plug_protected_stick(&self, image: &Path) -> Result<String> {
        self.plug(|id| command::protected_stick_drive(id, image)).await
    }

    async fn plug(&self, drive: impl FnOnce(&str) -> serde_json::Value) -> Result<String> {
        let id = command::stick_id(self.plugged.fetch_add(1, Ordering::Relaxed));
        let mut qmp = self.qmp.lock().await;
        qmp.execute("blockdev-add", drive(&id)).await?;
        qmp.execute("device_add", command::stick_device(&id)).await?;
        Ok(id)
    }

    /// Pulls a stick out. Those present at boot are `stick0`, `stick1` and so on.
    pub async fn unplug_stick(&self, id: &str) -> Result<()> {
        let mut qmp = self.qmp.lock().await;
        qmp.execute("device_del", json!({ "id": id })).await?;
        qmp.deleted(id, secs(20)).await?;
        // A transfer that was under way holds the medium for a moment longer.
        wait_for("the medium to be let go", secs(20), async || {
            let drive = json!({ "node-name": format!("{id}-drive") });
            qmp.execute("blockdev-del", drive).await.map(drop).map_err(|error| format!("{error:#}"))
        })
        .await
    }

    /// Pulls the plug.
    pub async fn power_cut(&self) -> Result<()> {
        self.process.lock().await.kill().await.context("cannot kill QEMU")
    }

    /// Presses the power button and waits until the machine is off.
    pub async fn shutdown(&self, limit: Duration) -> Result<()> {
        self.qmp.lock().await.execute("system_powerdown", json!({})).await?;
        let mut process = self.process.lock().await;
        let ended = tokio::time::timeout(limit, process.wait()).await;
        ended.with_context(|| {
            format!("the machine is not off {} s after the power button", limit.as_secs())
        })??;
        Ok(())
    }

    /// Restarts the system from inside and waits until the new boot can run commands.
    pub async fn reboot(&self, limit: Duration) -> Result<()> {
        const BOOT_ID: &[&str] = &["cat", "/proc/sys/kernel/random/boot_id"];
        let before = self.run(BOOT_ID).await?;
        self.run(&["systemctl", "--no-block", "reboot"]).await?;
        wait_for("a new boot", limit, async || match self.run(BOOT_ID).await {
            Ok(now) if now != before => Ok(()),
            Ok(_) => Err("still the old boot".to_owned()),
            Err(error) => Err(format!("{error:#}")),
        })
        .await
    }
}

/// The command line of a machine whose serial console is this terminal and whose screen is offered by VNC.
pub async fn interactive(config: &Config, disk: &Disk, directory: &Path) -> Result<Command> {
    let sockets = command::Sockets::in_directory(directory);
    sockets.remove()?;
    let mut command = command::qemu(config, &disk.0, Console::Terminal, &sockets, accel::choose().await?);
    command.args(["-vnc", "localhost:0"]);
    Ok(command)
}
