//! `signage-hub device show`, `set`, `look`, `unpair` …: one screen, from the code that it shows until it leaves.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::json;
use signage_protocol::Secret;

use super::device::account_of;
use super::output;
use crate::api_token::Actor;
use crate::data_dir::write_private;
use crate::device::{Change, Leave, describe};
use crate::http::api::records::{Fault, Report, faults_of, report};
use crate::http::api::screens::{Detail, Waiting, detail};
use crate::ident::{self, timestamp};
use crate::local::{self, Format};
use crate::serve::open;
use crate::store::accounts;
use crate::{Result, device, fleet, pairing};

/// Id of a screen, and how the result is printed.
#[derive(Debug, Args)]
pub struct One {
    /// Id of the screen.
    // One in 64 begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Show a screen: where it stands, what it plays, whether it may, and how it is doing.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    one: One,
}

/// List what is wrong with a screen, and what was.
#[derive(Debug, Args)]
pub struct Faults {
    #[command(flatten)]
    one: One,
}

/// What of a screen is changed.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct What {
    /// Another name.
    #[arg(long)]
    name: Option<String>,
    /// Where it stands; "" for nowhere in particular.
    #[arg(long)]
    location: Option<String>,
    /// All of its labels, separated by commas; "" for none.
    #[arg(long, value_name = "TAG,TAG")]
    tags: Option<String>,
    /// Id of the playlist that it plays; "" for the account's default.
    #[arg(long, value_name = "ID")]
    playlist: Option<String>,
    /// Id of the layout that it shows instead of a playlist; "" for the account's default.
    #[arg(long, value_name = "ID", conflicts_with = "playlist")]
    layout: Option<String>,
}

/// Change name, location, labels, playlist or layout of a screen. What is not named stays. Folder and time zone are
/// changed by `device bulk`.
#[derive(Debug, Args)]
pub struct Set {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    what: What,
}

/// Send a screen whose authorization is withdrawn back to pairing. Back in this account it is what it was.
#[derive(Debug, Args)]
pub struct Unpair {
    #[command(flatten)]
    one: One,
}

/// Forget a screen whose authorization is withdrawn. When it is switched on again it asks to be paired.
#[derive(Debug, Args)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

/// Give a screen to the account that made a transfer code.
#[derive(Debug, Args)]
pub struct Transfer {
    #[command(flatten)]
    one: One,
    /// File with the code; - for standard input.
    #[arg(long, value_name = "FILE")]
    code_file: PathBuf,
}

/// Make a code by which an account takes one screen over from another account within a day; shown once.
#[derive(Debug, Args)]
pub struct TransferCode {
    /// Name or id of the account that takes the screen over.
    #[arg(long)]
    account: String,
    /// Write the code to a new file that only this user can read, instead of showing it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// A code that a screen shows.
#[derive(Debug, Args)]
pub struct Shown {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// The code on the screen; case and hyphen do not matter.
    #[arg(long)]
    code: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Tell which screen shows a code, before it is paired.
#[derive(Debug, Args)]
pub struct Look {
    #[command(flatten)]
    shown: Shown,
}

/// Refuse the screen that shows a code.
#[derive(Debug, Args)]
pub struct Deny {
    #[command(flatten)]
    shown: Shown,
}

/// Put a screen in the place of another that its board was: it gets name, folder, groups, playlist and
/// authorization, and the old entry is deleted.
#[derive(Debug, Args)]
pub struct Rebind {
    #[command(flatten)]
    one: One,
    /// Id of the screen whose place it takes.
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    other: String,
}

/// Write the local authorization of a screen to a new file, for its stick.
#[derive(Debug, Args)]
pub struct AuthorizationFile {
    #[command(flatten)]
    one: One,
    /// jws, zip (for the top folder of a stick) or stick (the image of one).
    #[arg(long, default_value = "zip", value_parser = ["jws", "zip", "stick"])]
    format: String,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A screen, and how it is doing.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    detail: Detail,
    status: Report,
}

impl Show {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let One { id, json } = self.one;
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        let mut connection = store.read().await?;
        let detail = detail(&mut connection, &account, &id).await?;
        let status = report(&mut connection, &account, &id).await?;
        if json {
            return output::json(&Whole { detail, status });
        }
        let screen = &detail.view;
        let none = || "-".to_owned();
        let lines = [
            ("Name", screen.name.clone()),
            ("Id", screen.id.clone()),
            ("Account", account),
            ("Authorized", if screen.authorized { "yes" } else { "no" }.to_owned()),
            ("Until", screen.authorized_until.map_or_else(none, |at| at.to_string())),
            ("Location", screen.location.clone().unwrap_or_else(none)),
            ("Folder", screen.folder.clone().unwrap_or_else(none)),
            ("Tags", screen.tags.join(", ")),
            ("Time zone", screen.timezone.clone().unwrap_or_else(none)),
            ("Playlist", screen.playlist.clone().unwrap_or_else(none)),
            ("Last seen", screen.last_seen.map_or_else(|| "never".to_owned(), |at| at.to_string())),
            ("Faults", status.faults.to_string()),
        ];
        lines
            .iter()
            .try_for_each(|(name, value)| output::line(&format!("{name:<11}{}", output::plain(value))))
    }
}

impl Faults {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let One { id, json } = self.one;
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        let found = faults_of(&mut *store.read().await?, &account, &id).await?;
        if json {
            return output::json(&found.items);
        }
        let row = |fault: Fault| {
            let over = fault.cleared_at.map(|at| at.to_string()).unwrap_or_default();
            [fault.code, fault.class, fault.raised_at.to_string(), over, fault.detail.unwrap_or_default()]
        };
        let rows: Vec<_> = found.items.into_iter().map(row).collect();
        output::table(["CODE", "CLASS", "SINCE", "OVER", "DETAIL"], &rows, "Nothing was wrong with it.")
    }
}

