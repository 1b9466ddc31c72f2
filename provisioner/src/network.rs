//! Whether the device has an address, and if not, why: read from NetworkManager.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use signage_protocol::problem::{Code, Problem};
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
const FAILED: u32 = 120;
/// Not every change that matters is signalled on the main object.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The network as seen from the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Connected, with this primary address.
    Up(String),
    /// Not connected, and why, once that is known.
    Down(Option<Problem>),
}

/// Reports the link whenever it changes, the first time at once; ends when nobody listens any more.
pub async fn watch(bus: Connection, mut report: impl FnMut(Link) -> bool) {
    let mut last = None;
    loop {
        let mut changes = match dbus::proxy(&bus, NM, NM_PATH, "org.freedesktop.DBus.Properties").await {
            Ok(proxy) => proxy.receive_signal("PropertiesChanged").await.ok(),
            Err(_) => None,
        };
        loop {
            // NetworkManager may not be up yet: then nothing is known, which is not a problem.
            let link = look(&bus).await.unwrap_or(Link::Down(None));
            if last.as_ref() != Some(&link) {
                tracing::debug!(?link, "link");
                if !report(link.clone()) {
                    return;
                }
                last = Some(link);
            }
            let Some(changes) = &mut changes else { break };
            // `None` is the end of the stream: the bus is gone.
            if let Ok(None) = tokio::time::timeout(LOOK_AGAIN, changes.next()).await {
                break;
            }
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

async fn look(bus: &Connection) -> zbus::Result<Link> {
    let manager = dbus::proxy(bus, NM, NM_PATH, NM).await?;
    let devices: Vec<OwnedObjectPath> = manager.call("GetDevices", &()).await?;
    let (mut addresses, mut cables, mut refused) = (Vec::new(), Vec::new(), false);
    for path in devices {
        let device = dbus::proxy(bus, NM, path.clone(), DEVICE).await?;
        let state: u32 = device.get_property("State").await?;
        if device.get_property::<u32>("DeviceType").await? == ETHERNET {
            let wired = dbus::proxy(bus, NM, path, "org.freedesktop.NetworkManager.Device.Wired").await?;
            cables.push(wired.get_property::<bool>("Carrier").await?);
        }
        refused |= state == FAILED;
        // The loopback device is "activated" too.
        if state == ACTIVATED && device.get_property::<String>("Interface").await? != "lo" {
            let config: OwnedObjectPath = device.get_property("Ip4Config").await?;
            addresses.extend(address(bus, config).await?);
        }
    }
    // The one with a gateway reaches farthest.
    addresses.sort_by_key(|(_, gateway)| !gateway);
    Ok(match addresses.into_iter().next() {
        Some((address, _)) => Link::Up(address),
        None if !cables.is_empty() && cables.iter().all(|cable| !cable) => {
            Link::Down(Some(Code::NetCarrier.into()))
        }
        None if refused => Link::Down(Some(Code::NetLease.into())),
        None => Link::Down(None),
    })
}

/// The first IPv4 address of a configuration, and whether it has a gateway.
async fn address(bus: &Connection, config: OwnedObjectPath) -> zbus::Result<Option<(String, bool)>> {
    if config.as_str() == "/" {
        return Ok(None);
    }
    let config = dbus::proxy(bus, NM, config, "org.freedesktop.NetworkManager.IP4Config").await?;
    let data: Vec<HashMap<String, OwnedValue>> = config.get_property("AddressData").await?;
    let gateway: String = config.get_property("Gateway").await.unwrap_or_default();
    let address = data
        .first()
        .and_then(|first| first.get("address"))
        .and_then(|value| value.downcast_ref::<String>().ok());
    Ok(address.map(|address| (address, !gateway.is_empty())))
}
