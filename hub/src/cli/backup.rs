//! `signage-hub backup` and `signage-hub restore`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use signage_protocol::problem::Code;

use super::output;
use crate::backup::{Restored, Wanted};
use crate::blobs::Blobs;
use crate::serve::open;
use crate::vault::key;
use crate::{Result, backup};

#[derive(Debug, Args)]
pub struct Backup {
    /// Directory to make. It holds the key of the hub's CA and all that the hub knows: keep it safe.
    target: PathBuf,
    /// Copy the content as well when it lies in a bucket. A hub restored from such a copy keeps it in its directory.
    #[arg(long)]
    with_content: bool,
    /// Copy the key of the hub's secrets as well. Whoever has such a copy can be the hub; without, keep the key elsewhere.
    #[arg(long)]
    with_key: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let blobs = Blobs::open(&directory)?;
        let wanted = Wanted { content: self.with_content, key: self.with_key };
        let made = backup::make(&directory, &store, &blobs, &self.target, wanted).await?;
        let vault = store.vault();
        if self.json {
            return output::json(&json!({
                "path": self.target, "files": made.files, "bytes": made.bytes, "content": made.content,
                "key": { "id": vault.id(), "path": vault.path(), "copied": self.with_key },
            }));
        }
        let target = self.target.display();
        output::line(&format!(
            "Copied to {target}: the database, {} files, {} bytes",
            made.files, made.bytes
        ))?;
        output::line(&match self.with_key {
            true => "The key of the secrets is in it: whoever has this copy can be the hub".to_owned(),
            false => format!(
                "The secrets in it are sealed with the key {}, which is not in it: keep a copy of {} elsewhere, since no \
                 hub starts without it",
                vault.id(),
                vault.path().display()
            ),
        })?;
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
        let Restored { made, missing_key } = backup::restore(&self.source, data_dir, None).await?;
        if self.json {
            return output::json(&json!({
                "path": data_dir, "files": made.files, "bytes": made.bytes, "missingKey": missing_key,
            }));
        }
        let target = data_dir.display();
        output::line(&format!(
            "Restored to {target}: the database, {} files, {} bytes",
            made.files, made.bytes
        ))?;
        match missing_key {
            Some(id) => output::line(&format!(
                "The key of its secrets is not in the backup: {}. Put the file with the key {id} at {} (mode 0600), or name \
                 it with --secret-key; the hub does not start before",
                Code::KeyMissing,
                data_dir.join(key::FILE).display()
            )),
            None => Ok(()),
        }
    }
}
