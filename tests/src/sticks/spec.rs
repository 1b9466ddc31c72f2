//! The cases of the corpus as `tests/sticks/*.toml` describes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde::Deserialize;
use signage_protocol::bus::Phase;
use signage_protocol::problem::Code;

use super::content::Content;
use super::foreign::Foreign;
use super::table::Table;
use super::volume::{Root, Traits};

/// One case: what is plugged in, the screen that it meets, and what has to follow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// Short and unique.
    pub name: String,
    /// One sentence: what somebody did, and what is expected.
    pub about: String,

    /// The provisioning file on an ordinary stick (FAT32, no partition table).
    pub text: Option<String>,
    /// The same with more to say about its bytes.
    pub file: Option<Content>,
    /// Everything about the sticks.
    #[serde(default)]
    pub sticks: Vec<Stick>,

    /// The screen.
    #[serde(default)]
    pub meets: Meets,
    /// A provisioning file that the screen has taken before this one.
    pub earlier: Option<String>,
    /// Serial number of its board.
    pub serial: Option<String>,
    /// Its clock when the stick comes.
    pub now: Option<Timestamp>,

    /// What the screen says of the stick; absent when it has nothing to say against it.
    pub code: Option<Code>,
    /// The first finding in the file; absent when there is none or when it is about the whole file.
    #[serde(default)]
    pub pointer: String,
    /// The codes of all further findings, in their order. Of a file that is taken, which has no `code`: of all.
    #[serde(default)]
    pub others: Vec<Code>,
    /// A part of the detail that the screen shows.
    pub detail: Option<String>,
    /// Where the screen stands when everything that follows went well.
    pub phase: PhaseName,
    /// Whether a file was taken; without it: when there is no `code`.
    pub taken: Option<bool>,
    /// What the settings in force say in the end, by JSON pointer.
    #[serde(default)]
    pub holds: BTreeMap<String, toml::Value>,

    /// With this the case is also played in a virtual machine, whose screen must show these texts.
    #[serde(default)]
    pub screen: Vec<String>,
}

/// The screen that a stick meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meets {
    /// Just unpacked, with a network.
    #[default]
    Fresh,
    /// Of an account at `https://hub.example`, and playing.
    Playing,
    /// The same, not yet allowed to play.
    Pending,
    /// Was allowed to play and is no longer.
    Revoked,
    /// Plays, and its hub does not know it any more.
    Forgotten,
    /// Plays, and takes only what its account has signed.
    Locked,
}

/// A phase by the name that the bus gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseName(pub Phase);

impl<'de> Deserialize<'de> for PhaseName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let phase = Phase::ALL.iter().copied().find(|phase| phase.as_str() == name);
        phase.map(Self).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no phase")))
    }
}

/// A stick.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stick {
    /// How it is divided.
    #[serde(default)]
    pub table: Table,
    /// What is on it, in order. Without a table, at most one.
    #[serde(default)]
    pub volumes: Vec<Volume>,
    /// Its end is missing behind this many KiB.
    pub truncated_kib: Option<u64>,
    /// Parts that cannot be read.
    #[serde(default)]
    pub unreadable: Vec<Place>,
    /// A card reader without a card.
    #[serde(default)]
    pub no_medium: bool,
}

/// Part of a stick, of its first volume unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// All of the stick.
    All,
    /// The first sector of the stick.
    FirstSector,
    /// Boot sectors.
    Boot,
    /// Allocation tables.
    Fat,
    /// The top folder.
    Root,
    /// The bytes of the provisioning file.
    File,
}

/// One file system.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Volume {
    /// Its kind.
    #[serde(default)]
    pub fs: Fs,
    /// Its label.
    pub label: Option<String>,
    /// Its size; a suitable one without it.
    pub mib: Option<u64>,
    /// What is on it. Without this member: the provisioning file of [`Content`].
    pub files: Option<Vec<File>>,
    /// Its type in an MBR; the usual one without it.
    pub kind: Option<u8>,
    /// In the extended partition of an MBR.
    #[serde(default)]
    pub logical: bool,
    /// An EFI system partition on a GPT.
    #[serde(default)]
    pub esp: bool,
    /// What was on the medium before and is still there where nothing was written over it.
    pub before: Option<Foreign>,
    /// It was pulled out while being written to.
    #[serde(default)]
    pub dirty: bool,
    /// Files lie in pieces.
    #[serde(default)]
    pub scattered: bool,
    /// The top folder.
    #[serde(default)]
    pub root: Root,
    /// Its boot sector and the copy of it are zeros.
    #[serde(default)]
    pub no_boot: bool,
    /// Bytes of a sector, if not 512; FAT only.
    #[serde(default)]
    pub sector: u16,
    /// This many empty files come first.
    #[serde(default)]
    pub crowd: usize,
    /// There is no room for anything new.
    #[serde(default)]
    pub full: bool,
}

/// Kind of a file system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fs {
    Fat12,
    Fat16,
    #[default]
    Fat32,
    Exfat,
    #[serde(untagged)]
    Foreign(Foreign),
}

/// A file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// Path below the top folder; with a slash at its end, an empty folder. That of the provisioning file
    /// without it.
    pub name: Option<String>,
    /// Its bytes.
    #[serde(default)]
    pub content: Content,
    /// What is particular to it.
    #[serde(default)]
    pub traits: Traits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    case: Vec<Case>,
}

impl Case {
    /// The sticks of the case, also when only a file was given.
    pub fn sticks(&self) -> Vec<Stick> {
        let content = match (&self.text, &self.file) {
            (Some(text), _) => Content { text: Some(text.clone()), ..Content::default() },
            (None, Some(content)) => content.clone(),
            (None, None) => return self.sticks.clone(),
        };
        let file = File { content, ..File::default() };
        let volume = Volume { files: Some(vec![file]), ..Volume::default() };
        vec![Stick { volumes: vec![volume], ..Stick::default() }]
    }

    fn verify(&self) -> Result<()> {
        let ways = usize::from(self.text.is_some())
            + usize::from(self.file.is_some())
            + usize::from(!self.sticks.is_empty());
        ensure!(ways == 1, "one of text, file and sticks");
        ensure!(self.about.ends_with('.'), "about is a sentence");
        ensure!(self.screen.is_empty() || self.meets == Meets::Fresh, "only a fresh screen is played");
        for stick in &self.sticks {
            ensure!(stick.table != Table::None || stick.volumes.len() <= 1, "several volumes need a table");
        }
        Ok(())
    }
}

/// All cases below `tests/sticks`, with the name of their file.
pub fn load() -> Result<Vec<(String, Case)>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("sticks");
    let mut paths: Vec<_> = std::fs::read_dir(&directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path)?;
        let document: Document = toml::from_str(&text).with_context(|| path.display().to_string())?;
        cases.extend(document.case.into_iter().map(|case| (topic.clone(), case)));
    }
    let mut names = BTreeSet::new();
    for (topic, case) in &cases {
        ensure!(names.insert(case.name.as_str()), "{topic}: two cases are called {}", case.name);
        case.verify().with_context(|| format!("{topic}: {}", case.name))?;
    }
    Ok(cases)
}
