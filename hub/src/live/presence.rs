//! Which screens are connected, in the database, where the pages of every hub find it.
//!
//! Coming and going is gathered for half a second and written in one change, so that a fleet that is switched on
//! costs a few changes and not one for each screen. While a screen is connected its hub renews this every minute, in
//! few statements for all; a hub that dies leaves what ends by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use super::mailbox::End;
use super::{Live, lock};
use crate::error::chain;
use crate::ident::{self, MINUTE, Millis, SECOND};
use crate::store::pushes::{self, Topic};
use crate::store::{self, Store, presence};
use crate::{Result, device};

/// How often coming and going is written.
const GATHER: Duration = Duration::from_millis(500);
/// How often what goes on is renewed.
const RENEW: Duration = Duration::from_secs(60);
/// How long what was written holds without being renewed.
const HOLDS: Millis = 2 * MINUTE + 30 * SECOND;

/// What has not been written yet: who came (none) and who went, until when they count as connected.
#[derive(Debug, Default)]
pub struct Presence(HashMap<Arc<str>, Option<Millis>>);

impl Presence {
    /// A screen has come.
    pub(super) fn came(&mut self, device: &Arc<str>) {
        self.0.insert(Arc::clone(device), None);
    }

    /// A screen has gone. One that came and went in between was here all the same.
    pub(super) fn went(&mut self, device: &Arc<str>, until: Millis) {
        self.0.insert(Arc::clone(device), Some(until));
    }
}

/// Writes what happens for ever.
pub async fn run(live: &Live, store: &Store) {
    let mut gather = tokio::time::interval(GATHER);
    gather.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut renewed = tokio::time::Instant::now();
    loop {
        gather.tick().await;
        if let Err(error) = write(live, store, ident::now()).await {
            tracing::error!(error = chain(&error), "cannot note which screens are connected");
        }
        if renewed.elapsed() >= RENEW {
            renewed = tokio::time::Instant::now();
            if let Err(error) = renew(live, store, ident::now()).await {
                tracing::error!(error = chain(&error), "cannot note which screens are still connected");
            }
        }
    }
}

/// Writes who has come and gone since the last time. What could not be written is written the next time.
pub async fn write(live: &Live, store: &Store, now: Millis) -> Result<()> {
    let noted = std::mem::take(&mut lock(&live.presence).0);
    if noted.is_empty() {
        return Ok(());
    }
    let result = try_write(live, store, &noted, now).await;
    if result.is_err() {
        let mut presence = lock(&live.presence);
        for (device, what) in noted {
            if let Entry::Vacant(entry) = presence.0.entry(device) {
                entry.insert(what);
            }
        }
    }
    result
}

async fn try_write(
    live: &Live,
    store: &Store,
    noted: &HashMap<Arc<str>, Option<Millis>>,
    now: Millis,
) -> Result<()> {
    let all: Vec<&str> = noted.keys().map(|device| &**device).collect();
    let went: Vec<(&str, Millis)> =
        noted.iter().filter_map(|(device, until)| Some((&**device, (*until)?))).collect();
    let came: Vec<&str> =
        noted.iter().filter(|(_, until)| until.is_none()).map(|(device, _)| &**device).collect();
    let mut change = store.write().await?;
    presence::connected(&mut change, &live.hub, &came, now + HOLDS, now).await?;
    presence::disconnected(&mut change, &live.hub, &went).await?;
    for account in presence::accounts(&mut change, &all).await? {
        pushes::account(&mut change, &account, Topic::Screens, now).await?;
    }
    store::commit(change).await
}

/// Renews what was written of those who are connected. Those who are connected to another hub by now, or that the
/// hub no longer knows, are sent away.
pub async fn renew(live: &Live, store: &Store, now: Millis) -> Result<()> {
    let here: HashMap<Arc<str>, u64> =
        lock(&live.screens).iter().map(|(device, seat)| (Arc::clone(device), seat.number)).collect();
    if here.is_empty() {
        return Ok(());
    }
    // Whoever is in `here` is written by now, so another hub's name in the row is of a later connection.
    write(live, store, now).await?;
    let devices: Vec<&str> = here.keys().map(|device| &**device).collect();
    let mut connection = store.read().await?;
    for seat in presence::seats(&mut connection, &devices).await? {
        let Some(number) = here.get(seat.id.as_str()) else { continue };
        if seat.left_at.is_some() && device::answered(&mut connection, &seat.id, now).await?.is_none() {
            live.end(&seat.id, *number, End::Unknown);
        } else if seat.session.as_deref() != Some(&live.hub) {
            live.end(&seat.id, *number, End::Replaced);
        }
    }
    drop(connection);
    let mut change = store.write().await?;
    presence::renew(&mut change, &live.hub, &devices, now + HOLDS, now).await?;
    store::commit(change).await
}
