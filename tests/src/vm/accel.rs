//! What runs the guest's instructions. A `/dev/kvm` proves nothing: inside another virtual machine it may
//! fail on the first instructions of a kernel, so it is tried once and the answer is kept.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::sync::OnceCell;

use super::arch::Arch;
use super::command::bare;
use crate::paths;

/// How QEMU runs the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accel {
    /// By the processor itself.
    Kvm,
    /// By translation: ten times slower, and works everywhere.
    Tcg,
}

impl Accel {
    /// Arguments of QEMU.
    pub fn arguments(self) -> [&'static str; 4] {
        match self {
            Self::Kvm => ["-accel", "kvm", "-cpu", "host"],
            Self::Tcg => ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", &Arch::current().processor],
        }
    }
}

/// The best that works here. `SIGNAGE_ACCEL=tcg` or `=kvm` decides without a trial.
pub async fn choose() -> Result<Accel> {
    static CHOICE: OnceCell<Accel> = OnceCell::const_new();
    CHOICE
        .get_or_try_init(async || match std::env::var("SIGNAGE_ACCEL").as_deref() {
            Ok("kvm") => Ok(Accel::Kvm),
            Ok("tcg") => Ok(Accel::Tcg),
            Ok(other) => anyhow::bail!("SIGNAGE_ACCEL is {other:?}; kvm and tcg are known"),
            Err(_) if !Arch::current().is_native() => Ok(Accel::Tcg),
            Err(_) => remembered().await,
        })
        .await
        .copied()
}

async fn remembered() -> Result<Accel> {
    let file = paths::target("accel");
    match std::fs::read_to_string(&file).as_deref().map(str::trim) {
        Ok("kvm") => Ok(Accel::Kvm),
        Ok("tcg") => Ok(Accel::Tcg),
        _ => {
            // Not remembered: it may be only a right that is missing, which somebody may give.
            if let Err(error) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm") {
                if error.kind() == std::io::ErrorKind::PermissionDenied {
                    eprintln!("no right to use /dev/kvm: join the group kvm to make this ten times faster");
                }
                return Ok(Accel::Tcg);
            }
            let kvm = kvm_works().await?;
            std::fs::write(&file, if kvm { "kvm\n" } else { "tcg\n" })
                .context("cannot write target/accel")?;
            Ok(if kvm { Accel::Kvm } else { Accel::Tcg })
        }
    }
}

/// Whether the kernel gets as far as our first process, which answers `probe ok` and switches off.
async fn kvm_works() -> Result<bool> {
    let image = paths::image();
    let mut command: Command = bare(Accel::Kvm);
    command.arg("-kernel").arg(image.join("vmlinuz")).arg("-initrd").arg(image.join("initrd"));
    command.args([
        "-m",
        "512",
        "-no-reboot",
        "-serial",
        "stdio",
        "-append",
        &format!("console={} panic=-1 signage.probe", Arch::current().console),
    ]);
    let child = command.stdin(Stdio::null()).kill_on_drop(true).output();
    match tokio::time::timeout(Duration::from_secs(20), child).await {
        Ok(output) => Ok(String::from_utf8_lossy(&output?.stdout).contains("probe ok")),
        Err(_) => Ok(false),
    }
}
