//! Whether the device has an address, and if not, why: read from NetworkManager.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use signage_protocol::problem::{Code, Problem};
use tokio::sync::Notify;
use zbus::Connection;
use zvariant::{OwnedObjectPath, OwnedValue};

use crate::dbus;

/// NetworkManager's bus name and main interface.
pub const NM: &str = "org.freedesktop.NetworkManager";
/// Its main object.
pub const NM_PATH: &str = "/org/freedesktop/NetworkManager";

const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
/// `NMDeviceType`.
const ETHERNET: u32 = 1;
/// `NMDeviceState`.
const ACTIVATED: u32 = 100;
/// Not every change that matters is signalled on the main object.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// A cable that has had no address for so long has no DHCP server behind it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The network as seen from the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Connected, with this primary address.
    Up(String),
    /// Not connected, and why, once that is known.
    Down(Option<Problem>),
}

/// Reports the link whenever it changes, the first time as soon as NetworkManager can be asked; ends when
/// nobody listens any more.
pub async fn watch(bus: Connection, mut report: impl FnMut(Link) -> bool) {
    let changed = Arc::new(Notify::new());
    let listener = tokio::spawn(listen(bus.clone(), changed.clone()));
    let (mut last, mut no_address_since) = (None, None);
    loop {
        // An error is NetworkManager coming or going; what was known holds until it answers.
        if let Ok(view) = View::of(&bus).await {
            let waited = match view.cable && view.addresses.is_empty() {
                true => no_address_since.get_or_insert_with(Instant::now).elapsed(),
                false => {
                    no_address_since = None;
                    Duration::ZERO
                }
            };
            let link = view.link(waited);
            if last.as_ref() != Some(&link) {
                tracing::debug!(?link, "link");
                if !report(link.clone()) {
                    listener.abort();
                    return;
                }
                last = Some(link);
            }
        }
        let _ = tokio::time::timeout(LOOK_AGAIN, changed.notified()).await;
    }
}

/// Turns signals into one flag. Signals have to be taken off the connection at all times, since a full queue
/// would hold up the very answers that looking waits for.
async fn listen(bus: Connection, changed: Arc<Notify>) {
    loop {
        if let Ok(proxy) = dbus::proxy(&bus, NM, NM_PATH, "org.freedesktop.DBus.Properties").await
            && let Ok(mut signals) = proxy.receive_signal("PropertiesChanged").await
        {
            while signals.next().await.is_some() {
                changed.notify_one();
            }
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The gateways of all connections that are up.
pub async fn gateways(bus: &Connection) -> zbus::Result<Vec<IpAddr>> {
    let view = View::of(bus).await?;
    Ok(view.addresses.into_iter().filter_map(|address| address.gateway).collect())
}

#[derive(Debug, PartialEq, Eq)]
struct Address {
    address: String,
    gateway: Option<IpAddr>,
}

/// What matters of all interfaces.
#[derive(Debug, Default)]
struct View {
    addresses: Vec<Address>,
    ethernet: bool,
    cable: bool,
}

impl View {
    async fn of(bus: &Connection) -> zbus::Result<Self> {
        let manager = dbus::proxy(bus, NM, NM_PATH, NM).await?;
        let devices: Vec<OwnedObjectPath> = manager.call("GetDevices", &()).await?;
        let mut view = Self::default();
        for path in devices {
            // An interface may vanish while it is looked at; the others count all the same.
            if let Err(error) = view.add(bus, path).await {
                tracing::debug!(%error, "interface skipped");
            }
        }
        // The one with a gateway reaches farthest.
        view.addresses.sort_by_key(|address| address.gateway.is_none());
        Ok(view)
    }

    async fn add(&mut self, bus: &Connection, path: OwnedObjectPath) -> zbus::Result<()> {
        let device = dbus::proxy(bus, NM, path.clone(), DEVICE).await?;
        if device.get_property::<u32>("DeviceType").await? == ETHERNET {
            let wired = dbus::proxy(bus, NM, path, "org.freedesktop.NetworkManager.Device.Wired").await?;
            self.ethernet = true;
            self.cable |= wired.get_property::<bool>("Carrier").await?;
        }
        // The loopback device is "activated" too.
        let up = device.get_property::<u32>("State").await? == ACTIVATED;
        if up && device.get_property::<String>("Interface").await? != "lo" {
            for (property, interface) in [
                ("Ip4Config", "org.freedesktop.NetworkManager.IP4Config"),
                ("Ip6Config", "org.freedesktop.NetworkManager.IP6Config"),
            ] {
                let config: OwnedObjectPath = device.get_property(property).await?;
                self.addresses.extend(address(bus, config, interface).await?);
            }
        }
        Ok(())
    }

    /// What the view means for a device that has had a cable and no address for `waited`.
    fn link(&self, waited: Duration) -> Link {
        match self.addresses.first() {
            Some(first) => Link::Up(first.address.clone()),
            None if self.ethernet && !self.cable => Link::Down(Some(Code::NetCarrier.into())),
            None if self.cable && waited >= PATIENCE => Link::Down(Some(Code::NetLease.into())),
            None => Link::Down(None),
        }
    }
}

/// The first address of a configuration that reaches beyond the link.
async fn address(
    bus: &Connection,
    config: OwnedObjectPath,
    interface: &'static str,
) -> zbus::Result<Option<Address>> {
    if config.as_str() == "/" {
        return Ok(None);
    }
    let config = dbus::proxy(bus, NM, config, interface).await?;
    let data: Vec<HashMap<String, OwnedValue>> = config.get_property("AddressData").await?;
    let gateway: String = config.get_property("Gateway").await.unwrap_or_default();
    let address = data
        .iter()
        .filter_map(|entry| entry.get("address")?.downcast_ref::<String>().ok())
        .find(|address| !address.starts_with("fe80:"));
    Ok(address.map(|address| Address { address, gateway: gateway.parse().ok() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(addresses: &[&str], ethernet: bool, cable: bool) -> View {
        let address = |text: &&str| Address { address: (*text).to_owned(), gateway: None };
        View { addresses: addresses.iter().map(address).collect(), ethernet, cable }
    }

    #[test]
    fn why_there_is_no_address() {
        let (soon, late) = (Duration::ZERO, PATIENCE);
        assert_eq!(view(&["10.0.0.2"], true, true).link(late), Link::Up("10.0.0.2".into()));
        assert_eq!(view(&[], true, false).link(late), Link::Down(Some(Code::NetCarrier.into())));
        assert_eq!(view(&[], true, true).link(soon), Link::Down(None));
        assert_eq!(view(&[], true, true).link(late), Link::Down(Some(Code::NetLease.into())));
        assert_eq!(view(&[], false, false).link(late), Link::Down(None));
    }
}
