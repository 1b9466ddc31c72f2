//! The group `account`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the account gives this screen, and who may maintain it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Account {
    /// Playlist to play until somebody chooses another, by id or name; what the token decides counts before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Welcome"]))]
    pub default_playlist: Option<String>,
    /// Layout to show until somebody chooses another, by id or name; it counts before the playlist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Two columns"]))]
    pub default_layout: Option<String>,
    /// Folder on the hub, levels separated by a slash, unless the token names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Berlin/Foyer"]))]
    pub folder: Option<String>,
    /// Group of screens on the hub, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Menu boards"]))]
    pub group: Option<String>,
    /// Public keys that may sign in as `service` over SSH. Without one, SSH is off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("items" = { "type": "string", "format": "ssh-key" }, "x-since" = "0.1", "examples" = [["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI… installer"]]))]
    pub ssh_keys: Vec<String>,
}
