//! Writes FAT12, FAT16 and FAT32 by Microsoft's specification (fatgen103), with long names. A writer of its
//! own, so that the code under test is not measured by itself, and so that everything can be wrong on purpose.

use super::disk::{Area, le16, le32};
use super::volume::{Chain, Node, NodeKind, Root, VolumeTraits, Written, crowded, noise};

/// Width of an entry of the allocation table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// FAT12.
    Twelve,
    /// FAT16.
    Sixteen,
    /// FAT32.
    ThirtyTwo,
}

const ENTRY: usize = 32;
/// 2026-11-20, 09:00, as FAT counts.
const DATE: u16 = (46 << 9) | (11 << 5) | 20;
const TIME: u16 = 9 << 11;

struct Geometry {
    width: Width,
    sector: u64,
    per_cluster: u64,
    reserved: u64,
    root_entries: u64,
    fat_sectors: u64,
    clusters: u64,
    total: u64,
}

impl Geometry {
    fn new(width: Width, sector: u64, bytes: u64) -> Self {
        let (reserved, root_entries) = if width == Width::ThirtyTwo { (32, 0) } else { (1, 512) };
        let mut geometry = Self {
            width,
            sector,
            per_cluster: 1,
            reserved,
            root_entries,
            fat_sectors: 0,
            clusters: 0,
            total: bytes / sector,
        };
        let most = match width {
            Width::Twelve => 4084,
            Width::Sixteen => 65_524,
            // So that large sticks have tables of a reasonable size; never below what makes it FAT32.
            Width::ThirtyTwo => 262_144,
        };
        loop {
            geometry.measure();
            if geometry.clusters <= most {
                return geometry;
            }
            geometry.per_cluster *= 2;
        }
    }

    /// The table must have an entry for every cluster, and takes room from them.
    fn measure(&mut self) {
        let bits = match self.width {
            Width::Twelve => 12,
            Width::Sixteen => 16,
            Width::ThirtyTwo => 32,
        };
        self.fat_sectors = 0;
        loop {
            let data = self.total - self.reserved - self.root_sectors() - 2 * self.fat_sectors;
            self.clusters = data / self.per_cluster;
            let needed = ((self.clusters + 2) * bits).div_ceil(8 * self.sector);
            if needed <= self.fat_sectors {
                return;
            }
            self.fat_sectors = needed;
        }
    }

    fn root_sectors(&self) -> u64 {
        (self.root_entries * ENTRY as u64).div_ceil(self.sector)
    }

    fn cluster_bytes(&self) -> usize {
        (self.per_cluster * self.sector) as usize
    }

    fn root_start(&self) -> u64 {
        (self.reserved + 2 * self.fat_sectors) * self.sector
    }

    fn data_start(&self) -> u64 {
        self.root_start() + self.root_sectors() * self.sector
    }

    fn place(&self, cluster: u32) -> u64 {
        self.data_start() + u64::from(cluster - 2) * self.per_cluster * self.sector
    }

    fn end_mark(&self) -> u32 {
        match self.width {
            Width::Twelve => 0xfff,
            Width::Sixteen => 0xffff,
            Width::ThirtyTwo => 0x0fff_ffff,
        }
    }
}

struct Writer<'w, 'd> {
    area: &'w mut Area<'d>,
    geometry: Geometry,
    table: Vec<u32>,
    next: u32,
    step: u32,
    written: Written,
}

/// Formats `area` and writes the tree.
pub fn write(area: &mut Area<'_>, width: Width, nodes: &[Node], traits: &VolumeTraits) -> Written {
    let sector = if traits.sector == 0 { 512 } else { u64::from(traits.sector) };
    let geometry = Geometry::new(width, sector, area.bytes);
    let end = geometry.end_mark();
    // Entry 0 repeats the media type; entry 1 carries "was let go cleanly".
    let clean = match width {
        Width::Twelve => 0,
        Width::Sixteen => 0x8000,
        Width::ThirtyTwo => 0x0800_0000,
    };
    let table = vec![end & !0xff | 0xf8, if traits.dirty { end & !clean } else { end }];
    let step = if traits.scattered { 2 } else { 1 };
    let mut writer = Writer { area, geometry, table, next: 2, step, written: Written::default() };
    writer.root(nodes, traits);
    writer.tables(traits);
    if !traits.no_boot {
        writer.boot(traits);
    }
    let reserved = writer.geometry.reserved * sector;
    writer.written.boot = writer.area.on_disk(0, reserved);
    writer.written.fat = writer.area.on_disk(reserved, 2 * writer.geometry.fat_sectors * sector);
    writer.written
}

