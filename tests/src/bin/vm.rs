//! Boots the test image with a shell on this terminal: `vm [STICK]`. The screen is on VNC.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use signage_tests::paths;
use signage_tests::vm::{Config, Disk, interactive};

/// Boot the test image with a shell here.
#[derive(Debug, Parser)]
struct Arguments {
    /// Image of a stick to plug in.
    stick: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let directory = paths::of_arch("vm");
    std::fs::create_dir_all(&directory)?;
    let disk = Disk::fresh(&directory.join("disk.qcow2")).await?;
    let config = Config { sticks: arguments.stick.into_iter().collect(), ..Config::default() };
    let mut command = interactive(&config, &disk, &directory).await?;
    println!("The screen is on VNC port 5900 of localhost; Ctrl-A X switches the machine off.");
    // Takes the place of this process, so that the terminal is QEMU's alone.
    Err(command.as_std_mut().exec().into())
}
