//! exFAT. Its tools make file systems but put nothing on them, so a few lines here do.

use super::disk::{formatted, put};
use super::*;
use signage_stick::bytes::{le16, le32};

const NAME: &str = "telemetry_config.json";
const ENTRY: usize = 32;

/// An exFAT volume being filled.
pub(super) struct Stick {
    pub bytes: Vec<u8>,
    sector: usize,
    cluster: usize,
    /// The next cluster that is free.
    free: u32,
}

/// How the clusters of a file are found.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Chain {
    Contiguous,
    /// By the table, with this many clusters left out between one and the next.
    Table(u32),
}

impl Stick {
    pub fn new(mib: u64, options: &str) -> Self {
        Self::of(formatted(mib, &format!("mkfs.exfat {options}")))
    }

    pub fn of(bytes: Vec<u8>) -> Self {
        let sector = 1 << bytes[108];
        let cluster = sector << (bytes[109] % 32);
        // What the tool needs itself comes first.
        let free = le32(&bytes, 96).wrapping_add(8);
        Self { bytes, sector, cluster, free }
    }

    pub fn offset(&self, cluster: u32) -> usize {
        le32(&self.bytes, 88) as usize * self.sector + (cluster as usize - 2) * self.cluster
    }

    pub fn table(&self, cluster: u32) -> usize {
        le32(&self.bytes, 80) as usize * self.sector + cluster as usize * 4
    }

    pub fn root(&self) -> usize {
        self.offset(le32(&self.bytes, 96))
    }

    /// Puts a file into the top folder; answers where its set of entries is.
    pub fn put(&mut self, name: &str, content: &[u8], chain: Chain) -> usize {
        let first = self.free;
        let mut cluster = first;
        let step = if let Chain::Table(skipped) = chain { skipped + 1 } else { 1 };
        let mut pieces = content.chunks(self.cluster).peekable();
        while let Some(piece) = pieces.next() {
            let at = self.offset(cluster);
            put(&mut self.bytes, at, piece);
            let next = if pieces.peek().is_some() { cluster + step } else { u32::MAX };
            let entry = self.table(cluster);
            if chain != Chain::Contiguous {
                put(&mut self.bytes, entry, &next.to_le_bytes());
            }
            cluster += step;
        }
        self.free = cluster;

        let units: Vec<u16> = name.encode_utf16().collect();
        let names = units.len().div_ceil(15);
        let mut set = vec![0; (2 + names) * ENTRY];
        set[0] = 0x85;
        set[1] = 1 + names as u8;
        set[4] = 0x20;
        set[32..34].copy_from_slice(&[0xc0, if chain == Chain::Contiguous { 3 } else { 1 }]);
        set[35] = units.len() as u8;
        put(&mut set, 40, &(content.len() as u64).to_le_bytes());
        put(&mut set, 52, &first.to_le_bytes());
        put(&mut set, 56, &(content.len() as u64).to_le_bytes());
        for (piece, entry) in units.chunks(15).zip(set.chunks_mut(ENTRY).skip(2)) {
            entry[0] = 0xc1;
            for (unit, at) in piece.iter().zip((2..).step_by(2)) {
                put(entry, at, &unit.to_le_bytes());
            }
        }
        let root = self.root();
        let at = (root..).step_by(ENTRY).find(|at| self.bytes[*at] == 0).unwrap();
        put(&mut self.bytes, at, &set);
        self.sign(at);
        at
    }

    /// Makes the checksum of a set of entries right.
    pub fn sign(&mut self, at: usize) {
        let set = &self.bytes[at..at + (1 + usize::from(self.bytes[at + 1])) * ENTRY];
        let covered = set.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3));
        let sum = covered.fold(0u16, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)));
        put(&mut self.bytes, at + 2, &sum.to_le_bytes());
    }

    /// Makes the checksum of the boot sectors right.
    pub fn sign_boot(&mut self) {
        let covered = self.bytes[..11 * self.sector].iter().enumerate();
        let covered = covered.filter(|(at, _)| !matches!(at, 106 | 107 | 112));
        let sum = covered.fold(0u32, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u32::from(*byte)));
        for at in (11 * self.sector..12 * self.sector).step_by(4) {
            put(&mut self.bytes, at, &sum.to_le_bytes());
        }
    }
}

/// A volume with the file, and where the file's set of entries is.
fn with_file(content: &[u8], chain: Chain) -> (Stick, usize) {
    let mut stick = Stick::new(8, "-L LABEL");
    stick.put("Überraschung, ein langer Name.txt", b"x", Chain::Contiguous);
    let at = stick.put(NAME, content, chain);
    (stick, at)
}

