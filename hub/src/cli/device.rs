//! `signage-hub device …`

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use crate::ident::{self, timestamp};
use crate::serve::open;
use crate::store::devices::Device;
use crate::store::{accounts, devices};
use crate::{Result, enrolment};

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
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::List { account, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let devices = devices::list(&store, &account.id).await?;
                if json {
                    let rows: Vec<_> = devices.iter().map(describe).collect();
                    return output::json(&rows);
                }
                let row = |device: Device| {
                    let authorized = if device.granted { "yes" } else { "no" };
                    [device.name, authorized.to_owned(), timestamp(device.last_seen).to_string(), device.id]
                };
                let rows: Vec<_> = devices.into_iter().map(row).collect();
                output::table(["NAME", "AUTHORIZED", "LAST SEEN", "ID"], &rows, "There are no screens yet.")
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

fn describe(device: &Device) -> Value {
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
}
