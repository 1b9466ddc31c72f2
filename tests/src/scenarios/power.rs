//! The power goes away at a bad moment.

use anyhow::Result;

use super::hub_away::authorized;
use super::standing;
use crate::scenario::Context;
use crate::site::Site;
use crate::vm::Config;
use crate::wait::secs;

/// A power cut right after enrolment loses nothing: without the stick the device comes back enrolled and plays.
pub async fn after_enrolment(context: &Context) -> Result<()> {
    let site = Site::new(&context.directory).await?;
    site.hub.start().await?;
    let disk = context.disk().await?;
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &disk).await?;
    vm.agent_ready(secs(60)).await?;
    authorized(&vm, 60).await?;
    vm.power_cut().await?;
    context.note("power cut");

    let vm = context.boot(&Config::default(), &disk).await?;
    vm.agent_ready(secs(60)).await?;
    authorized(&vm, 60).await?;
    context.screen_plays_all(&vm, secs(90)).await?;
    let enrolments = site.hub.enrolments().await?;
    anyhow::ensure!(enrolments.len() == 1, "it enrolled again: {enrolments:?}");
    standing::check(&vm).await
}
