//! The D-Bus face of the provisioner on the system bus: all that the player knows of it.
//!
//! Service [`SERVICE`], object [`PATH`], interface [`INTERFACE`]. Its properties are the fields of [`Status`]
//! and always change together, in one `PropertiesChanged` that carries all of them; `Generation` grows with
//! each. A reader that missed a signal asks for all properties and is up to date.
//!
//! | method | answer |
//! |---|---|
//! | `GetHub()` | `(s url, s ca, s accountKey)`: where content comes from; empty texts when there is no hub yet |
//! | `GetSettings()` | `a{ss}`: every setting in force, by JSON pointer, and the source that it came from |
//! | `GetAccessToken()` | `(s token, t expiresAt)`: bearer for the hub, expiry in milliseconds since 1970 |
//!
//! `ca` is PEM or empty (the system's trust store); `accountKey` is a JWK. Errors are named
//! `org.signage.Provisioner1.Error.NotEnrolled` and `….HubUnavailable`. The policy lets only root and the
//! player call the methods.

use serde::{Deserialize, Serialize};

use crate::problem::Code;

/// Well-known name.
pub const SERVICE: &str = "org.signage.Provisioner1";
/// Object path.
pub const PATH: &str = "/org/signage/Provisioner1";
/// Interface.
pub const INTERFACE: &str = "org.signage.Provisioner1";

/// Where a device stands between power-on and playing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// The provisioner is not up yet.
    #[default]
    Starting,
    /// Looking for a provisioning source.
    Sources,
    /// Applying what the source says.
    Settings,
    /// Waiting for the network.
    Network,
    /// Waiting for a credible clock.
    Clock,
    /// Asking the hub to take this device.
    Enrolling,
    /// Enrolled; an operator has to allow it.
    Pending,
    /// Allowed to play.
    Authorized,
    /// Was allowed to play, is no longer.
    Unauthorized,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: &'static [Self] = &[
        Self::Starting,
        Self::Sources,
        Self::Settings,
        Self::Network,
        Self::Clock,
        Self::Enrolling,
        Self::Pending,
        Self::Authorized,
        Self::Unauthorized,
    ];

    /// The value on the bus.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Sources => "sources",
            Self::Settings => "settings",
            Self::Network => "network",
            Self::Clock => "clock",
            Self::Enrolling => "enrolling",
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// What the screen says.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Starting => "Starting",
            Self::Sources => "Looking for settings",
            Self::Settings => "Applying settings",
            Self::Network => "Connecting to the network",
            Self::Clock => "Setting the clock",
            Self::Enrolling => "Connecting to the hub",
            Self::Pending => "Waiting for permission",
            Self::Authorized => "Ready",
            Self::Unauthorized => "Not authorized",
        }
    }

    /// Reads the value on the bus.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phase| phase.as_str() == text)
    }
}

/// The provisioner's state, as its D-Bus properties. An empty text means "none".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "dbus", derive(zvariant::Type))]
#[cfg_attr(feature = "dbus", zvariant(signature = "a{sv}"))]
// What another version does not know reads as none: the two daemons may meet across an update.
#[serde(rename_all = "PascalCase", default)]
pub struct Status {
    /// Grows with every change since the provisioner started.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub generation: u64,
    /// A [`Phase`] by its bus value.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub phase: String,
    /// Thumbprint of the device key.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub device_id: String,
    /// Name of the screen.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub device_name: String,
    /// Primary IP address.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub address: String,
    /// URL of the hub.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub hub: String,
    /// A code of the problem catalogue.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub problem_code: String,
    /// What is particular to this case of the problem.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub problem_detail: String,
    /// When the provisioner tries again, in milliseconds since 1970; 0 when it does not.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub retry_at: u64,
    /// Why no verdict was left on the stick, when that was tried: `stick X (sda1): it is write-protected`.
    #[cfg_attr(feature = "dbus", serde(with = "zvariant::as_value"))]
    pub verdict_note: String,
}

impl Status {
    /// The phase; a value from a newer provisioner reads as starting.
    pub fn phase(&self) -> Phase {
        Phase::parse(&self.phase).unwrap_or_default()
    }

    /// The problem's code, if there is one that this version knows.
    pub fn problem(&self) -> Option<Code> {
        self.problem_code.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_read_back() {
        for &phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
        }
    }
}
