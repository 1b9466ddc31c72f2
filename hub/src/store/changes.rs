//! How a hub learns that the database has changed, by itself, by a command or by another hub.
//!
//! | database | by this process | by another |
//! |---|---|---|
//! | SQLite | at once | `PRAGMA data_version`, which costs microseconds, a few times a second |
//! | PostgreSQL | at once | NOTIFY, which comes with the commit |
//!
//! It may say so too often, never too rarely for long: whoever waits looks again after [`AT_LEAST`] at the latest.

use std::sync::LazyLock;
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::{Connection, Kind, Store};
use crate::error::chain;
use crate::{Error, Result};

/// How often a file is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Even when nothing says that there is something new.
const AT_LEAST: Duration = Duration::from_secs(5);
/// Of PostgreSQL's notifications.
const CHANNEL: &str = "signage_push";

/// Changes of this process, of whichever store: a test has several, and looking once too often does no harm.
static COMMITTED: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::Sender::new(()));

/// Tells this process that a change was made.
pub(super) fn committed() {
    COMMITTED.send_replace(());
}

/// Tells the other hubs of a change, once it is made. For a change that screens or pages have to hear of.
pub(super) async fn announce(connection: &mut Connection) -> Result<()> {
    if connection.backend_name() == "PostgreSQL" {
        let notify = sqlx::AssertSqlSafe(format!("SELECT pg_notify('{CHANNEL}', '')"));
        connection.execute(notify).await.map_err(Error::database("telling other hubs"))?;
    }
    Ok(())
}

/// Waits for changes of a store.
#[derive(Debug)]
pub struct Changes {
    store: Store,
    own: watch::Receiver<()>,
    others: Option<Others>,
}

#[derive(Debug)]
enum Others {
    Sqlite { connection: AnyConnection, version: i64 },
    Postgres(Box<PgListener>),
}

impl Changes {
    /// Changes from now on.
    pub fn of(store: &Store) -> Self {
        Self { store: store.clone(), own: COMMITTED.subscribe(), others: None }
    }

    /// Returns when something may have changed since the last time.
    pub async fn wait(&mut self) {
        let started = Instant::now();
        if self.others.is_none() {
            match Others::of(&self.store).await {
                // What came before this connection is found by looking now.
                Ok(others) => {
                    self.others = Some(others);
                    return;
                }
                Err(error) => tracing::warn!(error = chain(&error), "changes by others are noticed late"),
            }
        }
        let others = async {
            match &mut self.others {
                Some(others) => others.changed().await,
                None => std::future::pending().await,
            }
        };
        let lost = tokio::select! {
            _ = self.own.changed() => false,
            alive = timeout(AT_LEAST, others) => alive == Ok(false),
            () = sleep(AT_LEAST) => false,
        };
        if lost {
            self.others = None;
            // No faster than this, should the database be away.
            tokio::time::sleep_until(started + LOOK).await;
        }
    }
}

impl Others {
    async fn of(store: &Store) -> Result<Self> {
        let failed = Error::database("listening for changes");
        match store.pools.kind {
            Kind::Sqlite => {
                let mut connection =
                    AnyConnection::connect(store.pools.url.expose()).await.map_err(failed)?;
                let version = data_version(&mut connection).await?;
                Ok(Self::Sqlite { connection, version })
            }
            Kind::Postgres => {
                let listening = async {
                    let mut listener = PgListener::connect(store.pools.url.expose()).await?;
                    listener.listen(CHANNEL).await?;
                    Ok(listener)
                };
                Ok(Self::Postgres(Box::new(listening.await.map_err(failed)?)))
            }
        }
    }

    /// Returns when somebody has changed something; false when that can no longer be told.
    async fn changed(&mut self) -> bool {
        match self {
            Self::Sqlite { connection, version } => loop {
                sleep(LOOK).await;
                match data_version(connection).await {
                    Ok(now) if now == *version => {}
                    Ok(now) => {
                        *version = now;
                        return true;
                    }
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "cannot look for changes");
                        return false;
                    }
                }
            },
            // None: the connection was lost.
            Self::Postgres(listener) => matches!(listener.try_recv().await, Ok(Some(_))),
        }
    }
}

/// Changes whenever another connection has changed the file.
async fn data_version(connection: &mut AnyConnection) -> Result<i64> {
    let version: i32 = sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(connection)
        .await
        .map_err(Error::database("looking for changes"))?;
    Ok(version.into())
}
