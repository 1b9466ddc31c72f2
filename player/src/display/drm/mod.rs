//! A screen over kernel modesetting: finds one, keeps it lit, finds the next one when it goes.
//!
//! What may happen, and what is done about it:
//!
//! * no device node yet, or not readable yet (the process starts before udev): look again, milliseconds later;
//! * a device without a screen: look four times a second;
//! * screen unplugged: keep the output as it is, so that re-plugging shows the picture at once;
//! * another mode or another connector after a hotplug: light that one, then let the old one go;
//! * the device goes away (`ENODEV` when a firmware framebuffer hands over to the real driver) or somebody
//!   else has become master: start again from the device nodes.

mod card;
mod screen;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use tracing::{info, warn};

use self::card::{Card, Route};
use self::screen::Screen;
use super::{Output, Presented};
use crate::frame::{Frame, Size};

/// How often a device without a screen is asked again; each time costs a probe of every connector.
const PROBE_INTERVAL: Duration = Duration::from_millis(250);
/// How often the connection is looked at without a hint; cheap, since the kernel's knowledge is used.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The screen of this device.
#[derive(Debug)]
pub struct Drm {
    directory: PathBuf,
    screen: Option<Screen>,
    /// Replaced but still lit; kept until its successor shows something, to leave no dark moment.
    retired: Option<Screen>,
    unplugged: bool,
    not_before: Instant,
    waiting_for: String,
}

impl Default for Drm {
    fn default() -> Self {
        Self::new(PathBuf::from("/dev/dri"))
    }
}

impl Drm {
    /// Looks for device nodes in `directory`; opens nothing yet.
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            screen: None,
            retired: None,
            unplugged: false,
            not_before: Instant::now(),
            waiting_for: String::new(),
        }
    }

    pub(super) fn size(&self) -> Option<Size> {
        self.screen.as_ref().map(Screen::size)
    }

    pub(super) fn refresh(&self) -> Duration {
        self.screen.as_ref().map_or(CHECK_INTERVAL, Screen::refresh)
    }

    pub(super) fn poll(&mut self, hotplug: bool) -> Output {
        let now = Instant::now();
        if now < self.not_before && !hotplug {
            return if self.screen.is_some() { Output::Unchanged } else { Output::Missing };
        }
        match self.screen.take() {
            None => self.look(now),
            Some(screen) => {
                self.not_before = now + CHECK_INTERVAL;
                self.check(screen, hotplug)
            }
        }
    }

    pub(super) fn present(&mut self, frame: &Frame) -> Presented {
        let Some(screen) = &mut self.screen else {
            return Presented::Lost;
        };
        match screen.show(frame) {
            Ok(()) => {
                self.retired = None;
                Presented::Shown
            }
            Err(error) => match errno(&error) {
                Some(Errno::BUSY | Errno::INTR | Errno::AGAIN) => Presented::Busy,
                _ => {
                    warn!(connector = screen.route().name, %error, "display lost");
                    self.screen = None;
                    self.retired = None;
                    // A card that is gone may be back at once. One that refuses the picture would refuse it again
                    // and again.
                    let pause =
                        if errno(&error) == Some(Errno::NODEV) { Duration::ZERO } else { PROBE_INTERVAL };
                    self.not_before = Instant::now() + pause;
                    Presented::Lost
                }
            },
        }
    }

    /// Takes the first card with a screen.
    fn look(&mut self, now: Instant) -> Output {
        let mut reason = format!("no device in {}", self.directory.display());
        for path in card::nodes(&self.directory) {
            let result = Card::open(&path).and_then(|card| {
                let card = Arc::new(card);
                let Some(route) = card.route(true)? else {
                    return Ok(None);
                };
                Screen::new(&card, route).map(Some)
            });
            match result {
                Ok(Some(screen)) => {
                    self.adopt(screen);
                    return Output::New;
                }
                Ok(None) => {
                    self.not_before = now + PROBE_INTERVAL;
                    reason = format!("no screen connected to {}", path.display());
                }
                Err(error) => {
                    // Rights come with udev, a moment after the node; everything else is not that urgent.
                    if !matches!(
                        errno(&error),
                        Some(Errno::ACCESS | Errno::PERM | Errno::NOENT | Errno::NXIO)
                    ) {
                        self.not_before = now + PROBE_INTERVAL;
                    }
                    reason = format!("{}: {error}", path.display());
                }
            }
        }
        if self.waiting_for != reason {
            info!(reason, "waiting for a display");
            self.waiting_for = reason;
        }
        Output::Missing
    }

    /// Looks at a lit screen again.
    fn check(&mut self, screen: Screen, hotplug: bool) -> Output {
        match self.better(&screen, hotplug) {
            Ok(None) => {
                self.screen = Some(screen);
                Output::Unchanged
            }
            Ok(Some(next)) => {
                self.retired = Some(screen);
                self.adopt(next);
                Output::New
            }
            Err(error) if matches!(errno(&error), Some(Errno::NODEV | Errno::ACCESS | Errno::PERM)) => {
                warn!(connector = screen.route().name, %error, "display lost");
                self.not_before = Instant::now();
                Output::Missing
            }
            Err(error) => {
                warn!(connector = screen.route().name, %error, "display not checked");
                self.screen = Some(screen);
                Output::Unchanged
            }
        }
    }

    /// The screen that should be lit instead of this one, if there is one.
    fn better(&mut self, screen: &Screen, hotplug: bool) -> io::Result<Option<Screen>> {
        let card = screen.card();
        let connected = card.is_connected(screen.route().connector)?;
        if connected && !hotplug && !self.unplugged {
            return Ok(None);
        }
        let Some(route) = card.route(true)? else {
            if !self.unplugged {
                info!(connector = screen.route().name, "display unplugged");
                self.unplugged = true;
            }
            return Ok(None);
        };
        if !self.unplugged && same(&route, screen.route()) {
            return Ok(None);
        }
        Screen::new(card, route).map(Some)
    }

    fn adopt(&mut self, screen: Screen) {
        info!(
            card = %screen.card().path().display(),
            connector = screen.route().name,
            mode = screen.mode_name(),
            "display found"
        );
        self.screen = Some(screen);
        self.unplugged = false;
        self.waiting_for.clear();
    }
}

/// Compared by the best mode, which need not be the one that could be set.
fn same(left: &Route, right: &Route) -> bool {
    left.connector == right.connector && left.modes.first() == right.modes.first()
}

fn errno(error: &io::Error) -> Option<Errno> {
    Errno::from_io_error(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_device_it_waits_and_says_so_once() {
        let directory = tempfile::tempdir().unwrap();
        let mut drm = Drm::new(directory.path().to_owned());
        assert_eq!(drm.poll(false), Output::Missing);
        assert!(drm.waiting_for.starts_with("no device in"));
        std::fs::write(directory.path().join("card0"), "").unwrap();
        std::fs::write(directory.path().join("renderD128"), "").unwrap();
        assert_eq!(drm.poll(true), Output::Missing);
        assert!(drm.waiting_for.contains("card0"), "{}", drm.waiting_for);
        assert_eq!(drm.size(), None);
    }
}
