//! What FAT and exFAT have in common: clusters with numbers, chained by a table.

use std::io::{self, Read, Seek};

use signage_stick::bytes::{le16, le32};
use signage_stick::disk::{damaged, read_exact_at};

/// How much of the table is read at once.
const BLOCK: u64 = 4096;

/// How wide the entries of the table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Fat12,
    Fat16,
    /// 28 bits count.
    Fat32,
    /// 32 bits count.
    Exfat,
}

/// Where everything lies in a volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    /// Where the table begins.
    pub table: u64,
    pub width: Width,
    /// Where cluster 2, the first, begins.
    pub data: u64,
    /// Size of a cluster.
    pub cluster: u32,
    /// Number of clusters.
    pub count: u32,
}

/// A volume, cluster by cluster.
pub(super) struct Clusters<S> {
    pub source: S,
    pub geometry: Geometry,
    /// The block of the table that was used last, and where it begins.
    block: Vec<u8>,
    block_at: u64,
}

impl<S: Read + Seek> Clusters<S> {
    pub fn new(source: S, geometry: Geometry) -> Self {
        Self { source, geometry, block: Vec::new(), block_at: 0 }
    }

    /// The clusters of a chain that hold its first `bytes` bytes; fewer when it ends before. That it ends is
    /// not asked for, so one that goes in circles is as good as a long one.
    pub fn chain(&mut self, first: u32, bytes: u64) -> io::Result<Vec<u32>> {
        let wanted = bytes.div_ceil(u64::from(self.geometry.cluster));
        let mut chain = Vec::new();
        let mut next = Some(first);
        while let Some(cluster) = next.filter(|_| (chain.len() as u64) < wanted) {
            self.offset(cluster)?;
            chain.push(cluster);
            next = self.next(cluster)?;
        }
        Ok(chain)
    }

    /// The first `bytes` bytes of these clusters.
    pub fn read(&mut self, chain: impl IntoIterator<Item = u32>, bytes: usize) -> io::Result<Vec<u8>> {
        // Growing it would take twice as much.
        let mut content = Vec::with_capacity(bytes);
        for cluster in chain {
            let done = content.len();
            let count = (bytes - done).min(self.geometry.cluster as usize);
            content.resize(done + count, 0);
            let at = self.offset(cluster)?;
            read_exact_at(&mut self.source, at, &mut content[done..])?;
            if content.len() == bytes {
                return Ok(content);
            }
        }
        if content.len() == bytes { Ok(content) } else { Err(damaged("a file is longer than its chain")) }
    }

    /// Where a cluster begins, if there is one of this number.
    pub fn offset(&self, cluster: u32) -> io::Result<u64> {
        let index = cluster.checked_sub(2).filter(|index| *index < self.geometry.count);
        let index = index.ok_or_else(|| damaged("a chain leads nowhere"))?;
        Ok(self.geometry.data + u64::from(index) * u64::from(self.geometry.cluster))
    }

    /// What follows a cluster in its chain; `None` at the end.
    fn next(&mut self, cluster: u32) -> io::Result<Option<u32>> {
        let number = u64::from(cluster);
        // "Bad" counts as an end, as it does for the kernel.
        let (value, end) = match self.geometry.width {
            Width::Fat12 => {
                let pair = le16(&self.entry::<2>(number + number / 2)?, 0);
                (u32::from(if cluster % 2 == 1 { pair >> 4 } else { pair & 0xfff }), 0xff7)
            }
            Width::Fat16 => (u32::from(le16(&self.entry::<2>(number * 2)?, 0)), 0xfff7),
            Width::Fat32 => (le32(&self.entry::<4>(number * 4)?, 0) & 0x0fff_ffff, 0x0fff_fff7),
            Width::Exfat => (le32(&self.entry::<4>(number * 4)?, 0), 0xffff_fff8),
        };
        Ok(Some(value).filter(|value| *value < end))
    }

    /// Bytes of the table, from a position within it.
    fn entry<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut entry = [0; N];
        for (at, byte) in (self.geometry.table + at..).zip(&mut entry) {
            let start = at / BLOCK * BLOCK;
            if self.block.is_empty() || self.block_at != start {
                self.load(start)?;
            }
            let known = usize::try_from(at - start).ok().and_then(|index| self.block.get(index));
            *byte = *known.ok_or_else(|| damaged("it goes on beyond the end of the stick"))?;
        }
        Ok(entry)
    }

    fn load(&mut self, start: u64) -> io::Result<()> {
        self.block.clear();
        self.block_at = start;
        self.source.seek(io::SeekFrom::Start(start))?;
        self.source.by_ref().take(BLOCK).read_to_end(&mut self.block)?;
        Ok(())
    }
}
