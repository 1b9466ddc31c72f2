//! What a device plays, and how it is carried on a stick.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Program;

/// Folder of a publication on a medium, in its top folder.
pub const USB_FOLDER: &str = "signage";
/// The signed publication, below [`USB_FOLDER`].
pub const USB_MANIFEST: &str = "manifest.jws";
/// Folder of the files, each under its SHA-256, below [`USB_FOLDER`].
pub const USB_BLOBS: &str = "blobs";

/// What a device plays. Signed as [`crate::jws::typ::PUBLICATION`]; the blobs it names travel apart and are
/// known by their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Publication {
    /// The account whose content this is.
    pub account: String,
    /// Grows with every change of the account's content.
    pub sequence: u64,
    /// When it was published.
    pub issued_at: Timestamp,
    /// What plays, in a loop, on a player that does not read `program`: the default, without layouts and hours.
    pub playlist: Playlist,
    /// Everything a screen needs to decide by itself what it shows at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
}

impl Publication {
    /// Every file that it needs, each once, in the order of their digests.
    pub fn blobs(&self) -> Vec<&Blob> {
        let program = self.program.iter().flat_map(Program::blobs);
        let mut blobs: Vec<&Blob> =
            self.playlist.items.iter().map(|item| &item.blob).chain(program).collect();
        blobs.sort_by(|one, two| one.sha256.cmp(&two.sha256));
        blobs.dedup_by(|one, two| one.sha256 == two.sha256);
        blobs
    }
}

/// Items played in order, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Playlist {
    /// For people; never empty.
    pub name: String,
    /// May be empty, then the screen says so.
    pub items: Vec<Item>,
}

/// One thing to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Unique within the account.
    pub id: String,
    /// For people: the file name it was uploaded under.
    pub title: String,
    /// How to show it.
    pub kind: ItemKind,
    /// The bytes.
    pub blob: Blob,
    /// How long an image stays, in milliseconds. A video plays to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// How an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ItemKind {
    /// A still picture, shown for the item's duration.
    Image,
    /// A film with or without sound, shown once per turn.
    Video,
}

/// Bytes known by their digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blob {
    /// SHA-256 in lower-case hexadecimal, 64 characters.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// Media type, such as `video/mp4`.
    pub media_type: String,
}
