//! The program itself, as `ps` sees it.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

/// By the time the program asks for the bus, its token has gone from its command line.
#[test]
fn a_token_does_not_stay_on_the_command_line() {
    const TOKEN: &str = "sgp_000000000000000000000000000d1ncj";
    let directory = tempfile::tempdir().unwrap();
    let bus = directory.path().join("bus");
    // A bus that takes the call and never answers.
    let listener = UnixListener::bind(&bus).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_signage-provisioner"))
        .args(["run", "--provisionToken", TOKEN])
        .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", bus.display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _call = listener.accept().unwrap();
    let shown = fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(shown.contains("--provisionToken"), "{shown}");
    assert!(shown.contains(&"x".repeat(TOKEN.len())) && !shown.contains("sgp_"), "{shown}");
}
