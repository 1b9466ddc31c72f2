//! The types of the provisioning file. Field names are camelCase in JSON.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Secret;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvisionFile {
    /// For editors; ignored.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always 1.
    pub version: u32,
    /// When the file was made. A device's clock is never earlier than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    /// Token that enrols any number of devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provision_token: Option<Secret>,
    /// Token that enrols exactly this device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_token: Option<Secret>,
    /// Leave the present account, if there is one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replace: bool,
    /// Where to enrol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<Hub>,
    /// How to reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// What this screen is called and where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
}

impl ProvisionFile {
    /// The token, of whichever kind.
    pub fn token(&self) -> Option<&Secret> {
        self.provision_token.as_ref().or(self.device_token.as_ref())
    }
}

/// Where to enrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hub {
    /// Base address, `https://…`.
    pub url: String,
    /// PEM certificates trusted besides the system's, for private hubs and inspecting proxies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

/// How to reach the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Profiles, all of which are kept; the network decides which can be used.
    #[serde(default)]
    pub connections: Vec<Connection>,
}

/// One network profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Medium.
    #[serde(rename = "type")]
    pub kind: ConnectionKind,
    /// Higher is preferred.
    #[serde(default)]
    pub priority: i32,
    /// Which interface; without it, any of this type.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<Match>,
    /// IPv4; automatic when absent.
    #[serde(default)]
    pub ipv4: Ipv4,
}

/// Medium of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionKind {
    /// A cable.
    Ethernet,
}

/// Which interface a connection is for; all given members must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Kernel name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
}

/// IPv4 of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ipv4 {
    /// Where addresses come from.
    #[serde(default)]
    pub method: Ipv4Method,
    /// With `manual`: at least one, in CIDR form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Ipv4Cidr>,
    /// With `manual`: default gateway. An isolated network needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Ipv4Addr>,
    /// Name servers; with `auto` they come before those of the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<Ipv4Addr>,
}

/// Where IPv4 addresses come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ipv4Method {
    /// DHCP.
    #[default]
    Auto,
    /// As written in the file.
    Manual,
    /// No IPv4.
    Disabled,
}

/// An IPv4 address with the length of its prefix, `192.168.1.20/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv4Cidr {
    /// The address of the device.
    pub address: Ipv4Addr,
    /// 1 to 32.
    pub prefix: u8,
}

impl Ipv4Cidr {
    /// Whether `other` lies in the same subnet.
    pub fn contains(self, other: Ipv4Addr) -> bool {
        let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
        u32::from(self.address) & mask == u32::from(other) & mask
    }
}

impl FromStr for Ipv4Cidr {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "an address with its prefix, such as 192.168.1.20/24";
        let (address, prefix) = text.split_once('/').ok_or(FORM)?;
        let address = address.parse().map_err(|_| FORM)?;
        let prefix = prefix
            .parse()
            .ok()
            .filter(|prefix| (1..=32).contains(prefix))
            .ok_or(FORM)?;
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Ipv4Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl<'de> Deserialize<'de> for Ipv4Cidr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|form| serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &form))
    }
}

impl Serialize for Ipv4Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What this screen is called and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Name on the hub and on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Place, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Host name (RFC 1123 label).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// IANA time zone, `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Labels for the operator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}
