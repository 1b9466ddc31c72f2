//! A connection of the provisioning file as a NetworkManager profile. Pure: the D-Bus map is a value.

use std::collections::HashMap;
use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use signage_protocol::config::{Connection, ConnectionKind, Ipv4Method, Ipv6Method, Network};
use zvariant::Value;

/// `a{sa{sv}}` as NetworkManager takes it.
pub type Profile = HashMap<&'static str, HashMap<&'static str, Value<'static>>>;

/// Names of all profiles made here begin so; others are not touched.
pub(super) const PREFIX: &str = "signage-";

/// Whether this version can make the profile of a connection.
pub(super) fn is_supported(connection: &Connection) -> bool {
    connection.kind == ConnectionKind::Ethernet && connection.eap.is_none()
}

/// The profiles of a network as far as this version can make them, each with its connection and its UUID.
pub fn profiles(network: &Network) -> impl Iterator<Item = (&Connection, String, Profile)> {
    network.connections.iter().enumerate().filter(|(_, connection)| is_supported(connection)).map(
        |(index, connection)| {
            let (uuid, profile) = profile(index, connection);
            (connection, uuid, profile)
        },
    )
}

/// The profile of the (supported) connection at `index`, and its UUID. The UUID depends on the index alone, so
/// that a changed file replaces profiles instead of piling them up.
fn profile(index: usize, connection: &Connection) -> (String, Profile) {
    let uuid = uuid(index);
    let mut general = HashMap::from([
        ("id", Value::from(format!("{PREFIX}ethernet-{index}"))),
        ("uuid", Value::from(uuid.clone())),
        ("type", Value::from("802-3-ethernet")),
        ("autoconnect", Value::from(true)),
        // Above NetworkManager's automatic profile (-999), then by the file's own ranking.
        ("autoconnect-priority", Value::from(connection.priority.clamp(-900, 900))),
        // For ever: a cable that comes back must be enough.
        ("autoconnect-retries", Value::from(0i32)),
    ]);
    let mut ethernet = HashMap::new();
    if let Some(interface) = &connection.interface {
        if let Some(name) = &interface.interface {
            general.insert("interface-name", Value::from(name.clone()));
        }
        if let Some(mac) = interface.mac.as_deref().and_then(mac_bytes) {
            ethernet.insert("mac-address", Value::from(mac));
        }
    }
    if let Some(mtu) = connection.mtu {
        ethernet.insert("mtu", Value::from(mtu));
    }
    let profile = HashMap::from([
        ("connection", general),
        ("802-3-ethernet", ethernet),
        ("ipv4", ipv4(connection)),
        ("ipv6", ipv6(connection)),
    ]);
    (uuid, profile)
}

type Settings = HashMap<&'static str, Value<'static>>;

fn ipv4(connection: &Connection) -> Settings {
    let ipv4 = &connection.ipv4;
    let method = match ipv4.method {
        Ipv4Method::Auto => "auto",
        Ipv4Method::Manual => "manual",
        Ipv4Method::Disabled => "disabled",
    };
    let addresses = ipv4.addresses.iter().map(|cidr| (cidr.address.into(), cidr.prefix));
    let mut settings = ip(method, addresses.collect(), ipv4.gateway.map(IpAddr::V4), &ipv4.dns);
    // Else a connection counts as up when IPv6 alone works, and a dead DHCP server goes unnoticed.
    settings.insert("may-fail", Value::from(ipv4.method == Ipv4Method::Disabled));
    if ipv4.method == Ipv4Method::Manual {
        // Refuse an address that somebody else has, rather than disturb both.
        settings.insert("dad-timeout", Value::from(1000i32));
    }
    settings
}

fn ipv6(connection: &Connection) -> Settings {
    let ipv6 = &connection.ipv6;
    let method = match ipv6.method {
        Ipv6Method::Auto => "auto",
        Ipv6Method::Manual => "manual",
        Ipv6Method::Disabled => "disabled",
    };
    let addresses = ipv6.addresses.iter().map(|cidr| (cidr.address.into(), cidr.prefix));
    let mut settings = ip(method, addresses.collect(), ipv6.gateway.map(IpAddr::V6), &ipv6.dns);
    // "auto" is what a network may or may not offer; "manual" is what somebody wants.
    settings.insert("may-fail", Value::from(ipv6.method != Ipv6Method::Manual));
    settings
}

/// What both address families have in common.
fn ip(
    method: &'static str,
    addresses: Vec<(IpAddr, u8)>,
    gateway: Option<IpAddr>,
    dns: &[impl ToString],
) -> Settings {
    let mut settings = HashMap::from([("method", Value::from(method))]);
    if !addresses.is_empty() {
        let data: Vec<HashMap<&str, Value<'_>>> = addresses
            .into_iter()
            .map(|(address, prefix)| {
                let prefix = Value::from(u32::from(prefix));
                HashMap::from([("address", Value::from(address.to_string())), ("prefix", prefix)])
            })
            .collect();
        settings.insert("address-data", Value::from(data));
    }
    if let Some(gateway) = gateway {
        settings.insert("gateway", Value::from(gateway.to_string()));
    }
    if !dns.is_empty() {
        let dns: Vec<String> = dns.iter().map(ToString::to_string).collect();
        settings.insert("dns-data", Value::from(dns));
    }
    settings
}

/// `52:54:00:12:34:56` as bytes.
fn mac_bytes(text: &str) -> Option<Vec<u8>> {
    let bytes: Vec<u8> =
        text.split([':', '-']).map(|part| u8::from_str_radix(part, 16)).collect::<Result<_, _>>().ok()?;
    (bytes.len() == 6).then_some(bytes)
}

/// A UUID of version 8 (RFC 9562) from the index.
fn uuid(index: usize) -> String {
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Sha256::digest(format!("signage connection {index}"))[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(json: &str) -> Connection {
        let text = format!(r#"{{"version":1,"network":{{"connections":[{json}]}}}}"#);
        signage_protocol::config::parse(text.as_bytes()).unwrap().file.network.unwrap().connections.remove(0)
    }

    #[test]
    fn an_automatic_connection_asks_dhcp() {
        let (uuid, profile) = profile(0, &connection(r#"{"type":"ethernet"}"#));
        assert_eq!(profile["ipv4"]["method"], Value::from("auto"));
        assert_eq!(profile["connection"]["uuid"], Value::from(uuid));
        assert!(!profile["ipv4"].contains_key("address-data"));
    }

    #[test]
    fn a_manual_connection_carries_its_addresses() {
        let json = r#"{"type":"ethernet","match":{"mac":"52:54:00:12:34:56"},"ipv4":{"method":"manual",
            "addresses":["10.0.2.77/24"],"gateway":"10.0.2.2","dns":["10.0.2.3"]}}"#;
        let (_, profile) = profile(0, &connection(json));
        assert_eq!(profile["ipv4"]["method"], Value::from("manual"));
        assert_eq!(profile["ipv4"]["gateway"], Value::from("10.0.2.2"));
        assert_eq!(profile["ipv4"]["dns-data"], Value::from(vec!["10.0.2.3"]));
        assert_eq!(
            profile["802-3-ethernet"]["mac-address"],
            Value::from(vec![0x52u8, 0x54, 0, 0x12, 0x34, 0x56])
        );
    }

    #[test]
    fn uuids_are_stable_distinct_and_well_formed() {
        assert_eq!(uuid(0), uuid(0));
        assert_ne!(uuid(0), uuid(1));
        assert_eq!(uuid(0).len(), 36);
        assert_eq!(&uuid(0)[14..15], "8");
    }
}
