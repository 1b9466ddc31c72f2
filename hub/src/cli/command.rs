//! `signage-hub device command`, `commands` and `screenshot`: telling screens what to do, and how it went.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;
use signage_protocol::session::Command;

use super::output;
use crate::api_token::Actor;
use crate::command::{self, State, To};
use crate::http::api::commands::Info;
use crate::ident::{self, SECOND, timestamp};
use crate::serve::open;
use crate::store::commands::{self as table, Search};
use crate::store::{Store, accounts};
use crate::{Error, Result};

/// How often `--wait` looks.
const LOOK: std::time::Duration = std::time::Duration::from_millis(500);

/// What a screen can be told to do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Upload what it shows.
    Screenshot,
    /// Look for new content at once.
    Refresh,
    /// Start the whole device again.
    Reboot,
    /// Show its name, so that people find it.
    Identify,
    /// Start the player again.
    Restart,
    /// Upload the end of its log.
    CollectLogs,
}

/// Tell screens what to do. The screens are named by their ids, or are those of an account with a tag, in a folder,
/// or all.
#[derive(Debug, Args)]
pub struct Give {
    /// What they are to do.
    kind: Kind,
    /// Ids of the screens. Those that begin with a hyphen come last, behind "--".
    ids: Vec<String>,
    /// Name or id of the account, when the screens are not named by their ids.
    #[arg(long, conflicts_with = "ids")]
    account: Option<String>,
    /// Those with this tag.
    #[arg(long, requires = "account", conflicts_with_all = ["folder", "all"])]
    tag: Option<String>,
    /// Those in this folder, and in the folders below it.
    #[arg(long, requires = "account", conflicts_with = "all")]
    folder: Option<String>,
    /// Every screen of the account.
    #[arg(long, requires = "account")]
    all: bool,
    /// How long a screen shows its name, with identify.
    #[arg(long, value_name = "N")]
    seconds: Option<u32>,
    /// How much of its log a screen uploads, with collect-logs.
    #[arg(long, value_name = "N")]
    lines: Option<u32>,
    /// Seconds after which nobody waits for it any more; without it, what suits the command.
    #[arg(long, value_name = "SECONDS")]
    expires_in: Option<u32>,
    /// Wait until every screen has answered, or its time is over.
    #[arg(long)]
    wait: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Show what a screen, or every screen of an account, was told to do, and how it went.
#[derive(Debug, Args)]
pub struct List {
    /// Id of the screen.
    #[arg(allow_hyphen_values = true, required_unless_present = "account", conflicts_with = "account")]
    id: Option<String>,
    /// Name or id of an account, instead of a screen.
    #[arg(long)]
    account: Option<String>,
    /// Only those that were given together.
    #[arg(long, default_value = "", hide_default_value = true)]
    batch: String,
    /// Only of this kind, such as screenshot.
    #[arg(long, default_value = "", hide_default_value = true)]
    kind: String,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Show one command and what the screen said of it, or write what it has uploaded to a file.
#[derive(Debug, Args)]
pub struct Answer {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// Id of the command.
    id: String,
    /// Write the picture or the log that the screen has uploaded.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Write the newest picture of a screen to a file.
#[derive(Debug, Args)]
pub struct Screenshot {
    /// Id of the screen.
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// The file.
    file: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Give {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let command = self.command()?;
        let (account, to) = match (&self.account, self.ids.first()) {
            (Some(account), _) => (accounts::find(&store, account).await?.id, self.to()?),
            (None, Some(first)) => {
                (super::device::account_of(&store, first).await?, To::Screens(self.ids.clone()))
            }
            (None, None) => {
                let text = "name the screens by their ids, or by --account with --tag, --folder or --all";
                return Err(Error::Invalid(text.into()));
            }
        };
        let expires_in = self.expires_in.map(|seconds| i64::from(seconds) * SECOND);
        let given =
            command::give(&store, &Actor::cli(&account), &to, &command, expires_in, ident::now()).await?;
        let ids: Vec<String> = given.commands.into_iter().map(|command| command.id).collect();
        let mut rows = read(&store, &account, &ids).await?;
        while self.wait && !rows.iter().all(|row| State::of(&row.command, ident::now()).is_final()) {
            tokio::time::sleep(LOOK).await;
            rows = read(&store, &account, &ids).await?;
        }
        show(rows, self.json, "No screen is meant by this.")
    }

