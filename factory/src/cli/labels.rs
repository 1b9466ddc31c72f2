//! `signage-factory label`: the labels of a run on one roll, and where the labels of single units come from.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::output;
use crate::journal::{Journal, State};
use crate::label::{Label, Printer};
use crate::line::file_name;
use crate::units::{self, Unit};
use crate::{Error, Result};

/// Which units, and how their labels look.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    units: UnitArguments,
    /// Journal of the run.
    #[arg(long)]
    journal: PathBuf,
    #[command(flatten)]
    link: LinkArguments,
    /// PDF to write.
    #[arg(long, value_name = "PDF")]
    out: PathBuf,
}

/// Which units.
#[derive(Debug, Args)]
pub(super) struct UnitArguments {
    /// The units, as the hub makes them: an archive (ZIP) with a provisioning file for each, or a table (CSV with a
    /// head) with `name` and where wanted `token` and `serial`.
    #[arg(long)]
    units: PathBuf,
    /// Provisioning file with what all units of a table have in common.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl UnitArguments {
    pub(super) fn read(&self) -> Result<units::Units> {
        units::read(&self.units, self.config.as_deref())
    }
}

/// Where the QR code leads.
#[derive(Debug, Args)]
pub(super) struct LinkArguments {
    /// Link in the QR code; {hub}, {name} and {serial} are filled in.
    #[arg(long, default_value = "{hub}/screens?search={name}")]
    link: String,
}

impl LinkArguments {
    /// The label of a unit.
    pub(super) fn label(&self, unit: &Unit) -> Label {
        let hub = unit.hub.as_deref().map(|hub| hub.trim_end_matches('/'));
        let link = self
            .link
            .replace("{hub}", hub.unwrap_or_default())
            .replace("{name}", &escaped(&unit.name))
            .replace("{serial}", &escaped(unit.serial.as_deref().unwrap_or_default()));
        Label { name: unit.name.clone(), serial: unit.serial.clone(), hub: hub.map(str::to_owned), link }
    }
}

/// Percent-encoded, as a part of a query (RFC 3986).
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The files of a unit's label: PNG and PDF.
fn files(folder: &Path, unit: &str) -> [PathBuf; 2] {
    // Not `with_extension`: a name may have a dot in it.
    ["png", "pdf"].map(|extension| folder.join(format!("{}.{extension}", file_name(unit))))
}

/// Writes the label of one unit into a folder.
pub(super) fn write(printer: &mut Printer, folder: &Path, label: &Label) -> Result<()> {
    let [png, pdf] = files(folder, &label.name);
    put(&png, &printer.png(label)?)?;
    put(&pdf, &printer.pdf(std::slice::from_ref(label))?)
}

/// Whether both files of a unit's label are there.
pub(super) fn is_there(folder: &Path, unit: &Unit) -> bool {
    files(folder, &unit.name).iter().all(|file| file.exists())
}

/// Never half a file under its name.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = PathBuf::from(format!("{}.part", path.display()));
    fs::write(&partial, bytes).map_err(Error::write(&partial))?;
    fs::rename(&partial, path).map_err(Error::write(path))
}

impl Arguments {
    pub(super) fn make(&self, as_json: bool) -> Result<bool> {
        let units = self.units.read()?;
        let (run, states) = Journal::read(&self.journal)?;
        run.is_of(&units.digest).map_err(|detail| Error::OtherRun { path: self.journal.clone(), detail })?;
        let done = units.units.iter().filter(|unit| states.get(&unit.name) == Some(&State::Done));
        let labels: Vec<Label> = done.map(|unit| self.link.label(unit)).collect();
        put(&self.out, &Printer::default().pdf(&labels)?)?;
        match as_json {
            true => output::json(&json!({ "formatVersion": 1, "labels": labels.len(), "file": self.out }))?,
            false => output::line(&format!("{}: {} labels", self.out.display(), labels.len()))?,
        }
        Ok(true)
    }
}
