//! The one error type of the hub. [`crate::http::problem`] turns it into a response, [`crate::cli`] into an
//! exit code.

use std::io;
use std::path::{Path, PathBuf};

use signage_protocol::problem::Code;

/// What the hub's functions return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something was not done. Display says what this layer was doing; the cause is the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A device or a browser asked for something that it does not get. Its fault or its bad luck, not ours.
    #[error("{detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Entry of the catalogue.
        code: Code,
        /// What is particular to this case; goes to the client, so it holds no secret.
        detail: String,
        /// Seconds after which the client may ask again.
        retry_after: Option<u64>,
    },
    /// An operator named something that is not there.
    #[error("there is no {what} {name:?}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Name or id as given.
        name: String,
    },
    /// An operator asked for something that exists already, or no longer fits.
    #[error("{0}")]
    Conflict(String),
    /// An operator's input that cannot be right.
    #[error("{0}")]
    Invalid(String),
    /// One field of an operator's input that cannot be right.
    #[error("{detail}")]
    Field {
        /// Its name, as the API has it.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The database did not do it.
    #[error("the database failed while {doing}")]
    Database {
        /// What was wanted.
        doing: &'static str,
        /// What SQLite says.
        #[source]
        source: sqlx::Error,
    },
    /// The database is of another version, or not a database of a hub.
    #[error("the database cannot be brought up to date")]
    Migrate {
        /// What did not fit.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// The bucket that holds the content did not do it.
    #[error("the store of the content failed while {doing}")]
    Bucket {
        /// What was wanted.
        doing: &'static str,
        /// What it says, or why it said nothing.
        #[source]
        source: Box<object_store::Error>,
    },
    /// A file operation failed.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// Verb, such as `write`.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The data directory cannot be made or used.
    #[error("cannot use the data directory {}; give this user access to it, or choose another with --data-dir", path.display())]
    DataDir {
        /// As configured.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; stop whatever uses it, or choose another with --listen")]
    Listen {
        /// As configured.
        address: std::net::SocketAddr,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped")]
    Serve {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make the certificate of the hub")]
    Certificate {
        /// What rcgen says.
        #[source]
        source: rcgen::Error,
    },
    /// Certificate and key do not work together.
    #[error(
        "cannot use the certificate of the hub; delete leaf.pem and leaf.key in its directory tls to have them made anew"
    )]
    Tls {
        /// What rustls says.
        #[source]
        source: rustls::Error,
    },
    /// No randomness: nothing safe can be made.
    #[error("the system gives no random numbers")]
    Random {
        /// The system's answer.
        #[source]
        source: getrandom::Error,
    },
    /// A document could not be written as JSON.
    #[error("cannot write {what} as JSON")]
    Json {
        /// Which document.
        what: &'static str,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// A file for download could not be made.
    #[error("cannot make the {what}")]
    Export {
        /// Which file.
        what: &'static str,
        /// What its writer says.
        #[source]
        source: io::Error,
    },
    /// Something stored does not read back.
    #[error("the stored {what} is damaged")]
    Damaged {
        /// Which value.
        what: &'static str,
    },
    /// The key of the secrets is not there, or is another: nothing can be done with this database.
    #[error("{code}: {detail}")]
    Key {
        /// Entry of the catalogue.
        code: Code,
        /// Which file, why, and what to do.
        detail: String,
    },
    /// Password hashing failed, for lack of memory for instance.
    #[error("the password could not be hashed")]
    Password,
}

impl Error {
    /// A refusal without a waiting time.
    pub fn refused(status: u16, code: Code, detail: impl Into<String>) -> Self {
        Self::Refused { status, code, detail: detail.into(), retry_after: None }
    }

    /// For `map_err`: what cannot be right is this field of the input.
    pub fn in_field(field: &'static str) -> impl FnOnce(Self) -> Self {
        move |error| match error {
            Self::Invalid(detail) => Self::Field { field, detail },
            error => error,
        }
    }

    /// For `map_err` on file operations.
    pub fn file(doing: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { doing, path, source }
    }

    /// For `map_err` on queries.
    pub fn database(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { doing, source }
    }

    /// For `map_err` on serialisation.
    pub fn json(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Json { what, source }
    }
}

/// The error and its causes, one sentence, for a log line or a terminal.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
