//! Whether the clock can be believed.
//!
//! Boards without a battery start in the past, and no certificate may be checked by such a clock. systemd
//! raises it to the time of the image (`/usr/lib/clock-epoch`) and to the last time that was synchronised
//! (timesyncd); what is known here beyond that is the day the provisioning file was made. Time
//! synchronisation corrects it from there.

use jiff::Timestamp;
use signage_protocol::problem::{Code, Problem};

/// What has to be done about the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Credible,
    /// Set it at least to this.
    Behind(Timestamp),
}

/// Compares the clock with what is known to have passed.
pub fn judge(now: Timestamp, issued_at: Option<Timestamp>) -> Verdict {
    match issued_at {
        Some(floor) if now < floor => Verdict::Behind(floor),
        _ => Verdict::Credible,
    }
}

/// Raises the clock to what is known to have passed, if it is behind.
pub fn make_credible(issued_at: Option<Timestamp>) -> Result<(), Problem> {
    let Verdict::Behind(floor) = judge(Timestamp::now(), issued_at) else {
        return Ok(());
    };
    let time = rustix::time::Timespec { tv_sec: floor.as_second(), tv_nsec: 0 };
    rustix::time::clock_settime(rustix::time::ClockId::Realtime, time)
        .map_err(|error| Problem::new(Code::ClkWrong, format!("clock is before {floor}; {error}")))?;
    tracing::info!(%floor, "clock raised");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_file_is_behind() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(judge(at(4_000_000_000), None), Verdict::Credible);
        assert_eq!(judge(at(4_000_000_000), Some(at(4_000_000_001))), Verdict::Behind(at(4_000_000_001)));
        assert_eq!(judge(at(4_000_000_002), Some(at(4_000_000_001))), Verdict::Credible);
    }
}
