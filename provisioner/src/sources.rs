//! The sources that are there at every start: command line, environment, systemd credentials, boot partition.
//!
//! What they say is laid over what is stored once; after that they count again when they change, or when a
//! stick is plugged in, which all but the boot partition outrank.

use std::collections::BTreeMap;
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
    /// Reads all of them; `boot` is where the boot partition is mounted, `taken` what was taken of them before:
    /// digests by origin.
    pub fn read(sources: &[Source], boot: &Path, screen: &Screen, taken: &BTreeMap<String, String>) -> Self {
        let mut standing = Self::default();
        let screen = |origin: &str| Screen { taken: taken.get(origin).cloned(), ..screen.clone() };
        for Source { origin, gives } in sources {
            // A lock is for those who can reach the screen, not for those who configure its system.
            let screen = Screen { lock: None, ..screen(origin) };
            let offer = match gives {
                Gives::Token(token) => of_token(origin, token).map_err(|problem| (problem, vec![])),
                Gives::TokenFile(path) => read_file(path, MAX_TOKEN_BYTES)
                    .and_then(|bytes| of_token(origin, &Secret::new(String::from_utf8_lossy(&bytes))))
                    .map_err(|problem| (problem, vec![])),
                Gives::File(path) => of_file(origin, path, &screen),
            };
            let offer = standing.keep(origin, offer);
            standing.above.extend(offer);
        }
        let offer = match folder::read(&mut Mounted(boot)) {
            Ok(content) => {
                let (outcome, findings) = offer::judge(BOOT, &content, &screen(BOOT));
                outcome.map(|offer| Some(*offer)).map_err(|problem| (problem, findings))
            }
            // Most screens have no file there, and some no such folder.
            Err(problem) if problem == Code::UsbNoFile.into() || !boot.exists() => Ok(None),
            Err(problem) => Err((problem, vec![])),
        };
        standing.boot = match offer {
            Ok(offer) => offer.and_then(|offer| standing.keep(BOOT, Ok(offer))),
            Err(fault) => standing.keep(BOOT, Err(fault)),
        };
        standing
    }

    fn keep(&mut self, origin: &str, offer: Result<Offer, (Problem, Vec<Finding>)>) -> Option<Offer> {
        match offer {
            Ok(offer) => Some(standing(offer)),
            Err((mut problem, findings)) => {
                let detail = problem.detail.map_or(origin.to_owned(), |detail| format!("{origin}: {detail}"));
                problem.detail = Some(detail);
                self.faults.push((origin.to_owned(), problem, findings));
                None
            }
        }
    }

    /// Whether the boot partition has something that was not taken yet.
    pub fn boots_anew(&self, taken: &BTreeMap<String, String>) -> bool {
        self.boot.as_ref().is_some_and(|offer| is_new(offer, taken))
    }

    /// What these sources and a stick say together; `None` when nothing of it is new. A source that was taken
    /// before still outranks a stick, but its token and its hub have done their work.
    pub fn with(&self, stick: Option<Offer>, taken: &BTreeMap<String, String>) -> Option<Offer> {
        let boot = self.boot.iter().filter(|offer| is_new(offer, taken));
        if stick.is_none() && boot.clone().chain(&self.above).all(|offer| !is_new(offer, taken)) {
            return None;
        }
        let origin = match &stick {
            Some(stick) => stick.origin.clone(),
            None => {
                let new = self.above.iter().filter(|offer| is_new(offer, taken)).chain(boot.clone());
                new.map(|offer| offer.origin.as_str()).collect::<Vec<_>>().join(", ")
            }
        };
        let above = self.above.iter().map(|offer| match is_new(offer, taken) {
            true => offer.clone(),
            false => {
                let settings = offer.settings.clone().without_token();
                let settings = settings.without(|pointer, _| pointer == "/hub");
                Offer { replace: false, settings, ..offer.clone() }
            }
        });
        let all = above.chain(stick).chain(boot.cloned()).reduce(Offer::over)?;
        Some(Offer { origin, ..all })
    }
}

/// Whether a source was not taken as it is now.
fn is_new(offer: &Offer, taken: &BTreeMap<String, String>) -> bool {
    offer.standing.iter().any(|(origin, digest)| taken.get(origin) != Some(digest))
}

/// The same offer as that of a source of every start: it is known by its origin.
fn standing(offer: Offer) -> Offer {
    let standing = offer.digest.map(|digest| (offer.origin.clone(), digest)).into_iter().collect();
    Offer { digest: None, standing, ..offer }
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
        digest: Some(hex::encode(Sha256::digest(token))),
        standing: BTreeMap::new(),
        signed_at: None,
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
        Standing::read(sources, directory.path(), &Screen::default(), &BTreeMap::new())
    }

    /// What is there, as taken.
    fn taken(offer: &Offer) -> BTreeMap<String, String> {
        offer.standing.clone()
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
        let offer = standing.with(Some(stick(&json)), &BTreeMap::new()).unwrap();
        let origins = offer.settings.origins();
        assert_eq!(origins["/provisionToken"], "--provisionToken");
        assert_eq!(origins["/device/name"], "stick");
        assert_eq!(origins["/device/location"], "boot partition");
        assert_eq!(offer.digest, stick(&json).digest);
        // A token that has done its work goes nowhere with the next stick.
        let later = standing.with(Some(stick(&json)), &taken(&offer)).unwrap();
        let origins = later.settings.origins();
        assert_eq!(origins["/provisionToken"], "stick");
        assert!(!origins.contains_key("/device/location"));
    }

    #[test]
    fn each_counts_once_until_it_changes() {
        let boot = |name: &str| format!(r#"{{"version":1,"device":{{"name":"{name}"}}}}"#);
        let flag = Source { origin: "--provisionToken".into(), gives: Gives::Token(token(1)) };
        let both = standing(std::slice::from_ref(&flag), Some(&boot("one")));
        let offer = both.with(None, &BTreeMap::new()).unwrap();
        assert_eq!(offer.origin, "--provisionToken, boot partition");
        assert_eq!(both.with(None, &taken(&offer)), None);
        let other = standing(&[flag], Some(&boot("two"))).with(None, &taken(&offer)).unwrap();
        assert_eq!(other.origin, "boot partition");
        assert!(!other.settings.has_token());
        assert_eq!(
            standing(&[], None).with(None, &taken(&offer)),
            None,
            "one that is missing changes nothing"
        );
    }

    #[test]
    fn a_file_that_was_taken_stays_good_after_its_date() {
        let directory = tempfile::tempdir().unwrap();
        let json = r#"{"version":1,"expiresAt":"2026-11-20T00:00:00Z"}"#;
        fs::write(directory.path().join("telemetry_config.json"), json).unwrap();
        let read = |now: &str, taken: &BTreeMap<String, String>| {
            let screen = Screen { now: now.parse().unwrap(), ..Screen::default() };
            Standing::read(&[], directory.path(), &screen, taken)
        };
        let nothing = BTreeMap::new();
        let offer = read("2026-11-19T00:00:00Z", &nothing).with(None, &nothing).unwrap();
        assert_eq!(read("2026-11-21T00:00:00Z", &taken(&offer)).faults, []);
        assert_eq!(read("2026-11-21T00:00:00Z", &nothing).faults[0].1.code, Code::CfgExpired);
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
