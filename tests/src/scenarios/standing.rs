//! What holds on every device that has started, whatever it is doing.

use anyhow::{Context as _, Result, ensure};

use crate::vm::Vm;
use crate::wait::secs;

/// Checks all of it once everything has been started.
pub async fn check(vm: &Vm) -> Result<()> {
    vm.booted(secs(90)).await?;
    let failed = vm.failed_units().await?;
    ensure!(failed.is_empty(), "failed units: {failed:?}");

    let journal = vm.journal().await?;
    let cycle = journal.lines().find(|line| line.contains("ordering cycle"));
    ensure!(cycle.is_none(), "units are ordered in a cycle: {cycle:?}");

    let options = vm.run(&["findmnt", "--noheadings", "--output", "OPTIONS", "/"]).await?;
    ensure!(options.split(',').any(|option| option.trim() == "ro"), "the root is writable: {options}");

    // Where the factory puts the settings; a device that lacks it starts all the same.
    vm.run(&["findmnt", "/boot"]).await.context("/boot is not mounted")?;

    let pid = vm.run(&["systemctl", "show", "--property=MainPID", "--value", "signage-player"]).await?;
    let owner = vm.run(&["stat", "--format=%U", &format!("/proc/{}", pid.trim())]).await?;
    ensure!(owner.trim() == "signage-player", "the player runs as {owner}");
    Ok(())
}
