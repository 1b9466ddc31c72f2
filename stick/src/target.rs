//! What a stick or a card is made on, and whether it may be.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::MIN_BYTES;

/// Where to make a stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new file of this size, for QEMU or for a tool that writes images.
    Image {
        /// Must not exist.
        path: PathBuf,
        /// Size.
        bytes: u64,
    },
    /// A removable block device, all of which is overwritten.
    Device {
        /// Device node of the whole disk.
        path: PathBuf,
    },
}

/// Why a target must not be written to.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// An image would overwrite a file.
    #[error("the file exists already; choose another name or remove it")]
    Exists,
    /// Too small for FAT32.
    #[error("it has {bytes} bytes; a stick needs at least {MIN_BYTES}")]
    TooSmall {
        /// Its size.
        bytes: u64,
    },
    /// Not a disk.
    #[error("it is not a block device")]
    NotADevice,
    /// A partition of a disk.
    #[error("it is a partition; name the whole device")]
    Partition,
    /// Built in.
    #[error("it is not removable; a disk of this machine is not overwritten")]
    NotRemovable,
    /// In use.
    #[error("{} of it is mounted on {}; unmount it first", node.display(), mount_point.display())]
    Mounted {
        /// The device or partition.
        node: PathBuf,
        /// Where.
        mount_point: PathBuf,
    },
    /// The write-protect switch.
    #[error("it is write-protected; there may be a switch on it")]
    ReadOnly,
    /// Nothing in the reader.
    #[error("there is no medium in it")]
    NoMedium,
    /// What the kernel says of it cannot be read.
    #[error("what the kernel says of it cannot be read")]
    Unknown(#[source] io::Error),
}

impl Target {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Image { path, .. } | Self::Device { path } => path,
        }
    }

    /// Its size in bytes, if it may be written to, and a stick can be made of it.
    pub fn check(&self) -> Result<u64, Refusal> {
        let bytes = match self {
            Self::Image { path, .. } if path.exists() => return Err(Refusal::Exists),
            Self::Image { bytes, .. } => *bytes,
            Self::Device { path } => device_bytes(path)?,
        };
        if bytes < MIN_BYTES { Err(Refusal::TooSmall { bytes }) } else { Ok(bytes) }
    }

    /// Opens it for writing. A device is opened exclusively, so that nobody mounts it meanwhile.
    pub fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        match self {
            Self::Image { path, bytes } => {
                // It holds a token.
                let file = options.create_new(true).mode(0o600).open(path)?;
                file.set_len(*bytes)?;
                Ok(file)
            }
            Self::Device { path } => open_device(path),
        }
    }
}

/// Opens a device for reading and writing, exclusively: that fails while it is mounted, swapped to or part of
/// something, and nobody mounts it meanwhile.
pub fn open_device(path: &Path) -> io::Result<File> {
    let exclusive = rustix::fs::OFlags::EXCL.bits();
    OpenOptions::new().read(true).write(true).custom_flags(exclusive.cast_signed()).open(path)
}

/// The size in bytes of a removable disk that is not in use, 0 excluded.
pub fn device_bytes(path: &Path) -> Result<u64, Refusal> {
    let node = fs::canonicalize(path).map_err(Refusal::Unknown)?;
    if !fs::metadata(&node).map_err(Refusal::Unknown)?.file_type().is_block_device() {
        return Err(Refusal::NotADevice);
    }
    let name = node.file_name().unwrap_or_default();
    let sys = fs::canonicalize(Path::new("/sys/class/block").join(name)).map_err(Refusal::Unknown)?;
    if sys.join("partition").exists() {
        return Err(Refusal::Partition);
    }
    let number = |file: &str| -> Result<u64, Refusal> {
        let text = fs::read_to_string(sys.join(file)).map_err(Refusal::Unknown)?;
        text.trim().parse().map_err(|_| Refusal::Unknown(io::ErrorKind::InvalidData.into()))
    };
    // A USB hard disk does not say that it is removable; that it hangs on USB says it. Nor does a card in a slot of
    // its own, and a loop device is a file.
    let usb = sys.components().any(|part| part.as_os_str().to_string_lossy().starts_with("usb"));
    let card = fs::read_to_string(sys.join("device/type")).is_ok_and(|kind| kind.trim() == "SD");
    let file = sys.join("loop").exists();
    if number("removable")? != 1 && !usb && !card && !file {
        return Err(Refusal::NotRemovable);
    }
    let mounts = fs::read_to_string("/proc/self/mounts").map_err(Refusal::Unknown)?;
    if let Some((node, mount_point)) = mounted(&mounts, &node) {
        return Err(Refusal::Mounted { node, mount_point });
    }
    if number("ro")? != 0 {
        return Err(Refusal::ReadOnly);
    }
    match number("size")? {
        0 => Err(Refusal::NoMedium),
        // sysfs counts in 512 bytes, whatever the device does.
        sectors => Ok(sectors * 512),
    }
}

/// The first mount of a disk or of one of its partitions.
fn mounted(mounts: &str, disk: &Path) -> Option<(PathBuf, PathBuf)> {
    let disk = disk.to_str()?;
    mounts.lines().find_map(|line| {
        let (node, rest) = line.split_once(' ')?;
        let partition = node.strip_prefix(disk)?;
        let partition = partition.strip_prefix('p').unwrap_or(partition);
        let mount_point = rest.split(' ').next()?.replace("\\040", " ");
        partition.bytes().all(|byte| byte.is_ascii_digit()).then(|| (node.into(), mount_point.into()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_partition_is_found() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb2 /media/my\\040stick vfat rw 0 0\n/dev/mmcblk0p1 /boot vfat rw 0 0\n";
        let find = |disk: &str| mounted(mounts, Path::new(disk)).map(|(_, point)| point);
        assert_eq!(find("/dev/sdb"), Some("/media/my stick".into()));
        assert_eq!(find("/dev/mmcblk0"), Some("/boot".into()));
        assert_eq!(find("/dev/sdc"), None);
        assert_eq!(find("/dev/sd"), None);
    }

    #[test]
    fn what_is_no_removable_disk_is_refused() {
        let check = |path: &str| Target::Device { path: path.into() }.check();
        assert!(matches!(check("/dev/null"), Err(Refusal::NotADevice)));
        assert!(matches!(check("/nonexistent"), Err(Refusal::Unknown(_))));
    }
}
