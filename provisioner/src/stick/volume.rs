//! The bytes of a stick, written as [`signage_stick`] lays them out and read back as a screen does.

use std::io;

use signage_protocol::config::{FILE_NAME, SIGNATURE_NAME};
pub use signage_stick::{Disk, MIN_BYTES};

use crate::medium::{Content, image};

/// Formats a disk of `bytes` bytes, at least [`MIN_BYTES`], and puts a provisioning file on it, and its
/// signature if there is one.
pub fn write(disk: &mut impl Disk, bytes: u64, content: &Content) -> io::Result<()> {
    let file = (FILE_NAME, content.file.as_slice());
    let signature = content.signature.as_ref().map(|signature| (SIGNATURE_NAME, signature.as_slice()));
    signage_stick::write(disk, bytes, [file].into_iter().chain(signature))
}

/// What a screen reads from a disk made by [`write`].
pub fn read_back(disk: impl io::Read + io::Seek, bytes: u64) -> io::Result<Option<Content>> {
    Ok(image::scan(disk, bytes)?.into_iter().find_map(|volume| volume.content.ok()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_written_comes_back_from_the_smallest_stick_on() {
        for bytes in [MIN_BYTES, 64 << 20, 300 << 20] {
            let mut disk = Cursor::new(vec![0xff; usize::try_from(bytes).unwrap()]);
            let content = Content { file: b"{}".into(), signature: Some(b"a..b".into()) };
            write(&mut disk, bytes, &content).unwrap();
            assert_eq!(read_back(&mut disk, bytes).unwrap(), Some(content), "{bytes}");
            assert_eq!(disk.get_ref()[510..512], [0x55, 0xaa]);
            assert!(disk.get_ref().ends_with(&[0; 512]));
        }
    }
}
