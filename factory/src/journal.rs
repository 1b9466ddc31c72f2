//! Which units of a run are done. One line of JSON for each thing that happens, forced to the disk before it
//! counts, so that a run goes on where it was interrupted, whatever interrupted it. Holds no secret.
//!
//! A unit that was begun and not finished is taken again: its card has no label, so nobody takes it for done.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Where a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing was done for it.
    Waiting,
    /// A card is being written, or was when the run was interrupted.
    Begun,
    /// Its card is complete and was read back.
    Done,
    /// Its card could not be finished; it wants another.
    Failed,
}

/// What happens to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A card is about to be written.
    Begin,
    /// The card is complete.
    Finish,
    /// The card could not be finished.
    Fail,
}

/// Something that cannot happen to a unit where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot follow {state:?}")]
pub struct Illegal {
    state: State,
    event: Event,
}

impl State {
    /// Where a unit stands after something happened. This is the whole table.
    pub const fn after(self, event: Event) -> std::result::Result<Self, Illegal> {
        match (self, event) {
            // Begun twice: the run was interrupted in between.
            (Self::Waiting | Self::Begun | Self::Failed, Event::Begin) => Ok(Self::Begun),
            (Self::Begun, Event::Finish) => Ok(Self::Done),
            (Self::Begun, Event::Fail) => Ok(Self::Failed),
            (state, event) => Err(Illegal { state, event }),
        }
    }
}

/// What the run is: the same journal serves no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Run {
    /// Version of this format.
    pub format_version: u32,
    /// SHA-256 of the image, unpacked.
    pub image: String,
    /// SHA-256 of the units' settings.
    pub units: String,
    /// When it was begun.
    pub at: Timestamp,
}

impl Run {
    /// A run that begins now.
    pub fn new(image: &str, units: &str, at: Timestamp) -> Self {
        Self { format_version: 1, image: image.to_owned(), units: units.to_owned(), at }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// What.
    pub event: Event,
    /// To which unit, by name.
    pub unit: String,
    /// On which card.
    pub target: String,
    /// When.
    pub at: Timestamp,
    /// Code of the error, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Seconds that it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// The journal of a run, open and locked.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    run: Run,
    states: BTreeMap<String, State>,
}

impl Journal {
    /// Opens the journal of this run, or begins it. What a power cut left of the last line is cut off.
    pub fn open(path: &Path, run: Run) -> Result<Self> {
        let failed = Error::write(path);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = file.map_err(&failed)?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| Error::Busy { path: path.to_owned() })?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(Error::read(path))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        file.set_len(whole as u64).map_err(&failed)?;
        file.seek(SeekFrom::End(0)).map_err(&failed)?;
        let mut journal = match parse(path, &text[..whole])? {
            Some((before, states)) => {
                before.is_same(&run).map_err(|detail| Error::OtherRun { path: path.to_owned(), detail })?;
                Self { path: path.to_owned(), file, run: before, states }
            }
            None => {
                let mut journal =
                    Self { path: path.to_owned(), file, run: run.clone(), states: BTreeMap::new() };
                journal.append(&run)?;
                journal
            }
        };
        journal.sync_folder()?;
        Ok(journal)
    }

    /// Reads a journal without writing to it.
    pub fn read(path: &Path) -> Result<(Run, BTreeMap<String, State>)> {
        let text = std::fs::read(path).map_err(Error::read(path))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        parse(path, &text[..whole])?.ok_or_else(|| Error::Journal {
            path: path.to_owned(),
            line: 1,
            detail: "it is empty".into(),
        })
    }

    /// What run it is of.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Where a unit stands.
    pub fn state(&self, unit: &str) -> State {
        self.states.get(unit).copied().unwrap_or(State::Waiting)
    }

    /// Writes down what happened. It counts when this returns.
    pub fn note(&mut self, entry: &Entry) -> Result<()> {
        let state = self.state(&entry.unit).after(entry.event).map_err(|illegal| Error::Journal {
            path: self.path.clone(),
            line: 0,
            detail: format!("{:?}: {illegal}", entry.unit),
        })?;
        self.append(entry)?;
        self.states.insert(entry.unit.clone(), state);
        Ok(())
    }

