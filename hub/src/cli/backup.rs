//! `signage-hub backup`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::output;
use crate::serve::open;
use crate::{Result, backup};

#[derive(Debug, Args)]
pub struct Backup {
    /// Directory to make. It holds the keys of the accounts: keep it as safe as the hub.
    target: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let made = backup::make(&directory, &store, &self.target).await?;
        if self.json {
            return output::json(&json!({ "path": self.target, "files": made.files, "bytes": made.bytes }));
        }
        let target = self.target.display();
        output::line(&format!("Copied to {target}: the database, {} files, {} bytes", made.files, made.bytes))
    }
}
