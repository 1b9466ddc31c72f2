//! The sources that are there at every start: command line, environment, systemd credentials, boot partition.
//!
//! What they say is laid over what is stored once; after that they count again when they change, or when a
//! stick is plugged in, which all but the boot partition outrank.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use signage_protocol::Secret;
use signage_protocol::config::{Finding, MAX_BYTES};
use signage_protocol::problem::{Code, Problem};
use signage_protocol::token::{self, Kind};

use crate::medium::{Content, Mounted, folder};
use crate::merge::Settings;
use crate::offer::{self, Offer, Screen};

/// Environment variable and credential that hold a token.
pub const TOKEN: &str = "SIGNAGE_PROVISION_TOKEN";
/// Environment variable with the path of a provisioning file; the credential is the file.
pub const FILE: &str = "SIGNAGE_PROVISION_FILE";
/// A token is much shorter; what is larger is none.
const MAX_TOKEN_BYTES: u64 = 4096;

/// A token or a file, by the name under which people know it.
#[derive(Debug, Clone)]
pub struct Source {
    /// `--provisionToken`, `credential SIGNAGE_PROVISION_FILE`, …
    pub origin: String,
    /// What it gives.
    pub gives: Gives,
}

/// What a source gives.
#[derive(Debug, Clone)]
pub enum Gives {
    /// A token.
    Token(Secret),
    /// A file that holds a token and nothing else.
    TokenFile(PathBuf),
    /// A provisioning file.
    File(PathBuf),
}

