//! Sticks with a wrong file.

use anyhow::{Result, ensure};
use signage_protocol::problem::Code;

use crate::scenario::Context;
use crate::site::FILE;
use crate::stick::Stick;
use crate::vm::Config;
use crate::wait::secs;

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
