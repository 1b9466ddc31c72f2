//! Hands network profiles to NetworkManager, under a checkpoint: they hold only if they come up.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use signage_protocol::config::Network;
use signage_protocol::problem::{Code, Problem};
use zbus::{Connection, Proxy};
use zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::profile::{self, PREFIX};
use crate::dbus;
use crate::network::{NM, NM_PATH};

/// How long new profiles have to come up, before the old ones return.
const TRIAL: Duration = Duration::from_secs(60);
/// NetworkManager rolls back by itself a little later, should this process die.
const CHECKPOINT_SECONDS: u32 = 75;
const POLL: Duration = Duration::from_millis(250);

/// `NMCheckpointCreateFlags`: destroy others, delete new connections, disconnect new devices.
const CHECKPOINT_FLAGS: u32 = 0x01 | 0x02 | 0x04;
/// `NMSettingsAddConnection2Flags` and `NMSettingsUpdate2Flags`: to disk.
const TO_DISK: u32 = 0x01;
/// `NMActiveConnectionState`.
const ACTIVATED: u32 = 2;
const DEACTIVATED: u32 = 4;

/// Replaces all profiles of ours by those of the file. Either all that can come up now have come up, or the
/// former network is back and the problem says why.
pub(super) async fn apply(bus: &Connection, network: &Network) -> Result<(), Problem> {
    let manager = Manager::new(bus).await.map_err(refused)?;
    let checkpoint = manager.checkpoint().await.map_err(refused)?;
    let result = manager.replace(network).await;
    let end = if result.is_ok() {
        "CheckpointDestroy"
    } else {
        "CheckpointRollback"
    };
    if let Err(error) = manager.manager.call_method(end, &(&checkpoint,)).await {
        tracing::warn!(%error, "{end} failed");
    }
    result
}

fn refused(error: zbus::Error) -> Problem {
    Problem::new(Code::NetRefused, error.to_string())
}

struct Manager<'a> {
    bus: &'a Connection,
    manager: Proxy<'a>,
    settings: Proxy<'a>,
}

impl<'a> Manager<'a> {
    async fn new(bus: &'a Connection) -> zbus::Result<Self> {
        let manager = dbus::proxy(bus, NM, NM_PATH, NM).await?;
        let settings = dbus::proxy(
            bus,
            NM,
            "/org/freedesktop/NetworkManager/Settings",
            "org.freedesktop.NetworkManager.Settings",
        )
        .await?;
        Ok(Self {
            bus,
            manager,
            settings,
        })
    }

    async fn checkpoint(&self) -> zbus::Result<OwnedObjectPath> {
        let all: &[ObjectPath<'_>] = &[];
        self.manager
            .call("CheckpointCreate", &(all, CHECKPOINT_SECONDS, CHECKPOINT_FLAGS))
            .await
    }

    async fn replace(&self, network: &Network) -> Result<(), Problem> {
        let mut kept = Vec::new();
        for (index, connection) in network.connections.iter().enumerate() {
            let (uuid, profile) = profile::profile(index, connection);
            let path = self.store(&uuid, profile).await.map_err(refused)?;
            kept.push(path);
        }
        self.remove_others(&kept).await.map_err(refused)?;
        for path in &kept {
            self.bring_up(path).await?;
        }
        Ok(())
    }

    /// Adds a profile, or replaces the one with its UUID.
    async fn store(&self, uuid: &str, profile: profile::Profile) -> zbus::Result<OwnedObjectPath> {
        let none: HashMap<&str, Value<'_>> = HashMap::new();
        let known: zbus::Result<OwnedObjectPath> = self.settings.call("GetConnectionByUuid", &(uuid,)).await;
        match known {
            Ok(path) => {
                let connection = self.connection(&path).await?;
                let _: HashMap<String, OwnedValue> =
                    connection.call("Update2", &(profile, TO_DISK, none)).await?;
                Ok(path)
            }
            Err(_) => {
                let (path, _): (OwnedObjectPath, HashMap<String, OwnedValue>) = self
                    .settings
                    .call("AddConnection2", &(profile, TO_DISK, none))
                    .await?;
                Ok(path)
            }
        }
    }

    /// Removes profiles that an earlier file brought and this one does not.
    async fn remove_others(&self, kept: &[OwnedObjectPath]) -> zbus::Result<()> {
        let all: Vec<OwnedObjectPath> = self.settings.call("ListConnections", &()).await?;
        for path in all.into_iter().filter(|path| !kept.contains(path)) {
            let connection = self.connection(&path).await?;
            let settings: HashMap<String, HashMap<String, OwnedValue>> =
                connection.call("GetSettings", &()).await?;
            let id = settings.get("connection").and_then(|group| group.get("id"));
            if id
                .and_then(|id| id.downcast_ref::<&str>().ok())
                .is_some_and(|id| id.starts_with(PREFIX))
            {
                connection.call::<_, _, ()>("Delete", &()).await?;
            }
        }
        Ok(())
    }

    async fn connection(&self, path: &OwnedObjectPath) -> zbus::Result<Proxy<'a>> {
        dbus::proxy(
            self.bus,
            NM,
            path.clone(),
            "org.freedesktop.NetworkManager.Settings.Connection",
        )
        .await
    }

    /// Activates a profile and waits for its fate. One whose interface is absent or has no cable waits for
    /// it on its own; that is no failure of the settings.
    async fn bring_up(&self, profile: &OwnedObjectPath) -> Result<(), Problem> {
        let root = ObjectPath::try_from("/").map_err(|error| refused(error.into()))?;
        let active: OwnedObjectPath = match self
            .manager
            .call("ActivateConnection", &(profile, &root, &root))
            .await
        {
            Ok(active) => active,
            Err(zbus::Error::MethodError(name, _, _)) if name.as_str().ends_with(".UnknownDevice") => {
                return Ok(());
            }
            Err(error) => {
                tracing::warn!(%error, "profile not activated now");
                return Ok(());
            }
        };
        let active = dbus::proxy(
            self.bus,
            NM,
            active,
            "org.freedesktop.NetworkManager.Connection.Active",
        )
        .await
        .map_err(refused)?;
        let deadline = Instant::now() + TRIAL;
        loop {
            // The object disappears with the attempt.
            match active.get_property::<u32>("State").await.unwrap_or(DEACTIVATED) {
                ACTIVATED => return Ok(()),
                DEACTIVATED => return Err(Problem::new(Code::NetRefused, "the connection did not come up")),
                _ if Instant::now() >= deadline => {
                    return Err(Problem::new(
                        Code::NetLease,
                        format!("no address within {} s", TRIAL.as_secs()),
                    ));
                }
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }
}