impl Set {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (One { id, json }, What { name, location, tags, playlist, layout }) = (self.one, self.what);
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        let tags = tags.map(|tags| tags.split(',').map(|tag| tag.trim().to_owned()).collect());
        let change = Change { name, location, tags, playlist, layout };
        let screen = device::change(&store, &Actor::cli(&account), &id, &change, ident::now()).await?;
        output::done(json, &describe(&screen), &format!("Changed {}", screen.name))
    }
}

impl Unpair {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        leave(self.one, Leave::Unpair, data_dir).await
    }
}

impl Delete {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        leave(self.one, Leave::Delete, data_dir).await
    }
}

async fn leave(one: One, how: Leave, data_dir: &Path) -> Result<()> {
    let One { id, json } = one;
    let (_, store) = open(data_dir).await?;
    let account = account_of(&store, &id).await?;
    device::leave(&store, &Actor::cli(&account), &id, how, ident::now()).await?;
    match how {
        Leave::Unpair => {
            output::done(json, &json!({ "id": id, "unpaired": true }), &format!("Unpaired {id}"))
        }
        Leave::Delete => output::deleted(json, &id),
    }
}

impl Transfer {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let One { id, json } = self.one;
        let code = Secret::new(output::read(&self.code_file)?.trim());
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        device::transfer(&store, &Actor::cli(&account), &id, &code, ident::now()).await?;
        output::done(json, &json!({ "id": id, "transferred": true }), &format!("Transferred {id}"))
    }
}

impl TransferCode {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        output::check_free(self.out.as_deref())?;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &self.account).await?;
        let (code, until) = device::transfer_code(&store, &Actor::cli(&account.id), ident::now()).await?;
        let until = timestamp(until);
        if let Some(path) = &self.out {
            write_private(path, format!("{}\n", code.expose()).as_bytes())?;
            let text = format!("File   {}\nUntil  {until}", path.display());
            return output::done(self.json, &json!({ "out": path, "expiresAt": until }), &text);
        }
        let text = format!("Code   {}   (shown only now)\nUntil  {until}", code.expose());
        output::done(self.json, &json!({ "code": code.expose(), "expiresAt": until }), &text)
    }
}

impl Look {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let Shown { account, code, json } = self.shown;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &account).await?;
        let found =
            Waiting::from(pairing::look(&store, &Actor::cli(&account.id), &code, None, ident::now()).await?);
        let hardware = &found.hardware;
        let say = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let text = format!(
            "Screen   {}\nModel    {}\nSerial   {}\nAddress  {}",
            found.id,
            output::plain(&say(&hardware.model)),
            output::plain(&say(&hardware.serial)),
            say(&found.address)
        );
        output::done(json, &found, &text)
    }
}

impl Deny {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let Shown { account, code, json } = self.shown;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &account).await?;
        pairing::deny(&store, &Actor::cli(&account.id), &code, None, ident::now()).await?;
        output::done(json, &json!({ "denied": true }), "Denied")
    }
}

impl Rebind {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let One { id, json } = self.one;
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        fleet::rebind(&store, &Actor::cli(&account), &id, &self.other, ident::now()).await?;
        let text = format!("{id} is in the place of {}", self.other);
        output::done(json, &json!({ "id": id, "other": self.other, "rebound": true }), &text)
    }
}

impl AuthorizationFile {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let One { id, json } = self.one;
        output::check_free(Some(&self.out))?;
        let format: Format = self.format.parse()?;
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &id).await?;
        let file = local::file(&store, &account, &id, format, ident::now()).await?;
        write_private(&self.out, &file.bytes)?;
        output::wrote(json, &self.out)
    }
}
