//! Removes files of the store that nothing needs any more, and stores files so that none of them is removed meanwhile.
//!
//! A file goes when no content has it and nobody stored it or let it go for a while. Nobody waits for a file to be
//! removed: a first change takes some files, then they are removed, and a last change forgets them. Whoever stores a
//! file notes that before, and waits while somebody is removing that very file; and whoever then names the file looks,
//! in the same change, whether it has been there since. So no file is named that is gone, however the two meet.
//!
//! The while is long enough for whoever read a document with a digest in it, or copies the store: see [`crate::backup`].

use std::time::{Duration, Instant};

use signage_protocol::problem::Code;

use crate::blobs::{Blobs, Source, Stored};
use crate::ident::{self, DAY, MINUTE, Millis};
use crate::store::{self, Connection, Store, blobs as rows};
use crate::{Error, Result};

/// How long a file stays that nothing needs.
pub const GRACE: Millis = 3 * DAY;
/// Files that are taken at once.
const BATCH: i64 = 20;
/// How long removing one may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long files are taken for; after that whoever took them has died. Nobody begins to remove one in the second half.
const TAKEN: Millis = 2 * MINUTE;
const BEGIN: Duration = Duration::from_secs(60);
/// How long somebody waits for a file that is being removed, and how often they look.
const WAIT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);
/// How often a file is stored again that was removed before it was named.
const TRIES: usize = 10;

/// Removes what nothing has needed for `grace`; answers how many files those were.
pub async fn run(store: &Store, blobs: &Blobs, grace: Millis, now: Millis) -> Result<usize> {
    let mut removed = 0;
    loop {
        let sweeper = ident::new("swp")?;
        let mut change = store.write().await?;
        let times = (now, now + TAKEN);
        let orphans = rows::take_orphans(&mut change, &sweeper, now - grace, times, BATCH).await?;
        store::commit(change).await?;
        if orphans.is_empty() {
            return Ok(removed);
        }
        let (gone, result) = remove(blobs, orphans).await;
        let mut change = store.write().await?;
        for sha256 in &gone {
            rows::forget(&mut change, sha256, &sweeper).await?;
        }
        rows::leave(&mut change, &sweeper).await?;
        store::commit(change).await?;
        removed += gone.len();
        result?;
    }
}

/// Removes files until one fails or the time is over; answers those that are gone.
async fn remove(blobs: &Blobs, orphans: Vec<String>) -> (Vec<String>, Result<()>) {
    let (begin, mut gone) = (Instant::now(), Vec::new());
    for sha256 in orphans {
        if begin.elapsed() > BEGIN {
            break;
        }
        // A store that does not answer is tried again later.
        match tokio::time::timeout(PATIENCE, blobs.remove(&sha256)).await {
            Ok(Ok(())) => gone.push(sha256),
            Ok(Err(error)) => return (gone, Err(error)),
            Err(_) => {
                let late = Error::Conflict("the store takes too long to remove a file".into());
                return (gone, Err(late));
            }
        }
    }
    (gone, Ok(()))
}

/// A file that was stored, and is to be named.
#[derive(Debug)]
pub struct Kept {
    /// What it is.
    pub stored: Stored,
    /// Bytes.
    pub size: i64,
    life: String,
}

impl Kept {
    /// Whether the file is there, and stays there when this change names it.
    pub async fn is_there(&self, change: &mut Connection) -> Result<bool> {
        rows::lives(change, &self.stored.sha256, &self.life).await
    }
}

/// Stores a file, to be named soon.
pub async fn keep(store: &Store, blobs: &Blobs, source: Source, now: Millis) -> Result<Kept> {
    let prepared = blobs.prepare(source).await?;
    let size =
        i64::try_from(prepared.stored.size).map_err(|_| Error::Invalid("the file is too large".into()))?;
    let begin = Instant::now();
    let life = loop {
        let waited = begin.elapsed();
        let mut change = store.write().await?;
        let at = now + i64::try_from(waited.as_millis()).unwrap_or(0);
        if let Some(life) = rows::touch(&mut change, &prepared.stored.sha256, size, at).await? {
            store::commit(change).await?;
            break life;
        }
        drop(change);
        if waited > WAIT {
            return Err(busy());
        }
        tokio::time::sleep(LOOK).await;
    };
    Ok(Kept { stored: blobs.keep(prepared).await?, size, life })
}

/// Stores a file and begins the change that names it.
pub async fn keep_for(
    store: &Store,
    blobs: &Blobs,
    source: &Source,
    now: Millis,
) -> Result<(Kept, store::Transaction)> {
    for _ in 0..TRIES {
        let kept = keep(store, blobs, source.clone(), now).await?;
        let mut change: store::Transaction = store.write().await?;
        if kept.is_there(&mut change).await? {
            return Ok((kept, change));
        }
    }
    Err(busy())
}

fn busy() -> Error {
    Error::Refused {
        status: 503,
        code: Code::HubBusy,
        detail: "an older copy of the same file is being removed at this moment; send it again in a while"
            .into(),
        retry_after: Some(60),
    }
}
