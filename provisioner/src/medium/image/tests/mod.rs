//! Disks as people's tools make them, and as nobody should.

mod disk;
mod exfat;
mod fat;
mod hostile;
mod table;

use std::io::Cursor;

use super::*;

/// A provisioning file, as far as this is concerned.
const FILE: &[u8] = b"{\"version\":1}";

fn scanned(disk: &[u8]) -> Vec<Volume> {
    scan(Cursor::new(disk), disk.len() as u64).unwrap()
}

/// The only volume of a disk.
fn volume(disk: &[u8]) -> Volume {
    let mut volumes = scanned(disk);
    assert_eq!(volumes.len(), 1, "{volumes:?}");
    volumes.remove(0)
}

fn file(disk: &[u8]) -> Vec<u8> {
    volume(disk).content.unwrap().file
}

fn problem(disk: &[u8]) -> Problem {
    volume(disk).content.unwrap_err()
}

/// The code and the detail of the problem.
fn told(disk: &[u8]) -> (Code, String) {
    let problem = problem(disk);
    (problem.code, problem.detail.unwrap_or_default())
}
