//! The image: a file, compressed or not, and what of it has to be on a card.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use crate::block_map::{self, BlockMap};
use crate::{Error, Result};

/// Bytes that are read and written at once.
pub const CHUNK: usize = 1 << 20;

/// How an image file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// An image that was looked through once: it is whole, and it is what its block map says.
#[derive(Debug, Clone)]
pub struct Image {
    path: PathBuf,
    packing: Packing,
    /// Size of the image, unpacked.
    pub bytes: u64,
    /// SHA-256 of the image, unpacked.
    pub sha256: String,
    /// What is written, in order; without a block map, everything.
    pub extents: Vec<Extent>,
}

/// Bytes that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// First byte.
    pub from: u64,
    /// First byte after it.
    pub to: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

impl Image {
    /// Looks through an image and its block map. `progress` is told how many bytes of the file are read.
    pub fn open(path: &Path, map: Option<&Path>, progress: &(dyn Fn(u64) + Sync)) -> Result<Self> {
        let map = map.map(read_map).transpose()?;
        let packing = packing(path)?;
        let file = File::open(path).map_err(Error::read(path))?;
        let counted = Counted { inner: file, count: 0, progress };
        let mut source = unpack(packing, counted).map_err(Error::read(path))?;
        let mut pass = Pass::new(path, map);
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = source.read(&mut chunk).map_err(|error| broken(path, packing, error))?;
            if count == 0 {
                break;
            }
            pass.take(&chunk[..count])?;
        }
        let (bytes, sha256, extents) = pass.finish()?;
        Ok(Self { path: path.to_owned(), packing, bytes, sha256, extents })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes are written to a card.
    pub fn mapped_bytes(&self) -> u64 {
        self.extents.iter().map(|extent| extent.to - extent.from).sum()
    }

    /// Its first so many bytes, in a file without a name: for looking at what it holds.
    pub fn front(&self, bytes: u64) -> Result<File> {
        let folder = std::env::temp_dir();
        let failed = Error::write(&folder);
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(rustix::fs::OFlags::TMPFILE.bits().cast_signed());
        let mut file = options.open(&folder).map_err(&failed)?;
        file.set_len(self.bytes).map_err(&failed)?;
        let (mut reader, mut position, mut chunk) = (self.reader()?, 0, vec![0; CHUNK]);
        for extent in self.extents.iter().take_while(|extent| extent.from < bytes) {
            reader.skip(extent.from - position)?;
            position = extent.from;
            file.seek(SeekFrom::Start(position)).map_err(&failed)?;
            let end = extent.to.min(bytes);
            while position < end {
                let count = clamp(end - position, chunk.len());
                reader.read_exact(&mut chunk[..count])?;
                file.write_all(&chunk[..count]).map_err(&failed)?;
                position += count as u64;
            }
        }
        Ok(file)
    }

    /// Reads it from the beginning.
    pub fn reader(&self) -> Result<Reader> {
        let read = Error::read(&self.path);
        let file = File::open(&self.path).map_err(&read)?;
        let source = unpack(self.packing, file).map_err(&read)?;
        Ok(Reader { path: self.path.clone(), packing: self.packing, source })
    }
}

/// An image that is read from its beginning to its end.
pub struct Reader {
    path: PathBuf,
    packing: Packing,
    source: Box<dyn Read + Send>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reader").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Reader {
    /// Leaves bytes out.
    pub fn skip(&mut self, bytes: u64) -> Result<()> {
        match io::copy(&mut self.source.by_ref().take(bytes), &mut io::sink()) {
            Ok(count) if count == bytes => Ok(()),
            Ok(_) => Err(self.changed()),
            Err(error) => Err(broken(&self.path, self.packing, error)),
        }
    }

    /// Fills the buffer.
    pub fn read_exact(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.source.read_exact(buffer).map_err(|error| broken(&self.path, self.packing, error))
    }

    /// It is not what it was when it was looked through.
    pub fn changed(&self) -> Error {
        Error::Image { path: self.path.clone(), detail: "it was changed while it was being written".into() }
    }
}

/// One pass over the bytes of an image.
struct Pass<'p> {
    path: &'p Path,
    map: Option<BlockMap>,
    position: u64,
    whole: Sha256,
    /// The range that the position is in or before, and its hash so far.
    range: usize,
    hash: Sha256,
    extents: Vec<Extent>,
}

