//! Whether a network leads anywhere, told from how a connection fails.
//!
//! A hub that is down must not cost the network its trial, so the hub alone cannot be the judge. A refused
//! connection proves the way as well as an accepted one. Where nothing answers, the gateway decides: only an
//! address that nobody on the link has is reported as "no route to host".

use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

/// One connection may take this long; ARP gives up after three seconds.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Any port will do: what counts is whether somebody answers, and how.
const DISCARD: u16 = 9;

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Somebody answered, or nothing speaks against it.
    Yes,
    /// Nobody has the address of this gateway.
    No(IpAddr),
}

/// Tries the hub, then the gateways. A network without a gateway is isolated by intention.
pub(super) async fn probe(hub: Option<&str>, gateways: &[IpAddr], deadline: Instant) -> Reach {
    if let Some(hub) = hub.and_then(authority)
        && answers(hub).await == Some(true)
    {
        return Reach::Yes;
    }
    loop {
        let mut silent = None;
        for &gateway in gateways {
            match answers((gateway, DISCARD)).await {
                Some(false) => silent = Some(gateway),
                Some(true) | None => return Reach::Yes,
            }
        }
        match silent {
            None => return Reach::Yes,
            Some(gateway) if Instant::now() >= deadline => return Reach::No(gateway),
            // A switch that has just seen the link come up forwards nothing for a while.
            Some(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

/// True: somebody is there. False: nobody has that address. `None`: cannot be told.
async fn answers(address: impl tokio::net::ToSocketAddrs) -> Option<bool> {
    match tokio::time::timeout(ATTEMPT, TcpStream::connect(address)).await.ok()? {
        Ok(_) => Some(true),
        Err(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Some(true),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some(false),
            _ => None,
        },
    }
}

/// Host and port of an `https` address.
fn authority(url: &str) -> Option<(String, u16)> {
    let url = reqwest::Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some((host, url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_hub_is_its_host_and_port() {
        assert_eq!(authority("https://hub.example"), Some(("hub.example".into(), 443)));
        assert_eq!(authority("https://[fd00::1]:8443/"), Some(("fd00::1".into(), 8443)));
    }

    #[tokio::test]
    async fn a_refused_connection_proves_the_way() {
        let soon = Instant::now();
        assert_eq!(probe(Some("https://127.0.0.1:9"), &[], soon).await, Reach::Yes);
        assert_eq!(answers(("127.0.0.1", DISCARD)).await, Some(true));
    }

    #[tokio::test]
    async fn a_network_without_a_gateway_is_taken_as_it_is() {
        assert_eq!(probe(None, &[], Instant::now()).await, Reach::Yes);
    }
}
