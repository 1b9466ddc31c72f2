//! Which file system a volume holds, told by its first bytes.
//!
//! The device manager gives no answer when it finds the marks of two, such as a stick that once was NTFS or an
//! installation disc and has been formatted as FAT since. Here a sound FAT or exFAT boot sector wins, because it
//! is what every desktop goes by.

use std::io::{self, Read, Seek, SeekFrom};

use signage_protocol::problem::{Code, Problem};

use super::image::fat;
use signage_stick::bytes::{be16, le16, le32};

/// Boot sectors lie in here.
const BOOT: usize = 4096;
/// All other marks but those at the end lie in here; the last is that of btrfs.
const HEAD: usize = 68 << 10;

/// What a volume holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filesystem {
    /// FAT12, FAT16 or FAT32.
    Fat,
    /// exFAT.
    Exfat,
    /// NTFS.
    Ntfs,
    /// ReFS.
    ReFs,
    /// Encrypted by Windows.
    BitLocker,
    /// APFS.
    Apfs,
    /// HFS+, HFSX or HFS.
    HfsPlus,
    /// ext2, ext3 or ext4.
    Ext,
    /// Btrfs.
    Btrfs,
    /// XFS.
    Xfs,
    /// F2FS.
    F2fs,
    /// Encrypted by Linux, LUKS1 or LUKS2.
    Luks,
    /// Swap space of Linux.
    Swap,
    /// A part of an LVM2 volume group.
    Lvm,
    /// A part of a RAID of Linux.
    Raid,
    /// Squashfs.
    Squashfs,
    /// ISO 9660, as on an installation disc.
    Iso9660,
    /// UDF.
    Udf,
    /// Nothing but zeros, or nothing but ones as on erased flash, where a file system begins.
    Empty,
    /// Something else.
    Unknown,
}

impl Filesystem {
    /// Tells the file system of a volume, from at most 80 KiB of it. A volume that is too short for a mark does
    /// not have it; only an error of the medium is an error.
    pub fn identify(source: &mut (impl Read + Seek)) -> io::Result<Self> {
        // As little as possible first: a stick that fails elsewhere may still be read.
        let boot = read(source, 0, BOOT)?;
        if let Some(found) = by_boot_sector(&boot) {
            return Ok(found);
        }
        let head = read(source, 0, HEAD)?;
        if let Some(found) = by_head(&head) {
            return Ok(found);
        }
        if is_raid_at_end(source)? {
            return Ok(Self::Raid);
        }
        let blank = [0, 0xff].iter().any(|blank| head.iter().all(|byte| byte == blank));
        Ok(if blank { Self::Empty } else { Self::Unknown })
    }

    /// What `mount` calls it, if it is one that is read.
    pub fn kernel_name(self) -> Option<&'static str> {
        match self {
            Self::Fat => Some("vfat"),
            Self::Exfat => Some("exfat"),
            _ => None,
        }
    }

    /// What to say of it, if it is not one that is read.
    pub fn problem(self) -> Option<Problem> {
        let detail = match self {
            Self::Fat | Self::Exfat => return None,
            Self::Ntfs => "this stick is NTFS",
            Self::ReFs => "this stick is ReFS",
            Self::BitLocker => "this stick is encrypted with BitLocker",
            Self::Apfs => "this stick was formatted on a Mac (APFS)",
            Self::HfsPlus => "this stick was formatted on a Mac (HFS+)",
            Self::Ext => "this stick was formatted on Linux (ext)",
            Self::Btrfs => "this stick was formatted on Linux (btrfs)",
            Self::Xfs => "this stick was formatted on Linux (XFS)",
            Self::F2fs => "this stick was formatted on Linux (F2FS)",
            Self::Luks => "this stick is encrypted (LUKS)",
            Self::Swap => "this stick is swap space of Linux",
            Self::Lvm => "this stick is part of a volume group of Linux (LVM)",
            Self::Raid => "this stick is part of a disk array of Linux (RAID)",
            Self::Squashfs => "this stick is a system image of Linux (squashfs)",
            Self::Iso9660 => "this stick is an image of a disc (ISO 9660)",
            Self::Udf => "this stick is formatted like a disc (UDF)",
            Self::Empty => "this stick is not formatted",
            Self::Unknown => "this stick has a format that is not known",
        };
        Some(Problem::new(Code::UsbFilesystem, detail))
    }
}

