//! What survives a power cut: one JSON document and the device key, under the state directory.
//!
//! A write goes to a temporary file, is synced, renamed over the old one, and the directory is synced. At
//! any instant there is either the old document or the new one. Files are `0600` in a `0700` directory.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use signage_protocol::api::Enrolled;
use signage_protocol::config::{self, ProvisionFile};

use crate::merge::{Origins, Settings};
use crate::offer::{Lock, Offer};

const STATE: &str = "state.json";

/// Everything the provisioner remembers besides its key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The provisioning file that is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Configuration>,
    /// The account that the device belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Enrolment>,
}

/// A provisioning file and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// SHA-256 of the file that was taken from a stick last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The sources of every start that were taken, by origin, each with its digest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing: BTreeMap<String, String>,
    /// When the newest file was made that was signed for this screen while it was locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// For people: the source that was taken last.
    pub origin: String,
    /// All settings in force; without the token once that is used up.
    pub file: ProvisionFile,
    /// Where each of them came from.
    #[serde(default)]
    pub origins: Origins,
    /// Whether NetworkManager has the profiles, and keeps them itself.
    pub network_applied: bool,
}

impl Configuration {
    /// As much as is understood. Whatever else is lost, a locked screen stays locked.
    fn rescue(part: &serde_json::Value) -> Option<Self> {
        let locked = || {
            part["file"]["lock"].as_bool().filter(|lock| *lock)?;
            let file = ProvisionFile { lock: true, ..ProvisionFile::empty() };
            Some(Self { origin: "damaged state".into(), file, ..Self::empty() })
        };
        Self::deserialize(part).ok().or_else(locked)
    }

    /// One that says nothing.
    pub fn empty() -> Self {
        Self {
            digest: None,
            standing: BTreeMap::new(),
            signed_at: None,
            origin: String::new(),
            file: ProvisionFile::empty(),
            origins: Origins::new(),
            network_applied: true,
        }
    }
}

/// Where a hub is, and how to trust it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubAddress {
    /// Base address without a slash at its end.
    pub url: String,
    /// Certificates (PEM) trusted besides the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

impl HubAddress {
    /// The address that a file gives; `None` when it wants the hub to be discovered.
    pub fn of(hub: &config::Hub) -> Option<Self> {
        Some(Self { url: hub.url.address()?.to_owned(), ca: hub.ca.clone() })
    }
}

/// What the hub answered, and which hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrolment {
    /// The hub of the account.
    pub hub: HubAddress,
    /// Its answer.
    pub enrolled: Enrolled,
}

impl Stored {
    /// The hub to talk to: of the account, else of the file.
    pub fn hub(&self) -> Option<HubAddress> {
        match &self.enrolment {
            Some(enrolment) => Some(enrolment.hub.clone()),
            None => HubAddress::of(self.configuration.as_ref()?.file.hub.as_ref()?),
        }
    }

    /// Whether an offer brings nothing that was not taken already.
    pub fn has(&self, offer: &Offer) -> bool {
        self.configuration.as_ref().is_some_and(|configuration| {
            (offer.digest.is_none() || configuration.digest == offer.digest)
                && offer
                    .standing
                    .iter()
                    .all(|(origin, digest)| configuration.standing.get(origin) == Some(digest))
        })
    }

    /// Digest of the file that was taken from a stick last.
    pub fn taken(&self) -> Option<&str> {
        self.configuration.as_ref()?.digest.as_deref()
    }

    /// The sources of every start that were taken, by origin, each with its digest.
    pub fn standing(&self) -> BTreeMap<String, String> {
        self.configuration.as_ref().map(|configuration| configuration.standing.clone()).unwrap_or_default()
    }

    /// All settings in force.
    pub fn settings(&self) -> Settings {
        let configuration = self.configuration.as_ref();
        configuration
            .map(|configuration| Settings::of(&configuration.file, &configuration.origins))
            .unwrap_or_default()
    }

    /// What a file needs on this screen; `None` when it is not locked. The lock is the account's: before there is
    /// one, anybody could lock others out with a key of their own.
    pub fn lock(&self) -> Option<Lock> {
        let configuration = self.configuration.as_ref().filter(|configuration| configuration.file.lock)?;
        let key = self.enrolment.as_ref()?.enrolled.account_key.verifying_key()?;
        Some(Lock { key, newest: configuration.signed_at })
    }

    /// Whether NetworkManager has this configuration already.
    pub fn network_applied(&self) -> bool {
        self.configuration.as_ref().is_none_or(|configuration| configuration.network_applied)
    }

