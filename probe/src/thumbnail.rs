//! The small picture.

use std::path::Path;

use anyhow::{Context as _, Result};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};
use signage_protocol::probe::THUMBNAIL;

/// Quality of the JPEG: about 12 KiB.
const QUALITY: u8 = 80;

/// Writes a picture, made small, as a JPEG. What is transparent is black, as on a screen.
pub fn write(picture: &DynamicImage, path: &Path) -> Result<()> {
    let (width, height) = fit(picture.width(), picture.height());
    let small = picture.resize_exact(width, height, FilterType::Triangle).into_rgba8();
    let over_black = |x, y| {
        let [red, green, blue, alpha] = small.get_pixel(x, y).0;
        Rgb([red, green, blue].map(|value| (u16::from(value) * u16::from(alpha) / 255) as u8))
    };
    let opaque = RgbImage::from_fn(width, height, over_black);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(&opaque)
        .context("cannot make the small picture")?;
    std::fs::write(path, bytes).context("cannot write the small picture")
}

/// The same shape with sides of at most [`THUMBNAIL`] and at least one pixel.
pub fn fit(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= THUMBNAIL {
        return (width.max(1), height.max(1));
    }
    let scale = |side: u32| {
        u32::try_from(u64::from(side) * u64::from(THUMBNAIL) / u64::from(longest)).unwrap_or(1).max(1)
    };
    (scale(width), scale(height))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn the_shape_stays() {
        assert_eq!(fit(1920, 1080), (320, 180));
        assert_eq!(fit(1080, 1920), (180, 320));
        assert_eq!(fit(100, 50), (100, 50));
        assert_eq!(fit(16_384, 1), (320, 1));
    }
}
