//! The JSON Schema of the provisioning file, generated from its types.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::file::ProvisionFile;

/// The schema (draft 2020-12). The copy in `docs/` is compared with it by a test; the hub serves it.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut schema =
            SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ProvisionFile>();
        schema.insert("$id".into(), "https://signage.invalid/schema/provisioning-1.json".into());
        schema.insert("title".into(), "Signage provisioning file".into());
        schema.to_value()
    })
}

/// The names of all fields whose values must not be shown.
pub fn secret_fields() -> &'static BTreeSet<String> {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let groups = schema()["$defs"].as_object().into_iter().flat_map(|groups| groups.values());
        std::iter::once(schema())
            .chain(groups)
            .filter_map(|group| group["properties"].as_object())
            .flatten()
            .filter(|(_, field)| resolve(field).0["writeOnly"] == true)
            .map(|(name, _)| name.clone())
            .collect()
    })
}

/// A schema with its reference followed and `null` taken away, and whether `null` was allowed.
pub(super) fn resolve(schema: &Value) -> (&Value, bool) {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
        return resolve(&self::schema()["$defs"][name]);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let null = choices.iter().any(|choice| choice["type"] == "null");
        let other = choices.iter().find(|choice| choice["type"] != "null").unwrap_or(schema);
        return (resolve(other).0, null);
    }
    let null = schema["type"].as_array().is_some_and(|types| types.iter().any(|name| name == "null"));
    (schema, null)
}

/// The one type that a resolved schema allows besides `null`.
pub(super) fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(types) => {
            types.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("")
        }
        other => other.as_str().unwrap_or(""),
    }
}
