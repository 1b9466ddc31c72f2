//! Every answer of the API in every test is held against the API's description: status, media type, and for JSON every
//! member. More is not allowed than is described, so that the description cannot fall behind.

use axum::http::{Method, header};
use serde_json::Value;
use signage_hub::http::openapi::DOCUMENT;

use crate::common::Answer;

/// Panics when an answer is not what the description says.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some((pattern, operation)) = operation(method, path) else {
        return;
    };
    let status = answer.status.as_u16();
    let what = format!("{method} {pattern} answered {status}");
    let responses = &operation["responses"];
    let response = match &responses[status.to_string()] {
        Value::Null => &responses["default"],
        response => response,
    };
    let response = resolve(response);
    assert!(
        answer.status.is_client_error()
            || answer.status.is_server_error()
            || !responses[status.to_string()].is_null(),
        "{what}, which is not described"
    );
    if method == Method::HEAD {
        return;
    }
    let given = answer.header(header::CONTENT_TYPE).split(';').next().unwrap().trim();
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what} with a body, which is not described");
        return;
    };
    let described = content.iter().find(|(name, _)| {
        let name = name.split(';').next().unwrap().trim();
        let family = name.strip_suffix('*').is_some_and(|family| given.starts_with(family));
        name == given || name == "*/*" || family
    });
    let Some((_, media)) = described else { panic!("{what} as {given:?}, which is not described") };
    if (given == "application/json" || given.ends_with("+json")) && !media["schema"].is_null() {
        let body: Value =
            serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{what}: {error}"));
        if let Err(reason) = fits(&body, &media["schema"], "the body") {
            panic!("{what}: {reason}\n{body}");
        }
    }
}

/// The operation that a request is for: that with the most words of its path in common.
fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let wanted: Vec<&str> = path.split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        let same = parts.iter().zip(&wanted).all(|(part, word)| part.starts_with('{') || part == word);
        same && parts.len() == wanted.len()
    };
    let paths = DOCUMENT["paths"].as_object().unwrap().iter().filter(|(pattern, _)| fits(pattern));
    let (pattern, methods) = paths.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
    methods.get(&method).map(|operation| (pattern.as_str(), operation))
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(target) => {
            let found = DOCUMENT.pointer(target.strip_prefix('#').unwrap());
            resolve(found.unwrap_or_else(|| panic!("{target} leads nowhere")))
        }
        None => value,
    }
}

/// Members of an object that some part of its schema describes.
fn described(schema: &'static Value, names: &mut Vec<&'static str>) -> bool {
    let schema = resolve(schema);
    let mut open = schema["properties"].is_null()
        || schema.get("additionalProperties").is_some_and(|more| *more != false);
    names.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
    for part in ["allOf", "anyOf", "oneOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
        open &= described(part, names);
    }
    open
}

/// Whether a value is what a schema says. A keyword that is not known here is an error: nothing goes unchecked.
fn fits(value: &Value, schema: &'static Value, at: &str) -> Result<(), String> {
    if let Value::Object(members) = value {
        let mut names = Vec::new();
        let open = described(schema, &mut names);
        if let Some(name) = members.keys().find(|name| !open && !names.contains(&name.as_str())) {
            return Err(format!("{at} holds {name:?}, which is not described"));
        }
    }
    holds(value, schema, at)
}

fn holds(value: &Value, schema: &'static Value, at: &str) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else {
        return if *schema == false { Err(format!("{at} must not be there")) } else { Ok(()) };
    };
    let wrong = |reason: String| Err(format!("{at} is {value}, but {reason}"));
    for (keyword, rule) in keywords {
        let right = match keyword.as_str() {
            "$ref" => {
                holds(value, resolve(schema), at)?;
                true
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is(value, one)),
                one => is(value, one),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "properties" => {
                for (name, member) in rule.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        fits(inner, member, &format!("{at}.{name}"))?;
                    }
                }
                true
            }
            "required" => rule
                .as_array()
                .unwrap()
                .iter()
                .all(|name| !value.is_object() || value.get(name.as_str().unwrap()).is_some()),
            "additionalProperties" => {
                let known = |name: &str| schema["properties"].get(name).is_some();
                for (name, inner) in value.as_object().into_iter().flatten().filter(|(name, _)| !known(name))
                {
                    fits(inner, rule, &format!("{at}.{name}"))?;
                }
                true
            }
            "items" => {
                for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                    fits(inner, rule, &format!("{at}[{index}]"))?;
                }
                true
            }
            "prefixItems" => {
                for (inner, rule) in value.as_array().into_iter().flatten().zip(rule.as_array().unwrap()) {
                    fits(inner, rule, at)?;
                }
                true
            }
            "allOf" => {
                for rule in rule.as_array().unwrap() {
                    holds(value, rule, at)?;
                }
                true
            }
            "anyOf" => rule.as_array().unwrap().iter().any(|rule| fits(value, rule, at).is_ok()),
            "oneOf" => {
                rule.as_array().unwrap().iter().filter(|rule| fits(value, rule, at).is_ok()).count() == 1
            }
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "minLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap())
            }
            "maxLength" => {
                value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap())
            }
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
            "format" => match (rule.as_str(), value.as_str()) {
                (Some("date-time"), Some(text)) => text.parse::<jiff::Timestamp>().is_ok(),
                (Some("uint8" | "uint16" | "uint32" | "uint64" | "uint"), _) => {
                    value.as_i64().is_none_or(|number| number >= 0)
                }
                _ => true,
            },
            "description" | "title" | "default" | "examples" | "example" | "deprecated" | "readOnly"
            | "writeOnly" | "pattern" | "uniqueItems" | "contentEncoding" | "propertyNames"
            | "maxProperties" | "minProperties" => true,
            extension if extension.starts_with("x-") => true,
            unknown => panic!("{at}: this check does not know the keyword {unknown:?} yet; teach it"),
        };
        if !right {
            return wrong(format!("{keyword} is {rule}"));
        }
    }
    Ok(())
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

#[test]
fn what_is_not_described_is_found() {
    let schema: &'static Value = Box::leak(Box::new(serde_json::json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "at": { "type": ["string", "null"], "format": "date-time" } },
        "required": ["name", "at"],
    })));
    let fits = |value: Value| fits(&value, schema, "it");
    assert_eq!(fits(serde_json::json!({ "name": "a", "at": null })), Ok(()));
    assert_eq!(fits(serde_json::json!({ "name": "a", "at": "2026-11-20T10:00:00Z" })), Ok(()));
    for wrong in [
        serde_json::json!({ "name": "a" }),
        serde_json::json!({ "name": "a", "at": "today" }),
        serde_json::json!({ "name": 1, "at": null }),
        serde_json::json!({ "name": "a", "at": null, "more": 1 }),
        serde_json::json!([]),
    ] {
        assert!(fits(wrong.clone()).is_err(), "{wrong}");
    }
}
