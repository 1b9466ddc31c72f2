//! The group `network`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::{Ipv4Cidr, Ipv6Cidr};
use super::wireless::{Cellular, Eap, Security};
use crate::Secret;

/// How to reach the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Network {
    /// Connections to know, all of which are kept. An absent Wi-Fi is no error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-since" = "0.1"))]
    pub connections: Vec<Connection>,
    /// Proxy for the hub and for content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub proxy: Option<Proxy>,
    /// Time servers, names or addresses. Without them, those of the network and of the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("items" = { "type": "string", "format": "host" }, "x-since" = "0.1", "examples" = [["ntp.example", "192.168.1.1"]]))]
    pub ntp: Vec<String>,
    /// Country whose radio rules apply (ISO 3166-1, two letters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "country", "x-since" = "0.1", "examples" = ["DE"]))]
    pub country: Option<String>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Connection {
    /// Medium: a cable, Wi-Fi, a mobile network, or a VLAN on a cable.
    #[serde(rename = "type")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["ethernet"]))]
    pub kind: ConnectionKind,
    /// Preference; higher wins.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = -900, max = 900), extend("x-since" = "0.1", "examples" = [10]))]
    pub priority: i32,
    /// Which interface. Without it, any of this type.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub interface: Option<Match>,
    /// IPv4.
    #[serde(default)]
    #[schemars(extend("x-since" = "0.1"))]
    pub ipv4: Ipv4,
    /// IPv6.
    #[serde(default)]
    #[schemars(extend("x-since" = "0.1"))]
    pub ipv6: Ipv6,
    /// Largest packet, in bytes. Without it, what the network says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 576, max = 9216), extend("x-since" = "0.1", "examples" = [1400]))]
    pub mtu: Option<u32>,
    /// Wi-Fi: name of the network, 1 to 32 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "ssid", "x-since" = "0.1", "examples" = ["Shop"]))]
    pub ssid: Option<String>,
    /// Wi-Fi: whether the network does not announce its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("x-since" = "0.1", "examples" = [true]))]
    pub hidden: bool,
    /// Wi-Fi: how it is protected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["wpa2-psk"]))]
    pub security: Option<Security>,
    /// Wi-Fi: passphrase of 8 to 63 characters, or the key as 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "psk", "x-since" = "0.1", "examples" = ["correct horse battery"]))]
    pub psk: Option<Secret>,
    /// 802.1X, on Wi-Fi or on a cable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub eap: Option<Eap>,
    /// Mobile network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub cellular: Option<Cellular>,
    /// VLAN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1"))]
    pub vlan: Option<Vlan>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &i32) -> bool {
    *value == 0
}

/// Medium of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ConnectionKind {
    Ethernet,
    Wifi,
    Cellular,
    Vlan,
}

/// Which interface a connection is for; all given members must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Match {
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "mac", "x-since" = "0.1", "examples" = ["dc:a6:32:01:02:03"]))]
    pub mac: Option<String>,
    /// Name of the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "interface", "x-since" = "0.1", "examples" = ["eth0"]))]
    pub interface: Option<String>,
}

/// IPv4 of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Ipv4 {
    /// `auto` asks DHCP, `manual` takes `addresses`, `disabled` does without IPv4.
    #[serde(default)]
    #[schemars(extend("x-since" = "0.1", "examples" = ["manual"]))]
    pub method: Ipv4Method,
    /// With `manual`: addresses with their prefix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-since" = "0.1", "examples" = [["192.168.1.20/24"]]))]
    pub addresses: Vec<Ipv4Cidr>,
    /// With `manual`: default gateway. An isolated network needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["192.168.1.1"]))]
    pub gateway: Option<Ipv4Addr>,
    /// Name servers. With `auto` they come before those of the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-since" = "0.1", "examples" = [["192.168.1.1"]]))]
    pub dns: Vec<Ipv4Addr>,
}

/// Where IPv4 addresses come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Ipv4Method {
    #[default]
    Auto,
    Manual,
    Disabled,
}

/// IPv6 of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Ipv6 {
    /// `auto` listens to router advertisements and DHCPv6, `manual` takes `addresses`, `disabled` does
    /// without IPv6.
    #[serde(default)]
    #[schemars(extend("x-since" = "0.1", "examples" = ["disabled"]))]
    pub method: Ipv6Method,
    /// With `manual`: addresses with their prefix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-since" = "0.1", "examples" = [["2001:db8::20/64"]]))]
    pub addresses: Vec<Ipv6Cidr>,
    /// With `manual`: default gateway; may be link-local.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-since" = "0.1", "examples" = ["fe80::1"]))]
    pub gateway: Option<Ipv6Addr>,
    /// Name servers. With `auto` they come before those of the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-since" = "0.1", "examples" = [["2001:db8::1"]]))]
    pub dns: Vec<Ipv6Addr>,
}

/// Where IPv6 addresses come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Ipv6Method {
    #[default]
    Auto,
    Manual,
    Disabled,
}

/// A VLAN on a cable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Vlan {
    /// Number of the VLAN.
    #[schemars(range(min = 1, max = 4094), extend("x-since" = "0.1", "examples" = [20]))]
    pub id: u16,
    /// Interface that carries it.
    #[schemars(extend("format" = "interface", "x-since" = "0.1", "examples" = ["eth0"]))]
    pub parent: String,
}

/// Proxy for the hub and for content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Proxy {
    /// For `http://` addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "proxy-url", "x-since" = "0.1", "examples" = ["http://proxy.example:3128"]))]
    pub http: Option<Secret>,
    /// For `https://` addresses. May carry a user name and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "proxy-url", "x-since" = "0.1", "examples" = ["http://user:secret@proxy.example:3128"]))]
    pub https: Option<Secret>,
    /// Names, domains (`.example`) and addresses that are reached without the proxy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 253)))]
    #[schemars(extend("x-since" = "0.1", "examples" = [[".example", "10.0.0.0/8"]]))]
    pub no_proxy: Vec<String>,
    /// Address of a proxy auto-configuration file. Excludes `http` and `https`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "url", "x-since" = "0.1", "examples" = ["http://wpad.example/wpad.dat"]))]
    pub pac: Option<String>,
}

impl Connection {
    /// Every address that the connection gives itself, for comparisons.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let four = self.ipv4.addresses.iter().map(|cidr| IpAddr::V4(cidr.address));
        four.chain(self.ipv6.addresses.iter().map(|cidr| IpAddr::V6(cidr.address)))
    }
}
