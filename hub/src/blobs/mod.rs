//! Content by its SHA-256, in the data directory or in a bucket. A file under its digest is complete, was compared
//! with it on the way in, and never changes.
//!
//! What is still arriving lies beside it in pieces, each under a name that is used once. Only the database says which
//! of them count, so a piece that was cut off, or written by somebody who lost the upload to another, means nothing.
//!
//! Every file has a row in the table `blob`, made before the file: see [`crate::sweep`] for how files go.

mod bucket;
mod config;
mod directory;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};

use self::bucket::Bucket;
pub use self::config::{Config, FILE as CONFIG_FILE};
pub use self::directory::clean;
use crate::data_dir::DataDir;
use crate::ident::Millis;
use crate::media::HEAD_BYTES;
use crate::{Error, Result};

/// Bytes as they come.
pub type Bytestream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Where the files of this hub are.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// In the data directory.
    Directory(DataDir),
    /// In a bucket of an S3-compatible store.
    Bucket(Box<Bucket>),
}

/// A file that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Where the bytes of a new file come from; they can be read more than once.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file of this machine.
    File(PathBuf),
    /// Pieces that have arrived, in order.
    Pieces(Vec<String>),
}

/// A new file whose digest is known, and which nobody sees yet.
#[derive(Debug)]
pub struct Prepared {
    /// What it will be.
    pub stored: Stored,
    source: Source,
    written: Option<tempfile::NamedTempFile>,
}

/// A file of this machine, for programs that need one. It goes away with the value when it is a copy.
#[derive(Debug)]
pub struct Local {
    /// Where it is.
    pub path: PathBuf,
    _copy: Option<tempfile::NamedTempFile>,
}

