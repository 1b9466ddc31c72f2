//! What a machine is made of, and its disk.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use crate::{paths, process};

/// What a machine is made of. The defaults are a screen of 1280x720, a network and no stick.
#[derive(Debug, Clone)]
pub struct Config {
    /// Main memory in MiB.
    pub memory: u32,
    /// Pixels of the screen.
    pub screen: (u32, u32),
    /// Each is a network card on a network of its own, where the host is 10.0.2.2.
    pub networks: Vec<Network>,
    /// Images of the sticks that are plugged in when the power comes.
    pub sticks: Vec<PathBuf>,
    /// More for the kernel's command line.
    pub append: String,
}

/// What a network card is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The host and, through it, whatever the host reaches.
    Open,
    /// An address and nothing behind it.
    Isolated,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            memory: 1024,
            screen: (1280, 720),
            networks: vec![Network::Open],
            sticks: Vec::new(),
            append: String::new(),
        }
    }
}

/// The disk of one device: a layer over the test image, so that it outlives a machine without touching the
/// image.
#[derive(Debug, Clone)]
pub struct Disk(pub(super) PathBuf);

impl Disk {
    /// A disk just as the factory wrote it.
    pub async fn fresh(path: &Path) -> Result<Self> {
        let image = paths::image().join("disk.img");
        let mut command = Command::new("qemu-img");
        command.args(["create", "-q", "-f", "qcow2", "-F", "raw", "-b"]).arg(image).arg(path);
        process::output(&mut command).await?;
        Ok(Self(path.to_owned()))
    }
}
