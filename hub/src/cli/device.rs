//! `signage-hub device …`

use std::path::Path;

use clap::Subcommand;

use super::{command, output};
use crate::api_token::Actor;
use crate::device::{Change, Leave, describe};
use crate::ident::{self, timestamp};
use crate::pairing::Entry;
use crate::serve::open;
use crate::store::devices::Device;
use crate::store::{Store, accounts, devices};
use crate::{Error, Result, device, enrolment, pairing};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the screens of an account.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Pair the screen that shows a code: it belongs to the account from now on, and plays.
    Pair {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The code on the screen; case and hyphen do not matter.
        #[arg(long)]
        code: String,
        /// Name of the screen.
        #[arg(long)]
        name: String,
        /// Where it stands.
        #[arg(long)]
        location: Option<String>,
        /// Id of what it plays: then this is its first publication too.
        #[arg(long, value_name = "ID")]
        playlist: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give a screen another name.
    Rename {
        /// Id of the screen.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// The new name.
        name: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Forget a screen whose authorization is withdrawn. When it is switched on again it asks to be paired.
    Delete {
        /// Id of the screen.
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
    /// Withdraw the authorization of a screen, which then stops playing. It stays withdrawn however often it
    /// shows the token that it came with; another good token authorizes it again.
    Withdraw {
        /// Id of the screen.
        // One in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tell screens what to do: upload a picture, refresh, reboot, identify, restart, collect logs.
    #[command(name = "command")]
    Tell(command::Give),
    /// Show what a screen was told to do, and how it went.
    #[command(name = "commands")]
    Told(command::List),
    /// Write the newest picture of a screen to a file.
    Screenshot(command::Screenshot),
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Tell(give) => give.run(data_dir).await,
            Self::Told(list) => list.run(data_dir).await,
            Self::Screenshot(screenshot) => screenshot.run(data_dir).await,
            Self::List { account, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let devices = devices::list(&store, &account.id).await?;
                if json {
                    let rows: Vec<_> = devices.iter().map(describe).collect();
                    return output::json(&rows);
                }
                let row = |device: Device| {
                    let authorized = if device.authorized(ident::now()) { "yes" } else { "no" };
                    [device.name, authorized.to_owned(), timestamp(device.last_seen).to_string(), device.id]
                };
                let rows: Vec<_> = devices.into_iter().map(row).collect();
                output::table(["NAME", "AUTHORIZED", "LAST SEEN", "ID"], &rows, "There are no screens yet.")
            }
            Self::Pair { account, code, name, location, playlist, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let entry = Entry {
                    code: &code,
                    device: None,
                    name: &name,
                    location: location.as_deref(),
                    playlist: playlist.as_deref(),
                };
                let actor = Actor::cli(&account.id);
                let device = pairing::pair(&store, &actor, &entry, None, ident::now()).await?;
                if json {
                    return output::json(&describe(&device));
                }
                output::line(&format!("Paired {} ({})", device.name, device.id))
            }
            Self::Rename { id, name, json } => {
                let (_, store) = open(data_dir).await?;
                let account = account_of(&store, &id).await?;
                let change = Change { name: Some(name), ..Change::default() };
                let device =
                    device::change(&store, &Actor::cli(&account), &id, &change, ident::now()).await?;
                if json {
                    return output::json(&describe(&device));
                }
                output::line(&format!("Renamed {} to {}", device.id, device.name))
            }
            Self::Delete { id } => {
                let (_, store) = open(data_dir).await?;
                let account = account_of(&store, &id).await?;
                device::leave(&store, &Actor::cli(&account), &id, Leave::Delete, ident::now()).await?;
                output::line(&format!("Deleted {id}"))
            }
            Self::Withdraw { id, json } => {
                let (_, store) = open(data_dir).await?;
                let device = enrolment::withdraw(&store, &id, ident::now()).await?;
                if json {
                    return output::json(&describe(&device));
                }
                output::line(&format!("Withdrew the authorization of {} ({})", device.name, device.id))
            }
        }
    }
}

pub(super) async fn account_of(store: &Store, id: &str) -> Result<String> {
    let device = devices::by_id(&mut *store.read().await?, id).await?;
    device.map(|device| device.account).ok_or_else(|| Error::NotFound { what: "screen", name: id.to_owned() })
}
