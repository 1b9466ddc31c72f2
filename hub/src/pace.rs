//! How often a screen asks while its pairing waits (RFC 8628 §3.5). Kept in memory: what a restart forgets is only
//! that somebody was in a hurry.

use std::collections::HashMap;

use crate::ident::{Millis, SECOND};
use crate::pairing::{INTERVAL, LIFETIME};

/// What a question that came too early adds to the interval.
const STEP: Millis = 5 * SECOND;
/// Networks deliver one question late and the next in time.
const TOLERANCE: Millis = SECOND;
/// Codes that are remembered at most; forgetting is the cheaper harm.
const MAX_CODES: usize = 100_000;

/// When each code was asked about last, and how long it has to wait.
#[derive(Debug, Default)]
pub struct Pace(HashMap<String, (Millis, Millis)>);

impl Pace {
    /// Notes a question; whether it came before the interval was over, which then grows.
    pub fn early(&mut self, code: &str, now: Millis) -> bool {
        if self.0.len() >= MAX_CODES {
            self.0.retain(|_, (last, _)| now < last.saturating_add(LIFETIME));
            if self.0.len() >= MAX_CODES {
                self.0.clear();
            }
        }
        let Some((last, interval)) = self.0.get_mut(code) else {
            self.0.insert(code.to_owned(), (now, INTERVAL));
            return false;
        };
        let early = now.saturating_sub(*last) < *interval - TOLERANCE;
        *last = now;
        if early {
            *interval = interval.saturating_add(STEP);
        }
        early
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_has_to_slow_down_further_each_time() {
        let mut pace = Pace::default();
        assert!(!pace.early("a", 0));
        assert!(!pace.early("b", 1));
        assert!(!pace.early("a", 5 * SECOND));
        assert!(!pace.early("a", 9 * SECOND + 500));
        assert!(pace.early("a", 11 * SECOND));
        assert!(pace.early("a", 17 * SECOND), "ten seconds by now");
        assert!(!pace.early("a", 32 * SECOND), "fifteen by now");
        assert!(!pace.early("b", 6 * SECOND));
    }
}