/// The sources outside of media, highest first. `variable` reads an environment variable.
pub fn named(
    token: Option<Secret>,
    file: Option<PathBuf>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Vec<Source> {
    let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
    let credential = |name: &str| {
        let path = Path::new(&variable("CREDENTIALS_DIRECTORY")?).join(name);
        path.exists().then_some(path)
    };
    let all = [
        ("--provisionToken".to_owned(), token.map(Gives::Token)),
        ("--provisionFile".to_owned(), file.map(Gives::File)),
        (format!("variable {TOKEN}"), text(TOKEN).map(Secret::new).map(Gives::Token)),
        (format!("variable {FILE}"), variable(FILE).map(PathBuf::from).map(Gives::File)),
        (format!("credential {TOKEN}"), credential(TOKEN).map(Gives::TokenFile)),
        (format!("credential {FILE}"), credential(FILE).map(Gives::File)),
    ];
    all.into_iter().filter_map(|(origin, gives)| Some(Source { origin, gives: gives? })).collect()
}

/// What is wrong with a source: the problem to show, and all findings for the journal.
pub type Fault = (String, Problem, Vec<Finding>);

/// The sources of this start, read and judged.
#[derive(Debug, Default)]
pub struct Standing {
    /// Highest first.
    above: Vec<Offer>,
    /// Below a stick.
    boot: Option<Offer>,
    /// What cannot be used.
    pub faults: Vec<Fault>,
}

impl Standing {
    /// Reads all of them; `boot` is where the boot partition is mounted.
    pub fn read(sources: &[Source], boot: &Path, screen: &Screen) -> Self {
        let mut standing = Self::default();
        // A lock is for those who can reach the screen, not for those who configure its system.
        let unlocked = Screen { lock: None, ..screen.clone() };
        for Source { origin, gives } in sources {
            let offer = match gives {
                Gives::Token(token) => of_token(origin, token).map_err(|problem| (problem, vec![])),
                Gives::TokenFile(path) => read_file(path, MAX_TOKEN_BYTES)
                    .and_then(|bytes| of_token(origin, &Secret::new(String::from_utf8_lossy(&bytes))))
                    .map_err(|problem| (problem, vec![])),
                Gives::File(path) => of_file(origin, path, &unlocked),
            };
            let offer = standing.keep(origin, offer);
            standing.above.extend(offer);
        }
        standing.boot = match folder::read(&mut Mounted(boot)) {
            Ok(content) => {
                let (outcome, findings) = offer::judge(BOOT, &content, screen);
                standing.keep(BOOT, outcome.map(|offer| *offer).map_err(|problem| (problem, findings)))
            }
            // Most screens have no file there.
            Err(_) => None,
        };
        standing
    }

    fn keep(&mut self, origin: &str, offer: Result<Offer, (Problem, Vec<Finding>)>) -> Option<Offer> {
        match offer {
            Ok(offer) => Some(offer),
            Err((mut problem, findings)) => {
                let detail = problem.detail.map_or(origin.to_owned(), |detail| format!("{origin}: {detail}"));
                problem.detail = Some(detail);
                self.faults.push((origin.to_owned(), problem, findings));
                None
            }
        }
    }

    /// What tells these sources from those of another start; `None` when there are none.
    pub fn digest(&self) -> Option<String> {
        let mut all = self.above.iter().chain(&self.boot).peekable();
        all.peek()?;
        let joined = all.fold(Sha256::new(), |hash, offer| hash.chain_update(&offer.digest));
        Some(hex::encode(joined.finalize()))
    }

    /// What these sources and a stick say together. `fresh`: they have not been taken over since they changed.
    pub fn with(&self, stick: Option<Offer>, fresh: bool) -> Option<Offer> {
        let started = self.digest().filter(|_| fresh);
        let digest = match &stick {
            Some(stick) => stick.digest.clone(),
            None => started.clone()?,
        };
        let origin = match &stick {
            Some(stick) => stick.origin.clone(),
            None => {
                let all = self.above.iter().chain(&self.boot).map(|offer| offer.origin.as_str());
                all.collect::<Vec<_>>().join(", ")
            }
        };
        let boot = self.boot.clone().filter(|_| fresh);
        let all = self.above.iter().cloned().chain(stick).chain(boot).reduce(Offer::over)?;
        Some(Offer { digest, started, origin, ..all })
    }
}

/// The name of that source.
const BOOT: &str = "boot partition";

/// Whether a setting came from a source that is there at every start, and not from a stick.
pub fn is_standing(origin: &str) -> bool {
    origin == BOOT || ["--provision", "variable ", "credential "].iter().any(|kind| origin.starts_with(kind))
}

fn of_token(origin: &str, text: &Secret) -> Result<Offer, Problem> {
    let token = text.expose().trim();
    let field = match token::check(&Secret::new(token)) {
        Ok(Kind::Provisioning) => "provisionToken",
        Ok(Kind::Device) => "deviceToken",
        Err(error) => return Err(Problem::new(Code::CfgValue, error.to_string())),
    };
    let document = Map::from_iter([(field.to_owned(), Value::from(token))]);
    Ok(Offer {
        digest: hex::encode(Sha256::digest(token)),
        started: None,
        origin: origin.to_owned(),
        replace: false,
        settings: Settings::new(&document, |_| origin.to_owned()),
    })
}

fn of_file(origin: &str, path: &Path, screen: &Screen) -> Result<Offer, (Problem, Vec<Finding>)> {
    let file = read_file(path, MAX_BYTES as u64 + 1).map_err(|problem| (problem, vec![]))?;
    let (outcome, findings) = offer::judge(origin, &Content { file, signature: None }, screen);
    outcome.map(|offer| *offer).map_err(|problem| (problem, findings))
}

fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    let read = || -> io::Result<Vec<u8>> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| Problem::new(Code::CfgUnreadable, format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use signage_protocol::token::RANDOM_BYTES;

    use super::*;

    fn token(seed: u8) -> Secret {
        Kind::Provisioning.encode(&[seed; RANDOM_BYTES])
    }

    fn standing(sources: &[Source], boot: Option<&str>) -> Standing {
        let directory = tempfile::tempdir().unwrap();
        if let Some(json) = boot {
            fs::write(directory.path().join("telemetry_config.json"), json).unwrap();
        }
        Standing::read(sources, directory.path(), &Screen::default())
    }

    fn stick(json: &str) -> Offer {
        let content = Content { file: json.into(), signature: None };
        *offer::judge("stick", &content, &Screen::default()).0.unwrap()
    }

    #[test]
    fn sources_come_in_the_order_of_their_rank() {
        let credentials = tempfile::tempdir().unwrap();
        fs::write(credentials.path().join(TOKEN), "x").unwrap();
        let variables = HashMap::from([
            (FILE, OsString::from("/etc/a.json")),
            ("CREDENTIALS_DIRECTORY", credentials.path().into()),
        ]);
        let all = named(Some(token(1)), None, |name| variables.get(name).cloned());
        let origins: Vec<String> = all.into_iter().map(|source| source.origin).collect();
        assert_eq!(
            origins,
            ["--provisionToken", "variable SIGNAGE_PROVISION_FILE", "credential SIGNAGE_PROVISION_TOKEN"]
        );
    }

    #[test]
    fn a_stick_outranks_the_boot_partition_and_yields_to_the_command_line() {
        let flag = Source { origin: "--provisionToken".into(), gives: Gives::Token(token(1)) };
        let boot = r#"{"version":1,"device":{"name":"boot","location":"boot"}}"#;
        let standing = standing(&[flag], Some(boot));
        let json = format!(
            r#"{{"version":1,"hub":{{"url":"https://h"}},"provisionToken":"{}","device":{{"name":"stick"}}}}"#,
            token(2).expose()
        );
        let offer = standing.with(Some(stick(&json)), true).unwrap();
        let origins = offer.settings.origins();
        assert_eq!(origins["/provisionToken"], "--provisionToken");
        assert_eq!(origins["/device/name"], "stick");
        assert_eq!(origins["/device/location"], "boot partition");
        assert_eq!(offer.digest, stick(&json).digest);
        assert_eq!(offer.started, standing.digest());
        let later = standing.with(Some(stick(&json)), false).unwrap();
        assert!(!later.settings.origins().contains_key("/device/location"));
    }

    #[test]
    fn without_a_stick_they_count_once() {
        let standing = standing(&[], Some(r#"{"version":1,"device":{"name":"boot"}}"#));
        assert_eq!(standing.with(None, true).unwrap().origin, "boot partition");
        assert_eq!(standing.with(None, false), None);
        assert_eq!(Standing::default().with(None, true), None);
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_source() {
        let sources = [
            Source { origin: "--provisionFile".into(), gives: Gives::File("/nonexistent.json".into()) },
            Source { origin: "variable X".into(), gives: Gives::Token(Secret::new("sgp_oops")) },
        ];
        let standing = standing(&sources, Some("{"));
        let all: Vec<(Code, String)> = standing
            .faults
            .iter()
            .map(|(_, problem, _)| (problem.code, problem.detail.clone().unwrap()))
            .collect();
        assert_eq!(all[0].0, Code::CfgUnreadable);
        assert!(all[0].1.starts_with("--provisionFile: /nonexistent.json: "), "{all:?}");
        assert_eq!(all[1].0, Code::CfgValue);
        assert!(!all[1].1.contains("oops"));
        assert_eq!(all[2].0, Code::CfgSyntax);
        assert!(all[2].1.starts_with("boot partition: line 1"), "{all:?}");
    }
}
