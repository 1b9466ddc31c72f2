//! The key of the installation, and the secrets of the database that are sealed with it: ChaCha20-Poly1305, each bound
//! to its table, column and row, so that a value in another place opens nothing.
//!
//! `v1.` ‖ base64url(nonce ‖ sealed bytes ‖ tag). The key is no part of the database: see [`key`].

pub mod key;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use signage_protocol::Secret;

use crate::{Error, Result, ident};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Beginning of every sealed value, and of nothing else that stands in these columns.
pub const VERSION: &str = "v1.";

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    place: &'static str,
    what: &'static str,
}

/// The key by which an account signs; row: the account.
pub const SIGNING_KEY: Column = Column { place: "account.signing_key", what: "key of an account" };
/// The secret of somebody's second step; row: the person.
pub const SECOND_STEP: Column = Column { place: "operator.totp_secret", what: "secret of a second step" };
/// A setting; row: its name.
pub const SETTING: Column = Column { place: "setting.value", what: "secret of the hub" };
/// The address of a webhook; row: the channel.
pub const WEBHOOK: Column = Column { place: "alert_channel.target", what: "address of a webhook" };

/// The key, ready for use.
pub struct Vault {
    key: LessSafeKey,
    id: String,
    path: PathBuf,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.id)
    }
}

/// Whether a value of such a column is sealed already.
pub fn is_sealed(value: &str) -> bool {
    value.starts_with(VERSION)
}

impl Vault {
    /// With the key of a file.
    pub fn new(bytes: &[u8; KEY_BYTES], path: &Path) -> Result<Self> {
        let unusable = |_| Error::Damaged { what: "key of the secrets" };
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(unusable)?);
        let digest = Sha256::new().chain_update(b"signage-hub key id\0").chain_update(bytes).finalize();
        Ok(Self {
            key,
            id: digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
            path: path.to_owned(),
        })
    }

    /// Tells keys apart, and tells nothing of them.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The file of the key.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Seals the secret of a row.
    pub fn seal(&self, column: Column, row: &str, secret: &str) -> Result<String> {
        let nonce: [u8; NONCE_LEN] = ident::random()?;
        let mut bytes = secret.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(column, row), &mut bytes)
            .map_err(|_| Error::Damaged { what: column.what })?;
        let sealed = [&nonce[..], &bytes].concat();
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Opens the secret of a row. One that was changed, or belongs to another row, is damaged.
    pub fn open(&self, column: Column, row: &str, sealed: &str) -> Result<Secret> {
        let opened = || {
            let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(VERSION)?).ok()?;
            let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
            let mut rest = rest.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let secret = self.key.open_in_place(nonce, aad(column, row), &mut rest).ok()?;
            String::from_utf8(secret.to_vec()).ok()
        };
        opened().map(Secret::new).ok_or(Error::Damaged { what: column.what })
    }
}

fn aad(column: Column, row: &str) -> Aad<Vec<u8>> {
    Aad::from([column.place.as_bytes(), b"\0", row.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_in_its_own_place_with_its_own_key_only() {
        let vault = Vault::new(&[1; KEY_BYTES], Path::new("key")).unwrap();
        let sealed = vault.seal(SIGNING_KEY, "acc_1", "geheim").unwrap();
        assert!(is_sealed(&sealed) && !is_sealed("geheim"));
        assert_ne!(sealed, vault.seal(SIGNING_KEY, "acc_1", "geheim").unwrap());
        assert_eq!(vault.open(SIGNING_KEY, "acc_1", &sealed).unwrap().expose(), "geheim");
        vault.open(SIGNING_KEY, "acc_2", &sealed).unwrap_err();
        vault.open(SECOND_STEP, "acc_1", &sealed).unwrap_err();
        let other = Vault::new(&[2; KEY_BYTES], Path::new("key")).unwrap();
        assert!(other.open(SIGNING_KEY, "acc_1", &sealed).is_err() && other.id() != vault.id());
        assert!(!format!("{vault:?}").contains("[1"));
    }

    #[test]
    fn a_changed_value_is_damaged() {
        let vault = Vault::new(&[1; KEY_BYTES], Path::new("key")).unwrap();
        let sealed = vault.seal(SETTING, "secret", "geheim").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            vault.open(SETTING, "secret", &changed).unwrap_err();
        }
        for text in ["", "v1.", "geheim"] {
            vault.open(SETTING, "secret", text).unwrap_err();
        }
    }
}