    fn command(&self) -> Result<Command> {
        let command = match self.kind {
            Kind::Screenshot => Command::Screenshot,
            Kind::Refresh => Command::Refresh,
            Kind::Reboot => Command::Reboot,
            Kind::Identify => Command::Identify { seconds: self.seconds.unwrap_or(30) },
            Kind::Restart => Command::Restart,
            Kind::CollectLogs => Command::CollectLogs { lines: self.lines.unwrap_or(1000) },
        };
        if self.seconds.is_some() && !matches!(command, Command::Identify { .. }) {
            return Err(Error::Invalid("--seconds goes with identify only".into()));
        }
        if self.lines.is_some() && !matches!(command, Command::CollectLogs { .. }) {
            return Err(Error::Invalid("--lines goes with collect-logs only".into()));
        }
        Ok(command)
    }

    fn to(&self) -> Result<To> {
        match (&self.tag, &self.folder, self.all) {
            (Some(tag), _, _) => Ok(To::Tag(tag.clone())),
            (_, Some(folder), _) => Ok(To::Folder(folder.clone())),
            (_, _, true) => Ok(To::All),
            _ => Err(Error::Invalid("say which screens are meant: --tag, --folder or --all".into())),
        }
    }
}

impl List {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let account = match (&self.id, &self.account) {
            (Some(id), _) => super::device::account_of(&store, id).await?,
            (None, account) => accounts::find(&store, account.as_deref().unwrap_or_default()).await?.id,
        };
        let search = Search {
            device: self.id.as_deref().unwrap_or_default(),
            batch: &self.batch,
            kind: &self.kind,
            limit: 100,
            ..Search::default()
        };
        let rows = table::search(&mut *store.read().await?, &account, &search).await?;
        show(rows, self.json, "There are no such commands.")
    }
}

impl Answer {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &self.account).await?.id;
        let mut connection = store.read().await?;
        let missing = || Error::NotFound { what: "command", name: self.id.clone() };
        let found = table::by_id(&mut connection, &account, &self.id).await?.ok_or_else(missing)?;
        let Some(path) = &self.out else {
            if self.json {
                return output::json(&Info::of(found, ident::now()));
            }
            return show(vec![found], false, "");
        };
        let file = table::file(&mut connection, &account, &self.id).await?;
        let file =
            file.ok_or_else(|| Error::NotFound { what: "file of the command", name: self.id.clone() })?;
        std::fs::write(path, &file.bytes).map_err(Error::file("write", path))?;
        output::wrote(self.json, path)
    }
}

impl Screenshot {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let account = super::device::account_of(&store, &self.id).await?;
        let picture = table::screenshot(&mut *store.read().await?, &account, &self.id).await?;
        let picture =
            picture.ok_or_else(|| Error::NotFound { what: "screenshot of the screen", name: self.id })?;
        std::fs::write(&self.file, &picture.bytes).map_err(Error::file("write", &self.file))?;
        let (at, kind) = (timestamp(picture.at), &picture.media_type);
        let text = format!("Wrote {} ({kind}, of {at})", self.file.display());
        output::done(self.json, &json!({ "out": self.file, "mediaType": kind, "at": at }), &text)
    }
}

async fn read(store: &Store, account: &str, ids: &[String]) -> Result<Vec<table::Listed>> {
    let mut connection = store.read().await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(table::by_id(&mut connection, account, id).await?);
    }
    Ok(rows)
}

fn show(rows: Vec<table::Listed>, as_json: bool, none: &str) -> Result<()> {
    let now = ident::now();
    if as_json {
        let rows: Vec<Info> = rows.into_iter().map(|row| Info::of(row, now)).collect();
        return output::json(&json!(rows));
    }
    let row = |row: table::Listed| {
        let command = row.command;
        [
            command.kind.clone(),
            State::of(&command, now).as_str().to_owned(),
            timestamp(command.created_at).to_string(),
            row.device_name.unwrap_or(command.device),
            command.result.unwrap_or_default().lines().next().unwrap_or_default().to_owned(),
        ]
    };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    output::table(["COMMAND", "STATE", "GIVEN", "SCREEN", "ANSWER"], &rows, none)
}
