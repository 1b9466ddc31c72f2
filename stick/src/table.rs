//! Partition tables: which parts of a disk hold file systems.
//!
//! Like the kernel, this takes a GPT only with correct checksums, from either end of the disk, and no MBR beside
//! one that claims to be.

use std::io::{self, Read, Seek};

use crate::bytes::{le16, le32, le64};
use crate::disk::{Extent, Reader, read_exact_at};

/// Nobody makes sticks with more; what lies beyond is not looked at.
pub const MAX_PARTITIONS: usize = 16;
/// Links of a chain of logical partitions.
const MAX_LINKS: usize = 64;
const SECTOR: u64 = 512;
/// The MBR of a disk whose real table is a GPT says so with this type.
const TYPE_PROTECTIVE: u8 = 0xee;

/// A part of a disk with the number that the kernel gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    pub number: usize,
    pub extent: Extent,
}

/// What a disk is divided into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Table {
    /// There is no table.
    None,
    /// There was one, but it cannot be believed.
    Damaged,
    /// There is one. None of the partitions begins where the disk does.
    Partitions(Vec<Partition>),
}

/// Reads the table of a disk.
pub fn read<D: Read + Seek>(disk: &mut Reader<D>) -> io::Result<Table> {
    let Extent { bytes, .. } = disk.extent();
    let Some(record) = boot_record(disk, 0)? else { return Ok(Table::None) };
    let mut partitions = if record.iter().any(|entry| entry.kind == TYPE_PROTECTIVE) {
        match gpt(disk)? {
            Some(partitions) => partitions,
            None => return Ok(Table::Damaged),
        }
    } else {
        mbr(disk, &record)?
    };
    // Those that begin where the disk does are the disk; those beyond its end are not there at all.
    partitions.retain(|partition| (1..bytes).contains(&partition.extent.start) && partition.extent.bytes > 0);
    partitions.truncate(MAX_PARTITIONS);
    Ok(Table::Partitions(partitions))
}

/// An entry of a boot record, in sectors.
#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: u8,
    start: u64,
    count: u64,
}

impl Entry {
    fn is_extended(&self) -> bool {
        matches!(self.kind, 0x05 | 0x0f | 0x85)
    }

    /// The part of the disk, for a record at `base`.
    fn partition(&self, number: usize, base: u64) -> Partition {
        let extent = Extent { start: (base + self.start) * SECTOR, bytes: self.count * SECTOR };
        Partition { number, extent }
    }
}

/// The four entries at a sector, if there is a boot record.
fn boot_record<D: Read + Seek>(disk: &mut Reader<D>, sector: u64) -> io::Result<Option<[Entry; 4]>> {
    let mut raw = [0; SECTOR as usize];
    let whole = disk.extent();
    if whole.bytes < (sector + 1) * SECTOR {
        return Ok(None);
    }
    read_exact_at(&mut disk.part(whole), sector * SECTOR, &mut raw)?;
    // In the boot sector of a file system there is program code where a table would be, and this tells them
    // apart.
    let is_table = le16(&raw, 510) == 0xaa55 && (0..4).all(|slot| matches!(raw[446 + slot * 16], 0 | 0x80));
    Ok(is_table.then(|| {
        [0, 1, 2, 3].map(|slot| {
            let at = 446 + slot * 16;
            let (start, count) = (u64::from(le32(&raw, at + 8)), u64::from(le32(&raw, at + 12)));
            Entry { kind: raw[at + 4], start, count }
        })
    }))
}

/// The four primary partitions, and the logical ones after them.
fn mbr<D: Read + Seek>(disk: &mut Reader<D>, record: &[Entry; 4]) -> io::Result<Vec<Partition>> {
    let used = || record.iter().zip(1..).filter(|(entry, _)| entry.count > 0 && entry.kind != 0);
    let mut partitions: Vec<_> = used()
        .filter(|(entry, _)| !entry.is_extended())
        .map(|(entry, number)| entry.partition(number, 0))
        .collect();
    let mut number = 5;
    for (extended, _) in used().filter(|(entry, _)| entry.is_extended()) {
        let mut next = Some(extended.start);
        for _ in 0..MAX_LINKS {
            let Some(base) = next.take() else { break };
            // What cannot be read here costs the logical partitions, not the others.
            let Ok(Some(record)) = boot_record(disk, base) else { break };
            for entry in record.iter().filter(|entry| entry.count > 0 && entry.kind != 0) {
                if entry.is_extended() {
                    next = next.or(Some(extended.start + entry.start).filter(|_| entry.start > 0));
                } else if partitions.len() < MAX_PARTITIONS {
                    partitions.push(entry.partition(number, base));
                    number += 1;
                }
            }
        }
    }
    Ok(partitions)
}

/// The partitions of a GPT, from the copy at the beginning or else from the one at the end, if one of them is
/// sound.
fn gpt<D: Read + Seek>(disk: &mut Reader<D>) -> io::Result<Option<Vec<Partition>>> {
    let Extent { bytes, .. } = disk.extent();
    for sector in [SECTOR, 4096] {
        let last = (bytes / sector).saturating_sub(1);
        for at in [1, last] {
            if let Ok(Some(partitions)) = gpt_at(disk, sector, at) {
                return Ok(Some(partitions));
            }
        }
    }
    Ok(None)
}

fn gpt_at<D: Read + Seek>(disk: &mut Reader<D>, sector: u64, at: u64) -> io::Result<Option<Vec<Partition>>> {
    /// The kernel numbers no more partitions on a disk.
    const MAX_ENTRIES: usize = 256;
    const MAX_ENTRY: usize = 4096;
    /// Reserved by Microsoft: space without a file system.
    const TYPE_RESERVED: [u8; 16] =
        [0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d, 0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15, 0xae];
    let whole = disk.extent();
    let mut header = [0; SECTOR as usize];
    read_exact_at(&mut disk.part(whole), at * sector, &mut header)?;
    let size = le32(&header, 12) as usize;
    if !header.starts_with(b"EFI PART") || !(92..=header.len()).contains(&size) || le64(&header, 24) != at {
        return Ok(None);
    }
    let (expected, entries_at) = (le32(&header, 16), le64(&header, 72));
    header[16..20].fill(0);
    let (count, entry) = (le32(&header, 80) as usize, le32(&header, 84) as usize);
    let sane = crc32(&header[..size]) == expected
        && (128..=MAX_ENTRY).contains(&entry)
        && entry.is_power_of_two()
        && count <= MAX_ENTRIES;
    let Some(entries_at) = entries_at.checked_mul(sector).filter(|_| sane) else { return Ok(None) };
    let mut entries = vec![0; count * entry];
    read_exact_at(&mut disk.part(whole), entries_at, &mut entries)?;
    if crc32(&entries) != le32(&header, 88) {
        return Ok(None);
    }
    let used = |(raw, number): (&[u8], usize)| {
        let kind = raw.get(..16).filter(|kind| *kind != [0; 16] && *kind != TYPE_RESERVED);
        let (first, last) = (le64(raw, 32), le64(raw, 40));
        let sectors = last.checked_sub(first)?.checked_add(1)?;
        let extent = Extent { start: first.checked_mul(sector)?, bytes: sectors.checked_mul(sector)? };
        kind.map(|_| Partition { number, extent })
    };
    Ok(Some(entries.chunks_exact(entry).zip(1..).filter_map(used).collect()))
}

/// CRC-32 as in zip and Ethernet.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1));
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_customary_one() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
    }
}
