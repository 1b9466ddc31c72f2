//! The units of a run, as the hub makes them: a ZIP archive with a ready provisioning file for each, or a table with
//! a line for each, laid over one file of common settings.
//!
//! The table is CSV (RFC 4180) with a head. `name` is necessary; `token` and `serial` count where they are there;
//! other columns (the hub's `state` and `expires`) are for people, but a token that is not unused any more is
//! refused.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read as _};
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use signage_protocol::Secret;
use signage_protocol::config::{self, ProvisionFile};
use signage_protocol::token::{self, Kind};

use crate::{Error, Result};

/// One card, and what makes it the card of one screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Unit {
    /// What the screen is called; unique within a run.
    pub name: String,
    /// The board that the card is for, where it is known beforehand.
    pub serial: Option<String>,
    /// Address of the hub, for the label.
    pub hub: Option<String>,
    /// Its provisioning file. Holds a token.
    pub settings: Vec<u8>,
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the settings: they hold a token.
        formatter.debug_struct("Unit").field("name", &self.name).field("serial", &self.serial).finish()
    }
}

/// The units of a run.
#[derive(Debug, Clone)]
pub struct Units {
    /// In the order of the table.
    pub units: Vec<Unit>,
    /// SHA-256 of all their settings: tells one run from another.
    pub digest: String,
}

/// Reads the units: of an archive each its file, of a table each its line laid over the common settings.
pub fn read(list: &Path, common: Option<&Path>) -> Result<Units> {
    let bytes = std::fs::read(list).map_err(Error::read(list))?;
    let wrong = |detail: &str| Error::Units { path: list.to_owned(), line: 0, detail: detail.into() };
    match (bytes.starts_with(b"PK"), common) {
        (true, None) => archive(list, bytes),
        (true, Some(_)) => Err(wrong("an archive has whole files in it; --config goes with a table")),
        (false, Some(common)) => table(list, &bytes, common),
        (false, None) => Err(wrong("a table needs the common settings: give --config")),
    }
}

/// The files of an archive: `Foyer/telemetry_config.json`.
fn archive(path: &Path, bytes: Vec<u8>) -> Result<Units> {
    let wrong = |detail: String| Error::Units { path: path.to_owned(), line: 0, detail };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(error.to_string()))?;
    let mut units = Vec::new();
    let mut seen = HashSet::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| wrong(error.to_string()))?;
        let place = entry.name().map_err(|error| wrong(error.to_string()))?.into_owned();
        let Some(folder) = place.strip_suffix(config::FILE_NAME).and_then(|rest| rest.strip_suffix('/'))
        else {
            continue;
        };
        let mut settings = Vec::new();
        let limit = config::MAX_BYTES as u64 + 1;
        entry.by_ref().take(limit).read_to_end(&mut settings).map_err(|error| wrong(error.to_string()))?;
        let file = check(folder, &settings)?;
        let name = file.device.and_then(|device| device.name).unwrap_or_else(|| folder.to_owned());
        if !seen.insert(name.to_lowercase()) {
            return Err(wrong(format!("{name:?} is in it twice")));
        }
        let hub = file.hub.map(|hub| hub.url.to_string());
        units.push(Unit { name, serial: file.only.into_iter().next(), hub, settings });
    }
    if units.is_empty() {
        return Err(wrong(format!("it has no FOLDER/{} in it", config::FILE_NAME)));
    }
    Ok(Units { digest: digest(&units), units })
}

fn table(list: &Path, text: &[u8], common: &Path) -> Result<Units> {
    let base = std::fs::read(common).map_err(Error::read(common))?;
    let base = base.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&base);
    let base: Map<String, Value> = serde_json::from_slice(base).map_err(|error| Error::Settings {
        unit: common.display().to_string(),
        detail: format!("it is no JSON object: {error}"),
    })?;
    parse(list, text, &base)
}

