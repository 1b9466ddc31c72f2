//! `signage-hub content …`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use futures_util::TryStreamExt as _;
use serde_json::json;

use super::{content_folder, output};
use crate::api_token::Actor;
use crate::blobs::Blobs;
use crate::content::{self, Change, Entry};
use crate::http::api::content::Detail;
use crate::probe::{self, Prober};
use crate::serve::open;
use crate::store::accounts;
use crate::store::blobs as blobs_of;
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
    /// Move content to another folder, which is made when it is not there, or give it another title or tags.
    Move {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The folder; "" is the top.
        #[arg(long, required_unless_present_any = ["title", "tags"])]
        folder: Option<String>,
        /// The title.
        #[arg(long)]
        title: Option<String>,
        /// All of its tags, separated by commas; "" for none.
        #[arg(long, value_name = "TAG,TAG")]
        tags: Option<String>,
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
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one content, and what plays it.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Its id.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the file of a content as it was uploaded, or a small picture of it, to a new file.
    File {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the content.
        id: String,
        /// The new file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The small picture.
        #[arg(long)]
        thumbnail: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make, list, move and delete folders of content.
    #[command(subcommand)]
    Folder(content_folder::Command),
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        if let Self::Folder(command) = self {
            return command.run(data_dir).await;
        }
        if let Self::File { out, .. } = &self {
            output::check_free(Some(out))?;
        }
        let (directory, store) = open(data_dir).await?;
        let blobs = Blobs::open(&directory)?;
        let (list, json) = match self {
            Self::Folder(_) => return Ok(()),
            Self::Show { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                let mut connection = store.read().await?;
                let content = contents::find(&mut connection, &account.id, &id).await?;
                let used_by = contents::uses(&mut connection, &id).await?;
                if json {
                    return output::json(&Detail { content, used_by });
                }
                (vec![content], false)
            }
            Self::File { account, id, out, thumbnail, json } => {
                let account = accounts::find(&store, &account).await?;
                let content = contents::by_id(&store, &account.id, &id).await?;
                let (sha256, size) = match thumbnail {
                    false => (content.sha256, content.size),
                    true => {
                        let missing = || Error::NotFound { what: "small picture of", name: id.clone() };
                        let sha256 = content.thumbnail.ok_or_else(missing)?;
                        let size = blobs_of::size(&mut *store.read().await?, &sha256).await?;
                        (sha256, size.ok_or_else(missing)?)
                    }
                };
                write(&blobs, &sha256, size.unsigned_abs(), &out).await?;
                return output::wrote(json, &out);
            }
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
            Self::Move { account, folder, title, tags, ids, json } => {
                if title.is_some() && ids.len() > 1 {
                    return Err(Error::Invalid("a title is for one content; name one id".into()));
                }
                let account = accounts::find(&store, &account).await?;
                let tags = tags.map(|tags| tags.split(',').map(|tag| tag.trim().to_owned()).collect());
                let change = Change { title, folder, tags };
                let mut moved = Vec::new();
                for id in &ids {
                    let actor = Actor::cli(&account.id);
                    moved.push(content::change(&store, &actor, id, &change, ident::now()).await?);
                }
                (moved, json)
            }
            Self::Remove { account, ids, json } => {
                let account = accounts::find(&store, &account).await?;
                for id in &ids {
                    content::remove(&store, &Actor::cli(&account.id), id, ident::now()).await?;
                }
                let text = format!("Removed {}", ids.join(", "));
                return output::done(json, &json!({ "ids": ids, "removed": true }), &text);
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

/// The bytes of a blob to a new file.
async fn write(blobs: &Blobs, sha256: &str, size: u64, path: &Path) -> Result<()> {
    let mut bytes = blobs.read(sha256, 0..size).await?;
    let mut file = output::new_file(path)?;
    while let Some(piece) = bytes.try_next().await? {
        file.write_all(&piece).map_err(Error::file("write", path))?;
    }
    file.sync_all().map_err(Error::file("write", path))
}
