//! The provisioning file `telemetry_config.json`, version 1.
//!
//! [`parse`] takes the bytes as they lie on the medium and answers with the file and its warnings, or with
//! everything that is wrong with it. The whole file is checked before anybody may use any of it: all or
//! nothing. Every finding names the place by line, column and JSON pointer (RFC 6901), says what was found
//! and what is allowed, and never repeats a secret.
//!
//! The types in [`file`](ProvisionFile) are the only source: [`schema`] is generated from them, the file is
//! compared with the schema, and what fits can be read into the types. `check` adds the rules between fields.

mod check;
mod file;
mod finding;
mod format;
mod parse;
mod pem;
mod salvage;
mod schema;
mod shown;
mod tree;
mod walk;

pub use file::{
    Account, Audio, Cellular, Connection, ConnectionKind, Day, Device, Display, Eap, EapMethod, Hub, HubUrl,
    Ipv4, Ipv4Cidr, Ipv4Method, Ipv6, Ipv6Cidr, Ipv6Method, Match, Network, PowerWindow, ProvisionFile,
    Proxy, Security, Vlan,
};
pub use finding::Finding;
pub use parse::{MAX_BYTES, Parsed, parse};
pub use schema::{schema, secret_fields};
pub use tree::Position;

/// Name of the file at the root of the medium; compared without case.
pub const FILE_NAME: &str = "telemetry_config.json";

/// Name of the file beside it with its detached signature (see [`crate::jws::sign_detached`]), made with the
/// account's key; compared without case.
pub const SIGNATURE_NAME: &str = "telemetry_config.jws";

/// Largest signature file that is read, in bytes.
pub const MAX_SIGNATURE_BYTES: usize = 4096;
