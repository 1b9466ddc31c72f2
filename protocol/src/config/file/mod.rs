//! The types of the provisioning file, one module per group. Field names are camelCase in JSON.
//!
//! The JSON Schema, the reference page and the validation all come from these types: doc comments become
//! descriptions, `format` names a check in `super::format`, and `x-since` is the version of Signage that
//! first knew the field.

mod account;
mod address;
mod device;
mod display;
mod hub;
mod network;
mod wireless;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;

pub use account::Account;
pub use address::{Ipv4Cidr, Ipv6Cidr};
pub use device::Device;
pub use display::{Audio, Day, Display, PowerWindow};
pub use hub::{Hub, HubUrl};
pub use network::{
    Connection, ConnectionKind, Ipv4, Ipv4Method, Ipv6, Ipv6Method, Match, Network, Proxy, Vlan,
};
pub use wireless::{Cellular, Eap, EapMethod, Security};

use std::collections::BTreeMap;

/// Settings for a screen that has none yet: `telemetry_config.json`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ProvisionFile {
    /// Address of this schema, for editors. Has no effect on the screen.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["https://hub.example/schema/provisioning-1.json"]))]
    pub schema: Option<String>,
    /// Version of the format: always 1.
    #[schemars(extend("enum" = [1], "x-since" = "0.1", "examples" = [1]))]
    pub version: u32,
    /// When the file was made (RFC 3339). The clock of the screen is never set earlier than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["2026-11-20T09:00:00Z"]))]
    pub issued_at: Option<Timestamp>,
    /// Until when the file may be used for the first time (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["2026-12-31T23:59:59Z"]))]
    pub expires_at: Option<Timestamp>,
    /// Serial numbers of the boards that this file is for. Other boards leave it alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10_000), inner(length(min = 1, max = 64)))]
    #[schemars(extend("x-since" = "0.1", "examples" = [["10000000a3b1c2d4"]]))]
    pub only: Vec<String>,
    /// Token that enrols any number of screens until it is revoked. Give this or `deviceToken` or neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "provisioning-token", "x-since" = "0.1",
        "examples" = ["sgp_000000000000000000000000000d1ncj"]))]
    pub provision_token: Option<Secret>,
    /// Token that enrols exactly this screen. Give this or `provisionToken` or neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "device-token", "x-since" = "0.1",
        "examples" = ["sgd_00000000000000000000000000h5m5y9"]))]
    pub device_token: Option<Secret>,
    /// Whether a screen that belongs to an account leaves it for the one of this file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("x-since" = "0.1", "examples" = [true]))]
    pub replace: bool,
    /// Whether the screen accepts only signed files from now on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("x-since" = "0.1", "examples" = [true]))]
    pub lock: bool,
    /// The hub that the screen belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub hub: Option<Hub>,
    /// How to reach the network. Without it, a cable and DHCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub network: Option<Network>,
    /// What the screen is called and where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub device: Option<Device>,
    /// Outputs by connector name (`HDMI-A-1`), or `*` for all that are not named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32, "propertyNames" = { "format": "connector" }, "x-since" = "0.1"))]
    pub display: BTreeMap<String, Display>,
    /// What the account gives this screen, and who may maintain it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub account: Option<Account>,
}

impl ProvisionFile {
    /// A file that says nothing yet.
    pub fn empty() -> Self {
        Self {
            schema: None,
            version: 1,
            issued_at: None,
            expires_at: None,
            only: vec![],
            provision_token: None,
            device_token: None,
            replace: false,
            lock: false,
            hub: None,
            network: None,
            device: None,
            display: BTreeMap::new(),
            account: None,
        }
    }

    /// The token, of whichever kind.
    pub fn token(&self) -> Option<&Secret> {
        self.provision_token.as_ref().or(self.device_token.as_ref())
    }
}
