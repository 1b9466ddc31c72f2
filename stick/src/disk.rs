//! A disk that is read within bounds, and the parts of it.

use std::io::{self, Read, Seek, SeekFrom};

/// What reading one disk may cost, all in all.
const BUDGET: u64 = 64 << 20;
/// A small read costs as much as this.
const UNIT: u64 = 512;

/// A whole disk.
#[derive(Debug)]
pub struct Reader<D> {
    source: D,
    bytes: u64,
    budget: u64,
}

/// A part of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// First byte.
    pub start: u64,
    /// How many.
    pub bytes: u64,
}

impl<D: Read + Seek> Reader<D> {
    pub fn new(source: D, bytes: u64) -> Self {
        Self { source, bytes, budget: BUDGET }
    }

    /// All of it.
    pub fn extent(&self) -> Extent {
        Extent { start: 0, bytes: self.bytes }
    }

    /// A part of it, cut where the disk ends.
    pub fn part(&mut self, Extent { start, bytes }: Extent) -> Part<'_, D> {
        let bytes = bytes.min(self.bytes.saturating_sub(start));
        Part { disk: self, extent: Extent { start, bytes }, position: 0 }
    }

    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.budget = self
            .budget
            .checked_sub(UNIT.max(buffer.len() as u64))
            .ok_or_else(|| io::Error::other("there is no end to what is on it"))?;
        self.source.seek(SeekFrom::Start(at))?;
        self.source.read(buffer)
    }
}

/// A part of a disk, as something that can be read from its own beginning to its own end.
#[derive(Debug)]
pub struct Part<'d, D> {
    disk: &'d mut Reader<D>,
    extent: Extent,
    position: u64,
}

impl<D: Read + Seek> Read for Part<'_, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.extent.bytes.saturating_sub(self.position);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if count == 0 {
            return Ok(0);
        }
        let at = self.extent.start.checked_add(self.position).ok_or(io::ErrorKind::InvalidInput)?;
        let read = self.disk.read(at, &mut buffer[..count])?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<D> Seek for Part<'_, D> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.extent.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Reads exactly this much, or says in words that the disk is shorter than what is on it claims.
pub fn read_exact_at(source: &mut (impl Read + Seek), at: u64, buffer: &mut [u8]) -> io::Result<()> {
    source.seek(SeekFrom::Start(at))?;
    source.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it goes on beyond the end of the stick"),
        _ => error,
    })
}

/// The file system contradicts itself.
pub fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the file system is damaged: {what}"))
}
