//! Decodes a still picture and fits it to the screen.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use super::fit;
use crate::frame::{Frame, Size};

/// Longest side that is decoded, and the memory that decoding may take: a picture must not be able to bring
/// the player down.
const MAX_SIDE: u32 = 16_384;
const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// Why a picture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Not there or not readable.
    #[error("the file cannot be read")]
    Open(#[source] std::io::Error),
    /// Not a picture, damaged, or too large.
    #[error("the picture cannot be decoded")]
    Decode(#[source] image::ImageError),
    /// An impossible size.
    #[error("the picture has no pixels")]
    Empty,
}

/// Decodes the file and fits it to `screen`, turned as its EXIF orientation says, on black.
pub fn load(path: &Path, screen: Size) -> Result<Frame, ImageError> {
    let file = File::open(path).map_err(ImageError::Open)?;
    let mut reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(ImageError::Open)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(ImageError::Decode)?;
    // Damaged metadata is no reason not to show the picture.
    let orientation = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(ImageError::Decode)?;
    picture.apply_orientation(orientation);
    let mut pixels = picture.into_rgba8();
    let size = Size::new(pixels.width(), pixels.height());
    if size.width == 0 || size.height == 0 {
        return Err(ImageError::Empty);
    }
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let over_black = |value: u8| ((u32::from(value) * u32::from(alpha) + 127) / 255) as u8;
        pixel.0 = if alpha == 255 {
            [blue, green, red, 255]
        } else {
            [over_black(blue), over_black(green), over_black(red), 255]
        };
    }
    fit::onto_screen(&pixels, size, screen)
        .and_then(|pixels| Frame::from_pixels(screen, pixels))
        .ok_or(ImageError::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_fitted_and_transparency_is_black() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("half.png");
        let picture = image::RgbaImage::from_fn(100, 100, |x, _| {
            if x < 50 {
                image::Rgba([200, 100, 50, 255])
            } else {
                image::Rgba([255, 255, 255, 0])
            }
        });
        picture.save(&path).unwrap();
        let frame = load(&path, Size::new(320, 180)).unwrap();
        assert_eq!(frame.rgb(40, 90), [0, 0, 0], "bar");
        assert_eq!(frame.rgb(100, 90), [200, 100, 50], "picture");
        assert_eq!(frame.rgb(220, 90), [0, 0, 0], "transparent");
    }

    #[test]
    fn what_is_not_a_picture_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("no.png");
        assert!(matches!(load(&path, Size::new(16, 16)), Err(ImageError::Open(_))));
        std::fs::write(&path, "text").unwrap();
        assert!(matches!(
            load(&path, Size::new(16, 16)),
            Err(ImageError::Decode(_))
        ));
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
        assert!(matches!(
            load(&path, Size::new(16, 16)),
            Err(ImageError::Decode(_))
        ));
    }
}
