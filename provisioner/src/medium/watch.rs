//! Follows udev for USB volumes and tells which of them are plugged in, once they have come to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use signage_protocol::problem::{Code, Problem};

use super::Found;
use super::read::Volume;

/// The partitions of a stick, and two sticks in one hub, come one after the other.
const SETTLE: Timespec = Timespec { tv_sec: 0, tv_nsec: 300_000_000 };
/// More partitions of one stick are not looked at.
const MAX_VOLUMES: usize = 16;
/// A failing stick can block a read for minutes, and others must not wait for it.
const READ: Duration = Duration::from_secs(20);

/// Reports all USB volumes that are there, at first and after every change; returns only when udev fails or
/// `report` says that nobody listens any more. Blocks, so it wants a thread of its own.
pub fn watch(mount_point: &Path, mut report: impl FnMut(Vec<Found>) -> bool) -> io::Result<()> {
    // The monitor is opened before the enumeration: what arrives in between is seen twice rather than never.
    let monitor = udev::MonitorBuilder::new()?.match_subsystem("block")?.listen()?;
    let mut present = Present { mount_point, system: system_disks(), volumes: BTreeMap::new() };
    let mut enumerator = udev::Enumerator::new()?;
    enumerator.match_subsystem("block")?;
    enumerator.match_is_initialized()?;
    for device in enumerator.scan_devices()? {
        present.look(&device);
    }
    let mut news = true;
    loop {
        // The first report comes at once: nothing that is there at boot is still on its way.
        if news && !report(present.found()) {
            return Ok(());
        }
        news = false;
        poll(&mut [PollFd::new(&monitor.as_fd(), PollFlags::IN)], None)?;
        while poll(&mut [PollFd::new(&monitor.as_fd(), PollFlags::IN)], Some(&SETTLE))? > 0 {
            for event in monitor.iter() {
                news |= match event.event_type() {
                    udev::EventType::Remove => present.volumes.remove(event.syspath()).is_some(),
                    _ => present.look(&event.device()),
                };
            }
            // A stick that was pulled while it was read is gone before it comes to rest.
            if present.fails() && news {
                break;
            }
        }
    }
}

/// The volumes that are plugged in, by their place in sysfs.
struct Present<'a> {
    mount_point: &'a Path,
    /// Disks that the system runs from, which may hang on USB too.
    system: BTreeSet<PathBuf>,
    volumes: BTreeMap<PathBuf, Found>,
}

impl Present<'_> {
    fn found(&self) -> Vec<Found> {
        self.volumes.values().cloned().collect()
    }

    fn fails(&self) -> bool {
        let unreadable =
            |found: &Found| found.content.as_ref().is_err_and(|problem| problem.code == Code::UsbRead);
        self.volumes.values().any(unreadable)
    }

    /// Reads a device if it is a USB volume that has not been read yet. True when something has changed.
    fn look(&mut self, device: &udev::Device) -> bool {
        let property = |name: &str| {
            device.property_value(name).and_then(|value| value.to_str()).unwrap_or("").to_owned()
        };
        let node = match device.devnode() {
            Some(node) if hangs_on_usb(device.syspath()) => node.to_owned(),
            _ => return false,
        };
        let place = device.syspath().to_owned();
        let sectors = device.attribute_value("size").and_then(|size| size.to_str()).unwrap_or("0").to_owned();
        let disk = disk_of(&place);
        let siblings = self.volumes.keys().filter(|other| **other != place && disk_of(other) == disk).count();
        if self.system.contains(&disk)
            || holds_no_files(&property("ID_PART_ENTRY_TYPE"))
            || siblings >= MAX_VOLUMES
        {
            return false;
        }
        // A card reader without a card announces itself too; a partitioned stick is read by its partitions.
        if sectors == "0" || has_partitions(&place) {
            return self.volumes.remove(&place).is_some();
        }
        // A new medium in the same reader, or a stick that was formatted in its place, has other numbers.
        let sequence = property("DISKSEQ");
        let medium = format!("{sequence} {} {sectors}", property("ID_FS_UUID"));
        if self.volumes.get(&place).is_some_and(|found| found.medium == medium) {
            return false;
        }
        let (label, name) = (property("ID_FS_LABEL"), device.sysname().to_string_lossy().into_owned());
        let mount_point = self.mount_point.join(format!("{name}-{sequence}"));
        let origin =
            if label.is_empty() { format!("stick {name}") } else { format!("stick {label} ({name})") };
        let volume = Volume { node, sequence };
        match read_in_time(&volume, mount_point) {
            Some(content) => drop(self.volumes.insert(place, Found { origin, medium, volume, content })),
            None => return self.volumes.remove(&place).is_some(),
        }
        true
    }
}

/// Whether a device has a USB device above it. (What udev calls its bus is ATA for a disk in a USB case.)
fn hangs_on_usb(place: &Path) -> bool {
    place.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"usb"))
}

/// Whether a partition of this type is none for files: the frame of logical partitions, or what Windows reserves.
fn holds_no_files(kind: &str) -> bool {
    const RESERVED: &str = "e3c9e316-0b5c-4db8-817d-f92df00215ae";
    matches!(kind, "0x5" | "0xf" | "0x85") || kind.eq_ignore_ascii_case(RESERVED)
}

/// Whether the kernel has found partitions on a medium. (What udev calls its partition table can be the boot
/// sector of a medium without one.)
fn has_partitions(place: &Path) -> bool {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().join("partition").exists())
}

/// The disk of a partition; a disk is its own.
fn disk_of(place: &Path) -> PathBuf {
    let parent = place.parent().filter(|_| place.join("partition").exists());
    parent.unwrap_or(place).to_owned()
}

/// The disks with a file system that is in use.
fn system_disks() -> BTreeSet<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    // proc_pid_mountinfo(5): the third field is "major:minor".
    let numbers = mounts.lines().filter_map(|line| line.split(' ').nth(2));
    let places = numbers.filter_map(|number| fs::canonicalize(Path::new("/sys/dev/block").join(number)).ok());
    places.map(|place| disk_of(&place)).collect()
}

/// Reads a volume, but not for longer than [`READ`]; the thread that waits for the medium ends with it.
fn read_in_time(volume: &Volume, mount_point: PathBuf) -> Option<Result<super::Content, Problem>> {
    let (done, content) = mpsc::channel();
    let reader = volume.clone();
    std::thread::spawn(move || {
        // Nobody waits any more when it took too long.
        let _ = done.send(reader.read(&mount_point));
    });
    content.recv_timeout(READ).unwrap_or_else(|_| {
        Some(Err(Problem::new(Code::UsbRead, format!("no answer within {} s", READ.as_secs()))))
    })
}
