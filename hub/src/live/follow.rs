//! One task of a hub reads what is new, in the order of the ids, and tells those who are connected. Nothing is asked
//! of the database while nobody is.

use std::time::Duration;

use super::Live;
use crate::error::chain;
use crate::ident::MINUTE;
use crate::store::changes::Changes;
use crate::store::{Store, pushes};

/// Rows that are read at once.
const BATCH: i64 = 1000;
/// Between two looks: what happens meanwhile is read together.
const GATHER: Duration = Duration::from_millis(10);
/// After the database has failed.
const AGAIN: Duration = Duration::from_secs(1);
/// How long rows are kept: a device that was away longer looks at everything.
pub const KEEP: crate::ident::Millis = 24 * 60 * MINUTE;

/// Follows the database for ever, from an id on.
pub async fn run(live: &Live, store: &Store, mut last: i64) {
    let mut changes = Changes::of(store);
    loop {
        while live.is_empty() {
            live.arrived.notified().await;
        }
        loop {
            match pushes::after(store, last, BATCH).await {
                Ok(new) => {
                    for push in &new {
                        live.tell(push);
                        last = push.id;
                    }
                    if i64::try_from(new.len()).is_ok_and(|count| count < BATCH) {
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(error = chain(&error), "cannot read what screens have to be told");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        tokio::time::sleep(GATHER).await;
        changes.wait().await;
    }
}
