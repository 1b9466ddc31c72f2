//! The unit's provisioning file: put into the first FAT partition of a card, which a screen mounts as its boot
//! partition, and read back.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use fatfs::{FileSystem, FsOptions};
use fscommon::{BufStream, StreamSlice};
use signage_protocol::config::FILE_NAME;
use signage_stick::disk::{Extent, Reader};
use signage_stick::table::{self, Partition, Table};

use crate::image::Image;
use crate::writer::forget;
use crate::{Error, Result};

/// Writes the file to a card of `bytes` bytes that holds an image, and compares what comes back.
pub fn put(card: &mut File, path: &Path, bytes: u64, file: &[u8]) -> Result<()> {
    let extent = boot_partition(card, path, bytes)?;
    write(card, extent, file).map_err(Error::write(path))?;
    card.sync_all().map_err(Error::write(path))?;
    forget(card);
    match read(card, extent) {
        Ok(back) if back == file => Ok(()),
        Ok(_) => {
            Err(Error::Verify { path: path.to_owned(), from: extent.start, to: extent.start + extent.bytes })
        }
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
    }
}

/// Where the settings will go on a card with this image.
pub fn place(image: &Image) -> Result<Extent> {
    /// Boot partitions lie at the front.
    const FRONT: u64 = 256 << 20;
    boot_partition(&mut image.front(FRONT)?, image.path(), image.bytes)
}

/// Where the settings go: the first partition with a FAT file system.
pub fn boot_partition(card: &mut File, path: &Path, bytes: u64) -> Result<Extent> {
    let missing = |detail: &str| Error::BootPartition { path: path.to_owned(), detail: detail.into() };
    let table = table::read(&mut Reader::new(&mut *card, bytes)).map_err(Error::read(path))?;
    let partitions = match table {
        Table::Partitions(partitions) => partitions,
        Table::Damaged => return Err(missing("its partition table is damaged")),
        Table::None => return Err(missing("it has no partition table")),
    };
    // What was wrong with the first that says it is one.
    let mut doubt = None;
    for Partition { number, extent } in partitions {
        let Err(error) = volume(card, extent).map(drop) else { return Ok(extent) };
        if says_fat(card, extent) {
            doubt.get_or_insert_with(|| {
                format!("the FAT file system of partition {number} is not sound: {error}")
            });
        }
    }
    Err(missing(doubt.as_deref().unwrap_or("it has no FAT partition that could take the settings")))
}

/// Whether the boot sector names the file system.
fn says_fat(card: &mut File, extent: Extent) -> bool {
    let mut sector = [0; 512];
    let read = card.seek(SeekFrom::Start(extent.start)).and_then(|_| card.read_exact(&mut sector));
    read.is_ok() && (sector[54..].starts_with(b"FAT") || sector[82..].starts_with(b"FAT"))
}

type Volume<'c> = FileSystem<BufStream<StreamSlice<&'c mut File>>>;

fn volume(card: &mut File, extent: Extent) -> io::Result<Volume<'_>> {
    let slice = StreamSlice::new(card, extent.start, extent.start + extent.bytes)?;
    FileSystem::new(BufStream::new(slice), FsOptions::new())
}

fn write(card: &mut File, extent: Extent, content: &[u8]) -> io::Result<()> {
    let volume = volume(card, extent)?;
    {
        let mut file = volume.root_dir().create_file(FILE_NAME)?;
        file.truncate()?;
        file.write_all(content)?;
        file.flush()?;
    }
    volume.unmount()
}

fn read(card: &mut File, extent: Extent) -> io::Result<Vec<u8>> {
    let volume = volume(card, extent)?;
    let mut content = Vec::new();
    volume.root_dir().open_file(FILE_NAME)?.read_to_end(&mut content)?;
    Ok(content)
}
