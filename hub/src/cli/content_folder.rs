//! `signage-hub content folder …`

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::shelf::Of;
use crate::api_token::Actor;
use crate::content::{self, Folder};
use crate::serve::open;
use crate::store::accounts;
use crate::{Result, ident};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the folders of content.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Make a folder.
    Create {
        #[command(flatten)]
        of: Of,
        /// Levels separated by a slash, such as Berlin/Foyer.
        path: String,
    },
    /// Rename a folder or put it elsewhere, with everything in it.
    Move {
        #[command(flatten)]
        of: Of,
        /// Its path.
        from: String,
        /// The path that it gets.
        to: String,
    },
    /// Remove a folder; what is in it moves up to the one above.
    Delete {
        #[command(flatten)]
        of: Of,
        /// Its path.
        path: String,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        let (Self::List { of } | Self::Create { of, .. } | Self::Move { of, .. } | Self::Delete { of, .. }) =
            &self;
        let (account, json) = (accounts::find(&store, &of.account).await?.id, of.json);
        let actor = Actor::cli(&account);
        match self {
            Self::List { .. } => {
                let found = content::folders(&store, &account).await?;
                if json {
                    return output::json(&found);
                }
                let row = |folder: Folder| [folder.path, folder.count.to_string()];
                let rows: Vec<_> = found.into_iter().map(row).collect();
                output::table(["FOLDER", "CONTENT"], &rows, "There are no folders.")
            }
            Self::Create { path, .. } => {
                let path = content::make_folder(&store, &actor, &path, now).await?;
                output::done(json, &json!({ "path": path }), &format!("Made {path}"))
            }
            Self::Move { from, to, .. } => {
                let to = content::move_folder(&store, &actor, &from, &to, now).await?;
                output::done(json, &json!({ "path": to }), &format!("It is {to} now"))
            }
            Self::Delete { path, .. } => {
                content::remove_folder(&store, &actor, &path, now).await?;
                output::done(json, &json!({ "path": path, "deleted": true }), &format!("Deleted {path}"))
            }
        }
    }
}
