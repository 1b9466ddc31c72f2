//! Storage that is broken.

use anyhow::Result;
use signage_protocol::problem::Code;

use crate::scenario::Context;
use crate::vm::Config;
use crate::wait::secs;

/// A screen whose data partition holds no file system any more says so, and does not go to a dark emergency
/// shell.
pub async fn wiped(context: &Context) -> Result<()> {
    let disk = context.disk().await?;
    disk.wipe_data().await?;
    let vm = context.boot(&Config::default(), &disk).await?;
    let code = Code::HwStorage;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), code.action()], secs(150)).await?;
    Ok(())
}
