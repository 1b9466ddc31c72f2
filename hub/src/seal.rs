//! Values that the hub hands out and recognises later without storing them: nonces, access tokens and form
//! tokens. `base64url(expiry ‖ subject ‖ HMAC-SHA-256)`, under one secret of the hub, apart by purpose.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::ident::{self, Millis};
use crate::store::{Store, settings};
use crate::vault::SETTING;

/// Length of the hub's secret: one block of SHA-256, so that no key is too short or too long.
pub const SECRET_BYTES: usize = 64;
const MAC_BYTES: usize = 32;
const EXPIRY_BYTES: usize = 8;

/// What a sealed value is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Freshness in a device's assertion; the subject is random.
    Nonce,
    /// Bearer token; the subject is the device.
    Access,
    /// Hidden field of a form; the subject is who the form was made for.
    Form,
    /// The password was right; the subject is the person and a digest of what the password was checked against.
    SecondStep,
    /// Names the row of a request that a client may repeat.
    IdempotencyKey,
    /// Encrypts the answer to such a request.
    StoredAnswer,
    /// What signs the messages to a webhook; derived from the channel.
    Webhook,
    /// A secret that is to become somebody's second step; the subject is the person and the secret.
    Totp,
    /// A browser was sent to the OpenID provider; the subject is the state.
    OidcState,
    /// Made of such a state: what has to stand in the ID token.
    OidcNonce,
    /// Made of such a state: what proves to the provider that who began is who ends.
    OidcVerifier,
}

/// Why a value was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not made by this hub for this purpose.
    #[error("not a value of this hub")]
    Forged,
    /// Ours, but too old.
    #[error("expired")]
    Expired,
}

/// The hub's secret.
#[derive(Clone)]
pub struct Seal([u8; SECRET_BYTES]);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// From random bytes.
    pub fn new(secret: [u8; SECRET_BYTES]) -> Self {
        Self(secret)
    }

    /// Makes a value that is good until `expires_at`.
    pub fn make(&self, purpose: Purpose, subject: &[u8], expires_at: Millis) -> String {
        let mut bytes = expires_at.to_be_bytes().to_vec();
        bytes.extend_from_slice(subject);
        let mac = self.mac(purpose, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Recognises a value; answers its subject and its expiry.
    pub fn open(&self, purpose: Purpose, text: &str, now: Millis) -> Result<(Vec<u8>, Millis), SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Forged)?;
        let split = bytes.len().checked_sub(MAC_BYTES).ok_or(SealError::Forged)?;
        let (signed, mac) = bytes.split_at(split);
        self.mac(purpose, signed).verify_slice(mac).map_err(|_| SealError::Forged)?;
        let (expiry, subject) = signed.split_first_chunk::<EXPIRY_BYTES>().ok_or(SealError::Forged)?;
        let expires_at = Millis::from_be_bytes(*expiry);
        if now >= expires_at {
            return Err(SealError::Expired);
        }
        Ok((subject.to_vec(), expires_at))
    }

    /// A value that only this hub can make of something, for a purpose.
    pub fn derive(&self, purpose: Purpose, from: &[u8]) -> [u8; MAC_BYTES] {
        self.mac(purpose, from).finalize().into_bytes().into()
    }

    /// The same as text: 43 letters and digits.
    pub fn derive_text(&self, purpose: Purpose, from: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.derive(purpose, from))
    }

    /// The hub's secret from its database, where it is sealed; made when there is none.
    pub async fn load(store: &Store) -> crate::Result<Self> {
        let fresh = hex::encode(ident::random::<SECRET_BYTES>()?);
        let fresh = store.vault().seal(SETTING, settings::SECRET, &fresh)?;
        let sealed = settings::get_or_set(store, settings::SECRET, &fresh).await?;
        let secret = store.vault().open(SETTING, settings::SECRET, &sealed)?;
        let secret: Option<[u8; SECRET_BYTES]> =
            hex::decode(secret.expose()).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self::new(secret.ok_or(crate::Error::Damaged { what: "secret of the hub" })?))
    }

    fn mac(&self, purpose: Purpose, bytes: &[u8]) -> Hmac<Sha256> {
        let purpose: &[u8] = match purpose {
            Purpose::Nonce => b"nonce\0",
            Purpose::Access => b"access\0",
            Purpose::Form => b"form\0",
            Purpose::SecondStep => b"second-step\0",
            Purpose::Webhook => b"webhook\0",
            Purpose::Totp => b"totp\0",
            Purpose::IdempotencyKey => b"idempotency-key\0",
            Purpose::StoredAnswer => b"stored-answer\0",
            Purpose::OidcState => b"oidc-state\0",
            Purpose::OidcNonce => b"oidc-nonce\0",
            Purpose::OidcVerifier => b"oidc-verifier\0",
        };
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(purpose);
        mac.update(bytes);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_good_for_its_purpose_until_it_expires() {
        let seal = Seal::new([1; SECRET_BYTES]);
        let value = seal.make(Purpose::Access, b"device", 1000);
        assert_eq!(seal.open(Purpose::Access, &value, 999), Ok((b"device".to_vec(), 1000)));
        assert_eq!(seal.open(Purpose::Access, &value, 1000), Err(SealError::Expired));
        assert_eq!(seal.open(Purpose::Nonce, &value, 999), Err(SealError::Forged));
        assert_eq!(Seal::new([2; SECRET_BYTES]).open(Purpose::Access, &value, 999), Err(SealError::Forged));
    }

    #[test]
    fn a_changed_value_is_forged() {
        let seal = Seal::new([1; SECRET_BYTES]);
        let value = seal.make(Purpose::Nonce, b"random", 1000);
        for at in 0..value.len() - 1 {
            let mut changed = value.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(seal.open(Purpose::Nonce, &changed, 0), Err(SealError::Forged));
        }
        assert_eq!(seal.open(Purpose::Nonce, "", 0), Err(SealError::Forged));
    }
}
