//! Finds the place of a JSON pointer in a text, so that a finding can say line and column.

use serde::{Deserialize, Serialize};

/// A place in a text; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Position {
    /// The place of a byte offset; an offset past the end is the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Where the value at `pointer` begins in a text that is valid JSON. A member that is not there resolves to
/// its nearest parent, which is where it has to be added.
pub fn locate(text: &str, pointer: &str) -> Position {
    let mut scanner = Scanner {
        text: text.as_bytes(),
        at: 0,
    };
    let wanted = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"));
    scanner.blank();
    let mut found = scanner.at;
    for part in wanted {
        match scanner.enter(&part) {
            Some(at) => found = at,
            None => break,
        }
    }
    Position::of_offset(text, found)
}

/// Walks a text that a JSON parser has accepted already; on anything else it stops early, never panics.
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// From the start of an object or array to the start of the member `part` in it.
    fn enter(&mut self, part: &str) -> Option<usize> {
        let object = match self.peek()? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        self.at += 1;
        for index in 0.. {
            self.blank();
            if matches!(self.peek()?, b'}' | b']') {
                return None;
            }
            let here = if object {
                let key = self.string()?;
                self.blank();
                self.at += 1; // the colon
                self.blank();
                key == part
            } else {
                part.parse() == Ok(index)
            };
            if here {
                return Some(self.at);
            }
            self.skip_value()?;
            self.blank();
            if self.peek()? == b',' {
                self.at += 1;
            }
        }
        None
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.skip_string()?;
        serde_json::from_slice(&self.text[start..self.at]).ok()
    }

    fn skip_string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }

    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    // A bare number or word ends at the bracket of its parent, which is not ours.
                    if depth == 0 {
                        return Some(());
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return Some(()),
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": 1,\n  \"b\": [true, {\"c/d\": \"x\\\"}\", \"e\": null}],\n  \"ü\": {}\n}";

    fn at(pointer: &str) -> (usize, usize) {
        let position = locate(TEXT, pointer);
        (position.line, position.column)
    }

    #[test]
    fn pointers_lead_to_the_start_of_their_value() {
        assert_eq!(at(""), (1, 1));
        assert_eq!(at("/a"), (2, 8));
        assert_eq!(at("/b"), (3, 8));
        assert_eq!(at("/b/1"), (3, 15));
        assert_eq!(at("/b/1/c~1d"), (3, 23));
        assert_eq!(at("/b/1/e"), (3, 36));
        assert_eq!(at("/ü"), (4, 8));
    }

    #[test]
    fn what_is_missing_resolves_to_its_parent() {
        assert_eq!(at("/b/1/zzz"), (3, 15));
        assert_eq!(at("/nothing/here"), (1, 1));
        assert_eq!(at("/a/b"), (2, 8));
    }

    proptest::proptest! {
        #[test]
        fn no_text_and_no_pointer_make_it_panic(text in ".{0,80}", pointer in "(/[a-c0-2~]{0,3}){0,4}") {
            let _ = locate(&text, &pointer);
        }
    }
}
