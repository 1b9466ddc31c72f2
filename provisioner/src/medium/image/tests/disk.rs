//! Makes the disks for the tests, with the tools that people use.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::medium::filesystem::tests::{run, sparse, tool};

/// Where the first partition begins.
pub(super) const START: usize = 1 << 20;

/// A new file system.
pub(super) fn formatted(mib: u64, command: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let image = sparse(directory.path(), mib);
    let mut words = command.split(' ');
    run(tool(words.next().unwrap()).args(words).arg(&image));
    fs::read(image).unwrap()
}

/// A FAT volume with these files in its top folder; a name with a slash at the end makes a folder.
pub(super) fn fat(mib: u64, options: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let image = sparse(directory.path(), mib);
    run(tool("mkfs.vfat").args(options.split(' ')).arg(&image));
    let content = directory.path().join("content");
    for (name, bytes) in files {
        let target = format!("::{}", name.trim_end_matches('/'));
        if name.ends_with('/') {
            run(tool("mmd").arg("-i").arg(&image).arg(target));
        } else {
            fs::write(&content, bytes).unwrap();
            run(tool("mcopy").arg("-i").arg(&image).arg(&content).arg(target));
        }
    }
    fs::read(image).unwrap()
}

/// Divides a disk as `script` says (see sfdisk), leaving everything else on it alone.
pub(super) fn divide(disk: &mut Vec<u8>, script: &str) {
    let directory = tempfile::tempdir().unwrap();
    let image = directory.path().join("image");
    fs::write(&image, &disk).unwrap();
    let mut command = tool("sfdisk");
    command.args(["--quiet", "--wipe=never", "--wipe-partitions=never"]).arg(&image);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    *disk = fs::read(image).unwrap();
}

/// A disk with a table, and these volumes where it says.
pub(super) fn partitioned(mib: usize, script: &str, volumes: &[(usize, &[u8])]) -> Vec<u8> {
    let mut disk = vec![0; mib << 20];
    divide(&mut disk, script);
    for (at, volume) in volumes {
        disk[*at..*at + volume.len()].copy_from_slice(volume);
    }
    disk
}

pub(super) fn put(disk: &mut [u8], at: usize, bytes: &[u8]) {
    disk[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Where these bytes are for the first time.
pub(super) fn find(disk: &[u8], bytes: &[u8]) -> usize {
    disk.windows(bytes.len()).position(|window| window == bytes).unwrap()
}
