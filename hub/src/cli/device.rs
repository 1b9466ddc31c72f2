//! `signage-hub device …`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{command, outlook, output, records, screen, shelf};
use crate::api_token::Actor;
use crate::data_dir::write_private;
use crate::device::{Change, describe};
use crate::fleet::{self as many, Action, Selection};
use crate::folder_rights::Scope;
use crate::ident::{self, timestamp};
use crate::pairing::Entry;
use crate::screen_list::{self, Standing, Wanted};
use crate::serve::open;
use crate::store::devices::Device;
use crate::store::fleet::{Filter, Sort};
use crate::store::{Store, accounts, devices};
use crate::{Error, Result, authorization, device, enrolment, local, pairing, why};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the screens of an account.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Only with these words in name, location, serial number, model, address or id.
        #[arg(long, default_value = "")]
        search: String,
        /// Only in this folder or below it.
        #[arg(long)]
        folder: Option<String>,
        /// Only with this label.
        #[arg(long)]
        tag: Option<String>,
        /// Only in this group.
        #[arg(long, value_name = "ID")]
        group: Option<String>,
        /// Only online, offline, unauthorized, or with faults.
        #[arg(long)]
        state: Option<Standing>,
        /// By what they are ordered.
        #[arg(long, default_value = "name")]
        sort: Sort,
        /// Most screens; all without it.
        #[arg(long)]
        limit: Option<i64>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a screen: where it stands, what it plays, whether it may, and how it is doing.
    Show(screen::Show),
    /// List what is wrong with a screen, and what was.
    Faults(screen::Faults),
    /// Show what screens have logged, newest first.
    Logs(records::Logs),
    /// Show what screens have played, newest first, or how often and how long.
    Plays(records::Plays),
    /// Show what a screen shows at a moment, and why.
    Preview(outlook::Preview),
    /// Show what a screen shows on one day, change by change.
    Timeline(outlook::Timeline),
    /// Make, list, move and delete the folders that screens are listed in.
    #[command(subcommand)]
    Folder(shelf::Folders),
    /// Make, list, rename and delete groups of screens.
    #[command(subcommand)]
    Group(shelf::Groups),
    /// Do one thing to many screens: those with these ids, or all that fit the filters.
    Bulk {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of a screen; may be given several times.
        #[arg(long = "id", value_name = "ID", allow_hyphen_values = true,
            conflicts_with_all = ["search", "folder", "tag"])]
        ids: Vec<String>,
        /// Only with these words in name, location, serial number, model, address or id.
        #[arg(long, default_value = "")]
        search: String,
        /// Only in this folder or below it.
        #[arg(long)]
        folder: Option<String>,
        /// Only with this label.
        #[arg(long)]
        tag: Option<String>,
        /// move, tag, untag, playlist, timezone, join, part, refresh, identify, reboot or withdraw.
        action: String,
        /// Folder, label, id of a playlist, time zone, or id of a group; empty takes it away.
        #[arg(default_value = "")]
        value: String,
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
    /// Change name, location, labels, playlist or layout of a screen.
    Set(screen::Set),
    /// Tell which screen shows a code, before it is paired.
    Look(screen::Look),
    /// Refuse the screen that shows a code.
    Deny(screen::Deny),
    /// Send a screen whose authorization is withdrawn back to pairing.
    Unpair(screen::Unpair),
    /// Forget a screen whose authorization is withdrawn. When it is switched on again it asks to be paired.
    Delete(screen::Delete),
    /// Give a screen to the account that made a transfer code.
    Transfer(screen::Transfer),
    /// Make a code by which an account takes one screen over from another account within a day; shown once.
    TransferCode(screen::TransferCode),
    /// Put a screen in the place of another that its board was.
    Rebind(screen::Rebind),
    /// Write the local authorization of a screen to a new file, for its stick.
    AuthorizationFile(screen::AuthorizationFile),
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
    /// Show one command and what the screen said of it, or write what it has uploaded to a file.
    Answer(command::Answer),
    /// Write the newest picture of a screen to a file.
    Screenshot(command::Screenshot),
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Tell(give) => give.run(data_dir).await,
            Self::Told(list) => list.run(data_dir).await,
            Self::Screenshot(screenshot) => screenshot.run(data_dir).await,
            Self::Answer(answer) => answer.run(data_dir).await,
            Self::Show(show) => show.run(data_dir).await,
            Self::Faults(faults) => faults.run(data_dir).await,
            Self::Logs(logs) => logs.run(data_dir).await,
            Self::Plays(plays) => plays.run(data_dir).await,
            Self::Preview(preview) => preview.run(data_dir).await,
            Self::Timeline(timeline) => timeline.run(data_dir).await,
            Self::Folder(folders) => folders.run(data_dir).await,
            Self::Group(groups) => groups.run(data_dir).await,
            Self::Set(set) => set.run(data_dir).await,
            Self::Look(look) => look.run(data_dir).await,
            Self::Deny(deny) => deny.run(data_dir).await,
            Self::Unpair(unpair) => unpair.run(data_dir).await,
            Self::Delete(delete) => delete.run(data_dir).await,
            Self::Transfer(transfer) => transfer.run(data_dir).await,
            Self::TransferCode(code) => code.run(data_dir).await,
            Self::Rebind(rebind) => rebind.run(data_dir).await,
            Self::AuthorizationFile(file) => file.run(data_dir).await,
            Self::List { account, search, folder, tag, group, state, sort, limit, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let (folder, tag) = (folder.unwrap_or_default(), tag.unwrap_or_default());
                let wanted = Wanted { search, state, folder, tag, group: group.unwrap_or_default(), sort };
                let (limit, everywhere) = (limit.unwrap_or(i64::MAX), Scope::default());
                let now = ident::now();
                let found =
                    screen_list::page(&store, &account.id, &everywhere, &wanted, None, limit, now).await?;
                let devices: Vec<Device> = found.into_iter().map(|(_, device)| device).collect();
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
            Self::Bulk { account, ids, search, folder, tag, action, value, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let chosen = match ids.is_empty() {
                    true => Selection::All(Filter { text: search, folder, tag, ..Filter::default() }),
                    false => Selection::Ids(ids),
                };
                let action = Action::named(&action, &value)?;
                let count =
                    many::bulk(&store, &Actor::cli(&account.id), &chosen, &action, ident::now()).await?;
                if json {
                    return output::json(&json!({ "screens": count }));
                }
                output::line(&format!("Done: {count} screens"))
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
