//! All SQL of the hub, one file per table, and the connection to the database.
//!
//! Portable SQL only, which SQLite and PostgreSQL both understand: what is particular to one of them is in this
//! file. Functions that are part of a larger change take the transaction's connection; reads that stand alone
//! take the [`Store`].

pub mod accounts;
pub mod alerts;
pub mod api_tokens;
pub mod audit;
pub mod blobs;
pub mod changes;
pub mod codes;
pub mod commands;
pub mod composed;
pub mod content;
pub mod content_folders;
pub mod device_logs;
pub mod devices;
pub mod doubts;
pub mod faults;
pub mod fleet;
pub mod folders;
pub mod groups;
pub mod idempotency;
pub mod identities;
pub mod invitations;
pub mod metrics;
pub mod operators;
pub mod overrides;
pub mod pairings;
pub mod playlists;
pub mod plays;
pub mod policies;
pub mod presence;
pub mod publications;
pub mod pushes;
pub mod reports;
pub mod screen_groups;
pub mod screens;
pub mod second_step;
pub mod settings;
pub mod sight;
pub mod tokens;
mod upgrade;
pub mod uploads;
pub mod wishes;
pub mod workspace;

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use signage_protocol::Secret;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Executor as _};

use crate::data_dir::DataDir;
use crate::vault::Vault;
use crate::{Error, Result};

/// Environment variable with the address of a PostgreSQL database.
pub const DATABASE_URL: &str = "SIGNAGE_HUB_DATABASE_URL";
/// Connections that read at the same time.
const READERS: u32 = 8;
/// Connections that write at the same time, where the database can do that.
const WRITERS: u32 = 8;
/// The commands and the server share the database; one waits for the other as long as this.
const BUSY: Duration = Duration::from_secs(10);

/// A connection inside a transaction.
pub type Connection = AnyConnection;

/// A change that happens as a whole or not at all.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// The database, and the key of its secrets.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    vault: Arc<Vault>,
}

/// Connections to the database.
#[derive(Debug, Clone)]
struct Pools {
    kind: Kind,
    readers: AnyPool,
    /// With SQLite one connection: writers queue for it in order, where SQLite's own lock goes to whoever asks at
    /// the right moment. A change must not start another inside it: that one would wait in vain.
    writers: AnyPool,
    /// Where the database is. It may hold a password.
    url: Secret,
}

impl Store {
    /// Opens the database of a data directory and brings it up to date: the PostgreSQL database that the
    /// environment or the file `database.url` of the directory names, else `hub.db`. `key` names the file with the key
    /// of its secrets, when it is not where [`crate::vault::key`] looks for it.
    pub async fn open(directory: &DataDir, key: Option<&Path>) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (kind, url) = match postgres(directory)? {
            Some(url) => (Kind::Postgres, url),
            None => (Kind::Sqlite, sqlite(directory)?),
        };
        let pools = Pools::connect(kind, &url).await?;
        let vault = Arc::new(upgrade::run(&pools, directory, key).await?);
        Ok(Self { pools, vault })
    }

    /// The SQLite database of a data directory, whatever the environment says: a copy of another one, with its key.
    pub async fn at(directory: &DataDir, of: &Self) -> Result<Self> {
        let pools = Pools::connect(Kind::Sqlite, &sqlite(directory)?).await?;
        Ok(Self { pools, vault: of.vault.clone() })
    }

    /// What seals and opens the secrets in it.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Starts a change, which sees what every earlier change has left and is seen by every later one: changes
    /// come one after the other, from however many hubs.
    pub async fn write(&self) -> Result<Transaction> {
        self.pools.write().await
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Any>> {
        self.pools.read().await
    }

    /// Writes the database, as it is in this moment, to a new file. Uploads that are not finished are left out, since
    /// their pieces come and go.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        if self.pools.kind == Kind::Postgres {
            let text = "the database is PostgreSQL; copy it with pg_dump, and the data directory beside it";
            return Err(Error::Invalid(text.into()));
        }
        let path = path.to_str().ok_or_else(|| Error::Invalid("the name of the copy is not UTF-8".into()))?;
        let mut connection = self.read().await?;
        sqlx::query("VACUUM INTO $1")
            .bind(path)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("copying the database"))?;
        forget_arriving(path).await.map_err(Error::database("finishing the copy of the database"))
    }

    /// Finishes what is under way and closes the database.
    pub async fn close(&self) {
        self.pools.readers.close().await;
        self.pools.writers.close().await;
    }
}