fn parse(table: &Path, text: &[u8], base: &Map<String, Value>) -> Result<Units> {
    let wrong = |line: u64, detail: String| Error::Units { path: table.to_owned(), line, detail };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let head = reader.headers().map_err(|error| wrong(1, error.to_string()))?.clone();
    let column = |name: &str| head.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let name = column("name").ok_or_else(|| {
        // What a spreadsheet writes where the comma is in numbers.
        let hint =
            if text.starts_with(b"name;") { "; separate the columns by commas, not semicolons" } else { "" };
        wrong(1, format!("the head has no column \"name\"{hint}"))
    })?;
    let (token, serial, state) = (column("token"), column("serial"), column("state"));
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut units = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            wrong(error.position().map_or(0, csv::Position::line), "it is no CSV, or of another width".into())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| {
            let text = column.and_then(|column| record.get(column)).map(text_of).unwrap_or_default();
            (!text.is_empty()).then_some(text)
        };
        let name = cell(Some(name)).ok_or_else(|| wrong(line, "it has no name".into()))?;
        if let Some(state) = cell(state).filter(|state| !state.eq_ignore_ascii_case("unused")) {
            return Err(wrong(line, format!("the token of {name:?} is {state}; make a new one")));
        }
        let (token, serial) = (cell(token), cell(serial));
        for (what, value) in [("name", Some(&name)), ("token", token.as_ref()), ("serial", serial.as_ref())] {
            let Some(value) = value else { continue };
            let reusable = what == "token" && token::check(&Secret::new(value)) == Ok(Kind::Provisioning);
            if let Some(before) = seen.insert(format!("{what} {}", value.to_lowercase()), line)
                && !reusable
            {
                return Err(wrong(line, format!("its {what} stands in line {before} already")));
            }
        }
        let settings = settings(base, &name, token.as_deref(), serial.as_deref())
            .map_err(|detail| wrong(line, detail))?;
        check(&name, &settings)?;
        let hub = base.get("hub").and_then(|hub| hub.get("url")).and_then(Value::as_str).map(str::to_owned);
        units.push(Unit { name, serial, hub, settings });
    }
    if units.is_empty() {
        return Err(wrong(1, "it has no units".into()));
    }
    Ok(Units { digest: digest(&units), units })
}

fn digest(units: &[Unit]) -> String {
    let mut digest = Sha256::new();
    for unit in units {
        digest.update((unit.settings.len() as u64).to_le_bytes());
        digest.update(&unit.settings);
    }
    hex::encode(digest.finalize())
}

/// Undoes the apostrophe that keeps spreadsheets from running a text as a formula.
fn text_of(cell: &str) -> String {
    let formula = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    formula.unwrap_or(cell).to_owned()
}

fn settings(
    base: &Map<String, Value>,
    name: &str,
    token: Option<&str>,
    serial: Option<&str>,
) -> std::result::Result<Vec<u8>, String> {
    let mut file = base.clone();
    if let Some(token) = token {
        let kind =
            token::check(&Secret::new(token)).map_err(|error| format!("its token is none: {error}"))?;
        file.remove("deviceToken");
        file.remove("provisionToken");
        let field = if kind == Kind::Device { "deviceToken" } else { "provisionToken" };
        file.insert(field.into(), json!(token));
    }
    if let Some(serial) = serial {
        file.insert("only".into(), json!([serial]));
    }
    match file.entry("device").or_insert_with(|| json!({})) {
        Value::Object(device) => device.insert("name".into(), json!(name)),
        _ => return Err("\"device\" in the common settings is no object".into()),
    };
    serde_json::to_vec_pretty(&file).map_err(|error| error.to_string())
}

