//! `signage-factory run`: the line, with a bar for each card.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::Args;
use indicatif::{MultiProgress, ProgressBar};
use jiff::Timestamp;
use serde_json::{Value, json};
use signage_stick::target;

use super::labels::{self, LinkArguments, UnitArguments};
use super::{ImageArguments, output, style};
use crate::image::Image;
use crate::journal::{Journal, Run, State};
use crate::label::Printer;
use crate::line::{self, Notice, Station, Watch};
use crate::units::{Unit, Units};
use crate::writer::Step;
use crate::{Error, Result, settings};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    image: ImageArguments,
    #[command(flatten)]
    units: UnitArguments,
    /// Where it is written down which units are done; begun if it is not there. One for each run.
    #[arg(long)]
    journal: PathBuf,
    /// Card reader, such as /dev/sdb; all cards in it are overwritten. May be given several times.
    #[arg(long, value_name = "DEVICE", required_unless_present = "into", conflicts_with = "into")]
    to: Vec<PathBuf>,
    /// Folder that gets an image file for each unit instead.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// How many image files are made at once.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16), requires = "into")]
    writers: u8,
    /// Folder that gets the label of each unit that is done.
    #[arg(long, value_name = "FOLDER")]
    labels: Option<PathBuf>,
    #[command(flatten)]
    link: LinkArguments,
    /// Do not ask before overwriting cards.
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(super) fn run(&self, as_json: bool) -> Result<bool> {
        let Units { units, digest } = self.units.read()?;
        let image = self.image.open()?;
        settings::place(&image)?;
        let mut printer = Printer::default();
        if self.labels.is_some() {
            for unit in &units {
                printer.check(&self.link.label(unit))?;
            }
        }
        let journal = Journal::open(&self.journal, Run::new(&image.sha256, &digest, Timestamp::now()))?;
        let stations: Vec<Station> = match &self.into {
            Some(folder) => (0..self.writers).map(|_| Station::Folder(folder.clone())).collect(),
            None => self.to.iter().cloned().map(Station::Reader).collect(),
        };
        let left = units.iter().filter(|unit| journal.state(&unit.name) != State::Done).count();
        if !as_json && left < units.len() {
            output::line(&format!("going on: {} of {} units are done", units.len() - left, units.len()))?;
        }
        if left > 0 && self.into.is_none() && !self.yes {
            self.confirm(left)?;
        }
        let show = Show::new(self, &image, &stations, printer, as_json);
        // What an interruption left without a label gets it now.
        for unit in units.iter().filter(|unit| journal.state(&unit.name) == State::Done) {
            show.label(unit, false)?;
        }
        let summary = line::run(&image, &units, &stations, journal, &show)?;
        show.end();
        match as_json {
            true => output::json(&json!({ "event": "end", "done": summary.done, "left": summary.left }))?,
            false => output::line(&format!("{} done, {} left", summary.done, summary.left))?,
        }
        Ok(summary.left == 0)
    }

    fn confirm(&self, left: usize) -> Result<()> {
        let mut warning = String::from("Every card in these readers will be overwritten:\n");
        for path in &self.to {
            let size = match target::device_bytes(path) {
                Ok(bytes) => format!("{} MB", bytes / 1_000_000),
                Err(refusal) => refusal.to_string(),
            };
            warning += &format!("  {}  {size}\n", path.display());
        }
        warning += &format!("{left} units are to be made.");
        if !io::stdin().is_terminal() {
            return Err(Error::NotConfirmed(format!("{warning} Nobody is there to confirm it")));
        }
        let standard = Path::new("standard output");
        print!("{warning} Type yes to go on: ");
        io::stdout().flush().map_err(Error::write(standard))?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).map_err(Error::read(Path::new("standard input")))?;
        match answer.trim().eq_ignore_ascii_case("yes") {
            true => Ok(()),
            false => Err(Error::NotConfirmed("not confirmed; nothing was written".into())),
        }
    }
}

/// Shows the line to a person or to a program, and makes the labels.
struct Show<'a> {
    arguments: &'a Arguments,
    as_json: bool,
    all: MultiProgress,
    bars: Vec<ProgressBar>,
    names: Vec<PathBuf>,
    printer: Mutex<Printer>,
}

impl<'a> Show<'a> {
    fn new(
        arguments: &'a Arguments,
        image: &Image,
        stations: &[Station],
        printer: Printer,
        as_json: bool,
    ) -> Self {
        let all = MultiProgress::new();
        // Written and read back.
        let bar = || ProgressBar::new(2 * image.mapped_bytes()).with_style(style());
        let bars = stations.iter().map(|_| all.add(bar())).collect();
        let names = stations.iter().map(|station| station.path().to_owned()).collect();
        Self { arguments, as_json, all, bars, names, printer: Mutex::new(printer) }
    }

    fn event(&self, value: &Value, text: &str) -> Result<()> {
        match self.as_json {
            true => output::json(value),
            false => self.all.suspend(|| output::line(text)),
        }
    }

    fn label(&self, unit: &Unit, again: bool) -> Result<()> {
        let Some(folder) = &self.arguments.labels else { return Ok(()) };
        if !again && labels::is_there(folder, unit) {
            return Ok(());
        }
        let mut printer = self.printer.lock().unwrap_or_else(PoisonError::into_inner);
        labels::write(&mut printer, folder, &self.arguments.link.label(unit))
    }

    fn end(&self) {
        self.bars.iter().for_each(ProgressBar::finish_and_clear);
    }
}

impl Watch for Show<'_> {
    fn notice(&self, station: usize, notice: Notice<'_>) -> Result<()> {
        let (bar, name) = (&self.bars[station], self.names[station].display());
        match notice {
            Notice::Wanted { why } => {
                bar.set_message("waiting for the next card");
                let why = why.map(ToString::to_string);
                let text =
                    why.as_ref().map_or("put in the next card".into(), |why| format!("not taken: {why}"));
                self.event(
                    &json!({ "event": "wanted", "reader": self.names[station], "why": why }),
                    &format!("{name}: {text}"),
                )
            }
            Notice::Begun { unit } => {
                bar.reset();
                bar.set_prefix(unit.to_owned());
                let value = json!({ "event": "begun", "unit": unit, "target": self.names[station] });
                if self.as_json { output::json(&value) } else { Ok(()) }
            }
            Notice::Moved { step, bytes } => {
                bar.set_message(if step == Step::Writing { "writing" } else { "reading back" });
                bar.inc(bytes);
                Ok(())
            }
            Notice::Done { unit, target, took } => {
                self.label(unit, true)?;
                let seconds = took.as_secs_f32();
                self.event(
                    &json!({ "event": "done", "unit": unit.name, "target": target, "seconds": seconds }),
                    &format!("done    {}  {}  {seconds:.1} s", unit.name, target.display()),
                )
            }
            Notice::Failed { unit, error } => self.event(
                &json!({ "event": "failed", "unit": unit, "target": self.names[station],
                         "code": error.code(), "detail": error.report() }),
                &format!("FAILED  {unit}  {name}\n{}", error.report()),
            ),
        }
    }
}
