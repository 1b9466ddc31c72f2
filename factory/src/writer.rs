//! One card: written, read back, and only then bootable.
//!
//! The first bytes, which hold the partition table, are written last. A card that is pulled out before, or whose
//! writer loses power, is an empty one for every board.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::image::{CHUNK, Extent, Image};
use crate::{Error, Result};

/// What is kept back until the rest is proven.
const HEAD: u64 = CHUNK as u64;
/// A copy of an earlier partition table lies at the very end of a card.
const TAIL: u64 = 64 * 512;

/// What is being done with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes go to the card.
    Writing,
    /// Bytes come back from it.
    Verifying,
}

/// Brings the image onto an open card of `bytes` bytes and reads it back. `progress` is told every so many bytes.
pub fn write(
    image: &Image,
    card: &mut File,
    path: &Path,
    bytes: u64,
    progress: &dyn Fn(Step, u64),
) -> Result<()> {
    if bytes < image.bytes {
        return Err(Error::TooSmall { path: path.to_owned(), bytes, needed: image.bytes });
    }
    let failed = Error::write(path);
    let head_bytes = usize::try_from(HEAD.min(image.bytes)).unwrap_or(CHUNK);
    let nothing = vec![0; head_bytes];
    put(card, 0, &nothing).map_err(&failed)?;
    if bytes - image.bytes >= TAIL {
        put(card, bytes - TAIL, &[0; TAIL as usize]).map_err(&failed)?;
    }
    card.sync_data().map_err(&failed)?;

    let mut head = nothing;
    let mut reader = image.reader()?;
    let mut position = 0;
    let mut chunk = vec![0; CHUNK];
    for extent in &image.extents {
        reader.skip(extent.from - position)?;
        position = extent.from;
        let mut hash = Sha256::new();
        while position < extent.to {
            let piece = &mut chunk[..length(position, extent.to)];
            reader.read_exact(piece)?;
            hash.update(&*piece);
            // Of the first bytes, only those beyond the head are written now.
            let kept = length(position, HEAD).min(piece.len());
            if position < HEAD {
                let at = position as usize;
                head[at..at + kept].copy_from_slice(&piece[..kept]);
                put(card, HEAD, &piece[kept..]).map_err(&failed)?;
            } else {
                put(card, position, piece).map_err(&failed)?;
            }
            position += piece.len() as u64;
            progress(Step::Writing, piece.len() as u64);
        }
        if hash.finalize().as_slice() != extent.sha256 {
            return Err(reader.changed());
        }
    }
    card.sync_all().map_err(&failed)?;
    forget(card);
    for extent in &image.extents {
        read_back(card, path, *extent, &head, progress)?;
    }

    put(card, 0, &head).map_err(&failed)?;
    card.sync_all().map_err(&failed)?;
    forget(card);
    let mut back = vec![0; head.len()];
    get(card, 0, &mut back).map_err(Error::read(path))?;
    if back != head {
        return Err(Error::Verify { path: path.to_owned(), from: 0, to: HEAD });
    }
    Ok(())
}

/// Compares what is on the card with what was written, the head apart, which is not on it yet.
fn read_back(
    card: &mut File,
    path: &Path,
    extent: Extent,
    head: &[u8],
    progress: &dyn Fn(Step, u64),
) -> Result<()> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut position = extent.from;
    while position < extent.to {
        let piece = &mut chunk[..length(position, extent.to)];
        get(card, position, piece).map_err(Error::read(path))?;
        if position < HEAD {
            let (at, kept) = (position as usize, length(position, HEAD).min(piece.len()));
            piece[..kept].copy_from_slice(&head[at..at + kept]);
        }
        hash.update(&*piece);
        position += piece.len() as u64;
        progress(Step::Verifying, piece.len() as u64);
    }
    match hash.finalize().as_slice() == extent.sha256 {
        true => Ok(()),
        false => Err(Error::Verify { path: path.to_owned(), from: extent.from, to: extent.to }),
    }
}

/// How much to take at once on the way to `end`; nothing when it is passed.
fn length(position: u64, end: u64) -> usize {
    usize::try_from(end.saturating_sub(position)).unwrap_or(CHUNK).min(CHUNK)
}

fn put(card: &mut File, at: u64, bytes: &[u8]) -> std::io::Result<()> {
    card.seek(SeekFrom::Start(at))?;
    card.write_all(bytes)
}

fn get(card: &mut File, at: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    card.seek(SeekFrom::Start(at))?;
    card.read_exact(bytes)
}

/// What is still in memory proves nothing about the card.
pub(crate) fn forget(card: &File) {
    let _ = rustix::fs::fadvise(card, 0, None, rustix::fs::Advice::DontNeed);
}