impl<'p> Pass<'p> {
    fn new(path: &'p Path, map: Option<BlockMap>) -> Self {
        let (whole, hash) = (Sha256::new(), Sha256::new());
        Self { path, map, position: 0, whole, range: 0, hash, extents: Vec::new() }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.whole.update(bytes);
        while let Some(map) = self.map.as_ref().filter(|_| !bytes.is_empty()) {
            let Some(range) = map.ranges.get(self.range) else { break };
            let from = range.first * map.block_bytes;
            let to = ((range.last + 1) * map.block_bytes).min(map.image_bytes);
            let before = clamp(from.saturating_sub(self.position), bytes.len());
            bytes = &bytes[before..];
            self.position += before as u64;
            let inside = if self.position < from { 0 } else { clamp(to - self.position, bytes.len()) };
            self.hash.update(&bytes[..inside]);
            bytes = &bytes[inside..];
            self.position += inside as u64;
            if self.position == to {
                let sha256: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
                if sha256 != range.sha256 {
                    let (first, last) = (range.first, range.last);
                    return Err(Error::Mismatch { path: self.path.to_owned(), first, last });
                }
                self.extents.push(Extent { from, to, sha256 });
                self.range += 1;
            }
        }
        self.position += bytes.len() as u64;
        Ok(())
    }

    /// Size and hash of the image, and what has to be written.
    fn finish(mut self) -> Result<(u64, String, Vec<Extent>)> {
        let wrong = |detail: String| Error::Image { path: self.path.to_owned(), detail };
        if self.position == 0 {
            return Err(wrong("it is empty".into()));
        }
        let sha256: [u8; 32] = self.whole.finalize().into();
        match &self.map {
            Some(map) if map.image_bytes != self.position => Err(wrong(format!(
                "it has {} bytes; its block map says {}: it was cut off, or they are of different builds",
                self.position, map.image_bytes
            ))),
            Some(_) => Ok((self.position, hex::encode(sha256), self.extents)),
            None => {
                self.extents.push(Extent { from: 0, to: self.position, sha256 });
                Ok((self.position, hex::encode(sha256), self.extents))
            }
        }
    }
}

fn clamp(count: u64, length: usize) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).min(length)
}

fn read_map(path: &Path) -> Result<BlockMap> {
    let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
    block_map::parse(path, &text)
}

fn broken(path: &Path, packing: Packing, error: io::Error) -> Error {
    match packing {
        Packing::None => Error::Read { path: path.to_owned(), source: error },
        _ => Error::Image { path: path.to_owned(), detail: format!("it cannot be unpacked: {error}") },
    }
}

/// Told by the first bytes, not by the name.
fn packing(path: &Path) -> Result<Packing> {
    let mut magic = Vec::new();
    let file = File::open(path).map_err(Error::read(path))?;
    file.take(6).read_to_end(&mut magic).map_err(Error::read(path))?;
    let refused = |detail: &str| Err(Error::Image { path: path.to_owned(), detail: detail.into() });
    match magic.as_slice() {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Ok(Packing::Zstd),
        [0x1f, 0x8b, ..] => Ok(Packing::Gzip),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => refused("it is packed with xz; unpack it with `xz -d` first"),
        [b'P', b'K', 3, 4, ..] => refused("it is a ZIP archive; unpack it first"),
        b"<?xml " => refused("it is a block map or another XML file, no image"),
        _ => Ok(Packing::None),
    }
}

fn unpack<'a>(packing: Packing, file: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match packing {
        Packing::None => Box::new(file),
        Packing::Gzip => Box::new(MultiGzDecoder::new(file)),
        Packing::Zstd => Box::new(zstd::Decoder::new(file)?),
    })
}

/// Says how much of it was read.
struct Counted<'p, R> {
    inner: R,
    count: u64,
    progress: &'p (dyn Fn(u64) + Sync),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += read as u64;
        (self.progress)(self.count);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn open(file: &tempfile::NamedTempFile) -> Result<Image> {
        Image::open(file.path(), None, &|_| ())
    }

    #[test]
    fn packed_or_not_it_is_the_same_image() {
        let bytes: Vec<u8> = (0..3_000_000u32).map(|at| (at / 1000) as u8).collect();
        let plain = open(&file(&bytes)).unwrap();
        // Two frames, as several tools write them.
        let (one, two) = bytes.split_at(1_000_000);
        let frames = [zstd::encode_all(one, 0).unwrap(), zstd::encode_all(two, 0).unwrap()].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&bytes).unwrap();
        for packed in [frames, gzip.finish().unwrap()] {
            let packed = file(&packed);
            let image = open(&packed).unwrap();
            assert_eq!((image.bytes, &image.sha256), (plain.bytes, &plain.sha256));
            let mut reader = image.reader().unwrap();
            let mut some = [0; 10];
            reader.skip(999_995).unwrap();
            reader.read_exact(&mut some).unwrap();
            assert_eq!(some, bytes[999_995..1_000_005]);
        }
    }

    #[test]
    fn what_is_no_image_is_refused_before_a_card_is_touched() {
        for (bytes, says) in [
            (&b""[..], "empty"),
            (b"\xfd7zXZ\0....", "xz -d"),
            (b"PK\x03\x04....", "ZIP"),
            (b"\x28\xb5\x2f\xfd....", "cannot be unpacked"),
            (b"<?xml version", "block map"),
        ] {
            let error = open(&file(bytes)).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
