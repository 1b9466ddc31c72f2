//! The documents that people read say what the code says.
//!
//! To renew the generated ones: `UPDATE_DOCS=1 cargo test -p signage-protocol --test docs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test, also in the helpers")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use signage_protocol::config;
use signage_protocol::problem::Code;
use signage_protocol::token::{Kind, RANDOM_BYTES};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compares a generated document with the one that is checked in, or renews that one.
fn compare(path: &str, generated: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), generated);
}

#[test]
fn the_page_of_problems_is_the_catalogue() {
    let mut page = String::from(
        "# Problems\n\nWhat a screen can say, generated from the catalogue in `protocol/src/problem.rs`. \
         The codes are stable.\n\n| code | what is wrong | what to do |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        writeln!(page, "| {code} | {} | {} |", code.cause(), code.action()).unwrap();
    }
    compare("docs/PROBLEMS.md", &page);
}

#[test]
fn the_schema_is_that_of_the_types() {
    let mut text = serde_json::to_string_pretty(config::schema()).unwrap();
    text.push('\n');
    compare("docs/telemetry_config.schema.json", &text);
}

#[test]
fn the_reference_is_that_of_the_types() {
    let schema = config::schema();
    let mut page = String::from(
        "# The provisioning file, field by field\n\nGenerated from the types in `protocol/src/config/file`. \
         The machine-readable form is [telemetry_config.schema.json](telemetry_config.schema.json).\n",
    );
    let mut sections = vec![("The file".to_owned(), schema)];
    let mut done = 0;
    while done < sections.len() {
        let (title, object) = sections[done].clone();
        done += 1;
        writeln!(page, "\n## {title}\n").unwrap();
        writeln!(page, "{}\n", object["description"].as_str().unwrap()).unwrap();
        page.push_str("| field | type | default | meaning | example | since |\n|---|---|---|---|---|---|\n");
        for (name, field) in object["properties"].as_object().unwrap() {
            if let Some(target) =
                reference(field).filter(|target| !sections.iter().any(|(title, _)| title == target))
            {
                sections.push((target.to_owned(), &schema["$defs"][target]));
            }
            writeln!(page, "{}", row(object, name, field)).unwrap();
        }
    }
    compare("docs/PROVISIONING.md", &page);
}

/// The group that a field, a list of it or a map of it refers to.
fn reference(field: &Value) -> Option<&str> {
    let text = match field {
        Value::Object(members) => members.iter().find_map(|(name, value)| match name.as_str() {
            "$ref" => value.as_str(),
            "items" | "additionalProperties" => reference(value),
            "anyOf" => value.as_array()?.iter().find_map(reference),
            _ => None,
        }),
        _ => None,
    }?;
    Some(text.rsplit('/').next().unwrap_or(text))
}

fn row(object: &Value, name: &str, field: &Value) -> String {
    let required = object["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let default = match &field["default"] {
        _ if required => "required".to_owned(),
        Value::Null => "–".to_owned(),
        Value::Object(_) => "automatic".to_owned(),
        Value::Array(list) if list.is_empty() => "empty".to_owned(),
        value => format!("`{value}`"),
    };
    let example = field["examples"][0].to_string().replace('|', "\\|");
    let example = if example == "null" { String::new() } else { format!("`{example}`") };
    format!(
        "| `{name}` | {} | {default} | {} | {example} | {} |",
        type_name(field),
        field["description"].as_str().unwrap().replace('\n', " "),
        field["x-since"].as_str().unwrap()
    )
}

fn type_name(field: &Value) -> String {
    if let Some(choices) = field["enum"].as_array() {
        let all: Vec<String> =
            choices.iter().filter(|one| !one.is_null()).map(|one| format!("`{one}`")).collect();
        return all.join(" ");
    }
    let names: Vec<&str> = match &field["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["object"],
    };
    let name = names.into_iter().find(|name| *name != "null").unwrap_or("object");
    match (name, reference(field)) {
        ("array", Some(group)) => format!("list of [{group}](#{})", group.to_lowercase()),
        ("array", None) => format!("list of {}", type_name(&field["items"])),
        (_, Some(group)) if !field["additionalProperties"].is_null() => {
            format!("names to [{group}](#{})", group.to_lowercase())
        }
        (_, Some(group)) => format!("[{group}](#{})", group.to_lowercase()),
        ("string", None) => match field["format"].as_str() {
            Some(format) => format!("text ({})", format.replace('-', " ")),
            None => "text".into(),
        },
        ("integer", None) => match (field["minimum"].as_i64(), field["maximum"].as_i64()) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            _ => "number".into(),
        },
        ("boolean", None) => "true or false".into(),
        (name, None) => name.into(),
    }
}

#[test]
fn every_provisioning_file_in_the_documents_is_valid() {
    let token = Kind::Provisioning.encode(&[1; RANDOM_BYTES]);
    let mut checked = 0;
    for document in ["README.md", "docs/hub.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        for block in text.split("```json\n").skip(1) {
            let json = block.split("```").next().unwrap().replace("sgp_…", token.expose());
            if !json.contains("\"version\"") {
                continue;
            }
            let parsed =
                config::parse(json.as_bytes()).unwrap_or_else(|findings| panic!("{document}: {findings:?}"));
            assert_eq!(parsed.warnings, [], "{document}");
            checked += 1;
        }
    }
    assert!(checked > 0);
}