impl Pools {
    async fn connect(kind: Kind, url: &str) -> Result<Self> {
        let pool = async |size| {
            let options = AnyPoolOptions::new().max_connections(size).after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(sqlx::AssertSqlSafe(pragmas())).await?;
                    }
                    Ok(())
                })
            });
            options.connect(url).await.map_err(Error::database("opening the database"))
        };
        let writers = pool(if kind == Kind::Sqlite { 1 } else { WRITERS }).await?;
        sqlx::migrate!().run(&writers).await.map_err(|source| Error::Migrate { source })?;
        Ok(Self { kind, readers: pool(READERS).await?, writers, url: Secret::new(url) })
    }

    async fn write(&self) -> Result<Transaction> {
        let failed = Error::database("starting a change");
        match self.kind {
            // IMMEDIATE takes the write lock at once: a transaction that reads first and writes later would fail,
            // not wait, when another one wrote in between.
            Kind::Sqlite => self.writers.begin_with("BEGIN IMMEDIATE").await.map_err(failed),
            Kind::Postgres => {
                let change = async {
                    let mut change = self.writers.begin().await?;
                    change.execute("SELECT pg_advisory_xact_lock(7382)").await?;
                    Ok(change)
                };
                change.await.map_err(failed)
            }
        }
    }

    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Any>> {
        self.readers.acquire().await.map_err(Error::database("getting a connection"))
    }
}

/// The address of a PostgreSQL database, if one is to be used. It may hold a password, so it is no argument.
fn postgres(directory: &DataDir) -> Result<Option<String>> {
    let path = directory.path().join("database.url");
    let url = match std::env::var(DATABASE_URL) {
        Ok(url) => url,
        Err(_) => match fs::read_to_string(&path) {
            Ok(url) => url,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file("read", &path)(error)),
        },
    };
    let url = url.trim();
    if ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(Some(url.to_owned()));
    }
    Err(Error::Invalid(format!(
        "{DATABASE_URL} or {} has to begin with postgres://; without it the hub keeps a file of its own",
        path.display()
    )))
}

fn sqlite(directory: &DataDir) -> Result<String> {
    let path = directory.database();
    // SQLite would let everybody read; its side files take over the mode of this one.
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(Error::file("open the database", &path))?;
    let path =
        path.to_str().ok_or_else(|| Error::Invalid("the data directory's name is not UTF-8".into()))?;
    Ok(format!("sqlite://{}", escape_path(path)))
}

/// FULL, since a sequence number that a device has seen must not be given twice after a power cut.
fn pragmas() -> String {
    format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        BUSY.as_millis()
    )
}

/// Refuses a file that is no sound database. Answers the id of the key of its secrets, if they are sealed.
pub async fn check(path: &Path) -> Result<Option<String>> {
    sqlx::any::install_default_drivers();
    let failed = Error::database("checking the copy of the database");
    let path = path.to_str().ok_or_else(|| Error::Invalid("the name of the copy is not UTF-8".into()))?;
    let url = format!("sqlite://{}?mode=ro", escape_path(path));
    let result = async {
        let mut connection = <AnyConnection as sqlx::Connection>::connect(&url).await?;
        let sound = sqlx::query_scalar::<_, String>("PRAGMA integrity_check");
        let sound = sound.fetch_one(&mut connection).await?;
        let key =
            sqlx::query_scalar::<_, String>("SELECT value FROM setting WHERE name = $1").bind(settings::KEY);
        Ok((sound, key.fetch_optional(&mut connection).await?))
    };
    match result.await.map_err(failed)? {
        (sound, key) if sound == "ok" => Ok(key.map(|noted| upgrade::key_id(&noted).to_owned())),
        _ => Err(Error::Invalid("the backup is damaged: its database is not sound".into())),
    }
}

async fn forget_arriving(path: &str) -> sqlx::Result<()> {
    let url = format!("sqlite://{}", escape_path(path));
    let mut connection = <AnyConnection as sqlx::Connection>::connect(&url).await?;
    for sql in uploads::FORGET_UNFINISHED {
        connection.execute(sql).await?;
    }
    sqlx::Connection::close(connection).await
}

fn escape_path(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23").replace(' ', "%20")
}

/// Makes a change last.
pub async fn commit(transaction: Transaction) -> Result<()> {
    transaction.commit().await.map_err(Error::database("finishing a change"))?;
    changes::committed();
    Ok(())
}

/// A list in a column.
fn to_json(list: &[String]) -> Result<String> {
    serde_json::to_string(list).map_err(Error::json("a list"))
}

/// A list from a column.
fn from_json(text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text).map_err(|_| Error::Damaged { what: "list" })
}

/// A value in a column of JSON.
pub(crate) fn to_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::json("a stored value"))
}

/// A value from a column of JSON.
pub(crate) fn from_text<T: serde::de::DeserializeOwned>(text: &str, what: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| Error::Damaged { what })
}

/// A text that LIKE with `ESCAPE '!'` takes as it is.
pub(crate) fn escape(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The placeholders of an INSERT of many rows: `($1, $2), ($3, $4)`.
fn rows(count: usize, columns: usize) -> String {
    let row = |row: usize| {
        let values: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", values.join(", "))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}
