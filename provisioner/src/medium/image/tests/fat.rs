//! FAT12, FAT16 and FAT32.

use super::disk::{fat, find, put};
use super::*;

const NAME: &str = "telemetry_config.json";

#[test]
fn every_width_is_read() {
    let large: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).take(1 << 20).collect();
    for (mib, options) in [
        (2, "-F 12 -n LABEL"),
        (8, "-F 12 -n LABEL"),
        (16, "-F 16 -n LABEL"),
        (16, "-F 16 -n LABEL -s 1"),
        (64, "-F 32 -n LABEL"),
        (64, "-F 32 -n LABEL -f 1"),
        (300, "-F 32 -n LABEL -S 4096 -s 1"),
    ] {
        let disk = fat(mib, options, &[("other", b"x"), (NAME, &large), ("telemetry_config.jws", b"a.b.c")]);
        let Volume { name, label, content } = volume(&disk);
        let content = content.unwrap();
        assert_eq!((name.as_str(), label.as_deref()), ("", Some("LABEL")), "{options}");
        assert!(content.file == large, "{options}");
        assert_eq!(content.signature.as_deref(), Some(&b"a.b.c"[..]), "{options}");
    }
}

#[test]
fn a_volume_without_a_label_has_none() {
    assert_eq!(volume(&fat(2, "-F 12", &[])).label, None);
    let mut disk = fat(2, "-F 12 -n OLD", &[]);
    let entry = find(&disk[512..], b"OLD        \x08") + 512;
    put(&mut disk, entry, b"NEW NAME");
    assert_eq!(volume(&disk).label.as_deref(), Some("NEW NAME"));
    // Deleted in the folder, still in the boot sector.
    put(&mut disk, entry, b"\xe5");
    assert_eq!(volume(&disk).label.as_deref(), Some("OLD"));
}

#[test]
fn long_short_and_deleted_names_are_told_apart() {
    let ten_pieces = format!("{}.txt", "long ".repeat(50));
    let mut disk =
        fat(2, "-F 12", &[(&ten_pieces, b"x"), ("TELEMETRY_CONFIG.JSON", b"upper"), ("ä ö 漢", b"")]);
    assert_eq!(file(&disk), b"upper");
    // The checksum no longer fits: only the short name is left.
    let short = find(&disk, b"TELEME~1JSO");
    put(&mut disk, short, b"TELEME~2JSO");
    assert_eq!(told(&disk), (Code::UsbNoFile, format!("rename \"TELEME~2.JSO\" to {NAME}")));
    put(&mut disk, short + 12, &[0x18]);
    assert_eq!(told(&disk), (Code::UsbNoFile, format!("rename \"teleme~2.jso\" to {NAME}")));
    put(&mut disk, short, b"\xe5");
    assert_eq!(problem(&disk), Code::UsbNoFile.into());
}

#[test]
fn what_follows_an_entry_that_was_never_used_is_read_as_the_kernel_does() {
    let mut disk = fat(2, "-F 12", &[("first", b"x"), (NAME, FILE)]);
    let first = find(&disk, b"FIRST      ");
    put(&mut disk, first, &[0; 32]);
    assert_eq!(file(&disk), FILE);
}

#[test]
fn a_folder_of_that_name_is_no_file() {
    let disk = fat(2, "-F 12", &[("telemetry_config.json/", b"")]);
    assert_eq!(told(&disk), (Code::UsbNoFile, format!("{NAME} is a folder here, not a file")));
}

#[test]
fn an_empty_file_is_empty_and_a_huge_one_is_cut() {
    assert_eq!(file(&fat(2, "-F 12", &[(NAME, b"")])), b"");
    let huge = vec![b' '; 3 << 20];
    assert_eq!(file(&fat(8, "-F 12", &[(NAME, &huge)])).len(), (1 << 20) + 1);
}

#[test]
fn a_top_folder_may_have_many_clusters() {
    let names: Vec<String> = (0..100).map(|number| format!("picture number {number}.jpeg")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    files.push((NAME, FILE));
    assert_eq!(file(&fat(64, "-F 32 -s 1", &files)), FILE);
}

/// A FAT32 volume with the file, where its first table is, and where the entry of the file is.
fn fat32() -> (Vec<u8>, usize, usize) {
    let disk = fat(64, "-F 32 -s 1", &[(NAME, &[b' '; 2000])]);
    let table = usize::from(u16::from_le_bytes([disk[14], disk[15]])) * 512;
    let entry = find(&disk, b"TELEME~1JSO");
    (disk, table, entry)
}

fn first_cluster(disk: &[u8], entry: usize) -> usize {
    usize::from(u16::from_le_bytes([disk[entry + 26], disk[entry + 27]]))
}

#[test]
fn a_folder_that_goes_in_circles_is_damage() {
    let (mut disk, table, _) = fat32();
    put(&mut disk, table + 2 * 4, &2u32.to_le_bytes());
    assert_eq!(told(&disk).0, Code::UsbRead);
    assert!(told(&disk).1.contains("no end"), "{:?}", told(&disk));
}

#[test]
fn a_file_longer_than_its_chain_is_damage() {
    let (mut disk, table, entry) = fat32();
    let first = first_cluster(&disk, entry);
    put(&mut disk, table + first * 4, &0x0fff_ffffu32.to_le_bytes());
    assert_eq!(told(&disk).0, Code::UsbRead);
    assert!(told(&disk).1.contains("longer than its chain"), "{:?}", told(&disk));
}

#[test]
fn a_chain_into_nowhere_is_damage() {
    for next in [0u32, 1, 0x0fff_0000] {
        let (mut disk, table, entry) = fat32();
        let first = first_cluster(&disk, entry);
        put(&mut disk, table + first * 4, &next.to_le_bytes());
        assert_eq!(told(&disk).0, Code::UsbRead, "{next}");
    }
    let (mut disk, _, _) = fat32();
    put(&mut disk, 44, &0u32.to_le_bytes());
    assert_eq!(told(&disk).0, Code::UsbRead);
}

#[test]
fn a_file_that_goes_in_circles_is_read_as_long_as_it_says() {
    let (mut disk, table, entry) = fat32();
    let first = first_cluster(&disk, entry);
    put(&mut disk, table + first * 4, &(first as u32).to_le_bytes());
    put(&mut disk, entry + 28, &u32::MAX.to_le_bytes());
    assert_eq!(file(&disk).len(), (1 << 20) + 1);
}

#[test]
fn a_stick_that_ends_too_early_is_damage() {
    for (mib, options) in [(2, "-F 12"), (16, "-F 16"), (64, "-F 32")] {
        let mut disk = fat(mib, options, &[("filler", &[b'x'; 600_000]), (NAME, FILE)]);
        disk.truncate(500_000);
        assert_eq!(told(&disk).0, Code::UsbRead, "{options}");
        assert!(told(&disk).1.contains("beyond the end"), "{:?}", told(&disk));
    }
}
