//! A device that nobody has told anything.

use anyhow::{Result, ensure};
use signage_protocol::problem::Code;

use super::standing;
use crate::scenario::Context;
use crate::vm::Config;
use crate::wait::secs;

/// How much larger than the image the card is.
const MORE: u64 = 2 << 30;

/// Without a stick the screen says what to do. All of a card that is larger than the image is used.
pub async fn no_stick(context: &Context) -> Result<()> {
    let disk = context.disk().await?;
    disk.enlarge(MORE).await?;
    let vm = context.boot(&Config::default(), &disk).await?;
    let code = Code::UsbNone;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), code.action()], secs(90)).await?;
    context.note("the screen says what to do");
    standing::check(&vm).await?;
    let size = vm.run(&["findmnt", "--noheadings", "--bytes", "--output", "SIZE", "/data"]).await?;
    // The file system itself takes a little.
    ensure!(size.trim().parse::<u64>()? > MORE, "/data has {size} bytes on a card that is {MORE} larger");
    Ok(())
}
