//! What the hub signs with the account key and a device keeps: authorizations and publications.
//!
//! A device works from its newest valid copy. A higher `sequence` replaces a lower one; a lower one is
//! ignored, so an old document cannot be played back to a device that has seen a newer one.
//!
//! * [`authorization`]: whether a device may play.
//! * [`publication`]: what it plays: the files, and the playlist of a player that knows no layouts.
//! * [`program`]: the whole program: playlists, layouts, schedule, overrides, defaults.
//! * [`limits`]: how large all this may be.

pub mod authorization;
pub mod limits;
pub mod program;
pub mod publication;

pub use authorization::{Authorization, AuthorizationKind, local_path};
pub use program::Program;
pub use publication::{Blob, Item, ItemKind, Playlist, Publication, USB_BLOBS, USB_FOLDER, USB_MANIFEST};
