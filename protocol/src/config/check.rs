//! The rules that no single field can express: which need each other and which exclude each other.

use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;

use super::file::{
    Connection, ConnectionKind, Eap, EapMethod, Ipv4Cidr, Ipv4Method, Ipv6Cidr, Ipv6Method, ProvisionFile,
    Security,
};
use super::finding::{Finding, Findings};
use super::format::{host_and_port, http, no_proxy};
use super::pem;
use super::tree::Tree;
use crate::problem::Code;

struct Check<'c, 'a> {
    tree: &'c Tree<'a>,
    findings: &'c mut Findings,
    issued_at: Option<Timestamp>,
}

/// Adds everything that is wrong with a file whose every field is well-formed.
pub(super) fn check(tree: &Tree<'_>, file: &ProvisionFile, findings: &mut Findings) {
    let mut check = Check { tree, findings, issued_at: file.issued_at };
    check.scope(file);
    check.hub(file);
    let connections = file.network.as_ref().map_or(&[][..], |network| &network.connections);
    for (index, connection) in connections.iter().enumerate() {
        check.connection(&format!("/network/connections/{index}"), connection);
    }
    check.between(connections);
    check.proxy(file);
}

impl Check<'_, '_> {
    fn add(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        let tree = self.tree;
        self.findings.add(code, || Finding::new(code, tree.locate(pointer), pointer).message(message));
    }

    fn conflict(&mut self, pointer: &str, message: impl Into<String>) {
        self.add(Code::CfgConflict, pointer, message);
    }

    fn missing(&mut self, pointer: &str, field: &str, why: &str) {
        self.add(Code::CfgMissing, pointer, format!("the field \"{field}\" is missing here: {why}"));
    }

    fn scope(&mut self, file: &ProvisionFile) {
        if file.provision_token.is_some() && file.device_token.is_some() {
            self.conflict("/deviceToken", "give provisionToken or deviceToken, not both");
        }
        if let (Some(issued), Some(expires)) = (file.issued_at, file.expires_at)
            && expires <= issued
        {
            self.conflict("/expiresAt", "the file would expire before it is issued");
        }
        if file.token().is_some() && file.hub.is_none() {
            self.missing("", "hub", "a token needs the hub that it belongs to");
        }
        if file.replace && file.hub.is_none() {
            self.missing("", "hub", "\"replace\" needs the hub to move to");
        }
    }

    fn hub(&mut self, file: &ProvisionFile) {
        let Some(hub) = &file.hub else { return };
        if let Some(authority) = hub.url.address().filter(|url| url.starts_with("http://")).and_then(http) {
            let (host, _) = host_and_port(authority);
            if !hub.allow_http {
                self.conflict(
                    "/hub/url",
                    "the address starts with https://; http:// needs \"allowHttp\": true",
                );
            } else if !is_private(host) {
                self.conflict("/hub/url", "http:// is allowed only for .local names and private addresses");
            }
        }
        if let Some(ca) = &hub.ca {
            self.validity("/hub/ca", ca);
        }
        if hub.public_key.as_ref().is_some_and(|key| key.verifying_key().is_none()) {
            self.add(
                Code::CfgValue,
                "/hub/publicKey",
                "allowed is an Ed25519 key as JWK, {\"kty\":\"OKP\",…}",
            );
        }
    }

    /// A certificate that had ended when the file was made was put in by mistake. Whether it has ended by now
    /// is not asked: the clock of the reader may be wrong.
    fn validity(&mut self, pointer: &str, certificates: &str) {
        if let (Some(issued), Ok(end)) = (self.issued_at, pem::certificates(certificates))
            && end <= issued
        {
            self.add(
                Code::CfgValue,
                pointer,
                format!("a certificate here ended on {end}, before the file was made"),
            );
        }
    }

    fn connection(&mut self, pointer: &str, connection: &Connection) {
        self.ipv4(pointer, connection);
        self.ipv6(pointer, connection);
        let groups = [
            ("ssid", connection.ssid.is_some(), &[ConnectionKind::Wifi][..]),
            ("hidden", connection.hidden, &[ConnectionKind::Wifi]),
            ("security", connection.security.is_some(), &[ConnectionKind::Wifi]),
            ("psk", connection.psk.is_some(), &[ConnectionKind::Wifi]),
            ("eap", connection.eap.is_some(), &[ConnectionKind::Wifi, ConnectionKind::Ethernet]),
            ("cellular", connection.cellular.is_some(), &[ConnectionKind::Cellular]),
            ("vlan", connection.vlan.is_some(), &[ConnectionKind::Vlan]),
        ];
        for (field, given, kinds) in groups {
            if given && !kinds.contains(&connection.kind) {
                self.conflict(
                    &format!("{pointer}/{field}"),
                    "this field does not belong to a connection of this type",
                );
            }
        }
        match connection.kind {
            ConnectionKind::Ethernet => {}
            ConnectionKind::Wifi => self.wifi(pointer, connection),
            ConnectionKind::Cellular if connection.cellular.is_none() => {
                self.missing(pointer, "cellular", "a mobile network needs its access point");
            }
            ConnectionKind::Vlan if connection.vlan.is_none() => {
                self.missing(pointer, "vlan", "a VLAN needs its number and interface");
            }
            ConnectionKind::Cellular | ConnectionKind::Vlan => {}
        }
        if let Some(eap) = &connection.eap {
            self.eap(&format!("{pointer}/eap"), eap);
        }
    }

