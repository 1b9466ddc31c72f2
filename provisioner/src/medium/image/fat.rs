//! FAT12, FAT16 and FAT32, read without a mount. Where the specification and the kernel differ, this goes with
//! the kernel, since that is what a screen reads sticks with.

use std::io::{self, Read, Seek};

use super::clusters::{Clusters, Geometry, Width};
use super::names::LongName;
use crate::medium::folder::{Folder, Kind};
use signage_stick::bytes::{le16, le32};
use signage_stick::disk::{damaged, read_exact_at};

/// Size of a directory entry.
const ENTRY: usize = 32;
/// FAT allows this much of a directory.
const MAX_DIRECTORY: u64 = 65_536 * ENTRY as u64;

/// Where an entry has its attributes.
const ATTRIBUTES: usize = 11;
const LABEL: u8 = 0x08;
const FOLDER: u8 = 0x10;
/// All that a part of a long name has, which no file has at once.
const LONG: u8 = 0x0f;

/// What a boot sector says of its volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::medium) struct Layout {
    geometry: Geometry,
    root: Root,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    /// FAT12 and FAT16: between the tables and the first cluster.
    Fixed { at: u64, bytes: usize },
    /// FAT32: anywhere.
    Chain(u32),
}

impl Layout {
    /// Reads a boot sector, if it is one. Master boot records, NTFS and exFAT look much like it, but not in every
    /// field.
    pub fn parse(boot: &[u8]) -> Option<Self> {
        let byte = |at: usize| boot.get(at).copied().unwrap_or_default();
        let word = |at: usize| u64::from(le16(boot, at));
        let long = |at: usize| u64::from(le32(boot, at));
        let either = |short: u64, long: u64| if short == 0 { long } else { short };

        let (sector, per_cluster, reserved, tables) =
            (word(11), u64::from(byte(13)), word(14), u64::from(byte(16)));
        let is_fat = (matches!(byte(0), 0xeb | 0xe9) || word(510) == 0xaa55)
            && (512..=4096).contains(&sector)
            && sector.is_power_of_two()
            && per_cluster.is_power_of_two()
            && reserved > 0
            && (1..=2).contains(&tables)
            && matches!(byte(21), 0xf0 | 0xf8..);
        let root_bytes = word(17) * ENTRY as u64;
        if !is_fat || !root_bytes.is_multiple_of(sector) {
            return None;
        }
        let table_bytes = either(word(22), long(36)) * sector;
        let total = either(word(19), long(32)) * sector;
        let root_at = reserved * sector + tables * table_bytes;
        let data = root_at + root_bytes;
        let cluster = per_cluster * sector;
        let count = total.checked_sub(data)? / cluster;
        let width = match count {
            _ if word(22) == 0 => Width::Fat32,
            0..4085 => Width::Fat12,
            _ => Width::Fat16,
        };
        let (bits, most) = match width {
            Width::Fat12 => (12, 0xff4),
            Width::Fat16 => (16, 0xfff4),
            Width::Fat32 | Width::Exfat => (32, 0x0fff_fff6),
        };
        // A table that is too short makes the volume smaller.
        let described = (table_bytes * 8 / bits).checked_sub(2)?;
        if count == 0 || count > most || described == 0 {
            return None;
        }
        let count = u32::try_from(count.min(described)).ok()?;
        let root = match width {
            Width::Fat32 => Root::Chain(le32(boot, 44)),
            _ => Root::Fixed { at: root_at, bytes: usize::try_from(root_bytes).ok()? },
        };
        let cluster = u32::try_from(cluster).ok()?;
        Some(Self { geometry: Geometry { table: reserved * sector, width, data, cluster, count }, root })
    }
}

/// The top folder of a FAT volume.
pub(super) struct Fat<S> {
    clusters: Clusters<S>,
    directory: Vec<u8>,
    boot_label: [u8; 11],
}

/// A file or a folder in it.
struct Entry<'a> {
    name: String,
    raw: &'a [u8],
}

impl Entry<'_> {
    fn kind(&self) -> Kind {
        if self.raw[ATTRIBUTES] & FOLDER != 0 { Kind::Folder } else { Kind::File }
    }
}

