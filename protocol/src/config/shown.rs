//! What of a file may appear in a message: short, on one line, and no secret that got into the wrong place.

/// Longest text of the file in a message, in characters.
const LONGEST: usize = 64;

/// A text of the file as a message shows it.
pub(super) fn text(text: &str) -> String {
    secret(text).map_or_else(|| cut(text), str::to_owned)
}

/// The same in quotes, as it stands in the file.
pub(super) fn quoted(text: &str) -> String {
    secret(text).map_or_else(|| format!("\"{}\"", cut(text)), str::to_owned)
}

fn cut(text: &str) -> String {
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// What to say in place of a text that holds a secret.
fn secret(text: &str) -> Option<&'static str> {
    let token = |part: &[u8]| part.eq_ignore_ascii_case(b"sgp_") || part.eq_ignore_ascii_case(b"sgd_");
    if text.as_bytes().windows(4).any(token) {
        Some("a token")
    } else if text.contains("PRIVATE KEY") {
        Some("a private key")
    } else if text.split_once('@').is_some_and(|(user, _)| user.contains(':')) {
        Some("an address with a user name")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        assert_eq!(quoted("Foyer"), "\"Foyer\"");
        assert_eq!(text("a\nb\u{1b}[2J"), "a b [2J");
        assert_eq!(text(&"ü".repeat(64)), "ü".repeat(64));
        assert_eq!(text(&"ü".repeat(65)), format!("{}…", "ü".repeat(64)));
    }

    #[test]
    fn secrets_in_the_wrong_place_are_not_shown() {
        assert_eq!(text("my SGP_0123"), "a token");
        assert_eq!(quoted("-----BEGIN PRIVATE KEY-----\nMC4C"), "a private key");
        assert_eq!(quoted("https://user:pass@hub"), "an address with a user name");
        assert_eq!(quoted("user:pass@wpad.example/proxy.pac"), "an address with a user name");
    }
}
