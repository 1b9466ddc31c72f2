//! Disks that fail or mean harm: whatever is on them, there is an answer, soon.

use std::io::{self, SeekFrom};
use std::sync::LazyLock;
use std::time::Instant;

use proptest::prelude::*;

use super::disk::{START, fat, partitioned, put};
use super::exfat::{Chain, Stick};
use super::*;
use signage_stick::table::{MAX_PARTITIONS, crc32};

/// Fails from a position on.
struct Failing {
    disk: Cursor<Vec<u8>>,
    from: u64,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.from.saturating_sub(self.disk.position())).unwrap();
        if left == 0 {
            return Err(io::Error::other("the medium fails"));
        }
        let count = left.min(buffer.len());
        self.disk.read(&mut buffer[..count])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.disk.seek(to)
    }
}

#[test]
fn a_medium_that_fails_is_a_read_error() {
    let disk = fat(2, "-F 12", &[("filler", &[b'x'; 500_000]), ("telemetry_config.json", FILE)]);
    let bytes = disk.len() as u64;
    let scan = |from| scan(Failing { disk: Cursor::new(disk.clone()), from }, bytes);
    assert!(scan(0).is_err());
    let failed = Problem::new(Code::UsbRead, "the medium fails");
    for from in [512, 5000, 400_000] {
        assert_eq!(scan(from).unwrap()[0].content, Err(failed.clone()), "{from}");
    }
    assert_eq!(scan(bytes).unwrap()[0].content.as_ref().unwrap().file, FILE);
}

#[test]
fn a_table_of_overlapping_partitions_is_bounded() {
    let volume = fat(64, "-F 32 -s 1", &[("telemetry_config.json", &vec![b' '; 2 << 20])]);
    let line = "start=2048, size=131072, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n";
    let mut disk = partitioned(66, &format!("label: gpt\n{line}"), &[(START, &volume)]);
    // The same entry a hundred times, with correct checksums.
    let entry = disk[1024..1152].to_vec();
    for number in 0..100 {
        put(&mut disk, 1024 + number * 128, &entry);
    }
    let sum = crc32(&disk[1024..1024 + 128 * 128]);
    put(&mut disk, 512 + 88, &sum.to_le_bytes());
    put(&mut disk, 512 + 16, &[0; 4]);
    let sum = crc32(&disk[512..512 + 92]);
    put(&mut disk, 512 + 16, &sum.to_le_bytes());
    let start = Instant::now();
    assert_eq!(scanned(&disk).len(), MAX_PARTITIONS);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn reading_has_a_budget() {
    let mut disk = Reader::new(Cursor::new(vec![0; 1 << 20]), 1 << 20);
    let mut read = 0u64;
    let error = loop {
        match disk.part(disk.extent()).read(&mut [0; 4096]) {
            Ok(count) => read += count as u64,
            Err(error) => break error,
        }
    };
    assert_eq!(read, 64 << 20);
    assert!(error.to_string().contains("no end"));
}

/// One small disk of each kind.
static DISKS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files: &[(&str, &[u8])] =
        &[("a long name in front.txt", b"x"), ("telemetry_config.json", &[b' '; 5000])];
    let small = fat(1, "-F 12", files);
    let mut exfat = Stick::new(4, "-c 512");
    exfat.put("telemetry_config.json", &[b' '; 5000], Chain::Table(1));
    let guid = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7";
    let gpt = format!("label: gpt\nstart=2048, size=2048, type={guid}\n");
    let logical = "label: dos\nstart=2048, size=4096, type=5\n5: start=4096, size=2048, type=6\n";
    // Nothing lies in the rest of it.
    let mut fat32 = fat(36, "-F 32 -s 1", files);
    fat32.truncate(1 << 20);
    vec![
        fat(3, "-F 16 -s 1", files),
        fat32,
        exfat.bytes,
        partitioned(3, &gpt, &[(START, &small)]),
        partitioned(3, logical, &[(2 * START, &small)]),
        small,
    ]
});

/// Where the bytes of a disk are that mean something.
fn places(disk: &[u8]) -> Vec<usize> {
    disk.iter().enumerate().filter(|(_, byte)| !matches!(byte, 0 | b' ')).map(|(at, _)| at).collect()
}

static PLACES: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| DISKS.iter().map(|disk| places(disk)).collect());

#[test]
fn the_disks_to_be_mutated_are_sound() {
    for disk in DISKS.iter() {
        assert_eq!(file(disk).len(), 5000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_mutation_makes_it_panic(
        which in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 0..8usize, any::<u8>()), 1..8),
        cut in proptest::option::weighted(0.1, any::<proptest::sample::Index>()),
        sign in any::<bool>(),
    ) {
        let which = which.index(DISKS.len());
        let mut disk = DISKS[which].clone();
        for (place, beside, value) in changes {
            let at = *place.get(&PLACES[which]) + beside;
            if let Some(byte) = disk.get_mut(at) {
                *byte = value;
            }
        }
        if let Some(cut) = cut {
            disk.truncate(cut.index(disk.len()));
        }
        // Otherwise little of exFAT gets past the checksum of its boot sectors.
        if sign && disk.get(3..8) == Some(b"EXFAT") && disk.len() > 12 << 12 && disk[108] <= 12 {
            let mut stick = Stick::of(disk);
            stick.sign_boot();
            disk = stick.bytes;
        }
        let volumes = scan(Cursor::new(&disk), disk.len() as u64).unwrap();
        prop_assert!((1..=MAX_PARTITIONS).contains(&volumes.len()));
    }
}
