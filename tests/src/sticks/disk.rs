//! A disk in memory of which only what was written costs anything, and whose faults can be chosen.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const BLOCK: usize = 4096;

/// A disk: zeros where nothing was written. Reads that touch [`SparseDisk::unreadable`] fail as those of a
/// worn-out stick do.
#[derive(Debug, Clone, Default)]
pub struct SparseDisk {
    blocks: BTreeMap<u64, Box<[u8]>>,
    bytes: u64,
    position: u64,
    /// What cannot be read, in bytes from the start.
    pub unreadable: Vec<Range<u64>>,
}

impl SparseDisk {
    /// A disk of `bytes` zeros.
    pub fn new(bytes: u64) -> Self {
        Self { bytes, ..Self::default() }
    }

    /// Size in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Cuts the end off.
    pub fn truncate(&mut self, bytes: u64) {
        self.bytes = self.bytes.min(bytes);
    }

    /// Writes `data` at `offset`; what would lie behind the end of the disk is dropped.
    pub fn put(&mut self, offset: u64, data: &[u8]) {
        let room = usize::try_from(self.bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut data = &data[..data.len().min(room)];
        let mut at = offset;
        while !data.is_empty() {
            let within = (at % BLOCK as u64) as usize;
            let (now, rest) = data.split_at(data.len().min(BLOCK - within));
            let block = self.blocks.entry(at / BLOCK as u64).or_insert_with(|| vec![0; BLOCK].into());
            block[within..within + now.len()].copy_from_slice(now);
            at += now.len() as u64;
            data = rest;
        }
    }

    /// Fills `out` with what lies at `offset`, without regard to faults.
    fn get(&self, offset: u64, out: &mut [u8]) {
        let mut done = 0;
        while done < out.len() {
            let at = offset + done as u64;
            let within = (at % BLOCK as u64) as usize;
            let count = (out.len() - done).min(BLOCK - within);
            let target = &mut out[done..done + count];
            match self.blocks.get(&(at / BLOCK as u64)) {
                Some(block) => target.copy_from_slice(&block[within..within + count]),
                None => target.fill(0),
            }
            done += count;
        }
    }

    /// Copies what is not zero of a file to `offset`.
    pub fn load(&mut self, offset: u64, path: &Path) -> io::Result<()> {
        let file = File::open(path)?;
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        loop {
            let count = file.read_at(&mut buffer, at)?;
            if count == 0 {
                return Ok(());
            }
            for (index, piece) in buffer[..count].chunks(BLOCK).enumerate() {
                if piece.iter().any(|byte| *byte != 0) {
                    self.put(offset + at + (index * BLOCK) as u64, piece);
                }
            }
            at += count as u64;
        }
    }

    /// What was written: pieces with their offsets.
    pub fn written(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.blocks.iter().map(|(number, block)| (number * BLOCK as u64, &**block))
    }

    /// Writes the disk into a file with holes.
    pub fn dump(&self, path: &Path) -> io::Result<()> {
        let file = File::create(path)?;
        file.set_len(self.bytes)?;
        for (number, block) in &self.blocks {
            let offset = number * BLOCK as u64;
            let count = self.bytes.saturating_sub(offset).min(BLOCK as u64) as usize;
            file.write_all_at(&block[..count], offset)?;
        }
        Ok(())
    }
}

impl Read for SparseDisk {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes.saturating_sub(self.position);
        let count = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let range = self.position..self.position + count as u64;
        if self.unreadable.iter().any(|bad| bad.start < range.end && range.start < bad.end) {
            return Err(io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error()));
        }
        self.get(self.position, &mut out[..count]);
        self.position = range.end;
        Ok(count)
    }
}

impl Write for SparseDisk {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let left = self.bytes.saturating_sub(self.position);
        let count = data.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.put(self.position, &data[..count]);
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SparseDisk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// A part of a disk: the whole of it or a partition.
#[derive(Debug)]
pub struct Area<'d> {
    /// The disk.
    pub disk: &'d mut SparseDisk,
    /// Where it begins on the disk, in bytes.
    pub start: u64,
    /// Size in bytes.
    pub bytes: u64,
}

impl Area<'_> {
    /// Writes `data` at `offset` of the area.
    pub fn put(&mut self, offset: u64, data: &[u8]) {
        self.disk.put(self.start + offset, data);
    }

    /// A range of the area as a range of the disk.
    pub fn on_disk(&self, offset: u64, bytes: u64) -> Range<u64> {
        self.start + offset..self.start + offset + bytes
    }
}

/// Numbers into the middle of a record.
pub(super) fn le16(record: &mut [u8], at: usize, value: u16) {
    record[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

/// See [`le16`].
pub(super) fn le32(record: &mut [u8], at: usize, value: u32) {
    record[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// See [`le16`].
pub(super) fn le64(record: &mut [u8], at: usize, value: u64) {
    record[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_comes_back_and_the_rest_is_zero() {
        let mut disk = SparseDisk::new(100 << 20);
        disk.put(BLOCK as u64 - 2, b"abcdef");
        disk.seek(SeekFrom::Start(BLOCK as u64 - 4)).unwrap();
        let mut back = [9; 10];
        disk.read_exact(&mut back).unwrap();
        assert_eq!(&back, b"\0\0abcdef\0\0");
        assert_eq!(disk.blocks.len(), 2);
        disk.seek(SeekFrom::End(0)).unwrap();
        assert_eq!(disk.read(&mut back).unwrap(), 0);
    }

    #[test]
    fn a_fault_is_met_only_where_it_is() {
        let mut disk = SparseDisk::new(1 << 20);
        disk.unreadable.push(512..1024);
        let mut sector = [0; 512];
        disk.read_exact(&mut sector).unwrap();
        assert_eq!(disk.read(&mut sector).unwrap_err().raw_os_error(), Some(5));
        disk.seek(SeekFrom::Start(1024)).unwrap();
        disk.read_exact(&mut sector).unwrap();
    }
}
