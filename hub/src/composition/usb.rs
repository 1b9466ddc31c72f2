//! A publication for a stick: the same document and the same files as over the network, which a screen verifies in the
//! same way.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::StreamExt as _;
use signage_protocol::document::{Blob, USB_BLOBS, USB_FOLDER, USB_MANIFEST};
use tokio::runtime::Handle;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::manifest::Cache;
use crate::api_token::Actor;
use crate::blobs::{Blobs, Bytestream};
use crate::data_dir::DataDir;
use crate::ident::Millis;
use crate::sight::Sight;
use crate::store::{self, Store, audit};
use crate::{Error, Result, device};

/// Largest file on FAT32.
const FAT32_FILE: u64 = u32::MAX as u64;
/// Largest cluster that `signage_stick` chooses, for every file may need one more.
const CLUSTER: u64 = 32_768;

/// What goes onto a stick.
#[derive(Debug, Clone)]
pub struct Bundle {
    blobs: Blobs,
    directory: DataDir,
    document: Arc<str>,
    files: Vec<Blob>,
}

/// What a screen shows now, for a stick. It is in the audit log, since it hands content out.
pub async fn bundle(
    store: &Store,
    cache: &Cache,
    (blobs, directory): (&Blobs, &DataDir),
    actor: &Actor<'_>,
    sight: &Sight,
    screen: &str,
    now: Millis,
) -> Result<Bundle> {
    let found = device::find(&mut *store.read().await?, actor.account, screen).await?;
    let manifest = cache.manifest(store, &found, |_| false).await?;
    let document = manifest.document.ok_or(Error::Damaged { what: "publication" })?;
    let common = cache.common(store, actor.account).await?;
    let groups = store::screen_groups::of(&mut *store.read().await?, &found.id).await?;
    let files: Vec<Blob> = common.publication(&found, &groups)?.blobs().into_iter().cloned().collect();
    sight.files(&files)?;
    let mut change = store.write().await?;
    audit::by(&mut change, actor, "publication.download", screen, None, now).await?;
    store::commit(change).await?;
    Ok(Bundle { blobs: blobs.clone(), directory: directory.clone(), document, files })
}

/// Bytes that are waited for.
struct Waiting {
    runtime: Handle,
    bytes: Bytestream,
    piece: Bytes,
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.bytes.next()) {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len());
        buffer[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

impl Bundle {
    /// Path and content of each file, the document last: a stick that was pulled out too early has none.
    fn each(&self, mut take: impl FnMut(&str, u64, &mut dyn Read) -> io::Result<()>) -> io::Result<()> {
        for blob in &self.files {
            let path = format!("{USB_FOLDER}/{USB_BLOBS}/{}", blob.sha256);
            take(&path, blob.size, &mut self.open(blob)?)?;
        }
        let path = format!("{USB_FOLDER}/{USB_MANIFEST}");
        take(&path, self.document.len() as u64, &mut self.document.as_bytes())
    }

    /// To be read where waiting is allowed: not on a thread that others wait for.
    fn open(&self, blob: &Blob) -> io::Result<impl Read> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        let bytes =
            runtime.block_on(self.blobs.read(&blob.sha256, 0..blob.size)).map_err(io::Error::other)?;
        Ok(Waiting { runtime, bytes, piece: Bytes::new() })
    }

    /// Writes a ZIP archive, file by file, without going back.
    pub fn zip(&self, output: impl Write) -> io::Result<()> {
        let mut archive = ZipWriter::new_stream(output);
        self.each(|path, size, content| {
            let options = SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Stored)
                .large_file(size > FAT32_FILE);
            archive.start_file(path, options).map_err(io::Error::other)?;
            io::copy(content, &mut archive).map(|_| ())
        })?;
        archive.finish().map_err(io::Error::other)?;
        Ok(())
    }

    /// Length of the image of a stick in bytes.
    pub fn image_bytes(&self) -> Result<u64> {
        if let Some(large) = self.files.iter().find(|blob| blob.size > FAT32_FILE) {
            return Err(Error::Invalid(format!(
                "{} has {} bytes, more than a file on FAT32 can have; take the ZIP and a stick with exFAT",
                large.sha256, large.size
            )));
        }
        let content: u64 = self.files.iter().map(|blob| blob.size.next_multiple_of(CLUSTER)).sum();
        // The tables take less than a hundredth; the folder of many files has clusters of its own.
        let names = self.files.len() as u64 * 256;
        let room = content + content / 64 + names + self.document.len() as u64 + (4 << 20);
        Ok((signage_stick::MIN_BYTES + room).next_multiple_of(1 << 20))
    }

    /// Writes a new file: an image when its name ends in `.img`, else a ZIP archive.
    pub fn write(&self, path: &std::path::Path) -> Result<()> {
        let failed = |source: io::Error| Error::Export { what: "stick", source };
        let bytes = self.image_bytes();
        let mut file = File::create_new(path).map_err(Error::file("create", path))?;
        if path.extension().is_none_or(|extension| extension != "img") {
            self.zip(&mut file).map_err(failed)?;
            return file.sync_all().map_err(Error::file("write", path));
        }
        let bytes = bytes?;
        file.set_len(bytes).map_err(failed)?;
        signage_stick::write_tree(&mut file, bytes, |volume| {
            self.each(|path, _, content| volume.add(path, content))
        })
        .map_err(failed)?;
        file.sync_all().map_err(Error::file("write", path))
    }

    /// Writes the image of a stick into a file of its own, which is gone with its last handle.
    pub fn image(&self) -> Result<File> {
        let incoming = self.directory.incoming();
        let mut file =
            tempfile::tempfile_in(&incoming).map_err(Error::file("create a file in", &incoming))?;
        let failed = |source: io::Error| Error::Export { what: "stick", source };
        let bytes = self.image_bytes()?;
        file.set_len(bytes).map_err(failed)?;
        signage_stick::write_tree(&mut file, bytes, |volume| {
            self.each(|path, _, content| volume.add(path, content))
        })
        .map_err(failed)?;
        Ok(file)
    }
}
