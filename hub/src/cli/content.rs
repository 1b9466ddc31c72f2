//! `signage-hub content …`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::output;
use crate::api_token::Actor;
use crate::blobs::Blobs;
use crate::content::{self, Change, Entry};
use crate::probe::{self, Prober};
use crate::serve::open;
use crate::store::accounts;
use crate::store::content::{self as contents, Content, Search};
use crate::{Error, Result, folder, ident};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add images and videos (MP4, PNG, JPEG, WebP, GIF).
    Add {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Folder that they go into, such as Berlin/Foyer.
        #[arg(long, default_value = "", hide_default_value = true)]
        folder: String,
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
        /// Only what lies in this folder or below it.
        #[arg(long)]
        folder: Option<String>,
        /// Only titles with this in them.
        #[arg(long, default_value = "", hide_default_value = true)]
        search: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Move content to another folder, which is made when it is not there, or give it another title.
    Move {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The folder; "" is the top.
        #[arg(long, required_unless_present = "title")]
        folder: Option<String>,
        /// The title.
        #[arg(long)]
        title: Option<String>,
        /// Ids of content.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove content that no playlist plays.
    Remove {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Ids of content.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let blobs = Blobs::open(&directory)?;
        let (list, json) = match self {
            Self::Add { account, folder, files, json } => {
                let account = accounts::find(&store, &account).await?;
                let entry = Entry { title: None, folder: folder::path(&folder)? };
                let prober = Prober::find();
                let mut added = Vec::new();
                for file in &files {
                    let new = content::add_to(&store, &blobs, &account, file, &entry, ident::now()).await?;
                    probe::look(&store, &blobs, &prober, &directory, &new).await?;
                    let content = contents::by_id(&store, &account.id, &new.id).await?;
                    if let Some(problem) = &content.problem {
                        eprintln!("signage-hub: {}: {problem}", file.display());
                    }
                    added.push(content);
                }
                (added, json)
            }
            Self::List { account, folder, search, json } => {
                let account = accounts::find(&store, &account).await?;
                let folder = folder.as_deref().map(folder::path).transpose()?;
                let search = Search {
                    text: search.trim(),
                    folder: folder.as_deref(),
                    below: true,
                    limit: i64::MAX,
                    ..Search::default()
                };
                (contents::search(&store, &account.id, &search).await?, json)
            }
            Self::Move { account, folder, title, ids, json } => {
                if title.is_some() && ids.len() > 1 {
                    return Err(Error::Invalid("a title is for one content; name one id".into()));
                }
                let account = accounts::find(&store, &account).await?;
                let change = Change { title, folder, tags: None };
                let mut moved = Vec::new();
                for id in &ids {
                    let actor = Actor::cli(&account.id);
                    moved.push(content::change(&store, &actor, id, &change, ident::now()).await?);
                }
                (moved, json)
            }
            Self::Remove { account, ids } => {
                let account = accounts::find(&store, &account).await?;
                for id in &ids {
                    content::remove(&store, &Actor::cli(&account.id), id, ident::now()).await?;
                }
                return output::line(&format!("Removed {}", ids.join(", ")));
            }
        };
        if json {
            return output::json(&list);
        }
        let row = |content: Content| {
            let place = if content.folder.is_empty() {
                content.title
            } else {
                format!("{}/{}", content.folder, content.title)
            };
            [content.id, content.media_type, content.size.to_string(), place]
        };
        let rows: Vec<_> = list.into_iter().map(row).collect();
        output::table(["ID", "TYPE", "BYTES", "TITLE"], &rows, "There is no content yet.")
    }
}
