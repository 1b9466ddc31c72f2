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
  "hub": {{ "url": "https://hub.example:8443" }},
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
    let Finding { code, position, pointer, .. } = findings.into_iter().next().unwrap();
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
    assert_eq!(one("{ \"version\": 1 } }"), (Code::CfgSyntax, 1, 18, String::new()));
    // Columns are characters; this one is three bytes.
    assert_eq!(one("{ \"\u{200b}"), (Code::CfgSyntax, 1, 4, String::new()));
    assert_eq!(one("  \n"), (Code::CfgSyntax, 1, 1, String::new()));
}

#[test]
fn text_that_is_not_utf8_says_so() {
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(&utf16).unwrap_err()[0].code, Code::CfgEncoding);
    let findings = parse(b"{\n \"a\": \"\xff\" }").unwrap_err();
    assert_eq!(
        (findings[0].code, findings[0].position.line, findings[0].position.column),
        (Code::CfgEncoding, 2, 8)
    );
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_pointer() {
    let text = complete().replace("\"manual\"", "\"static\"");
    let (code, line, _, pointer) = one(&text);
    assert_eq!((code, line, pointer.as_str()), (Code::CfgValue, 6, "/network/connections/0/ipv4/method"));
    let (code, .., pointer) = one(&complete().replace("192.168.1.20/24", "192.168.1.20"));
    assert_eq!((code, pointer.as_str()), (Code::CfgValue, "/network/connections/0/ipv4/addresses/0"));
    assert_eq!(one("[1]").0, Code::CfgValue);
    assert_eq!(one("7").0, Code::CfgValue);
}

#[test]
fn a_missing_field_is_named_where_it_belongs() {
    let (code, line, column, pointer) = one("{ \"version\": 1, \"hub\": { } }");
    assert_eq!((code, line, column, pointer.as_str()), (Code::CfgMissing, 1, 24, "/hub"));
    assert_eq!(one("{}").0, Code::CfgMissing);
}

