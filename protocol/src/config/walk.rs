//! Compares a file with the schema and names every difference, not only the first.

use std::collections::HashSet;

use jsonc_parser::ast::{Object, Value};
use serde_json::Value as Schema;

use super::finding::{Finding, Findings};
use super::format;
use super::schema::{resolve, type_of};
use super::shown::{self, quoted};
use super::tree::{Tree, child};
use crate::problem::Code;

/// All differences between the tree and the schema, in the order of the text.
pub(super) fn walk(tree: &Tree<'_>, schema: &Schema, findings: &mut Findings) {
    Walk { tree, findings }.value(schema, tree.root(), "");
}

struct Walk<'w, 'a> {
    tree: &'w Tree<'a>,
    findings: &'w mut Findings,
}

impl<'a> Walk<'_, 'a> {
    fn value(&mut self, schema: &Schema, value: &Value<'a>, pointer: &str) {
        let (schema, null) = resolve(schema);
        let wanted = type_of(schema);
        match (value, wanted) {
            (Value::NullKeyword(_), _) if null => {}
            (Value::Object(object), "object") => self.object(schema, object, value, pointer),
            (Value::Array(array), "array") => {
                self.length(
                    schema,
                    array.elements.len(),
                    "entry",
                    "entries",
                    ("minItems", "maxItems"),
                    value,
                    pointer,
                );
                for (index, element) in array.elements.iter().enumerate() {
                    self.value(&schema["items"], element, &format!("{pointer}/{index}"));
                }
            }
            (Value::StringLit(text), "string") => self.text(schema, &text.value, value, pointer),
            (Value::NumberLit(number), "integer") => self.integer(schema, number.value, value, pointer),
            (Value::BooleanLit(_), "boolean") => {}
            _ => self.report(Code::CfgValue, value, pointer, |finding| {
                finding.allowed(plain(wanted)).found(kind(value))
            }),
        }
    }

    /// Adds a finding about a value; `describe` says what is wrong with it.
    fn report(
        &mut self,
        code: Code,
        value: &Value<'a>,
        pointer: &str,
        describe: impl FnOnce(Finding) -> Finding,
    ) {
        let tree = self.tree;
        self.findings.add(code, || describe(Finding::new(code, tree.position(value), pointer)));
    }

    fn object(&mut self, schema: &Schema, object: &Object<'a>, value: &Value<'a>, pointer: &str) {
        let count = object.properties.len();
        self.length(schema, count, "entry", "entries", ("minProperties", "maxProperties"), value, pointer);
        let tree = self.tree;
        let mut seen = HashSet::new();
        for member in &object.properties {
            let name = member.name.as_str();
            let pointer = child(pointer, name);
            let at_name = |code| Finding::new(code, tree.position_of_name(member), &pointer);
            if !seen.insert(name) {
                let code = Code::CfgConflict;
                self.findings
                    .add(code, || at_name(code).message("the field is given twice; keep one of them"));
                continue;
            }
            let known = &schema["properties"][name];
            if !known.is_null() {
                self.value(known, &member.value, &pointer);
            } else if schema["additionalProperties"].is_object() {
                let names = schema["propertyNames"]["format"].as_str().unwrap_or_default();
                if let Some(allowed) = format::objection(names, name) {
                    let code = Code::CfgValue;
                    self.findings.add(code, || at_name(code).allowed(allowed).found(quoted(name)));
                }
                self.value(&schema["additionalProperties"], &member.value, &pointer);
            } else {
                let code = Code::CfgUnknown;
                self.findings.add(code, || {
                    let names = schema["properties"].as_object().into_iter().flat_map(|all| all.keys());
                    at_name(code)
                        .message("this field is not known and has no effect")
                        .suggestion(nearest(name, names.map(String::as_str)))
                });
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Schema::as_str) {
            if !seen.contains(name) {
                self.report(Code::CfgMissing, value, pointer, |finding| {
                    finding.message(format!("the field \"{name}\" is missing here"))
                });
            }
        }
    }

    fn text(&mut self, schema: &Schema, text: &str, value: &Value<'a>, pointer: &str) {
        let found = |finding: Finding| {
            if schema["writeOnly"] == true { finding } else { finding.found(quoted(text)) }
        };
        if let Some(choices) = schema["enum"].as_array() {
            let choices = || choices.iter().filter_map(Schema::as_str);
            if !choices().any(|choice| choice == text) {
                self.report(Code::CfgValue, value, pointer, |finding| {
                    let all = choices().map(quoted).collect::<Vec<_>>().join(", ");
                    found(finding.allowed(format!("one of {all}")).suggestion(nearest(text, choices())))
                });
            }
            return;
        }
        let format = schema["format"].as_str().unwrap_or_default();
        if let Some(allowed) = format::objection(format, text) {
            return self.report(Code::CfgValue, value, pointer, |finding| {
                let suggestion = match format {
                    "timezone" => nearest(text, format::timezones()),
                    // Two letters are like many others: only their case is put right.
                    "country" => {
                        format::countries().find(|code| code.eq_ignore_ascii_case(text)).map(str::to_owned)
                    }
                    "locale" => nearest(text, format::locales()).map(|name| format!("{name}.UTF-8")),
                    _ => None,
                };
                found(finding.allowed(allowed).suggestion(suggestion))
            });
        }
        let count = text.chars().count();
        self.length(schema, count, "character", "characters", ("minLength", "maxLength"), value, pointer);
    }

    fn integer(&mut self, schema: &Schema, text: &str, value: &Value<'a>, pointer: &str) {
        let number: Option<i64> = text.parse().ok();
        if let Some(choices) = schema["enum"].as_array() {
            if !choices.iter().any(|choice| choice.as_i64() == number) {
                let code = if pointer == "/version" { Code::CfgVersion } else { Code::CfgValue };
                self.report(code, value, pointer, |finding| {
                    let all = choices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                    let allowed = if choices.len() == 1 { all } else { format!("one of {all}") };
                    finding.allowed(allowed).found(shown::text(text))
                });
            }
            return;
        }
        let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
        let fits = number.is_some_and(|number| {
            least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
        });
        if !fits {
            self.report(Code::CfgValue, value, pointer, |finding| {
                let allowed = match (least, most) {
                    (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                    (Some(least), None) => format!("a whole number, at least {least}"),
                    (None, Some(most)) => format!("a whole number, at most {most}"),
                    (None, None) => "a whole number".into(),
                };
                finding.allowed(allowed).found(shown::text(text))
            });
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence for texts and lists")]
    fn length(
        &mut self,
        schema: &Schema,
        count: usize,
        one: &str,
        many: &str,
        (least, most): (&str, &str),
        value: &Value<'a>,
        pointer: &str,
    ) {
        let limit = |name: &str| schema[name].as_u64().and_then(|limit| usize::try_from(limit).ok());
        let noun = |count: usize| if count == 1 { one } else { many };
        let allowed = match (limit(least), limit(most)) {
            (Some(least), _) if count < least => format!("at least {least} {}", noun(least)),
            (_, Some(most)) if count > most => format!("at most {most} {}", noun(most)),
            _ => return,
        };
        self.report(Code::CfgValue, value, pointer, |finding| {
            finding.allowed(allowed).found(format!("{count} {}", noun(count)))
        });
    }
}

fn plain(type_name: &str) -> &'static str {
    match type_name {
        "object" => "an object in braces",
        "array" => "a list in brackets",
        "string" => "a text in quotes",
        "integer" => "a whole number",
        "boolean" => "true or false",
        _ => "another value",
    }
}

fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        Value::StringLit(_) => "a text",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "true or false",
        Value::NullKeyword(_) => "null",
    }
}

