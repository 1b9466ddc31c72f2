//! USB sticks as image files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use signage_protocol::verdict::{self, Verdict};
use tokio::process::Command;

use crate::process;

const MIB: u64 = 1 << 20;
/// FAT32 needs at least 65525 clusters; with one sector each that is a little over 32 MiB.
const FILE_SYSTEM: u64 = 36 * MIB;

/// A stick that is being put together.
#[derive(Debug, Clone, Default)]
pub struct Stick {
    files: Vec<(String, Vec<u8>)>,
    partitioned: bool,
}

impl Stick {
    /// An empty stick, FAT32 without a partition table, as many are sold.
    pub fn fat32() -> Self {
        Self::default()
    }

    /// Puts the file system into a partition of an MBR table.
    pub fn partitioned(mut self) -> Self {
        self.partitioned = true;
        self
    }

    /// Adds a file to the top folder.
    pub fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    /// Writes the image.
    pub async fn build(self, path: &Path) -> Result<PathBuf> {
        let start = if self.partitioned { MIB } else { 0 };
        let image = std::fs::File::create(path).with_context(|| path.display().to_string())?;
        image.set_len(start + FILE_SYSTEM)?;
        if self.partitioned {
            let table = "printf 'start=1MiB, type=c\\n' | sfdisk --quiet --label dos \"$0\"";
            process::output(tool("sh").args(["-c", table]).arg(path)).await?;
        }
        let mut format = tool("mkfs.vfat");
        let sectors = start / 512;
        format.args(["-F", "32", "-s", "1", "-n", "SIGNAGE", "--offset", &sectors.to_string()]).arg(path);
        format.arg((FILE_SYSTEM / 1024).to_string());
        process::output(&mut format).await?;

        let source = path.with_extension("file");
        for (name, bytes) in &self.files {
            std::fs::write(&source, bytes)?;
            let image = format!("{}@@{start}", path.display());
            process::output(tool("mcopy").args(["-i", &image]).arg(&source).arg(format!("::{name}"))).await?;
            std::fs::remove_file(&source)?;
        }
        Ok(path.to_owned())
    }
}

/// A program that may lie where only root looks by itself.
fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

/// The verdict that a screen left on a stick; `None` while there is none.
pub async fn verdict(image: &Path) -> Result<Option<Verdict>> {
    for start in [0, MIB] {
        let drive = format!("{}@@{start}", image.display());
        let read = tool("mtype").args(["-i", &drive, &format!("::{}", verdict::FILE_NAME)]).output().await?;
        if read.status.success() {
            return Ok(Some(serde_json::from_slice(&read.stdout).context("the verdict is not one")?));
        }
    }
    Ok(None)
}
