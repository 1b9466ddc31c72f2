//! `signage-factory check`: whether an image can be used, before a line stands still.

use serde_json::json;

use super::{ImageArguments, output};
use crate::{Result, settings};

pub(super) fn check(arguments: &ImageArguments, as_json: bool) -> Result<bool> {
    let image = arguments.open()?;
    let boot = settings::place(&image)?;
    if as_json {
        output::json(&json!({
            "formatVersion": 1, "bytes": image.bytes, "writtenBytes": image.mapped_bytes(),
            "sha256": image.sha256, "bootPartition": { "start": boot.start, "bytes": boot.bytes },
        }))?;
    } else {
        let percent = image.mapped_bytes() * 100 / image.bytes;
        output::line(&format!("{}: usable", image.path().display()))?;
        output::line(&format!("  size      {} MB, {percent} % of it is written", image.bytes / 1_000_000))?;
        output::line(&format!("  sha256    {}", image.sha256))?;
        output::line(&format!("  settings  in the FAT partition at byte {}", boot.start))?;
    }
    Ok(true)
}
