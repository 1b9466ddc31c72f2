//! What a machine is made of, and its disk.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
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
    /// Images of more disks, which are only read.
    pub disks: Vec<PathBuf>,
    /// A directory of this machine that is offered to the guest under the name `checkout`, to read.
    pub share: Option<PathBuf>,
    /// Names and values of systemd credentials, as a hypervisor gives them.
    pub credentials: Vec<(String, String)>,
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
            disks: Vec::new(),
            share: None,
            credentials: Vec::new(),
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

    /// As if it were a card that is larger by so many bytes.
    pub async fn enlarge(&self, bytes: u64) -> Result<()> {
        let mut resize = Command::new("qemu-img");
        process::output(resize.args(["resize", "-q"]).arg(&self.0).arg(format!("+{bytes}"))).await.map(drop)
    }

    /// Destroys the file system of the data partition, as a worn-out card does.
    pub async fn wipe_data(&self) -> Result<()> {
        let (start, size) = partition("data").await?;
        // All of it: a copy of the superblock anywhere would be enough for fsck to start from.
        self.io(&format!("write -z {start} {size}")).await
    }

    /// Puts a file on the boot partition, as the factory does. `directory` is for files in between.
    pub async fn put_on_boot(&self, name: &str, bytes: &[u8], directory: &Path) -> Result<()> {
        let (start, size) = partition("boot").await?;
        let (image, source) = (directory.join("boot.img"), directory.join("boot.file"));
        let mut read = Command::new("dd");
        read.args(["bs=1M", "status=none", "iflag=skip_bytes,count_bytes", "conv=sparse"]);
        read.args([format!("skip={start}"), format!("count={size}")]);
        read.arg(format!("if={}", paths::image().join("disk.img").display()));
        process::output(read.arg(format!("of={}", image.display()))).await?;
        std::fs::write(&source, bytes)?;
        let mut copy = Command::new("mcopy");
        process::output(copy.arg("-i").arg(&image).arg(&source).arg(format!("::{name}"))).await?;
        self.io(&format!("write -s {} {start} {size}", image.display())).await?;
        std::fs::remove_file(&source)?;
        Ok(std::fs::remove_file(&image)?)
    }

    async fn io(&self, command: &str) -> Result<()> {
        let mut io = Command::new("qemu-io");
        process::output(io.args(["-f", "qcow2", "-c", command]).arg(&self.0)).await.map(drop)
    }
}

/// Where a partition of the test image begins and how large it is, in bytes.
async fn partition(name: &str) -> Result<(u64, u64)> {
    let mut list = Command::new("/sbin/sfdisk");
    list.arg("--json").arg(paths::image().join("disk.img"));
    let table: serde_json::Value = serde_json::from_slice(&process::output(&mut list).await?)?;
    let partitions = table["partitiontable"]["partitions"].as_array();
    let found = partitions.into_iter().flatten().find(|partition| partition["name"] == name);
    let found = found.with_context(|| format!("the disk has no partition called {name}"))?;
    let bytes = |field: &str| found[field].as_u64().unwrap_or_default() * 512;
    Ok((bytes("start"), bytes("size")))
}