/// Whether a text is a SHA-256 in lower-case hexadecimal; nothing else may become part of a path.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Blobs {
    /// The bucket that the environment or the data directory names, else the directory itself.
    pub fn open(directory: &DataDir) -> Result<Self> {
        match Config::find(directory)? {
            Some(config) => Ok(Self::Bucket(Box::new(Bucket::new(&config, directory)?))),
            None => Ok(Self::Directory(directory.clone())),
        }
    }

    /// A bucket.
    pub fn bucket(config: &Config, directory: &DataDir) -> Result<Self> {
        Ok(Self::Bucket(Box::new(Bucket::new(config, directory)?)))
    }

    /// Where that is, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Directory(directory) => directory.blobs().display().to_string(),
            Self::Bucket(bucket) => bucket.to_string(),
        }
    }

    /// A part of a file. What does not come in one go is asked for again; when it ends too early that is an error.
    pub async fn read(&self, sha256: &str, range: Range<u64>) -> Result<Bytestream> {
        if range.is_empty() {
            return Ok(Box::pin(futures_util::stream::empty()));
        }
        let whole = range.end - range.start;
        let stream = match self {
            Self::Directory(directory) => directory::read(&directory::path(directory, sha256), range).await?,
            Self::Bucket(bucket) => bucket.read(&bucket.blob(sha256), Some(range)).await?,
        };
        Ok(exactly(stream, whole))
    }

    /// Whether a file is there with this length.
    pub async fn has(&self, stored: &Stored) -> Result<bool> {
        let size = match self {
            Self::Directory(directory) => directory::size(&directory::path(directory, &stored.sha256))?,
            Self::Bucket(bucket) => bucket.size(&stored.sha256).await?,
        };
        Ok(size == Some(stored.size))
    }

    /// Reads a new file and finds out what it is. The name that it will have is noted before [`Self::keep`].
    pub async fn prepare(&self, source: Source) -> Result<Prepared> {
        let mut stream = self.open_source(&source).await?;
        let (mut hash, mut size) = (Sha256::new(), 0);
        let mut written = match self {
            Self::Directory(directory) => Some(directory::Writing::new(directory)?),
            Self::Bucket(_) => None,
        };
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            hash.update(&chunk);
            if let Some(writing) = written {
                written = Some(writing.write(vec![chunk]).await?);
            }
        }
        let stored = Stored { sha256: hex::encode(hash.finalize()), size };
        let written = match written {
            Some(writing) => Some(writing.finish().await?),
            None => None,
        };
        Ok(Prepared { stored, source, written })
    }

    /// Puts a prepared file under its digest. After a power cut it is there as a whole or not at all.
    pub async fn keep(&self, prepared: Prepared) -> Result<Stored> {
        let Prepared { stored, source, written } = prepared;
        match (self, written) {
            (Self::Directory(directory), Some(written)) => {
                directory::place(directory, written, &stored.sha256).await?;
            }
            (Self::Bucket(bucket), _) => {
                if !self.has(&stored).await? {
                    bucket.store(self.open_source(&source).await?, &stored).await?;
                }
            }
            (Self::Directory(_), None) => return Err(Error::Damaged { what: "copy of a file" }),
        }
        Ok(stored)
    }

    /// Removes a file, if it is there.
    pub async fn remove(&self, sha256: &str) -> Result<()> {
        match self {
            Self::Directory(directory) => directory::remove(&directory::path(directory, sha256)),
            Self::Bucket(bucket) => bucket.remove(&bucket.blob(sha256)).await,
        }
    }

    /// Stores a piece of a file that is arriving. When this returns, a power cut does not take it away.
    pub async fn put_piece(&self, name: &str, bytes: Vec<Bytes>) -> Result<()> {
        match self {
            Self::Directory(directory) => directory::put_piece(directory, name, bytes).await,
            Self::Bucket(bucket) => bucket.put_piece(name, bytes).await,
        }
    }

    /// Removes every piece of an upload, also those that do not count.
    pub async fn remove_pieces(&self, upload: &str) -> Result<()> {
        match self {
            Self::Directory(directory) => directory::remove_pieces(directory, upload),
            Self::Bucket(bucket) => bucket.remove_pieces(upload).await,
        }
    }

    /// The uploads that have pieces, and when the last one came.
    pub async fn arriving(&self) -> Result<Vec<(String, Millis)>> {
        match self {
            Self::Directory(directory) => directory::arriving(directory),
            Self::Bucket(bucket) => bucket.arriving().await,
        }
    }

    /// The first bytes of a new file.
    pub async fn head(&self, source: &Source) -> Result<Vec<u8>> {
        let mut stream = self.open_source(source).await?;
        let mut head = Vec::new();
        while head.len() < HEAD_BYTES {
            let Some(chunk) = stream.try_next().await? else { break };
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD_BYTES - head.len())]);
        }
        Ok(head)
    }

    /// A file as a file of this machine.
    pub async fn local(&self, stored: &Stored) -> Result<Local> {
        match self {
            Self::Directory(directory) => {
                Ok(Local { path: directory::path(directory, &stored.sha256), _copy: None })
            }
            Self::Bucket(bucket) => {
                let mut writing = directory::Writing::new(&bucket.directory)?;
                let mut stream = self.read(&stored.sha256, 0..stored.size).await?;
                while let Some(chunk) = stream.try_next().await? {
                    writing = writing.write(vec![chunk]).await?;
                }
                let copy = writing.finish().await?;
                Ok(Local { path: copy.path().to_owned(), _copy: Some(copy) })
            }
        }
    }

    /// Where a file of the directory is; a bucket has none.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        match self {
            Self::Directory(directory) => Some(directory::path(directory, sha256)),
            Self::Bucket(_) => None,
        }
    }

    async fn open_source(&self, source: &Source) -> Result<Bytestream> {
        match source {
            Source::File(path) => directory::read_all(path).await,
            Source::Pieces(names) => {
                let blobs = self.clone();
                let names = futures_util::stream::iter(names.clone());
                Ok(Box::pin(names.then(move |name| piece(blobs.clone(), name)).try_flatten()))
            }
        }
    }
}

