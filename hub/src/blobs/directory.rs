//! Files of the store in the data directory: `blobs/ab/ab…`, and `blobs/incoming/` for what is arriving.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, SeekFrom, Write as _};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Bytes;
use futures_util::TryStreamExt as _;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{Bytestream, blocking};
use crate::data_dir::{DataDir, sync_directory};
use crate::ident::Millis;
use crate::{Error, Result};

/// Bytes that are read from the disk at once.
const CHUNK: usize = 256 << 10;

/// Where a file is, or would be. The digest must have been checked by [`super::is_digest`].
pub(super) fn path(directory: &DataDir, sha256: &str) -> PathBuf {
    directory.blobs().join(sha256.get(..2).unwrap_or_default()).join(sha256)
}

pub(super) fn size(path: &Path) -> Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path)(error)),
    }
}

pub(super) async fn read(path: &Path, range: Range<u64>) -> Result<Bytestream> {
    let mut file = File::open(path).await.map_err(Error::file("read", path))?;
    if range.start > 0 {
        file.seek(SeekFrom::Start(range.start)).await.map_err(Error::file("read", path))?;
    }
    let path = path.to_owned();
    let stream = ReaderStream::with_capacity(file.take(range.end - range.start), CHUNK);
    Ok(Box::pin(stream.map_err(move |source| Error::file("read", &path)(source))))
}

pub(super) async fn read_all(path: &Path) -> Result<Bytestream> {
    read(path, 0..u64::MAX).await
}

pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::file("remove", path)(error)),
        // Or it would be there again after a power cut, and nobody would know of it.
        Ok(()) => path.parent().map_or(Ok(()), sync_directory),
    }
}

/// A file that is being written where nobody looks.
pub(super) struct Writing(tempfile::NamedTempFile);

impl Writing {
    pub(super) fn new(directory: &DataDir) -> Result<Self> {
        let incoming = directory.incoming();
        let file =
            tempfile::NamedTempFile::new_in(&incoming).map_err(Error::file("create a file in", &incoming))?;
        Ok(Self(file))
    }

    pub(super) async fn write(mut self, chunks: Vec<Bytes>) -> Result<Self> {
        blocking(move || {
            for chunk in &chunks {
                self.0.write_all(chunk).map_err(Error::file("write", self.0.path()))?;
            }
            Ok(self)
        })
        .await
    }

    pub(super) async fn finish(self) -> Result<tempfile::NamedTempFile> {
        blocking(move || {
            self.0.as_file().sync_all().map_err(Error::file("write", self.0.path()))?;
            Ok(self.0)
        })
        .await
    }
}

/// Gives a file that was written its name.
pub(super) async fn place(directory: &DataDir, file: tempfile::NamedTempFile, sha256: &str) -> Result<()> {
    let (directory, sha256) = (directory.clone(), sha256.to_owned());
    blocking(move || {
        let target = path(&directory, &sha256);
        let blobs = directory.blobs();
        let parent = target.parent().unwrap_or(&blobs);
        make(parent)?;
        file.persist(&target).map_err(|error| Error::file("write", &target)(error.error))?;
        sync_directory(parent)?;
        sync_directory(&blobs)
    })
    .await
}

fn make(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(Error::file("create the directory", path))
}

pub(super) async fn put_piece(directory: &DataDir, name: &str, bytes: Vec<Bytes>) -> Result<()> {
    let incoming = directory.incoming();
    let target = incoming.join(name);
    blocking(move || {
        let parent = target.parent().unwrap_or(&incoming);
        make(parent)?;
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&target)
            .map_err(Error::file("create", &target))?;
        for chunk in &bytes {
            file.write_all(chunk).map_err(Error::file("write", &target))?;
        }
        file.sync_all().map_err(Error::file("write", &target))?;
        sync_directory(parent)?;
        sync_directory(&incoming)
    })
    .await
}

pub(super) fn remove_pieces(directory: &DataDir, upload: &str) -> Result<()> {
    let folder = directory.incoming().join(upload);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file("remove", &folder)(error)),
        _ => Ok(()),
    }
}

pub(super) fn arriving(directory: &DataDir) -> Result<Vec<(String, Millis)>> {
    let incoming = directory.incoming();
    let mut found = Vec::new();
    for entry in fs::read_dir(&incoming).map_err(Error::file("read", &incoming))?.flatten() {
        // A piece that comes or goes changes its folder. What is gone meanwhile is not there.
        let Some(folder) = entry.metadata().ok().filter(fs::Metadata::is_dir) else { continue };
        let changed = folder.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        if let (Some(changed), Ok(name)) = (changed, entry.file_name().into_string()) {
            found.push((name, i64::try_from(changed.as_millis()).unwrap_or(i64::MAX)));
        }
    }
    Ok(found)
}

/// Removes copies that a crash left behind; those of a command that runs now are younger than `age`. Pieces of
/// uploads are in folders, which go with their uploads.
pub fn clean(directory: &DataDir, age: Duration) -> Result<()> {
    let incoming = directory.incoming();
    for entry in fs::read_dir(&incoming).map_err(Error::file("read", &incoming))?.flatten() {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file);
        let modified = metadata.and_then(|metadata| metadata.modified().ok());
        if modified.is_some_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed > age)) {
            fs::remove_file(entry.path()).map_err(Error::file("remove", entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_leftovers_are_removed() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        fs::write(directory.incoming().join("left"), b"over").unwrap();
        fs::create_dir(directory.incoming().join("upl_1")).unwrap();
        clean(&directory, Duration::from_secs(60)).unwrap();
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 2);
        std::thread::sleep(Duration::from_millis(20));
        clean(&directory, Duration::from_millis(1)).unwrap();
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 1);
    }
}
