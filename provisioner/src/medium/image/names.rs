//! Long names as FAT keeps them: in pieces, back to front, before the short name that they belong to.

use signage_stick::bytes::le16;

/// UTF-16 units in one piece.
const PIECE: usize = 13;
/// Pieces of the longest name.
const MAX_PIECES: u8 = 20;
const LAST: u8 = 0x40;

/// A long name being read.
#[derive(Debug, Default)]
pub(super) struct LongName {
    units: Vec<u16>,
    /// The number of the piece that was read last; 1 is the one right before the short name.
    number: u8,
    checksum: u8,
}

impl LongName {
    /// Takes the next piece. One that does not fit ends the name: there is none then.
    pub fn add(&mut self, raw: &[u8]) {
        let (number, checksum) = (raw[0] & !LAST, raw[13]);
        let begins = raw[0] & LAST != 0;
        let follows = !begins && checksum == self.checksum && Some(number) == self.number.checked_sub(1);
        if number == 0 || number > MAX_PIECES || !(begins || follows) {
            *self = Self::default();
            return;
        }
        if begins {
            *self = Self { units: vec![0; usize::from(number) * PIECE], number, checksum };
        }
        self.number = number;
        let places = (1..11).step_by(2).chain((14..26).step_by(2)).chain((28..32).step_by(2));
        let start = usize::from(number - 1) * PIECE;
        for (unit, at) in self.units.iter_mut().skip(start).zip(places) {
            *unit = le16(raw, at);
        }
    }

    /// The name, if it is whole and belongs to this short one.
    pub fn finish(self, short: &[u8]) -> Option<String> {
        let whole = self.number == 1 && self.checksum == checksum(short);
        let end = self.units.iter().position(|unit| *unit == 0).unwrap_or(self.units.len());
        let name = String::from_utf16_lossy(&self.units[..end]);
        (whole && !name.is_empty()).then_some(name)
    }
}

/// Ties a long name to its short one; a system that knows only short ones does not keep them in step.
fn checksum(short: &[u8]) -> u8 {
    short.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}
