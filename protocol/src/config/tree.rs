//! The text as a tree whose every value knows its place, and the way from a JSON pointer to that place.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::{Deserialize, Serialize};

use super::shown;

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
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        Self { line: lines + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// A text and its values.
pub(super) struct Tree<'a> {
    text: &'a str,
    root: Value<'a>,
}

impl<'a> Tree<'a> {
    /// The tree of a text that is valid JSON (RFC 8259) already; `None` if it is not.
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let strict = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let root = parse_to_ast(text, &CollectOptions::default(), &strict).ok()?.value?;
        Some(Self { text, root })
    }

    pub(super) fn root(&self) -> &Value<'a> {
        &self.root
    }

    /// Where a value begins.
    pub(super) fn position(&self, value: &Value<'a>) -> Position {
        Position::of_offset(self.text, value.range().start)
    }

    /// Where a member's name begins.
    pub(super) fn position_of_name(&self, member: &ObjectProp<'a>) -> Position {
        Position::of_offset(self.text, member.range.start)
    }

    /// Where the value at `pointer` begins. A member that is not there resolves to its nearest parent, which
    /// is where it has to be added.
    pub(super) fn locate(&self, pointer: &str) -> Position {
        let mut value = &self.root;
        for part in pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")) {
            let next = match value {
                Value::Object(object) => member(object, &part).map(|member| &member.value),
                Value::Array(array) => part.parse().ok().and_then(|index: usize| array.elements.get(index)),
                _ => None,
            };
            match next {
                Some(next) => value = next,
                None => break,
            }
        }
        self.position(value)
    }
}

/// The member of an object that counts: of several with one name, the last, as serde reads it.
pub(super) fn member<'v, 'a>(object: &'v Object<'a>, name: &str) -> Option<&'v ObjectProp<'a>> {
    object.properties.iter().rev().find(|member| member.name.as_str() == name)
}

/// A pointer one level deeper (RFC 6901). It is there to be shown, so of a long name it has only the beginning.
pub(super) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", shown::text(name).replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": 1,\n  \"b\": [true, {\"c/d\": \"x\\\"}\", \"e\": null}],\n  \"ü\": {}\n}";

    fn at(pointer: &str) -> (usize, usize) {
        let position = Tree::new(TEXT).unwrap().locate(pointer);
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

    #[test]
    fn what_is_no_json_has_no_tree() {
        for text in ["", "{", "{a:1}", "{\"a\":1,}", "// x\n{}", "{'a':1}", "[1 2]", "[+1]", "[0x1]", "[NaN]"]
        {
            assert!(Tree::new(text).is_none(), "{text}");
        }
    }
}
