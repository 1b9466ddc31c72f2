//! No file of up to 1 MiB takes more than 32 MiB of memory, whatever stands in it.
//!
//! Memory is counted, so it is the same everywhere; time is printed only (`--nocapture`), because it is not.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a panic here is a failed test, also in the helpers"
)]

use std::fmt::Write as _;
use std::time::Instant;

use peak_alloc::PeakAlloc;
use signage_protocol::config::{MAX_BYTES, parse};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Most memory for one file, the file itself included, in MiB.
const LIMIT: f32 = 32.0;

/// Puts together texts of up to 1 MiB from at most so many parts.
///
/// The parser has a limit of its own for the number of values; what is worst may be just below it.
#[derive(Clone, Copy)]
struct Builder {
    most: usize,
}

impl Builder {
    /// `head`, then as many of the numbered `part`s as fit, then `tail`.
    fn many(self, head: &str, part: impl Fn(usize) -> String, tail: &str) -> String {
        let mut text = head.to_owned();
        for number in 0..self.most {
            let part = part(number);
            if text.len() + part.len() + tail.len() > MAX_BYTES {
                break;
            }
            text.push_str(&part);
        }
        // Every part ends with the comma that would part it from the next.
        if text.ends_with(',') {
            text.pop();
        }
        text + tail
    }

    /// `part` as often as it fits.
    fn same(self, head: &str, part: &str, tail: &str) -> String {
        self.many(head, |_| part.to_owned(), tail)
    }

    /// A file with the text `part` for certificates, as often as it fits.
    fn hub(self, part: &str) -> String {
        let head = r#"{"version":1,"issuedAt":"2026-11-20T09:00:00Z","hub":{"url":"discover","ca":""#;
        self.same(head, part, r#""}}"#)
    }
}

/// A PEM block of that many bytes of `der`, repeated.
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\\n{body}\\n-----END {label}-----\\n")
}

/// One DER value.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut all = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => all.push(short),
        _ => {
            all.push(0x84);
            all.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    all.extend(content);
    all
}

/// A certificate with so many extensions and so many names.
fn certificate(extensions: usize, names: usize) -> Vec<u8> {
    let algorithm = der(0x30, &der(0x06, &[0x2b, 0x65, 0x70]));
    let name = der(0x31, &der(0x30, &[der(0x06, &[0x55]), der(0x0c, b"")].concat()));
    let extension = der(0x30, &[der(0x06, &[0x55]), der(0x04, b"")].concat());
    let key = der(0x30, &[algorithm.clone(), der(0x03, &[0; 33])].concat());
    let until = der(0x17, b"300101000000Z");
    let body = [
        der(0xa0, &der(0x02, &[2])),
        der(0x02, &[1]),
        algorithm.clone(),
        der(0x30, &name.repeat(names)),
        der(0x30, &[until.clone(), until].concat()),
        der(0x30, b""),
        key,
        der(0xa3, &der(0x30, &extension.repeat(extensions))),
    ]
    .concat();
    der(0x30, &[der(0x30, &body), algorithm, der(0x03, &[0; 65])].concat())
}

