//! Decodes a still picture and fits it to the screen.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use fast_image_resize::pixels::{U8x3, U8x4};
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use super::fit;
use crate::frame::{Frame, Size};

/// Longest side that is decoded, and the memory that decoding may take: a picture must not be able to bring
/// the player down.
const MAX_SIDE: u32 = 16_384;
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

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
    let mut reader =
        ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(ImageError::Open)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(ImageError::Decode)?;
    // Damaged metadata is no reason not to show the picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(ImageError::Decode)?;
    picture.apply_orientation(orientation);
    let size = Size::new(picture.width(), picture.height());
    if size.width == 0 || size.height == 0 {
        return Err(ImageError::Empty);
    }
    // Scaled before anything else is done to the pixels: most pictures are larger than the screen.
    let place = fit::fit(size, screen);
    let frame = if picture.color().has_alpha() {
        let pixels = picture.into_rgba8();
        fit::scale::<U8x4>(&pixels, size, place.size)
            .and_then(|pixels| fit::compose(&pixels, place, screen, over_black))
    } else {
        let pixels = picture.into_rgb8();
        fit::scale::<U8x3>(&pixels, size, place.size)
            .and_then(|pixels| fit::compose(&pixels, place, screen, |[r, g, b]: [u8; 3]| [b, g, r]))
    };
    frame.ok_or(ImageError::Empty)
}

fn over_black([red, green, blue, alpha]: [u8; 4]) -> [u8; 3] {
    [blue, green, red].map(|value| ((u32::from(value) * u32::from(alpha) + 127) / 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_fitted_and_transparency_is_black() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("half.png");
        let picture = image::RgbaImage::from_fn(100, 100, |x, _| {
            if x < 50 { image::Rgba([200, 100, 50, 255]) } else { image::Rgba([255, 255, 255, 0]) }
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
        assert!(matches!(load(&path, Size::new(16, 16)), Err(ImageError::Decode(_))));
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
        assert!(matches!(load(&path, Size::new(16, 16)), Err(ImageError::Decode(_))));
    }

    #[test]
    fn a_photograph_is_turned_as_its_camera_was_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("turned.jpg");
        image::RgbImage::from_pixel(100, 50, image::Rgb([200; 3])).save(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        // APP1 with a TIFF directory of one entry: orientation (0x0112), short, one value, 6 = turn right.
        let tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let exif = [b"Exif\0\0".as_slice(), tiff].concat();
        let length = (exif.len() + 2) as u16;
        bytes.splice(2..2, [&[0xff, 0xe1], length.to_be_bytes().as_slice(), &exif].concat());
        std::fs::write(&path, bytes).unwrap();
        // 50x100 on a square: bars at the sides.
        let frame = load(&path, Size::new(100, 100)).unwrap();
        assert_eq!((frame.rgb(10, 50), frame.rgb(50, 5)), ([0; 3], [200; 3]));
    }
}
