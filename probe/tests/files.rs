//! The program as the hub runs it, on good files and on broken ones of many kinds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use signage_protocol::probe::Report;

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.at(name), bytes).unwrap();
        self.at(name)
    }

    /// A film of three seconds; `None` where this machine has no encoder for it.
    fn film(&self, name: &str, encoder: &str) -> Option<PathBuf> {
        gst::init().unwrap();
        let path = self.at(name);
        let pipeline = format!(
            "videotestsrc num-buffers=75 ! video/x-raw,width=640,height=360,framerate=25/1 ! {encoder} ! mux. \
             audiotestsrc num-buffers=130 ! audioconvert ! avenc_aac ! aacparse ! mux. \
             mp4mux name=mux ! filesink location={}",
            path.display()
        );
        let pipeline = gst::parse::launch(&pipeline).ok()?;
        pipeline.set_state(gst::State::Playing).ok()?;
        let bus = pipeline.bus().unwrap();
        let kinds = [gst::MessageType::Eos, gst::MessageType::Error];
        let end = bus.timed_pop_filtered(gst::ClockTime::from_seconds(120), &kinds).unwrap();
        pipeline.set_state(gst::State::Null).unwrap();
        assert!(matches!(end.view(), gst::MessageView::Eos(_)), "{end:?}");
        Some(path)
    }

    fn probe(&self, file: &Path) -> Output {
        let begin = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_signage-probe"))
            .arg("--thumbnail")
            .args([&self.at("small.jpg"), file])
            .env_clear()
            .env("HOME", self.0.path())
            .env("GST_REGISTRY", concat!(env!("CARGO_TARGET_TMPDIR"), "/registry.bin"))
            .env("ORC_CODE", "backup")
            .output()
            .unwrap();
        assert!(begin.elapsed() < Duration::from_secs(60));
        output
    }

    fn good(&self, file: &Path) -> Report {
        let output = self.probe(file);
        assert!(output.status.success(), "{file:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Refused with a sentence; neither a crash nor an answer.
    fn bad(&self, file: &Path, says: &str) {
        let output = self.probe(file);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{file:?}: {output:?}");
        assert!(error.starts_with("signage-probe: ") && error.contains(says), "{file:?}: {error}");
        assert!(output.stdout.is_empty());
    }

    fn small(&self) -> image::DynamicImage {
        image::open(self.at("small.jpg")).unwrap()
    }
}

#[test]
fn a_film_is_described_and_gets_a_small_picture() {
    let files = Files::new();
    let Some(film) = files.film("film.mp4", "openh264enc ! h264parse") else { return };
    let report = files.good(&film);
    let (video, audio) = (report.video.unwrap(), report.audio.unwrap());
    assert_eq!((report.kind.as_str(), video.media.as_str()), ("video", "video/x-h264"));
    assert!(video.codec.contains("H.264"), "{}", video.codec);
    assert_eq!((video.width, video.height, video.frame_rate), (640, 360, Some(25.0)));
    assert!((2900..3300).contains(&report.duration_ms.unwrap()), "{:?}", report.duration_ms);
    assert!(audio.media.starts_with("audio/mpeg") && audio.codec.contains("AAC"), "{audio:?}");
    assert!(report.thumbnail);
    let small = files.small().into_rgb8();
    assert_eq!((small.width(), small.height()), (320, 180));
    // The bars of the test picture: white at the left, blue at the right.
    let left = small.get_pixel(15, 40).0;
    let right = small.get_pixel(300, 40).0;
    assert!(left.iter().all(|value| *value > 150) && right[2] > 150 && right[0] < 90, "{left:?} {right:?}");
}

#[test]
fn another_codec_is_named() {
    let files = Files::new();
    if let Some(film) = files.film("film.mp4", "vp9enc deadline=1 cpu-used=8 ! vp9parse") {
        assert_eq!(files.good(&film).video.unwrap().media, "video/x-vp9");
    }
}

#[test]
fn broken_films_are_refused_with_a_sentence() {
    let files = Files::new();
    let Some(film) = files.film("film.mp4", "openh264enc ! h264parse") else { return };
    let whole = std::fs::read(film).unwrap();
    // Its index is at its end.
    files.bad(&files.put("cut.mp4", &whole[..whole.len() / 2]), "");
    files.bad(&files.put("head.mp4", &whole[..40]), "");
    files.bad(&files.put("garbage.mp4", &[&whole[..40], &[0xa5; 100_000][..]].concat()), "");
    let mut lengths = whole.clone();
    for byte in lengths.iter_mut().skip(32).step_by(7).take(2000) {
        *byte = 0xff;
    }
    let output = files.probe(&files.put("lengths.mp4", &lengths));
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
}

#[test]
fn what_is_no_media_is_refused() {
    let files = Files::new();
    files.bad(&files.put("zero.mp4", b""), "no bytes");
    files.bad(&files.put("text.mp4", b"Dear all,\nthis is a letter.\n"), "");
    files.bad(
        &files.put(
            "list.mp4",
            b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        ),
        "",
    );
    files.bad(&files.put("zeros.mp4", &[0; 1 << 20]), "");
    files.bad(&files.at("gone.mp4"), "cannot be read");
    files.bad(files.0.path(), "");
}

#[test]
fn pictures_are_described_and_made_small() {
    let files = Files::new();
    let picture =
        image::RgbaImage::from_fn(1000, 500, |x, _| image::Rgba([200, 0, 0, if x < 500 { 255 } else { 0 }]));
    for (name, codec) in [("a.png", "PNG"), ("a.webp", "WebP"), ("a.gif", "GIF")] {
        picture.save(files.at(name)).unwrap();
        let report = files.good(&files.at(name));
        let video = report.video.unwrap();
        assert_eq!((report.kind.as_str(), video.codec.as_str()), ("image", codec));
        assert_eq!((video.width, video.height, report.duration_ms), (1000, 500, None));
        let small = files.small().into_rgb8();
        assert_eq!((small.width(), small.height()), (320, 160));
        assert!(small.get_pixel(50, 80).0[0] > 150 && small.get_pixel(270, 80).0[0] < 40, "{name}");
    }
}

#[test]
fn broken_pictures_are_refused() {
    let files = Files::new();
    image::RgbImage::from_fn(300, 300, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]))
        .save(files.at("a.png"))
        .unwrap();
    let whole = std::fs::read(files.at("a.png")).unwrap();
    files.bad(&files.put("cut.png", &whole[..whole.len() / 2]), "damaged");
    files.bad(&files.put("head.png", &whole[..20]), "damaged");
    files.bad(&files.put("cut.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"), "damaged");
    files.bad(&files.put("a.gif", b"GIF89a"), "damaged");
}

#[test]
fn a_bomb_does_not_go_off() {
    let files = Files::new();
    // A few bytes that claim a gigapixel: width and height of the header, with its checksum.
    files.bad(&files.put("wide.png", &header(2_000_000, 2_000_000)), "too large");
    files.bad(&files.put("tall.png", &header(1, 16_385)), "too large");
    files.bad(&files.put("heavy.png", &header(16_000, 16_000)), "");
    files.bad(&files.put("none.png", &header(0, 10)), "");
}

/// A PNG that consists of its header.
fn header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 6, 0, 0, 0]);
    let sum = !chunk.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&chunk);
    png.extend(sum.to_be_bytes());
    png.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
    png
}
