//! What people really put on sticks, and what they are told.

use super::*;
use crate::Secret;
use crate::config::Ipv4Method;
use crate::token::{Kind, RANDOM_BYTES};

fn token() -> Secret {
    Kind::Provisioning.encode(&[9; RANDOM_BYTES])
}

fn complete() -> String {
    format!(
        r#"{{
  "version": 1,
  "provisionToken": "{}",
  "hub": {{ "url": "https://hub.example:8443", "ca": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n" }},
  "network": {{ "connections": [ {{ "type": "ethernet", "ipv4": {{
      "method": "manual", "addresses": ["192.168.1.20/24"], "gateway": "192.168.1.1", "dns": ["192.168.1.1"] }} }} ] }},
  "device": {{ "name": "Foyer", "hostname": "foyer-1", "timezone": "Europe/Berlin", "tags": ["north"] }}
}}"#,
        token().expose()
    )
}

/// Code, line, column and pointer of the only finding.
fn one(text: &str) -> (Code, usize, usize, String) {
    let findings = parse(text.as_bytes()).expect_err(text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let Finding {
        code,
        position,
        pointer,
        ..
    } = findings.into_iter().next().unwrap();
    (code, position.line, position.column, pointer)
}

#[test]
fn a_complete_file_is_read() {
    let parsed = parse(complete().as_bytes()).unwrap();
    assert_eq!(parsed.warnings, []);
    assert_eq!(parsed.file.token(), Some(&token()));
    let ipv4 = &parsed.file.network.unwrap().connections[0].ipv4;
    assert_eq!(ipv4.method, Ipv4Method::Manual);
    assert_eq!(ipv4.addresses[0].to_string(), "192.168.1.20/24");
}

#[test]
fn it_is_read_with_a_byte_order_mark_and_crlf() {
    let text = format!("\u{feff}{}", complete().replace('\n', "\r\n"));
    assert!(parse(text.as_bytes()).is_ok());
}

#[test]
fn broken_json_is_named_by_line_and_column() {
    assert_eq!(
        one("{\n  \"version\": 1,\n  \"device\": { \"name\" \"Foyer\" }\n}"),
        (Code::CfgSyntax, 3, 22, String::new())
    );
    assert_eq!(one("{ \"version\": 1"), (Code::CfgSyntax, 1, 14, String::new()));
    assert_eq!(
        one("{ \"version\": 1 } }"),
        (Code::CfgSyntax, 1, 18, String::new())
    );
    assert_eq!(one("  \n"), (Code::CfgSyntax, 1, 1, String::new()));
}

#[test]
fn text_that_is_not_utf8_says_so() {
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(&utf16).unwrap_err()[0].code, Code::CfgEncoding);
    let findings = parse(b"{\n \"a\": \"\xff\" }").unwrap_err();
    assert_eq!(
        (
            findings[0].code,
            findings[0].position.line,
            findings[0].position.column
        ),
        (Code::CfgEncoding, 2, 8)
    );
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_pointer() {
    let text = complete().replace("\"manual\"", "\"static\"");
    let (code, line, _, pointer) = one(&text);
    assert_eq!(
        (code, line, pointer.as_str()),
        (Code::CfgValue, 6, "/network/connections/0/ipv4/method")
    );
    let (code, .., pointer) = one(&complete().replace("192.168.1.20/24", "192.168.1.20"));
    assert_eq!(
        (code, pointer.as_str()),
        (Code::CfgValue, "/network/connections/0/ipv4/addresses/0")
    );
    assert_eq!(one("[1]").0, Code::CfgValue);
    assert_eq!(one("7").0, Code::CfgValue);
}

#[test]
fn a_missing_field_is_named_where_it_belongs() {
    let (code, line, column, pointer) = one("{ \"version\": 1, \"hub\": { } }");
    assert_eq!(
        (code, line, column, pointer.as_str()),
        (Code::CfgMissing, 1, 24, "/hub")
    );
    assert_eq!(one("{}").0, Code::CfgMissing);
}

#[test]
fn contradictions_are_found() {
    let (code, .., pointer) =
        one(&complete().replace("\"gateway\": \"192.168.1.1\"", "\"gateway\": \"10.0.0.1\""));
    assert_eq!(
        (code, pointer.as_str()),
        (Code::CfgConflict, "/network/connections/0/ipv4/gateway")
    );
    let (code, .., pointer) = one(&complete().replace("https://", "http://"));
    assert_eq!((code, pointer.as_str()), (Code::CfgValue, "/hub/url"));
    let (code, .., pointer) = one(&complete().replace("foyer-1", "foyer_1"));
    assert_eq!((code, pointer.as_str()), (Code::CfgValue, "/device/hostname"));
    assert_eq!(one(r#"{"version": 2}"#).0, Code::CfgVersion);
    let (code, .., pointer) = one(&format!(
        r#"{{"version":1,"provisionToken":"{}"}}"#,
        token().expose()
    ));
    assert_eq!((code, pointer.as_str()), (Code::CfgMissing, ""));
}

#[test]
fn a_mistyped_token_is_found_and_never_repeated() {
    let text = complete().replace(&token().expose()[4..8], "zzzz");
    let findings = parse(text.as_bytes()).unwrap_err();
    assert_eq!(findings[0].pointer, "/provisionToken");
    assert!(!format!("{findings:?}").contains("zzzz"), "{findings:?}");
    let findings = parse(br#"{"version":1,"provisionToken":424242}"#).unwrap_err();
    assert!(!format!("{findings:?}").contains("424242"), "{findings:?}");
}

#[test]
fn an_unknown_field_is_a_warning() {
    let parsed = parse(br#"{"version":1,"device":{"nmae":"Foyer"}}"#).unwrap();
    assert_eq!(parsed.warnings.len(), 1);
    assert_eq!(
        (parsed.warnings[0].code, parsed.warnings[0].pointer.as_str()),
        (Code::CfgUnknown, "/device/nmae")
    );
}

#[test]
fn size_and_depth_are_bounded() {
    assert_eq!(
        parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err()[0].code,
        Code::UsbTooLarge
    );
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    assert_eq!(one(&deep).0, Code::CfgValue);
}

proptest::proptest! {
    #[test]
    fn nothing_on_a_stick_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        if let Err(findings) = parse(&bytes) {
            assert!(!findings.is_empty());
        }
    }
}
