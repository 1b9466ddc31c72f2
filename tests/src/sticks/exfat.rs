//! Writes exFAT by Microsoft's published specification: both boot regions with their checksums, allocation
//! table, allocation bitmap, up-case table, label and entry sets.

use super::disk::{Area, le16, le32, le64};
use super::volume::{Chain, Node, NodeKind, Root, VolumeTraits, Written, crowded, noise};

const SECTOR: u64 = 512;
const ENTRY: usize = 32;
/// Sectors of a boot region.
const REGION: u64 = 12;
const FAT_OFFSET: u64 = 128;
const END: u32 = u32::MAX;
/// 2026-11-20, 09:00.
const TIMESTAMP: u32 = (46 << 25) | (11 << 21) | (20 << 16) | (9 << 11);

struct Writer<'w, 'd> {
    area: &'w mut Area<'d>,
    per_cluster: u64,
    fat_sectors: u64,
    heap: u64,
    clusters: u64,
    table: Vec<u32>,
    next: u32,
    step: u32,
    written: Written,
}

/// Formats `area` and writes the tree.
pub fn write(area: &mut Area<'_>, nodes: &[Node], traits: &VolumeTraits) -> Written {
    let total = area.bytes / SECTOR;
    let per_cluster = if area.bytes <= 256 << 20 { 8 } else { 64 };
    let fat_sectors = (total / per_cluster * 4).div_ceil(SECTOR).next_multiple_of(8);
    let heap = (FAT_OFFSET + fat_sectors).next_multiple_of(128);
    let clusters = (total - heap) / per_cluster;
    let step = if traits.scattered { 2 } else { 1 };
    let table = vec![0xffff_fff8, END];
    let written = Written::default();
    let mut writer = Writer { area, per_cluster, fat_sectors, heap, clusters, table, next: 2, step, written };
    let root = writer.everything(nodes, traits);
    if !traits.no_boot {
        writer.boot(root, traits);
    }
    writer.written.boot = writer.area.on_disk(0, 2 * REGION * SECTOR);
    writer.written.fat = writer.area.on_disk(FAT_OFFSET * SECTOR, fat_sectors * SECTOR);
    writer.written
}

impl Writer<'_, '_> {
    fn cluster_bytes(&self) -> usize {
        (self.per_cluster * SECTOR) as usize
    }

