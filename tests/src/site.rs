//! What most tests start from: a hub with an account and something to play, and the provisioning file for a
//! screen of that account.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use crate::fixtures;
use crate::hub::{Account, Hub};
use crate::stick::Stick;

/// Name of the provisioning file.
pub const FILE: &str = "telemetry_config.json";
/// What the provisioning file calls the screen.
pub const SCREEN: &str = "Lobby";
/// Host name in the provisioning file.
pub const HOSTNAME: &str = "lobby-1";
/// Time zone in the provisioning file.
pub const TIMEZONE: &str = "Europe/Berlin";
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

    async fn build(&self, stick: Stick) -> Result<PathBuf> {
        let text = serde_json::to_vec_pretty(&self.file)?;
        stick.file(FILE, text).build(&self.directory.join("stick.img")).await
    }
}
