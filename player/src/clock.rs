//! The two clocks: one for durations, one for the moments that other machines name.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::engine::Now;

/// Counts from when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Default for Clock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock {
    /// The time on both clocks.
    pub fn now(&self) -> Now {
        Now { mono: self.0.elapsed(), wall_ms: wall_ms() }
    }
}

/// Milliseconds since 1970; not to be trusted before the clock was set.
pub fn wall_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since: Duration| since.as_millis() as u64)
}

/// Milliseconds since the kernel started: comparable with the log of everything else on the device.
pub fn monotonic_ms() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.unsigned_abs() * 1000 + time.tv_nsec.unsigned_abs() / 1_000_000
}