    fn place(&self, cluster: u32) -> u64 {
        (self.heap + u64::from(cluster - 2) * self.per_cluster) * SECTOR
    }

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
            Chain::Whole | Chain::Short => END,
            Chain::Cyclic => clusters[0],
            Chain::Wild => self.clusters as u32 + 100,
        };
        clusters
    }

    fn fill(&mut self, clusters: &[u32], bytes: &[u8]) {
        for (cluster, piece) in clusters.iter().zip(bytes.chunks(self.cluster_bytes())) {
            self.area.put(self.place(*cluster), piece);
        }
    }

    /// Bitmap, up-case table, top folder and all below it; answers the first cluster of the top folder.
    fn everything(&mut self, nodes: &[Node], traits: &VolumeTraits) -> u32 {
        let nodes = crowded(nodes, traits.crowd);
        let size = self.cluster_bytes();
        let bitmap_bytes = self.clusters.div_ceil(8);
        let bitmap = self.take((bitmap_bytes as usize).div_ceil(size), Chain::Whole);
        let upcase = up_case_table();
        let upcase_clusters = self.take(upcase.len().div_ceil(size), Chain::Whole);
        self.fill(&upcase_clusters, &upcase);

        let slots = 4 + nodes.iter().map(slots).sum::<usize>();
        let chain = if traits.root == Root::Cyclic { Chain::Cyclic } else { Chain::Whole };
        let root = self.take((slots * ENTRY).div_ceil(size), chain);
        let mut bytes = Vec::new();
        let mut label = [0; ENTRY];
        label[0] = 0x03;
        if let Some(text) = &traits.label {
            let units: Vec<u16> = text.encode_utf16().take(11).collect();
            (label[0], label[1]) = (0x83, units.len() as u8);
            units.iter().enumerate().for_each(|(index, unit)| le16(&mut label, 2 + 2 * index, *unit));
        }
        bytes.extend(label);
        let mut entry = [0; ENTRY];
        entry[0] = 0x81;
        le32(&mut entry, 20, bitmap[0]);
        le64(&mut entry, 24, bitmap_bytes);
        bytes.extend(entry);
        let mut entry = [0; ENTRY];
        entry[0] = 0x82;
        le32(&mut entry, 4, checksum32(0, &upcase));
        le32(&mut entry, 20, upcase_clusters[0]);
        le64(&mut entry, 24, upcase.len() as u64);
        bytes.extend(entry);
        bytes.extend(self.folder(&nodes));
        match traits.root {
            Root::Sound => {}
            Root::Garbage => bytes = noise(root.len() * size),
            // An entry of type 0 ends the folder: what is left is an unused file entry instead.
            Root::Cyclic => bytes.resize(root.len() * size, 0x05),
        }
        self.fill(&root, &bytes);
        self.written.root = self.area.on_disk(self.place(root[0]), size as u64);

        let mut bits = vec![0u8; bitmap_bytes as usize];
        for (cluster, entry) in self.table.iter().enumerate().skip(2) {
            bits[(cluster - 2) / 8] |= u8::from(*entry != 0) << ((cluster - 2) % 8);
        }
        if traits.full {
            bits.fill(0xff);
        }
        self.fill(&bitmap, &bits);
        let table: Vec<u8> = self.table.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        self.area.put(FAT_OFFSET * SECTOR, &table);
        root[0]
    }

    fn folder(&mut self, nodes: &[Node]) -> Vec<u8> {
        let size = self.cluster_bytes();
        let mut bytes = Vec::new();
        for node in nodes {
            let chain = node.traits.chain;
            let (clusters, length, attribute) = match &node.kind {
                NodeKind::File(content) => {
                    let all = content.len().div_ceil(size);
                    let count = if chain == Chain::Short { all.saturating_sub(1).max(1) } else { all };
                    let clusters = self.take(count, chain);
                    self.fill(&clusters, content);
                    let more = if chain == Chain::Whole { 0 } else { 3 * size };
                    let claims = node.traits.claims.map(u64::from);
                    (clusters, claims.unwrap_or((content.len() + more) as u64), 0x20)
                }
                NodeKind::Folder(inner) => {
                    let slots = 1 + inner.iter().map(slots).sum::<usize>();
                    let clusters = self.take((slots * ENTRY).div_ceil(size), chain);
                    let inside = self.folder(inner);
                    self.fill(&clusters, &inside);
                    let length = (clusters.len() * size) as u64;
                    (clusters, length, 0x10)
                }
            };
            if let Some(&first) = clusters.first() {
                let bytes = u64::from(self.step) * (clusters.len() * size) as u64;
                self.written.files.push((node.name.clone(), self.area.on_disk(self.place(first), bytes)));
            }
            // A file in one piece needs no chain; what is broken on purpose is broken in its chain.
            let contiguous = chain == Chain::Whole && (self.step == 1 || clusters.len() == 1);
            let hidden = if node.traits.hidden { 0x02 } else { 0 };
            let first = clusters.first().copied();
            bytes.extend(entry_set(node, attribute | hidden, first, length, contiguous));
        }
        bytes
    }

    fn boot(&mut self, root: u32, traits: &VolumeTraits) {
        let mut boot = [0; SECTOR as usize];
        boot[..3].copy_from_slice(&[0xeb, 0x76, 0x90]);
        boot[3..11].copy_from_slice(b"EXFAT   ");
        le64(&mut boot, 64, self.area.start / SECTOR);
        le64(&mut boot, 72, self.area.bytes / SECTOR);
        le32(&mut boot, 80, FAT_OFFSET as u32);
        le32(&mut boot, 84, self.fat_sectors as u32);
        le32(&mut boot, 88, self.heap as u32);
        le32(&mut boot, 92, self.clusters as u32);
        le32(&mut boot, 96, root);
        le32(&mut boot, 100, 0x2026_1120);
        le16(&mut boot, 104, 0x0100);
        le16(&mut boot, 106, if traits.dirty { 0x0002 } else { 0 });
        (boot[108], boot[109]) = (SECTOR.ilog2() as u8, self.per_cluster.ilog2() as u8);
        (boot[110], boot[111], boot[112]) = (1, 0x80, 0xff);
        boot[120..510].fill(0xf4);
        boot[510..].copy_from_slice(&[0x55, 0xaa]);

        let mut region = boot.to_vec();
        let mut extended = [0; SECTOR as usize];
        extended[510..].copy_from_slice(&[0x55, 0xaa]);
        (0..8).for_each(|_| region.extend(extended));
        region.resize(11 * SECTOR as usize, 0);
        // Flags and percentage change without the checksum being made anew.
        let mut summed = region.clone();
        for at in [112, 107, 106] {
            summed.remove(at);
        }
        let sum = checksum32(0, &summed);
        region.extend(sum.to_le_bytes().repeat(SECTOR as usize / 4));
        self.area.put(0, &region);
        self.area.put(REGION * SECTOR, &region);
    }
}

