//! How large a publication may be. The hub refuses what is larger, a player need not take it.

/// Items of one playlist.
pub const ITEMS: usize = 2000;
/// Zones of one layout.
pub const ZONES: usize = 32;
/// Entries in the schedule of one screen.
pub const ENTRIES: usize = 1000;
/// Overrides that are in force for one screen at the same time.
pub const OVERRIDES: usize = 32;
/// Spans of a day in one entry, item or time block.
pub const SPANS: usize = 24;
/// Dates on which an entry does not hold.
pub const EXCEPTIONS: usize = 366;
/// Days that one showing may last.
pub const DAYS: u16 = 366;
/// Most days, weeks or months from one showing to the next.
pub const EVERY: u16 = 366;
/// Side of a layout, in its own pixels.
pub const SIDE: u32 = 16_384;
/// Characters of a text that a zone shows.
pub const TEXT: usize = 10_000;
/// Bytes of the signed document.
pub const BYTES: usize = 8 << 20;
