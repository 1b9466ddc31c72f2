//! `signage-hub device …`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{command, output};
use crate::api_token::Actor;
use crate::data_dir::write_private;
use crate::device::{Change, Leave, describe};
use crate::ident::{self, timestamp};
use crate::pairing::Entry;
use crate::serve::open;
use crate::store::devices::Device;
use crate::store::{Store, accounts, devices};
use crate::{Error, Result, authorization, device, enrolment, local, pairing, why};

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
    /// Authorize a screen: by an authorization code, or without one where its account needs none.
    Authorize {
        /// Id of the screen.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// The code, or its id.
        #[arg(long)]
        code: Option<String>,
        /// End the authorization by another code, as cancelling does.
        #[arg(long)]
        replace: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Authorize a screen that is offline, by the device code that it shows. Writes what goes on its stick.
    Local {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The device code on the screen or in its QR code, or the device id.
        #[arg(long, allow_hyphen_values = true)]
        device_code: String,
        /// Name of the screen.
        #[arg(long)]
        name: String,
        /// Where it stands.
        #[arg(long)]
        location: Option<String>,
        /// A local authorization code, or its id.
        #[arg(long)]
        code: String,
        /// Write an archive for the top folder of a stick, to a new file.
        #[arg(long, value_name = "FILE")]
        zip: Option<PathBuf>,
        /// Write the image of a stick, to a new file.
        #[arg(long, value_name = "FILE")]
        stick: Option<PathBuf>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tell whether a screen may play, and if not, why not and what to do.
    Why {
        /// Id of the screen.
        #[arg(allow_hyphen_values = true)]
        id: String,
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
    /// Cancel the authorization of a screen, which then stops playing. It stays cancelled however often it
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
                    let seen = match device.last_seen {
                        0 => "never".to_owned(),
                        at => timestamp(at).to_string(),
                    };
                    [device.name, authorized.to_owned(), seen, device.id]
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
            Self::Authorize { id, code, replace, json } => {
                let (_, store) = open(data_dir).await?;
                let (account, now) = (account_of(&store, &id).await?, ident::now());
                let actor = Actor::cli(&account);
                let device =
                    authorization::authorize(&store, &actor, &id, code.as_deref(), replace, now).await?;
                if json {
                    return output::json(&describe(&device));
                }
                output::line(&format!("{}: {}", device.name, authorization::says(&device, now)))
            }
            Self::Local { account, device_code, name, location, code, zip, stick, json } => {
                let (_, store) = open(data_dir).await?;
                let (account, now) = (accounts::find(&store, &account).await?, ident::now());
                let location = location.as_deref();
                let entry = local::Entry { device: &device_code, name: &name, location, code: &code };
                let device = local::authorize(&store, &Actor::cli(&account.id), &entry, now).await?;
                for (path, format) in [(zip, local::Format::Zip), (stick, local::Format::Stick)] {
                    if let Some(path) = path {
                        let file = local::file(&store, &account.id, &device.id, format, now).await?;
                        write_private(&path, &file.bytes)?;
                    }
                }
                if json {
                    return output::json(&describe(&device));
                }
                output::line(&format!("{}: {}", device.name, authorization::says(&device, now)))
            }
            Self::Why { id, json } => {
                let (_, store) = open(data_dir).await?;
                let answer = why::ask(&store, &account_of(&store, &id).await?, &id, ident::now()).await?;
                if json {
                    return output::json(&answer);
                }
                output::line(&answer.says)?;
                answer.checks.iter().try_for_each(|check| {
                    let good = if check.good { "ok" } else { "NO" };
                    output::line(&format!("{good}  {}: {}", check.topic.title(), check.says))?;
                    check.next.iter().try_for_each(|next| output::line(&format!("    {next}")))
                })
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
