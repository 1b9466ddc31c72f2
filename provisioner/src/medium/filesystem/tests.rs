//! File systems as their own tools make them; what no tool here makes, by its published layout.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;

use super::*;

/// A tool of the system, which need not be on an ordinary user's path.
pub(crate) fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

/// Runs a tool and expects it to succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; tools/setup installs it"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An empty file of this many MiB.
pub(crate) fn sparse(directory: &Path, mib: u64) -> PathBuf {
    let path = directory.join("image");
    File::create(&path).unwrap().set_len(mib << 20).unwrap();
    path
}

fn identify(path: &Path) -> Filesystem {
    Filesystem::identify(&mut File::open(path).unwrap()).unwrap()
}

/// What a tool makes of an empty file, whose path it gets as its last argument.
fn made(mib: u64, command: &str) -> Filesystem {
    let directory = tempfile::tempdir().unwrap();
    let image = sparse(directory.path(), mib);
    let mut words = command.split(' ');
    run(tool(words.next().unwrap()).args(words).arg(&image));
    identify(&image)
}

/// Zeros with a mark.
fn marked(marks: &[(usize, &[u8])]) -> Filesystem {
    let mut bytes = vec![0; 1 << 20];
    for (at, mark) in marks {
        bytes[*at..at + mark.len()].copy_from_slice(mark);
    }
    Filesystem::identify(&mut Cursor::new(bytes)).unwrap()
}

#[test]
fn what_is_read_is_known_in_every_size() {
    assert_eq!(made(1, "mkfs.vfat -F 12"), Filesystem::Fat);
    assert_eq!(made(16, "mkfs.vfat -F 16"), Filesystem::Fat);
    assert_eq!(made(64, "mkfs.vfat -F 32"), Filesystem::Fat);
    assert_eq!(made(64, "mkfs.vfat -F 32 -S 4096"), Filesystem::Fat);
    assert_eq!(made(2, "mkfs.vfat --mbr=yes"), Filesystem::Fat);
    assert_eq!(made(8, "mkfs.exfat"), Filesystem::Exfat);
}

#[test]
fn what_other_systems_make_is_known() {
    assert_eq!(made(8, "mkfs.ntfs -F -Q"), Filesystem::Ntfs);
    assert_eq!(made(8, "mkfs.ext2 -q"), Filesystem::Ext);
    assert_eq!(made(8, "mkfs.ext4 -q"), Filesystem::Ext);
    assert_eq!(made(128, "mkfs.btrfs -q"), Filesystem::Btrfs);
    assert_eq!(made(320, "mkfs.xfs -q"), Filesystem::Xfs);
    assert_eq!(made(64, "mkfs.f2fs -q"), Filesystem::F2fs);
    assert_eq!(made(8, "mkswap"), Filesystem::Swap);
    assert_eq!(made(8, "mkswap --pagesize 65536"), Filesystem::Swap);
}

#[test]
fn encryption_by_linux_is_known() {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("key");
    fs::write(&key, "correct horse").unwrap();
    for kind in ["luks1", "luks2"] {
        let image = sparse(directory.path(), 32);
        let mut command = tool("cryptsetup");
        command.args(["luksFormat", "-q", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]);
        run(command.args(["--type", kind]).arg(&image).arg(&key));
        assert_eq!(identify(&image), Filesystem::Luks);
    }
}