impl Writer<'_, '_> {
    /// Takes clusters and chains them.
    fn take(&mut self, count: usize, chain: Chain) -> Vec<u32> {
        let clusters: Vec<u32> = (0..count as u32).map(|index| self.next + index * self.step).collect();
        let Some(&last) = clusters.last() else { return clusters };
        self.next = last + self.step;
        if self.table.len() <= last as usize {
            self.table.resize(last as usize + 1, 0);
        }
        for pair in clusters.windows(2) {
            self.table[pair[0] as usize] = pair[1];
        }
        self.table[last as usize] = match chain {
            Chain::Whole | Chain::Short => self.geometry.end_mark(),
            Chain::Cyclic => clusters[0],
            Chain::Wild => (self.geometry.clusters as u32 + 100) & self.geometry.end_mark(),
        };
        clusters
    }

    fn fill(&mut self, clusters: &[u32], bytes: &[u8]) {
        for (cluster, piece) in clusters.iter().zip(bytes.chunks(self.geometry.cluster_bytes())) {
            self.area.put(self.geometry.place(*cluster), piece);
        }
    }

    fn root(&mut self, nodes: &[Node], traits: &VolumeTraits) {
        let nodes = crowded(nodes, traits.crowd);
        let size = self.geometry.cluster_bytes();
        let wide = self.geometry.width == Width::ThirtyTwo;
        // The first clusters of a FAT32 volume are its top folder.
        let slots = 1 + nodes.iter().map(slots).sum::<usize>();
        let count = if wide { ((slots + 1) * ENTRY).div_ceil(size) } else { 0 };
        let chain = if traits.root == Root::Cyclic { Chain::Cyclic } else { Chain::Whole };
        let clusters = self.take(count, chain);
        let mut bytes = Vec::new();
        if let Some(label) = &traits.label {
            bytes.extend(entry(&padded(label), 0x08, 0, 0));
        }
        bytes.extend(self.folder(&nodes, None));
        let room = if wide { count * size } else { self.geometry.root_entries as usize * ENTRY };
        match traits.root {
            Root::Sound => {}
            Root::Garbage => bytes = noise(room),
            // A folder ends where an entry begins with zero: everything left is "deleted" instead.
            Root::Cyclic => bytes.resize(room, 0xe5),
        }
        let place = self.geometry.root_start();
        self.written.root = self.area.on_disk(place, size.min(room) as u64);
        if wide {
            self.fill(&clusters, &bytes);
        } else {
            bytes.truncate(room);
            self.area.put(place, &bytes);
        }
    }

