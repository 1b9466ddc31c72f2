//! `signage-hub publish …` and `signage-hub override …`: what reaches the screens.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::drafts::body;
use super::output;
use crate::api_token::Actor;
use crate::blobs::Blobs;
use crate::composition::defaults::{self, Change};
use crate::composition::overrides;
use crate::composition::publishing::{self, Scope};
use crate::composition::{Approval, Shown, usb};
use crate::http::api::composition::live::OverrideView;
use crate::http::api::composition::publications::PublicationView;
use crate::rights::Role;
use crate::serve::open;
use crate::sight::Sight;
use crate::store::publications::Publication;
use crate::store::{accounts, overrides as override_rows, publications};
use crate::{Error, Result, ident};

/// What every command needs.
#[derive(Debug, Args)]
pub struct Of {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring drafts to the screens.
    Now {
        #[command(flatten)]
        of: Of,
        /// Id of a playlist, layout or schedule entry, and what it needs; every draft without it.
        #[arg(long, value_name = "ID")]
        only: Vec<String>,
        /// What it is about.
        #[arg(long)]
        comment: Option<String>,
    },
    /// Show what the drafts would change.
    Pending {
        #[command(flatten)]
        of: Of,
    },
    /// List what was published and what was asked to be, newest first.
    List {
        #[command(flatten)]
        of: Of,
        /// Only those in this state: requested, published, rejected or withdrawn.
        #[arg(long, default_value = "")]
        state: String,
    },
    /// Approve a request.
    Approve {
        #[command(flatten)]
        of: Of,
        /// Id of the request.
        id: String,
        /// Why.
        #[arg(long)]
        comment: Option<String>,
    },
    /// Reject a request.
    Reject {
        #[command(flatten)]
        of: Of,
        /// Id of the request.
        id: String,
        /// Why.
        #[arg(long)]
        comment: Option<String>,
    },
    /// Publish an earlier revision again.
    Restore {
        #[command(flatten)]
        of: Of,
        /// Id of the revision.
        id: String,
        /// Why.
        #[arg(long)]
        comment: Option<String>,
    },
    /// Show what was published, or asked to be, and what it changes.
    Show {
        #[command(flatten)]
        of: Of,
        /// Its id.
        id: String,
    },
    /// Take a request back that this command line has made.
    Withdraw {
        #[command(flatten)]
        of: Of,
        /// Id of the request.
        id: String,
    },
    /// Show who needs an approval and what screens show by default, or change the default.
    Settings {
        #[command(flatten)]
        of: Of,
        /// Id of the playlist that screens without one of their own play; "" for none.
        #[arg(long, value_name = "ID")]
        default_playlist: Option<String>,
        /// Id of the layout that they show; "" for none.
        #[arg(long, value_name = "ID", conflicts_with = "default_playlist")]
        default_layout: Option<String>,
    },
    /// Say who needs somebody else's approval: none, managers or everybody.
    Approval {
        #[command(flatten)]
        of: Of,
        /// Who.
        who: Approval,
    },
    /// Write what a screen shows, with all files, for a stick: a ZIP, or with .img the image of a FAT32 stick.
    Stick {
        #[command(flatten)]
        of: Of,
        /// Id of the screen.
        #[arg(allow_hyphen_values = true)]
        screen: String,
        /// The new file.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum OverrideCommand {
    /// Show something above all, at once; it ends by itself.
    Start {
        #[command(flatten)]
        of: Of,
        /// JSON as the body of the request of the API: name, target, audience, minutes or until; - for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// End an override before its time.
    Stop {
        #[command(flatten)]
        of: Of,
        /// Its id.
        id: String,
    },
    /// Show one override.
    Show {
        #[command(flatten)]
        of: Of,
        /// Its id.
        id: String,
    },
    /// List overrides, newest first.
    List {
        #[command(flatten)]
        of: Of,
    },
}

fn tell(done: Publication, json: bool) -> Result<()> {
    let line = format!("{} {}", done.id, done.state);
    if json { output::json(&PublicationView::new(done)?) } else { output::line(&line) }
}

fn changes(changes: Vec<publishing::Change>, none: &str) -> Result<()> {
    let row = |change: publishing::Change| {
        [format!("{:?}", change.change).to_lowercase(), change.kind, change.id, change.name]
    };
    let rows: Vec<_> = changes.into_iter().map(row).collect();
    output::table(["CHANGE", "KIND", "ID", "NAME"], &rows, none)
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        let (Self::Now { of, .. }
        | Self::Pending { of }
        | Self::List { of, .. }
        | Self::Approve { of, .. }
        | Self::Reject { of, .. }
        | Self::Restore { of, .. }
        | Self::Show { of, .. }
        | Self::Withdraw { of, .. }
        | Self::Settings { of, .. }
        | Self::Approval { of, .. }
        | Self::Stick { of, .. }) = &self;
        let (account, json) = (accounts::find(&store, &of.account).await?.id, of.json);
        let actor = Actor::cli(&account);
        match self {
            Self::Now { only, comment, .. } => {
                let scope = if only.is_empty() { Scope::Everything } else { Scope::Only(only) };
                let comment = comment.as_deref();
                tell(publishing::publish(&store, &actor, Role::Admin, &scope, comment, now).await?, json)
            }
            Self::Pending { .. } => {
                let changes = publishing::pending(&store, &account).await?;
                if json {
                    return output::json(&changes);
                }
                self::changes(changes, "Screens get what the drafts say.")
            }
            Self::List { state, .. } => {
                let found = publications::page(&store, &account, &state, "", 1000).await?;
                if json {
                    let views = found.into_iter().map(PublicationView::new).collect::<Result<Vec<_>>>()?;
                    return output::json(&views);
                }
                let row = |one: Publication| {
                    let number = if one.number > 0 { one.number.to_string() } else { String::new() };
                    let at = ident::timestamp(one.created_at).to_string();
                    [one.id, number, one.state, at, one.comment.unwrap_or_default()]
                };
                let rows: Vec<_> = found.into_iter().map(row).collect();
                output::table(["ID", "NUMBER", "STATE", "AT", "COMMENT"], &rows, "Nothing was published yet.")
            }
            Self::Approve { id, comment, .. } => {
                tell(publishing::approve(&store, &actor, &id, comment.as_deref(), now).await?, json)
            }
            Self::Reject { id, comment, .. } => {
                tell(publishing::reject(&store, &actor, &id, comment.as_deref(), now).await?, json)
            }
            Self::Restore { id, comment, .. } => {
                let comment = comment.as_deref();
                tell(publishing::restore(&store, &actor, Role::Admin, &id, comment, now).await?, json)
            }
            Self::Show { id, .. } => {
                let found = publishing::find(&mut *store.read().await?, &account, &id).await?;
                let view = PublicationView::new(found)?;
                if json {
                    return output::json(&view);
                }
                output::line(&format!("{} {}", view.id, view.state))?;
                changes(view.changes, "It changes nothing.")
            }
            Self::Withdraw { id, .. } => tell(publishing::withdraw(&store, &actor, &id, now).await?, json),
            Self::Settings { default_playlist, default_layout, .. } => {
                let given = |id: String| Some(id).filter(|id| !id.is_empty());
                let default = match (default_playlist, default_layout) {
                    (Some(id), _) => Some(given(id).map(|playlist| Shown::Playlist { playlist })),
                    (_, Some(id)) => Some(given(id).map(|layout| Shown::Layout { layout })),
                    (None, None) => None,
                };
                let settings = match default.is_some() {
                    true => {
                        let change = Change { default, ..Change::default() };
                        defaults::change(&store, &actor, &change, now).await?
                    }
                    false => {
                        defaults::settings(&accounts::by_id(&mut *store.read().await?, &account).await?)?
                    }
                };
                let default = match &settings.default {
                    Some(Shown::Playlist { playlist }) => playlist.clone(),
                    Some(Shown::Layout { layout }) => layout.clone(),
                    _ => "nothing".to_owned(),
                };
                let text = format!("Approval  {}\nDefault   {default}", settings.approval.as_str());
                output::done(json, &settings, &text)
            }
            Self::Approval { who, .. } => {
                let change = Change { approval: Some(who), ..Change::default() };
                let settings = defaults::change(&store, &actor, &change, now).await?;
                if json { output::json(&settings) } else { output::line(who.as_str()) }
            }
            Self::Stick { screen, output: file, .. } => {
                let cache = crate::composition::manifest::Cache::default();
                let bundle = usb::bundle(
                    &store,
                    &cache,
                    (&Blobs::open(&directory)?, &directory),
                    &actor,
                    &Sight::default(),
                    &screen,
                    now,
                )
                .await?;
                let target = file.clone();
                // Reading files waits, which must not be done on a thread that others wait for.
                let written = tokio::task::spawn_blocking(move || bundle.write(&target)).await;
                written.map_err(|_| Error::Damaged { what: "stick" })??;
                output::wrote(json, &file)
            }
        }
    }
}

impl OverrideCommand {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        let (Self::Start { of, .. } | Self::Stop { of, .. } | Self::Show { of, .. } | Self::List { of }) =
            &self;
        let (account, json) = (accounts::find(&store, &of.account).await?.id, of.json);
        let actor = Actor::cli(&account);
        let done = match self {
            Self::Start { file, .. } => overrides::start(&store, &actor, &body(&file)?, now).await?,
            Self::Stop { id, .. } => overrides::stop(&store, &actor, &id, now).await?,
            Self::Show { id, .. } => overrides::find(&mut *store.read().await?, &account, &id).await?,
            Self::List { .. } => {
                let found = override_rows::page(&store, &account, "", 1000).await?;
                let views = found.into_iter().map(|row| OverrideView::new(row, now));
                let views = views.collect::<Result<Vec<_>>>()?;
                if json {
                    return output::json(&views);
                }
                let row = |one: OverrideView| {
                    let state = format!("{:?}", one.state).to_lowercase();
                    [one.id, state, one.until.to_string(), one.name]
                };
                let rows: Vec<_> = views.into_iter().map(row).collect();
                return output::table(
                    ["ID", "STATE", "UNTIL", "NAME"],
                    &rows,
                    "There were no overrides yet.",
                );
            }
        };
        let view = OverrideView::new(done, now)?;
        let text = format!("{} {} until {}", view.id, format!("{:?}", view.state).to_lowercase(), view.until);
        output::done(json, &view, &text)
    }
}
