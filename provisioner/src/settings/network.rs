//! Hands network profiles to NetworkManager, under a checkpoint: they hold only if they come up and reach
//! something.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use signage_protocol::config::{Connection as Wanted, Ipv4Method, Network};
use signage_protocol::problem::{Code, Problem};
use zbus::{Connection, Proxy};
use zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::profile::{self, PREFIX};
use super::reach::{self, Reach};
use crate::dbus;
use crate::network::{NM, NM_PATH};

/// How long new profiles have to come up, all together, before the old ones return.
const TRIAL: Duration = Duration::from_secs(60);
/// NetworkManager rolls back by itself later, should this process die.
const CHECKPOINT_SECONDS: u32 = 120;
/// At boot NetworkManager may come later than the stick.
const MANAGER: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(250);

/// `NMCheckpointCreateFlags`: destroy others, delete new connections, disconnect new devices.
const CHECKPOINT_FLAGS: u32 = 0x01 | 0x02 | 0x04;
/// `NMSettingsAddConnection2Flags` and `NMSettingsUpdate2Flags`: to disk.
const TO_DISK: u32 = 0x01;
/// `NMActiveConnectionState`.
const ACTIVATED: u32 = 2;
const DEACTIVATED: u32 = 4;

/// Replaces all profiles of ours by those of the file. Either the best of each interface has come up, or the
/// former network is back and the problem says why. `hub` is the address that proves the way out.
pub(super) async fn apply(bus: &Connection, network: &Network, hub: Option<&str>) -> Result<(), Problem> {
    let manager = Manager::new(bus).await.map_err(refused)?;
    let checkpoint = manager.checkpoint().await.map_err(refused)?;
    let result = manager.replace(network, hub).await;
    let end = if result.is_ok() { "CheckpointDestroy" } else { "CheckpointRollback" };
    let ended = manager.manager.call_method(end, &(&checkpoint,)).await;
    if let Err(error) = &ended {
        tracing::warn!(%error, "{end} failed");
    }
    // A checkpoint that cannot be ended has run out, and NetworkManager has gone back already.
    result.and(ended.map(drop).map_err(refused))?;
    // NetworkManager renames its files without syncing them; what is remembered as applied must be there
    // after a power cut.
    let _ = tokio::task::spawn_blocking(rustix::fs::sync).await;
    Ok(())
}

fn refused(error: zbus::Error) -> Problem {
    Problem::new(Code::NetRefused, error.to_string())
}

/// A profile that NetworkManager has, with what it is for.
struct Candidate<'n> {
    path: OwnedObjectPath,
    wanted: &'n Wanted,
}

/// What came of an activation.
enum Fate {
    Up,
    /// Its interface is absent or unplugged; it comes up by itself when that changes.
    Waits,
    Failed(Problem),
}

struct Manager<'a> {
    bus: &'a Connection,
    manager: Proxy<'a>,
    settings: Proxy<'a>,
}

impl<'a> Manager<'a> {
    async fn new(bus: &'a Connection) -> zbus::Result<Self> {
        const SETTINGS: &str = "org.freedesktop.NetworkManager.Settings";
        let manager = dbus::proxy(bus, NM, NM_PATH, NM).await?;
        let settings = dbus::proxy(bus, NM, "/org/freedesktop/NetworkManager/Settings", SETTINGS).await?;
        Ok(Self { bus, manager, settings })
    }

