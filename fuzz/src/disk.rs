//! A disk of gigabytes in a few bytes: what lies in which sector, everything else being zero.
//!
//! Four bytes are the number of sectors; then come sectors of 512 bytes, each behind its number, the last of
//! which may be cut short. Numbers are little-endian. Of two sectors with one number the later counts.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a sector.
pub const SECTOR: usize = 512;

/// A disk that is read only.
#[derive(Debug)]
pub struct Disk<'d> {
    sectors: BTreeMap<u64, &'d [u8]>,
    bytes: u64,
    position: u64,
    read: u64,
}

impl<'d> Disk<'d> {
    /// The disk that the bytes describe; `None` if there are not even four.
    pub fn new(bytes: &'d [u8]) -> Option<Self> {
        let (count, rest) = bytes.split_first_chunk()?;
        let sectors = rest
            .chunks(4 + SECTOR)
            .filter_map(|record| {
                let (number, data) = record.split_first_chunk()?;
                Some((u64::from(u32::from_le_bytes(*number)), data))
            })
            .collect();
        let bytes = u64::from(u32::from_le_bytes(*count)) * SECTOR as u64;
        Some(Self { sectors, bytes, position: 0, read: 0 })
    }

    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many bytes have been read.
    pub fn read_so_far(&self) -> u64 {
        self.read
    }
}

impl Read for Disk<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let count = out.len().min(left);
        let mut done = 0;
        while done < count {
            let within = (self.position % SECTOR as u64) as usize;
            let part = (count - done).min(SECTOR - within);
            let target = &mut out[done..done + part];
            target.fill(0);
            if let Some(data) = self.sectors.get(&(self.position / SECTOR as u64)) {
                let data = data.get(within..).unwrap_or_default();
                let part = part.min(data.len());
                target[..part].copy_from_slice(&data[..part]);
            }
            done += part;
            self.position += part as u64;
        }
        self.read += count as u64;
        Ok(count)
    }
}

impl Seek for Disk<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
