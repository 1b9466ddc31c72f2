//! A card as it leaves the factory, in a Raspberry Pi 3: the way from U-Boot to our programs.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::scenario::Context;
use crate::vm::pi::Pi;
use crate::wait::{secs, wait_for};
use crate::{paths, process};

/// Where the boot partition begins.
const BOOT: &str = "@@4M";

/// What systemd still has to start.
const JOBS: &str = "echo jobs=$(systemctl list-jobs --no-legend --no-pager | awk '{ printf \"%s,\", $2 }')";

/// U-Boot's last words.
const KERNEL: &str = "Starting kernel";

/// What U-Boot says of a slot without a file system.
const EMPTY: &str = "Can't set block device";

/// U-Boot starts the first slot and counts; three starts after which nobody found the system good lead to the second
/// slot, where there is nothing yet; when all tries are used up it begins again with the first one.
pub async fn starts(context: &Context) -> Result<()> {
    let card = context.directory.join("card.img");
    let mut copy = Command::new("cp");
    process::output(copy.arg(paths::image().join("card.img")).arg(&card)).await?;

    let mut pi = Pi::start(&card, &context.directory).await?;
    context.note("power on");
    pi.says("root@", 1, secs(200)).await?;
    context.note("a shell");
    let arguments = pi.run("cat /proc/cmdline", secs(10)).await?;
    ensure!(arguments.contains("rauc.slot=A"), "started with {arguments}");
    // The player waits for a display, which Linux does not find here; nothing else is left to start.
    let jobs = wait_for("the system", secs(100), async || {
        let jobs = pi.run(JOBS, secs(20)).await.map_err(|error| format!("{error:#}"))?;
        if jobs.contains("jobs=signage-player.service,") { Ok(()) } else { Err(jobs) }
    });
    jobs.await?;
    for (place, device) in [("/", "mmcblk0p3"), ("/boot", "mmcblk0p1"), ("/data", "mmcblk0p5")] {
        // By looking: some of them are mounted at first use.
        let source = pi.run(&format!("ls {place} >/dev/null; findmnt -no SOURCE {place}"), secs(20)).await?;
        ensure!(source.contains(device), "{place} is {source}");
    }
    // The card is larger than what was written to it.
    pi.run("test $(findmnt -bno SIZE /data) -gt $((3 << 30))", secs(20)).await?;
    pi.run("systemctl is-active signage-provisioner", secs(20)).await?;
    let failed = pi.run("systemctl --failed --quiet --no-pager --plain", secs(20)).await?;
    ensure!(!failed.contains("failed"), "{failed}");
    pi.power_cut().await?;
    ensure!(tries(&card).await? == ("2".into(), "3".into()), "{:?}", tries(&card).await?);

    for left in ["1", "0"] {
        let pi = Pi::start(&card, &context.directory).await?;
        pi.says(KERNEL, 1, secs(100)).await?;
        pi.power_cut().await?;
        context.note("the power goes before the system is up");
        ensure!(tries(&card).await? == (left.into(), "3".into()), "{:?}", tries(&card).await?);
    }

    let pi = Pi::start(&card, &context.directory).await?;
    pi.says(EMPTY, 3, secs(200)).await?;
    pi.says(KERNEL, 1, secs(200)).await?;
    pi.power_cut().await?;
    context.note("nothing in the second slot: the first one again");
    ensure!(tries(&card).await? == ("2".into(), "3".into()), "{:?}", tries(&card).await?);
    Ok(std::fs::remove_file(&card)?)
}

/// How many tries U-Boot's environment leaves to the slots, as it stands on the card.
async fn tries(card: &Path) -> Result<(String, String)> {
    let mut read = Command::new("mcopy");
    read.arg("-i").arg(format!("{}{BOOT}", card.display())).args(["::/uboot.env", "-"]);
    let environment = String::from_utf8_lossy(&process::output(&mut read).await?).into_owned();
    let value = |name: &str| {
        let found = environment.split('\0').find_map(|entry| entry.split_once(name)?.1.strip_prefix('='));
        found.map(str::to_owned).with_context(|| format!("no {name} in {environment:?}"))
    };
    Ok((value("BOOT_A_LEFT")?, value("BOOT_B_LEFT")?))
}
