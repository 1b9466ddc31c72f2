//! `signage-hub playlist …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output;
use crate::api_token::Actor;
use crate::blobs::Blobs;
use crate::composition::playlists::{self as playlists_of, Entry};
use crate::content::find_or_add;
use crate::ident::timestamp;
use crate::serve::open;
use crate::store::accounts::Account;
use crate::store::content::Content;
use crate::store::playlists::{self, Item, Playlist};
use crate::store::{Store, accounts};
use crate::{Error, Result, ident, playlist};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a playlist.
    Create {
        /// Name of the playlist.
        #[arg(long)]
        name: String,
        /// Make it what screens play when their token names no playlist.
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        items: Items,
    },
    /// Replace what a playlist plays.
    Replace {
        /// Id of the playlist.
        #[arg(long, value_name = "ID")]
        playlist: String,
        #[command(flatten)]
        items: Items,
    },
    /// Make a playlist what screens play when their token names none.
    Default {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the playlist.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a draft of a playlist from JSON, as the body of the request of the API: layouts, web pages, rules.
    Draft {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the playlist to change as a whole; without it another one is made.
        #[arg(long, value_name = "ID")]
        playlist: Option<String>,
        /// JSON; - for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove the draft of a playlist that nothing refers to.
    Delete {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the playlist.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a playlist with its items.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the playlist.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a draft that is like another.
    Duplicate {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the playlist.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the playlists of an account.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Items {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// How long an image stays.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=86400))]
    image_seconds: i64,
    /// What plays, in order: ids of content, or files, which are added.
    #[arg(value_name = "CONTENT_ID_OR_FILE")]
    content: Vec<String>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Items {
    async fn resolve(&self, store: &Store, blobs: &Blobs) -> Result<(Account, Vec<Content>, i64)> {
        let account = accounts::find(store, &self.account).await?;
        let mut content = Vec::new();
        for name in &self.content {
            content.push(find_or_add(store, blobs, &account, name, ident::now()).await?);
        }
        Ok((account, content, self.image_seconds * 1000))
    }
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let blobs = Blobs::open(&directory)?;
        let now = ident::now();
        let (playlist, json) = match self {
            Self::Create { name, default, items } => {
                let (account, content, image) = items.resolve(&store, &blobs).await?;
                (playlist::create(&store, &account, &name, &content, image, default, now).await?, items.json)
            }
            Self::Replace { playlist, items } => {
                let (account, content, image) = items.resolve(&store, &blobs).await?;
                (playlist::replace(&store, &account, &playlist, &content, image, now).await?, items.json)
            }
            Self::Default { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                (playlist::make_default(&store, &account, &id, now).await?, json)
            }
            Self::Draft { account, playlist, file, json } => {
                let account = accounts::find(&store, &account).await?;
                let (actor, new) = (Actor::cli(&account.id), super::drafts::body(&file)?);
                let full = match playlist {
                    Some(id) => playlists_of::change(&store, &actor, &id, &new, now).await?,
                    None => playlists_of::create(&store, &actor, &new, now).await?,
                };
                (full.playlist, json)
            }
            Self::Delete { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                playlists_of::delete(&store, &Actor::cli(&account.id), &id, now).await?;
                return output::deleted(json, &id);
            }
            Self::Show { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                let full = playlists_of::find(&mut *store.read().await?, &account.id, &id).await?;
                if !json {
                    output::line(&output::plain(&full.playlist.name))?;
                    let rows = playlists::items(&mut *store.read().await?, &id).await?;
                    let row = |item: Item| {
                        let kind = match (&item.layout, &item.url) {
                            (Some(_), _) => "layout".to_owned(),
                            (_, Some(_)) => "page".to_owned(),
                            _ => item.kind.unwrap_or_default(),
                        };
                        let id = item.content.or(item.layout).or(item.url);
                        [kind, item.title.unwrap_or_default(), id.unwrap_or_default()]
                    };
                    let rows: Vec<_> = rows.into_iter().map(row).collect();
                    return output::table(["KIND", "TITLE", "ID"], &rows, "It has no items.");
                }
                (full.playlist, json)
            }
            Self::Duplicate { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                let actor = Actor::cli(&account.id);
                (playlists_of::duplicate(&store, &actor, &id, now).await?.playlist, json)
            }
            Self::List { account, json } => return list(&store, &account, json).await,
        };
        if json {
            let account = accounts::find(&store, &playlist.account).await?;
            return output::json(&describe(&store, &account, &playlist).await?);
        }
        output::line(&playlist.id)
    }
}

async fn list(store: &Store, account: &str, json: bool) -> Result<()> {
    let account = accounts::find(store, account).await?;
    let playlists = playlists::list(store, &account.id).await?;
    if json {
        let mut rows = Vec::new();
        for playlist in &playlists {
            rows.push(describe(store, &account, playlist).await?);
        }
        return output::json(&rows);
    }
    let row = |playlist: Playlist| {
        let default = if account.default_playlist.as_ref() == Some(&playlist.id) { "yes" } else { "" };
        [playlist.id, default.to_owned(), playlist.name]
    };
    let rows: Vec<_> = playlists.into_iter().map(row).collect();
    output::table(["ID", "DEFAULT", "NAME"], &rows, "There are no playlists yet.")
}

async fn describe(store: &Store, account: &Account, playlist: &Playlist) -> Result<Value> {
    let mut connection = store.read().await?;
    let rows = playlists::items(&mut connection, &playlist.id).await?;
    let entries =
        crate::composition::playlists::find(&mut connection, &account.id, &playlist.id).await?.items;
    let item = |(entry, row): (&Entry, &Item)| {
        let mut item = serde_json::to_value(entry).map_err(Error::json("an item"))?;
        item["content"] = json!(row.content);
        item["kind"] = json!(row.kind);
        item["sha256"] = json!(row.sha256);
        item["size"] = json!(row.size);
        item["mediaType"] = json!(row.media_type);
        Ok(item)
    };
    let items = entries.iter().zip(&rows).map(item).collect::<Result<Vec<Value>>>()?;
    Ok(json!({
        "id": playlist.id,
        "account": account.id,
        "name": playlist.name,
        "default": account.default_playlist.as_ref() == Some(&playlist.id),
        "createdAt": timestamp(playlist.created_at),
        "items": items,
    }))
}
