//! Standard output of the commands: text for people, JSON for programs. JSON keeps its fields, text may change.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::{Error, Result};

/// Writes one line.
pub fn line(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").map_err(Error::file("write", "standard output"))
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<()> {
    line(&serde_json::to_string_pretty(value).map_err(Error::json("the result"))?)
}

/// Tells that something was done: as a value to a program, as a line to people.
pub fn done(as_json: bool, value: &impl Serialize, text: &str) -> Result<()> {
    if as_json { self::json(value) } else { line(text) }
}

/// Tells that a thing is gone.
pub fn deleted(as_json: bool, id: &str) -> Result<()> {
    done(as_json, &json!({ "id": id, "deleted": true }), &format!("Deleted {id}"))
}

/// Tells that a file was written.
pub fn wrote(as_json: bool, path: &Path) -> Result<()> {
    done(as_json, &json!({ "out": path }), &format!("Wrote {}", path.display()))
}

/// A file's text; that of standard input for `-`.
pub fn read(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin()).map_err(Error::file("read", "standard input"));
    }
    std::fs::read_to_string(path).map_err(Error::file("read", path))
}

/// A new file that only this user can read.
pub fn new_file(path: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(Error::file("make", path))
}

/// A text that comes from elsewhere, for a terminal: nothing in it moves the cursor or turns the direction.
pub fn plain(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

/// Refuses to write where something is already, before anything is made that would go there.
pub fn check_free(path: Option<&Path>) -> Result<()> {
    match path.filter(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(Error::Conflict(format!(
            "{} exists already; move it away, or name another file",
            path.display()
        ))),
        None => Ok(()),
    }
}

/// Writes rows under a head, columns aligned; says `none` when there are no rows.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], none: &str) -> Result<()> {
    if rows.is_empty() {
        return line(none);
    }
    let rows: Vec<[String; N]> =
        rows.iter().map(|row| std::array::from_fn(|column| plain(&row[column]))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let print = |cells: [&str; N]| {
        let padded: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        line(padded.join("  ").trim_end())
    };
    print(head)?;
    rows.iter().try_for_each(|row| print(std::array::from_fn(|column| row[column].as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_elsewhere_do_nothing_to_a_terminal() {
        assert_eq!(plain("Café \"Nord\""), "Café \"Nord\"");
        assert_eq!(plain("a\nb\u{1b}[2J"), "a\u{fffd}b\u{fffd}[2J");
        assert_eq!(plain("\u{202e}gnp.exe"), "\u{fffd}gnp.exe");
        assert_eq!(plain("שלום"), "שלום");
    }
}
