//! The provisioning file `telemetry_config.json`, version 1.
//!
//! [`parse`] takes the bytes as they lie on the medium and answers with the file and its warnings, or with
//! the errors that stop it. The whole file is checked before anybody may use any of it: all or nothing.
//! Every finding names the place by line, column and JSON pointer (RFC 6901). No finding repeats a secret.

mod check;
mod file;
mod parse;
mod position;

pub use file::{
    Connection, ConnectionKind, Device, Hub, Ipv4, Ipv4Cidr, Ipv4Method, Match, Network, ProvisionFile,
};
pub use parse::{Finding, MAX_BYTES, Parsed, parse};
pub use position::{Position, locate};

/// Name of the file at the root of the medium; compared without case.
pub const FILE_NAME: &str = "telemetry_config.json";
