//! How long to wait after a failure.
//!
//! Three kinds, because they burden different people. A screen that shows nothing yet asks a hub that is not
//! there every few seconds: a refused connection costs nobody anything, and the screen is back within ten
//! seconds of the hub. Whatever costs the hub work (a handshake, a request) and whatever is not urgent (a
//! screen that plays) is given room, up to a minute. A refusal will not change by asking, so it is asked
//! rarely; a new stick is what ends it.

use std::time::Duration;

use signage_protocol::problem::Problem;

/// Why a request to the hub failed, and with it when to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nobody there: name, route or port.
    Absent(Problem),
    /// No answer, though somebody may be there: time out or TLS.
    Silent(Problem),
    /// Answered, cannot serve now.
    Busy {
        /// What it said.
        problem: Problem,
        /// `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// Understood and refused.
    Refused(Problem),
}

const FIRST: Duration = Duration::from_secs(1);
const ABSENT_CAP: Duration = Duration::from_secs(8);
const CAP: Duration = Duration::from_secs(60);
const REFUSED: Duration = Duration::from_secs(300);
/// Even the luckiest draw leaves the other side this long.
const SHORTEST: Duration = Duration::from_millis(250);
/// What a hub can ask for at most; a mistaken header must not silence a screen for days.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

impl Failure {
    /// The problem to show.
    pub const fn problem(&self) -> &Problem {
        match self {
            Self::Absent(problem)
            | Self::Silent(problem)
            | Self::Refused(problem)
            | Self::Busy { problem, .. } => problem,
        }
    }

    /// The wait after the `failures`-th failure in a row, with full jitter. `urgent` while the screen has
    /// nothing to show.
    pub fn delay(&self, failures: u32, random: f64, urgent: bool) -> Duration {
        match self {
            Self::Absent(_) if urgent => exponential(failures, ABSENT_CAP, random),
            Self::Absent(_) | Self::Silent(_) => exponential(failures, CAP, random),
            Self::Busy { retry_after, .. } => {
                let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
                // Everybody was told the same number of seconds; the jitter spreads them out again.
                asked + exponential(failures, CAP, random)
            }
            Self::Refused(_) => REFUSED.mul_f64(0.8 + 0.4 * random),
        }
    }
}

fn exponential(failures: u32, cap: Duration, random: f64) -> Duration {
    let ceiling = FIRST.saturating_mul(1u32 << failures.min(16)).min(cap);
    ceiling.mul_f64(random).max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use signage_protocol::problem::Code;

    use super::*;

    #[test]
    fn an_absent_hub_is_asked_within_eight_seconds_for_ever() {
        let failure = Failure::Absent(Code::HubUnreachable.into());
        for failures in 1..100 {
            assert!(failure.delay(failures, 0.999, true) <= Duration::from_secs(8));
            assert!(failure.delay(failures, 0.0, true) >= SHORTEST);
        }
    }

    #[test]
    fn a_screen_that_plays_can_wait() {
        let failure = Failure::Absent(Code::HubUnreachable.into());
        assert!(failure.delay(9, 0.5, false) >= Duration::from_secs(30));
    }

    #[test]
    fn a_busy_hub_is_given_what_it_asks_for_and_at_most_an_hour_more() {
        let problem: Problem = Code::HubBusy.into();
        let busy =
            |secs| Failure::Busy { problem: problem.clone(), retry_after: Some(Duration::from_secs(secs)) };
        assert!(busy(30).delay(1, 0.0, true) >= Duration::from_secs(30));
        assert!(busy(1_000_000).delay(9, 0.999, true) <= Duration::from_secs(3660));
    }

    #[test]
    fn a_refusal_is_no_storm() {
        let refused = Failure::Refused(Code::TokUnknown.into());
        assert!(refused.delay(1, 0.0, true) >= Duration::from_secs(240));
    }
}