/// What a screen would say.
fn check(unit: &str, settings: &[u8]) -> Result<ProvisionFile> {
    let findings = match config::parse(settings) {
        Ok(parsed) => return Ok(parsed.file),
        Err(findings) => findings,
    };
    let first = findings.iter().find(|finding| !finding.is_warning());
    let detail = first.map(|finding| {
        let place = if finding.pointer.is_empty() { "" } else { " at " };
        format!("{}{place}{}: {}", finding.code, finding.pointer, finding.message)
    });
    Err(Error::Settings { unit: unit.to_owned(), detail: detail.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn base() -> Map<String, Value> {
        let base = json!({ "version": 1, "hub": { "url": "https://hub.example:8443" } });
        base.as_object().unwrap().clone()
    }

    fn device_token(seed: u8) -> String {
        Kind::Device.encode(&[seed; token::RANDOM_BYTES]).expose().to_owned()
    }

    fn parsed(text: &str) -> Result<Units> {
        parse(Path::new("units.csv"), text.as_bytes(), &base())
    }

    fn refusal(text: &str) -> String {
        parsed(text).unwrap_err().report()
    }

    #[test]
    fn the_hubs_table_is_taken_as_it_is() {
        let (one, two) = (device_token(1), device_token(2));
        let text = format!(
            "\u{feff}name,token,state,expires\r\n\"Foyer, left\",{one},unused,\r\n'-1,{two},unused,2026-12-01\r\n"
        );
        let units = parsed(&text).unwrap().units;
        assert_eq!(units.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), ["Foyer, left", "-1"]);
        let file = config::parse(&units[0].settings).unwrap().file;
        assert_eq!(file.device.unwrap().name.as_deref(), Some("Foyer, left"));
        assert_eq!(file.device_token.unwrap().expose(), one);
        assert!(!format!("{units:?}").contains(&one), "a token would get into logs");
    }

    #[test]
    fn a_serial_number_binds_the_file_to_its_board() {
        let units = parsed("name,serial\nFoyer,10000000a3b1c2d4\n").unwrap().units;
        assert_eq!(config::parse(&units[0].settings).unwrap().file.only, ["10000000a3b1c2d4"]);
    }

    #[test]
    fn what_would_make_two_cards_for_one_screen_is_refused_with_its_line() {
        let token = device_token(3);
        assert!(refusal("name\nA\nB\na\n").contains("line 4: its name stands in line 2 already"));
        assert!(refusal(&format!("name,token\nA,{token}\nB,{token}\n")).contains("line 3: its token"));
        assert!(
            refusal(&format!("name,token,state\nA,{token},active\n")).contains("is active; make a new one")
        );
        let many = Kind::Provisioning.encode(&[4; token::RANDOM_BYTES]);
        assert!(parsed(&format!("name,token\nA,{0}\nB,{0}\n", many.expose())).is_ok());
    }

    #[test]
    fn the_hubs_archive_is_taken_as_it_is() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (place, text) in [
            ("tokens.csv", "name,token\r\n"),
            (
                "Foyer/telemetry_config.json",
                r#"{"version":1,"hub":{"url":"https://h"},"device":{"name":"Foyer"}}"#,
            ),
            ("Bar/telemetry_config.json", r#"{"version":1}"#),
        ] {
            archive.start_file(place, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), archive.finish().unwrap().into_inner()).unwrap();
        let units = read(file.path(), None).unwrap().units;
        assert_eq!(units.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), ["Foyer", "Bar"]);
        assert_eq!(units[0].hub.as_deref(), Some("https://h"));
        assert!(
            read(file.path(), Some(file.path())).unwrap_err().report().contains("--config goes with a table")
        );
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_place() {
        assert!(refusal("").contains("no column \"name\""));
        assert!(refusal("name;token\nA;\n").contains("by commas, not semicolons"));
        assert!(refusal("name,token\n").contains("no units"));
        assert!(refusal("name,token\n,x\n").contains("line 2: it has no name"));
        assert!(refusal("name,token\nA,sgd_abc\n").contains("its token is none"));
        assert!(refusal("name,token\nA\n").contains("line 2: it is no CSV"));
        let mut base = base();
        base.insert("device".into(), json!({ "timezone": "Europe/Berlim" }));
        let error = parse(Path::new("u"), b"name\nA\n", &base).unwrap_err();
        assert!(error.report().contains("/device/timezone"), "{}", error.report());
    }
}
