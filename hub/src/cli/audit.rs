//! `signage-hub audit …`

use std::path::Path;

use clap::Subcommand;

use super::output;
use crate::Result;
use crate::ident::timestamp;
use crate::serve::open;
use crate::store::{accounts, audit};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List what happened, newest last.
    List {
        /// Only of this account, by name or id; without it also what concerns no account.
        #[arg(long)]
        account: Option<String>,
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
        let Self::List { account, limit, json } = self;
        let (_, store) = open(data_dir).await?;
        let account = match account {
            Some(account) => Some(accounts::find(&store, &account).await?.id),
            None => None,
        };
        let records = audit::list(&store, account.as_deref(), i64::from(limit)).await?;
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
