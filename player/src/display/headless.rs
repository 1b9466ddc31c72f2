//! A screen of memory: for tests, which look at every picture, and for desks without a screen.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tracing::warn;

use super::{Output, Presented};
use crate::frame::{Frame, Size};

/// Sees every picture, with the caption of what it shows.
pub type Observer = Box<dyn FnMut(&str, &Frame) + Send>;

/// Pictures in memory.
pub struct Headless {
    size: Size,
    caption: String,
    announced: bool,
    dump: Option<Dump>,
    observer: Option<Observer>,
}

struct Dump {
    directory: PathBuf,
    files: u32,
    wanted: bool,
}

impl Headless {
    /// A screen of `size`.
    pub fn new(size: Size) -> Self {
        Self { size, caption: String::new(), announced: false, dump: None, observer: None }
    }

    /// Writes a PNG into `directory` whenever something else comes on the screen.
    #[must_use]
    pub fn dump_to(mut self, directory: PathBuf) -> Self {
        self.dump = Some(Dump { directory, files: 0, wanted: true });
        self
    }

    /// Calls `observer` with every picture.
    #[must_use]
    pub fn observe(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    pub(super) const fn size(&self) -> Size {
        self.size
    }

    pub(super) const fn refresh(&self) -> Duration {
        Duration::from_micros(16_667)
    }

    pub(super) fn poll(&mut self) -> Output {
        if std::mem::replace(&mut self.announced, true) { Output::Unchanged } else { Output::New }
    }

    pub(super) fn present(&mut self, frame: &Frame) -> Presented {
        if let Some(observer) = &mut self.observer {
            observer(&self.caption, frame);
        }
        if let Some(dump) = self.dump.as_mut().filter(|dump| dump.wanted) {
            dump.wanted = false;
            dump.write(&self.caption, frame);
        }
        Presented::Shown
    }

    pub(super) fn caption(&mut self, caption: &str) {
        caption.clone_into(&mut self.caption);
        if let Some(dump) = &mut self.dump {
            dump.wanted = true;
        }
    }
}

impl Dump {
    fn write(&mut self, caption: &str, frame: &Frame) {
        let plain: String =
            caption.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
        let path = self.directory.join(format!("{:04}-{plain}.png", self.files));
        self.files += 1;
        if let Err(error) = write_png(&path, frame) {
            warn!(path = %path.display(), %error, "picture not written");
        }
    }
}

/// Writes a picture as PNG.
pub fn write_png(path: &std::path::Path, frame: &Frame) -> image::ImageResult<()> {
    let Size { width, height } = frame.size();
    image::save_buffer(path, &frame.to_rgb(), width, height, image::ExtendedColorType::Rgb8)
}

impl fmt::Debug for Headless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headless").field("size", &self.size).finish_non_exhaustive()
    }
}
