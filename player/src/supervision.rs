//! What systemd is told: that the screen is lit, and that it goes on.

use std::time::Duration;

use sd_notify::NotifyState;

/// Speaks to the service manager, if there is one.
#[derive(Debug, Default)]
pub struct Supervision {
    /// Half of the time after which the service manager would act.
    interval: Option<Duration>,
    fed: Option<Duration>,
}

impl Supervision {
    /// Reads from the environment whether a watchdog is set.
    pub fn from_environment() -> Self {
        Self { interval: sd_notify::watchdog_enabled().map(|timeout| timeout / 2), fed: None }
    }

    /// The first picture is on the screen.
    pub fn ready(&self) {
        notify(&[NotifyState::Ready]);
    }

    /// When [`Self::feed`] is due.
    pub fn due(&self) -> Option<Duration> {
        Some(self.fed? + self.interval?)
    }

    /// Things go on at `now`.
    pub fn feed(&mut self, now: Duration) {
        let Some(interval) = self.interval else { return };
        if self.fed.is_none_or(|fed| now >= fed + interval) {
            notify(&[NotifyState::Watchdog]);
            self.fed = Some(now);
        }
    }
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "service manager not told");
    }
}