    /// The name to show: the hub's, else the file's.
    pub fn device_name(&self) -> Option<&str> {
        let from_hub = self.enrolment.as_ref().map(|enrolment| enrolment.enrolled.name.as_str());
        from_hub.or_else(|| self.configuration.as_ref()?.file.device.as_ref()?.name.as_deref())
    }
}

/// Why the state could not be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory or a file in it.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// The state directory.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
}

impl Store {
    /// Opens the directory, making it if necessary.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let directory = directory.into();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .map_err(|source| StoreError::Io { action: "create", path: directory.clone(), source })?;
        Ok(Self { directory })
    }

    /// Reads the state; a device that never had one gets the empty state.
    ///
    /// A part that does not parse, for example because a newer version wrote it before a rollback, costs that
    /// part only: a configuration that is not understood must not lose the account. The document is kept
    /// beside, so that nothing is lost for good.
    pub fn load(&self) -> Result<Stored, StoreError> {
        let Some(bytes) = self.read(STATE)? else {
            return Ok(Stored::default());
        };
        if let Ok(stored) = serde_json::from_slice(&bytes) {
            return Ok(stored);
        }
        self.replace("state.json.damaged", &bytes)?;
        let parts: HashMap<String, serde_json::Value> = serde_json::from_slice(&bytes).unwrap_or_default();
        let stored = Stored {
            configuration: parts.get("configuration").and_then(Configuration::rescue),
            enrolment: parts.get("enrolment").and_then(|part| Enrolment::deserialize(part).ok()),
        };
        let enrolled = stored.enrolment.is_some();
        tracing::error!(enrolled, "a part of the stored state is damaged; it was kept aside");
        Ok(stored)
    }

    /// Replaces the state.
    pub fn save(&self, stored: &Stored) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec_pretty(stored).map_err(|source| StoreError::Io {
            action: "serialize",
            path: self.directory.join(STATE),
            source: source.into(),
        })?;
        self.replace(STATE, &bytes)
    }

    /// A file of the directory; `None` when there is none.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.directory.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Io { action: "read", path, source }),
        }
    }

    /// Writes a file of the directory, all or nothing.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.directory.join(name);
        replace(&self.directory, &path, bytes).map_err(|source| StoreError::Io {
            action: "write",
            path,
            source,
        })
    }
}

fn replace(directory: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    // A left-over of a cut write is simply written again.
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn sample() -> Stored {
        let file =
            signage_protocol::config::parse(br#"{"version":1,"device":{"name":"Foyer"}}"#).unwrap().file;
        let configuration = Configuration {
            digest: Some("d".into()),
            origin: "stick".into(),
            file,
            ..Configuration::empty()
        };
        Stored { configuration: Some(configuration), enrolment: None }
    }

    #[test]
    fn the_state_comes_back_and_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path().join("a/b")).unwrap();
        assert_eq!(store.load().unwrap(), Stored::default());
        store.save(&sample()).unwrap();
        assert_eq!(store.load().unwrap(), sample());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory.path().join("a/b/state.json")), 0o600);
        assert_eq!(mode(&directory.path().join("a/b")), 0o700);
    }

    #[test]
    fn a_write_cut_before_the_rename_leaves_the_old_state() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.save(&sample()).unwrap();
        fs::write(directory.path().join("state.json.new"), "{ \"configu").unwrap();
        assert_eq!(store.load().unwrap(), sample());
        store.save(&Stored::default()).unwrap();
        assert_eq!(store.load().unwrap(), Stored::default());
    }

    #[test]
    fn a_part_that_is_not_understood_costs_that_part_only() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let mut document = serde_json::to_value(sample()).unwrap();
        document["enrolment"] = serde_json::json!({ "from": "the future" });
        fs::write(directory.path().join("state.json"), document.to_string()).unwrap();
        assert_eq!(store.load().unwrap(), sample());
        assert!(directory.path().join("state.json.damaged").exists());
    }

    #[test]
    fn a_locked_screen_stays_locked_whatever_is_lost() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let mut document = serde_json::to_value(sample()).unwrap();
        document["configuration"]["file"] = serde_json::json!({ "lock": true, "version": "from the future" });
        fs::write(directory.path().join("state.json"), document.to_string()).unwrap();
        assert!(store.load().unwrap().configuration.unwrap().file.lock);
    }

    #[test]
    fn a_damaged_state_is_kept_aside_and_the_start_is_fresh() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        fs::write(directory.path().join("state.json"), "{").unwrap();
        assert_eq!(store.load().unwrap(), Stored::default());
        assert!(directory.path().join("state.json.damaged").exists());
    }
}
