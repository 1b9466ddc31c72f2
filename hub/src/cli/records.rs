//! `signage-hub device logs` and `device plays`: what screens have noted.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output;
use crate::folder_rights::Scope;
use crate::http::api::records::{Format, Source, Total, totals_of};
use crate::records::{LogEntry, PlayEntry, Query};
use crate::serve::open;
use crate::store::{Store, accounts, device_logs, plays};
use crate::{Error, Result};

/// Which records.
#[derive(Debug, Args)]
pub struct Which {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// Id of a screen; without it all.
    #[arg(long, allow_hyphen_values = true)]
    screen: Option<String>,
    /// First day (UTC) or moment.
    #[arg(long, default_value = "")]
    from: String,
    /// Last day or moment, included.
    #[arg(long, default_value = "")]
    until: String,
    /// Most records, at most 1000.
    #[arg(long, default_value = "100")]
    limit: String,
    /// Write everything that fits to a new file, as a table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Which {
    fn query(&self) -> Query {
        Query {
            screen: self.screen.clone().unwrap_or_default(),
            from: self.from.clone(),
            until: self.until.clone(),
            limit: self.limit.clone(),
            ..Query::default()
        }
    }
}

/// Show what screens have logged, newest first.
#[derive(Debug, Args)]
pub struct Logs {
    #[command(flatten)]
    which: Which,
    /// This grave or graver: debug, info, warning or error.
    #[arg(long, default_value = "")]
    severity: String,
    /// Only lines with these words.
    #[arg(long, default_value = "", hide_default_value = true)]
    search: String,
}

/// Show what screens have played, newest first, or how often and how long.
#[derive(Debug, Args)]
pub struct Plays {
    #[command(flatten)]
    which: Which,
    /// Only this content, by its title or its id.
    #[arg(long, default_value = "", hide_default_value = true)]
    content: String,
    /// Add it up, by content and by screen.
    #[arg(long, conflicts_with = "csv")]
    totals: bool,
}

impl Logs {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        output::check_free(self.which.csv.as_deref())?;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &self.which.account).await?;
        let query = Query { severity: self.severity, search: self.search, ..self.which.query() };
        let filter = query.logs(&account.id, &Scope::default())?;
        let limit = query.limit()?;
        if let Some(path) = &self.which.csv {
            return write(&store, Source::Logs(filter), path, self.which.json).await;
        }
        let (lines, _) = device_logs::page(&store, &filter, limit).await?;
        let lines: Vec<LogEntry> = lines.into_iter().map(LogEntry::from).collect();
        if self.which.json {
            return output::json(&lines);
        }
        let row = |line: LogEntry| {
            [line.at.to_string(), line.severity.as_str().to_owned(), line.name, line.message]
        };
        let rows: Vec<_> = lines.into_iter().map(row).collect();
        output::table(["AT", "SEVERITY", "SCREEN", "MESSAGE"], &rows, "Nothing was logged.")
    }
}

impl Plays {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        output::check_free(self.which.csv.as_deref())?;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &self.which.account).await?;
        let query = Query { content: self.content, ..self.which.query() };
        let filter = query.plays(&account.id, &Scope::default())?;
        let (limit, json) = (query.limit()?, self.which.json);
        if let Some(path) = &self.which.csv {
            return write(&store, Source::Plays(filter), path, json).await;
        }
        if self.totals {
            let totals = totals_of(&store, &filter).await?;
            if json {
                return output::json(&totals);
            }
            let row = |kind: &str, total: Total| {
                let seconds = (total.duration_ms / 1000).to_string();
                [kind.to_owned(), total.plays.to_string(), total.completed.to_string(), seconds, total.name]
            };
            let content = totals.content.into_iter().map(|total| row("content", total));
            let rows: Vec<_> =
                content.chain(totals.screens.into_iter().map(|total| row("screen", total))).collect();
            let head = ["OF", "PLAYS", "COMPLETED", "SECONDS", "NAME"];
            return output::table(head, &rows, "Nothing was played.");
        }
        let (found, _) = plays::page(&store, &filter, limit).await?;
        let found: Vec<PlayEntry> = found.into_iter().map(PlayEntry::from).collect();
        if json {
            return output::json(&found);
        }
        let row = |play: PlayEntry| {
            let seconds = (play.duration_ms / 1000).to_string();
            [play.started_at.to_string(), seconds, play.name, play.title]
        };
        let rows: Vec<_> = found.into_iter().map(row).collect();
        output::table(["AT", "SECONDS", "SCREEN", "CONTENT"], &rows, "Nothing was played.")
    }
}

/// Everything that fits, as a table, a page at a time.
async fn write(store: &Store, mut source: Source, path: &Path, json: bool) -> Result<()> {
    let mut file = output::new_file(path)?;
    let mut first = true;
    loop {
        let (piece, place) = source.piece(store, Format::Csv, first).await?;
        file.write_all(piece.as_bytes()).map_err(Error::file("write", path))?;
        match place {
            Some(place) => source = source.from(place),
            None => break,
        }
        first = false;
    }
    file.sync_all().map_err(Error::file("write", path))?;
    output::wrote(json, path)
}
