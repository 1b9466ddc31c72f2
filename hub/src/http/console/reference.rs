//! `GET /api`: the description of the API for people, made from the document that programs read. Open to everybody.

use maud::{Markup, html};
use serde_json::Value;

use super::super::openapi::DOCUMENT;
use super::layout::page;

/// How deep objects in objects are shown; deeper ones by their name.
const DEPTH: usize = 3;

pub(super) async fn show() -> Markup {
    let document = &*DOCUMENT;
    let areas = document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str());
    let about = document["info"]["description"].as_str().unwrap_or_default();
    page(
        "API",
        None,
        html! {
            div.head {
                h1 { "API" }
                p.summary {
                    "For programs: " a href="/api/v1/openapi.json" { "openapi.json" } " (OpenAPI 3.1)"
                }
            }
            section.card {
                @for text in about.split("\n\n") { p { (marked(text)) } }
                p { code { "curl --cacert ca.pem -H \"Authorization: Bearer $TOKEN\" https://HUB/api/v1/me" } }
            }
            nav.filters.apart aria-label="Areas" {
                @for area in areas.clone() { a href={ "#" (area) } { (area) } }
            }
            @for area in areas {
                section.card id=(area) {
                    h2 { (area) }
                    @for (path, method, operation) in operations(document, area) { (one(path, method, operation)) }
                }
            }
        },
    )
}

fn operations<'a>(document: &'a Value, area: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    all.filter(move |(_, _, operation)| operation["tags"][0] == area)
}

fn one(path: &str, method: &str, operation: &Value) -> Markup {
    let text = operation["description"].as_str().or(operation["summary"].as_str()).unwrap_or_default();
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    html! {
        details id=[operation["operationId"].as_str()] {
            summary { code { (method.to_uppercase()) " " (path) } }
            p { (marked(text)) }
            @if !parameters.is_empty() {
                (table("Parameters", parameters.iter().map(|one| Field {
                    name: one["name"].as_str().unwrap_or_default().to_owned(),
                    kind: format!("{}, {}", one["in"].as_str().unwrap_or_default(), kind(&one["schema"])),
                    required: one["required"] == true,
                    about: one["description"].as_str().unwrap_or_default().to_owned(),
                }).collect()))
            }
            @for (media_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                (table(&format!("Request, {media_type}"), fields(&content["schema"])))
            }
            @for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                @if response.get("$ref").is_none() {
                    @for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                        (table(&format!("Answer {status}, {media_type}"), fields(&content["schema"])))
                    }
                    @if response.get("content").is_none() { p { strong { "Answer " (status) } ": no body" } }
                }
            }
            p.minor {
                "Refusals: "
                @for status in operation["responses"].as_object().into_iter().flatten()
                    .filter(|(_, response)| response.get("$ref").is_some()).map(|(status, _)| status) {
                    (status) " "
                }
            }
        }
    }
}

struct Field {
    name: String,
    kind: String,
    required: bool,
    about: String,
}

fn table(title: &str, fields: Vec<Field>) -> Markup {
    html! {
        h3 { (title) }
        @if !fields.is_empty() {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Type" } th scope="col" { "Meaning" } } }
                tbody {
                    @for field in fields {
                        tr {
                            td data-label="Name" { code { (field.name) } @if field.required { " *" } }
                            td data-label="Type" { (field.kind) }
                            td data-label="Meaning" { (marked(&field.about)) }
                        }
                    }
                }
            }
        }
    }
}

/// The members of an object, those of objects in it by their path.
fn fields(schema: &Value) -> Vec<Field> {
    let mut all = Vec::new();
    collect(schema, "", 0, &mut all);
    all
}

fn collect(schema: &Value, before: &str, depth: usize, all: &mut Vec<Field>) {
    let schema = resolve(schema);
    if depth > DEPTH {
        return;
    }
    for choice in ["anyOf", "oneOf", "allOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
        collect(choice, before, depth + 1, all);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], &format!("{before}[]"), depth, all);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{before}{}{name}", if before.is_empty() { "" } else { "." });
        let target = resolve(member);
        let about = member["description"].as_str().or(target["description"].as_str()).unwrap_or_default();
        let required = schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        all.push(Field { name: path.clone(), kind: kind(member), required, about: about.to_owned() });
        collect(member, &path, depth + 1, all);
    }
}

fn resolve(schema: &Value) -> &Value {
    match schema["$ref"].as_str().and_then(|target| DOCUMENT.pointer(target.strip_prefix('#')?)) {
        Some(target) => target,
        None => schema,
    }
}

/// What a value is, in a few words.
fn kind(schema: &Value) -> String {
    let schema = resolve(schema);
    let words = |all: &[Value]| all.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" ");
    if let Some(choices) = schema["enum"].as_array() {
        let long = choices.len() > 12;
        return words(&choices[..choices.len().min(12)]) + if long { " …" } else { "" };
    }
    if let Some(only) = schema.get("const") {
        return only.to_string();
    }
    for name in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[name].as_array() {
            let all: Vec<String> = choices.iter().map(kind).filter(|one| !one.is_empty()).collect();
            return all.join(" or ");
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let all: Vec<String> = types
        .into_iter()
        .map(|name| match (name, schema["format"].as_str()) {
            ("array", _) if schema["items"].is_object() => format!("list of {}", kind(&schema["items"])),
            ("string", Some(format)) => format!("text ({format})"),
            ("string", None) => "text".to_owned(),
            (name, _) => name.to_owned(),
        })
        .collect();
    all.join(" or ")
}

/// A text in which `this` is code and **this** is strong.
fn marked(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else {
                @for (index, part) in part.split("**").enumerate() {
                    @if index % 2 == 1 { strong { (part) } } @else { (part) }
                }
            }
        }
    }
}
