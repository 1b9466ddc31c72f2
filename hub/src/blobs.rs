//! Content by its SHA-256: `blobs/ab/ab…`. A file under its digest is complete and never changes.

use std::fs::{self, DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::data_dir::{DataDir, sync_directory};
use crate::media::HEAD_BYTES;
use crate::{Error, Result};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// A file that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Where the bytes of a digest are, if they are there. The digest must have been checked by [`is_digest`].
pub fn path(directory: &DataDir, sha256: &str) -> PathBuf {
    directory.blobs().join(sha256.get(..2).unwrap_or_default()).join(sha256)
}

/// Whether a text is a SHA-256 in lower-case hexadecimal; nothing else may become part of a path.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The first bytes of a file.
pub fn head(source: &Path) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(source)
        .and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head))
        .map_err(Error::file("read", source))?;
    Ok(head)
}

/// Copies a file into the store while hashing it. After a power cut it is there as a whole or not at all.
pub fn import(directory: &DataDir, source: &Path) -> Result<Stored> {
    let incoming = directory.incoming();
    let mut input = File::open(source).map_err(Error::file("read", source))?;
    let mut output =
        tempfile::NamedTempFile::new_in(&incoming).map_err(Error::file("create a file in", &incoming))?;
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let read = input.read(&mut chunk).map_err(Error::file("read", source))?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
        output.write_all(&chunk[..read]).map_err(Error::file("write", output.path()))?;
        size += read as u64;
    }
    output.as_file().sync_all().map_err(Error::file("write", output.path()))?;
    let sha256 = hex::encode(hash.finalize());
    let target = path(directory, &sha256);
    let parent = target.parent().unwrap_or(&incoming);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)
        .map_err(Error::file("create the directory", parent))?;
    output.persist(&target).map_err(|error| Error::file("write", &target)(error.error))?;
    sync_directory(parent)?;
    sync_directory(&directory.blobs())?;
    Ok(Stored { sha256, size })
}

/// Removes uploads that a crash left behind; those of a command that runs now are younger than `age`.
pub fn clean(directory: &DataDir, age: std::time::Duration) -> Result<()> {
    let incoming = directory.incoming();
    for entry in fs::read_dir(&incoming).map_err(Error::file("read", &incoming))?.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let old = modified.is_ok_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed > age));
        if old {
            fs::remove_file(entry.path()).map_err(Error::file("remove", entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_under_its_digest_once() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(&temp.path().join("data")).unwrap();
        let source = temp.path().join("a.png");
        fs::write(&source, b"hello").unwrap();
        let stored = import(&directory, &source).unwrap();
        assert_eq!(stored.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assert_eq!(stored.size, 5);
        assert_eq!(import(&directory, &source).unwrap(), stored);
        assert_eq!(fs::read(path(&directory, &stored.sha256)).unwrap(), b"hello");
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 0);
    }

    #[test]
    fn only_a_digest_becomes_a_path() {
        assert!(is_digest(&"0a".repeat(32)));
        for text in ["", "..", &"0A".repeat(32), &"0g".repeat(32), &"0".repeat(63), &"../".repeat(22)] {
            assert!(!is_digest(text), "{text}");
        }
    }

    #[test]
    fn only_old_leftovers_are_removed() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        fs::write(directory.incoming().join("left"), b"over").unwrap();
        clean(&directory, std::time::Duration::from_secs(60)).unwrap();
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 1);
        std::thread::sleep(std::time::Duration::from_millis(20));
        clean(&directory, std::time::Duration::from_millis(1)).unwrap();
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 0);
    }
}
