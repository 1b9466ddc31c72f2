//! Makes sticks for people: a FAT32 volume with one checked provisioning file, on a removable device or in an
//! image file.
//!
//! Nothing is written before the file is known to be valid and the target is known to be harmless to write
//! to; nothing is reported as done before it has been read back.

mod volume;

pub use signage_stick::target::{Refusal, Target};
pub use volume::{MIN_BYTES, read_back, write};

use std::fs::File;
use std::path::{Path, PathBuf};

use signage_protocol::config::{self, Finding};

use crate::medium::Content;

/// Why a stick was not made. Whatever was on the target is untouched unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum StickError {
    /// The provisioning file is not valid.
    #[error("the provisioning file has {} mistakes", .0.len())]
    Invalid(Vec<Finding>),
    /// The target must not be written to.
    #[error("{} is not written to", path.display())]
    Refused {
        /// The target.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Refusal,
    },
    /// The target cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The target.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Writing failed; the target holds half a stick now.
    #[error("cannot write to {}; what is on it now is not usable", path.display())]
    Write {
        /// The target.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// What came back is not what was written: a broken or a forged stick.
    #[error("{} does not keep what is written to it; use another stick", path.display())]
    Verify {
        /// The target.
        path: PathBuf,
    },
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where.
    pub path: PathBuf,
    /// Size of the target in bytes.
    pub bytes: u64,
    /// What a screen will warn about.
    pub warnings: Vec<Finding>,
}

/// Checks the file, then formats the target, writes the content and reads it back as a screen does.
pub fn make(target: &Target, content: &Content) -> Result<Made, StickError> {
    let warnings = config::parse(&content.file).map_err(StickError::Invalid)?.warnings;
    let path = target.path().to_owned();
    let refused = |source| StickError::Refused { path: path.clone(), source };
    let bytes = target.check().map_err(refused)?;
    let mut medium = target.open().map_err(|source| StickError::Open { path: path.clone(), source })?;
    let failed = |source| StickError::Write { path: path.clone(), source };
    write(&mut medium, bytes, content).map_err(failed)?;
    medium.sync_all().map_err(failed)?;
    drop(medium);
    verify(&path, bytes, content)?;
    Ok(Made { path, bytes, warnings })
}

fn verify(path: &Path, bytes: u64, content: &Content) -> Result<(), StickError> {
    let medium = File::open(path).map_err(|source| StickError::Open { path: path.to_owned(), source })?;
    // What is still in memory proves nothing about the stick.
    let _ = rustix::fs::fadvise(&medium, 0, None, rustix::fs::Advice::DontNeed);
    match read_back(medium, bytes) {
        Ok(Some(back)) if back == *content => Ok(()),
        _ => Err(StickError::Verify { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(file: &str) -> Content {
        Content { file: file.into(), signature: None }
    }

    fn good() -> Content {
        content(r#"{"version":1,"device":{"name":"Foyer"}}"#)
    }

    #[test]
    fn an_image_holds_the_file_when_it_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stick.img");
        let made = make(&Target::Image { path: path.clone(), bytes: 64 << 20 }, &good()).unwrap();
        assert_eq!(made.bytes, 64 << 20);
        assert_eq!(read_back(File::open(&path).unwrap(), made.bytes).unwrap(), Some(good()));
    }

    #[test]
    fn an_invalid_file_touches_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stick.img");
        let error = make(&Target::Image { path: path.clone(), bytes: 64 << 20 }, &content("{}")).unwrap_err();
        assert!(matches!(error, StickError::Invalid(_)));
        assert!(!path.exists());
    }

    #[test]
    fn an_image_that_is_too_small_or_in_the_way_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stick.img");
        let make_with = |bytes| make(&Target::Image { path: path.clone(), bytes }, &good());
        assert!(matches!(
            make_with(1 << 20),
            Err(StickError::Refused { source: Refusal::TooSmall { .. }, .. })
        ));
        std::fs::write(&path, "precious").unwrap();
        assert!(matches!(make_with(64 << 20), Err(StickError::Refused { source: Refusal::Exists, .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    }
}
