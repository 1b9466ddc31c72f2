//! What to play and the files for it.
//!
//! * [`publication`]: whether a signed publication may be believed.
//! * [`store`]: the files, known by their digest, and what a power cut leaves of them.
//! * [`download`]: one file from the hub, resumed where it stopped.
//! * [`sync`]: the loop that keeps all this at what the hub says.
//!
//! A publication is taken as a whole: it is stored, and played, when its last file is here.

pub mod download;
pub mod publication;
pub mod store;
pub mod sync;

use std::path::PathBuf;
use std::time::Duration;

use signage_protocol::document::{ItemKind, Publication};

/// A playlist whose files are in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Of the publication.
    pub sequence: u64,
    /// Of the playlist, for people.
    pub name: String,
    /// In the order of playing.
    pub items: Vec<ProgramItem>,
}

/// One item with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramItem {
    /// For people.
    pub title: String,
    /// How it is shown.
    pub kind: ItemKind,
    /// The file.
    pub path: PathBuf,
    /// How long an image stays, if its item says so.
    pub duration: Option<Duration>,
}

impl Program {
    /// The items of `publication` for which `file` knows the place of the blob.
    pub fn new(
        publication: &Publication,
        mut file: impl FnMut(&signage_protocol::document::Blob) -> Option<PathBuf>,
    ) -> Self {
        let items = publication.playlist.items.iter().filter_map(|item| {
            Some(ProgramItem {
                title: item.title.clone(),
                kind: item.kind,
                path: file(&item.blob)?,
                duration: item.duration_ms.map(Duration::from_millis),
            })
        });
        Self {
            sequence: publication.sequence,
            name: publication.playlist.name.clone(),
            items: items.collect(),
        }
    }
}
