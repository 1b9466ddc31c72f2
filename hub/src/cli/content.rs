//! `signage-hub content …`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::output;
use crate::serve::open;
use crate::store::accounts;
use crate::store::content::{self, Content};
use crate::{Result, ident};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add images and videos (MP4, PNG, JPEG, WebP, GIF).
    Add {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Files to copy into the hub.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the content of an account.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let (list, json) = match self {
            Self::Add { account, files, json } => {
                let account = accounts::find(&store, &account).await?;
                let mut added = Vec::new();
                for file in &files {
                    added.push(crate::content::add(&store, &directory, &account, file, ident::now()).await?);
                }
                (added, json)
            }
            Self::List { account, json } => {
                let account = accounts::find(&store, &account).await?;
                (content::list(&store, &account.id).await?, json)
            }
        };
        if json {
            return output::json(&list);
        }
        let row =
            |content: Content| [content.id, content.media_type, content.size.to_string(), content.title];
        let rows: Vec<_> = list.into_iter().map(row).collect();
        output::table(["ID", "TYPE", "BYTES", "TITLE"], &rows, "There is no content yet.")
    }
}
