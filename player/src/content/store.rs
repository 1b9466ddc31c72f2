//! The files of this player, content-addressed.
//!
//! ```text
//! publication.jws     what is played, as signed; replaced as a whole
//! blobs/<sha256>      complete and checked
//! blobs/<sha256>.part so far; a download goes on from here
//! ```
//!
//! A file under its final name was checked, flushed and renamed, in this order, so a power cut leaves either
//! nothing or a whole file under it. Its length is compared again before it is used, which finds what a
//! damaged file system truncated; its content is hashed again only when decoding it failed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use signage_protocol::document::Blob;

const PUBLICATION: &str = "publication.jws";
const BLOBS: &str = "blobs";
const PART: &str = "part";

/// A directory that this process may write.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// What could not be done with a file of the store.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct StoreError {
    action: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Whether a downloaded file is what it was said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Checked {
    /// It is, and stands under its final name.
    Good,
    /// It is not, and was removed.
    WrongDigest,
}

trait Context<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError { action, path: path.to_owned(), source })
    }
}

impl Store {
    /// Opens the store and makes its directories. Fails for as long as the directory is not there or not
    /// writable, as it is before `/data` is mounted.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let blobs = root.join(BLOBS);
        match fs::create_dir(&blobs) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result.context("create", &blobs)?,
        }
        rustix::fs::access(&blobs, rustix::fs::Access::WRITE_OK)
            .map_err(io::Error::from)
            .context("write to", &blobs)?;
        Ok(Self { root: root.to_owned() })
    }

    /// The stored publication, if there is one.
    pub fn publication(&self) -> Result<Option<String>, StoreError> {
        let path = self.root.join(PUBLICATION);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // Not text: a damaged file is the same as none, the next sync brings it back.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error).context("read", &path),
        }
    }

    /// Replaces the stored publication.
    pub fn set_publication(&self, compact: &str) -> Result<(), StoreError> {
        let path = self.root.join(PUBLICATION);
        let temporary = path.with_extension("jws.new");
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(compact.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            sync_directory(&self.root)
        };
        write().context("write", &path)
    }

    /// Forgets the stored publication.
    pub fn remove_publication(&self) -> Result<(), StoreError> {
        let path = self.root.join(PUBLICATION);
        remove(&path).and_then(|()| sync_directory(&self.root)).context("remove", &path)
    }

    /// Place of a blob that is here in its full length.
    pub fn blob(&self, blob: &Blob) -> Option<PathBuf> {
        let path = self.blob_path(&blob.sha256);
        let metadata = fs::metadata(&path).ok()?;
        (metadata.is_file() && metadata.len() == blob.size).then_some(path)
    }

    /// Place of what is here of a blob so far, and its length.
    pub fn part(&self, blob: &Blob) -> (PathBuf, u64) {
        let path = self.blob_path(&blob.sha256).with_extension(PART);
        let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        (path, length)
    }

    /// Checks a complete download and gives it its final name. Reads the whole file.
    pub fn finish(&self, blob: &Blob) -> Result<Checked, StoreError> {
        let (part, length) = self.part(blob);
        if length != blob.size || digest(&part).context("read", &part)? != blob.sha256 {
            remove(&part).context("remove", &part)?;
            return Ok(Checked::WrongDigest);
        }
        let path = self.blob_path(&blob.sha256);
        let rename = || {
            File::open(&part)?.sync_all()?;
            fs::rename(&part, &path)?;
            sync_directory(&self.root.join(BLOBS))
        };
        rename().context("write", &path)?;
        Ok(Checked::Good)
    }

    /// Hashes a stored blob again and removes it when it is damaged.
    pub fn recheck(&self, path: &Path) -> Result<Checked, StoreError> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.parent() != Some(&self.root.join(BLOBS)) {
            return Ok(Checked::Good);
        }
        match digest(path) {
            Ok(found) if found == name => Ok(Checked::Good),
            Ok(_) => {
                remove(path).context("remove", path)?;
                Ok(Checked::WrongDigest)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Checked::WrongDigest),
            Err(error) => Err(error).context("read", path),
        }
    }

    /// Removes every blob, whole or in part, whose digest `keep` does not hold.
    pub fn evict(&self, keep: &BTreeSet<String>) -> Result<usize, StoreError> {
        let directory = self.root.join(BLOBS);
        let mut removed = 0;
        for entry in fs::read_dir(&directory).context("list", &directory)? {
            let path = entry.context("list", &directory)?.path();
            let needed =
                path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| keep.contains(stem));
            if !needed {
                remove(&path).context("remove", &path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn blob_path(&self, sha256: &str) -> PathBuf {
        self.root.join(BLOBS).join(sha256)
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            length => hash.update(&buffer[..length]),
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a rename last: it is the directory that changed.
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        (directory, store)
    }

    fn blob(content: &[u8]) -> Blob {
        Blob {
            sha256: hex::encode(Sha256::digest(content)),
            size: content.len() as u64,
            media_type: "image/png".into(),
        }
    }

    #[test]
    fn it_opens_when_the_directory_has_come() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("later");
        assert!(Store::open(&root).is_err());
        fs::create_dir(&root).unwrap();
        Store::open(&root).unwrap();
        Store::open(&root).unwrap();
    }

    #[test]
    fn a_good_file_gets_its_name_and_a_bad_one_goes() {
        let (_directory, store) = store();
        let good = blob(b"content");
        fs::write(store.part(&good).0, b"content").unwrap();
        assert_eq!(store.blob(&good), None, "a part is not a blob");
        assert_eq!(store.finish(&good).unwrap(), Checked::Good);
        assert_eq!(fs::read(store.blob(&good).unwrap()).unwrap(), b"content");

        let bad = blob(b"wanted");
        fs::write(store.part(&bad).0, b"forged").unwrap();
        assert_eq!(store.finish(&bad).unwrap(), Checked::WrongDigest);
        assert_eq!((store.blob(&bad), store.part(&bad).1), (None, 0));
    }

    #[test]
    fn what_a_power_cut_left_is_not_taken_for_content() {
        let (_directory, store) = store();
        let whole = blob(b"0123456789");
        let path = store.blob_path(&whole.sha256);
        fs::write(&path, b"01234").unwrap();
        assert_eq!(store.blob(&whole), None, "truncated");
        fs::write(&path, b"0123456780").unwrap();
        assert_eq!(store.blob(&whole), Some(path.clone()), "the length alone does not show it");
        assert_eq!(store.recheck(&path).unwrap(), Checked::WrongDigest);
        assert_eq!(store.blob(&whole), None);
        fs::write(store.root.join("publication.jws.new"), "half").unwrap();
        assert_eq!(store.publication().unwrap(), None);
    }

    #[test]
    fn the_publication_is_replaced_as_a_whole() {
        let (_directory, store) = store();
        assert_eq!(store.publication().unwrap(), None);
        store.set_publication("one").unwrap();
        store.set_publication("two").unwrap();
        assert_eq!(store.publication().unwrap().as_deref(), Some("two"));
        fs::write(store.root.join(PUBLICATION), [0xff, 0xfe]).unwrap();
        assert_eq!(store.publication().unwrap(), None, "damaged");
        store.remove_publication().unwrap();
        store.remove_publication().unwrap();
    }

    #[test]
    fn eviction_keeps_what_is_needed_whole_or_in_part() {
        let (_directory, store) = store();
        let [a, b, c] = [blob(b"a"), blob(b"b"), blob(b"c")];
        for blob in [&a, &b] {
            fs::write(store.blob_path(&blob.sha256), "x").unwrap();
        }
        fs::write(store.part(&c).0, "x").unwrap();
        fs::write(store.part(&b).0, "x").unwrap();
        let keep = BTreeSet::from([a.sha256.clone(), c.sha256.clone()]);
        assert_eq!(store.evict(&keep).unwrap(), 2);
        assert!(store.blob(&a).is_some() && store.blob(&b).is_none() && store.part(&c).1 == 1);
    }
}
