//! Announcing the hub in the local network, so that screens whose file says "discover" find it.

use std::net::IpAddr;

use mdns_sd::{ServiceDaemon, ServiceInfo};
use sha2::{Digest as _, Sha256};
use signage_protocol::discovery::{CA_KEY, SERVICE, URL_KEY, VERSION_KEY};

use crate::{Error, Result};

/// An announcement; dropping it takes it back.
pub struct Announcement {
    daemon: ServiceDaemon,
    name: String,
}

impl std::fmt::Debug for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcement").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Announcement {
    /// Announces a hub at `url`, on this port of one address or, without one, of all of this machine.
    pub fn start(url: &str, ca_pem: &str, address: Option<IpAddr>, port: u16) -> Result<Self> {
        let failed = |error: mdns_sd::Error| Error::Serve { source: std::io::Error::other(error) };
        let (_, ca) = x509_parser::pem::parse_x509_pem(ca_pem.as_bytes())
            .map_err(|_| Error::Damaged { what: "certificate of the CA" })?;
        let ca = hex::encode(Sha256::digest(&ca.contents));
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim().split('.').next().filter(|host| !host.is_empty()).unwrap_or("signage-hub");
        // Several hubs on one machine, or machines of one name, are told apart by their address.
        let instance = format!("Signage hub {host} {port}");
        let host = format!("{host}-signage-hub-{port}.local.");
        let keys = [(VERSION_KEY, "1"), (URL_KEY, url), (CA_KEY, ca.as_str())];
        let addresses = address.map(|address| address.to_string()).unwrap_or_default();
        let mut service = ServiceInfo::new(SERVICE, &instance, &host, addresses.as_str(), port, &keys[..])
            .map_err(failed)?;
        if address.is_none() {
            service = service.enable_addr_auto();
        }
        let name = service.get_fullname().to_owned();
        let daemon = ServiceDaemon::new().map_err(failed)?;
        daemon.register(service).map_err(failed)?;
        Ok(Self { daemon, name })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Says goodbye by itself; what cannot be sent any more ends by its lifetime.
        let _ = self.daemon.shutdown();
    }
}
