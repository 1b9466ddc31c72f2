//! `signage-hub device …`

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::output;
use crate::Result;
use crate::ident::timestamp;
use crate::serve::open;
use crate::store::{accounts, devices};

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
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let Self::List { account, json } = self;
        let (_, store) = open(data_dir).await?;
        let account = accounts::find(&store, &account).await?;
        let devices = devices::list(&store, &account.id).await?;
        if json {
            let rows: Vec<_> = devices
                .iter()
                .map(|device| {
                    json!({
                        "id": device.id,
                        "name": device.name,
                        "location": device.location,
                        "authorized": device.granted,
                        "sequence": device.sequence,
                        "token": device.enrol_token,
                        "hardware": device.hardware,
                        "tags": device.tags,
                        "software": device.software,
                        "address": device.address,
                        "playlist": device.playlist,
                        "createdAt": timestamp(device.created_at),
                        "lastSeen": timestamp(device.last_seen),
                    })
                })
                .collect();
            return output::json(&rows);
        }
        let rows: Vec<_> = devices
            .into_iter()
            .map(|device| {
                let authorized = if device.granted { "yes" } else { "no" };
                [device.name, authorized.to_owned(), timestamp(device.last_seen).to_string(), device.id]
            })
            .collect();
        output::table(["NAME", "AUTHORIZED", "LAST SEEN", "ID"], &rows, "There are no screens yet.")
    }
}
