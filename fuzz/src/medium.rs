//! A disk to what a screen decides about it.

use jiff::Timestamp;
use signage_protocol::config::{MAX_BYTES, MAX_SIGNATURE_BYTES};
use signage_provisioner::medium::image;
use signage_provisioner::offer::{Candidate, Screen, decide};

use super::disk::Disk;
use super::file;

/// Most that is read of a disk.
const READ: u64 = 64 << 20;

/// Whatever is on a disk, looking at it ends, reads so much at most, and tells something.
pub fn check(bytes: &[u8]) {
    let Some(mut disk) = Disk::new(bytes) else { return };
    let size = disk.bytes();
    let Ok(volumes) = image::scan(&mut disk, size) else { return };
    assert!(disk.read_so_far() <= READ, "{} bytes read", disk.read_so_far());
    assert!(!volumes.is_empty(), "there is always something to say");
    let mut candidates = Vec::new();
    for volume in volumes {
        match &volume.content {
            Ok(content) => {
                assert!(content.file.len() <= MAX_BYTES + 1);
                assert!(content.signature.iter().all(|bytes| bytes.len() <= MAX_SIGNATURE_BYTES + 1));
            }
            Err(problem) => file::problem(problem),
        }
        candidates.push(Candidate { origin: volume.name, content: volume.content });
    }
    let screen = Screen { serial: None, now: Timestamp::UNIX_EPOCH, lock: None, taken: None };
    let decision = decide(&candidates, &screen);
    match decision.outcome.expect("there is a medium") {
        Ok(offer) => assert!(!decision.concerns.is_empty(), "{offer:?}"),
        Err(problem) => file::problem(&problem),
    }
}
