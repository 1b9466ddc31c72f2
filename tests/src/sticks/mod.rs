//! The corpus of sticks: what people plug into screens, as data, built byte by byte.
//!
//! `tests/sticks/*.toml` holds the cases ([`spec`]), each with the verdict that it has to get. [`build`] makes
//! disks of them, in memory ([`disk`]) or as image files. The file systems are written here ([`fat`],
//! [`exfat`], [`foreign`], [`table`]), not by the crates that the programs use, so that everything can be wrong
//! on purpose and nothing is measured by itself.

pub mod build;
pub mod content;
pub mod disk;
pub mod exfat;
pub mod fat;
pub mod foreign;
pub mod spec;
pub mod table;
pub mod volume;

pub use build::build;
pub use spec::{Case, Meets, load};
