//! The `Range` header of RFC 9110 for one range of bytes. Several ranges are answered with the whole, which the
//! RFC allows and no device asks for.

/// What to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 200 with everything.
    Whole,
    /// 206 with these bytes, both included.
    Part {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: u64,
    },
    /// 416: nothing of what was asked for exists.
    Unsatisfiable,
}

/// Decides what `header` gets of something `length` bytes long. A header that is not understood is ignored, as
/// the RFC wants.
pub fn answer(header: Option<&str>, length: u64) -> Answer {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Answer::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-') else {
        return Answer::Whole;
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok());
    match (first, last) {
        ("", "") => Answer::Whole,
        ("", suffix) => match number(suffix).flatten() {
            None => Answer::Whole,
            Some(0) => Answer::Unsatisfiable,
            Some(_) if length == 0 => Answer::Unsatisfiable,
            Some(count) => Answer::Part { first: length.saturating_sub(count), last: length - 1 },
        },
        (first, last) => {
            let end = if last.is_empty() { Some(u64::MAX) } else { number(last).flatten() };
            match (number(first).flatten(), end) {
                (Some(first), Some(last)) if first <= last => {
                    if first >= length {
                        Answer::Unsatisfiable
                    } else {
                        Answer::Part { first, last: last.min(length - 1) }
                    }
                }
                _ => Answer::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_rfc() {
        let part = |first, last| Answer::Part { first, last };
        for (header, expected) in [
            ("bytes=0-", part(0, 99)),
            ("bytes=40-", part(40, 99)),
            ("bytes=40-49", part(40, 49)),
            ("bytes=99-99", part(99, 99)),
            ("bytes=90-1000", part(90, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes=100-", Answer::Unsatisfiable),
            ("bytes=-0", Answer::Unsatisfiable),
            ("bytes=50-40", Answer::Whole),
            ("bytes=0-1,5-6", Answer::Whole),
            ("bytes=a-b", Answer::Whole),
            ("bytes=+1-2", Answer::Whole),
            ("bytes=-", Answer::Whole),
            ("lines=1-2", Answer::Whole),
            ("bytes=99999999999999999999-", Answer::Whole),
        ] {
            assert_eq!(answer(Some(header), 100), expected, "{header}");
        }
        assert_eq!(answer(None, 100), Answer::Whole);
        assert_eq!(answer(Some("bytes=0-"), 0), Answer::Unsatisfiable);
    }
}
