//! `signage-hub backup` and `signage-hub restore`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::output;
use crate::blobs::Blobs;
use crate::serve::open;
use crate::{Result, backup};

#[derive(Debug, Args)]
pub struct Backup {
    /// Directory to make. It holds the keys of the accounts: keep it as safe as the hub.
    target: PathBuf,
    /// Copy the content as well when it lies in a bucket. A hub restored from such a copy keeps it in its directory.
    #[arg(long)]
    with_content: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let blobs = Blobs::open(&directory)?;
        let made = backup::make(&directory, &store, &blobs, &self.target, self.with_content).await?;
        if self.json {
            return output::json(&json!({
                "path": self.target, "files": made.files, "bytes": made.bytes, "content": made.content,
            }));
        }
        let target = self.target.display();
        output::line(&format!(
            "Copied to {target}: the database, {} files, {} bytes",
            made.files, made.bytes
        ))?;
        if made.content {
            return Ok(());
        }
        output::line(&format!(
            "The content stays in the {}, which needs a backup of its own; --with-content copies it too",
            blobs.place()
        ))
    }
}

/// A backup that becomes a hub.
#[derive(Debug, Args)]
pub struct Restore {
    /// Directory that a backup made.
    source: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let made = backup::restore(&self.source, data_dir).await?;
        if self.json {
            return output::json(&json!({ "path": data_dir, "files": made.files, "bytes": made.bytes }));
        }
        let target = data_dir.display();
        output::line(&format!(
            "Restored to {target}: the database, {} files, {} bytes",
            made.files, made.bytes
        ))
    }
}
