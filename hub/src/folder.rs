//! Names that people give: titles of content, and folders as paths such as `Berlin/Foyer`. Neither ever becomes the
//! name of a file on the hub, but both are shown, and handed on as names of downloads.

use crate::{Error, Result};

/// Longest title and longest path in bytes, which is what a file system takes as a name.
pub const MAX_BYTES: usize = 255;
/// Folders inside each other.
const MAX_LEVELS: usize = 10;

/// A path with one slash between its levels; empty is the top.
pub fn path(text: &str) -> Result<String> {
    let levels: Vec<&str> = text.split('/').map(str::trim).filter(|level| !level.is_empty()).collect();
    let wrong =
        |level: &&str| matches!(*level, "." | "..") || level.chars().any(hidden) || level.contains('\\');
    if let Some(level) = levels.iter().find(|level| wrong(level)) {
        return Err(Error::Invalid(format!("{level:?} cannot be the name of a folder")));
    }
    let path = levels.join("/");
    if levels.len() > MAX_LEVELS || path.len() > MAX_BYTES {
        return Err(Error::Invalid(format!(
            "a folder has at most {MAX_LEVELS} levels and {MAX_BYTES} bytes; {:?}… has more",
            path.chars().take(40).collect::<String>()
        )));
    }
    Ok(path)
}

/// The folder that a folder is in.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The last level of a path.
pub fn leaf(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, leaf)| leaf)
}

/// Whether a folder is another one or lies in it.
pub fn is_within(path: &str, other: &str) -> bool {
    other.is_empty() || path == other || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
}

/// A title as somebody typed it, or the name of a file that somebody sent: its last part, without what cannot be seen
/// or makes other letters look different from what they are, and no longer than a name may be.
pub fn title(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let clean: String = last.chars().filter(|char| !hidden(*char)).collect();
    let clean = clean.trim();
    let end = (0..=clean.len().min(MAX_BYTES)).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or(0);
    let clean = clean[..end].trim();
    (!clean.is_empty() && !clean.bytes().all(|byte| byte == b'.')).then(|| clean.to_owned())
}

/// Control characters, and those that turn the direction of a text or take no room in it.
fn hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_slash_between_its_levels() {
        assert_eq!(path(" /Berlin //Foyer/ ").unwrap(), "Berlin/Foyer");
        assert_eq!(path("/").unwrap(), "");
        for wrong in ["a/../b", "./a", "a\0b", "a/b\\c", "a\u{202E}b", &"x/".repeat(11), &"x".repeat(256)] {
            assert!(path(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!((parent("a/b/c"), parent("a"), leaf("a/b"), leaf("a")), ("a/b", "", "b", "a"));
        assert!(is_within("a/b", "a") && is_within("a", "a") && is_within("a", ""));
        assert!(!is_within("ab", "a") && !is_within("a", "a/b"));
    }

    #[test]
    fn a_title_is_a_name_and_nothing_else() {
        for (given, title) in [
            ("film.mp4", "film.mp4"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\a\\b.png", "b.png"),
            ("photo\u{202E}gnp.exe", "photognp.exe"),
            ("a\0b\n.png", "ab.png"),
            ("Übersicht & <b>.png", "Übersicht & <b>.png"),
            ("a/", "a"),
        ] {
            assert_eq!(super::title(given).as_deref(), Some(title));
        }
        for nothing in ["", "  ", "..", "/", "\0", "\u{200B}"] {
            assert_eq!(super::title(nothing), None, "{nothing:?}");
        }
        let long = super::title(&"ü".repeat(300)).unwrap();
        assert_eq!((long.len(), long.chars().count()), (254, 127));
    }
}
