//! Who this device is: an Ed25519 key made here, which never leaves, and what the board says of itself.

use std::fs;
use std::path::Path;

use signage_protocol::api::Hardware;
use signage_protocol::jws::{PublicKey, SigningKey};

use crate::store::{Store, StoreError};

const KEY: &str = "device.key";

/// The device's key and the identity that follows from it.
#[derive(Clone)]
pub struct Identity {
    key: SigningKey,
    id: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The key file cannot be read or written.
    #[error("the device key cannot be kept")]
    Store(#[from] StoreError),
    /// The kernel gives no random numbers.
    #[error("no random numbers for a device key: {0}")]
    Random(getrandom::Error),
}

impl Identity {
    /// The stored key, or a new one that is stored before it is used. A key file of the wrong length cannot
    /// come from a cut write; it is replaced, since a device without a key is of no use to anybody.
    pub fn load_or_create(store: &Store) -> Result<Self, IdentityError> {
        let stored = store.read(KEY)?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let seed = match stored {
            Some(seed) => seed,
            None => {
                let mut seed = [0; 32];
                getrandom::fill(&mut seed).map_err(IdentityError::Random)?;
                store.replace(KEY, &seed)?;
                seed
            }
        };
        Ok(Self::from_seed(&seed))
    }

    /// The identity of a known seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let id = PublicKey::from(&key.verifying_key()).thumbprint();
        Self { key, id }
    }

    /// Device id: RFC 7638 thumbprint of the public key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// For signing; the caller must not keep it.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }
}

/// What the board says of itself. What is missing is left out; nothing here can fail.
pub fn hardware() -> Hardware {
    let text = |path: &str| {
        let text = fs::read_to_string(path).ok()?;
        // Device-tree strings end with a zero byte.
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!text.is_empty()).then(|| text.to_owned())
    };
    Hardware {
        serial: text("/proc/device-tree/serial-number").or_else(|| text("/sys/class/dmi/id/product_serial")),
        model: text("/proc/device-tree/model").or_else(|| text("/sys/class/dmi/id/product_name")),
        macs: macs(Path::new("/sys/class/net")),
    }
}

/// Hardware addresses of the real interfaces (those with a device behind them), sorted.
fn macs(net: &Path) -> Vec<String> {
    let mut macs: Vec<String> = fs::read_dir(net)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("device").exists())
        .filter_map(|entry| fs::read_to_string(entry.path().join("address")).ok())
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    macs.sort();
    macs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let first = Identity::load_or_create(&store).unwrap();
        let second = Identity::load_or_create(&store).unwrap();
        assert_eq!(first.id(), second.id());
        assert_eq!(first.id().len(), 43);
    }

    #[test]
    fn debug_shows_no_key() {
        let identity = Identity::from_seed(&[1; 32]);
        assert!(!format!("{identity:?}").contains("key"));
    }

    #[test]
    fn only_real_interfaces_count() {
        let net = tempfile::tempdir().unwrap();
        for (name, real, mac) in [("eth0", true, "52:54:00:12:34:56\n"), ("lo", false, "00:00:00:00:00:00\n")]
        {
            let interface = net.path().join(name);
            fs::create_dir_all(&interface).unwrap();
            fs::write(interface.join("address"), mac).unwrap();
            if real {
                fs::create_dir(interface.join("device")).unwrap();
            }
        }
        assert_eq!(macs(net.path()), ["52:54:00:12:34:56"]);
    }
}