async fn piece(blobs: Blobs, name: String) -> Result<Bytestream> {
    match &blobs {
        Blobs::Directory(directory) => directory::read_all(&directory.incoming().join(&name)).await,
        Blobs::Bucket(bucket) => bucket.read(&bucket.piece(&name), None).await,
    }
}

/// A stream that ends with an error unless it has as many bytes as it should.
fn exactly(stream: Bytestream, whole: u64) -> Bytestream {
    let state = (stream, whole);
    Box::pin(futures_util::stream::try_unfold(state, |(mut stream, left)| async move {
        match stream.try_next().await? {
            Some(chunk) if chunk.len() as u64 <= left => {
                let left = left - chunk.len() as u64;
                Ok(Some((chunk, (stream, left))))
            }
            None if left == 0 => Ok(None),
            _ => Err(Error::Damaged { what: "file of the store: its length is not what was noted" }),
        }
    }))
}

/// Work that keeps a disk busy, beside the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Damaged { what: "copy of a file" })?
}

/// Stores a file of this machine without a row in the database. For tests and tools.
pub async fn import(blobs: &Blobs, source: &Path) -> Result<Stored> {
    blobs.keep(blobs.prepare(Source::File(source.to_owned())).await?).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test]
    async fn a_file_lies_under_its_digest_once() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(&temp.path().join("data")).unwrap();
        let blobs = Blobs::Directory(directory.clone());
        let source = temp.path().join("a.png");
        fs::write(&source, b"hello").unwrap();
        let stored = import(&blobs, &source).await.unwrap();
        assert_eq!(stored.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assert_eq!(stored.size, 5);
        assert_eq!(import(&blobs, &source).await.unwrap(), stored);
        assert_eq!(fs::read(blobs.path(&stored.sha256).unwrap()).unwrap(), b"hello");
        assert_eq!(fs::read_dir(directory.incoming()).unwrap().count(), 0);
        assert!(blobs.has(&stored).await.unwrap());
        blobs.remove(&stored.sha256).await.unwrap();
        blobs.remove(&stored.sha256).await.unwrap();
        assert!(!blobs.has(&stored).await.unwrap());
    }

    #[tokio::test]
    async fn pieces_become_one_file() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::Directory(DataDir::open(temp.path()).unwrap());
        blobs.put_piece("upl_1/0-a", vec![b"he".as_slice().into(), b"l".as_slice().into()]).await.unwrap();
        blobs.put_piece("upl_1/3-b", vec![b"lo".as_slice().into()]).await.unwrap();
        let source = Source::Pieces(vec!["upl_1/0-a".into(), "upl_1/3-b".into()]);
        assert_eq!(blobs.head(&source).await.unwrap(), b"hello");
        let stored = blobs.keep(blobs.prepare(source).await.unwrap()).await.unwrap();
        assert!(stored.sha256.starts_with("2cf24d"));
        let part: Vec<Bytes> = blobs.read(&stored.sha256, 1..4).await.unwrap().try_collect().await.unwrap();
        assert_eq!(part.concat(), b"ell");
        blobs.remove_pieces("upl_1").await.unwrap();
        assert_eq!(fs::read_dir(temp.path().join("blobs/incoming")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_that_is_too_short_is_an_error_at_its_end() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::Directory(DataDir::open(&temp.path().join("data")).unwrap());
        fs::write(temp.path().join("a"), b"hello").unwrap();
        let stored = import(&blobs, &temp.path().join("a")).await.unwrap();
        fs::write(blobs.path(&stored.sha256).unwrap(), b"he").unwrap();
        let read: Result<Vec<Bytes>> = blobs.read(&stored.sha256, 0..5).await.unwrap().try_collect().await;
        assert!(read.is_err());
    }

    #[test]
    fn only_a_digest_becomes_a_path() {
        assert!(is_digest(&"0a".repeat(32)));
        for text in ["", "..", &"0A".repeat(32), &"0g".repeat(32), &"0".repeat(63), &"../".repeat(22)] {
            assert!(!is_digest(text), "{text}");
        }
    }
}
