//! Removes files of the store that nothing needs any more.
//!
//! A file goes when no content has it and nobody stored it or let it go for a while. The decision and the removal
//! happen in one change of the database, and whoever stores a file touches its row in a change before: so a file is
//! never removed between somebody finding it there and naming it. The while is long enough for whoever read a document
//! with a digest in it, or copies the store: see [`crate::backup`].

use std::time::Duration;

use crate::blobs::Blobs;
use crate::ident::{DAY, Millis};
use crate::store::{self, Store, blobs as rows};
use crate::{Error, Result};

/// How long a file stays that nothing needs.
pub const GRACE: Millis = 3 * DAY;
/// Files in one change: others wait for it.
const BATCH: i64 = 20;
/// How long removing one may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Removes what nothing has needed for `grace`; answers how many files those were.
pub async fn run(store: &Store, blobs: &Blobs, grace: Millis, now: Millis) -> Result<usize> {
    let mut removed = 0;
    loop {
        let mut change = store.write().await?;
        let orphans = rows::orphans(&mut change, now - grace, BATCH).await?;
        if orphans.is_empty() {
            return Ok(removed);
        }
        for sha256 in &orphans {
            // Everybody waits for this change: a store that does not answer is tried again later.
            let removed = tokio::time::timeout(PATIENCE, blobs.remove(sha256)).await;
            removed.unwrap_or_else(|_| {
                Err(Error::Conflict("the store takes too long to remove a file".into()))
            })?;
            rows::forget(&mut change, sha256).await?;
        }
        store::commit(change).await?;
        removed += orphans.len();
    }
}
