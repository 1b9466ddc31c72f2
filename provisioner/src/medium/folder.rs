//! The top folder of a medium, however it is reached, and the provisioning file in it.
//!
//! The daemon reaches it by a mount, `check --stick` and the tests by reading an image; what is looked for,
//! and what is said when it is not there, is the same.

use std::io;

use signage_protocol::config::{FILE_NAME, MAX_BYTES, MAX_SIGNATURE_BYTES, SIGNATURE_NAME};
use signage_protocol::problem::{Code, Problem};

/// More entries than FAT allows in a folder are not looked at.
pub const MAX_ENTRIES: usize = 65_536;
/// A name this much like the right one (Jaro–Winkler, 0 to 1) is worth mentioning.
const ALIKE: f64 = 0.86;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link, a device, a socket: nothing that is read.
    Other,
}

/// The top folder of a file system.
pub trait Folder {
    /// Shows every name in it to `each`, which answers whether to go on.
    fn visit(&mut self, each: &mut dyn FnMut(&str, Kind) -> bool) -> io::Result<()>;

    /// The first `limit` bytes of the file of exactly this name.
    fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>>;
}

/// What a medium holds of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes of the provisioning file: at most one more than [`MAX_BYTES`], by which the parser tells "too
    /// large" from "just fits".
    pub file: Vec<u8>,
    /// The bytes of its signature, if there is one, bounded likewise.
    pub signature: Option<Vec<u8>>,
}

/// The provisioning file in a folder, whatever the case of its name.
pub fn read(folder: &mut (impl Folder + ?Sized)) -> Result<Content, Problem> {
    let failed = |error: io::Error| Problem::new(Code::UsbRead, error.to_string());
    let mut names = Names::default();
    let mut left = MAX_ENTRIES;
    folder
        .visit(&mut |name, kind| {
            names.note(name, kind);
            left -= 1;
            left > 0
        })
        .map_err(failed)?;
    let Some(name) = names.file else {
        return Err(names.near.map_or(Code::UsbNoFile.into(), |near| Problem::new(Code::UsbNoFile, near)));
    };
    let file = folder.read(&name, MAX_BYTES + 1).map_err(failed)?;
    let signature = match names.signature {
        Some(name) => Some(folder.read(&name, MAX_SIGNATURE_BYTES + 1).map_err(failed)?),
        None => None,
    };
    Ok(Content { file, signature })
}

#[derive(Default)]
struct Names {
    file: Option<String>,
    signature: Option<String>,
    /// What stands there in place of the file.
    near: Option<String>,
}

impl Names {
    fn note(&mut self, name: &str, kind: Kind) {
        let (right, signature) =
            (name.eq_ignore_ascii_case(FILE_NAME), name.eq_ignore_ascii_case(SIGNATURE_NAME));
        match kind {
            Kind::File if right => self.file = Some(name.to_owned()),
            Kind::File if signature => self.signature = Some(name.to_owned()),
            Kind::Folder if right => self.near = Some(format!("{FILE_NAME} is a folder here, not a file")),
            Kind::Other if right => self.near = Some(format!("{FILE_NAME} is a link here, not a file")),
            Kind::File if self.near.is_none() && is_near(name) => {
                self.near = Some(format!("rename {name:?} to {FILE_NAME}"));
            }
            _ => {}
        }
    }
}

/// Whether somebody meant the provisioning file: a hidden second extension, a hyphen, "(1)", the 8.3 name of
/// a system without long names.
fn is_near(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Nothing four times as long can be alike, and comparing long names takes long.
    name.len() <= 4 * FILE_NAME.len()
        // macOS leaves a shadow of every file that it copies.
        && !name.starts_with("._")
        && (strsim::jaro_winkler(&name, FILE_NAME) >= ALIKE
            || (name.starts_with("teleme") && name.contains(".jso")))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(Vec<(&'static str, Kind, Vec<u8>)>);

    impl Folder for Fake {
        fn visit(&mut self, each: &mut dyn FnMut(&str, Kind) -> bool) -> io::Result<()> {
            let _ = self.0.iter().all(|(name, kind, _)| each(name, *kind));
            Ok(())
        }

        fn read(&mut self, name: &str, limit: usize) -> io::Result<Vec<u8>> {
            let (_, _, bytes) = self.0.iter().find(|(known, ..)| *known == name).unwrap();
            Ok(bytes.iter().copied().take(limit).collect())
        }
    }

    fn folder(names: &[&'static str]) -> Fake {
        Fake(names.iter().map(|name| (*name, Kind::File, name.as_bytes().to_vec())).collect())
    }

    fn detail(names: &[&'static str]) -> Option<String> {
        let problem = read(&mut folder(names)).unwrap_err();
        assert_eq!(problem.code, Code::UsbNoFile);
        problem.detail
    }

    #[test]
    fn names_are_matched_without_case() {
        let content = read(&mut folder(&["Telemetry_Config.JSON", "TELEMETRY_CONFIG.JWS", "x"])).unwrap();
        assert_eq!(content.file, b"Telemetry_Config.JSON");
        assert_eq!(content.signature.as_deref(), Some(&b"TELEMETRY_CONFIG.JWS"[..]));
    }

    #[test]
    fn what_somebody_probably_meant_is_named() {
        for name in [
            "telemetry_config.json.txt",
            "telemetry-config.json",
            "telemetry_config (1).json",
            "TELEME~1.JSO",
        ] {
            assert_eq!(detail(&["holiday.jpg", name]), Some(format!("rename {name:?} to {FILE_NAME}")));
        }
        assert_eq!(detail(&["._telemetry_config.json", "config.txt"]), None);
    }

    #[test]
    fn a_folder_of_that_name_is_no_file() {
        let mut folder = Fake(vec![(FILE_NAME, Kind::Folder, vec![])]);
        let problem = read(&mut folder).unwrap_err();
        assert_eq!(problem.code, Code::UsbNoFile);
        assert!(problem.detail.unwrap().contains("folder"));
    }

    #[test]
    fn a_huge_file_is_read_only_as_far_as_needed() {
        let mut folder = Fake(vec![(FILE_NAME, Kind::File, vec![b' '; 3 * MAX_BYTES])]);
        assert_eq!(read(&mut folder).unwrap().file.len(), MAX_BYTES + 1);
    }
}
