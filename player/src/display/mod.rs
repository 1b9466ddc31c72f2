//! Where pictures become light: one output, owned by the presenter's thread.
//!
//! [`Drm`] drives a real screen over kernel modesetting, [`Headless`] keeps pictures in memory for tests and
//! desks. Neither paces playback: half of the DRM drivers complete a page flip at once, so timing comes from
//! the media clock and from timers of the presenter.

mod drm;
mod headless;
pub mod hotplug;

use std::time::Duration;

pub use self::drm::Drm;
pub use self::headless::{Headless, Observer, write_png};
use crate::frame::{Frame, Size};

/// An output. All methods return in milliseconds.
#[derive(Debug)]
pub enum Display {
    /// A screen on a DRM device.
    Drm(Box<Drm>),
    /// Memory.
    Headless(Headless),
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Presented {
    /// It is on the screen.
    Shown,
    /// The hardware is still busy with the one before; a newer one may take its place.
    Busy,
    /// There is no output now; [`Display::poll`] finds the next one.
    Lost,
}

/// What a look at the output found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Output {
    /// As before.
    Unchanged,
    /// There is an output that shows nothing yet.
    New,
    /// There is none.
    Missing,
}

impl Display {
    /// Size of the picture to give to [`Display::present`]; `None` while there is no output.
    pub fn size(&self) -> Option<Size> {
        match self {
            Self::Drm(drm) => drm.size(),
            Self::Headless(headless) => Some(headless.size()),
        }
    }

    /// The shortest time between two pictures that makes sense.
    pub fn refresh(&self) -> Duration {
        match self {
            Self::Drm(drm) => drm.refresh(),
            Self::Headless(headless) => headless.refresh(),
        }
    }

    /// Looks for an output when there is none, or (after `hotplug`, a hint from the kernel) whether a better
    /// mode or another screen was connected.
    pub fn poll(&mut self, hotplug: bool) -> Output {
        match self {
            Self::Drm(drm) => drm.poll(hotplug),
            Self::Headless(headless) => headless.poll(),
        }
    }

    /// Puts a picture on the screen. One of another size is cut or leaves a black edge.
    pub fn present(&mut self, frame: &Frame) -> Presented {
        match self {
            Self::Drm(drm) => drm.present(frame),
            Self::Headless(headless) => headless.present(frame),
        }
    }

    /// Names what the next pictures show, for the files that a headless run leaves behind.
    pub fn caption(&mut self, caption: &str) {
        if let Self::Headless(headless) = self {
            headless.caption(caption);
        }
    }
}