#[test]
fn files_are_read_with_and_without_the_table() {
    let large: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).take(1 << 20).collect();
    for chain in [Chain::Contiguous, Chain::Table(0), Chain::Table(1)] {
        let (mut stick, _) = with_file(&large, chain);
        stick.put("Telemetry_Config.jws", b"a.b.c", Chain::Contiguous);
        let Volume { label, content, .. } = volume(&stick.bytes);
        let content = content.unwrap();
        assert!(content.file == large);
        assert_eq!(content.signature.as_deref(), Some(&b"a.b.c"[..]));
        assert_eq!(label.as_deref(), Some("LABEL"));
    }
}

#[test]
fn large_clusters_are_read() {
    let mut stick = Stick::new(256, "-c 32M");
    stick.free -= 7;
    stick.put(NAME, FILE, Chain::Contiguous);
    assert_eq!(file(&stick.bytes), FILE);
}

#[test]
fn an_empty_volume_and_an_empty_file_are_that() {
    let stick = Stick::new(8, "-L x");
    assert_eq!(problem(&stick.bytes), Code::UsbNoFile.into());
    assert_eq!(file(&with_file(b"", Chain::Contiguous).0.bytes), b"");
}

#[test]
fn deleted_files_folders_and_broken_sets_are_no_files() {
    let (mut stick, at) = with_file(FILE, Chain::Contiguous);
    put(&mut stick.bytes, at + 4, &[0x10]);
    stick.sign(at);
    assert!(told(&stick.bytes).1.contains("folder"));
    put(&mut stick.bytes, at + 4, &[0x20]);
    assert_eq!(problem(&stick.bytes), Code::UsbNoFile.into());
    stick.sign(at);
    assert_eq!(file(&stick.bytes), FILE);
    for entry in 0..4 {
        stick.bytes[at + entry * ENTRY] &= 0x7f;
    }
    assert_eq!(problem(&stick.bytes), Code::UsbNoFile.into());
}

#[test]
fn what_was_never_written_reads_as_zeros() {
    let (mut stick, at) = with_file(FILE, Chain::Contiguous);
    put(&mut stick.bytes, at + 40, &4u64.to_le_bytes());
    stick.sign(at);
    assert_eq!(file(&stick.bytes), b"{\"ve\0\0\0\0\0\0\0\0\0");
    put(&mut stick.bytes, at + 40, &99u64.to_le_bytes());
    stick.sign(at);
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
}

#[test]
fn a_file_longer_than_its_clusters_is_damage() {
    let (mut stick, at) = with_file(FILE, Chain::Table(0));
    put(&mut stick.bytes, at + 56, &u64::MAX.to_le_bytes());
    stick.sign(at);
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
    let (mut stick, at) = with_file(FILE, Chain::Contiguous);
    put(&mut stick.bytes, at + 52, &u32::MAX.to_le_bytes());
    stick.sign(at);
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
}

#[test]
fn a_folder_that_goes_in_circles_is_damage() {
    let mut stick = Stick::new(8, "-c 512");
    let root = le32(&stick.bytes, 96);
    let (at, entry) = (stick.root(), stick.table(root));
    for at in (at..at + stick.cluster).step_by(ENTRY) {
        // Deleted, but not the end.
        stick.bytes[at] = 0x05;
    }
    put(&mut stick.bytes, entry, &root.to_le_bytes());
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
    assert!(told(&stick.bytes).1.contains("no end"), "{:?}", told(&stick.bytes));
}

#[test]
fn a_boot_sector_with_a_wrong_checksum_is_damage() {
    let (mut stick, _) = with_file(FILE, Chain::Contiguous);
    // How full it is does not count.
    stick.bytes[112] = 42;
    assert_eq!(file(&stick.bytes), FILE);
    stick.bytes[600] ^= 1;
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
    stick.sign_boot();
    assert_eq!(file(&stick.bytes), FILE);
}

#[test]
fn a_stick_that_ends_too_early_is_damage() {
    let (mut stick, _) = with_file(&[b' '; 100_000], Chain::Contiguous);
    let end = stick.offset(stick.free) - 60_000;
    stick.bytes.truncate(end);
    assert_eq!(told(&stick.bytes).0, Code::UsbRead);
    assert_eq!(le16(&stick.bytes, 510), 0xaa55);
}
