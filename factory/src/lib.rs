//! The factory: one image onto many cards, each with what makes it the card of one screen.
//!
//! [`image`] and [`block_map`] say what has to be on a card, [`writer`] brings it there and reads it back,
//! [`settings`] puts the unit's provisioning file on it, [`units`] says which units there are, [`journal`] which
//! of them are done, [`line`](mod@line) runs several cards at once, [`label`] is what is stuck on the box, and
//! [`os_list`] offers the image to Raspberry Pi Imager.
//!
//! What holds at every instant: a card that was not finished does not boot, or boots without anybody's token; a
//! unit counts as done only after all of its card was read back; a unit that is not done has no label.

pub mod block_map;
pub mod cli;
mod error;
pub mod image;
pub mod journal;
pub mod label;
pub mod line;
pub mod os_list;
pub mod settings;
pub mod units;
pub mod writer;

pub use error::{Error, Result};
