//! Settings from several sources become one file: for each setting the highest source that gives it counts.
//!
//! A setting is what only makes sense as a whole: a token, the hub, one member of `network`, `device` or
//! `account`, one output of `display`. Lists are not joined. What a file asks for once (`replace`) or says of
//! itself (`only`, `expiresAt`) is not a setting. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use signage_protocol::config::ProvisionFile;

/// JSON pointer of a setting → where it came from, for people.
pub type Origins = BTreeMap<String, String>;

/// Groups whose members are settings of their own.
const GROUPS: [&str; 4] = ["network", "device", "display", "account"];
/// Settings that are one value.
const SINGLE: [&str; 3] = ["issuedAt", "lock", "hub"];
/// A screen has one token, of whichever kind.
const TOKENS: [&str; 2] = ["provisionToken", "deviceToken"];

/// Settings by JSON pointer, each with its origin.
#[derive(Clone, Default, PartialEq)]
pub struct Settings(BTreeMap<String, (Value, String)>);

impl std::fmt::Debug for Settings {
    /// Without the values, some of which are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Settings").field(&self.origins()).finish()
    }
}

impl Settings {
    /// The settings that a document gives. `null` gives nothing.
    pub fn new(document: &Map<String, Value>, origin: impl Fn(&str) -> String) -> Self {
        let mut settings = BTreeMap::new();
        let mut add = |pointer: String, value: &Value| {
            if !value.is_null() {
                let origin = origin(&pointer);
                settings.insert(pointer, (value.clone(), origin));
            }
        };
        for name in SINGLE.iter().chain(&TOKENS) {
            if let Some(value) = document.get(*name) {
                add(format!("/{name}"), value);
            }
        }
        for group in GROUPS {
            let members = document.get(group).and_then(Value::as_object);
            for (name, value) in members.into_iter().flatten() {
                add(format!("/{group}/{}", escape(name)), value);
            }
        }
        Self(settings)
    }

    /// The settings of a file in force.
    pub fn of(file: &ProvisionFile, origins: &Origins) -> Self {
        match serde_json::to_value(file) {
            Ok(Value::Object(document)) => {
                Self::new(&document, |pointer| origins.get(pointer).cloned().unwrap_or_default())
            }
            // A struct with names for keys is always an object.
            _ => Self::default(),
        }
    }

    /// These settings, and those of `lower` that these do not give. A token goes to no other hub than the one
    /// that it came with.
    #[must_use]
    pub fn over(mut self, mut lower: Self) -> Self {
        let moves = matches!((self.hub(), lower.hub()), (Some(new), Some(old)) if new != old);
        if self.has_token() || moves {
            lower = lower.without_token();
        }
        lower.0.append(&mut self.0);
        lower
    }

    /// Without those that `drop` names by pointer and origin.
    #[must_use]
    pub fn without(mut self, drop: impl Fn(&str, &str) -> bool) -> Self {
        self.0.retain(|pointer, (_, origin)| !drop(pointer, origin));
        self
    }

    /// Without a token.
    #[must_use]
    pub fn without_token(self) -> Self {
        self.without(|pointer, _| TOKENS.iter().any(|token| pointer.strip_prefix('/') == Some(token)))
    }

    /// The address of the hub, as it is given.
    fn hub(&self) -> Option<&Value> {
        self.0.get("/hub")?.0.get("url")
    }

    /// Whether one of them is a token.
    pub fn has_token(&self) -> bool {
        TOKENS.iter().any(|token| self.0.contains_key(&format!("/{token}")))
    }

    /// Where each came from.
    pub fn origins(&self) -> Origins {
        self.0.iter().map(|(pointer, (_, origin))| (pointer.clone(), origin.clone())).collect()
    }

    /// All of them as one file.
    pub fn file(&self) -> serde_json::Result<ProvisionFile> {
        let mut document = Map::from_iter([("version".to_owned(), Value::from(1))]);
        for (pointer, (value, _)) in &self.0 {
            match pointer[1..].split_once('/') {
                None => drop(document.insert(pointer[1..].to_owned(), value.clone())),
                Some((group, name)) => {
                    let members = document.entry(group).or_insert_with(|| Value::Object(Map::new()));
                    if let Some(members) = members.as_object_mut() {
                        members.insert(unescape(name), value.clone());
                    }
                }
            }
        }
        serde_json::from_value(Value::Object(document))
    }
}

