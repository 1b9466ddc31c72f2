//! Looks into an uploaded file with GStreamer, in a process of its own: a broken file ends this program, not the hub.
//!
//! `signage-probe FILE` prints what the file is as JSON ([`signage_protocol::probe::Report`]) and exits with 0, or says
//! on standard error why it cannot be shown and exits with 1. Anything else, a signal for instance, means that the file
//! was too much for it.

mod picture;
mod sandbox;
mod thumbnail;
mod video;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use signage_protocol::probe::Report;

/// Tell what a media file is: type, codecs, duration, size; and make a small picture of it.
#[derive(Debug, Parser)]
#[command(name = "signage-probe", version)]
struct Options {
    /// The file.
    file: PathBuf,
    /// Where the small picture goes, a JPEG of at most 320 pixels.
    #[arg(long, value_name = "FILE")]
    thumbnail: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = sandbox::enter().and_then(|()| probe(&options.file, options.thumbnail.as_deref()));
    match done.and_then(|report| serde_json::to_string(&report).context("cannot write the result")) {
        Ok(json) => {
            println!("{json}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("signage-probe: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn probe(file: &Path, thumbnail: Option<&Path>) -> Result<Report> {
    let mut head = Vec::new();
    let opened = std::fs::File::open(file).context("the file cannot be read")?;
    opened.take(16).read_to_end(&mut head).context("the file cannot be read")?;
    if head.is_empty() {
        bail!("the file has no bytes");
    }
    if picture::is_picture(&head) { picture::probe(file, thumbnail) } else { video::probe(file, thumbnail) }
}
