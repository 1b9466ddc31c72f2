//! Which files a screen can show, told by their first bytes. The name of a file proves nothing.

use signage_protocol::probe::Report;

/// Bytes that [`recognise`] needs at most.
pub const HEAD_BYTES: usize = 16;

/// Media type and kind of item, or `None` for what no screen can show.
pub fn recognise(head: &[u8]) -> Option<(&'static str, &'static str)> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(("image/png", "image"))
    } else if head.starts_with(b"\xff\xd8\xff") {
        Some(("image/jpeg", "image"))
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some(("image/gif", "image"))
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(("image/webp", "image"))
    } else if head.get(4..8) == Some(b"ftyp") {
        // The same container also carries still pictures, sound and QuickTime, which are not MP4 video.
        const OTHERS: [&[u8]; 10] =
            [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ", b"qt  "];
        let brand = head.get(8..12)?;
        (!OTHERS.contains(&brand)).then_some(("video/mp4", "video"))
    } else {
        None
    }
}

/// Codecs of pictures that the screens of the image decode. Whatever else the hub can decode, they cannot.
const CODECS: [&str; 7] = [
    "video/x-h264",
    "video/x-h265",
    "video/x-vp8",
    "video/x-vp9",
    "video/mpeg;version=4",
    "video/mpeg;version=2",
    "video/mpeg;version=1",
];
/// Codecs of sound that they decode.
const SOUND: [&str; 9] = [
    "audio/mpeg;version=4",
    "audio/mpeg;version=2",
    "audio/mpeg;version=1",
    "audio/x-ac3",
    "audio/x-eac3",
    "audio/x-alac",
    "audio/x-opus",
    "audio/x-vorbis",
    "audio/x-raw",
];
/// Largest video that the boards decode.
const MAX_VIDEO: (u32, u32) = (4096, 2304);

/// Why a screen could not show a file that can be read, or not all of it.
pub fn problem(report: &Report) -> Option<String> {
    if report.kind != "video" {
        return None;
    }
    let Some(video) = &report.video else {
        return Some("There is no picture in the file, only sound.".to_owned());
    };
    if !CODECS.contains(&video.media.as_str()) {
        return Some(format!(
            "Screens cannot decode the picture, which is coded as {}. Convert it to H.264.",
            video.codec
        ));
    }
    let (long, short) = (video.width.max(video.height), video.width.min(video.height));
    if long > MAX_VIDEO.0 || short > MAX_VIDEO.1 {
        return Some(format!(
            "The picture has {} × {} pixels; screens decode at most {} × {}. Make it smaller.",
            video.width, video.height, MAX_VIDEO.0, MAX_VIDEO.1
        ));
    }
    let sound = report.audio.as_ref().filter(|audio| !SOUND.contains(&audio.media.as_str()));
    sound.map(|audio| {
        format!("Screens play it without sound, which is coded as {}. Convert the sound to AAC.", audio.codec)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use signage_protocol::probe::{Audio, Video};

    #[test]
    fn what_a_screen_cannot_decode_is_said() {
        let video = |media: &str, width, height, sound: Option<&str>| Report {
            kind: "video".into(),
            video: Some(Video { codec: "X".into(), media: media.into(), width, height, ..Video::default() }),
            audio: sound.map(|media| Audio { codec: "S".into(), media: media.into(), ..Audio::default() }),
            ..Report::default()
        };
        let aac = Some("audio/mpeg;version=4");
        assert_eq!(problem(&video("video/x-h264", 2304, 4096, aac)), None);
        assert_eq!(problem(&Report { kind: "image".into(), ..Report::default() }), None);
        for (report, says) in [
            (video("video/x-av1", 1920, 1080, aac), "coded as X"),
            (video("video/x-h264", 7680, 4320, aac), "7680 × 4320"),
            (video("video/x-h264", 1920, 1080, Some("audio/x-dts")), "without sound"),
            (Report { video: None, ..video("", 0, 0, aac) }, "no picture"),
        ] {
            assert!(problem(&report).unwrap().contains(says), "{report:?}");
        }
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let kind = |head: &[u8]| recognise(head).map(|(media_type, _)| media_type);
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(kind(b"GIF89a"), Some("image/gif"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"\0\0\0\x20ftypisom\0\0\x02\0"), Some("video/mp4"));
        assert_eq!(kind(b"\0\0\0\x1cftypheic\0\0\0\0"), None);
        assert_eq!(kind(b"RIFF\0\0\0\0WAVEfmt "), None);
        assert_eq!(kind(b"\0\0\0\x20ftyp"), None);
        assert_eq!(kind(b"<html>"), None);
        assert_eq!(kind(b""), None);
    }
}
