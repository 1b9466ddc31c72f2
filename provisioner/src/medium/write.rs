//! Leaves the verdict on the medium that brought the file.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use rustix::mount::MountFlags;
use signage_protocol::verdict::FILE_NAME;

use super::read::Volume;

/// Writes the verdict to the root of the volume, all or nothing. Fails when the medium is write-protected,
/// full, or no longer the one that was read; nothing else depends on it.
pub fn write_result(volume: &Volume, mount_point: &Path, bytes: &[u8]) -> io::Result<()> {
    if volume.present_sequence().as_deref() != Some(volume.sequence.as_str()) {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the stick is gone"));
    }
    volume.mount(mount_point, MountFlags::empty())?;
    let result = replace(mount_point, bytes);
    volume.unmount(mount_point);
    result
}

/// The reason in words that fit a screen; nothing for whoever has pulled the stick out.
pub fn why_not_written(error: &io::Error) -> Option<String> {
    use rustix::io::Errno;
    let gone = [Errno::NODEV, Errno::NXIO, Errno::NOMEDIUM].map(Errno::raw_os_error);
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            Some("it is write-protected".into())
        }
        io::ErrorKind::StorageFull => Some("it is full".into()),
        io::ErrorKind::NotFound => None,
        _ if error.raw_os_error().is_some_and(|number| gone.contains(&number)) => None,
        _ => Some(error.to_string()),
    }
}

/// FAT knows no atomic rename over a file in all kernels, but the whole new file is on the medium before the
/// old one goes.
fn replace(root: &Path, bytes: &[u8]) -> io::Result<()> {
    let (temporary, path) = (root.join("telemetry_result.new"), root.join(FILE_NAME));
    let written = (|| {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)
    })();
    if written.is_err() {
        // On a full stick, leave nothing behind.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    rustix::fs::syncfs(File::open(root)?)?;
    Ok(())
}

impl Volume {
    /// The number of the medium that is in this place now.
    fn present_sequence(&self) -> Option<String> {
        let name = self.node.file_name()?;
        let sys = fs::canonicalize(Path::new("/sys/class/block").join(name)).ok()?;
        // A partition has none of its own; its disk does.
        let number = |directory: &Path| fs::read_to_string(directory.join("diskseq")).ok();
        let text = number(&sys).or_else(|| number(sys.parent()?))?;
        Some(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_replaces_an_older_one() {
        let root = tempfile::tempdir().unwrap();
        replace(root.path(), b"one").unwrap();
        replace(root.path(), b"two").unwrap();
        assert_eq!(fs::read(root.path().join(FILE_NAME)).unwrap(), b"two");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_stick_that_is_gone_is_not_written_to() {
        let volume = Volume { node: "/dev/nothing".into(), sequence: "1".into() };
        let error = write_result(&volume, Path::new("/nonexistent"), b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
