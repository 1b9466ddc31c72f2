//! Names with numbers in them: `Lobby {n}` is Lobby 1, Lobby 2, …; `{n:03}` pads with zeros to three digits.

use crate::{Error, Result};

/// The names for `count` numbers from `first` on. Several must differ, so they need a number.
pub fn expand(pattern: &str, first: usize, count: usize) -> Result<Vec<String>> {
    let pattern = pattern.trim();
    let parts = parse(pattern);
    if count > 1 && !parts.iter().any(|part| matches!(part, Part::Number(_))) {
        return Err(Error::Invalid(format!(
            "the name {pattern:?} would be the same for all; put {{n}} into it, or {{n:03}} for 001, 002, …"
        )));
    }
    let last =
        first.checked_add(count - 1).ok_or_else(|| Error::Invalid("the first number is too large".into()))?;
    Ok((first..=last).map(|number| parts.iter().map(|part| part.text(number)).collect()).collect())
}

enum Part<'a> {
    Text(&'a str),
    /// Its width.
    Number(usize),
}

impl Part<'_> {
    fn text(&self, number: usize) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Number(width) => format!("{number:0width$}"),
        }
    }
}

fn parse(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some(start) = rest.find("{n") {
        let (before, at) = rest.split_at(start);
        let end = at.find('}').map(|end| (end + 1, width(&at[2..end])));
        if let Some((end, Some(width))) = end {
            parts.extend([Part::Text(before), Part::Number(width)]);
            rest = &at[end..];
        } else {
            parts.push(Part::Text(&rest[..start + 2]));
            rest = &rest[start + 2..];
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// The width that stands behind the `n`: nothing, or `:0` and a digit.
fn width(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [] => Some(0),
        [b':', b'0', digit @ b'1'..=b'9'] => Some(usize::from(digit - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_where_the_pattern_says() {
        assert_eq!(expand(" Lobby {n} ", 1, 2).unwrap(), ["Lobby 1", "Lobby 2"]);
        assert_eq!(expand("{n:03}/{n}", 9, 2).unwrap(), ["009/9", "010/10"]);
        assert_eq!(expand("Foyer", 1, 1).unwrap(), ["Foyer"]);
        assert_eq!(expand("{n:x} {n", 1, 1).unwrap(), ["{n:x} {n"]);
    }

    #[test]
    fn several_screens_do_not_get_one_name() {
        for pattern in ["Lobby", "", "{N}", "{n:12345}"] {
            assert!(
                matches!(expand(pattern, 1, 2), Err(Error::Invalid(_) | Error::Field { .. })),
                "{pattern}"
            );
        }
        assert!(expand("{n}", usize::MAX, 2).is_err());
    }
}
