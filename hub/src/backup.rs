//! A copy of everything a hub keeps, made while it serves.
//!
//! The database comes first, as it was in one moment; the files that it names are there already and never change,
//! so whatever is copied after it is enough for it. The copy is a data directory: a hub starts from it as it is.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data_dir::{DataDir, sync_directory};
use crate::store::Store;
use crate::{Error, Result};

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Files besides the database.
    pub files: u64,
    /// Bytes of everything.
    pub bytes: u64,
}

/// Copies a hub to `target`, which must not exist; it appears there when it is whole.
pub async fn make(directory: &DataDir, store: &Store, target: &Path) -> Result<Made> {
    if target.symlink_metadata().is_ok() {
        return Err(Error::Conflict(format!("{} exists already; name another directory", target.display())));
    }
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    if partial.exists() {
        // Of a backup that was interrupted.
        fs::remove_dir_all(&partial).map_err(Error::file("remove", &partial))?;
    }
    let copy = DataDir::open(&partial)?;
    store.copy_to(&copy.database()).await?;
    let (from, to) = (directory.clone(), copy.clone());
    let copied = tokio::task::spawn_blocking(move || files(&from, &to)).await;
    let mut made = copied.map_err(|_| Error::Damaged { what: "copy of the files" })??;
    made.bytes += fs::metadata(copy.database()).map_err(Error::file("read", copy.database()))?.len();
    fs::rename(&partial, target).map_err(Error::file("rename", &partial))?;
    sync_directory(
        target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    )?;
    Ok(made)
}

fn files(from: &DataDir, to: &DataDir) -> Result<Made> {
    let mut made = Made { files: 0, bytes: 0 };
    copy(&from.tls(), &to.tls(), &mut made)?;
    for folder in list(&from.blobs())? {
        // What is still arriving is not named by the database.
        if folder != from.incoming() {
            let name = folder.file_name().unwrap_or_default();
            let target = to.blobs().join(name);
            fs::create_dir_all(&target).map_err(Error::file("create", &target))?;
            copy(&folder, &target, &mut made)?;
        }
    }
    sync_directory(&to.blobs())?;
    sync_directory(to.path())?;
    Ok(made)
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path, made: &mut Made) -> Result<()> {
    for file in list(from)? {
        let target = to.join(file.file_name().unwrap_or_default());
        made.bytes += fs::copy(&file, &target).map_err(Error::file("copy", &file))?;
        made.files += 1;
        let written = fs::File::open(&target).and_then(|written| written.sync_all());
        written.map_err(Error::file("write", &target))?;
    }
    sync_directory(to)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::file("read", folder))).collect()
}
