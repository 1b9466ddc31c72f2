//! The documents that people read say what the code says.
//!
//! To renew the generated ones: `UPDATE_DOCS=1 cargo test -p signage-protocol --test docs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use signage_protocol::config;
use signage_protocol::problem::Code;
use signage_protocol::token::{Kind, RANDOM_BYTES};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
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
    let path = root().join("docs/PROBLEMS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page);
}

#[test]
fn every_provisioning_file_in_the_documents_is_valid() {
    let token = Kind::Provisioning.encode(&[1; RANDOM_BYTES]);
    let mut checked = 0;
    for document in ["README.md", "docs/hub.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        for block in text.split("```json\n").skip(1) {
            let json = block
                .split("```")
                .next()
                .unwrap()
                .replace("sgp_…", token.expose());
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