/// The families whose boot sectors look alike.
fn by_boot_sector(boot: &[u8]) -> Option<Filesystem> {
    /// The GUID of BitLocker; on a stick it stands in what otherwise looks like FAT32.
    const BITLOCKER: [u8; 16] =
        [0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01];
    let has = |at: usize, mark: &[u8]| has(boot, at, mark);
    if has(3, b"-FVE-FS-") || (has(3, b"MSWIN4.1") && has(424, &BITLOCKER)) {
        Some(Filesystem::BitLocker)
    } else if has(3, b"EXFAT   ") {
        Some(Filesystem::Exfat)
    } else if has(3, b"NTFS    ") {
        Some(Filesystem::Ntfs)
    } else if has(3, b"ReFS\0\0\0\0") {
        Some(Filesystem::ReFs)
    } else {
        fat::Layout::parse(boot).map(|_| Filesystem::Fat)
    }
}

/// What carries others comes first: a member of a group may begin with the marks of what is in the group.
fn by_head(head: &[u8]) -> Option<Filesystem> {
    let has = |at: usize, mark: &[u8]| has(head, at, mark);
    let swap = |page: usize| has(page - 10, b"SWAPSPACE2") || has(page - 10, b"SWAP-SPACE");
    let disc = |mark: &[u8]| (16..32).any(|sector| has(sector * 2048 + 1, mark));
    let raid = |at: usize| le32(head, at) == RAID && matches!(le32(head, at + 4), 0 | 1);
    let checks: [(Filesystem, bool); 13] = [
        (Filesystem::Luks, has(0, b"LUKS\xba\xbe") && matches!(be16(head, 6), 1 | 2)),
        (Filesystem::Lvm, (0..4).any(|n| has(n * 512, b"LABELONE") && has(n * 512 + 24, b"LVM2 001"))),
        (Filesystem::Raid, raid(0) || raid(4096)),
        (Filesystem::Xfs, has(0, b"XFSB")),
        (Filesystem::Squashfs, has(0, b"hsqs") || has(0, b"sqsh")),
        (Filesystem::Apfs, has(32, b"NXSB")),
        (Filesystem::Ext, le16(head, 1080) == 0xef53),
        (Filesystem::F2fs, le32(head, 1024) == 0xf2f5_2010),
        (Filesystem::HfsPlus, has(1024, b"H+\0\x04") || has(1024, b"HX\0\x05") || has(1024, b"BD")),
        (Filesystem::Btrfs, has((64 << 10) + 64, b"_BHRfS_M")),
        (Filesystem::Swap, [4, 8, 16, 32, 64].iter().any(|page| swap(page << 10))),
        // A disc that is both says so in both ways; UDF is the one that is used.
        (Filesystem::Udf, disc(b"NSR02") || disc(b"NSR03")),
        (Filesystem::Iso9660, disc(b"CD001")),
    ];
    checks.into_iter().find_map(|(found, holds)| holds.then_some(found))
}

/// How a RAID of Linux begins.
const RAID: u32 = 0xa92b_4efc;

/// Versions 0.90 and 1.0 of its superblock lie in the last 128 KiB.
fn is_raid_at_end(source: &mut (impl Read + Seek)) -> io::Result<bool> {
    let bytes = source.seek(SeekFrom::End(0))?;
    for at in [(bytes & !0xffff).checked_sub(64 << 10), (bytes & !0xfff).checked_sub(8 << 10)] {
        if let Some(at) = at
            && le32(&read(source, at, 4)?, 0) == RAID
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has(bytes: &[u8], at: usize, mark: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

/// Up to `count` bytes from `at` on: fewer when the source ends.
fn read(source: &mut (impl Read + Seek), at: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(at))?;
    source.by_ref().take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