    fn ipv4(&mut self, pointer: &str, connection: &Connection) {
        let (ipv4, pointer) = (&connection.ipv4, format!("{pointer}/ipv4"));
        let manual = ipv4.method == Ipv4Method::Manual;
        self.addressing(&pointer, manual, ipv4.addresses.is_empty(), ipv4.gateway.is_some());
        if let Some(gateway) = ipv4.gateway.filter(|_| manual && !ipv4.addresses.is_empty()) {
            let pointer = format!("{pointer}/gateway");
            if !ipv4.addresses.iter().any(|cidr| cidr.contains(gateway)) {
                self.conflict(
                    &pointer,
                    format!("the gateway {gateway} is not in the subnet of the addresses"),
                );
            } else if ipv4.addresses.iter().any(|cidr| cidr.address == gateway) {
                self.conflict(&pointer, format!("{gateway} is the screen's own address, not a gateway"));
            } else if !ipv4
                .addresses
                .iter()
                .any(|cidr| cidr.contains(gateway) && !is_edge(gateway, cidr.prefix))
            {
                self.conflict(&pointer, format!("{gateway} stands for a whole subnet, not for a gateway"));
            }
        }
        for (index, cidr) in ipv4.addresses.iter().enumerate() {
            if !is_of_a_device_v4(*cidr) {
                let message = format!("{cidr} is not the address of a device");
                self.add(Code::CfgValue, &format!("{pointer}/addresses/{index}"), message);
            }
        }
    }

    fn ipv6(&mut self, pointer: &str, connection: &Connection) {
        let (ipv6, pointer) = (&connection.ipv6, format!("{pointer}/ipv6"));
        let manual = ipv6.method == Ipv6Method::Manual;
        self.addressing(&pointer, manual, ipv6.addresses.is_empty(), ipv6.gateway.is_some());
        if let Some(gateway) = ipv6.gateway.filter(|gateway| manual && !gateway.is_unicast_link_local())
            && !ipv6.addresses.is_empty()
            && !ipv6.addresses.iter().any(|cidr| cidr.contains(gateway))
        {
            let message =
                format!("the gateway {gateway} is neither link-local nor in the subnet of the addresses");
            self.conflict(&format!("{pointer}/gateway"), message);
        }
        if let Some(gateway) = ipv6.gateway
            && ipv6.addresses.iter().any(|cidr| cidr.address == gateway)
        {
            let message = format!("{gateway} is the screen's own address, not a gateway");
            self.conflict(&format!("{pointer}/gateway"), message);
        }
        for (index, cidr) in ipv6.addresses.iter().enumerate() {
            if !is_of_a_device_v6(*cidr) {
                let message = format!("{cidr} is not the address of a device");
                self.add(Code::CfgValue, &format!("{pointer}/addresses/{index}"), message);
            }
        }
    }

    fn addressing(&mut self, pointer: &str, manual: bool, empty: bool, gateway: bool) {
        if manual && empty {
            self.missing(pointer, "addresses", "\"manual\" needs at least one");
        }
        if !manual && (!empty || gateway) {
            self.conflict(pointer, "addresses and gateway need \"method\": \"manual\"");
        }
    }

    fn wifi(&mut self, pointer: &str, connection: &Connection) {
        if connection.ssid.is_none() {
            self.missing(pointer, "ssid", "a Wi-Fi needs its name");
        }
        let Some(security) = connection.security else {
            return self.missing(
                pointer,
                "security",
                "a Wi-Fi needs its protection, \"open\" if it has none",
            );
        };
        let (psk, eap) = match security {
            Security::Open | Security::Owe => (false, false),
            Security::Wpa2Psk | Security::Wpa3Sae => (true, false),
            Security::WpaEap => (false, true),
        };
        for (field, wanted, given) in
            [("psk", psk, connection.psk.is_some()), ("eap", eap, connection.eap.is_some())]
        {
            if wanted && !given {
                self.missing(pointer, field, "this protection needs it");
            } else if given && !wanted {
                self.conflict(&format!("{pointer}/{field}"), "this protection does not use it");
            }
        }
    }

