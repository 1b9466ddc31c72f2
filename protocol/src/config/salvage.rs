//! What of a file with malformed values can still be checked, so that one typing error does not hide a
//! contradiction elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::file::ProvisionFile;

/// The parts of a file that are checked as a whole: a connection, a member of `network`, a field of the file.
#[derive(Debug)]
pub(super) struct Broken(BTreeSet<String>);

impl Broken {
    /// The parts in which these pointers lie.
    pub(super) fn new<'p>(pointers: impl Iterator<Item = &'p str>) -> Self {
        Self(pointers.map(|pointer| part(pointer).to_owned()).collect())
    }

    /// Whether a finding follows from what is broken rather than from what stands there.
    pub(super) fn explains(&self, pointer: &str) -> bool {
        // What the file as a whole lacks may be what was broken.
        pointer.is_empty() || self.0.contains(part(pointer))
    }

    /// The file without the broken parts; `None` when nothing can be said of what is left.
    pub(super) fn without(&self, text: &str) -> Option<ProvisionFile> {
        let mut file: Value = serde_json::from_str(text).ok()?;
        for part in &self.0 {
            let connection =
                part.strip_prefix("/network/connections/").and_then(|index| index.parse::<usize>().ok());
            match (connection, part.rsplit_once('/')) {
                // In its place, so that the others keep their numbers; it matches no hardware that there is.
                (Some(index), _) => {
                    *file.pointer_mut(part)? = json!({
                        "type": "ethernet", "match": { "mac": format!("02:00:00:{:02x}:{:02x}:00", index >> 8 & 0xff, index & 0xff) },
                    });
                }
                (None, Some(("", "version"))) => file["version"] = json!(1),
                (None, Some((parent, name))) => {
                    file.pointer_mut(parent)?.as_object_mut()?.remove(name);
                }
                (None, None) => file.as_object_mut()?.insert("version".into(), json!(1)).map_or((), drop),
            }
        }
        serde_json::from_value(file).ok()
    }
}

/// The part in which a pointer lies.
fn part(pointer: &str) -> &str {
    let segments = match pointer {
        _ if pointer.starts_with("/network/connections/") => 3,
        _ if pointer.starts_with("/network/") => 2,
        _ => 1,
    };
    let end = pointer.match_indices('/').nth(segments).map_or(pointer.len(), |(at, _)| at);
    &pointer[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_what_is_checked_as_a_whole() {
        assert_eq!(part("/network/connections/1/ipv4/gateway"), "/network/connections/1");
        assert_eq!(part("/network/proxy/http"), "/network/proxy");
        assert_eq!(part("/hub/url"), "/hub");
        assert_eq!(part(""), "");
    }

    #[test]
    fn the_rest_keeps_its_numbers() {
        let text =
            r#"{"version":"x","hub":7,"network":{"connections":[{"type":3},{"type":"ethernet"}],"ntp":7}}"#;
        let broken =
            Broken::new(["/version", "/hub", "/network/connections/0/type", "/network/ntp"].into_iter());
        let file = broken.without(text).unwrap();
        assert_eq!(file.network.unwrap().connections.len(), 2);
        assert!(
            broken.explains("/hub/url") && broken.explains("") && !broken.explains("/network/connections/1")
        );
    }
}
