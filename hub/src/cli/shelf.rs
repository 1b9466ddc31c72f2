//! `signage-hub device folder …` and `device group …`: how screens are sorted.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use crate::api_token::Actor;
use crate::folder_rights::Scope;
use crate::http::api::fleet::{Folder, Group, folders_of};
use crate::serve::open;
use crate::store::{Store, accounts, screen_groups};
use crate::{Error, Result, fleet, ident};

/// What every command needs.
#[derive(Debug, Args)]
pub struct Of {
    /// Name or id of the account.
    #[arg(long)]
    pub account: String,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Folders {
    /// List the folders of screens.
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
    /// Give a folder another path, with everything in it.
    Move {
        #[command(flatten)]
        of: Of,
        /// As it is.
        path: String,
        /// As it is to be.
        to: String,
    },
    /// Delete a folder in which nothing is.
    Delete {
        #[command(flatten)]
        of: Of,
        /// Levels separated by a slash.
        path: String,
    },
}

impl Folders {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        let (Self::List { of } | Self::Create { of, .. } | Self::Move { of, .. } | Self::Delete { of, .. }) =
            &self;
        let (account, json) = (accounts::find(&store, &of.account).await?.id, of.json);
        let actor = Actor::cli(&account);
        match self {
            Self::List { .. } => {
                let found = folders_of(&store, &account, &Scope::default()).await?;
                if json {
                    return output::json(&found);
                }
                let row =
                    |folder: Folder| [folder.path, folder.screens.to_string(), folder.online.to_string()];
                let rows: Vec<_> = found.into_iter().map(row).collect();
                output::table(["FOLDER", "SCREENS", "ONLINE"], &rows, "There are no folders.")
            }
            Self::Create { path, .. } => {
                let path = fleet::make_folder(&store, &actor, &path, now).await?;
                output::done(json, &json!({ "path": path }), &format!("Made {path}"))
            }
            Self::Move { path, to, .. } => {
                known(&store, &account, &path).await?;
                let to = fleet::move_folder(&store, &actor, &path, &to, now).await?;
                output::done(json, &json!({ "path": to }), &format!("It is {to} now"))
            }
            Self::Delete { path, .. } => {
                known(&store, &account, &path).await?;
                fleet::delete_folder(&store, &actor, &path, now).await?;
                output::done(json, &json!({ "path": path, "deleted": true }), &format!("Deleted {path}"))
            }
        }
    }
}

/// Whoever mistypes a folder is told so; a program that repeats a request of the API is not.
async fn known(store: &Store, account: &str, path: &str) -> Result<()> {
    let wanted = fleet::folder(path)?.unwrap_or_default();
    let below = format!("{wanted}/");
    let found = folders_of(store, account, &Scope::default()).await?;
    match found.iter().any(|folder| folder.path == wanted || folder.path.starts_with(&below)) {
        true => Ok(()),
        false => Err(Error::NotFound { what: "folder of screens", name: path.to_owned() }),
    }
}

#[derive(Debug, Subcommand)]
pub enum Groups {
    /// List the groups of screens.
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Make a group; `device bulk … join` puts screens into it.
    Create {
        #[command(flatten)]
        of: Of,
        /// Its name.
        name: String,
    },
    /// Give a group another name.
    Rename {
        #[command(flatten)]
        of: Of,
        /// Its id.
        id: String,
        /// The new name.
        name: String,
    },
    /// Delete a group; its screens stay.
    Delete {
        #[command(flatten)]
        of: Of,
        /// Its id.
        id: String,
    },
}

impl Groups {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        let (Self::List { of } | Self::Create { of, .. } | Self::Rename { of, .. } | Self::Delete { of, .. }) =
            &self;
        let (account, json) = (accounts::find(&store, &of.account).await?.id, of.json);
        let actor = Actor::cli(&account);
        let group = match self {
            Self::List { .. } => {
                let found = screen_groups::list(&store, &account).await?;
                if json {
                    return output::json(&found.into_iter().map(Group::from).collect::<Vec<_>>());
                }
                let row = |group: screen_groups::Group| [group.name, group.screens.to_string(), group.id];
                let rows: Vec<_> = found.into_iter().map(row).collect();
                return output::table(["NAME", "SCREENS", "ID"], &rows, "There are no groups of screens.");
            }
            Self::Create { name, .. } => fleet::make_group(&store, &actor, &name, now).await?,
            Self::Rename { id, name, .. } => fleet::rename_group(&store, &actor, &id, &name, now).await?,
            Self::Delete { id, .. } => {
                fleet::delete_group(&store, &actor, &id, now).await?;
                return output::deleted(json, &id);
            }
        };
        let text = format!("{} ({})", group.name, group.id);
        output::done(json, &Group::from(group), &text)
    }
}
