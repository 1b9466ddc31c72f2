//! The group `hub`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::jws::PublicKey;

/// The hub that the screen belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Hub {
    /// Address, `https://…`, or `discover` to take the hub that announces itself on this network.
    #[schemars(extend("format" = "hub-url", "x-since" = "0.1", "examples" = ["https://hub.example:8443", "discover"]))]
    pub url: HubUrl,
    /// Certificates (PEM) to trust besides the system's: for private hubs and TLS-inspecting proxies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "certificates", "x-since" = "0.1",
        "examples" = ["-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"]))]
    pub ca: Option<String>,
    /// Key of the account (JWK, Ed25519): lets the screen check documents that arrive without a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = [
        { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }
    ]))]
    pub public_key: Option<PublicKey>,
    /// Whether `http://` is allowed for a `.local` name or a private address. For laboratories only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("x-since" = "0.1", "examples" = [true]))]
    pub allow_http: bool,
}

/// The address of a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct HubUrl(String);

impl From<String> for HubUrl {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl HubUrl {
    /// The value that asks for discovery.
    pub const DISCOVER: &'static str = "discover";

    /// The address without a slash at its end; `None` when the hub is to be discovered.
    pub fn address(&self) -> Option<&str> {
        (self.0 != Self::DISCOVER).then(|| self.0.trim_end_matches('/'))
    }
}

impl fmt::Display for HubUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
