//! Runs what the fuzzer has found (`fuzz/saved`) through the same checks again, within the same bounds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic here is a failed test, also in the helpers"
)]

use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod properties;

#[test]
fn saved_inputs_keep_what_they_have_to() {
    // One test, because memory is counted for all of the process.
    type Check = fn(&[u8]);
    let targets: [(&str, Check); 3] = [
        ("file", properties::file::check),
        ("settings", properties::settings::check),
        ("medium", properties::medium::check),
    ];
    // What is made once and stays counts for no input.
    let _ = signage_protocol::config::parse(b"{}");
    for (target, check) in targets {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/saved").join(target);
        let mut inputs = 0;
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            eprintln!("{}", path.display());
            properties::run(check, &std::fs::read(&path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{target}: nothing saved");
    }
}
