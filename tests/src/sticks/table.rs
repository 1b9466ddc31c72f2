//! Partition tables: MBR with primary and logical partitions, GPT with its protective MBR and its backup.

use super::disk::{SparseDisk, le32, le64};

const SECTOR: u64 = 512;
/// Flash is erased in large blocks; every partition begins on one.
const ALIGN: u64 = 1 << 20;
/// Number and size of the entries of a GPT.
const GPT_ENTRIES: usize = 128;
const GPT_ENTRY: usize = 128;

/// How a disk is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// Not at all: one file system from the first byte to the last.
    #[default]
    None,
    /// A master boot record; volumes that are `logical` lie in an extended partition.
    Mbr,
    /// The same, with the last link of the logical partitions leading back to the first.
    MbrCyclic,
    /// A GUID partition table.
    Gpt,
    /// The same with its first copy destroyed.
    GptDamaged,
    /// A GUID partition table beside an MBR that names the same partitions.
    Hybrid,
}

/// A partition that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Size in bytes.
    pub bytes: u64,
    /// Type in an MBR.
    pub kind: u8,
    /// In the extended partition of an MBR.
    pub logical: bool,
    /// On a GPT, of the type of an EFI system partition instead of that of data.
    pub esp: bool,
}

/// Where the partitions begin, and how large the disk has to be.
pub fn places(table: Table, wanted: &[Wanted]) -> (Vec<u64>, u64) {
    if table == Table::None {
        return (vec![0; wanted.len()], wanted.iter().map(|one| one.bytes).max().unwrap_or(0));
    }
    let mut next = ALIGN;
    let starts = wanted
        .iter()
        .map(|one| {
            // In front of a logical partition stands the record that describes it.
            let start = if one.logical { next + ALIGN } else { next };
            next = (start + one.bytes).next_multiple_of(ALIGN);
            start
        })
        .collect();
    // The backup of a GPT takes the last 33 sectors.
    (starts, next + ALIGN)
}

/// Writes the table.
pub fn write(table: Table, disk: &mut SparseDisk, wanted: &[Wanted], starts: &[u64]) {
    let parts: Vec<(Wanted, u64)> = wanted.iter().copied().zip(starts.iter().copied()).collect();
    match table {
        Table::None => {}
        Table::Mbr | Table::MbrCyclic => mbr(disk, &parts, table == Table::MbrCyclic),
        Table::Gpt | Table::GptDamaged => gpt(disk, &parts, table == Table::GptDamaged, false),
        Table::Hybrid => gpt(disk, &parts, false, true),
    }
}

/// One entry of an MBR.
fn entry(record: &mut [u8], slot: usize, kind: u8, start: u64, bytes: u64) {
    let entry = &mut record[446 + slot * 16..][..16];
    // Cylinders, heads and sectors: the customary "too large".
    entry[1..4].copy_from_slice(&[0xfe, 0xff, 0xff]);
    entry[4] = kind;
    entry[5..8].copy_from_slice(&[0xfe, 0xff, 0xff]);
    le32(entry, 8, (start / SECTOR) as u32);
    le32(entry, 12, (bytes / SECTOR) as u32);
}

fn record() -> [u8; SECTOR as usize] {
    let mut record = [0; SECTOR as usize];
    record[510..].copy_from_slice(&[0x55, 0xaa]);
    record
}

fn mbr(disk: &mut SparseDisk, parts: &[(Wanted, u64)], cyclic: bool) {
    let mut first = record();
    le32(&mut first, 440, 0x5169_6e61);
    let primary = parts.iter().filter(|(one, _)| !one.logical);
    let mut slot = 0;
    for (one, start) in primary {
        entry(&mut first, slot, one.kind, *start, one.bytes);
        slot += 1;
    }
    let logical: Vec<_> = parts.iter().filter(|(one, _)| one.logical).collect();
    if let (Some((_, start)), Some((last, end))) = (logical.first(), logical.last()) {
        let extended = start - ALIGN;
        entry(&mut first, slot, 0x0f, extended, end + last.bytes - extended);
        for (index, (one, start)) in logical.iter().enumerate() {
            let mut link = record();
            entry(&mut link, 0, one.kind, ALIGN, one.bytes);
            if let Some((next, at)) = logical.get(index + 1) {
                entry(&mut link, 1, 0x05, at - ALIGN - extended, next.bytes + ALIGN);
            } else if cyclic {
                entry(&mut link, 1, 0x05, 0, one.bytes + ALIGN);
            }
            disk.put(start - ALIGN, &link);
        }
    }
    disk.put(0, &first);
}

fn gpt(disk: &mut SparseDisk, parts: &[(Wanted, u64)], damaged: bool, hybrid: bool) {
    let sectors = disk.bytes() / SECTOR;
    let mut protective = record();
    if hybrid {
        entry(&mut protective, 0, 0xee, SECTOR, ALIGN - SECTOR);
        for (index, (one, start)) in parts.iter().enumerate() {
            entry(&mut protective, index + 1, one.kind, *start, one.bytes);
        }
    } else {
        entry(&mut protective, 0, 0xee, SECTOR, (sectors - 1) * SECTOR);
    }
    disk.put(0, &protective);

    let mut entries = vec![0; GPT_ENTRIES * GPT_ENTRY];
    for (index, (one, start)) in parts.iter().enumerate() {
        let entry = &mut entries[index * GPT_ENTRY..][..GPT_ENTRY];
        entry[..16].copy_from_slice(if one.esp { &ESP } else { &BASIC_DATA });
        entry[16..32].copy_from_slice(&[0x51 + index as u8; 16]);
        le64(entry, 32, start / SECTOR);
        le64(entry, 40, (start + one.bytes) / SECTOR - 1);
    }
    let array = GPT_ENTRIES as u64 * GPT_ENTRY as u64 / SECTOR;
    let last = sectors - 1;
    let header = |own: u64, other: u64, table: u64| {
        let mut header = [0; SECTOR as usize];
        header[..8].copy_from_slice(b"EFI PART");
        le32(&mut header, 8, 0x0001_0000);
        le32(&mut header, 12, 92);
        le64(&mut header, 24, own);
        le64(&mut header, 32, other);
        le64(&mut header, 40, 2 + array);
        le64(&mut header, 48, last - array - 1);
        header[56..72].copy_from_slice(&[0xd1; 16]);
        le64(&mut header, 72, table);
        le32(&mut header, 80, GPT_ENTRIES as u32);
        le32(&mut header, 84, GPT_ENTRY as u32);
        le32(&mut header, 88, crc32(&entries));
        let crc = crc32(&header[..92]);
        le32(&mut header, 16, crc);
        header
    };
    if damaged {
        disk.put(SECTOR, &[0xa5; SECTOR as usize]);
    } else {
        disk.put(SECTOR, &header(1, last, 2));
        disk.put(2 * SECTOR, &entries);
    }
    disk.put((last - array) * SECTOR, &entries);
    disk.put(last * SECTOR, &header(last, 1, last - array));
}

/// EBD0A0A2-B9E5-4433-87C0-68B6B72699C7.
const BASIC_DATA: [u8; 16] =
    [0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44, 0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7];
/// C12A7328-F81F-11D2-BA4B-00A0C93EC93B.
const ESP: [u8; 16] =
    [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];

/// CRC-32 as Ethernet has it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}
