//! Whether a device may play.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a device came to be allowed to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthorizationKind {
    /// Managed over the network by a hub.
    Cloud,
    /// Carried to the device, bound to it.
    Local,
    /// The account's free allowance.
    Free,
}

impl AuthorizationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Cloud, Self::Local, Self::Free];

    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Local => "local",
            Self::Free => "free",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a stick carries the authorization of a device: one stick serves many screens, and each finds its own by
/// its id. The file is an [`Authorization`] signed as [`crate::jws::typ::AUTHORIZATION`] with the account's key in
/// its header ([`crate::jws::sign_with_key`]). A device that belongs to an account takes it from that account's key
/// only; one that belongs to nobody is bound to the account by it, as by a provisioning file.
pub fn local_path(device: &str) -> String {
    format!("signage/authorizations/{device}.jws")
}

/// The account allows one device to play. Signed as [`crate::jws::typ::AUTHORIZATION`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// The device: thumbprint of its key.
    pub sub: String,
    /// The account that allows it.
    pub account: String,
    /// Cloud, local or free.
    pub kind: AuthorizationKind,
    /// False in a revocation: this document withdraws the permission.
    pub granted: bool,
    /// Not valid earlier than this.
    pub not_before: Timestamp,
    /// Not valid from this moment on; absent means unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Grows with every document for this device.
    pub sequence: u64,
}

impl Authorization {
    /// Whether this document lets `device` play at `now`.
    pub fn permits(&self, device: &str, now: Timestamp) -> bool {
        self.sub == device
            && self.granted
            && now >= self.not_before
            && self.expires_at.is_none_or(|expires| now < expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_permits_its_device_in_its_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut document = Authorization {
            sub: "device".into(),
            account: "account".into(),
            kind: AuthorizationKind::Cloud,
            granted: true,
            not_before: at(100),
            expires_at: Some(at(200)),
            sequence: 1,
        };
        assert!(document.permits("device", at(100)));
        assert!(!document.permits("other", at(100)));
        assert!(!document.permits("device", at(99)));
        assert!(!document.permits("device", at(200)));
        document.expires_at = None;
        assert!(document.permits("device", at(1_000_000)));
        document.granted = false;
        assert!(!document.permits("device", at(150)));
    }
}
