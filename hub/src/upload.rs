//! Uploads that survive a broken line, a restart and a power cut: bytes count once their piece is in the store and its
//! row in the database, so whichever hub gets the next request goes on from there.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use signage_protocol::problem::Code;

use crate::api_token::Actor;
use crate::blobs::{Blobs, Source};
use crate::content::{self, Entry};
use crate::ident::{self, DAY, Millis};
use crate::media::{self, HEAD_BYTES};
use crate::store::content::{self as contents, Content};
use crate::store::uploads::{self, Piece, Upload};
use crate::store::{self, Connection, Store, audit};
use crate::{Error, Result, folder};

/// Environment variable with the length of the largest file.
pub const MAX_SIZE: &str = "SIGNAGE_HUB_MAX_UPLOAD";
/// Largest file unless the variable says otherwise: 4 GiB, an hour of film at 9 Mbit/s.
const DEFAULT_SIZE: i64 = 4 << 30;
/// Unfinished uploads of an account.
const MAX_UNFINISHED: i64 = 100;
/// An upload is given up when nothing has come for so long.
pub const LIFETIME: Millis = 2 * DAY;
/// Bytes of a piece, which are in memory until it is stored.
const PIECE: usize = 8 << 20;
/// On a slow line a piece ends after so long, so that not much has to be sent again.
const PIECE_TIME: Duration = Duration::from_secs(15);
/// Longest silence of a sender, and the least that it sends in a second on average once it had time to begin.
const SILENCE: Duration = Duration::from_secs(20);
const SLOWEST: u64 = 1 << 10;
const START: Duration = Duration::from_secs(30);

/// What an upload may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a file.
    pub size: i64,
    /// Longest silence of a sender.
    pub silence: Duration,
}

impl Limits {
    /// As the environment says.
    pub fn from_environment() -> Result<Self> {
        let size = match std::env::var(MAX_SIZE) {
            Ok(text) => bytes(&text).ok_or_else(|| {
                Error::Invalid(format!("{MAX_SIZE} is a number of bytes such as 500M or 4G, not {text:?}"))
            })?,
            Err(_) => DEFAULT_SIZE,
        };
        Ok(Self { size, silence: SILENCE })
    }
}

/// A number of bytes with K, M, G or T behind it.
pub fn bytes(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, shift) = match text.char_indices().next_back()? {
        (at, 'K' | 'k') => (&text[..at], 10),
        (at, 'M' | 'm') => (&text[..at], 20),
        (at, 'G' | 'g') => (&text[..at], 30),
        (at, 'T' | 't') => (&text[..at], 40),
        _ => (text, 0),
    };
    let number: i64 = number.trim().parse().ok().filter(|number| *number >= 0)?;
    number.checked_mul(1 << shift)
}

/// A digest that the bytes of one request have to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// What every implementation of the protocol knows.
    Sha1(Vec<u8>),
    /// What is worth something.
    Sha256(Vec<u8>),
}

/// Begins an upload. Without a size the limit stands for it until all is there.
pub async fn create(
    store: &Store,
    actor: &Actor<'_>,
    entry: &Entry,
    size: Option<i64>,
    limits: &Limits,
    now: Millis,
) -> Result<Upload> {
    let path = folder::path(&entry.folder)?;
    let mut change = store.write().await?;
    let room = room(&mut change, actor.account).await?;
    let size = size.unwrap_or_else(|| limits.size.min(room.unwrap_or(i64::MAX)));
    if size < 1 {
        return Err(Error::Invalid("the file has no bytes".into()));
    }
    if size > limits.size {
        let detail = format!("the file has {size} bytes; this hub takes at most {}", limits.size);
        return Err(Error::refused(413, Code::ApiInvalid, detail));
    }
    if let Some(room) = room.filter(|room| size > *room) {
        let detail = format!(
            "the file has {size} bytes; the account has room for {room} more. Remove content, or have the limit raised"
        );
        return Err(Error::refused(413, Code::ApiInvalid, detail));
    }
    if uploads::unfinished(&mut change, actor.account).await? >= MAX_UNFINISHED {
        let detail = format!("{MAX_UNFINISHED} uploads are unfinished; finish or cancel some first");
        return Err(Error::Refused { status: 429, code: Code::ApiInvalid, detail, retry_after: Some(60) });
    }
    let upload = Upload {
        id: ident::new("upl")?,
        account: actor.account.to_owned(),
        created_by: actor.id.to_owned(),
        title: entry.title.as_deref().and_then(folder::title).unwrap_or_default(),
        folder: path,
        size,
        received: 0,
        content: None,
        created_at: now,
        expires_at: now + LIFETIME,
    };
    uploads::insert(&mut change, &upload).await?;
    store::commit(change).await?;
    Ok(upload)
}

