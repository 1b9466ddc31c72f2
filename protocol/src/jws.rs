//! The one signature format: JWS compact serialization (RFC 7515) with Ed25519 (RFC 8037), and device
//! identities as JWK thumbprints (RFC 7638).
//!
//! The algorithm is fixed, so there is no negotiation to attack. Every document kind has its own `typ`
//! header, which the verifier demands; a signature made for one purpose is worthless for another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use ed25519_dalek::{SigningKey, VerifyingKey};

/// The `typ` of each kind of signed document.
pub mod typ {
    /// A device asks to be enrolled; signed by the key that it asks for.
    pub const ENROLLMENT: &str = "signage-enrollment+jws";
    /// A device proves its key for an access token (RFC 7523).
    pub const CLIENT_ASSERTION: &str = "JWT";
    /// The account allows a device to play.
    pub const AUTHORIZATION: &str = "signage-authorization+jws";
    /// What a device plays.
    pub const PUBLICATION: &str = "signage-publication+jws";
    /// The account answers for a provisioning file; detached, beside the file.
    pub const CONFIGURATION: &str = "signage-configuration+jws";
}

/// Why a signed document was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum JwsError {
    /// Not three base64url parts with a JSON header.
    #[error("not a JWS in compact form")]
    Malformed,
    /// Signed with something else than Ed25519.
    #[error("signed with {0:?}, only EdDSA is accepted")]
    Algorithm(String),
    /// A document of another kind.
    #[error("a document of type {found:?} where {wanted:?} is needed")]
    Type {
        /// The `typ` that the caller asked for.
        wanted: &'static str,
        /// The `typ` in the header.
        found: String,
    },
    /// A self-signed document without its key, or with one that is not a point on the curve.
    #[error("the header carries no usable public key")]
    Key,
    /// The signature is not by this key over these bytes.
    #[error("the signature does not match")]
    Signature,
    /// Signed well, but the content is not what its type promises.
    #[error("the signed content is not understood")]
    Payload(#[source] serde_json::Error),
}

/// A public key as JWK (RFC 8037): `{"kty":"OKP","crv":"Ed25519","x":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// Kind of key: always `OKP`.
    #[schemars(extend("enum" = ["OKP"], "x-since" = "0.1", "examples" = ["OKP"]))]
    kty: String,
    /// Curve: always `Ed25519`.
    #[schemars(extend("enum" = ["Ed25519"], "x-since" = "0.1", "examples" = ["Ed25519"]))]
    crv: String,
    /// The key, base64url.
    #[schemars(extend("x-since" = "0.1", "examples" = ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]))]
    x: String,
}

impl PublicKey {
    /// The key for calculations; `None` when the text is not an Ed25519 key.
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        if self.kty != "OKP" || self.crv != "Ed25519" {
            return None;
        }
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(&self.x).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok()
    }

    /// RFC 7638 thumbprint, base64url: the identity of whoever holds the private half.
    pub fn thumbprint(&self) -> String {
        // RFC 7638 §3.2: required members only, in lexicographic order, no white space.
        let canonical = format!(r#"{{"crv":"{}","kty":"{}","x":"{}"}}"#, self.crv, self.kty, self.x);
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes()))
    }
}

impl From<&VerifyingKey> for PublicKey {
    fn from(key: &VerifyingKey) -> Self {
        Self { kty: "OKP".into(), crv: "Ed25519".into(), x: URL_SAFE_NO_PAD.encode(key.as_bytes()) }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<PublicKey>,
}

/// Signs `payload` as a document of kind `typ`; the reader must know the key.
pub fn sign(
    key: &SigningKey,
    typ: &'static str,
    payload: &impl Serialize,
) -> Result<String, serde_json::Error> {
    encode(key, Header { alg: "EdDSA".into(), typ: typ.into(), jwk: None }, &serde_json::to_vec(payload)?)
}

/// Signs `payload` and carries the public key along, for a reader that meets the key for the first time.
pub fn sign_with_key(
    key: &SigningKey,
    typ: &'static str,
    payload: &impl Serialize,
) -> Result<String, serde_json::Error> {
    let jwk = PublicKey::from(&key.verifying_key());
    encode(
        key,
        Header { alg: "EdDSA".into(), typ: typ.into(), jwk: Some(jwk) },
        &serde_json::to_vec(payload)?,
    )
}

/// Signs bytes that travel apart from their signature (RFC 7515, appendix F): the part of the payload is empty.
pub fn sign_detached(
    key: &SigningKey,
    typ: &'static str,
    content: &[u8],
) -> Result<String, serde_json::Error> {
    let compact = encode(key, Header { alg: "EdDSA".into(), typ: typ.into(), jwk: None }, content)?;
    let mut parts = compact.split('.');
    let (header, signature) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    Ok(format!("{header}..{signature}"))
}

/// Accepts the detached signature of `content`, of kind `typ` and by `key`.
pub fn verify_detached(
    compact: &str,
    typ: &'static str,
    content: &[u8],
    key: &VerifyingKey,
) -> Result<(), JwsError> {
    let (_, parts) = open(compact, typ)?;
    let header = parts.signed.strip_suffix('.').ok_or(JwsError::Malformed)?;
    key.verify_strict(signing_input(header, content).as_bytes(), &parts.signature)
        .map_err(|_| JwsError::Signature)
}

/// What is signed (RFC 7515 §5.1).
fn signing_input(header: &str, content: &[u8]) -> String {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(content))
}

