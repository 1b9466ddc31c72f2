//! The line: several cards at once, unit after unit, until all are done.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use signage_stick::target::{self, Refusal};

use crate::image::Image;
use crate::journal::{Entry, Event, Journal, State};
use crate::units::Unit;
use crate::writer::{self, Step};
use crate::{Error, Result, settings};

/// How often a reader is asked whether there is a card in it.
const POLL: Duration = Duration::from_millis(500);

/// Where cards are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Station {
    /// A card reader: one card after the other.
    Reader(PathBuf),
    /// A folder that gets an image file for each unit.
    Folder(PathBuf),
}

/// What happens at a station.
#[derive(Debug)]
pub enum Notice<'a> {
    /// It waits for a card.
    Wanted {
        /// Why the one that is there is not taken.
        why: Option<&'a Refusal>,
    },
    /// It begins with a unit.
    Begun {
        /// Which.
        unit: &'a str,
    },
    /// So many bytes more.
    Moved {
        /// Which way.
        step: Step,
        /// How many.
        bytes: u64,
    },
    /// The unit's card is complete.
    Done {
        /// Which unit.
        unit: &'a Unit,
        /// Where it is.
        target: &'a Path,
        /// How long it took.
        took: Duration,
    },
    /// The card could not be finished.
    Failed {
        /// Which unit.
        unit: &'a str,
        /// Why.
        error: &'a Error,
    },
}

/// Somebody who looks on.
pub trait Watch: Sync {
    /// Is told what happens at a station, by its number.
    fn notice(&self, station: usize, notice: Notice<'_>) -> Result<()>;
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Units that are done, those of earlier runs with them.
    pub done: usize,
    /// Units that are not.
    pub left: usize,
}

struct Shared<'r> {
    queue: VecDeque<&'r Unit>,
    journal: Journal,
    /// What stops every station.
    fatal: Option<Error>,
}

struct Run<'r> {
    image: &'r Image,
    shared: Mutex<Shared<'r>>,
    watch: &'r dyn Watch,
}

/// What a station does next.
enum Next {
    Again,
    /// Once the card in it was taken out.
    AnotherCard,
    Leave,
}

/// Makes a card for every unit that is not done. What is wrong with a station is said before any card is touched.
pub fn run(
    image: &Image,
    units: &[Unit],
    stations: &[Station],
    journal: Journal,
    watch: &dyn Watch,
) -> Result<Summary> {
    stations.iter().try_for_each(|station| station.check(image))?;
    let queue = units.iter().filter(|unit| journal.state(&unit.name) != State::Done).collect();
    let shared = Mutex::new(Shared { queue, journal, fatal: None });
    let run = Run { image, shared, watch };
    thread::scope(|scope| {
        for (number, station) in stations.iter().enumerate() {
            let run = &run;
            scope.spawn(move || run.work(number, station));
        }
    });
    let Shared { journal, fatal, .. } = run.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    let done = units.iter().filter(|unit| journal.state(&unit.name) == State::Done).count();
    match fatal {
        Some(error) => Err(error),
        None => Ok(Summary { done, left: units.len() - done }),
    }
}

impl Station {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Reader(path) | Self::Folder(path) => path,
        }
    }

    /// Whether it may be used at all. An empty reader may.
    fn check(&self, image: &Image) -> Result<()> {
        let refused = |source| Error::Refused { path: self.path().to_owned(), source };
        match self {
            Self::Folder(path) if path.is_dir() => Ok(()),
            Self::Folder(path) => Err(Error::write(path)(io::ErrorKind::NotADirectory.into())),
            Self::Reader(path) => match target::device_bytes(path) {
                Ok(bytes) if bytes < image.bytes => {
                    Err(Error::TooSmall { path: path.clone(), bytes, needed: image.bytes })
                }
                Ok(_) | Err(Refusal::NoMedium) => Ok(()),
                Err(refusal) => Err(refused(refusal)),
            },
        }
    }
}

impl<'r> Run<'r> {
    fn work(&self, number: usize, station: &Station) {
        loop {
            let next = match station {
                Station::Folder(folder) => self.image_file(number, folder),
                Station::Reader(path) => self.card(number, path),
            };
            match next {
                Ok(Next::Again) => {}
                Ok(Next::AnotherCard) if !self.wait(|| target::device_bytes(station.path()).is_err()) => {
                    return;
                }
                Ok(Next::AnotherCard) => {}
                Ok(Next::Leave) => return,
                Err(error) => {
                    self.lock().fatal.get_or_insert(error);
                    return;
                }
            }
        }
    }