    /// The entries of a folder; everything below it is written.
    fn folder(&mut self, nodes: &[Node], own: Option<(u32, u32)>) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some((own, parent)) = own {
            bytes.extend(entry(b".          ", 0x10, own, 0));
            bytes.extend(entry(b"..         ", 0x10, parent, 0));
        }
        for (index, node) in nodes.iter().enumerate() {
            let (first, size, attribute) = match &node.kind {
                NodeKind::File(content) => {
                    let (first, size) = self.file(node, content);
                    (first, size, 0x20)
                }
                NodeKind::Folder(inner) => {
                    let slots = 3 + inner.iter().map(slots).sum::<usize>();
                    let count = (slots * ENTRY).div_ceil(self.geometry.cluster_bytes());
                    let clusters = self.take(count, node.traits.chain);
                    let inside = self.folder(inner, Some((clusters[0], own.map_or(0, |(own, _)| own))));
                    self.fill(&clusters, &inside);
                    (clusters[0], 0, 0x10)
                }
            };
            let hidden = if node.traits.hidden { 0x02 } else { 0 };
            bytes.extend(named(node, index, attribute | hidden, first, size));
        }
        bytes
    }

    fn file(&mut self, node: &Node, content: &[u8]) -> (u32, u32) {
        let chain = node.traits.chain;
        let all = content.len().div_ceil(self.geometry.cluster_bytes());
        let count = if chain == Chain::Short { all.saturating_sub(1).max(1) } else { all };
        let clusters = self.take(count, chain);
        self.fill(&clusters, content);
        let true_size = content.len() as u32;
        let size = match chain {
            Chain::Whole => true_size,
            // More than one cluster lacks, however small the file is.
            Chain::Cyclic | Chain::Short | Chain::Wild => {
                true_size + 3 * self.geometry.cluster_bytes() as u32
            }
        };
        if let Some(&first) = clusters.first() {
            let bytes = u64::from(self.step) * (count * self.geometry.cluster_bytes()) as u64;
            self.written
                .files
                .push((node.name.clone(), self.area.on_disk(self.geometry.place(first), bytes)));
        }
        (clusters.first().copied().unwrap_or(0), node.traits.claims.unwrap_or(size))
    }

    fn tables(&mut self, traits: &VolumeTraits) {
        let entries = self.geometry.clusters as usize + 2;
        if traits.full {
            self.table.resize(entries, 0);
            // Bad clusters are as good as used ones.
            let bad = self.geometry.end_mark() & !0x8;
            self.table.iter_mut().skip(2).filter(|entry| **entry == 0).for_each(|entry| *entry = bad);
        }
        let mut bytes = Vec::new();
        match self.geometry.width {
            Width::Twelve => {
                for pair in self.table.chunks(2) {
                    let (one, two) = (pair[0], pair.get(1).copied().unwrap_or(0));
                    bytes.extend([one as u8, (one >> 8) as u8 | (two << 4) as u8, (two >> 4) as u8]);
                }
            }
            Width::Sixteen => self.table.iter().for_each(|entry| bytes.extend((*entry as u16).to_le_bytes())),
            Width::ThirtyTwo => self.table.iter().for_each(|entry| bytes.extend(entry.to_le_bytes())),
        }
        for copy in 0..2 {
            let sector = self.geometry.reserved + copy * self.geometry.fat_sectors;
            self.area.put(sector * self.geometry.sector, &bytes);
        }
    }

    fn boot(&mut self, traits: &VolumeTraits) {
        let geometry = &self.geometry;
        let mut boot = [0; 512];
        boot[..3].copy_from_slice(&[0xeb, 0x58, 0x90]);
        boot[3..11].copy_from_slice(b"MSDOS5.0");
        le16(&mut boot, 11, geometry.sector as u16);
        boot[13] = geometry.per_cluster as u8;
        le16(&mut boot, 14, geometry.reserved as u16);
        boot[16] = 2;
        le16(&mut boot, 17, geometry.root_entries as u16);
        if geometry.total < 0x1_0000 && geometry.width != Width::ThirtyTwo {
            le16(&mut boot, 19, geometry.total as u16);
        } else {
            le32(&mut boot, 32, geometry.total as u32);
        }
        boot[21] = 0xf8;
        le16(&mut boot, 24, 63);
        le16(&mut boot, 26, 255);
        le32(&mut boot, 28, (self.area.start / 512) as u32);
        let (extended, name): (usize, &[u8; 8]) = match geometry.width {
            Width::Twelve => (36, b"FAT12   "),
            Width::Sixteen => (36, b"FAT16   "),
            Width::ThirtyTwo => (64, b"FAT32   "),
        };
        if geometry.width == Width::ThirtyTwo {
            le32(&mut boot, 36, geometry.fat_sectors as u32);
            le32(&mut boot, 44, 2);
            le16(&mut boot, 48, 1);
            le16(&mut boot, 50, 6);
        } else {
            le16(&mut boot, 22, geometry.fat_sectors as u16);
        }
        boot[extended] = 0x80;
        boot[extended + 1] = u8::from(traits.dirty);
        boot[extended + 2] = 0x29;
        le32(&mut boot, extended + 3, 0x2026_1120);
        let label = traits.label.as_deref().unwrap_or("NO NAME");
        boot[extended + 7..extended + 18].copy_from_slice(&padded(label));
        boot[extended + 18..extended + 26].copy_from_slice(name);
        boot[510..].copy_from_slice(&[0x55, 0xaa]);
        self.area.put(0, &boot);
        if geometry.width == Width::ThirtyTwo {
            let used = self.table.iter().skip(2).filter(|entry| **entry != 0).count() as u32;
            let mut info = [0; 512];
            info[..4].copy_from_slice(b"RRaA");
            info[484..488].copy_from_slice(b"rrAa");
            le32(&mut info, 488, geometry.clusters as u32 - used);
            le32(&mut info, 492, 2);
            info[508..].copy_from_slice(&[0, 0, 0x55, 0xaa]);
            let sector = geometry.sector;
            self.area.put(sector, &info);
            self.area.put(6 * sector, &boot);
            self.area.put(7 * sector, &info);
        }
    }
}

