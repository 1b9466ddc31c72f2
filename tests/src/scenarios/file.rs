//! Sticks with a wrong file, and how soon the screen says so.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use signage_protocol::problem::Code;

use crate::scenario::Context;
use crate::site::FILE;
use crate::stick::Stick;
use crate::vm::{Config, Vm};
use crate::wait::{secs, wait_for};

/// Broken JSON is shown with line and column. A comma is missing at the end of line 2, so the parser stumbles
/// over the first character after it.
pub async fn broken(context: &Context) -> Result<()> {
    let text = "{\n  \"version\": 1\n  \"device\": { \"name\": \"Lobby\" }\n}\n";
    let stick = Stick::fat32().file(FILE, text).build(&context.directory.join("stick.img")).await?;
    let config = Config { sticks: vec![stick], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    let code = Code::CfgSyntax;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), "line 3", "column 3"], secs(90)).await?;
    vm.agent_ready(secs(60)).await?;
    let status = vm.status().await?;
    ensure!(status.problem_code == code.as_str(), "{status:?}");
    Ok(())
}

/// From plugging a stick in to its verdict on the screen, as a multiple of what the kernel alone needs from the
/// new device to the block device. Measured three times, and noted: what a busy machine takes is no mistake.
pub async fn plug_to_verdict(context: &Context) -> Result<()> {
    let vm = context.boot(&Config::default(), &context.disk().await?).await?;
    context.screen_shows(&vm, &[Code::UsbNone.as_str()], secs(90)).await?;
    vm.booted(secs(120)).await?;
    for round in 0..3 {
        // A mistake of its own each time, so that the screen has something new to say.
        let text = format!("{}}}", " ".repeat(round));
        let image = context.directory.join("stick.img");
        let stick = Stick::fat32().file(FILE, text).build(&image).await?;
        let before = context.glance(&vm).await?;
        let plugged = Instant::now();
        let id = vm.plug_stick(&stick).await?;
        wait_for("a verdict on the screen", secs(30), async || {
            let now = context.glance(&vm).await.map_err(|error| format!("{error:#}"))?;
            if now.difference(&before) > 0.001 { Ok(()) } else { Err("the same picture".into()) }
        })
        .await?;
        let (verdict, kernel) = (plugged.elapsed().as_secs_f64(), kernel_time(&vm).await?);
        let ratio = verdict / kernel;
        context.note(&format!(
            "verdict after {verdict:.2} s, block device after {kernel:.2} s: {ratio:.2} times"
        ));
        vm.unplug_stick(&id).await?;
        std::fs::remove_file(&image)?;
        // Until the kernel has let go of the stick.
        tokio::time::sleep(secs(2)).await;
    }
    Ok(())
}

/// Seconds from the newest USB device to its block device, by the kernel's own log.
async fn kernel_time(vm: &Vm) -> Result<f64> {
    let log = vm.run(&["journalctl", "--dmesg", "--no-pager", "--output=short-monotonic"]).await?;
    let newest = |text: &str| -> Option<f64> {
        let line = log.lines().rfind(|line| line.contains(text))?;
        line.trim_start_matches('[').split(']').next()?.trim().parse().ok()
    };
    let device = newest("USB device number").context("the kernel saw no USB device")?;
    let block = newest("Attached SCSI").context("the kernel made no block device")?;
    Ok(block - device)
}