/// Bytes that an account may still add, if there is a limit.
async fn room(connection: &mut Connection, account: &str) -> Result<Option<i64>> {
    let Some(limit) = contents::limit(connection, account).await? else { return Ok(None) };
    Ok(Some((limit - contents::total(connection, account).await?).max(0)))
}

/// Takes bytes of an upload as they come, from where it stands. Whatever has arrived when the sender falls silent or
/// breaks off counts, unless there is a checksum: then all of it counts or nothing. Answers where it stands now.
pub async fn append<E: std::fmt::Display>(
    store: &Store,
    blobs: &Blobs,
    upload: &Upload,
    mut body: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    checksum: Option<&Checksum>,
    limits: &Limits,
) -> Result<Upload> {
    let lease = ident::new("lease")?;
    let mut change = store.write().await?;
    uploads::take(&mut change, &upload.id, &lease).await?;
    store::commit(change).await?;

    let mut writer = Writer {
        store,
        blobs,
        lease: &lease,
        upload: upload.clone(),
        held: Vec::new(),
        holds: checksum.is_some(),
    };
    let (mut piece, mut length, mut total) = (Vec::new(), 0usize, 0u64);
    let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
    let (begin, mut piece_begin) = (Instant::now(), Instant::now());
    let broken = loop {
        let chunk = match tokio::time::timeout(limits.silence, body.next()).await {
            Err(_) => break Some(late()),
            Ok(None) => break None,
            Ok(Some(Err(error))) => {
                let detail = format!("the upload broke off after {total} bytes: {error}");
                break Some(Error::refused(400, Code::ApiInvalid, detail));
            }
            Ok(Some(Ok(chunk))) => chunk,
        };
        total += chunk.len() as u64;
        if writer.upload.received + (length + chunk.len()) as i64 > upload.size {
            return Err(Error::refused(
                413,
                Code::ApiInvalid,
                format!("more than the {} bytes that were announced", upload.size),
            ));
        }
        if checksum.is_some() {
            sha1.update(&chunk);
            sha256.update(&chunk);
        }
        length += chunk.len();
        piece.push(chunk);
        if length >= PIECE || piece_begin.elapsed() > PIECE_TIME {
            writer.put(std::mem::take(&mut piece), length).await?;
            (length, piece_begin) = (0, Instant::now());
        }
        if begin.elapsed() > START && total / begin.elapsed().as_secs().max(1) < SLOWEST {
            break Some(late());
        }
    };
    if length > 0 {
        writer.put(piece, length).await?;
    }
    if let (Some(checksum), None) = (checksum, &broken) {
        let right = match checksum {
            Checksum::Sha1(wanted) => sha1.finalize().as_slice() == wanted.as_slice(),
            Checksum::Sha256(wanted) => sha256.finalize().as_slice() == wanted.as_slice(),
        };
        if !right {
            let detail = "the bytes do not have the checksum that was sent with them; send them again";
            return Err(Error::refused(460, Code::ApiInvalid, detail));
        }
        writer.holds = false;
        for piece in std::mem::take(&mut writer.held) {
            writer.count(&piece).await?;
        }
    }
    match broken {
        Some(error) => Err(error),
        None => Ok(writer.upload),
    }
}

fn late() -> Error {
    Error::refused(408, Code::HubError, "the upload came too slowly; go on from where it stands")
}

struct Writer<'a> {
    store: &'a Store,
    blobs: &'a Blobs,
    lease: &'a str,
    upload: Upload,
    held: Vec<Piece>,
    holds: bool,
}

impl Writer<'_> {
    async fn put(&mut self, bytes: Vec<Bytes>, length: usize) -> Result<()> {
        let held: i64 = self.held.iter().map(|piece| piece.size).sum();
        let first = self.upload.received + held;
        // The lease makes the name one that is used once.
        let name = format!("{}/{first:014}-{}", self.upload.id, self.lease);
        self.blobs.put_piece(&name, bytes).await?;
        let piece = Piece { first, size: length as i64, name };
        if self.holds {
            self.held.push(piece);
            return Ok(());
        }
        self.count(&piece).await
    }

    async fn count(&mut self, piece: &Piece) -> Result<()> {
        let now = ident::now();
        let mut change = self.store.write().await?;
        if !uploads::add_piece(&mut change, &self.upload, self.lease, piece, now + LIFETIME).await? {
            return Err(Error::Conflict("another request goes on with this upload".into()));
        }
        store::commit(change).await?;
        self.upload.received = piece.first + piece.size;
        Ok(())
    }
}

