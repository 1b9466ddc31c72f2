//! A copy of everything a hub keeps, made while it serves, and a hub made of such a copy.
//!
//! The database comes first, as it was in one moment; the files that it names are there already and never change, and
//! one that nothing names any more stays for days ([`crate::sweep`]), so whatever is copied after it is enough for it.
//! The copy is a data directory: a hub starts from it as it is.
//!
//! The key of the secrets stays where it is, unless it is asked for: a copy without it gives away no account.
//!
//! Content in a bucket stays there unless the copy is to hold it. With it, the copy does without the bucket.

use std::fs::{self, DirBuilder};
use std::io::Read as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::blobs::{self, Blobs, CONFIG_FILE};
use crate::data_dir::{DataDir, RESTORING, sync_directory, write_private};
use crate::store::{self, Store};
use crate::vault::key;
use crate::{Error, Result};

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Files besides the database.
    pub files: u64,
    /// Bytes of everything.
    pub bytes: u64,
    /// Whether the content is among them.
    pub content: bool,
}

/// What a copy is to hold besides the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The content, also when it lies in a bucket.
    pub content: bool,
    /// The key of the secrets. Whoever has such a copy has everything.
    pub key: bool,
}

/// What became of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was copied.
    pub made: Made,
    /// The id of the key that is not there yet. No hub starts before.
    pub missing_key: Option<String>,
}

/// Copies a hub to `target`, which must not exist; it appears there when it is whole.
pub async fn make(
    directory: &DataDir,
    store: &Store,
    blobs: &Blobs,
    target: &Path,
    wanted: Wanted,
) -> Result<Made> {
    let partial = partial(target)?;
    let copy = DataDir::open(&partial)?;
    store.copy_to(&copy.database()).await?;
    let mut made = Made { files: 0, bytes: 0, content: true };
    match blobs {
        Blobs::Directory(_) => made = in_background(directory, &copy, made).await?,
        Blobs::Bucket(_) => {
            copy_files(&directory.tls(), &copy.tls(), &mut made)?;
            made.content = wanted.content;
            if wanted.content {
                fetch(&partial, store, blobs, &mut made).await?;
            } else {
                let config = directory.path().join(CONFIG_FILE);
                if config.exists() {
                    copy_file(&config, &partial.join(CONFIG_FILE), &mut made)?;
                }
            }
        }
    }
    if wanted.key {
        let key = store.vault().path();
        let bytes = fs::read(key).map_err(Error::file("read", key))?;
        write_private(&partial.join(key::FILE), &bytes)?;
        made.files += 1;
        made.bytes += bytes.len() as u64;
    }
    made.bytes += fs::metadata(copy.database()).map_err(Error::file("read", copy.database()))?.len();
    appear(&partial, target)?;
    Ok(made)
}

/// Makes the data directory `target` from a copy, after every file of it has shown that it is what its name says and
/// the database that it is sound, and the key, if there is one, that it is the right one. Nothing is to be seen of it
/// before. `key` names the file with the key when it lies elsewhere; it stays there.
pub async fn restore(source: &Path, target: &Path, key: Option<&Path>) -> Result<Restored> {
    if !source.join("hub.db").is_file() {
        return Err(Error::Invalid(format!("{} is no backup: there is no hub.db in it", source.display())));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(target).map_err(Error::file("create", target))?;
    let there = list(target)?;
    let fits = ["lost+found", RESTORING, key::FILE];
    if there.iter().any(|entry| !fits.iter().any(|name| entry.ends_with(name))) {
        return Err(Error::Conflict(format!(
            "{} is not empty; stop its hub and move what is in it away, or name another directory with --data-dir",
            target.display()
        )));
    }
    // Inside, since whoever owns the directory may not write beside it. No hub starts while this is there.
    let partial = target.join(RESTORING);
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(Error::file("remove", &partial))?;
    }
    let from = DataDir::open(source)?;
    let copy = DataDir::open(&partial)?;
    let mut made = in_background(&from, &copy, Made { files: 0, bytes: 0, content: true }).await?;
    for name in [CONFIG_FILE, key::FILE, "hub.db"] {
        let file = source.join(name);
        if file.exists() {
            copy_file(&file, &partial.join(name), &mut made)?;
        }
    }
    // The database is not one of the files.
    made.files -= 1;
    let missing_key = match store::check(&copy.database()).await? {
        Some(id) => check_key(&id, source, target, key)?,
        None => None,
    };
    let checked = copy.clone();
    let whole = tokio::task::spawn_blocking(move || check_blobs(&checked)).await;
    whole.map_err(|_| Error::Damaged { what: "copy of the files" })??;
    for entry in list(&partial)? {
        let name = entry.file_name().unwrap_or_default();
        fs::rename(&entry, target.join(name)).map_err(Error::file("rename", &entry))?;
    }
    sync_directory(target)?;
    fs::remove_dir(&partial).map_err(Error::file("remove", &partial))?;
    sync_directory(target)?;
    Ok(Restored { made, missing_key })
}

