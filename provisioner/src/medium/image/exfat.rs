//! exFAT, read without a mount.

use std::io::{self, Read, Seek};

use super::clusters::{Clusters, Geometry, Width};
use crate::medium::folder::{Folder, Kind};
use signage_stick::bytes::{le16, le32, le64};
use signage_stick::disk::{damaged, read_exact_at};

/// Size of a directory entry.
const ENTRY: usize = 32;
/// No top folder that people make is longer.
const MAX_DIRECTORY: usize = 8 << 20;
/// How much of it is read at once; a cluster may have 32 MiB.
const PIECE: usize = 64 << 10;

const TYPE_END: u8 = 0x00;
const TYPE_BITMAP: u8 = 0x81;
const TYPE_LABEL: u8 = 0x83;
const TYPE_FILE: u8 = 0x85;
const TYPE_STREAM: u8 = 0xc0;
const TYPE_NAME: u8 = 0xc1;

const ATTRIBUTE_FOLDER: u16 = 0x10;
/// The clusters of the file lie one after the other, and the table says nothing of them.
const FLAG_CONTIGUOUS: u8 = 0x02;

/// The top folder of an exFAT volume.
pub(super) struct Exfat<S> {
    clusters: Clusters<S>,
    directory: Vec<u8>,
}

/// A file or a folder in it.
struct Entry {
    name: String,
    kind: Kind,
    contiguous: bool,
    first: u32,
    bytes: u64,
    /// What lies beyond has never been written and reads as zeros.
    valid: u64,
}

impl<S: Read + Seek> Exfat<S> {
    /// Reads the boot sector and the top folder.
    pub fn open(mut source: S) -> io::Result<Self> {
        let mut boot = [0; 512];
        read_exact_at(&mut source, 0, &mut boot)?;
        let (geometry, root) = parse(&boot).ok_or_else(|| damaged("no boot sector"))?;
        verify(&mut source, 1 << boot[108])?;
        let mut clusters = Clusters::new(source, geometry);
        let directory = read_directory(&mut clusters, root)?;
        let volume = Self { clusters, directory };
        // Without it no kernel mounts the volume: what is there is no top folder.
        if !volume.raw().any(|raw| raw[0] == TYPE_BITMAP) {
            return Err(damaged("no allocation bitmap"));
        }
        Ok(volume)
    }

    /// What the volume is called.
    pub fn label(&self) -> Option<String> {
        let raw = self.raw().find(|raw| raw[0] == TYPE_LABEL)?;
        let label = utf16(&raw[2..24], usize::from(raw[1]));
        (!label.is_empty()).then_some(label)
    }

    /// Everything before the end mark.
    fn raw(&self) -> impl Iterator<Item = &[u8]> {
        self.directory.chunks_exact(ENTRY).take_while(|raw| raw[0] != TYPE_END)
    }

    fn entries(&self) -> impl Iterator<Item = Entry> {
        self.raw().enumerate().filter(|(_, raw)| raw[0] == TYPE_FILE).filter_map(|(index, raw)| {
            let bytes = (1 + usize::from(raw[1])) * ENTRY;
            entry(self.directory.get(index * ENTRY..)?.get(..bytes)?)
        })
    }
}

impl<S: Read + Seek> Folder for Exfat<S> {
    fn visit(&mut self, each: &mut dyn FnMut(&str, Kind) -> bool) -> io::Result<()> {
        let _ = self.entries().all(|entry| each(&entry.name, entry.kind));
        Ok(())
    }

    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>> {
        let found = self.entries().find(|entry| entry.kind == Kind::File && entry.name == name);
        let entry = found.ok_or(io::ErrorKind::NotFound)?;
        if entry.valid > entry.bytes {
            return Err(damaged("more of a file is written than it has"));
        }
        let bytes = usize::try_from(entry.bytes).unwrap_or(limit).min(limit);
        if bytes == 0 {
            return Ok(Vec::new());
        }
        let mut content = if entry.contiguous {
            let count = (bytes as u64).div_ceil(u64::from(self.clusters.geometry.cluster));
            let chain = (u64::from(entry.first)..).take(usize::try_from(count).unwrap_or(usize::MAX));
            self.clusters.read(chain.map(|number| u32::try_from(number).unwrap_or(u32::MAX)), bytes)?
        } else {
            let chain = self.clusters.chain(entry.first, bytes as u64)?;
            self.clusters.read(chain, bytes)?
        };
        let valid = usize::try_from(entry.valid).unwrap_or(bytes).min(bytes);
        content[valid..].fill(0);
        Ok(content)
    }
}

