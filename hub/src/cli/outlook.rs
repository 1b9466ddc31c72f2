//! `signage-hub device preview` and `device timeline`: what a screen will show.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::device::account_of;
use super::output;
use crate::Result;
use crate::composition::outlook::{self, Showing};
use crate::ident::{self, timestamp};
use crate::serve::open;

/// Show what a screen shows at a moment, and why.
#[derive(Debug, Args)]
pub struct Preview {
    /// Id of the screen.
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// The moment, such as 2026-12-24T18:00:00Z; now without it.
    #[arg(long, value_name = "MOMENT")]
    at: Option<Timestamp>,
    /// With the drafts, as if they were published.
    #[arg(long)]
    drafts: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Show what a screen shows on one day, change by change.
#[derive(Debug, Args)]
pub struct Timeline {
    /// Id of the screen.
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// The day in the time zone of the screen, such as 2026-12-24; today without it.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// With the drafts, as if they were published.
    #[arg(long)]
    drafts: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Preview {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &self.id).await?;
        let at = self.at.unwrap_or_else(|| timestamp(ident::now()));
        let preview = outlook::preview(&store, &account, &self.id, at, self.drafts).await?;
        if self.json {
            return output::json(&preview);
        }
        table([preview.now])
    }
}

impl Timeline {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let account = account_of(&store, &self.id).await?;
        let timeline =
            outlook::timeline(&store, &account, &self.id, self.date, self.drafts, ident::now()).await?;
        if self.json {
            return output::json(&timeline);
        }
        table(timeline.showings)
    }
}

fn table(showings: impl IntoIterator<Item = Showing>) -> Result<()> {
    let row = |one: Showing| {
        let until = one.until.map(|at| at.to_string()).unwrap_or_default();
        let by = one.by.map(|by| by.name).unwrap_or_default();
        let why = serde_json::to_value(one.why).ok().and_then(|why| why.as_str().map(str::to_owned));
        [
            one.from.to_string(),
            until,
            one.name.unwrap_or_else(|| "nothing".to_owned()),
            why.unwrap_or_default(),
            by,
        ]
    };
    let rows: Vec<_> = showings.into_iter().map(row).collect();
    output::table(["FROM", "UNTIL", "SHOWS", "WHY", "BY"], &rows, "Nothing.")
}
