//! Whether the clock can be believed.
//!
//! Boards without a battery start in the past. No certificate may be checked by such a clock, so the wall
//! clock is first raised to the latest moment that is known to have passed: this build, and the day the
//! provisioning file was made. Time synchronisation corrects it from there.

use jiff::Timestamp;
use signage_protocol::problem::{Code, Problem};

/// When this binary was made, in seconds since 1970; 0 when the build gave no date. Set from
/// `SOURCE_DATE_EPOCH`, so that a build stays reproducible.
const BUILT: Option<&str> = option_env!("SOURCE_DATE_EPOCH");

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
    let built = BUILT
        .and_then(|text| text.parse().ok())
        .and_then(|second| Timestamp::from_second(second).ok());
    match built.into_iter().chain(issued_at).max() {
        Some(floor) if now < floor => Verdict::Behind(floor),
        _ => Verdict::Credible,
    }
}

/// Raises the clock to what is known to have passed, if it is behind.
pub fn make_credible(issued_at: Option<Timestamp>) -> Result<(), Problem> {
    let Verdict::Behind(floor) = judge(Timestamp::now(), issued_at) else {
        return Ok(());
    };
    let time = rustix::time::Timespec {
        tv_sec: floor.as_second(),
        tv_nsec: 0,
    };
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
        assert_eq!(
            judge(at(4_000_000_000), Some(at(4_000_000_001))),
            Verdict::Behind(at(4_000_000_001))
        );
        assert_eq!(
            judge(at(4_000_000_002), Some(at(4_000_000_001))),
            Verdict::Credible
        );
    }
}
