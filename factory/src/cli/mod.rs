//! The command line: one file per command.
//!
//! Exit codes: 0 done, 1 not every unit is done, 2 refused or failed, 64 wrong usage.

mod check;
mod labels;
mod list;
mod output;
mod run;
mod status;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Result;
use crate::image::Image;

/// Exit code when units are left.
pub const FAILED: u8 = 1;
/// Exit code when nothing, or nothing more, was done.
pub const REFUSED: u8 = 2;
/// Exit code for wrong usage (sysexits.h, `EX_USAGE`).
pub const USAGE: u8 = 64;

/// Makes cards for screens: writes the image, proves it, and puts each unit's settings on it.
#[derive(Debug, Parser)]
#[command(name = "signage-factory", version, about, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 not every unit is done, 2 refused or failed, 64 wrong usage.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Machine-readable: one JSON value per line on standard output.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a card for every unit of a list; goes on where an earlier run ended.
    Run(Box<run::Arguments>),
    /// Look through an image and its block map, and find the place for the settings.
    Check(ImageArguments),
    /// Make the labels of the units that are done, a page for each.
    Label(labels::Arguments),
    /// Show which units are done.
    Status {
        /// Journal of the run.
        #[arg(long)]
        journal: PathBuf,
    },
    /// Make the list from which Raspberry Pi Imager offers the image.
    OsList(Box<list::Arguments>),
}

/// Which image.
#[derive(Debug, Args)]
struct ImageArguments {
    /// Image of a whole disk: plain, zstd or gzip.
    #[arg(long)]
    image: PathBuf,
    /// Its block map, as bmaptool makes it; by default the file beside it that ends with .bmap, if there is one.
    #[arg(long)]
    bmap: Option<PathBuf>,
}

impl ImageArguments {
    /// Looks through it, with a bar at a terminal.
    fn open(&self) -> Result<Image> {
        let map = self.bmap.clone().or_else(|| map_beside(&self.image));
        let total = std::fs::metadata(&self.image).map_or(0, |metadata| metadata.len());
        let bar = ProgressBar::new(total).with_style(style()).with_message("reading the image");
        let image = Image::open(&self.image, map.as_deref(), &|read| bar.set_position(read));
        bar.finish_and_clear();
        image
    }
}

/// `x.wic.zst` has `x.wic.bmap`, `x.img` has `x.img.bmap` or `x.bmap`.
fn map_beside(image: &Path) -> Option<PathBuf> {
    let unpacked = match image.extension().and_then(|extension| extension.to_str()) {
        Some("zst" | "gz") => image.with_extension(""),
        _ => image.to_owned(),
    };
    let appended = PathBuf::from(format!("{}.bmap", unpacked.display()));
    [appended, unpacked.with_extension("bmap")].into_iter().find(|path| path.is_file())
}

fn style() -> ProgressStyle {
    // A template that does not parse shows as a plain bar.
    ProgressStyle::with_template("{prefix:24!} {wide_bar} {bytes:>10}/{total_bytes:10} {eta:>4} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Cli {
    /// Does what was asked for; false when units are left.
    pub fn execute(self) -> Result<bool> {
        match self.command {
            Command::Run(arguments) => arguments.run(self.json),
            Command::Check(arguments) => check::check(&arguments, self.json),
            Command::Label(arguments) => arguments.make(self.json),
            Command::Status { journal } => status::show(&journal, self.json),
            Command::OsList(arguments) => arguments.make(),
        }
    }
}
