//! Every type that crosses a boundary of Signage, and the prose that makes it a contract.
//!
//! This crate is data: it opens no file, no socket and reads no clock. What lives here:
//!
//! * [`config`]: the provisioning file `telemetry_config.json`, parsed and checked as a whole.
//! * [`api`]: the HTTP interface between a device and its hub.
//! * [`jws`]: the one signature format, JWS compact with Ed25519, and device identities.
//! * [`session`]: what hub and device say to each other while they are connected, and commands.
//! * [`document`]: what the hub signs: authorizations and publications.
//! * [`device_code`]: the id of a device as people read it off a screen.
//! * [`discovery`]: how a hub makes itself known in its local network.
//! * [`bus`]: the D-Bus face of the provisioner, which is all the player knows of it.
//! * [`probe`]: what the program that looks into uploaded files tells the hub.
//! * [`report`]: what a device tells its hub: how it is doing, faults, logs, proof of play.
//! * [`problem`]: the catalogue of everything that can be wrong, with cause and next action.
//! * [`verdict`]: what a screen writes back to the stick.
//! * [`token`]: the text form of the secrets that enrol a device.
//!
//! # Who speaks first
//!
//! The device always does. It enrols with a token and its own key, keeps what the hub signed, and works
//! from that copy for as long as the hub is away. Nothing here depends on the hub reaching the device.
//!
//! # How it may change
//!
//! Documents on the wire tolerate unknown fields; a field is never reused for another meaning. The
//! provisioning file carries `version`, and a device refuses a version that it does not know.

pub mod api;
pub mod bus;
pub mod config;
pub mod device_code;
pub mod discovery;
pub mod document;
pub mod jws;
pub mod probe;
pub mod problem;
pub mod report;
pub mod session;
pub mod token;
pub mod verdict;

mod secret;

pub use secret::Secret;