impl<S: Read + Seek> Fat<S> {
    /// Reads the boot sector and the whole of the top folder.
    pub fn open(mut source: S) -> io::Result<Self> {
        let mut boot = [0; 512];
        read_exact_at(&mut source, 0, &mut boot)?;
        let Layout { geometry, root } = Layout::parse(&boot).ok_or_else(|| damaged("no boot sector"))?;
        let mut clusters = Clusters::new(source, geometry);
        let directory = match root {
            Root::Fixed { at, bytes } => {
                let mut directory = vec![0; bytes];
                read_exact_at(&mut clusters.source, at, &mut directory)?;
                directory
            }
            Root::Chain(first) => {
                let chain = clusters.chain(first, MAX_DIRECTORY + 1)?;
                let bytes = chain.len() as u64 * u64::from(geometry.cluster);
                let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes as u64 <= MAX_DIRECTORY);
                let bytes = bytes.ok_or_else(|| damaged("the top folder has no end"))?;
                clusters.read(chain, bytes)?
            }
        };
        let label_at = if geometry.width == Width::Fat32 { 71 } else { 43 };
        let boot_label = boot[label_at..].first_chunk().copied().unwrap_or_default();
        Ok(Self { clusters, directory, boot_label })
    }

    /// What the volume is called. The folder has the last word; the boot sector may still say what it was when
    /// it was formatted.
    pub fn label(&self) -> Option<String> {
        let in_folder = self
            .directory
            .chunks_exact(ENTRY)
            .find(|raw| !is_free(raw) && raw[ATTRIBUTES] & LABEL != 0 && raw[ATTRIBUTES] != LONG);
        let label = match in_folder {
            Some(raw) => text(&raw[..11], false),
            None => text(&self.boot_label, false),
        };
        let label = label.trim_matches([' ', '\0']);
        (!label.is_empty() && label != "NO NAME").then(|| label.to_owned())
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut long = LongName::default();
        // A name that begins with zero is free like a deleted one; what follows it may still be in use.
        self.directory.chunks_exact(ENTRY).filter_map(move |raw| {
            if raw[ATTRIBUTES] == LONG {
                long.add(raw);
                return None;
            }
            let long = std::mem::take(&mut long);
            if is_free(raw) || raw[ATTRIBUTES] & LABEL != 0 {
                return None;
            }
            let name = long.finish(&raw[..11]).unwrap_or_else(|| short_name(raw));
            Some(Entry { name, raw })
        })
    }
}

impl<S: Read + Seek> Folder for Fat<S> {
    fn visit(&mut self, each: &mut dyn FnMut(&str, Kind) -> bool) -> io::Result<()> {
        let _ = self.entries().all(|entry| each(&entry.name, entry.kind()));
        Ok(())
    }

    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>> {
        let found = self.entries().find(|entry| entry.kind() == Kind::File && entry.name == name);
        let raw = found.ok_or(io::ErrorKind::NotFound)?.raw;
        let bytes = (le32(raw, 28) as usize).min(limit);
        if bytes == 0 {
            return Ok(Vec::new());
        }
        // The upper half is something else on FAT12 and FAT16.
        let high = if self.clusters.geometry.width == Width::Fat32 { le16(raw, 20) } else { 0 };
        let first = u32::from(high) << 16 | u32::from(le16(raw, 26));
        let chain = self.clusters.chain(first, bytes as u64)?;
        self.clusters.read(chain, bytes)
    }
}

fn is_free(raw: &[u8]) -> bool {
    matches!(raw[0], 0 | 0xe5)
}

/// The name that systems without long names see, with the lower-case letters that Windows remembers.
fn short_name(raw: &[u8]) -> String {
    const LOWER_BASE: u8 = 0x08;
    const LOWER_EXTENSION: u8 = 0x10;
    let base = text(&raw[..8], raw[12] & LOWER_BASE != 0);
    let extension = text(&raw[8..11], raw[12] & LOWER_EXTENSION != 0);
    match extension.trim_end() {
        "" => base.trim_end().to_owned(),
        extension => format!("{}.{extension}", base.trim_end()),
    }
}

/// Letters outside ASCII depend on where the stick was written; none of the names looked for has any.
fn text(bytes: &[u8], lower: bool) -> String {
    let letter = |byte: &u8| match byte {
        _ if !byte.is_ascii() => char::REPLACEMENT_CHARACTER,
        _ if lower => char::from(byte.to_ascii_lowercase()),
        _ => char::from(*byte),
    };
    bytes.iter().map(letter).collect()
}