/// An entry of 32 bytes.
fn entry(name: &[u8; 11], attribute: u8, first: u32, size: u32) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..11].copy_from_slice(name);
    entry[11] = attribute;
    for (at, value) in [(14, TIME), (16, DATE), (18, DATE), (22, TIME), (24, DATE)] {
        le16(&mut entry, at, value);
    }
    le16(&mut entry, 20, (first >> 16) as u16);
    le16(&mut entry, 26, first as u16);
    le32(&mut entry, 28, size);
    entry
}

/// A label: eleven characters of capital letters.
fn padded(label: &str) -> [u8; 11] {
    let mut name = [b' '; 11];
    for (to, from) in name.iter_mut().zip(label.to_ascii_uppercase().bytes()) {
        *to = from;
    }
    name
}

/// The entries of one file or folder: its long name in pieces, then its short one.
fn named(node: &Node, index: usize, attribute: u8, first: u32, size: u32) -> Vec<u8> {
    let (short, long) = match (&node.traits.short, exactly_short(&node.name)) {
        (Some(short), _) => (exactly_short(short).unwrap_or(padded(short)), None),
        (None, Some(short)) => (short, None),
        (None, None) => (alias(&node.name, index), Some(node.name.as_str())),
    };
    let mut bytes =
        long.map(|long| long_entries(long, &short, node.traits.wrong_checksum)).unwrap_or_default();
    bytes.extend(entry(&short, attribute, first, size));
    if node.traits.deleted {
        bytes.iter_mut().step_by(ENTRY).for_each(|byte| *byte = 0xe5);
    }
    bytes
}

fn slots(node: &Node) -> usize {
    match node.traits.short.is_some() || exactly_short(&node.name).is_some() {
        true => 1,
        false => 1 + node.name.encode_utf16().count().div_ceil(13),
    }
}

/// The name as an 8.3 name, if it is one.
fn exactly_short(name: &str) -> Option<[u8; 11]> {
    let (base, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let fits = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"~_-$".contains(&byte))
    };
    let short = (1..=8).contains(&base.len()) && extension.len() <= 3 && fits(base) && fits(extension);
    short.then(|| {
        let mut all = [b' '; 11];
        all[..base.len()].copy_from_slice(base.as_bytes());
        all[8..8 + extension.len()].copy_from_slice(extension.as_bytes());
        all
    })
}

/// The 8.3 name that stands beside a long one, unlike all others of its folder.
fn alias(name: &str, index: usize) -> [u8; 11] {
    let letters = |text: &str| -> Vec<u8> {
        text.to_ascii_uppercase().bytes().filter(|byte| byte.is_ascii_alphanumeric()).collect()
    };
    let (base, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let tail = format!("~{}", index + 1);
    let mut all = [b' '; 11];
    let base = letters(base);
    let head = base.len().min(8 - tail.len());
    all[..head].copy_from_slice(&base[..head]);
    all[head..head + tail.len()].copy_from_slice(tail.as_bytes());
    for (to, from) in all[8..].iter_mut().zip(letters(extension)) {
        *to = from;
    }
    all
}

fn long_entries(name: &str, short: &[u8; 11], wrong: bool) -> Vec<u8> {
    let sum = short.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
    let units: Vec<u16> = name.encode_utf16().collect();
    let pieces: Vec<&[u16]> = units.chunks(13).collect();
    let mut bytes = Vec::new();
    for (index, piece) in pieces.iter().enumerate().rev() {
        let mut entry = [0xff; ENTRY];
        let last = if index + 1 == pieces.len() { 0x40 } else { 0 };
        entry[0] = (index + 1) as u8 | last;
        (entry[11], entry[12], entry[13]) = (0x0f, 0, sum.wrapping_add(u8::from(wrong)));
        le16(&mut entry, 26, 0);
        let places = (1..11).step_by(2).chain((14..26).step_by(2)).chain((28..32).step_by(2));
        // A zero ends a name that does not fill its last piece.
        for (at, unit) in places.zip(piece.iter().copied().chain([0])) {
            le16(&mut entry, at, unit);
        }
        bytes.extend(entry);
    }
    bytes
}
