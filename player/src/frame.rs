//! One picture on its way to the screen: XRGB8888 in memory (bytes B, G, R, x), the one format that every
//! display takes and every source of pictures here makes.

use std::fmt;
use std::sync::Arc;

use gstreamer_video::VideoFrameExt as _;
use gstreamer_video::video_frame::Readable;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// A size from its two sides.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |side: &str| side.parse::<u32>().ok().filter(|side| (16..=16384).contains(side));
        text.split_once('x')
            .and_then(|(width, height)| Some(Self::new(side(width)?, side(height)?)))
            .ok_or_else(|| format!("{text:?} is not a size such as 1280x720"))
    }
}

/// A picture, shared and never changed.
#[derive(Clone)]
pub struct Frame {
    size: Size,
    stride: usize,
    pixels: Pixels,
}

#[derive(Clone)]
enum Pixels {
    Memory(Arc<Vec<u8>>),
    /// Stays in the decoder's buffer, which is given back when the last clone goes.
    Video(Arc<gstreamer_video::VideoFrame<Readable>>),
}

impl Frame {
    /// Takes packed pixels, four bytes each; `None` when there are fewer than `size` needs.
    pub fn from_pixels(size: Size, pixels: Vec<u8>) -> Option<Self> {
        let stride = size.width as usize * 4;
        (pixels.len() >= stride * size.height as usize).then(|| Self {
            size,
            stride,
            pixels: Pixels::Memory(Arc::new(pixels)),
        })
    }

    /// Takes a mapped video frame in the format BGRx; `None` when it has no such plane.
    pub fn from_video(frame: gstreamer_video::VideoFrame<Readable>) -> Option<Self> {
        let size = Size::new(frame.width(), frame.height());
        let stride = usize::try_from(*frame.plane_stride().first()?).ok()?;
        let needed = stride * (size.height as usize).checked_sub(1)? + size.width as usize * 4;
        if frame.plane_data(0).ok()?.len() < needed {
            return None;
        }
        Some(Self { size, stride, pixels: Pixels::Video(Arc::new(frame)) })
    }

    /// Width and height.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The rows from top to bottom, each of `width * 4` bytes.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let data = match &self.pixels {
            Pixels::Memory(pixels) => pixels.as_slice(),
            Pixels::Video(frame) => frame.plane_data(0).unwrap_or_default(),
        };
        let row = self.size.width as usize * 4;
        data.chunks(self.stride.max(1)).take(self.size.height as usize).map(move |line| &line[..row])
    }

    /// Red, green and blue at a place; black outside.
    pub fn rgb(&self, x: u32, y: u32) -> [u8; 3] {
        self.rows()
            .nth(y as usize)
            .and_then(|row| row.get(x as usize * 4..x as usize * 4 + 3))
            .map_or([0; 3], |pixel| [pixel[2], pixel[1], pixel[0]])
    }

    /// Packed bytes R, G, B of the whole picture.
    pub fn to_rgb(&self) -> Vec<u8> {
        self.rows()
            .flat_map(|row| row.chunks_exact(4))
            .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
            .collect()
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_back_and_nonsense_is_refused() {
        assert_eq!("1280x720".parse(), Ok(Size::new(1280, 720)));
        for text in ["", "1280", "0x10", "1280x-1", "99999x10"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_frame_needs_all_its_pixels() {
        assert!(Frame::from_pixels(Size::new(2, 2), vec![0; 15]).is_none());
        let frame = Frame::from_pixels(Size::new(2, 1), vec![1, 2, 3, 0, 4, 5, 6, 0]).unwrap();
        assert_eq!(frame.rgb(1, 0), [6, 5, 4]);
        assert_eq!(frame.rgb(0, 1), [0; 3]);
        assert_eq!(frame.to_rgb(), [3, 2, 1, 6, 5, 4]);
    }
}
