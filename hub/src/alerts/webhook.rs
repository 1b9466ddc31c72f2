//! Messages to webhooks.
//!
//! A webhook is an address that a tenant chooses and this machine calls, so it must not lead to what only this machine
//! reaches: addresses of this host, of the link, and of the metadata services of clouds are refused after the name was
//! resolved, and the connection goes to the address that was checked. Redirects are not followed.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use signage_protocol::Secret;

use super::send::{Config, Failure, untrusted};
use super::setup::webhook_secret;
use crate::error::chain;
use crate::ident::{Millis, SECOND};
use crate::seal::Seal;
use crate::store::alerts::{Channel, Delivery};
use crate::vault::{Vault, WEBHOOK};
use crate::{Error, Result};

/// Header with the moment of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "x-signage-timestamp";
/// Header with `sha256=` and the signature over timestamp, a full stop, and body.
pub const SIGNATURE: &str = "x-signage-signature";
/// Header with the id of the message: one that comes twice has the same.
pub const DELIVERY: &str = "x-signage-delivery";

/// A network, such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpAddr, u32);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("{text:?} is no network such as 10.0.0.0/8");
        let (address, length) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = if length.is_empty() { most } else { length.parse().map_err(|_| wrong())? };
        if length > most { Err(wrong()) } else { Ok(Self(address, length)) }
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let same = |ours: u128, theirs: u128, bits: u32| {
            let rest = bits - self.1;
            rest >= bits || (ours >> rest) == (theirs >> rest)
        };
        match (self.0, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same(u32::from(ours).into(), u32::from(theirs).into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same(ours.into(), theirs.into(), 128),
            _ => false,
        }
    }
}

impl Config {
    fn allows(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|network| network.holds(address.to_canonical()))
    }
}

/// Whether an address is one that only this machine or its link reaches.
fn own(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || a == 0
                || (a == 100 && b == 100)
        }
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            // IPv4 behind a translator (64:ff9b::/96) or in 6to4 (2002::/16) counts as itself.
            let inside = match parts {
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
                    Some(IpAddr::from((u32::from(high) << 16 | u32::from(low)).to_be_bytes()))
                }
                _ => None,
            };
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unicast_link_local()
                || parts == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
                || inside.is_some_and(own)
        }
    }
}

/// Checks the address of a webhook as far as that goes without asking for its name.
pub fn check_url(config: &Config, text: &str) -> Result<reqwest::Url> {
    let wrong = |detail: &str| Error::Invalid(format!("The address of a webhook {detail}."));
    if text.len() > 2000 {
        return Err(wrong("has at most 2000 characters"));
    }
    let url: reqwest::Url = text.parse().map_err(|_| wrong("is like https://hooks.example.org/signage"))?;
    if url.scheme() != "https" && (url.scheme() != "http" || config.allow.is_empty()) {
        return Err(wrong("begins with https://"));
    }
    let host = url.host_str().ok_or_else(|| wrong("names a host"))?;
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>()
        && own(address)
        && !config.allows(address)
    {
        return Err(wrong("must not lead to this machine or its link"));
    }
    Ok(url)
}

/// The addresses of a host, when each of them may be called.
async fn resolve(config: &Config, url: &reqwest::Url) -> std::result::Result<Vec<SocketAddr>, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host.as_str(), port));
    let found = found.await.map_err(|error| format!("the name {host} was not found: {error}"))?;
    let addresses: Vec<SocketAddr> = found.collect();
    for address in &addresses {
        let allowed = config.allows(address.ip());
        if own(address.ip()) && !allowed {
            return Err(format!("{host} leads to this machine or its link, which webhooks may not"));
        }
        if url.scheme() == "http" && !allowed {
            return Err(format!("{host} is not in a network to which webhooks may go without TLS"));
        }
    }
    if addresses.is_empty() { Err(format!("the name {host} has no address")) } else { Ok(addresses) }
}

/// The signature over timestamp, a full stop, and body.
pub fn signature(secret: &Secret, timestamp: &str, body: &str) -> std::result::Result<String, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|error| Failure::Final(error.to_string()))?;
    mac.update(format!("{timestamp}.{body}").as_bytes());
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// Sends a message.
pub(super) async fn send(
    vault: &Vault,
    seal: &Seal,
    config: &Config,
    channel: &Channel,
    delivery: &Delivery,
    now: Millis,
) -> std::result::Result<(), Failure> {
    let address = vault.open(WEBHOOK, &channel.id, &channel.target);
    let address = address.map_err(|error| Failure::Final(error.to_string()))?;
    let url = check_url(config, address.expose()).map_err(|error| Failure::Final(error.to_string()))?;
    let addresses = resolve(config, &url).await.map_err(Failure::Passing)?;
    let ca = reqwest::Certificate::from_pem_bundle(&config.ca);
    let ca =
        ca.map_err(|error| Failure::Passing(format!("the additional certificates: {}", chain(&error))))?;
    // Whoever came first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(config.patience)
        .tls_certs_merge(ca)
        .user_agent(concat!("signage-hub/", env!("CARGO_PKG_VERSION")))
        .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
        .build()
        .map_err(|error| Failure::Passing(chain(&error)))?;
    let timestamp = (now / SECOND).to_string();
    let signature = signature(&webhook_secret(seal, &channel.id), &timestamp, &delivery.body)?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header(TIMESTAMP, timestamp)
        .header(SIGNATURE, signature)
        .header(DELIVERY, &delivery.id)
        .body(delivery.body.clone());
    // The address may be a secret, so it is not in the error.
    let answer = request.send().await.map_err(|error| match error.is_timeout() {
        true => Failure::Passing(config.late()),
        false => Failure::Passing(untrusted("the receiver", chain(&error.without_url()))),
    })?;
    let status = answer.status();
    match status.as_u16() {
        200..300 => Ok(()),
        408 | 425 | 429 | 500.. => Err(Failure::Passing(format!("the receiver answered {status}"))),
        _ => Err(Failure::Final(format!("the receiver answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_do_not_lead_to_this_machine() {
        let config = Config::default();
        for text in [
            "https://127.0.0.1/x",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://0.0.0.0/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://2130706433/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://100.100.100.200/",
            "http://example.org/",
            "ftp://example.org/",
            "nonsense",
            "https://",
        ] {
            assert!(check_url(&config, text).is_err(), "{text}");
        }
        for text in
            ["https://hooks.slack.com/services/T/B/x", "https://10.1.2.3:8443/x", "https://[2001:db8::1]/"]
        {
            assert!(check_url(&config, text).is_ok(), "{text}");
        }
        let config = Config { allow: vec!["127.0.0.0/8".parse().unwrap()], ..Config::default() };
        assert!(check_url(&config, "http://127.0.0.1:9000/x").is_ok());
        assert!(check_url(&config, "https://[::1]/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_found_out_when_it_is_called() {
        let url = check_url(&Config::default(), "https://localhost/x").unwrap();
        assert!(resolve(&Config::default(), &url).await.unwrap_err().contains("leads to this machine"));
        let config = Config {
            allow: vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
            ..Config::default()
        };
        assert!(resolve(&config, &url).await.is_ok());
        assert!("10.0.0.0/33".parse::<Network>().is_err() && "ten".parse::<Network>().is_err());
        assert!("0.0.0.0/0".parse::<Network>().unwrap().holds("192.0.2.1".parse().unwrap()));
    }
}