/// Every connection with every address it may have.
fn connections(count: usize, kind: impl Fn(usize) -> String) -> String {
    let mut text = String::from(r#"{"version":1,"network":{"connections":["#);
    for index in 0..count {
        let list = |form: &dyn Fn(usize) -> String| (0..16).map(form).collect::<Vec<_>>().join(",");
        let four = list(&|host| format!("\"10.{}.{}.1/24\"", index % 256, host));
        let six = list(&|host| format!("\"fd00:{index:x}:{host:x}::1/64\""));
        write!(
            text,
            r#"{{"type":"ethernet",{},"ipv4":{{"method":"manual","addresses":[{four}]}},"ipv6":{{"method":"manual","addresses":[{six}]}}}},"#,
            kind(index)
        )
        .unwrap();
    }
    text.pop();
    text + "]}}"
}

fn worst_cases(build: Builder) -> Vec<(&'static str, String)> {
    let interface = |index: usize| format!(r#""match":{{"interface":"eth{index}"}}"#);
    let long = |length: usize| "x".repeat(length);
    let room = MAX_BYTES - 200;
    vec![
        ("tiny elements of an unknown field", build.same(r#"{"version":1,"x":["#, "1,", "]}")),
        ("tiny elements of the root", build.same("[", "1,", "]")),
        ("empty objects", build.same(r#"{"version":1,"x":["#, "{},", "]}")),
        ("empty lists", build.same(r#"{"version":1,"x":["#, "[],", "]}")),
        ("wrong elements, one finding each", build.same(r#"{"version":1,"only":["#, "1,", "]}")),
        ("empty elements, one finding each", build.same(r#"{"version":1,"only":["#, "\"\",", "]}")),
        ("wrong connections", build.same(r#"{"version":1,"network":{"connections":["#, "{},", "]}}")),
        ("unknown fields", build.many("{", |n| format!("\"{n}\":0,"), ",\"version\":1}")),
        ("unknown short fields", build.many("{", |n| format!("\"{n:x}\":0,"), ",\"version\":1}")),
        (
            "unknown fields in every connection",
            build.same(
                r#"{"version":1,"network":{"connections":["#,
                r#"{"type":"ethernet","pripority":1,"a":1},"#,
                "]}}",
            ),
        ),
        (
            "unknown fields alike to known ones",
            build.many("{", |n| format!("\"provisionToke{n}\":0,"), ",\"version\":1}"),
        ),
        ("unknown long fields", build.many("{", |n| format!("\"{n}{}\":0,", long(5000)), ",\"version\":1}")),
        ("one unknown field of 1 MiB", format!("{{\"version\":1,\"{}\":0}}", long(room))),
        ("one unknown escaped field of 1 MiB", build.same("{\"version\":1,\"", "\\u0001", "\":0}")),
        ("the same field", build.same("{", "\"version\":1,", ",\"version\":1}")),
        ("the same empty field", build.same("{", "\"\":1,", ",\"version\":1}")),
        ("findings below a long name", {
            let name = long(room / 2);
            build.many(&format!(r#"{{"version":1,"display":{{"{name}":{{"#), |n| format!("\"{n}\":1,"), "}}}")
        }),
        ("outputs", build.many(r#"{"version":1,"display":{"#, |n| format!("\"A-{n}\":{{}},"), "}}")),
        (
            "outputs with windows",
            build.many(
                r#"{"version":1,"display":{"#,
                |n| {
                    format!(
                        "\"A-{n}\":{{\"power\":[{}]}},",
                        vec![r#"{"on":"08:00","off":"20:00"}"#; 50].join(",")
                    )
                },
                "}}",
            ),
        ),
        ("misnamed outputs", build.many(r#"{"version":1,"display":{"#, |n| format!("\"{n}\":{{}},"), "}}")),
        ("a text of 1 MiB", format!(r#"{{"version":1,"$schema":"{}"}}"#, long(room))),
        ("a wrong text of 1 MiB", format!(r#"{{"version":1,"device":{{"name":"{}"}}}}"#, long(room))),
        (
            "a wrong text that grows in small letters",
            build.same(r#"{"version":1,"device":{"name":""#, "İ", r#""}}"#),
        ),
        (
            "a hardware address of 1 MiB",
            build.same(
                r#"{"version":1,"network":{"connections":[{"type":"ethernet","match":{"mac":""#,
                ":",
                r#""}}]}}"#,
            ),
        ),
        ("a time zone of 1 MiB", format!(r#"{{"version":1,"device":{{"timezone":"{}"}}}}"#, long(room))),
        ("a locale of 1 MiB", format!(r#"{{"version":1,"device":{{"locale":"{}"}}}}"#, long(room))),
        ("a method of 1 MiB", connections(1, |_| format!("\"security\":\"{}\"", long(MAX_BYTES - 2000)))),
        ("a token of 1 MiB", format!(r#"{{"version":1,"provisionToken":"sgp_{}"}}"#, long(room))),
        ("an address of 1 MiB", build.same(r#"{"version":1,"hub":{"url":"https://"#, "a.", r#""}}"#)),
        (
            "a resolution of 1 MiB",
            build.same(r#"{"version":1,"display":{"*":{"mode":"1920x1080@"#, "9", r#""}}}"#),
        ),
        ("a text of escapes", build.same(r#"{"version":1,"$schema":""#, "\\u00e4", r#""}"#)),
        ("a text of escaped pairs", build.same(r#"{"version":1,"$schema":""#, "\\ud83d\\ude00", r#""}"#)),
        (
            "a wrong text of escaped control characters",
            build.same(r#"{"version":1,"device":{"name":""#, "\\u0001", r#""}}"#),
        ),
        ("a number of 1 MiB", build.same(r#"{"version":"#, "9", "}")),
        (
            "a wrong number of 1 MiB",
            build.same(r#"{"version":1,"network":{"connections":[{"type":"ethernet","mtu":"#, "9", "}]}}"),
        ),
        (
            "many long numbers",
            build.same(
                r#"{"version":1,"network":{"connections":["#,
                &format!(r#"{{"type":"ethernet","mtu":{}}},"#, "9".repeat(9000)),
                "]}}",
            ),
        ),
        ("a fraction of 1 MiB", build.same(r#"{"version":1,"x":0."#, "9", "}")),
        ("an exponent of 1 MiB", build.same(r#"{"version":1,"x":1e"#, "9", "}")),
        ("nested as deep as allowed", {
            let one = format!("{}{},", "[".repeat(62), "]".repeat(62));
            build.same(r#"{"version":1,"x":["#, &one, "]}")
        }),
        ("nested without end", build.same("", "[", "")),
        ("objects nested without end", build.same("", "{\"a\":", "")),
        ("white space", build.same("", " ", "{}")),
        ("lines", build.same("", "\n", "{}")),
        ("serial numbers", build.many(r#"{"version":1,"only":["#, |n| format!("\"{n:064}\","), "]}")),
        ("certificates", build.hub(&pem("CERTIFICATE", &certificate(1, 1)))),
        ("a certificate of extensions", build.hub(&pem("CERTIFICATE", &certificate(80_000, 1)))),
        ("a certificate of names", build.hub(&pem("CERTIFICATE", &certificate(1, 60_000)))),
        ("certificates of extensions", build.hub(&pem("CERTIFICATE", &certificate(2_000, 1)))),
        ("empty blocks", build.hub(&pem("CERTIFICATE", b""))),
        (
            "a label of 1 MiB",
            build.hub(&format!("-----BEGIN {0}-----\\n-----END {0}-----\\n", long(room / 2 - 100))),
        ),
        ("a label of escapes", {
            let label = "\\u007f".repeat(80_000);
            build.hub(&format!("-----BEGIN {label}-----\\n-----END {label}-----\\n"))
        }),
        ("lines that begin no certificate", build.hub("-----BEGIN CERTIFICATE-----\\n")),
        ("a private key of lines", {
            let body = build.same("-----BEGIN PRIVATE KEY-----\\n", "A\\n", "-----END PRIVATE KEY-----\\n");
            let body = &body[body.len() / 8..];
            connections(1, |_| format!(r#""eap":{{"method":"tls","identity":"x","clientKey":"{body}"}}"#))
        }),
        ("connections that all fit", connections(32, interface)),
        ("connections that all overlap", connections(32, interface).replace("10.", "10.0.0.1/8\",\"10.")),
        ("connections that are all alike", connections(32, |_| r#""priority":1"#.into())),
        ("more connections than allowed", connections(900, interface)),
    ]
}

#[test]
fn no_file_takes_more_memory_than_allowed() {
    // The schema and the like are made once and stay.
    let _ = parse(b"{}");
    let mut over = Vec::new();
    let cases =
        [usize::MAX, 19_990, 9_990, 5_000, 300].into_iter().flat_map(|most| worst_cases(Builder { most }));
    for (name, text) in cases {
        assert!(text.len() <= MAX_BYTES, "{name}");
        // A copy, as the reader of a stick has it; the list of cases is not part of what is counted.
        let before = ALLOCATOR.current_usage_as_mb();
        ALLOCATOR.reset_peak_usage();
        let bytes = text.as_bytes().to_vec();
        let begin = Instant::now();
        let result = parse(&bytes);
        let time = begin.elapsed();
        let peak = ALLOCATOR.peak_usage_as_mb() - before;
        let findings = match &result {
            Ok(parsed) => &parsed.warnings,
            Err(findings) => findings,
        };
        let first = findings.first().map(|finding| finding.message.chars().take(60).collect::<String>());
        eprintln!(
            "{peak:7.1} MiB {:7.3} s  {:7} bytes  {:6} findings  {name}: {}",
            time.as_secs_f32(),
            bytes.len(),
            findings.len(),
            first.unwrap_or_default()
        );
        if peak > LIMIT {
            over.push(name);
        }
    }
    assert_eq!(over, [""; 0], "these take more than {LIMIT} MiB");
}
