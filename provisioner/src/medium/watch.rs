//! Follows udev for USB block devices.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, poll};

use super::Found;
use super::read::Volume;

/// Reports every usable and unusable USB volume, those already there first; returns only when udev fails or
/// `report` says that nobody listens any more. Blocks, so it wants a thread of its own.
pub fn watch(mount_point: &Path, mut report: impl FnMut(Found) -> bool) -> io::Result<()> {
    // The monitor is opened before the enumeration: what arrives in between is seen twice rather than never.
    let monitor = udev::MonitorBuilder::new()?.match_subsystem("block")?.listen()?;
    // Volumes seen, with the sequence number of the medium, so that the same one is reported once.
    let mut seen = HashMap::new();
    let mut enumerator = udev::Enumerator::new()?;
    enumerator.match_subsystem("block")?;
    enumerator.match_is_initialized()?;
    for device in enumerator.scan_devices()? {
        if !look(&device, &mut seen, mount_point, &mut report) {
            return Ok(());
        }
    }
    loop {
        poll(&mut [PollFd::new(&monitor.as_fd(), PollFlags::IN)], None)?;
        for event in monitor.iter() {
            if event.event_type() == udev::EventType::Remove {
                seen.remove(event.syspath());
            } else if !look(&event.device(), &mut seen, mount_point, &mut report) {
                return Ok(());
            }
        }
    }
}

/// Reads a device if it is a USB volume that has not been read yet. False when nobody listens any more.
fn look(
    device: &udev::Device,
    seen: &mut HashMap<PathBuf, String>,
    mount_point: &Path,
    report: &mut impl FnMut(Found) -> bool,
) -> bool {
    let property =
        |name: &str| device.property_value(name).and_then(|value| value.to_str()).unwrap_or("").to_owned();
    let filesystem = property("ID_FS_TYPE");
    let node = match device.devnode() {
        Some(node) if property("ID_BUS") == "usb" => node.to_owned(),
        _ => return true,
    };
    // A card reader without a card announces itself too.
    let sectors = device.attribute_value("size").and_then(|size| size.to_str()).unwrap_or("0").to_owned();
    // The whole of a partitioned stick; its partitions come as devices of their own, which inherit the
    // property.
    let whole = device.devtype().is_some_and(|kind| kind == "disk");
    if sectors == "0" || (whole && !property("ID_PART_TABLE_TYPE").is_empty()) {
        seen.remove(device.syspath());
        return true;
    }
    // A new medium in the same reader has another sequence number.
    let medium = format!("{} {} {}", property("DISKSEQ"), property("ID_FS_UUID"), sectors);
    if seen.insert(device.syspath().to_owned(), medium.clone()).as_ref() == Some(&medium) {
        return true;
    }
    let label = property("ID_FS_LABEL");
    let name = device.sysname().to_string_lossy().into_owned();
    let origin = if label.is_empty() { name } else { format!("{label} ({name})") };
    let volume = Volume { node, filesystem, sequence: property("DISKSEQ") };
    let content = volume.read(mount_point);
    report(Found { origin, volume, content })
}