/// All that describes one file or folder.
fn entry_set(node: &Node, attribute: u16, first: Option<u32>, length: u64, contiguous: bool) -> Vec<u8> {
    let name: Vec<u16> = node.name.encode_utf16().collect();
    let mut set = vec![0; ENTRY * slots(node)];
    set[0] = 0x85;
    set[1] = (slots(node) - 1) as u8;
    le16(&mut set, 4, attribute);
    for at in [8, 12, 16] {
        le32(&mut set, at, TIMESTAMP);
    }
    // Universal time, valid.
    set[22..25].fill(0x80);
    let stream = &mut set[ENTRY..2 * ENTRY];
    stream[0] = 0xc0;
    stream[1] = 0x01 | if contiguous && first.is_some() { 0x02 } else { 0 };
    stream[3] = name.len() as u8;
    le16(stream, 4, name_hash(&name));
    le64(stream, 8, length);
    le32(stream, 20, first.unwrap_or(0));
    le64(stream, 24, length);
    for (index, piece) in name.chunks(15).enumerate() {
        let entry = &mut set[(2 + index) * ENTRY..][..ENTRY];
        entry[0] = 0xc1;
        piece.iter().enumerate().for_each(|(at, unit)| le16(entry, 2 + 2 * at, *unit));
    }
    let sum = set
        .iter()
        .enumerate()
        .filter(|(at, _)| ![2, 3].contains(at))
        .fold(0u16, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)));
    le16(&mut set, 2, sum.wrapping_add(u16::from(node.traits.wrong_checksum)));
    if node.traits.deleted {
        set.iter_mut().step_by(ENTRY).for_each(|byte| *byte &= 0x7f);
    }
    set
}

fn slots(node: &Node) -> usize {
    2 + node.name.encode_utf16().count().div_ceil(15)
}

fn name_hash(name: &[u16]) -> u16 {
    let bytes = name.iter().flat_map(|unit| upper(*unit).to_le_bytes());
    bytes.fold(0u16, |hash, byte| hash.rotate_right(1).wrapping_add(u16::from(byte)))
}

/// Capital letters as the table below has them.
fn upper(unit: u16) -> u16 {
    match unit {
        0x61..=0x7a | 0xe0..=0xf6 | 0xf8..=0xfe => unit - 0x20,
        _ => unit,
    }
}

/// The table in its compressed form: Latin letters one by one, then "as they are" for all others.
fn up_case_table() -> Vec<u8> {
    let listed = 0x100u16;
    let units = (0..listed).map(upper).chain([0xffff, 0u16.wrapping_sub(listed)]);
    units.flat_map(u16::to_le_bytes).collect()
}

fn checksum32(start: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(start, |sum, byte| sum.rotate_right(1).wrapping_add(u32::from(*byte)))
}