/// Where everything lies, and the first cluster of the top folder.
fn parse(boot: &[u8]) -> Option<(Geometry, u32)> {
    let (sector_bits, cluster_bits) = (u32::from(boot[108]), u32::from(boot[109]));
    let sane = le16(boot, 510) == 0xaa55
        && boot[11..64].iter().all(|byte| *byte == 0)
        && (9..=12).contains(&sector_bits)
        && cluster_bits <= 25 - sector_bits
        && (1..=2).contains(&boot[110]);
    if !sane {
        return None;
    }
    let long = |at: usize| u64::from(le32(boot, at));
    let (table, table_sectors, data, count) = (long(80), long(84), long(88), long(92));
    let described = (table_sectors << sector_bits) / 4;
    if table == 0 || data < table + table_sectors * u64::from(boot[110]) || described < count + 2 {
        return None;
    }
    let geometry = Geometry {
        table: table << sector_bits,
        width: Width::Exfat,
        data: data << sector_bits,
        cluster: 1 << (sector_bits + cluster_bits),
        count: u32::try_from(count).ok()?,
    };
    Some((geometry, le32(boot, 96)))
}

/// The twelfth sector holds a checksum of the eleven before; the kernel mounts nothing without it.
fn verify(source: &mut (impl Read + Seek), sector: usize) -> io::Result<()> {
    let mut region = vec![0; 12 * sector];
    read_exact_at(source, 0, &mut region)?;
    let (covered, checksum) = region.split_at(11 * sector);
    // Flags and the degree of use change without it.
    let fixed = covered.iter().enumerate().filter(|(at, _)| !matches!(at, 106 | 107 | 112));
    let sum = fixed.fold(0u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
    match checksum.chunks_exact(4).all(|chunk| le32(chunk, 0) == sum) {
        true => Ok(()),
        false => Err(damaged("the checksum of the boot sector is wrong")),
    }
}

/// The top folder as far as its end mark, in pieces, since a cluster may be far larger than what is in use.
fn read_directory(clusters: &mut Clusters<impl Read + Seek>, first: u32) -> io::Result<Vec<u8>> {
    let mut directory = Vec::new();
    let cluster_bytes = clusters.geometry.cluster;
    let piece = PIECE.min(cluster_bytes as usize);
    for cluster in clusters.chain(first, MAX_DIRECTORY as u64 + 1)? {
        let start = clusters.offset(cluster)?;
        for at in (start..start + u64::from(cluster_bytes)).step_by(piece) {
            let done = directory.len();
            if done >= MAX_DIRECTORY {
                return Err(damaged("the top folder has no end"));
            }
            directory.resize(done + piece, TYPE_END);
            read_exact_at(&mut clusters.source, at, &mut directory[done..])?;
            if directory[done..].chunks_exact(ENTRY).any(|raw| raw[0] == TYPE_END) {
                return Ok(directory);
            }
        }
    }
    Ok(directory)
}

/// A file from the set of entries that describes it, if the set is whole.
fn entry(set: &[u8]) -> Option<Entry> {
    // The sum leaves itself out.
    let covered = set.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3));
    let sum = covered.fold(0u16, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)));
    let mut secondary = set.chunks_exact(ENTRY).skip(1);
    let stream = secondary.next().filter(|raw| raw[0] == TYPE_STREAM && sum == le16(set, 2))?;
    let names: Vec<u8> =
        secondary.take_while(|raw| raw[0] == TYPE_NAME).flat_map(|raw| &raw[2..]).copied().collect();
    let folder = le16(set, 4) & ATTRIBUTE_FOLDER != 0;
    Some(Entry {
        name: utf16(&names, usize::from(stream[3])),
        kind: if folder { Kind::Folder } else { Kind::File },
        contiguous: stream[1] & FLAG_CONTIGUOUS != 0,
        first: le32(stream, 20),
        bytes: le64(stream, 24),
        valid: le64(stream, 8),
    })
}

/// Up to `count` units of UTF-16.
fn utf16(bytes: &[u8], count: usize) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).take(count).map(|unit| le16(unit, 0)).collect();
    String::from_utf16_lossy(&units)
}
