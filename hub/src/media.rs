//! Which files a screen can show, told by their first bytes. The name of a file proves nothing.

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

#[cfg(test)]
mod tests {
    use super::*;

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
