//! What `signage-probe` says of a file, on its standard output, to the hub.

use serde::{Deserialize, Serialize};

/// Longest side of the small picture that it makes.
pub const THUMBNAIL: u32 = 320;

/// A file that could be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// `image` or `video`.
    pub kind: String,
    /// What holds the streams, or the format of an image; for people.
    pub container: Option<String>,
    /// Milliseconds, of what has an end.
    pub duration_ms: Option<u64>,
    /// The picture.
    pub video: Option<Video>,
    /// The sound.
    pub audio: Option<Audio>,
    /// Whether the small picture was made.
    pub thumbnail: bool,
}

/// A stream of pictures, or one picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Video {
    /// For people, such as `H.264 (High Profile)`.
    pub codec: String,
    /// For programs, such as `video/x-h264`; empty for one picture.
    pub media: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pictures in a second.
    pub frame_rate: Option<f64>,
    /// Bits of a colour, when they are told.
    pub bits: Option<u32>,
}

/// A stream of sound.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Audio {
    /// For people, such as `MPEG-4 AAC`.
    pub codec: String,
    /// For programs, such as `audio/mpeg`.
    pub media: String,
    /// Channels.
    pub channels: u32,
    /// Samples in a second.
    pub sample_rate: u32,
}
