//! A device that nobody has told anything.

use anyhow::Result;
use signage_protocol::problem::Code;

use super::standing;
use crate::scenario::Context;
use crate::vm::Config;
use crate::wait::secs;

/// Without a stick the screen says what to do.
pub async fn no_stick(context: &Context) -> Result<()> {
    let vm = context.boot(&Config::default(), &context.disk().await?).await?;
    let code = Code::UsbNone;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), code.action()], secs(90)).await?;
    context.note("the screen says what to do");
    standing::check(&vm).await
}
