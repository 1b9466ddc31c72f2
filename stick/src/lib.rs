//! Sticks and cards as disks. What a stick looks like: a master boot record with one FAT32 partition, which every
//! desktop can read; the provisioner writes it to media, the hub to files for download. Which disks may be
//! written to at all ([`target`]), and what a disk is divided into ([`table`]).

pub mod bytes;
pub mod disk;
pub mod table;
pub mod target;

use std::io::{self, SeekFrom, Write as _};

use fatfs::{FatType, FileSystem, FormatVolumeOptions, FsOptions};
use fscommon::StreamSlice;

const SECTOR: u64 = 512;
/// Bytes that are copied at once.
const CHUNK: usize = 1 << 20;
/// Flash is erased in large blocks; a partition that begins on one wears less.
const START: u64 = 1 << 20;
/// FAT32 needs 65,525 clusters, of at least one sector each, and its tables.
pub const MIN_BYTES: u64 = START + (36 << 20);
/// A partition table of this kind counts sectors in 32 bits.
const MAX_SECTORS: u64 = u32::MAX as u64;
/// FAT32 with logical block addresses.
const PARTITION_TYPE: u8 = 0x0c;

/// Something that can be written to like a disk.
pub trait Disk: io::Read + io::Write + io::Seek {}

impl<T: io::Read + io::Write + io::Seek> Disk for T {}

/// Formats a disk of `bytes` bytes, at least [`MIN_BYTES`], and puts files into its top folder, by name.
pub fn write<'a>(
    disk: &mut impl Disk,
    bytes: u64,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> io::Result<()> {
    write_tree(disk, bytes, |volume| {
        files.into_iter().try_for_each(|(name, mut content)| volume.add(name, &mut content))
    })
}

/// A file system that is being filled.
pub trait Volume {
    /// Adds a file by its path, whose folders are made where they are not there.
    fn add(&mut self, path: &str, content: &mut dyn io::Read) -> io::Result<()>;
}

struct Fat<D: Disk>(FileSystem<D>);

impl<D: Disk> Volume for Fat<D> {
    fn add(&mut self, path: &str, content: &mut dyn io::Read) -> io::Result<()> {
        let mut folder = self.0.root_dir();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_some() {
                folder = folder.create_dir(part)?;
                continue;
            }
            let mut target = folder.create_file(part)?;
            target.truncate()?;
            // fatfs writes a cluster at a time and looks the next one up for each, so the larger the better.
            let mut chunk = vec![0; CHUNK];
            loop {
                let read = content.read(&mut chunk)?;
                if read == 0 {
                    break;
                }
                target.write_all(&chunk[..read])?;
            }
            target.flush()?;
        }
        Ok(())
    }
}

/// Formats a disk of `bytes` bytes, at least [`MIN_BYTES`], and lets `fill` put files on it.
pub fn write_tree(
    disk: &mut impl Disk,
    bytes: u64,
    fill: impl FnOnce(&mut dyn Volume) -> io::Result<()>,
) -> io::Result<()> {
    let (first, count) = extent(bytes);
    disk.seek(SeekFrom::Start(0))?;
    disk.write_all(&boot_record(first, count))?;
    // What an earlier partition table or file system left behind would confuse those who look for it.
    disk.write_all(&vec![0; usize::try_from(START - SECTOR).unwrap_or_default()])?;
    wipe_end(disk, bytes)?;
    let total = u32::try_from(count).map_err(io::Error::other)?;
    let options = FormatVolumeOptions::new()
        .fat_type(FatType::Fat32)
        .bytes_per_cluster(cluster(count))
        .total_sectors(total)
        .volume_label(*b"SIGNAGE    ");
    fatfs::format_volume(&mut partition(disk, first, count)?, options)?;
    {
        let mut volume = Fat(FileSystem::new(partition(disk, first, count)?, FsOptions::new())?);
        fill(&mut volume)?;
        let Fat(volume) = volume;
        volume.unmount()?;
    }
    disk.flush()
}

/// First sector and number of sectors of the partition.
fn extent(bytes: u64) -> (u64, u64) {
    let first = START / SECTOR;
    (first, (bytes / SECTOR - first).min(MAX_SECTORS - first))
}

fn partition<D: Disk>(disk: &mut D, first: u64, count: u64) -> io::Result<StreamSlice<&mut D>> {
    StreamSlice::new(disk, first * SECTOR, (first + count) * SECTOR)
}

/// Small clusters on small sticks, so that they count as FAT32 at all.
fn cluster(sectors: u64) -> u32 {
    match (sectors * SECTOR) >> 20 {
        0..260 => 512,
        260..8192 => 4096,
        8192..16_384 => 8192,
        16_384..32_768 => 16_384,
        _ => 32_768,
    }
}

/// A backup partition table (GPT) lies in the last sectors.
fn wipe_end(disk: &mut impl Disk, bytes: u64) -> io::Result<()> {
    const END: u64 = 64 * SECTOR;
    disk.seek(SeekFrom::Start(bytes / SECTOR * SECTOR - END))?;
    disk.write_all(&[0; END as usize])
}

fn boot_record(first: u64, count: u64) -> [u8; SECTOR as usize] {
    let mut record = [0; SECTOR as usize];
    let entry = &mut record[446..462];
    // Cylinders, heads and sectors are of no use on a disk of this century: the customary "too large".
    entry[1..4].copy_from_slice(&[0xfe, 0xff, 0xff]);
    entry[4] = PARTITION_TYPE;
    entry[5..8].copy_from_slice(&[0xfe, 0xff, 0xff]);
    entry[8..12].copy_from_slice(&(first as u32).to_le_bytes());
    entry[12..16].copy_from_slice(&(count as u32).to_le_bytes());
    record[510..].copy_from_slice(&[0x55, 0xaa]);
    record
}
