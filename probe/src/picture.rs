//! Still pictures, decoded as the player does it, with its limits.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use signage_protocol::probe::{Report, Video};

use crate::thumbnail;

/// As in the player: longest side, and the memory that decoding may take.
const MAX_SIDE: u32 = 16_384;
const MAX_MEMORY: u64 = 256 << 20;

/// Whether it begins as a picture does.
pub fn is_picture(head: &[u8]) -> bool {
    format(head).is_some()
}

fn format(head: &[u8]) -> Option<ImageFormat> {
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
    image::guess_format(head).ok().filter(|format| known.contains(format))
}

/// Decodes all of it: what is damaged at its end is damaged.
pub fn probe(path: &Path, small: Option<&Path>) -> Result<Report> {
    let file = File::open(path).context("the file cannot be read")?;
    let mut reader =
        ImageReader::new(BufReader::new(file)).with_guessed_format().context("the file cannot be read")?;
    let codec = match reader.format() {
        Some(ImageFormat::Png) => "PNG",
        Some(ImageFormat::Jpeg) => "JPEG",
        Some(ImageFormat::Gif) => "GIF",
        Some(ImageFormat::WebP) => "WebP",
        _ => bail!("the file is no picture that a screen can show"),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > MAX_MEMORY {
        bail!("the picture of {width} × {height} pixels takes more than 256 MiB of memory; make it smaller");
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    picture.apply_orientation(orientation);
    let video = Video {
        codec: codec.to_owned(),
        width: picture.width(),
        height: picture.height(),
        ..Video::default()
    };
    if let Some(small) = small {
        thumbnail::write(&picture, small)?;
    }
    Ok(Report {
        kind: "image".to_owned(),
        container: Some(codec.to_owned()),
        video: Some(video),
        thumbnail: small.is_some(),
        ..Report::default()
    })
}

fn explain(error: image::ImageError) -> anyhow::Error {
    match error {
        image::ImageError::Limits(_) => anyhow::anyhow!(
            "the picture is too large: a screen shows at most {MAX_SIDE} pixels a side and 256 MiB; make it smaller"
        ),
        error => anyhow::Error::new(error).context("the picture is damaged"),
    }
}