/// Refuses a key that is not the one of the copy; answers the id of the one that is needed, if there is none.
fn check_key(id: &str, source: &Path, target: &Path, given: Option<&Path>) -> Result<Option<String>> {
    let own = key::read(&source.join(key::FILE), false)?;
    let found = key::find(target, given)?;
    if own.is_none() && found.is_none() {
        return Ok(Some(id.to_owned()));
    }
    for key in [own, found].into_iter().flatten() {
        key::expect(Some(key), id, target)?;
    }
    Ok(None)
}

/// Where a copy grows that nobody is to take for whole.
fn partial(target: &Path) -> Result<PathBuf> {
    if target.symlink_metadata().is_ok() {
        return Err(Error::Conflict(format!("{} exists already; name another directory", target.display())));
    }
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    if partial.exists() {
        // Of a copy that was interrupted.
        fs::remove_dir_all(&partial).map_err(Error::file("remove", &partial))?;
    }
    Ok(partial)
}

fn appear(partial: &Path, target: &Path) -> Result<()> {
    fs::rename(partial, target).map_err(Error::file("rename", partial))?;
    sync_directory(target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

async fn in_background(from: &DataDir, to: &DataDir, made: Made) -> Result<Made> {
    let (from, to) = (from.clone(), to.clone());
    let copied = tokio::task::spawn_blocking(move || files(&from, &to, made)).await;
    copied.map_err(|_| Error::Damaged { what: "copy of the files" })?
}

fn files(from: &DataDir, to: &DataDir, mut made: Made) -> Result<Made> {
    copy_files(&from.tls(), &to.tls(), &mut made)?;
    for folder in list(&from.blobs())? {
        // What is still arriving is not named by the database.
        if folder != from.incoming() {
            let name = folder.file_name().unwrap_or_default();
            let target = to.blobs().join(name);
            fs::create_dir_all(&target).map_err(Error::file("create", &target))?;
            copy_files(&folder, &target, &mut made)?;
        }
    }
    sync_directory(&to.blobs())?;
    sync_directory(to.path())?;
    Ok(made)
}

/// Copies the files of a folder.
fn copy_files(from: &Path, to: &Path, made: &mut Made) -> Result<()> {
    for file in list(from)? {
        // What goes away meanwhile has been needed by nothing for days.
        if file.exists() {
            copy_file(&file, &to.join(file.file_name().unwrap_or_default()), made)?;
        }
    }
    sync_directory(to)
}

fn copy_file(file: &Path, target: &Path, made: &mut Made) -> Result<()> {
    made.bytes += fs::copy(file, target).map_err(Error::file("copy", file))?;
    made.files += 1;
    let written = fs::File::open(target).and_then(|written| written.sync_all());
    written.map_err(Error::file("write", target))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::file("read", folder))).collect()
}

/// Copies what the database of the copy names from the bucket into the copy.
async fn fetch(partial: &Path, store: &Store, blobs: &Blobs, made: &mut Made) -> Result<()> {
    let copy = DataDir::open(partial)?;
    let own = Blobs::Directory(copy.clone());
    for (sha256, size) in store::blobs::needed(&Store::at(&copy, store).await?).await? {
        let stored = blobs::Stored { sha256, size: size.unsigned_abs() };
        let local = blobs.local(&stored).await?;
        let kept = own.keep(own.prepare(blobs::Source::File(local.path.clone())).await?).await?;
        if kept != stored {
            return Err(Error::Damaged { what: "file of the bucket" });
        }
        made.files += 1;
        made.bytes += stored.size;
    }
    Ok(())
}

/// Compares every file with its name.
fn check_blobs(directory: &DataDir) -> Result<()> {
    let mut chunk = vec![0; 1 << 20];
    for folder in list(&directory.blobs())? {
        for path in list(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let mut hash = Sha256::new();
            let mut file = fs::File::open(&path).map_err(Error::file("read", &path))?;
            loop {
                let read = file.read(&mut chunk).map_err(Error::file("read", &path))?;
                if read == 0 {
                    break;
                }
                hash.update(&chunk[..read]);
            }
            if hex::encode(hash.finalize()) != name {
                return Err(Error::Invalid(format!("the backup is damaged: {name} is not what it was")));
            }
        }
    }
    Ok(())
}