    fn image_file(&self, number: usize, folder: &Path) -> Result<Next> {
        let Some(unit) = self.take() else { return Ok(Next::Leave) };
        let path = folder.join(format!("{}.img", file_name(&unit.name)));
        if self.lock().journal.state(&unit.name) == State::Waiting && path.exists() {
            return Err(Error::Refused { path, source: Refusal::Exists });
        }
        let partial = path.with_extension("img.part");
        let result = self.unit(number, unit, &path, || {
            // It holds a token.
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&partial).map_err(Error::write(&partial))?;
            file.set_len(self.image.bytes).map_err(Error::write(&partial))?;
            self.fill(number, unit, &mut file, &partial, self.image.bytes)?;
            fs::rename(&partial, &path).map_err(Error::write(&path))?;
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::write(folder))
        });
        // There is no other folder to be put in.
        result?.map(|()| Next::Again)
    }

    fn card(&self, number: usize, path: &Path) -> Result<Next> {
        let mut said = false;
        let ready = self.wait(|| match target::device_bytes(path) {
            Ok(_) => true,
            Err(refusal) => {
                let why = (!matches!(refusal, Refusal::NoMedium | Refusal::Unknown(_))).then_some(&refusal);
                if !std::mem::replace(&mut said, true) {
                    let _ = self.watch.notice(number, Notice::Wanted { why });
                }
                false
            }
        });
        let Some(unit) = ready.then(|| self.take()).flatten() else { return Ok(Next::Leave) };
        let result = self.unit(number, unit, path, || {
            let bytes = target::device_bytes(path)
                .map_err(|source| Error::Refused { path: path.to_owned(), source })?;
            let mut card = target::open_device(path).map_err(Error::write(path))?;
            self.fill(number, unit, &mut card, path, bytes)
        })?;
        match result {
            Err(error) if !error.is_of_the_card() => Err(error),
            _ if self.lock().queue.is_empty() => Ok(Next::Leave),
            _ => {
                self.watch.notice(number, Notice::Wanted { why: None })?;
                Ok(Next::AnotherCard)
            }
        }
    }

    /// Makes one card, between two lines of the journal. The outer error stops the line.
    fn unit(
        &self,
        number: usize,
        unit: &'r Unit,
        target: &Path,
        make: impl FnOnce() -> Result<()>,
    ) -> Result<Result<()>> {
        let entry = |event, code, took: Option<Duration>| Entry {
            event,
            unit: unit.name.clone(),
            target: target.display().to_string(),
            at: Timestamp::now(),
            code,
            seconds: took.map(|took| took.as_secs()),
        };
        let begin = Instant::now();
        self.lock().journal.note(&entry(Event::Begin, None, None))?;
        self.watch.notice(number, Notice::Begun { unit: &unit.name })?;
        let result = make();
        let took = begin.elapsed();
        match &result {
            Ok(()) => {
                self.lock().journal.note(&entry(Event::Finish, None, Some(took)))?;
                self.watch.notice(number, Notice::Done { unit, target, took })?;
            }
            Err(error) => {
                self.lock().queue.push_front(unit);
                let code = Some(error.code().to_owned());
                self.lock().journal.note(&entry(Event::Fail, code, Some(took)))?;
                self.watch.notice(number, Notice::Failed { unit: &unit.name, error })?;
            }
        }
        Ok(result)
    }

    fn fill(&self, number: usize, unit: &Unit, card: &mut File, path: &Path, bytes: u64) -> Result<()> {
        let moved = |step, bytes| {
            let _ = self.watch.notice(number, Notice::Moved { step, bytes });
        };
        writer::write(self.image, card, path, bytes, &moved)?;
        settings::put(card, path, bytes, &unit.settings)
    }

    /// The next unit that nobody else makes.
    fn take(&self) -> Option<&'r Unit> {
        let mut shared = self.lock();
        if shared.fatal.is_some() { None } else { shared.queue.pop_front() }
    }

    /// Waits until something is so, or until there is nothing left to do.
    fn wait(&self, mut until: impl FnMut() -> bool) -> bool {
        loop {
            let shared = self.lock();
            if shared.queue.is_empty() || shared.fatal.is_some() {
                return false;
            }
            drop(shared);
            if until() {
                return true;
            }
            thread::sleep(POLL);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<'r>> {
        // Nothing in it is ever half changed.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name for a file: the unit's, without what file systems do not take, unlike that of any other unit.
pub fn file_name(unit: &str) -> String {
    let safe: String = unit
        .chars()
        .map(
            |character| {
                if character.is_alphanumeric() || "-_. ".contains(character) { character } else { '_' }
            },
        )
        .collect();
    let safe = safe.trim_matches(['.', ' ']);
    if safe == unit {
        return safe.to_owned();
    }
    format!("{safe}-{}", &hex::encode(Sha256::digest(unit))[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe_and_differ() {
        assert_eq!(file_name("Foyer 1"), "Foyer 1");
        let names = ["../x", "..\\x", "a/b", "a:b", "", ".", "\n"].map(file_name);
        assert!(names.iter().all(|name| !name.contains(['/', '\\', ':', '\n']) && !name.starts_with('.')));
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
    }
}
