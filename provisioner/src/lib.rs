//! The provisioner: gets a screen from "just unpacked" to "may play", and keeps it there.
//!
//! [`machine`] decides, and is pure: it takes events, the time and a random number, and answers with effects.
//! Everything else carries effects out or turns the world into events:
//!
//! * [`medium`]: USB sticks, at boot and plugged in later.
//! * [`offer`]: what sticks mean to this device.
//! * [`merge`]: settings from several sources become one file.
//! * [`sources`]: the sources that are there at every start.
//! * [`settings`]: host name, time zone and network, applied over D-Bus.
//! * [`network`]: whether there is an address, and if not, why.
//! * [`clock`]: whether the clock can be believed.
//! * [`hub`]: enrolment, authorization and access tokens over TLS.
//! * [`identity`]: the device key and what the board says of itself.
//! * [`stick`]: making sticks, at the desk.
//! * [`storage`]: what happens when nothing can be kept.
//! * [`store`]: what survives a power cut.
//! * [`arguments`]: a token on the command line is not left there.
//! * [`bus`]: `org.signage.Provisioner1`, all that the rest of the device sees.
//! * [`daemon`]: the loop that joins them.

pub mod arguments;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod daemon;
mod dbus;
pub mod hub;
pub mod identity;
pub mod machine;
pub mod medium;
pub mod merge;
pub mod network;
pub mod offer;
pub mod settings;
pub mod sources;
pub mod stick;
pub mod storage;
pub mod store;