    fn append(&mut self, line: &impl Serialize) -> Result<()> {
        let failed = Error::write(&self.path);
        let mut text = serde_json::to_vec(line).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(&failed)?;
        self.file.sync_data().map_err(&failed)
    }

    /// A new file survives a power cut only when its folder was written too.
    fn sync_folder(&mut self) -> Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::write(&self.path))
    }
}

impl Run {
    fn is_same(&self, other: &Self) -> std::result::Result<(), String> {
        if self.format_version != other.format_version {
            return Err(format!("it has version {}", self.format_version));
        }
        if self.image != other.image {
            return Err("it was begun with another image".into());
        }
        self.is_of(&other.units)
    }

    /// Whether it is a run of the units with this digest; says in what it differs.
    pub fn is_of(&self, units: &str) -> std::result::Result<(), String> {
        match self.units == units {
            true => Ok(()),
            false => Err("it was begun with other units or settings".into()),
        }
    }
}

type Parsed = Option<(Run, BTreeMap<String, State>)>;

fn parse(path: &Path, text: &[u8]) -> Result<Parsed> {
    let wrong = |line: usize, detail: String| Error::Journal { path: path.to_owned(), line, detail };
    let mut lines = text.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty());
    let Some((first, _)) = lines.next() else { return Ok(None) };
    let run: Run = serde_json::from_slice(first)
        .map_err(|error| wrong(1, format!("it is no journal of a factory run: {error}")))?;
    let mut states = BTreeMap::new();
    for (line, number) in lines {
        let entry: Entry = serde_json::from_slice(line)
            .map_err(|error| wrong(number, format!("it cannot be read: {error}")))?;
        let state = states.get(&entry.unit).copied().unwrap_or(State::Waiting);
        let state = state.after(entry.event).map_err(|illegal| wrong(number, illegal.to_string()))?;
        states.insert(entry.unit, state);
    }
    Ok(Some((run, states)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        Run::new("image", "units", Timestamp::UNIX_EPOCH)
    }

    fn entry(event: Event, unit: &str) -> Entry {
        let at = Timestamp::UNIX_EPOCH;
        Entry { event, unit: unit.into(), target: "/dev/sdx".into(), at, code: None, seconds: None }
    }

    #[test]
    fn a_run_goes_on_where_it_was_cut_off_at_any_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path, run()).unwrap();
        let events = [(Event::Begin, "A"), (Event::Finish, "A"), (Event::Begin, "B"), (Event::Fail, "B")];
        let mut lengths = vec![std::fs::metadata(&path).unwrap().len()];
        for (event, unit) in events {
            journal.note(&entry(event, unit)).unwrap();
            lengths.push(std::fs::metadata(&path).unwrap().len());
        }
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let journal = Journal::open(&path, run()).unwrap();
            let noted = lengths.iter().filter(|length| **length <= cut as u64).count().saturating_sub(1);
            let expected = |unit: &str| {
                let events = events[..noted].iter().filter(|(_, name)| *name == unit);
                events.fold(State::Waiting, |state, (event, _)| state.after(*event).unwrap())
            };
            assert_eq!(journal.state("A"), expected("A"), "cut at {cut}");
            assert_eq!(journal.state("B"), expected("B"), "cut at {cut}");
        }
    }

    #[test]
    fn one_journal_is_for_one_run_and_one_station() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path, run()).unwrap();
        assert!(matches!(Journal::open(&path, run()), Err(Error::Busy { .. })));
        drop(journal);
        let other = Run::new("another", "units", Timestamp::UNIX_EPOCH);
        assert!(matches!(Journal::open(&path, other), Err(Error::OtherRun { .. })));
        std::fs::write(&path, "groceries\n").unwrap();
        assert!(matches!(Journal::open(&path, run()), Err(Error::Journal { line: 1, .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"groceries\n");
    }

    #[test]
    fn what_is_done_is_not_begun_again() {
        assert!(State::Done.after(Event::Begin).is_err());
        assert!(State::Waiting.after(Event::Finish).is_err());
        assert_eq!(State::Begun.after(Event::Begin), Ok(State::Begun));
        assert_eq!(State::Failed.after(Event::Begin), Ok(State::Begun));
    }
}
