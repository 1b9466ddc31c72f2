//! The hub of Signage: accounts, tokens, screens, authorizations, content, and the pages to look at them.
//!
//! From the outside in:
//!
//! * [`cli`]: the commands. They work on the data directory, also while the server runs.
//! * [`serve`]: the server as a whole: listener, TLS, shutdown. Tests of other crates start it from here.
//! * [`http`]: state in, router out; one file per resource.
//! * [`authorization`], [`authorization_code`], [`local`], [`why`]: whether a screen may play, by what, and why not.
//! * [`composition`]: playlists, layouts, schedules, and how they reach the screens.
//! * [`setup`], [`account`], [`workspace`], [`people`], [`groups`], [`folder_rights`], [`sight`], [`oidc`], [`second_step`],
//!   [`api_token`], [`enrolment`], [`pairing`], [`device`], [`fleet`], [`screen_list`], [`report`], [`records`], [`alerts`], [`content`],
//!   [`upload`], [`playlist`], [`token`], [`provision`], [`export`]: what the hub does, whoever asks.
//! * [`command`], [`live`], [`seen`]: what screens are told to do, who is connected right now, who was here.
//! * [`store`]: all SQL, one file per table. [`blobs`]: the bytes of the content, here or in a bucket; [`probe`]: what
//!   is in them; [`sweep`]: how they go. [`backup`]: a copy of all that.
//! * [`vault`]: the secrets of the database, sealed with a key that is not in it.
//! * [`tls`], [`opening`], [`announce`], [`seal`], [`password`], [`address`], [`range`], [`limiter`], [`media`],
//!   [`folder`]: small tools, mostly pure.
//!
//! # What survives what
//!
//! The data directory is all there is: database, blobs, CA. A change is on the disk before it is answered
//! (SQLite in WAL mode with `synchronous=FULL`, blobs by fsync and rename), since a device keeps what the hub
//! signed and a hub that forgot a sequence number would contradict itself.

pub mod account;
pub mod address;
pub mod alerts;
pub mod announce;
pub mod api_token;
pub mod audit_log;
pub mod authorization;
pub mod authorization_code;
pub mod backup;
pub mod blobs;
pub mod cli;
pub mod command;
pub mod composition;
pub mod content;
pub mod data_dir;
pub mod device;
pub mod enrolment;
pub mod error;
pub mod export;
pub mod fleet;
pub mod folder;
pub mod folder_rights;
pub mod groups;
pub mod http;
pub mod ident;
pub mod limiter;
pub mod live;
pub mod local;
pub mod media;
pub mod name_pattern;
pub mod oidc;
pub mod opening;
pub mod pace;
pub mod pairing;
pub mod password;
pub mod people;
pub mod playlist;
pub mod probe;
pub mod provision;
pub mod range;
pub mod records;
pub mod report;
pub mod rights;
pub mod screen_list;
pub mod seal;
pub mod second_step;
pub mod seen;
pub mod serve;
pub mod setup;
pub mod sight;
pub mod store;
pub mod sweep;
pub mod tls;
pub mod token;
pub mod upload;
pub mod vault;
pub mod why;
pub mod wishes;
pub mod workspace;

pub use error::{Error, Result};