/// Gives an upload up early whose first bytes are those of no file that a screen can show.
pub async fn check(store: &Store, blobs: &Blobs, upload: &Upload) -> Result<()> {
    let pieces = uploads::pieces(store, &upload.id).await?;
    let known: i64 = pieces.iter().map(|piece| piece.size).sum();
    if known < HEAD_BYTES as i64 {
        return Ok(());
    }
    let head = blobs.head(&Source::Pieces(pieces.into_iter().map(|piece| piece.name).collect())).await?;
    if media::recognise(&head).is_some() {
        return Ok(());
    }
    give_up(store, blobs, &upload.id).await?;
    Err(content::unplayable(upload.name()))
}

/// Says that an upload that began without a size has all its bytes.
pub async fn close(store: &Store, upload: &Upload) -> Result<Upload> {
    if upload.received == 0 {
        return Err(Error::Invalid("the file has no bytes".into()));
    }
    let mut change = store.write().await?;
    uploads::set_size(&mut change, &upload.id, upload.received).await?;
    store::commit(change).await?;
    Ok(Upload { size: upload.received, ..upload.clone() })
}

/// Makes content of an upload that is whole. Doing so twice does no harm. One that no screen could show is refused and
/// given up.
pub async fn finish(store: &Store, blobs: &Blobs, upload: &Upload, now: Millis) -> Result<Content> {
    if let Some(content) = &upload.content {
        return contents::by_id(store, &upload.account, content).await;
    }
    let pieces = uploads::pieces(store, &upload.id).await?;
    let mut end = 0;
    for piece in &pieces {
        if piece.first != end {
            return Err(Error::Damaged { what: "upload" });
        }
        end += piece.size;
    }
    if end != upload.size {
        return Err(Error::Conflict(format!("{end} of {} bytes have arrived", upload.size)));
    }
    let source = Source::Pieces(pieces.into_iter().map(|piece| piece.name).collect());
    let actor = Actor { account: &upload.account, id: &upload.created_by };
    let entry = Entry { title: Some(upload.title.clone()), folder: upload.folder.clone() };
    let made =
        content::take(store, blobs, &actor, source, upload.name(), &entry, Some(&upload.id), now).await;
    match made {
        Ok(content) => {
            blobs.remove_pieces(&upload.id).await?;
            Ok(content)
        }
        Err(error @ (Error::Invalid(_) | Error::Field { .. })) => {
            give_up(store, blobs, &upload.id).await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Ends an upload; what it became stays.
pub async fn cancel(store: &Store, blobs: &Blobs, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let upload = uploads::find(&mut change, actor.account, id).await?;
    if upload.content.is_none() {
        audit::by(&mut change, actor, "upload.cancel", id, Some(&upload.title), now).await?;
    }
    uploads::delete(&mut change, id).await?;
    store::commit(change).await?;
    blobs.remove_pieces(id).await
}

async fn give_up(store: &Store, blobs: &Blobs, id: &str) -> Result<()> {
    let mut change = store.write().await?;
    uploads::delete(&mut change, id).await?;
    store::commit(change).await?;
    blobs.remove_pieces(id).await
}

/// Finishes what a crash left whole, gives up what has come to nothing, and removes pieces that nobody counts on: a
/// crash left them, or they came from a sender who did not know yet that the upload was over.
pub async fn tidy(store: &Store, blobs: &Blobs, now: Millis) -> Result<()> {
    for upload in uploads::whole(store).await? {
        if let Err(error) = finish(store, blobs, &upload, now).await {
            tracing::warn!(
                error = crate::error::chain(&error),
                upload = upload.id,
                "an upload was not finished"
            );
        }
    }
    for id in uploads::expired(store, now).await? {
        give_up(store, blobs, &id).await?;
    }
    // Not at once: a copy of this hub that is tried out beside it may share its bucket.
    for (id, last) in blobs.arriving().await? {
        if last < now - LIFETIME && !uploads::is_arriving(store, &id).await? {
            blobs.remove_pieces(&id).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_people_do() {
        for (text, number) in
            [("0", 0), ("10", 10), ("2K", 2048), ("500m", 500 << 20), ("4 G", 4 << 30), ("1T", 1 << 40)]
        {
            assert_eq!(bytes(text), Some(number), "{text}");
        }
        for text in ["", "G", "-1", "1.5G", "9999999999T", "1GB", "ü"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