#[test]
fn images_of_discs_and_systems_are_known() {
    let directory = tempfile::tempdir().unwrap();
    let (folder, image) = (directory.path().join("folder"), directory.path().join("image"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("readme"), "hello").unwrap();
    run(tool("mksquashfs").arg(&folder).arg(&image).arg("-quiet"));
    assert_eq!(identify(&image), Filesystem::Squashfs);
    fs::remove_file(&image).unwrap();
    run(tool("xorriso").args(["-as", "mkisofs", "-quiet", "-o"]).arg(&image).arg(&folder));
    assert_eq!(identify(&image), Filesystem::Iso9660);
}

#[test]
fn what_no_tool_here_makes_is_known_by_its_marks() {
    let bitlocker_guid: [u8; 16] =
        [0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01];
    assert_eq!(marked(&[(0, b"\xebX\x90-FVE-FS-")]), Filesystem::BitLocker);
    assert_eq!(marked(&[(0, b"\xebX\x90MSWIN4.1"), (424, &bitlocker_guid)]), Filesystem::BitLocker);
    assert_eq!(marked(&[(0, b"\0\0\0ReFS\0\0\0\0FSRS")]), Filesystem::ReFs);
    assert_eq!(marked(&[(32, b"NXSB")]), Filesystem::Apfs);
    assert_eq!(marked(&[(1024, b"H+\0\x04")]), Filesystem::HfsPlus);
    assert_eq!(marked(&[(1024, b"HX\0\x05")]), Filesystem::HfsPlus);
    assert_eq!(marked(&[(1024, b"BD\0\0")]), Filesystem::HfsPlus);
    assert_eq!(marked(&[(512, b"LABELONE"), (536, b"LVM2 001")]), Filesystem::Lvm);
    let raid = RAID.to_le_bytes();
    for at in [4096, (1 << 20) - (64 << 10), (1 << 20) - (8 << 10)] {
        assert_eq!(marked(&[(at, &raid), (at + 4, &1u32.to_le_bytes())]), Filesystem::Raid);
    }
    let (bea, nsr) = ((32 << 10) + 1, (34 << 10) + 1);
    assert_eq!(marked(&[(bea, b"BEA01"), (nsr, b"NSR02")]), Filesystem::Udf);
    assert_eq!(marked(&[(bea, b"CD001"), (nsr, b"NSR03")]), Filesystem::Udf);
}

#[test]
fn bitlocker_to_go_is_not_taken_for_the_fat_that_it_imitates() {
    let directory = tempfile::tempdir().unwrap();
    let image = sparse(directory.path(), 64);
    run(tool("mkfs.vfat").args(["-F", "32"]).arg(&image));
    let mut bytes = fs::read(&image).unwrap();
    bytes[3..11].copy_from_slice(b"MSWIN4.1");
    assert_eq!(Filesystem::identify(&mut Cursor::new(&bytes)).unwrap(), Filesystem::Fat);
    bytes[424..440].copy_from_slice(b"\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01");
    assert_eq!(Filesystem::identify(&mut Cursor::new(&bytes)).unwrap(), Filesystem::BitLocker);
}

#[test]
fn nothing_is_told_from_something_unknown() {
    assert_eq!(marked(&[]), Filesystem::Empty);
    assert_eq!(marked(&[(0, &[0xff; 1 << 20])]), Filesystem::Empty);
    assert_eq!(marked(&[(5000, b"?")]), Filesystem::Unknown);
    assert_eq!(Filesystem::identify(&mut Cursor::new([])).unwrap(), Filesystem::Empty);
    // A master boot record is none of these.
    assert_eq!(marked(&[(0, b"\xeb\x63\x90"), (510, b"\x55\xaa")]), Filesystem::Unknown);
}

#[test]
fn fat_wins_over_what_was_there_before() {
    let directory = tempfile::tempdir().unwrap();
    let image = sparse(directory.path(), 64);
    run(tool("mkfs.ntfs").args(["-F", "-Q"]).arg(&image));
    run(tool("mkfs.vfat").args(["-F", "32"]).arg(&image));
    let mut bytes = fs::read(&image).unwrap();
    bytes[(32 << 10) + 1..][..5].copy_from_slice(b"CD001");
    bytes[1080..1082].copy_from_slice(b"\x53\xef");
    assert_eq!(Filesystem::identify(&mut Cursor::new(bytes)).unwrap(), Filesystem::Fat);
}

#[test]
fn only_fat_and_exfat_are_read_and_all_else_is_explained() {
    assert_eq!(Filesystem::Fat.kernel_name(), Some("vfat"));
    assert_eq!(Filesystem::Exfat.problem(), None);
    let problem = Filesystem::Ntfs.problem().unwrap();
    assert_eq!((problem.code, problem.detail.as_deref()), (Code::UsbFilesystem, Some("this stick is NTFS")));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..6000)) {
        Filesystem::identify(&mut Cursor::new(bytes)).unwrap();
    }
}
