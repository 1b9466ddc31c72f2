//! What most tests start from: a hub with an account and something to play, and the provisioning file for a
//! screen of that account.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use crate::fixtures;
use crate::hub::{Account, Hub};
use crate::stick::{self, Stick};
use crate::wait::{secs, wait_for};
use signage_protocol::verdict::{Outcome, Verdict};

/// Name of the provisioning file.
pub const FILE: &str = "telemetry_config.json";
/// What the provisioning file calls the screen.
pub const SCREEN: &str = "Lobby";
/// Host name in the provisioning file.
pub const HOSTNAME: &str = "lobby-1";
/// Time zone in the provisioning file.
pub const TIMEZONE: &str = "Europe/Berlin";
/// An address in the network of the virtual machine that its DHCP server does not give.
pub const FIXED_ADDRESS: &str = "10.0.2.77";
/// How long an image stays, in seconds.
const IMAGE_SECONDS: u32 = 4;

/// A hub and what belongs to it.
#[derive(Debug)]
pub struct Site {
    /// The hub; off at first.
    pub hub: Hub,
    /// Its account.
    pub account: Account,
    /// The provisioning file for screens of the account.
    pub file: Value,
    directory: PathBuf,
}

impl Site {
    /// Sets everything up below `directory`.
    pub async fn new(directory: &Path) -> Result<Self> {
        fixtures::make().await?;
        let hub = Hub::new(&directory.join("hub"))?;
        let account = hub.create_account("Example", "operator@example.com").await?;
        hub.create_default_playlist(&account, &fixtures::ALL, IMAGE_SECONDS).await?;
        let mut file = hub.create_token(&account).await?;
        file["device"] = json!({ "name": SCREEN, "hostname": HOSTNAME, "timezone": TIMEZONE });
        file["network"] = json!({ "connections": [{ "type": "ethernet" }] });
        Ok(Self { hub, account, file, directory: directory.to_owned() })
    }

    /// A stick with the provisioning file, one file system from its first byte to its last.
    pub async fn stick(&self) -> Result<PathBuf> {
        self.build(Stick::fat32()).await
    }

    /// The same with a partition table.
    pub async fn partitioned_stick(&self) -> Result<PathBuf> {
        self.build(Stick::fat32().partitioned()).await
    }

    /// Gives the screen a fixed address instead of DHCP.
    pub fn use_fixed_address(&mut self) {
        self.file["network"] = json!({ "connections": [{
            "type": "ethernet",
            "ipv4": {
                "method": "manual",
                "addresses": [format!("{FIXED_ADDRESS}/24")],
                "gateway": "10.0.2.2",
                "dns": ["10.0.2.3"],
            },
        }] });
    }

    /// Waits for the verdict on the stick to be `outcome`.
    pub async fn verdict_is(&self, outcome: Outcome) -> Result<Verdict> {
        let image = self.directory.join("stick.img");
        wait_for("a verdict on the stick", secs(20), async || match stick::verdict(&image).await {
            Ok(Some(verdict)) if verdict.outcome == outcome => Ok(verdict),
            other => Err(format!("{other:?}")),
        })
        .await
    }

    async fn build(&self, stick: Stick) -> Result<PathBuf> {
        let text = serde_json::to_vec_pretty(&self.file)?;
        stick.file(FILE, text).build(&self.directory.join("stick.img")).await
    }
}
