//! `signage-hub layout …`, `timeblock …`, `schedule …`: drafts, from and to the JSON of the API.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::output;
use crate::api_token::Actor;
use crate::composition::layouts::{self, Design};
use crate::composition::outlook::{self, Conflict};
use crate::composition::schedules::{self, Plan};
use crate::composition::time_blocks::{self, Times};
use crate::http::api::Object;
use crate::http::api::composition::drafts::{EntryView, LayoutView, TimeBlockView};
use crate::ident::{self, Millis};
use crate::serve::open;
use crate::store::composed::{self, Composed, Draft};
use crate::store::{Store, accounts};
use crate::{Error, Result};

/// What a command is about.
#[derive(Debug, Clone, Copy)]
pub enum Noun {
    Layout,
    TimeBlock,
    Schedule,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List those of an account.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print one as JSON, which `create` and `change` take back without id, createdAt and updatedAt.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Its id.
        id: String,
        /// Nothing else is printed anyway.
        #[arg(long)]
        json: bool,
    },
    /// Make a draft; `publish now` brings it to the screens.
    Create {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// JSON as the body of the request of the API; - for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a draft as a whole.
    Change {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Its id.
        id: String,
        /// JSON as the body of the request of the API; - for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a draft that nothing refers to.
    Delete {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Its id.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum LayoutCommand {
    #[command(flatten)]
    Draft(Command),
    /// Make a draft that is like another.
    Duplicate {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the layout.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ScheduleCommand {
    #[command(flatten)]
    Draft(Command),
    /// List pairs of entries that want the same screens at the same time within 60 days.
    Conflicts {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Only those of this entry.
        #[arg(long, value_name = "ID")]
        entry: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl LayoutCommand {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Draft(command) => command.run(Noun::Layout, data_dir).await,
            Self::Duplicate { account, id, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?.id;
                let made = layouts::duplicate(&store, &Actor::cli(&account), &id, ident::now()).await?;
                tell(made.id.clone(), LayoutView::from(made), json)
            }
        }
    }
}

impl ScheduleCommand {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Draft(command) => command.run(Noun::Schedule, data_dir).await,
            Self::Conflicts { account, entry, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?.id;
                let found = outlook::conflicts(&store, &account, entry.as_deref(), ident::now()).await?;
                if json {
                    return output::json(&found);
                }
                let row = |one: Conflict| {
                    let (from, until) = (one.from.to_string(), one.until.to_string());
                    [from, until, one.screens.to_string(), one.wins.name, one.loses.name]
                };
                let rows: Vec<_> = found.into_iter().map(row).collect();
                output::table(["FROM", "UNTIL", "SCREENS", "WINS", "LOSES"], &rows, "Nothing conflicts.")
            }
        }
    }
}

/// A JSON file as the body of a request.
pub fn body<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = output::read(file)?;
    let place = if file.as_os_str() == "-" { "standard input".into() } else { file.display().to_string() };
    let Object(body) =
        serde_json::from_str(&text).map_err(|error| Error::Invalid(format!("{place}: {error}")))?;
    Ok(body)
}

fn tell<V: Serialize>(id: String, view: V, json: bool) -> Result<()> {
    if json { output::json(&view) } else { output::line(&id) }
}

async fn list<T: Composed, V: From<Draft<T>> + Serialize>(
    store: &Store,
    account: &str,
    json: bool,
) -> Result<()> {
    let found = composed::all::<T>(store, account).await?;
    if json {
        return output::json(&found.into_iter().map(V::from).collect::<Vec<_>>());
    }
    let rows: Vec<_> =
        found.into_iter().map(|draft| [draft.id, draft.folder.unwrap_or_default(), draft.name]).collect();
    output::table(["ID", "FOLDER", "NAME"], &rows, "There are none yet.")
}

async fn show<T: Composed, V: From<Draft<T>> + Serialize>(
    store: &Store,
    account: &str,
    id: &str,
) -> Result<()> {
    output::json(&V::from(composed::find::<T>(&mut *store.read().await?, account, id).await?))
}

impl Command {
    pub async fn run(self, noun: Noun, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now: Millis = ident::now();
        let name = match &self {
            Self::List { account, .. }
            | Self::Show { account, .. }
            | Self::Create { account, .. }
            | Self::Change { account, .. }
            | Self::Delete { account, .. } => account,
        };
        let account = accounts::find(&store, name).await?.id;
        let actor = Actor::cli(&account);
        match (noun, self) {
            (Noun::Layout, Self::List { json, .. }) => {
                list::<Design, LayoutView>(&store, &account, json).await
            }
            (Noun::TimeBlock, Self::List { json, .. }) => {
                list::<Times, TimeBlockView>(&store, &account, json).await
            }
            (Noun::Schedule, Self::List { json, .. }) => {
                list::<Plan, EntryView>(&store, &account, json).await
            }
            (Noun::Layout, Self::Show { id, .. }) => show::<Design, LayoutView>(&store, &account, &id).await,
            (Noun::TimeBlock, Self::Show { id, .. }) => {
                show::<Times, TimeBlockView>(&store, &account, &id).await
            }
            (Noun::Schedule, Self::Show { id, .. }) => show::<Plan, EntryView>(&store, &account, &id).await,
            (Noun::Layout, Self::Create { file, json, .. }) => {
                let made = layouts::create(&store, &actor, body(&file)?, now).await?;
                tell(made.id.clone(), LayoutView::from(made), json)
            }
            (Noun::TimeBlock, Self::Create { file, json, .. }) => {
                let made = time_blocks::create(&store, &actor, body(&file)?, now).await?;
                tell(made.id.clone(), TimeBlockView::from(made), json)
            }
            (Noun::Schedule, Self::Create { file, json, .. }) => {
                let made = schedules::create(&store, &actor, body(&file)?, now).await?;
                tell(made.id.clone(), EntryView::from(made), json)
            }
            (Noun::Layout, Self::Change { id, file, json, .. }) => {
                let changed = layouts::change(&store, &actor, &id, body(&file)?, now).await?;
                tell(id, LayoutView::from(changed), json)
            }
            (Noun::TimeBlock, Self::Change { id, file, json, .. }) => {
                let changed = time_blocks::change(&store, &actor, &id, body(&file)?, now).await?;
                tell(id, TimeBlockView::from(changed), json)
            }
            (Noun::Schedule, Self::Change { id, file, json, .. }) => {
                let changed = schedules::change(&store, &actor, &id, body(&file)?, now).await?;
                tell(id, EntryView::from(changed), json)
            }
            (noun, Self::Delete { id, json, .. }) => {
                match noun {
                    Noun::Layout => layouts::delete(&store, &actor, &id, now).await?,
                    Noun::TimeBlock => time_blocks::delete(&store, &actor, &id, now).await?,
                    Noun::Schedule => schedules::delete(&store, &actor, &id, now).await?,
                }
                output::deleted(json, &id)
            }
        }
    }
}
