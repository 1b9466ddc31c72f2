//! The file with the key: which one it is, and how it is made.
//!
//! The first of these that is there: the file that `--secret-key` or `SIGNAGE_HUB_SECRET_KEY` names; the credential
//! `secret.key` that systemd hands over; `secret.key` in the data directory, made at the first start.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use signage_protocol::problem::Code;

use super::{KEY_BYTES, Vault};
use crate::data_dir::{DataDir, write_private};
use crate::{Error, Result, ident};

/// Name of the file, also as a credential.
pub const FILE: &str = "secret.key";
/// Where systemd puts credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The file that the command line names. Every command opens the database for itself, and all of them with this.
static CHOSEN: OnceLock<PathBuf> = OnceLock::new();

/// Chooses the file for everything that this process opens without naming another.
pub fn choose(path: PathBuf) {
    // The first choice holds: there is one command line.
    let _ = CHOSEN.set(path);
}

/// The key for a data directory, if there is one. A file that somebody named has to be there.
pub fn find(directory: &Path, given: Option<&Path>) -> Result<Option<Vault>> {
    if let Some(path) = given.or(CHOSEN.get().map(PathBuf::as_path)) {
        let missing = || {
            let path = path.display();
            refused(
                Code::KeyMissing,
                format!(
                    "{path}, which --secret-key or SIGNAGE_HUB_SECRET_KEY names, does not exist. Put the key there; a \
                     hub that is new makes one in its data directory, or: (umask 077; head -c {KEY_BYTES} /dev/urandom > \
                     {path})"
                ),
            )
        };
        return read(path, true)?.ok_or_else(missing).map(Some);
    }
    if let Some(credentials) = std::env::var_os(CREDENTIALS) {
        // systemd sees to it that nobody else reads it.
        if let Some(found) = read(&Path::new(&credentials).join(FILE), false)? {
            return Ok(Some(found));
        }
    }
    read(&directory.join(FILE), true)
}

/// Makes the key of a new installation. After a power cut the file is there as a whole or not at all.
pub fn make(directory: &DataDir) -> Result<Vault> {
    let path = directory.path().join(FILE);
    let bytes: [u8; KEY_BYTES] = ident::random()?;
    write_private(&path, &bytes)?;
    Vault::new(&bytes, &path)
}

/// The key in a file, if the file is there.
pub fn read(path: &Path, private: bool) -> Result<Option<Vault>> {
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.mode(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("read", path)(error)),
    };
    let shown = path.display();
    if private && mode & 0o077 != 0 {
        return Err(Error::Invalid(format!(
            "{shown} is the key of the hub's secrets and others may read it; do: chmod 600 {shown}"
        )));
    }
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    let Ok(bytes) = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()) else {
        let detail = format!(
            "{shown} has {} bytes and a key has {KEY_BYTES}: it is no key, or was changed. Put the right file there",
            bytes.len()
        );
        return Err(refused(Code::KeyForeign, detail));
    };
    Vault::new(&bytes, path).map(Some)
}

/// What is wrong with the key.
pub(crate) fn refused(code: Code, detail: String) -> Error {
    Error::Key { code, detail }
}

/// The key of sealed secrets, if it is the one with this id.
pub(crate) fn expect(found: Option<Vault>, id: &str, directory: &Path) -> Result<Vault> {
    match found {
        Some(found) if found.id() == id => Ok(found),
        Some(found) => Err(refused(
            Code::KeyForeign,
            format!(
                "{} holds the key {}, and the secrets in the database are sealed with the key {id}. Use the file of \
                 the hub that this database belongs to, with --secret-key FILE or in its place; nothing was changed",
                found.path().display(),
                found.id()
            ),
        )),
        None => {
            let path = directory.join(FILE);
            Err(refused(
                Code::KeyMissing,
                format!(
                    "the secrets in the database are sealed with the key {id}, and {} does not exist. Put the file there \
                     from where you keep its copy (a backup has it only if it was made --with-key), or name it with \
                     --secret-key FILE; of several hubs each needs the file of the first",
                    path.display()
                ),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_private_whole_and_stays_the_same() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(&temp.path().join("data")).unwrap();
        assert!(find(directory.path(), None).unwrap().is_none());
        let made = make(&directory).unwrap();
        assert_eq!(fs::metadata(made.path()).unwrap().permissions().mode() & 0o777, 0o600);
        let found = find(directory.path(), None).unwrap().unwrap();
        assert_eq!((found.id(), found.path()), (made.id(), made.path()));
        fs::set_permissions(made.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(find(directory.path(), None).unwrap_err().to_string().contains("chmod 600"));
        let short = temp.path().join("short");
        write_private(&short, b"31 bytes and no more than those").unwrap();
        let refusal = find(directory.path(), Some(&short)).unwrap_err().to_string();
        assert!(refusal.starts_with("KEY-002") && refusal.contains("31 bytes"), "{refusal}");
        let gone = find(directory.path(), Some(Path::new("/nowhere/key"))).unwrap_err().to_string();
        assert!(gone.starts_with("KEY-001") && gone.contains("/nowhere/key"), "{gone}");
    }
}
