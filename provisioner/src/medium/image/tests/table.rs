//! Partition tables.

use super::disk::{START, divide, fat, formatted, partitioned, put};
use super::*;
use signage_stick::table::MAX_PARTITIONS;

const MBR: &str = "label: dos\nstart=2048, type=c\n";
const GPT: &str = "label: gpt\nstart=2048, size=4096, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n";

fn with_file(label: &str) -> Vec<u8> {
    fat(2, &format!("-F 12 -n {label}"), &[("telemetry_config.json", FILE)])
}

fn names(disk: &[u8]) -> Vec<(String, String)> {
    let of = |volume: Volume| (volume.name, volume.label.unwrap_or_default());
    scanned(disk).into_iter().map(of).collect()
}

fn named(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names.iter().map(|(name, label)| ((*name).into(), (*label).into())).collect()
}

#[test]
fn one_partition_is_found_by_either_table() {
    for script in [MBR, GPT] {
        let disk = partitioned(4, script, &[(START, &with_file("STICK"))]);
        assert_eq!(names(&disk), named(&[("partition 1", "STICK")]));
        assert_eq!(file(&disk), FILE);
    }
}

#[test]
fn logical_partitions_count_from_five() {
    let script = "label: dos\nstart=2048, size=4096, type=6\nstart=6144, type=5\n\
                  start=8192, size=4096, type=6\nstart=14336, size=4096, type=6\n";
    let script =
        script.replacen("start=8192", "5: start=8192", 1).replacen("start=14336", "6: start=14336", 1);
    let (one, five, six) = (with_file("ONE"), with_file("FIVE"), with_file("SIX"));
    let disk = partitioned(10, &script, &[(START, &one), (4 << 20, &five), (7 << 20, &six)]);
    assert_eq!(
        names(&disk),
        named(&[("partition 1", "ONE"), ("partition 5", "FIVE"), ("partition 6", "SIX")])
    );
    // A chain that goes in circles.
    let mut disk = disk;
    let second = 12_288 * 512;
    put(&mut disk, second + 462, &[0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]);
    assert!(scanned(&disk).len() <= MAX_PARTITIONS);
}

#[test]
fn a_damaged_gpt_is_replaced_by_its_copy() {
    let mut disk = partitioned(4, GPT, &[(START, &with_file("STICK"))]);
    disk[512 + 56] ^= 1;
    assert_eq!(file(&disk), FILE);
    let end = disk.len();
    disk[end - 512 + 56] ^= 1;
    assert_eq!(told(&disk), (Code::UsbRead, "the partition table is damaged".into()));
}

#[test]
fn what_microsoft_reserves_is_no_volume() {
    let script = "label: gpt\nstart=2048, size=2048, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE\n\
                  start=4096, size=4096, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n";
    let disk = partitioned(5, script, &[(2 * START, &with_file("STICK"))]);
    assert_eq!(names(&disk), named(&[("partition 2", "STICK")]));
}

#[test]
fn gpt_beside_a_table_that_shows_partitions_wins() {
    let mut disk = partitioned(4, GPT, &[(START, &with_file("STICK"))]);
    put(&mut disk, 462, &[0, 0, 0, 0, 0x83, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
    assert_eq!(names(&disk), named(&[("partition 1", "STICK")]));
}

#[test]
fn a_whole_disk_may_look_like_a_table() {
    // An entry that covers the disk, as some systems want it.
    let disk = formatted(2, "mkfs.vfat --mbr=yes -n WHOLE");
    assert_eq!(disk[446], 0x80);
    assert_eq!(names(&disk), named(&[("", "WHOLE")]));
    // An entry that is program code.
    let mut disk = with_file("WHOLE");
    put(&mut disk, 446, &[0x80, 1, 2, 3, 4, 5, 6, 7, 200, 0, 0, 0, 100, 0, 0, 0]);
    assert_eq!(names(&disk), named(&[("", "WHOLE")]));
}

#[test]
fn a_table_is_believed_over_the_boot_sector_from_before_it() {
    let mut disk = fat(4, "-F 12 -n OLD", &[]);
    divide(&mut disk, MBR);
    put(&mut disk, START, &with_file("NEW"));
    assert_eq!(disk[..3], *b"\xeb\x3c\x90");
    assert_eq!(names(&disk), named(&[("partition 1", "NEW")]));
}

#[test]
fn a_disk_without_partitions_says_so() {
    let disk = partitioned(2, "label: dos\n", &[]);
    assert_eq!(told(&disk), (Code::UsbFilesystem, "this stick has no partition".into()));
    assert_eq!(told(&vec![0; 1 << 20]), (Code::UsbFilesystem, "this stick is not formatted".into()));
    assert_eq!(told(&[]), (Code::UsbFilesystem, "this stick is not formatted".into()));
}

#[test]
fn a_foreign_file_system_is_named_wherever_it_is() {
    let ntfs = formatted(2, "mkfs.ntfs -F -Q");
    assert_eq!(told(&ntfs), (Code::UsbFilesystem, "this stick is NTFS".into()));
    let disk = partitioned(4, MBR, &[(START, &ntfs)]);
    assert_eq!(told(&disk), (Code::UsbFilesystem, "this stick is NTFS".into()));
}

#[test]
fn partitions_are_cut_where_the_disk_ends() {
    let mut disk = partitioned(8, "label: dos\nstart=2048, size=8192, type=c\nstart=12288, type=c\n", &[]);
    put(&mut disk, START, &with_file("STICK"));
    disk.truncate(4 << 20);
    assert_eq!(names(&disk), named(&[("partition 1", "STICK")]));
}
