//! Wi-Fi protection, 802.1X and mobile networks: members of the group `network`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;

/// How a Wi-Fi is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Security {
    #[serde(rename = "open")]
    Open,
    #[serde(rename = "owe")]
    Owe,
    #[serde(rename = "wpa2-psk")]
    Wpa2Psk,
    #[serde(rename = "wpa3-sae")]
    Wpa3Sae,
    #[serde(rename = "wpa-eap")]
    WpaEap,
}

/// 802.1X: proving who the screen is to the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Eap {
    /// `peap` and `ttls` need a password, `tls` a client certificate with its key.
    #[schemars(extend("x-since" = "0.1", "examples" = ["peap"]))]
    pub method: EapMethod,
    /// User name.
    #[schemars(length(min = 1, max = 253), extend("x-since" = "0.1", "examples" = ["screen@example"]))]
    pub identity: String,
    /// User name outside the protected tunnel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), extend("x-since" = "0.1", "examples" = ["anonymous@example"]))]
    pub anonymous_identity: Option<String>,
    /// Password, with `peap` and `ttls`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["secret"]))]
    pub password: Option<Secret>,
    /// Certificates (PEM) that the network's server must descend from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "certificates", "x-since" = "0.1",
        "examples" = ["-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"]))]
    pub ca: Option<String>,
    /// Name that the server's certificate must carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "host", "x-since" = "0.1", "examples" = ["radius.example"]))]
    pub server_name: Option<String>,
    /// Certificate of the screen (PEM), with `tls`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "certificates", "x-since" = "0.1",
        "examples" = ["-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"]))]
    pub client_certificate: Option<String>,
    /// Its private key (PEM, PKCS#8), with `tls`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "private-key", "x-since" = "0.1",
        "examples" = ["-----BEGIN PRIVATE KEY-----\nMC4C…\n-----END PRIVATE KEY-----\n"]))]
    pub client_key: Option<Secret>,
}

/// How 802.1X proves the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum EapMethod {
    Peap,
    Ttls,
    Tls,
}

/// A mobile network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Cellular {
    /// Access point name.
    #[schemars(length(min = 1, max = 100), extend("x-since" = "0.1", "examples" = ["internet"]))]
    pub apn: String,
    /// PIN of the SIM card, 4 to 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "pin", "x-since" = "0.1", "examples" = ["1234"]))]
    pub pin: Option<Secret>,
    /// User name, if the network wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), extend("x-since" = "0.1", "examples" = ["user"]))]
    pub user: Option<String>,
    /// Password, if the network wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["secret"]))]
    pub password: Option<Secret>,
}
