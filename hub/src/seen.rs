//! Which screens have shown themselves: noted many at a time.
//!
//! A fleet that is told of something new asks for it in the same moment, and a change costs a write that reaches the
//! disk. So who comes while another change is being written waits for it and is then noted together with all others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::Result;
use crate::ident::Millis;
use crate::store::devices::{self, Device};
use crate::store::{self, Store};

/// Screens that are noted in one change.
const BATCH: usize = 256;

/// Screens that are to be noted.
#[derive(Debug, Default)]
pub struct Seen {
    waiting: Mutex<HashMap<String, (Millis, Option<String>)>>,
    writing: tokio::sync::Mutex<()>,
}

impl Seen {
    /// Notes that a screen has shown itself, and from where, unless that was noted just now.
    pub async fn note(
        &self,
        store: &Store,
        device: &Device,
        address: Option<String>,
        now: Millis,
    ) -> Result<()> {
        if !devices::is_news(device, address.as_deref(), now) {
            return Ok(());
        }
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(device.id.clone(), (now, address));
        let _writing = self.writing.lock().await;
        let batch: Vec<_> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever wrote before may have written this one too.
            if !waiting.contains_key(&device.id) {
                return Ok(());
            }
            let others: Vec<String> =
                waiting.keys().filter(|id| **id != device.id).take(BATCH - 1).cloned().collect();
            let all = others.into_iter().chain([device.id.clone()]);
            all.filter_map(|id| waiting.remove_entry(&id)).collect()
        };
        let mut change = store.write().await?;
        for (id, (at, address)) in &batch {
            devices::seen(&mut change, id, address.as_deref(), *at).await?;
        }
        store::commit(change).await
    }
}