/// Accepts a document of kind `typ` signed by `key`.
pub fn verify<T: DeserializeOwned>(
    compact: &str,
    typ: &'static str,
    key: &VerifyingKey,
) -> Result<T, JwsError> {
    let (_, parts) = open(compact, typ)?;
    parts.payload(key)
}

/// Accepts a document that carries its own key, and returns both. This proves possession of the key and
/// nothing else; the caller decides whether the key is welcome.
pub fn verify_with_own_key<T: DeserializeOwned>(
    compact: &str,
    typ: &'static str,
) -> Result<(PublicKey, T), JwsError> {
    let (header, parts) = open(compact, typ)?;
    let jwk = header.jwk.ok_or(JwsError::Key)?;
    let key = jwk.verifying_key().ok_or(JwsError::Key)?;
    Ok((jwk, parts.payload(&key)?))
}

struct Parts<'a> {
    signed: &'a str,
    payload: Vec<u8>,
    signature: Signature,
}

impl Parts<'_> {
    fn payload<T: DeserializeOwned>(&self, key: &VerifyingKey) -> Result<T, JwsError> {
        // `verify_strict` also refuses the weak keys that would accept a signature over anything.
        key.verify_strict(self.signed.as_bytes(), &self.signature).map_err(|_| JwsError::Signature)?;
        serde_json::from_slice(&self.payload).map_err(JwsError::Payload)
    }
}

fn open<'a>(compact: &'a str, typ: &'static str) -> Result<(Header, Parts<'a>), JwsError> {
    let (signed, signature) = compact.trim().rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Malformed)?;
    if header.alg != "EdDSA" {
        return Err(JwsError::Algorithm(header.alg));
    }
    if header.typ != typ {
        return Err(JwsError::Type { wanted: typ, found: header.typ });
    }
    let signature: [u8; 64] = decode(signature)?.try_into().map_err(|_| JwsError::Malformed)?;
    let parts = Parts { signed, payload: decode(payload)?, signature: Signature::from_bytes(&signature) };
    Ok((header, parts))
}

fn encode(key: &SigningKey, header: Header, payload: &[u8]) -> Result<String, serde_json::Error> {
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    let signed = signing_input(&header, payload);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes());
    Ok(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a3() {
        let key = PublicKey {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into(),
        };
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_signed_document_comes_back() {
        let text = sign(&key(), typ::AUTHORIZATION, &vec![1, 2, 3]).unwrap();
        let back: Vec<u8> = verify(&text, typ::AUTHORIZATION, &key().verifying_key()).unwrap();
        assert_eq!(back, [1, 2, 3]);
    }

    #[test]
    fn a_document_of_another_kind_key_or_content_is_refused() {
        let text = sign(&key(), typ::AUTHORIZATION, &1).unwrap();
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        let own = key().verifying_key();
        assert!(matches!(verify::<u8>(&text, typ::PUBLICATION, &own), Err(JwsError::Type { .. })));
        assert!(matches!(verify::<u8>(&text, typ::AUTHORIZATION, &other), Err(JwsError::Signature)));
        let forged = text.replacen(&URL_SAFE_NO_PAD.encode("1"), &URL_SAFE_NO_PAD.encode("2"), 1);
        assert!(matches!(verify::<u8>(&forged, typ::AUTHORIZATION, &own), Err(JwsError::Signature)));
        assert!(matches!(verify::<u8>("a.b", typ::AUTHORIZATION, &own), Err(JwsError::Malformed)));
    }

    #[test]
    fn a_detached_signature_holds_for_its_content_and_key_only() {
        let text = sign_detached(&key(), typ::CONFIGURATION, b"{}").unwrap();
        let check = |text: &str, content: &[u8], seed: u8| {
            let key = SigningKey::from_bytes(&[seed; 32]).verifying_key();
            verify_detached(text, typ::CONFIGURATION, content, &key)
        };
        assert!(check(&format!("{text}\r\n"), b"{}", 7).is_ok());
        assert!(matches!(check(&text, b"{ }", 7), Err(JwsError::Signature)));
        assert!(matches!(check(&text, b"{}", 8), Err(JwsError::Signature)));
        let attached = text.replace("..", ".e30.");
        assert!(matches!(check(&attached, b"{}", 7), Err(JwsError::Malformed)));
    }

    #[test]
    fn no_other_algorithm_is_accepted() {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","typ":"{}"}}"#, typ::AUTHORIZATION));
        let text = format!("{header}.{}.", URL_SAFE_NO_PAD.encode("1"));
        let result = verify::<u8>(&text, typ::AUTHORIZATION, &key().verifying_key());
        assert!(matches!(result, Err(JwsError::Algorithm(_))));
    }

    #[test]
    fn a_self_signed_document_brings_its_key() {
        let text = sign_with_key(&key(), typ::ENROLLMENT, &"hello").unwrap();
        let (jwk, payload): (_, String) = verify_with_own_key(&text, typ::ENROLLMENT).unwrap();
        assert_eq!(payload, "hello");
        assert_eq!(jwk, PublicKey::from(&key().verifying_key()));
    }
}
