//! The hub is down when it is needed.

use std::time::Instant;

use anyhow::{Result, ensure};
use signage_protocol::bus::Phase;
use signage_protocol::problem::Code;

use crate::scenario::Context;
use crate::site::Site;
use crate::vm::arch::Arch;
use crate::vm::{Config, Vm};
use crate::wait::{secs, wait_for};

/// Enrolment ends within 10 s of the hub coming back.
pub async fn at_boot(context: &Context) -> Result<()> {
    let site = Site::new(&context.directory).await?;
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    let code = Code::HubUnreachable;
    context.screen_shows(&vm, &[code.as_str(), code.cause()], secs(120)).await?;
    vm.booted(secs(90)).await?;
    site.hub.start().await?;
    let back = Instant::now();
    context.note("the hub is back");
    authorized(&vm, 60).await?;
    let seconds = back.elapsed().as_secs_f64();
    context.note("authorized");
    // What was promised, on this machine at least.
    let arch = Arch::current();
    let limit = 10.0 * if arch.is_native() { 1.0 } else { f64::from(arch.patience) };
    ensure!(seconds <= limit, "enrolment ended {seconds:.1} s after the hub came back");
    context.screen_plays(&vm, secs(60)).await.map(drop)
}

/// Content plays from the store while the hub is down.
pub async fn after_reboot(context: &Context) -> Result<()> {
    let site = Site::new(&context.directory).await?;
    site.hub.start().await?;
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    context.screen_plays_all(&vm, secs(120)).await?;
    site.hub.stop().await?;
    vm.unplug_stick("stick0").await?;
    vm.reboot(secs(90)).await?;
    context.note("rebooted with the hub down and without the stick");
    context.screen_plays_all(&vm, secs(90)).await
}

/// Waits until the device may play.
pub async fn authorized(vm: &Vm, limit: u64) -> Result<()> {
    wait_for("authorized", secs(limit), async || match vm.status().await {
        Ok(status) if status.phase() == Phase::Authorized => Ok(()),
        Ok(status) => Err(format!("{status:?}")),
        Err(error) => Err(format!("{error:#}")),
    })
    .await
}
