//! Reads what a volume holds of ours, by a mount that lasts no longer than the reading.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use signage_protocol::problem::{Code, Problem};

use super::filesystem::Filesystem;
use super::folder::{self, Content, Folder, Kind};
use super::image;

/// A block device with room for a file system: a whole medium or one of its partitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Device node.
    pub node: PathBuf,
    /// The kernel's number of the medium, which tells it from another one in the same place.
    pub sequence: String,
}

impl Volume {
    /// What it holds; `None` when it is a drive without a medium.
    pub(super) fn read(&self, mount_point: &Path) -> Option<Result<Content, Problem>> {
        let failed = |error: io::Error| Err(Problem::new(Code::UsbRead, error.to_string()));
        let filesystem = match File::open(&self.node).and_then(|mut node| Filesystem::identify(&mut node)) {
            Ok(filesystem) => filesystem,
            Err(error) if is_empty(&error) => return None,
            Err(error) => return Some(failed(error)),
        };
        if let Some(problem) = filesystem.problem() {
            return Some(Err(problem));
        }
        if let Err(error) = self.mount(mount_point, MountFlags::RDONLY) {
            return Some(failed(error));
        }
        let content = folder::read(&mut Mounted(mount_point));
        self.unmount(mount_point);
        // The kernel passes over the parts of a FAT folder that it cannot read.
        let hidden = content.as_ref().is_err_and(|problem| problem.code == Code::UsbNoFile);
        Some(content.map_err(|problem| self.read_error().filter(|_| hidden).unwrap_or(problem)))
    }

    /// What keeps the folder from being read, without the kernel between.
    fn read_error(&self) -> Option<Problem> {
        let mut node = File::open(&self.node).ok()?;
        let bytes = node.seek(SeekFrom::End(0)).ok()?;
        let problems = image::scan(node, bytes).ok()?.into_iter().filter_map(|volume| volume.content.err());
        problems.into_iter().find(|problem| problem.code == Code::UsbRead)
    }

    /// Mounts it with everything off that a strange medium could abuse.
    pub(super) fn mount(&self, mount_point: &Path, flags: MountFlags) -> io::Result<()> {
        let filesystem = Filesystem::identify(&mut File::open(&self.node)?)?;
        let name = filesystem.kernel_name().ok_or(io::ErrorKind::Unsupported)?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(mount_point)?;
        let harmless = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOSYMFOLLOW;
        mount(&self.node, mount_point, name, harmless | flags, None)?;
        Ok(())
    }

    /// Lets it go. Detached rather than refused when busy: the stick may be gone already.
    pub(super) fn unmount(&self, mount_point: &Path) {
        if let Err(error) = unmount(mount_point, UnmountFlags::DETACH) {
            tracing::warn!(node = %self.node.display(), %error, "unmount failed");
        }
        let _ = fs::remove_dir(mount_point);
    }
}

/// `ENOMEDIUM`: a card reader without a card.
fn is_empty(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOMEDIUM.raw_os_error())
}

/// A folder of this system.
#[derive(Debug)]
pub struct Mounted<'a>(pub &'a Path);

impl Folder for Mounted<'_> {
    fn visit(&mut self, each: &mut dyn FnMut(&str, Kind) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(self.0)? {
            let entry = entry?;
            let kind = match entry.file_type()? {
                kind if kind.is_file() => Kind::File,
                kind if kind.is_dir() => Kind::Folder,
                _ => Kind::Other,
            };
            if !each(&entry.file_name().to_string_lossy(), kind) {
                break;
            }
        }
        Ok(())
    }

    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>> {
        let file = File::open(self.0.join(name))?;
        let length = file.metadata()?.len().min(limit as u64);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(limit));
        file.take(limit as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use signage_protocol::config::FILE_NAME;

    use super::*;

    #[test]
    fn a_mounted_folder_is_read() {
        let root = tempfile::tempdir().unwrap();
        let read = || folder::read(&mut Mounted(root.path()));
        assert_eq!(read().unwrap_err().code, Code::UsbNoFile);
        fs::write(root.path().join("TELEMETRY_CONFIG.JSON"), "{}").unwrap();
        assert_eq!(read().unwrap().file, b"{}");
    }

    #[test]
    fn a_link_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", root.path().join(FILE_NAME)).unwrap();
        let problem = folder::read(&mut Mounted(root.path())).unwrap_err();
        assert!(problem.detail.unwrap().contains("link"));
    }

    #[test]
    fn a_foreign_file_system_is_named() {
        let image = tempfile::NamedTempFile::new().unwrap();
        let mut boot = vec![0; 4096];
        boot[..11].copy_from_slice(b"\xeb\x52\x90NTFS    ");
        fs::write(image.path(), boot).unwrap();
        let volume = Volume { node: image.path().into(), sequence: "1".into() };
        let problem = volume.read(Path::new("/nonexistent")).unwrap().unwrap_err();
        assert_eq!(problem.code, Code::UsbFilesystem);
        assert!(problem.detail.unwrap().contains("NTFS"));
    }
}