/// The known name that somebody may have meant. Comparing takes time and memory by the length of both, so a
/// name much longer than any that is known has none.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let wanted = plain(name);
    known
        .map(|known| {
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, &plain(known));
            // Half a name, such as `wpa2`, means the whole one.
            let begins = wanted.len() >= 3 && plain(known).starts_with(&wanted);
            (if begins { likeness.max(0.6) } else { likeness }, known)
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::schema;

    /// Every property of every object of the schema, with its path.
    fn properties() -> Vec<(String, &'static Schema)> {
        let root = [("", schema())];
        let defs = schema()["$defs"].as_object().unwrap().iter().map(|(name, def)| (name.as_str(), def));
        root.into_iter()
            .chain(defs)
            .flat_map(|(group, object)| {
                let members = object["properties"].as_object().into_iter().flatten();
                members.map(move |(name, property)| (format!("{group}/{name}"), property))
            })
            .collect()
    }

    #[test]
    fn every_field_is_documented() {
        let all = properties();
        assert!(all.len() > 60, "{}", all.len());
        for (path, property) in all {
            assert!(
                property["description"].as_str().is_some_and(|text| text.ends_with('.')),
                "{path}: description"
            );
            assert!(property["x-since"].is_string(), "{path}: x-since");
            let (resolved, _) = resolve(property);
            let nested = resolved["properties"].is_object()
                || resolve(&resolved["items"]).0["properties"].is_object()
                || resolved["additionalProperties"].is_object();
            assert!(nested || property["examples"].is_array(), "{path}: examples");
        }
    }

    #[test]
    fn every_example_is_allowed() {
        for (path, property) in properties() {
            for example in property["examples"].as_array().into_iter().flatten() {
                let text = example.to_string();
                if text.contains('…') {
                    continue;
                }
                let tree = Tree::new(&text).unwrap();
                let mut findings = Findings::default();
                walk(&tree, property, &mut findings);
                let findings = findings.into_sorted();
                assert!(findings.is_empty(), "{path} {text}: {findings:?}");
            }
        }
    }
}