    fn eap(&mut self, pointer: &str, eap: &Eap) {
        let tls = eap.method == EapMethod::Tls;
        let why = if tls { "tls needs it" } else { "peap and ttls need it" };
        for (field, with_tls, given) in [
            ("password", false, eap.password.is_some()),
            ("clientCertificate", true, eap.client_certificate.is_some()),
            ("clientKey", true, eap.client_key.is_some()),
        ] {
            if with_tls == tls && !given {
                self.missing(pointer, field, why);
            } else if with_tls != tls && given {
                self.conflict(&format!("{pointer}/{field}"), "this method does not use it");
            }
        }
        for (field, value) in [("ca", &eap.ca), ("clientCertificate", &eap.client_certificate)] {
            if let Some(certificates) = value {
                self.validity(&format!("{pointer}/{field}"), certificates);
            }
        }
    }

    /// What connections must not have in common.
    fn between(&mut self, connections: &[Connection]) {
        for (index, connection) in connections.iter().enumerate() {
            let (earlier, pointer) = (&connections[..index], format!("/network/connections/{index}"));
            let addresses: Vec<IpAddr> = connection.addresses().collect();
            for (at, address) in addresses.iter().enumerate() {
                let has = |other: &Connection| {
                    together(other, connection) && other.addresses().any(|other| other == *address)
                };
                if addresses[..at].contains(address) {
                    self.conflict(&pointer, format!("{address} is given twice"));
                } else if let Some(first) = earlier.iter().position(has) {
                    self.conflict(&pointer, format!("{address} is given already, by connection {first}"));
                }
            }
            if let Some(first) = earlier.iter().position(|other| same_place(other, connection)) {
                self.conflict(&pointer, format!("connection {first} is for the same interface and network"));
            } else if let Some(first) = earlier.iter().position(|other| overlap(other, connection)) {
                self.conflict(&pointer, format!("its subnet overlaps with that of connection {first}"));
            }
        }
    }

    fn proxy(&mut self, file: &ProvisionFile) {
        let Some(proxy) = file.network.as_ref().and_then(|network| network.proxy.as_ref()) else { return };
        if proxy.pac.is_some() && (proxy.http.is_some() || proxy.https.is_some()) {
            self.conflict("/network/proxy/pac", "give \"pac\" or the proxies, not both");
        }
        for (index, _) in proxy.no_proxy.iter().enumerate().filter(|(_, entry)| !no_proxy(entry)) {
            let message = "allowed is one name, domain or address, such as .example or 10.0.0.0/8";
            self.add(Code::CfgValue, &format!("/network/proxy/noProxy/{index}"), message);
        }
    }
}

/// Whether a device can have this address.
fn is_of_a_device_v4(cidr: Ipv4Cidr) -> bool {
    let address = cidr.address;
    let special =
        address.is_unspecified() || address.is_loopback() || address.is_multicast() || address.is_broadcast();
    !special && !is_edge(address, cidr.prefix)
}

/// Whether an address is the number of its subnet or the broadcast address in it. Subnets of two addresses have
/// neither (RFC 3021).
fn is_edge(address: Ipv4Addr, prefix: u8) -> bool {
    let bits = u32::from(address) << prefix.min(31);
    prefix < 31 && (bits == 0 || bits == u32::MAX << prefix)
}

/// The same for IPv6, where the number of a subnet stands for its routers (RFC 4291 §2.6.1), but not in one of
/// two addresses (RFC 6164).
fn is_of_a_device_v6(cidr: Ipv6Cidr) -> bool {
    let address = cidr.address;
    let special = address.is_unspecified() || address.is_loopback() || address.is_multicast();
    let edge = cidr.prefix < 127 && u128::from(address) << cidr.prefix == 0;
    !special && !edge
}

/// Which interface a connection is for, in one spelling.
fn place(connection: &Connection) -> (Option<&str>, Option<String>) {
    let interface = connection.interface.as_ref();
    let mac = interface.and_then(|interface| interface.mac.as_deref());
    (
        interface.and_then(|interface| interface.interface.as_deref()),
        mac.map(|mac| mac.to_ascii_lowercase().replace('-', ":")),
    )
}

/// Whether two connections would compete for the same interface with nothing to tell them apart.
fn same_place(one: &Connection, other: &Connection) -> bool {
    !together(one, other) && one.ssid == other.ssid && one.priority == other.priority
}

/// Whether two connections can be up together. Those of one interface take turns.
fn together(one: &Connection, other: &Connection) -> bool {
    one.kind != other.kind || one.vlan != other.vlan || place(one) != place(other)
}

/// Whether two connections that can be up together have subnets in common.
fn overlap(one: &Connection, other: &Connection) -> bool {
    let four = |a: &Connection, b: &Connection| {
        a.ipv4.addresses.iter().any(|a| b.ipv4.addresses.iter().any(|b| a.overlaps(*b)))
    };
    let six = |a: &Connection, b: &Connection| {
        a.ipv6.addresses.iter().any(|a| b.ipv6.addresses.iter().any(|b| a.overlaps(*b)))
    };
    together(one, other) && (four(one, other) || six(one, other))
}

/// A `.local` name or an address that no router of the internet forwards.
fn is_private(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => private_v4(address),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => host == "localhost" || host.trim_end_matches('.').ends_with(".local"),
    }
}

fn private_v4(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local()
}
