//! Reads the provisioning file from one mounted or mountable file system.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use signage_protocol::config::{FILE_NAME, MAX_BYTES};
use signage_protocol::problem::{Code, Problem};

/// A file system that udev has recognised on a block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Device node.
    pub node: PathBuf,
    /// What blkid calls its file system; empty when it recognises none.
    pub filesystem: String,
    /// The kernel's number of the medium, which tells it from another one in the same place.
    pub sequence: String,
}

impl Volume {
    /// The file, by a mount that lasts no longer than the reading.
    pub(super) fn read(&self, mount_point: &Path) -> Result<Vec<u8>, Problem> {
        if !matches!(self.filesystem.as_str(), "vfat" | "exfat") {
            let name = if self.filesystem.is_empty() { "unformatted" } else { &self.filesystem };
            return Err(Problem::new(Code::UsbFilesystem, format!("this stick is {name}")));
        }
        let mounted = self.mount(mount_point, MountFlags::RDONLY);
        mounted.map_err(|error| Problem::new(Code::UsbRead, error.to_string()))?;
        let result = read_file(mount_point);
        self.unmount(mount_point);
        result
    }

    /// Mounts it with everything off that a strange medium could abuse.
    pub(super) fn mount(&self, mount_point: &Path, flags: MountFlags) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(mount_point)?;
        let harmless = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOSYMFOLLOW;
        mount(&self.node, mount_point, self.filesystem.as_str(), harmless | flags, None)?;
        Ok(())
    }

    /// Lets it go. Detached rather than refused when busy: the stick may be gone already.
    pub(super) fn unmount(&self, mount_point: &Path) {
        if let Err(error) = unmount(mount_point, UnmountFlags::DETACH) {
            tracing::warn!(node = %self.node.display(), %error, "unmount failed");
        }
    }
}

/// The provisioning file in a directory, whatever the case of its name, bounded in size.
pub(super) fn read_file(root: &Path) -> Result<Vec<u8>, Problem> {
    let failed = |error: io::Error| Problem::new(Code::UsbRead, error.to_string());
    let mut path = None;
    for entry in fs::read_dir(root).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_str().is_some_and(|name| name.eq_ignore_ascii_case(FILE_NAME)) {
            path = Some(entry.path());
        }
    }
    let path = path.ok_or(Code::UsbNoFile)?;
    let file = File::open(&path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Problem::new(Code::UsbNoFile, format!("{FILE_NAME} is a folder")));
    }
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that the parser can tell "too large" from "just fits".
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_matched_without_case() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read_file(root.path()).unwrap_err().code, Code::UsbNoFile);
        fs::write(root.path().join("TELEMETRY_CONFIG.JSON"), "{}").unwrap();
        assert_eq!(read_file(root.path()).unwrap(), b"{}");
    }

    #[test]
    fn a_folder_of_that_name_is_no_file() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(FILE_NAME)).unwrap();
        assert_eq!(read_file(root.path()).unwrap_err().code, Code::UsbNoFile);
    }

    #[test]
    fn a_huge_file_is_read_only_as_far_as_needed() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(FILE_NAME), vec![b' '; 3 * MAX_BYTES]).unwrap();
        assert_eq!(read_file(root.path()).unwrap().len(), MAX_BYTES + 1);
    }

    #[test]
    fn a_foreign_file_system_is_named() {
        let volume = Volume { node: "/dev/sda1".into(), filesystem: "ntfs".into(), sequence: "1".into() };
        let problem = volume.read(Path::new("/nonexistent")).unwrap_err();
        assert_eq!(problem.code, Code::UsbFilesystem);
        assert_eq!(problem.detail.as_deref(), Some("this stick is ntfs"));
    }
}
