//! The list from which Raspberry Pi Imager offers the image (`rpi-imager --repo URL`, or a file
//! `*.rpi-imager-manifest`); fields as in its `os-list-schema.json`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::image::Image;
use crate::{Error, Result};

/// A board that images are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Board {
    /// Raspberry Pi 3.
    #[value(name = "raspberrypi3-64")]
    Pi3,
    /// Raspberry Pi 4.
    #[value(name = "raspberrypi4-64")]
    Pi4,
    /// Raspberry Pi 5.
    #[value(name = "raspberrypi5")]
    Pi5,
}

impl Board {
    const fn name(self) -> &'static str {
        match self {
            Self::Pi3 => "Raspberry Pi 3",
            Self::Pi4 => "Raspberry Pi 4",
            Self::Pi5 => "Raspberry Pi 5",
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::Pi3 => "pi3-64bit",
            Self::Pi4 => "pi4-64bit",
            Self::Pi5 => "pi5-64bit",
        }
    }
}

/// What people read of an image.
#[derive(Debug, Clone)]
pub struct About {
    /// Its name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Where its icon can be had.
    pub icon: String,
    /// Where the image file can be had.
    pub url: String,
    /// When it was released.
    pub release_date: Date,
    /// The board that it is for.
    pub board: Board,
}

/// The whole list.
#[derive(Debug, Serialize)]
pub struct List {
    imager: Imager,
    os_list: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Imager {
    devices: Vec<Device>,
}

#[derive(Debug, Serialize)]
struct Device {
    name: &'static str,
    tags: [&'static str; 1],
    description: &'static str,
    matching_type: &'static str,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    description: String,
    icon: String,
    url: String,
    extract_size: u64,
    extract_sha256: String,
    image_download_size: u64,
    image_download_sha256: String,
    release_date: String,
    devices: [&'static str; 1],
    // Settings come from our own file: the imager has nothing to write on the card.
    init_format: &'static str,
    architecture: &'static str,
}

/// The list for one image.
pub fn list(image: &Image, about: &About) -> Result<List> {
    let (file_bytes, file_sha256) = hash(image.path()).map_err(Error::read(image.path()))?;
    let device = Device {
        name: about.board.name(),
        tags: [about.board.tag()],
        description: about.board.name(),
        matching_type: "exclusive",
    };
    let entry = Entry {
        name: about.name.clone(),
        description: about.description.clone(),
        icon: about.icon.clone(),
        url: about.url.clone(),
        extract_size: image.bytes,
        extract_sha256: image.sha256.clone(),
        image_download_size: file_bytes,
        image_download_sha256: file_sha256,
        release_date: about.release_date.to_string(),
        devices: [about.board.tag()],
        init_format: "none",
        architecture: "armv8",
    };
    Ok(List { imager: Imager { devices: vec![device] }, os_list: vec![entry] })
}

/// Size and SHA-256 of the file as it is downloaded.
fn hash(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((bytes, hex::encode(hash.finalize()))),
            count => {
                hash.update(&chunk[..count]);
                bytes += count as u64;
            }
        }
    }
}
