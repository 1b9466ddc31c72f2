//! A file to the settings that follow from it.

use jiff::Timestamp;
use serde_json::Value;
use signage_protocol::config::ProvisionFile;
use signage_protocol::jws::SigningKey;
use signage_provisioner::medium::Content;
use signage_provisioner::merge::Settings;
use signage_provisioner::offer::{Lock, Screen, judge};
use signage_provisioner::settings::{profiles, unsupported};

use super::file;

/// What one file offers can be merged over what is there, and becomes profiles that NetworkManager can take.
pub fn check(bytes: &[u8]) {
    let content = Content { file: bytes.to_vec(), signature: Some(bytes[..bytes.len().min(4096)].to_vec()) };
    let screen = Screen {
        serial: Some("10000000a3b1c2d4".into()),
        now: Timestamp::UNIX_EPOCH,
        lock: None,
        taken: None,
    };
    let lock = Lock { key: SigningKey::from_bytes(&[7; 32]).verifying_key(), newest: None };
    let locked = Screen { lock: Some(lock), ..screen.clone() };
    let (refused, _) = judge("a stick", &content, &locked);
    file::problem(&refused.expect_err("nothing is its own signature"));

    let (offer, warnings) = match judge("a stick", &content, &screen) {
        (Ok(offer), warnings) => (offer, warnings),
        (Err(problem), findings) => {
            file::problem(&problem);
            return file::findings(bytes, &findings);
        }
    };
    let alone = offer.settings.file().expect("the settings of a file are a file");
    assert_eq!(offer.settings.has_token(), alone.token().is_some(), "a token is given or not");
    if warnings.is_empty() {
        let again = Settings::of(&alone, &offer.settings.origins());
        let again = again.file().expect("the settings of a file are a file");
        assert_eq!(given(&again), given(&alone), "settings in force stay what they are");
    }

    let merged = offer.settings.over(stored());
    let file = merged.file().expect("merged settings are a file");
    assert!(file.hub.is_some(), "a screen does not lose its hub");
    for file in [&alone, &file] {
        if let Some(problem) = unsupported(file) {
            file::problem(&problem);
        }
        for (_, uuid, profile) in file.network.iter().flat_map(profiles) {
            assert_eq!(uuid.len(), 36);
            let shown = format!("{profile:?}");
            assert!(!shown.contains("\\0"), "D-Bus has no text with a zero in it: {shown}");
        }
    }
}

/// What a file says, without groups of which it says nothing.
fn given(file: &ProvisionFile) -> Value {
    let mut document = serde_json::to_value(file).expect("a file can be written");
    if let Value::Object(members) = &mut document {
        members.retain(|_, member| member.as_object().is_none_or(|group| !group.is_empty()));
    }
    document
}

/// What a screen has from an earlier file.
fn stored() -> Settings {
    let earlier = br#"{"version":1,"provisionToken":"sgp_000000000000000000000000000d1ncj",
        "hub":{"url":"https://hub.example"},"device":{"name":"Foyer"},
        "network":{"connections":[{"type":"ethernet"}]},"display":{"*":{"rotation":90}}}"#;
    let document = serde_json::from_slice(earlier).expect("this is JSON");
    Settings::new(&document, |_| "earlier".into())
}
