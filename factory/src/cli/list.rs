//! `signage-factory os-list`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::{ImageArguments, output};
use crate::os_list::{self, About, Board};
use crate::{Error, Result};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    image: ImageArguments,
    /// Board that the image is for.
    #[arg(long)]
    board: Board,
    /// Where the image file will be had.
    #[arg(long)]
    url: String,
    /// Where its icon will be had (PNG, 40 x 40 pixels).
    #[arg(long)]
    icon: String,
    /// Name that people choose it by.
    #[arg(long, default_value = "Signage player")]
    name: String,
    /// One sentence about it.
    #[arg(long, default_value = "Digital signage player; settings by USB stick, pairing or factory file")]
    description: String,
    /// Day of the release, such as 2026-11-24.
    #[arg(long)]
    release_date: Date,
    /// File to write; standard output without it.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn make(&self) -> Result<bool> {
        let about = About {
            name: self.name.clone(),
            description: self.description.clone(),
            icon: self.icon.clone(),
            url: self.url.clone(),
            release_date: self.release_date,
            board: self.board,
        };
        let list = os_list::list(&self.image.open()?, &about)?;
        match &self.out {
            None => output::json(&list)?,
            Some(path) => {
                let text =
                    serde_json::to_vec_pretty(&list).map_err(|error| Error::write(path)(error.into()))?;
                std::fs::write(path, text).map_err(Error::write(path))?;
            }
        }
        Ok(true)
    }
}