/// RFC 6901: `~` and `/` inside a name.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(document: Value, origin: &str) -> Settings {
        Settings::new(document.as_object().unwrap(), |_| origin.to_owned())
    }

    #[test]
    fn null_is_as_good_as_not_given() {
        let high =
            settings(json!({ "hub": null, "provisionToken": null, "device": { "name": null } }), "stick");
        assert!(!high.has_token());
        let low = settings(json!({ "hub": { "url": "discover" }, "device": { "name": "B" } }), "stored");
        assert_eq!(high.over(low.clone()), low);
    }

    #[test]
    fn the_highest_source_counts_for_each_setting() {
        let high = settings(json!({ "device": { "name": "A" }, "network": { "ntp": ["a"] } }), "stick");
        let low = settings(
            json!({ "device": { "name": "B", "timezone": "UTC" }, "network": { "ntp": ["b", "c"] } }),
            "boot partition",
        );
        let merged = high.over(low);
        let file = merged.file().unwrap();
        let device = file.device.unwrap();
        assert_eq!((device.name.as_deref(), device.timezone.as_deref()), (Some("A"), Some("UTC")));
        assert_eq!(file.network.unwrap().ntp, ["a"]);
        let origins = merged.origins();
        assert_eq!(origins["/device/name"], "stick");
        assert_eq!(origins["/device/timezone"], "boot partition");
    }

    #[test]
    fn a_hub_is_taken_as_a_whole() {
        let high = settings(json!({ "hub": { "url": "https://a" } }), "");
        let low = settings(json!({ "hub": { "url": "https://b", "ca": "…" } }), "");
        assert_eq!(high.over(low).file().unwrap().hub.unwrap().ca, None);
    }

    #[test]
    fn a_token_goes_to_no_other_hub_than_its_own() {
        let hub = |url: &str| settings(json!({ "hub": { "url": url } }), "stick");
        let low = settings(json!({ "provisionToken": "sgp_1", "hub": { "url": "https://a" } }), "stored");
        assert!(!hub("https://evil").over(low.clone()).has_token());
        assert!(hub("https://a").over(low).has_token());
    }

    #[test]
    fn there_is_one_token() {
        let high = settings(json!({ "provisionToken": "sgp_1" }), "");
        let low = settings(json!({ "deviceToken": "sgd_2" }), "");
        let file = high.over(low).file().unwrap();
        assert!(file.provision_token.is_some() && file.device_token.is_none());
    }

    #[test]
    fn what_is_given_as_off_is_given() {
        let high = settings(json!({ "lock": false, "network": { "connections": [] } }), "");
        let low =
            settings(json!({ "lock": true, "network": { "connections": [{ "type": "ethernet" }] } }), "");
        let file = high.over(low).file().unwrap();
        assert!(!file.lock && file.network.unwrap().connections.is_empty());
    }

    #[test]
    fn what_a_file_says_of_itself_is_no_setting() {
        let all = settings(json!({ "version": 1, "only": ["x"], "replace": true, "later": 1 }), "");
        assert_eq!(all, Settings::default());
    }

    #[test]
    fn settings_can_be_left_out() {
        let all = settings(json!({ "account": { "folder": "a" }, "lock": true }), "");
        let left = all.without(|pointer, _| pointer.starts_with("/account/"));
        assert_eq!(left.origins().into_keys().collect::<Vec<_>>(), ["/lock"]);
    }

    #[test]
    fn a_file_comes_back() {
        let json = r#"{"version":1,"lock":true,"device":{"name":"x","tags":["a"]},
            "display":{"HDMI-A-1":{"rotation":90},"*":{"rotation":0}},"hub":{"url":"https://h"}}"#;
        let file = signage_protocol::config::parse(json.as_bytes()).unwrap().file;
        assert_eq!(Settings::of(&file, &Origins::new()).file().unwrap(), file);
    }
}
