//! How a hub makes itself known in its local network: DNS-based service discovery over multicast DNS (RFC 6763,
//! RFC 6762). A device looks for it when its provisioning file says `"url": "discover"`.
//!
//! An announcement proves nothing: anybody in the network can make one. A device believes the hub at the other end
//! only if its certificate comes from a CA that the device trusts already, or has the fingerprint of its file.

/// Type of the service.
pub const SERVICE: &str = "_signage-hub._tcp.local.";
/// Key of the version of these keys: `1`.
pub const VERSION_KEY: &str = "v";
/// Key of the hub's public address, `https://HOST[:PORT]`.
pub const URL_KEY: &str = "url";
/// Key of the SHA-256 of the CA certificate (DER), 64 lower-case hexadecimal characters.
pub const CA_KEY: &str = "ca";