#[test]
fn contradictions_are_found() {
    let (code, .., pointer) =
        one(&complete().replace("\"gateway\": \"192.168.1.1\"", "\"gateway\": \"10.0.0.1\""));
    assert_eq!((code, pointer.as_str()), (Code::CfgConflict, "/network/connections/0/ipv4/gateway"));
    let (code, .., pointer) = one(&complete().replace("https://", "http://"));
    assert_eq!((code, pointer.as_str()), (Code::CfgConflict, "/hub/url"));
    let (code, .., pointer) = one(&complete().replace("foyer-1", "foyer_1"));
    assert_eq!((code, pointer.as_str()), (Code::CfgValue, "/device/hostname"));
    assert_eq!(one(r#"{"version": 2}"#).0, Code::CfgVersion);
    let (code, .., pointer) = one(&format!(r#"{{"version":1,"provisionToken":"{}"}}"#, token().expose()));
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
    assert_eq!(parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err()[0].code, Code::UsbTooLarge);
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    assert_eq!(one(&deep).0, Code::CfgValue);
}

#[test]
fn a_file_with_too_many_values_is_refused_where_they_begin_to_be_too_many() {
    let list = |count: usize| format!("{{\"version\":1,\n\"x\":[{}1]}}", "1,".repeat(count));
    let (code, line, column, pointer) = one(&list(30_000));
    assert_eq!((code, line, column, pointer.as_str()), (Code::CfgValue, 2, 2 * MAX_VALUES + 1, ""));
    assert_eq!(parse(list(MAX_VALUES - 3).as_bytes()).unwrap().warnings.len(), 1);
}

#[test]
fn a_screen_has_only_so_many_outputs() {
    let outputs = |count: usize| {
        let all: Vec<String> = (0..count).map(|number| format!("\"HDMI-A-{number}\":{{}}")).collect();
        format!(r#"{{"version":1,"display":{{{}}}}}"#, all.join(","))
    };
    assert_eq!(one(&outputs(33)), (Code::CfgValue, 1, 24, "/display".into()));
    assert!(parse(outputs(32).as_bytes()).is_ok());
}

#[test]
fn of_a_thousand_mistakes_a_hundred_are_listed_and_the_rest_is_counted() {
    let text =
        format!(r#"{{"version":1,{}"device":{{"tags":[{}1]}}}}"#, "\"x\":1,".repeat(2), "1,".repeat(999));
    let findings = parse(text.as_bytes()).unwrap_err();
    // The warning and the repeated field come before the list; an error never gives way to a warning.
    assert_eq!(findings.len(), 102);
    assert_eq!(findings[0].code, Code::CfgConflict);
    assert_eq!(findings[99].pointer, "/device/tags/97");
    assert_eq!(findings[100].message, "902 more problems are not listed here");
    assert_eq!(findings[100].position, findings[99].position);
    assert!(findings[101].is_warning());
}

#[test]
fn a_name_is_shown_as_far_as_anybody_reads_it() {
    let warning = |name: &str| {
        let parsed = parse(format!(r#"{{"version":1,"{name}":1}}"#).as_bytes()).unwrap();
        parsed.warnings.into_iter().next().unwrap()
    };
    assert_eq!(warning(&"n".repeat(1000)).pointer, format!("/{}…", "n".repeat(64)));
    assert_eq!(warning(r"a\u001bb").pointer, "/a b");
    assert_eq!(warning(token().expose()).pointer, "/a token");
}

proptest::proptest! {
    #[test]
    fn nothing_on_a_stick_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        if let Err(findings) = parse(&bytes) {
            assert!(!findings.is_empty());
        }
    }
}

/// Codes and pointers of all findings.
fn all(text: &str) -> Vec<(Code, String)> {
    let findings = parse(text.as_bytes()).expect_err(text);
    findings.into_iter().map(|finding| (finding.code, finding.pointer)).collect()
}

#[test]
fn all_problems_are_named_in_one_pass() {
    let text = r#"{
  "version": "1",
  "replace": "yes",
  "hub": { "ca": 7 },
  "network": { "connections": [ { "type": "wifi ", "mtu": 10 }, 5 ] },
  "device": { "hostname": "-x-", "tags": "one", "nmae": "x" }
}"#;
    let expected = [
        (Code::CfgValue, "/version"),
        (Code::CfgValue, "/replace"),
        (Code::CfgMissing, "/hub"),
        (Code::CfgValue, "/hub/ca"),
        (Code::CfgValue, "/network/connections/0/type"),
        (Code::CfgValue, "/network/connections/0/mtu"),
        (Code::CfgValue, "/network/connections/1"),
        (Code::CfgValue, "/device/hostname"),
        (Code::CfgValue, "/device/tags"),
        (Code::CfgUnknown, "/device/nmae"),
    ];
    assert_eq!(all(text), expected.map(|(code, pointer)| (code, pointer.to_owned())));
}

#[test]
fn a_finding_says_what_was_found_what_is_allowed_and_what_was_meant() {
    let findings = parse(br#"{"version":1,"device":{"timezone":"Europe/Berlim"}}"#).unwrap_err();
    let finding = &findings[0];
    assert_eq!(finding.found.as_deref(), Some("\"Europe/Berlim\""));
    assert_eq!(finding.suggestion.as_deref(), Some("Europe/Berlin"));
    assert!(finding.message.ends_with("did you mean \"Europe/Berlin\"?"), "{}", finding.message);
    let parsed = parse(br#"{"version":1,"device":{"time_zone":"UTC"}}"#).unwrap();
    assert_eq!(parsed.warnings[0].suggestion.as_deref(), Some("timezone"));
}

fn connections(json: &str) -> String {
    format!(r#"{{"version":1,"network":{{"connections":[{json}]}}}}"#)
}

#[test]
fn a_wifi_needs_what_its_protection_needs() {
    let at = |pointer: &str| format!("/network/connections/0{pointer}");
    let wifi = |rest: &str| all(&connections(&format!(r#"{{"type":"wifi",{rest}}}"#)));
    assert_eq!(wifi(r#""ssid":"Shop""#), [(Code::CfgMissing, at(""))]);
    assert_eq!(wifi(r#""ssid":"Shop","security":"wpa2-psk""#), [(Code::CfgMissing, at(""))]);
    assert_eq!(
        wifi(r#""ssid":"Shop","security":"open","psk":"12345678""#),
        [(Code::CfgConflict, at("/psk"))]
    );
    assert_eq!(
        wifi(r#""ssid":"Shop","security":"wpa2-psk","psk":"1234567""#),
        [(Code::CfgValue, at("/psk"))]
    );
    assert_eq!(
        wifi(r#""ssid":"123456789012345678901234567890äöü","security":"open""#),
        [(Code::CfgValue, at("/ssid"))]
    );
    let eap = |eap: &str| wifi(&format!(r#""ssid":"Shop","security":"wpa-eap","eap":{eap}"#));
    assert_eq!(eap(r#"{"method":"peap","identity":"x"}"#), [(Code::CfgMissing, at("/eap"))]);
    assert_eq!(eap(r#"{"method":"tls","identity":"x"}"#).len(), 2);
    assert_eq!(all(&connections(r#"{"type":"ethernet","ssid":"Shop"}"#)), [(Code::CfgConflict, at("/ssid"))]);
    let good = connections(r#"{"type":"wifi","ssid":"Shop","security":"wpa3-sae","psk":"correct horse"}"#);
    assert!(parse(good.as_bytes()).is_ok());
}

#[test]
fn a_wrong_passphrase_is_not_repeated() {
    let findings =
        parse(connections(r#"{"type":"wifi","ssid":"S","security":"wpa2-psk","psk":"geheim"}"#).as_bytes());
    assert!(!format!("{:?}", findings.unwrap_err()).contains("geheim"));
}

#[test]
fn connections_must_not_get_in_each_others_way() {
    let manual = |rest: &str, address: &str| {
        format!(r#"{{"type":"ethernet"{rest},"ipv4":{{"method":"manual","addresses":["{address}"]}}}}"#)
    };
    let (one, two) = (r#","match":{"interface":"eth0"}"#, r#","match":{"interface":"eth1"}"#);
    let second = |code| vec![(code, "/network/connections/1".to_owned())];
    let both = |a: String, b: String| all(&connections(&format!("{a},{b}")));
    let twice = both(manual("", "10.0.0.1/24"), manual("", "10.0.0.2/24"));
    assert_eq!(twice, second(Code::CfgConflict));
    let overlapping = both(manual(one, "10.0.0.1/24"), manual(two, "10.0.0.2/16"));
    assert_eq!(overlapping, second(Code::CfgConflict));
    let same = both(manual(one, "10.0.0.1/24"), manual(two, "10.0.0.1/24"));
    assert_eq!(same.len(), 2);
    let fine = connections(&format!("{},{}", manual(one, "10.0.0.1/24"), manual(two, "10.0.1.1/24")));
    assert!(parse(fine.as_bytes()).is_ok());
}

#[test]
fn an_address_that_no_device_can_have_is_found() {
    for address in ["192.168.1.0/24", "192.168.1.255/24", "0.0.0.0/8", "224.0.0.1/4", "255.255.255.255/32"] {
        let json = format!(r#"{{"type":"ethernet","ipv4":{{"method":"manual","addresses":["{address}"]}}}}"#);
        let expected = [(Code::CfgValue, "/network/connections/0/ipv4/addresses/0".to_owned())];
        assert_eq!(all(&connections(&json)), expected, "{address}");
    }
    for address in ["192.168.1.1/24", "10.0.0.0/31", "10.0.0.7/32", "192.168.0.255/23"] {
        let json = format!(r#"{{"type":"ethernet","ipv4":{{"method":"manual","addresses":["{address}"]}}}}"#);
        assert!(parse(connections(&json).as_bytes()).is_ok(), "{address}");
    }
}

#[test]
fn ipv6_addresses_and_gateways_are_those_of_devices() {
    let ipv6 = |address: &str, gateway: &str| {
        connections(&format!(
            r#"{{"type":"ethernet","ipv6":{{"method":"manual","addresses":["{address}"],"gateway":"{gateway}"}}}}"#
        ))
    };
    let at = |pointer: &str| format!("/network/connections/0/ipv6/{pointer}");
    for address in ["2001:db8::/64", "::/1", "::1/128", "ff02::1/64"] {
        assert_eq!(all(&ipv6(address, "fe80::1")), [(Code::CfgValue, at("addresses/0"))], "{address}");
    }
    for address in ["2001:db8::20/64", "2001:db8::/127", "2001:db8::20/128"] {
        assert!(parse(ipv6(address, "fe80::1").as_bytes()).is_ok(), "{address}");
    }
    assert_eq!(all(&ipv6("2001:db8::2/64", "2001:db8::2")), [(Code::CfgConflict, at("gateway"))]);
    // Stands for all routers of the subnet.
    assert!(parse(ipv6("2001:db8::2/64", "2001:db8::").as_bytes()).is_ok());
}

#[test]
fn a_gateway_is_the_address_of_a_device() {
    let ipv4 = |address: &str, gateway: &str| {
        connections(&format!(
            r#"{{"type":"ethernet","ipv4":{{"method":"manual","addresses":["{address}"],"gateway":"{gateway}"}}}}"#
        ))
    };
    let expected = [(Code::CfgConflict, "/network/connections/0/ipv4/gateway".to_owned())];
    for gateway in ["192.168.1.0", "192.168.1.255", "192.168.1.20", "192.168.2.1"] {
        assert_eq!(all(&ipv4("192.168.1.20/24", gateway)), expected, "{gateway}");
    }
    assert!(parse(ipv4("192.168.0.20/23", "192.168.1.0").as_bytes()).is_ok());
    assert!(parse(ipv4("10.0.0.1/31", "10.0.0.0").as_bytes()).is_ok());
}

#[test]
fn connections_that_take_turns_may_have_the_same_address() {
    let ip = r#""ipv4":{"method":"manual","addresses":["10.0.0.5/24"]}"#;
    let both = |one: &str, two: &str| connections(&format!("{{{one},{ip}}},{{{two},{ip}}}"));
    let wifi = |ssid: &str| format!(r#""type":"wifi","ssid":"{ssid}","security":"open""#);
    let vlan = |id: u16| format!(r#""type":"vlan","vlan":{{"id":{id},"parent":"eth0"}}"#);
    let mac = |mac: &str| format!(r#""type":"ethernet","match":{{"mac":"{mac}"}}"#);
    assert!(parse(both(&wifi("North"), &wifi("South")).as_bytes()).is_ok());
    assert_eq!(all(&both(&vlan(10), &vlan(20))).len(), 2);
    // One interface in two spellings.
    assert_eq!(all(&both(&mac("dc:a6:32:01:02:03"), &mac("DC-A6-32-01-02-03"))).len(), 1);
    let twice = r#"{"type":"ethernet","ipv4":{"method":"manual","addresses":["10.0.0.5/24","10.0.0.5/24"]}}"#;
    assert_eq!(all(&connections(twice)), [(Code::CfgConflict, "/network/connections/0".to_owned())]);
}

#[test]
fn a_method_of_802_1x_has_its_own_fields_only() {
    let eap = |rest: &str| {
        all(&connections(&format!(r#"{{"type":"ethernet","eap":{{"identity":"x","password":"y",{rest}}}}}"#)))
    };
    let at = |pointer: &str| format!("/network/connections/0/eap{pointer}");
    let missing = (Code::CfgMissing, at(""));
    let expected = [missing.clone(), missing, (Code::CfgConflict, at("/password"))];
    assert_eq!(eap(r#""method":"tls""#), expected);
}

#[test]
fn servers_have_names_or_addresses() {
    let ntp = |host: &str| format!(r#"{{"version":1,"network":{{"ntp":["{host}"]}}}}"#);
    for host in ["ntp.example.", "0.pool.ntp.example", "3com", "192.168.1.1", "fe80::1"] {
        assert!(parse(ntp(host).as_bytes()).is_ok(), "{host}");
    }
    for host in ["192.168.1.300", "192.168.1", "ntp.example..", ".", "ntp.example:123", "[fe80::1]"] {
        assert_eq!(one(&ntp(host)).0, Code::CfgValue, "{host}");
    }
}

#[test]
fn a_proxy_has_an_address_and_exceptions_that_can_match() {
    let proxy = |json: &str| format!(r#"{{"version":1,"network":{{"proxy":{json}}}}}"#);
    let http = |url: &str| proxy(&format!(r#"{{"http":"{url}"}}"#));
    for url in ["http://[2001:db8::1]:3128", "http://[2001:db8::1]/", "http://u:p@proxy:3128"] {
        assert!(parse(http(url).as_bytes()).is_ok(), "{url}");
    }
    for url in ["http://[2001:db8::1]3128", "http://[proxy]:3128", "http://proxy:+80", "http://proxy:"] {
        assert_eq!(one(&http(url)).0, Code::CfgValue, "{url}");
    }
    let except = |entry: &str| proxy(&format!(r#"{{"noProxy":["{entry}"]}}"#));
    for entry in ["*", "*.example", ".example", "localhost", "10.0.0.0/8", "fd00::/8", "hub.example:8443"] {
        assert!(parse(except(entry).as_bytes()).is_ok(), "{entry}");
    }
    for entry in ["a.example,b.example", "a b", "http://a.example", "10.0.0.0/99"] {
        assert_eq!(one(&except(entry)).3, "/network/proxy/noProxy/0", "{entry}");
    }
}

#[test]
fn plain_http_is_for_laboratories() {
    let hub =
        |url: &str, allow: bool| format!(r#"{{"version":1,"hub":{{"url":"{url}","allowHttp":{allow}}}}}"#);
    for url in ["http://hub.local", "http://192.168.1.9:8080", "http://[fd00::1]:80/", "http://localhost:1"] {
        assert!(parse(hub(url, true).as_bytes()).is_ok(), "{url}");
        assert_eq!(one(&hub(url, false)).0, Code::CfgConflict, "{url}");
    }
    assert_eq!(one(&hub("http://example.com", true)).0, Code::CfgConflict);
    for url in
        ["ftp://x", "https://", "https://a b", "https://user@hub", "https://hub/path", "https://hub:0", "hub"]
    {
        assert_eq!(one(&hub(url, true)).0, Code::CfgValue, "{url}");
    }
    assert!(parse(hub("discover", false).as_bytes()).is_ok());
}

#[test]
fn a_field_given_twice_is_a_contradiction() {
    let (code, line, column, pointer) = one("{\"version\": 1,\n \"version\": 1}");
    assert_eq!((code, line, column, pointer.as_str()), (Code::CfgConflict, 2, 2, "/version"));
}

#[test]
fn utf16_is_recognised_without_a_mark_too() {
    let utf16: Vec<u8> = "{ }".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(parse(&utf16).unwrap_err()[0].code, Code::CfgEncoding);
}

#[test]
fn null_is_as_good_as_absent_for_what_is_optional() {
    assert!(parse(br#"{"version":1,"hub":null,"device":{"name":null}}"#).is_ok());
    assert_eq!(one(r#"{"version":null}"#).0, Code::CfgValue);
}

#[test]
fn a_malformed_value_does_not_hide_a_contradiction_elsewhere() {
    let text = r#"{"version":1,"device":{"timezone":"Europe/Berlim"},"hub":{"url":"http://hub.example"},
        "network":{"connections":[{"type":"ethernet","mtu":7},{"type":"wifi","ssid":"x","security":"wpa2-psk"},
        {"type":"ethernet","ipv4":{"method":"manual","addresses":["192.168.1.20/24"],"gateway":"10.0.0.1"}}]}}"#;
    let findings = parse(text.as_bytes()).unwrap_err();
    let pointers: Vec<&str> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/device/timezone",
            "/hub/url",
            "/network/connections/0/mtu",
            "/network/connections/1",
            "/network/connections/2/ipv4/gateway"
        ]
    );
}

#[test]
fn what_follows_from_a_malformed_value_is_not_a_mistake_of_its_own() {
    let text = r#"{"version":1,"provisionToken":"sgp_000000000000000000000000000d1ncj","hub":{"url":7}}"#;
    let findings = parse(text.as_bytes()).unwrap_err();
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn half_a_name_and_the_wrong_case_are_put_right() {
    let suggestion = |network: &str| {
        let findings = parse(format!(r#"{{"version":1,"network":{network}}}"#).as_bytes()).unwrap_err();
        findings[0].suggestion.clone()
    };
    let wifi = r#"{"connections":[{"type":"wifi","ssid":"x","security":"wpa2"}]}"#;
    assert_eq!(suggestion(wifi).as_deref(), Some("wpa2-psk"));
    assert_eq!(suggestion(r#"{"country":"de"}"#).as_deref(), Some("DE"));
    assert_eq!(suggestion(r#"{"country":"XX"}"#), None);
}
