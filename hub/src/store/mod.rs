//! All SQL of the hub, one file per table, and the connection to the database.
//!
//! Portable SQL only: what is particular to SQLite is in this file. Functions that are part of a larger change
//! take the transaction's connection; reads that stand alone take the [`Store`].

pub mod accounts;
pub mod audit;
pub mod content;
pub mod devices;
pub mod operators;
pub mod playlists;
pub mod settings;
pub mod tokens;

use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, SqlitePool};

use crate::data_dir::DataDir;
use crate::{Error, Result};

/// Connections that read at the same time.
const READERS: u32 = 8;

/// A connection inside a transaction.
pub type Connection = SqliteConnection;

/// A change that happens as a whole or not at all.
pub type Transaction = sqlx::Transaction<'static, Sqlite>;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    /// One connection: writers queue for it in order, where SQLite's own lock goes to whoever asks at the right
    /// moment. A change must not start another inside it: that one would wait in vain.
    writer: SqlitePool,
}

impl Store {
    /// Opens the database of a data directory and brings it up to date.
    pub async fn open(directory: &DataDir) -> Result<Self> {
        let path = directory.database();
        // SQLite would let everybody read; its side files take over the mode of this one.
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::file("open the database", &path))?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL, since a sequence number that a device has seen must not be given twice after a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // The commands and the server share the file; a writer waits for the other.
            .busy_timeout(Duration::from_secs(10));
        let pool = async |size, options| {
            let pool = SqlitePoolOptions::new().max_connections(size).connect_with(options).await;
            pool.map_err(Error::database("opening hub.db in the data directory"))
        };
        let writer = pool(1, options.clone()).await?;
        sqlx::migrate!().run(&writer).await.map_err(|source| Error::Migrate { path, source })?;
        Ok(Self { readers: pool(READERS, options).await?, writer })
    }

    /// Starts a change. IMMEDIATE takes the write lock at once: a transaction that reads first and writes later
    /// would fail, not wait, when another one wrote in between.
    pub async fn write(&self) -> Result<Transaction> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(Error::database("starting a change"))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>> {
        self.readers.acquire().await.map_err(Error::database("getting a connection"))
    }

    /// Finishes what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Makes a change last.
pub async fn commit(transaction: Transaction) -> Result<()> {
    transaction.commit().await.map_err(Error::database("finishing a change"))
}

/// A list in a column.
fn to_json(list: &[String]) -> Result<String> {
    serde_json::to_string(list).map_err(Error::json("a list"))
}

/// A list from a column.
fn from_json(text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text).map_err(|_| Error::Damaged { what: "list" })
}
