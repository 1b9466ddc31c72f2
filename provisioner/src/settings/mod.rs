//! Puts settings in force over D-Bus: host name, time zone, network profiles.
//!
//! Everything here can be repeated: the daemon applies the stored settings at every start, because on a
//! read-only root nothing but NetworkManager's profiles outlives a reboot.

mod network;
mod profile;
mod reach;

pub use profile::{Profile, profiles};

use signage_protocol::config::ProvisionFile;
use signage_protocol::problem::{Code, Problem};
use zbus::Connection;

use crate::dbus;

/// Puts the settings of a file in force; the network only when `with_network`.
///
/// An error means that the network did not come up and is what it was before. Host name and time zone keep
/// no screen off the air: the first of their faults is returned beside.
pub async fn apply(
    bus: &Connection,
    file: &ProvisionFile,
    with_network: bool,
) -> Result<Option<Problem>, Problem> {
    let device = file.device.clone().unwrap_or_default();
    let hostname = match &device.hostname {
        Some(name) => set_hostname(bus, name).await,
        None => Ok(()),
    };
    let timezone = match &device.timezone {
        Some(zone) => set_timezone(bus, zone).await,
        None => Ok(()),
    };
    if let Some(network) = file.network.as_ref().filter(|_| with_network) {
        network::apply(bus, network, file.hub.as_ref().and_then(|hub| hub.url.address())).await?;
    }
    Ok(hostname.and(timezone).err().or_else(|| unsupported(file)))
}

/// What the file asks for and this version does not do. A screen that ignored it in silence would leave
/// somebody searching.
pub fn unsupported(file: &ProvisionFile) -> Option<Problem> {
    let network = file.network.clone().unwrap_or_default();
    let device = file.device.clone().unwrap_or_default();
    let fields = [
        ("/network/proxy", network.proxy.is_some()),
        ("/network/ntp", !network.ntp.is_empty()),
        ("/network/country", network.country.is_some()),
        ("/device/locale", device.locale.is_some()),
        ("/device/keyboard", device.keyboard.is_some()),
        ("/display", !file.display.is_empty()),
        ("/account", file.account.is_some()),
    ];
    let connections = network.connections.iter().enumerate();
    let pointers: Vec<String> = connections
        .filter(|(_, connection)| !profile::is_supported(connection))
        .map(|(index, _)| format!("/network/connections/{index}"))
        .chain(fields.into_iter().filter(|(_, given)| *given).map(|(pointer, _)| pointer.to_owned()))
        .collect();
    (!pointers.is_empty()).then(|| Problem::new(Code::CfgUnsupported, pointers.join(", ")))
}

async fn set_hostname(bus: &Connection, name: &str) -> Result<(), Problem> {
    const SERVICE: &str = "org.freedesktop.hostname1";
    let refused =
        |error: zbus::Error| Problem::new(Code::CfgValue, format!("/device/hostname {name:?}: {error}"));
    let proxy = dbus::proxy(bus, SERVICE, "/org/freedesktop/hostname1", SERVICE).await.map_err(refused)?;
    proxy.call::<_, _, ()>("SetStaticHostname", &(name, false)).await.map_err(refused)
}

async fn set_timezone(bus: &Connection, zone: &str) -> Result<(), Problem> {
    const SERVICE: &str = "org.freedesktop.timedate1";
    let refused =
        |error: zbus::Error| Problem::new(Code::CfgValue, format!("/device/timezone {zone:?}: {error}"));
    let proxy = dbus::proxy(bus, SERVICE, "/org/freedesktop/timedate1", SERVICE).await.map_err(refused)?;
    proxy.call::<_, _, ()>("SetTimezone", &(zone, false)).await.map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_done_yet_is_said() {
        let parse = |json: &str| signage_protocol::config::parse(json.as_bytes()).unwrap().file;
        let plain =
            parse(r#"{"version":1,"network":{"connections":[{"type":"ethernet"}]},"device":{"name":"x"}}"#);
        assert_eq!(unsupported(&plain), None);
        let wifi = parse(
            r#"{"version":1,"lock":true,"account":{"folder":"a"},"network":{"connections":[{"type":"wifi","ssid":"x","security":"open"}]}}"#,
        );
        let problem = unsupported(&wifi).unwrap();
        assert_eq!(problem.detail.as_deref(), Some("/network/connections/0, /account"));
    }
}