    async fn checkpoint(&self) -> zbus::Result<OwnedObjectPath> {
        let all: &[ObjectPath<'_>] = &[];
        let deadline = Instant::now() + MANAGER;
        loop {
            match self.manager.call("CheckpointCreate", &(all, CHECKPOINT_SECONDS, CHECKPOINT_FLAGS)).await {
                Err(error) if is_absent(&error) && Instant::now() < deadline => {
                    tokio::time::sleep(POLL).await
                }
                result => return result,
            }
        }
    }

    async fn replace(&self, network: &Network, hub: Option<&str>) -> Result<(), Problem> {
        let mut candidates = Vec::new();
        for (wanted, uuid, profile) in profile::profiles(network) {
            let path = self.store(&uuid, profile).await.map_err(refused)?;
            candidates.push(Candidate { path, wanted });
        }
        self.remove_others(&candidates).await.map_err(refused)?;
        // The best of each interface: the others are what NetworkManager falls back to.
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.wanted.priority));
        let deadline = Instant::now() + TRIAL;
        let mut tried = Vec::new();
        let mut up = 0;
        for first in &candidates {
            if !tried.contains(&&first.wanted.interface) {
                tried.push(&first.wanted.interface);
                let group =
                    candidates.iter().filter(|other| other.wanted.interface == first.wanted.interface);
                up += usize::from(self.bring_up_one(group, deadline).await?);
            }
        }
        // Without a cable there is nothing to prove yet.
        if up == 0 { Ok(()) } else { self.reaches(hub, deadline).await }
    }

    /// Brings up the first that works. False when all of them wait for their interface.
    async fn bring_up_one<'n>(
        &self,
        group: impl Iterator<Item = &'n Candidate<'n>>,
        deadline: Instant,
    ) -> Result<bool, Problem> {
        let mut problem = None;
        for candidate in group {
            match self.bring_up(candidate, deadline).await.map_err(refused)? {
                Fate::Up => return Ok(true),
                Fate::Waits => {}
                Fate::Failed(why) => problem = problem.or(Some(why)),
            }
        }
        problem.map_or(Ok(false), Err)
    }

    async fn bring_up(&self, candidate: &Candidate<'_>, deadline: Instant) -> zbus::Result<Fate> {
        const ACTIVE: &str = "org.freedesktop.NetworkManager.Connection.Active";
        let any = ObjectPath::try_from("/")?;
        let active: OwnedObjectPath =
            match self.manager.call("ActivateConnection", &(&candidate.path, &any, &any)).await {
                Ok(active) => active,
                // No such interface, or no cable in it.
                Err(zbus::Error::MethodError(name, text, _)) => {
                    tracing::info!(error = %name, text, "profile waits for its interface");
                    return Ok(Fate::Waits);
                }
                Err(error) => return Err(error),
            };
        let active = dbus::proxy(self.bus, NM, active, ACTIVE).await?;
        let automatic = candidate.wanted.ipv4.method == Ipv4Method::Auto;
        loop {
            // The object disappears with the attempt.
            match active.get_property::<u32>("State").await.unwrap_or(DEACTIVATED) {
                ACTIVATED => return Ok(Fate::Up),
                DEACTIVATED if automatic => return Ok(Fate::Failed(Code::NetLease.into())),
                DEACTIVATED => {
                    let why = "the connection did not come up; is the address in use already?";
                    return Ok(Fate::Failed(Problem::new(Code::NetRefused, why)));
                }
                _ if Instant::now() >= deadline => {
                    let why = format!("not connected within {} s", TRIAL.as_secs());
                    let code = if automatic { Code::NetLease } else { Code::NetRefused };
                    return Ok(Fate::Failed(Problem::new(code, why)));
                }
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Whether the new network leads anywhere.
    async fn reaches(&self, hub: Option<&str>, deadline: Instant) -> Result<(), Problem> {
        let gateways = crate::network::gateways(self.bus).await.map_err(refused)?;
        match reach::probe(hub, &gateways, deadline).await {
            Reach::Yes => Ok(()),
            Reach::No(gateway) => {
                let why = format!("neither the hub nor the gateway {gateway} can be reached");
                Err(Problem::new(Code::NetRefused, why))
            }
        }
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
                let (path, _): (OwnedObjectPath, HashMap<String, OwnedValue>) =
                    self.settings.call("AddConnection2", &(profile, TO_DISK, none)).await?;
                Ok(path)
            }
        }
    }

    /// Removes profiles that an earlier file brought and this one does not.
    async fn remove_others(&self, kept: &[Candidate<'_>]) -> zbus::Result<()> {
        let all: Vec<OwnedObjectPath> = self.settings.call("ListConnections", &()).await?;
        for path in all.into_iter().filter(|path| kept.iter().all(|candidate| candidate.path != *path)) {
            let connection = self.connection(&path).await?;
            let settings: HashMap<String, HashMap<String, OwnedValue>> =
                connection.call("GetSettings", &()).await?;
            let id = settings.get("connection").and_then(|group| group.get("id"));
            if id.and_then(|id| id.downcast_ref::<&str>().ok()).is_some_and(|id| id.starts_with(PREFIX)) {
                connection.call::<_, _, ()>("Delete", &()).await?;
            }
        }
        Ok(())
    }

    async fn connection(&self, path: &OwnedObjectPath) -> zbus::Result<Proxy<'a>> {
        dbus::proxy(self.bus, NM, path.clone(), "org.freedesktop.NetworkManager.Settings.Connection").await
    }
}

/// Whether the service has not taken its name yet.
fn is_absent(error: &zbus::Error) -> bool {
    let zbus::Error::MethodError(name, ..) = error else {
        return false;
    };
    matches!(
        name.as_str(),
        "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner"
    )
}
