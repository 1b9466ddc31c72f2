//! Everything that can go wrong at the line: a stable code, the place, the cause, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use signage_stick::target::Refusal;

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file or a card cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Not an image.
    #[error("{}: {detail}", path.display())]
    Image {
        /// The image.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Not a block map.
    #[error("{}: {detail}", path.display())]
    BlockMap {
        /// The block map.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The image is not the one that the block map was made for.
    #[error("{} is not what its block map says: blocks {first} to {last} differ", path.display())]
    Mismatch {
        /// The image.
        path: PathBuf,
        /// First block of the range.
        first: u64,
        /// Last block of the range.
        last: u64,
    },
    /// A disk that must not be written to.
    #[error("{} is not written to", path.display())]
    Refused {
        /// The disk.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Refusal,
    },
    /// A card that the image does not fit on.
    #[error("{} has {bytes} bytes; the image needs {needed}", path.display())]
    TooSmall {
        /// The card.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The image's size.
        needed: u64,
    },
    /// A card that gives back something else.
    #[error("{} does not keep what is written to it: bytes {from} to {to} came back different", path.display())]
    Verify {
        /// The card.
        path: PathBuf,
        /// First byte of the range.
        from: u64,
        /// First byte after it.
        to: u64,
    },
    /// The image has no place for the settings.
    #[error("{}: {detail}", path.display())]
    BootPartition {
        /// The card.
        path: PathBuf,
        /// What is missing.
        detail: String,
    },
    /// A list of units that cannot be used.
    #[error("{}{}: {detail}", path.display(), place(*line))]
    Units {
        /// The list.
        path: PathBuf,
        /// Which line, from 1; 0 for the whole.
        line: u64,
        /// What is wrong there.
        detail: String,
    },
    /// Settings that no screen would take.
    #[error("the settings of {unit:?} are not valid: {detail}")]
    Settings {
        /// Whose.
        unit: String,
        /// What a screen would say.
        detail: String,
    },
    /// A journal of something else.
    #[error("{} is the journal of another run: {detail}", path.display())]
    OtherRun {
        /// The journal.
        path: PathBuf,
        /// In what it differs.
        detail: String,
    },
    /// A journal that somebody is writing.
    #[error("{} is in use by another run", path.display())]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// A journal that cannot be read.
    #[error("{}, line {line}: {detail}", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong there.
        detail: String,
    },
    /// A label cannot be drawn.
    #[error("the label of {unit:?} cannot be made: {detail}")]
    Label {
        /// Whose.
        unit: String,
        /// Why not.
        detail: String,
    },
    /// Somebody has to say yes.
    #[error("{0}")]
    NotConfirmed(String),
}

impl Error {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "FAC-001",
            Self::Write { .. } => "FAC-002",
            Self::Image { .. } => "FAC-003",
            Self::BlockMap { .. } => "FAC-004",
            Self::Mismatch { .. } => "FAC-005",
            Self::Refused { .. } => "FAC-010",
            Self::TooSmall { .. } => "FAC-011",
            Self::Verify { .. } => "FAC-012",
            Self::BootPartition { .. } => "FAC-013",
            Self::Units { .. } => "FAC-020",
            Self::Settings { .. } => "FAC-021",
            Self::OtherRun { .. } => "FAC-030",
            Self::Busy { .. } => "FAC-031",
            Self::Journal { .. } => "FAC-032",
            Self::Label { .. } => "FAC-040",
            Self::NotConfirmed(_) => "FAC-050",
        }
    }

    /// What to do.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Read { .. } => "Check the path and who may read it.",
            Self::Write { .. } => "Check the place, its permissions and its free space; take another card.",
            Self::Image { .. } => "Download or build the image again.",
            Self::BlockMap { .. } | Self::Mismatch { .. } => {
                "Take the image and the block map from the same build, and download both again."
            }
            Self::Refused { .. } => "Name a card reader, and unmount what is in it.",
            Self::TooSmall { .. } => "Take a larger card.",
            Self::Verify { .. } => "Throw this card away and take another.",
            Self::BootPartition { .. } => "Take an image of a screen.",
            Self::Units { .. } => "Correct that line, or download the list from the hub again.",
            Self::Settings { .. } => "Correct the settings; `signage-provisioner check` shows the place.",
            Self::OtherRun { .. } => {
                "Give the image and the list that the journal was begun with, or a new journal."
            }
            Self::Busy { .. } => "Wait for the other run, or give this one a journal and a list of its own.",
            Self::Journal { .. } => "Take the journal from a copy; what it calls done needs no second card.",
            Self::Label { .. } => {
                "Shorten the name or the link, or install a font for the script of the name (on Debian fonts-noto-cjk or fonts-noto-core)."
            }
            Self::NotConfirmed(_) => "Run it again and type yes, or give --yes.",
        }
    }

    /// Whether another card may help; everything else stops the line.
    pub const fn is_of_the_card(&self) -> bool {
        matches!(
            self,
            Self::Write { .. } | Self::Refused { .. } | Self::TooSmall { .. } | Self::Verify { .. }
        )
    }

    /// For a person: code, what, why, and what to do.
    pub fn report(&self) -> String {
        let mut text = format!("error {}: {self}", self.code());
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        text + "\n  " + self.action()
    }

    pub(crate) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path: path.clone(), source }
    }

    pub(crate) fn write(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path: path.clone(), source }
    }
}

fn place(line: u64) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}
