//! From a stick to content on the screen.

use anyhow::{Result, ensure};

use super::standing;
use crate::scenario::Context;
use crate::site::{FIXED_ADDRESS, HOSTNAME, SCREEN, Site, TIMEZONE};
use crate::vm::{Config, Vm};
use crate::wait::secs;
use signage_protocol::bus::Phase;
use signage_protocol::problem::Code;
use signage_protocol::verdict::Outcome;

/// A stick that is there at boot leads to content on a healthy system.
pub async fn stick_at_boot(context: &Context) -> Result<()> {
    let site = Site::new(&context.directory).await?;
    site.hub.start().await?;
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    context.screen_plays(&vm, secs(120)).await?;
    context.note("content plays");
    context.screen_plays_all(&vm, secs(40)).await?;
    settings_hold(&vm, "10.0.2.15").await?;
    let verdict = site.verdict_is(Outcome::Applied).await?;
    ensure!(verdict.problem.is_none() && verdict.device_name.as_deref() == Some(SCREEN), "{verdict:?}");
    standing::check(&vm).await
}

/// A stick that is plugged in later leads to content. This one has a partition table, as most have,
/// and gives the screen a fixed address.
pub async fn stick_later(context: &Context) -> Result<()> {
    let mut site = Site::new(&context.directory).await?;
    site.use_fixed_address();
    site.hub.start().await?;
    let vm = context.boot(&Config::default(), &context.disk().await?).await?;
    context.screen_shows(&vm, &[Code::UsbNone.as_str()], secs(90)).await?;
    let stick = vm.plug_stick(&site.partitioned_stick().await?).await?;
    context.note("stick plugged in");
    context.screen_plays(&vm, secs(60)).await?;
    context.note("content plays");
    settings_hold(&vm, FIXED_ADDRESS).await?;
    site.verdict_is(Outcome::Applied).await?;
    vm.unplug_stick(&stick).await?;
    context.note("stick pulled out");
    context.screen_plays_all(&vm, secs(40)).await
}

/// The settings of the stick are those of the system, and the provisioner says where it stands.
async fn settings_hold(vm: &Vm, address: &str) -> Result<()> {
    let hostname = vm.run(&["hostname"]).await?;
    ensure!(hostname.trim() == HOSTNAME, "the host name is {hostname}");
    let timezone = vm.run(&["timedatectl", "show", "--property=Timezone", "--value"]).await?;
    ensure!(timezone.trim() == TIMEZONE, "the time zone is {timezone}");
    let status = vm.status().await?;
    ensure!(status.phase() == Phase::Authorized, "{status:?}");
    ensure!(status.device_name == SCREEN, "{status:?}");
    ensure!(status.problem_code.is_empty(), "{status:?}");
    ensure!(status.address == address, "{status:?}");
    Ok(())
}
