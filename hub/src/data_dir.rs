//! The data directory: what lies where, and who may read it (nobody else).
//!
//! ```text
//! hub.db, hub.db-wal, hub.db-shm   database
//! secret.key                       what the secrets in the database are sealed with
//! database.url                     instead of it: address of a PostgreSQL database
//! s3.toml                          a bucket for the content, instead of blobs/
//! tls/ca.pem, tls/ca.key           private CA, made once
//! tls/leaf.pem, tls/leaf.key       the server's certificate, re-issued when needed
//! blobs/ab/ab…                     content by SHA-256
//! blobs/incoming/                  uploads that are not complete
//! gstreamer-registry.bin           what signage-probe knows of GStreamer's plugins
//! lock                             held while one process sets the directory up
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::vault::key;
use crate::{Error, Result};

/// Directory in which a backup is being put back; no hub starts with it there.
pub const RESTORING: &str = "restore.partial";

/// A directory that is ours, mode 0700.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Opens the directory, or makes it. A directory with other things in it is refused: it would be a typo,
    /// and its permissions are not ours to change. So is one of another user: what root adds to it, the server
    /// could not read.
    pub fn open(path: &Path) -> Result<Self> {
        let unusable = |source| Error::DataDir { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
        let owner = fs::metadata(path).map_err(unusable)?.uid();
        check_owner(path, owner, rustix::process::geteuid().as_raw())?;
        let entries = fs::read_dir(path).map_err(unusable)?;
        let names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        if names.iter().any(|name| name == RESTORING) {
            return Err(Error::Invalid(format!(
                "putting a backup back into {} was not finished; empty it and begin again",
                path.display()
            )));
        }
        let ours = ["hub.db", "database.url", "s3.toml", "lock", "tls", key::FILE]
            .iter()
            .any(|own| names.iter().any(|name| name == own));
        if !ours && names.iter().any(|name| name != "lost+found") {
            return Err(Error::Invalid(format!(
                "{} is neither empty nor the data directory of a hub; choose another with --data-dir",
                path.display()
            )));
        }
        let directory = Self(path.to_owned());
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(unusable)?;
        for part in [directory.tls(), directory.blobs(), directory.incoming()] {
            DirBuilder::new().recursive(true).mode(0o700).create(&part).map_err(unusable)?;
        }
        Ok(directory)
    }

    /// Keeps other processes from setting up the same directory until the file is dropped.
    pub fn lock(&self) -> Result<File> {
        let path = self.0.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::file("open", &path))?;
        file.lock().map_err(Error::file("lock", &path))?;
        Ok(file)
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("hub.db")
    }

    /// Certificates and their keys.
    pub fn tls(&self) -> PathBuf {
        self.0.join("tls")
    }

    /// Content by digest.
    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// Content that is still arriving; same file system as [`Self::blobs`], so a rename is enough.
    pub fn incoming(&self) -> PathBuf {
        self.blobs().join("incoming")
    }
}

fn check_owner(path: &Path, owner: u32, user: u32) -> Result<()> {
    if owner == user {
        return Ok(());
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let owner = user_name(&users, owner).map_or_else(|| format!("#{owner}"), ToOwned::to_owned);
    Err(Error::Invalid(format!(
        "the data directory {} belongs to the user {owner}; run the command as that user: \
         runuser -u {owner} -- signage-hub …",
        path.display()
    )))
}

/// The name of a user in the text of `/etc/passwd`.
fn user_name(users: &str, id: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then_some(name)
    })
}

/// Puts a whole file in place with mode 0600: after a power cut there is the old one or the new one.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // tempfile creates with mode 0600, which the rename keeps.
    let mut file =
        tempfile::NamedTempFile::new_in(directory).map_err(Error::file("create a file in", directory))?;
    file.write_all(bytes).map_err(Error::file("write", path))?;
    file.as_file().sync_all().map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::file("write", path)(error.error))?;
    sync_directory(directory)
}

/// Makes a rename in this directory last.
pub fn sync_directory(path: &Path) -> Result<()> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::file("sync", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_directory_becomes_private_and_stays_ours() {
        let temp = tempfile::tempdir().unwrap();
        fs::set_permissions(temp.path(), Permissions::from_mode(0o755)).unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        drop(directory.lock().unwrap());
        assert_eq!(fs::metadata(temp.path()).unwrap().permissions().mode() & 0o777, 0o700);
        DataDir::open(temp.path()).unwrap();
    }

    #[test]
    fn somebody_elses_directory_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("letter.txt"), "dear").unwrap();
        fs::set_permissions(temp.path(), Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(DataDir::open(temp.path()), Err(Error::Invalid(_) | Error::Field { .. })));
        assert_eq!(fs::metadata(temp.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn the_directory_of_another_user_is_refused_with_the_way_to_do_it() {
        let (path, users) =
            (Path::new("/var/lib/hub"), "root:x:0:0:root:/root:/bin/sh\nhub:x:999:990::/:/bin/false\n");
        check_owner(path, 7, 7).unwrap();
        let refusal = check_owner(path, 4_000_000_000, 0).unwrap_err().to_string();
        assert!(
            refusal.contains("/var/lib/hub") && refusal.contains("runuser -u #4000000000 -- "),
            "{refusal}"
        );
        assert_eq!((user_name(users, 999), user_name(users, 990)), (Some("hub"), None));
    }

    #[test]
    fn a_private_file_is_private() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("key");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
