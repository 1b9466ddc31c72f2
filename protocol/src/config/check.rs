//! The rules that no type can express: which fields need each other and which values exclude each other.

use super::file::{Connection, Ipv4Method, ProvisionFile};
use super::parse::Finding;
use super::position::locate;
use crate::problem::Code;
use crate::token;

struct Findings<'a> {
    text: &'a str,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        let position = locate(self.text, pointer);
        self.list.push(Finding {
            code,
            position,
            pointer: pointer.to_owned(),
            message: message.into(),
        });
    }
}

/// Everything wrong with a file that has the right types, in the order of the document's groups.
pub(super) fn check(text: &str, file: &ProvisionFile) -> Vec<Finding> {
    let mut findings = Findings {
        text,
        list: Vec::new(),
    };
    if file.version != 1 {
        findings.add(
            Code::CfgVersion,
            "/version",
            format!("version {}; this screen knows 1", file.version),
        );
        return findings.list;
    }
    tokens(&mut findings, file);
    hub(&mut findings, file);
    for (index, connection) in file
        .network
        .iter()
        .flat_map(|network| &network.connections)
        .enumerate()
    {
        ipv4(
            &mut findings,
            &format!("/network/connections/{index}"),
            connection,
        );
    }
    device(&mut findings, file);
    findings.list
}

fn tokens(findings: &mut Findings<'_>, file: &ProvisionFile) {
    if file.provision_token.is_some() && file.device_token.is_some() {
        findings.add(
            Code::CfgConflict,
            "/deviceToken",
            "give provisionToken or deviceToken, not both",
        );
    }
    let fields = [
        (
            "/provisionToken",
            &file.provision_token,
            token::Kind::Provisioning,
        ),
        ("/deviceToken", &file.device_token, token::Kind::Device),
    ];
    for (pointer, value, wanted) in fields {
        match value.as_ref().map(token::check) {
            None => {}
            Some(Ok(kind)) if kind == wanted => {}
            Some(Ok(_)) => findings.add(
                Code::CfgConflict,
                pointer,
                format!("a token for this field starts with {}", wanted.prefix()),
            ),
            Some(Err(error)) => findings.add(Code::CfgValue, pointer, error.to_string()),
        }
    }
}

fn hub(findings: &mut Findings<'_>, file: &ProvisionFile) {
    let Some(hub) = &file.hub else {
        if file.token().is_some() {
            findings.add(
                Code::CfgMissing,
                "",
                "missing field `hub`: a token needs the hub that it belongs to",
            );
        }
        return;
    };
    let host = hub
        .url
        .strip_prefix("https://")
        .map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(""));
    match host {
        None => findings.add(Code::CfgValue, "/hub/url", "the address starts with https://"),
        Some("") => findings.add(
            Code::CfgValue,
            "/hub/url",
            "the address lacks the name of the hub",
        ),
        Some(host) if host.contains('@') => {
            findings.add(
                Code::CfgValue,
                "/hub/url",
                "the address must not hold a user name or password",
            );
        }
        Some(_) if hub.url.contains(char::is_whitespace) => {
            findings.add(Code::CfgValue, "/hub/url", "the address must not hold blanks");
        }
        Some(_) => {}
    }
    if hub
        .ca
        .as_ref()
        .is_some_and(|ca| !ca.contains("-----BEGIN CERTIFICATE-----"))
    {
        findings.add(
            Code::CfgValue,
            "/hub/ca",
            "certificates are written in PEM, -----BEGIN CERTIFICATE-----",
        );
    }
}

fn ipv4(findings: &mut Findings<'_>, pointer: &str, connection: &Connection) {
    let ipv4 = &connection.ipv4;
    let pointer = format!("{pointer}/ipv4");
    match ipv4.method {
        Ipv4Method::Manual => {
            if ipv4.addresses.is_empty() {
                findings.add(
                    Code::CfgMissing,
                    &pointer,
                    "missing field `addresses`: manual needs at least one",
                );
            }
            if let Some(gateway) = ipv4.gateway
                && !ipv4.addresses.is_empty()
                && !ipv4.addresses.iter().any(|address| address.contains(gateway))
            {
                let message = format!("the gateway {gateway} is not in the subnet of the addresses");
                findings.add(Code::CfgConflict, &format!("{pointer}/gateway"), message);
            }
        }
        Ipv4Method::Auto | Ipv4Method::Disabled => {
            if !ipv4.addresses.is_empty() || ipv4.gateway.is_some() {
                findings.add(
                    Code::CfgConflict,
                    &pointer,
                    "addresses and gateway need \"method\": \"manual\"",
                );
            }
        }
    }
}

fn device(findings: &mut Findings<'_>, file: &ProvisionFile) {
    let Some(device) = &file.device else { return };
    if let Some(hostname) = &device.hostname
        && !is_hostname(hostname)
    {
        findings.add(
            Code::CfgValue,
            "/device/hostname",
            "a host name has 1 to 63 letters, digits or hyphens and no hyphen at either end",
        );
    }
    for (pointer, value) in [
        ("/device/name", &device.name),
        ("/device/location", &device.location),
    ] {
        let bad = |text: &String| {
            text.trim().is_empty() || text.chars().count() > 100 || text.contains(char::is_control)
        };
        if value.as_ref().is_some_and(bad) {
            findings.add(
                Code::CfgValue,
                pointer,
                "1 to 100 characters on one line are allowed",
            );
        }
    }
    if let Some(timezone) = &device.timezone
        && !is_timezone(timezone)
    {
        findings.add(
            Code::CfgValue,
            "/device/timezone",
            "a time zone is written like Europe/Berlin",
        );
    }
}

/// One label of RFC 1123 §2.1.
fn is_hostname(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The shape of an IANA name; whether it exists is for timedated to say.
fn is_timezone(text: &str) -> bool {
    text.len() <= 64
        && text.split('/').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-+".contains(&byte))
        })
}
