//! What a picture of the screen shows: its text, read by tesseract, and its colours.

use std::path::Path;

use anyhow::{Context as _, Result};
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage, open};
use tokio::process::Command;

use crate::process;

/// One picture of the screen.
#[derive(Debug, Clone)]
pub struct Picture(RgbImage);

impl Picture {
    /// Reads a PNG.
    pub fn read(png: &Path) -> Result<Self> {
        Ok(Self(open(png).with_context(|| png.display().to_string())?.to_rgb8()))
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.0.dimensions()
    }

    /// The part of the picture, 0 to 1, whose colour is `colour` give or take `tolerance` per channel.
    pub fn share_of(&self, colour: [u8; 3], tolerance: u8) -> f64 {
        let near = |pixel: &&image::Rgb<u8>| {
            pixel.0.iter().zip(colour).all(|(have, want)| have.abs_diff(want) <= tolerance)
        };
        let count = self.0.pixels().filter(near).count();
        count as f64 / self.0.pixels().len().max(1) as f64
    }

    /// Whether every pixel is the same: nothing is shown.
    pub fn is_blank(&self) -> bool {
        let mut pixels = self.0.pixels();
        let first = pixels.next();
        pixels.all(|pixel| Some(pixel) == first)
    }

    /// The part of the picture, 0 to 1, that differs clearly from `other`.
    pub fn difference(&self, other: &Self) -> f64 {
        if self.size() != other.size() {
            return 1.0;
        }
        let differs =
            |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 16);
        let count = self.0.pixels().zip(other.0.pixels()).filter(|pair| differs(*pair)).count();
        count as f64 / self.0.pixels().len().max(1) as f64
    }
}

/// Reads the text in a PNG. Tesseract wants letters of a certain height and dark on light.
pub async fn read_text(png: &Path) -> Result<String> {
    let picture = DynamicImage::from(open(png).with_context(|| png.display().to_string())?.to_luma8());
    let light = picture.as_bytes().iter().map(|light| u64::from(*light)).sum::<u64>();
    // By the methods, which are optimised where they are compiled: what is generic is compiled with this crate.
    let mut large = picture.resize_exact(picture.width() * 2, picture.height() * 2, FilterType::Triangle);
    if light / (picture.as_bytes().len() as u64).max(1) < 128 {
        large.invert();
    }
    let prepared = png.with_extension("ocr.png");
    large.save(&prepared)?;
    let mut command = Command::new("tesseract");
    // One thread: there are two cores, and the guest needs them.
    command.env("OMP_THREAD_LIMIT", "1").arg(&prepared).args(["-", "--psm", "11"]);
    let text = process::output(&mut command).await;
    std::fs::remove_file(&prepared)?;
    Ok(String::from_utf8_lossy(&text?).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether `text` says `wanted`: without regard to case, spaces and marks, and with one misread letter in ten
/// forgiven.
pub fn says(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (letters(text), letters(wanted));
    distance_within(&wanted, &text) <= wanted.len() / 10
}

/// Letters and digits only; those that look alike become one.
fn letters(text: &str) -> Vec<char> {
    text.to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || *letter == '|')
        .map(|letter| match letter {
            'o' => '0',
            'i' | 'l' | '|' => '1',
            's' => '5',
            'b' => '8',
            other => other,
        })
        .collect()
}

/// Edits that turn some part of `text` into `wanted` (Sellers' algorithm).
fn distance_within(wanted: &[char], text: &[char]) -> usize {
    let mut column: Vec<usize> = (0..=wanted.len()).collect();
    let mut best = wanted.len();
    for letter in text {
        let mut diagonal = 0;
        for (row, want) in wanted.iter().enumerate() {
            let replaced = diagonal + usize::from(want != letter);
            diagonal = column[row + 1];
            column[row + 1] = replaced.min(column[row] + 1).min(diagonal + 1);
        }
        best = best.min(column[wanted.len()]);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn text_is_found_in_spite_of_the_reader() {
        let text = "Connecting to the hub  T0K-OO1 . The hub does not know the t0ken of this scrcen";
        assert!(says(text, "TOK-001"));
        assert!(says(text, "The hub does not know the token of this screen."));
        assert!(!says(text, "TOK-002"));
        assert!(!says(text, "The stick belongs to another account"));
        assert!(!says("", "TOK-001"));
    }
}
