//! Reads disks without mounting them: images and sticks at the desk, where one is not root or does not want a
//! stranger's file system in one's kernel.
//!
//! Whatever is on the disk, this reads at most 64 MiB of it, keeps at most 32 MiB, and ends.

mod clusters;
mod exfat;
pub(super) mod fat;
mod names;

use std::io::{self, Read, Seek};

use signage_protocol::problem::{Code, Problem};

use self::exfat::Exfat;
use self::fat::Fat;
use super::filesystem::Filesystem;
use super::folder::{self, Content};
use signage_stick::disk::{Extent, Reader};
use signage_stick::table::{self, Partition, Table};

/// A file system, or a place for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Where on the disk: `partition 2`; empty when it is the whole disk.
    pub name: String,
    /// What it is called.
    pub label: Option<String>,
    /// What it holds of ours, or why there is nothing that can be used.
    pub content: Result<Content, Problem>,
}

/// Looks at a disk of `bytes` bytes: into each of its partitions, or into the whole if there are none. There is
/// always at least one volume. Fails only when the beginning of the disk cannot be read.
pub fn scan<D: Read + Seek>(disk: D, bytes: u64) -> io::Result<Vec<Volume>> {
    let mut disk = Reader::new(disk, bytes);
    let whole = disk.extent();
    let otherwise = match table::read(&mut disk)? {
        Table::Partitions(partitions) if holds(&mut disk, &partitions) => {
            let look = |Partition { number, extent }| look(&mut disk, format!("partition {number}"), extent);
            return Ok(partitions.into_iter().map(look).collect());
        }
        Table::Partitions(_) => Some(Problem::new(Code::UsbFilesystem, "this stick has no partition")),
        Table::Damaged => Some(Problem::new(Code::UsbRead, "the partition table is damaged")),
        Table::None => None,
    };
    let mut volume = look(&mut disk, String::new(), whole);
    if let (Err(problem), Some(otherwise)) = (&mut volume.content, otherwise)
        && Some(&*problem) == Filesystem::Unknown.problem().as_ref()
    {
        *problem = otherwise;
    }
    Ok(vec![volume])
}

/// Whether these partitions are what the disk is divided into. A boot sector of FAT on the whole disk speaks
/// against it: what looks like a table there may be program code. It may also be a left-over from before there
/// was a table; then a file system begins in one of the partitions.
fn holds<D: Read + Seek>(disk: &mut Reader<D>, partitions: &[Partition]) -> bool {
    let whole = disk.extent();
    let mut is_fat = |extent| {
        let filesystem = Filesystem::identify(&mut disk.part(extent));
        filesystem.is_ok_and(|filesystem| filesystem.kernel_name().is_some())
    };
    match partitions {
        [] => false,
        partitions => !is_fat(whole) || partitions.iter().any(|partition| is_fat(partition.extent)),
    }
}

fn look<D: Read + Seek>(disk: &mut Reader<D>, name: String, extent: Extent) -> Volume {
    let (label, content) = match read(disk, extent) {
        Ok((label, content)) => (label, content),
        Err(error) => (None, Err(Problem::new(Code::UsbRead, error.to_string()))),
    };
    Volume { name, label, content }
}

type Found = (Option<String>, Result<Content, Problem>);

fn read<D: Read + Seek>(disk: &mut Reader<D>, extent: Extent) -> io::Result<Found> {
    let filesystem = Filesystem::identify(&mut disk.part(extent))?;
    Ok(match filesystem.problem() {
        Some(problem) => (None, Err(problem)),
        None if filesystem == Filesystem::Exfat => {
            let mut folder = Exfat::open(disk.part(extent))?;
            (folder.label(), folder::read(&mut folder))
        }
        None => {
            let mut folder = Fat::open(disk.part(extent))?;
            (folder.label(), folder::read(&mut folder))
        }
    })
}

#[cfg(test)]
mod tests;
