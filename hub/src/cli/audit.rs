//! `signage-hub audit …`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::output;
use crate::audit_log::{Filter, MAX_PAGE, Query};
use crate::http::api::audit::csv_piece;
use crate::ident::timestamp;
use crate::serve::open;
use crate::store::{Store, accounts, audit};
use crate::{Error, Result};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List what happened, newest last.
    List {
        /// Only of this account, by name or id; without it also what concerns no account.
        #[arg(long)]
        account: Option<String>,
        /// Only what this person, token, or cli for commands, has done; by id, e-mail address or name.
        #[arg(long, default_value = "", hide_default_value = true, requires = "account")]
        actor: String,
        /// Only this, such as token.create, or token for all that begins so.
        #[arg(long, default_value = "", hide_default_value = true, requires = "account")]
        action: String,
        /// Only what went so: ok or refused.
        #[arg(long, default_value = "", hide_default_value = true, requires = "account")]
        outcome: String,
        /// First day (UTC) or moment.
        #[arg(long, default_value = "", hide_default_value = true, requires = "account")]
        from: String,
        /// Last day or moment, included.
        #[arg(long, default_value = "", hide_default_value = true, requires = "account")]
        until: String,
        /// Write everything that fits to a new file, as a table, newest first.
        #[arg(long, value_name = "FILE", requires = "account")]
        csv: Option<PathBuf>,
        /// How many of the newest entries.
        #[arg(long, value_name = "COUNT", default_value_t = 1000)]
        limit: u32,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let Self::List { account, actor, action, outcome, from, until, csv, limit, json } = self;
        output::check_free(csv.as_deref())?;
        let (_, store) = open(data_dir).await?;
        let account = match account {
            Some(account) => Some(accounts::find(&store, &account).await?.id),
            None => None,
        };
        let query = Query { actor, action, outcome, from, until, ..Query::default() };
        let filter = query.filter()?;
        let records = match &account {
            Some(account) if csv.is_some() || filter != Filter::default() => {
                if let Some(path) = &csv {
                    return write(&store, account, filter, path, json).await;
                }
                let mut records = read(&store, account, filter, limit as usize).await?;
                records.reverse();
                records
            }
            _ => audit::list(&store, account.as_deref(), i64::from(limit)).await?,
        };
        if json {
            return output::json(&records);
        }
        let row = |record: audit::Record| {
            let outcome = record.code.unwrap_or(record.outcome);
            let address = record.address.unwrap_or_default();
            [timestamp(record.at).to_string(), record.action, outcome, record.actor, address, record.subject]
        };
        let rows: Vec<_> = records.into_iter().map(row).collect();
        output::table(
            ["AT", "ACTION", "OUTCOME", "ACTOR", "ADDRESS", "SUBJECT"],
            &rows,
            "Nothing happened yet.",
        )
    }
}

/// The newest entries that fit, newest first.
async fn read(store: &Store, account: &str, filter: Filter, limit: usize) -> Result<Vec<audit::Record>> {
    let (mut filter, mut records) = (filter, Vec::new());
    loop {
        let (page, next) = audit::page(store, account, &filter, MAX_PAGE).await?;
        records.extend(page);
        filter.before = next;
        if records.len() >= limit || filter.before.is_none() {
            records.truncate(limit);
            return Ok(records);
        }
    }
}

/// Everything that fits, as a table, a page at a time.
async fn write(store: &Store, account: &str, filter: Filter, path: &Path, json: bool) -> Result<()> {
    let (mut filter, mut first, mut file) = (filter, true, output::new_file(path)?);
    loop {
        let (page, next) = audit::page(store, account, &filter, MAX_PAGE).await?;
        file.write_all(csv_piece(&page, first).as_bytes()).map_err(Error::file("write", path))?;
        (filter.before, first) = (next, false);
        if filter.before.is_none() {
            break;
        }
    }
    file.sync_all().map_err(Error::file("write", path))?;
    output::wrote(json, path)
}
