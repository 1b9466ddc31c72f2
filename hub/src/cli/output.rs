//! Standard output of the commands: text for people, JSON for programs. JSON keeps its fields, text may change.

use std::io::Write as _;

use serde::Serialize;

use crate::{Error, Result};

/// Writes one line.
pub fn line(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").map_err(Error::file("write", "standard output"))
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<()> {
    line(&serde_json::to_string_pretty(value).map_err(Error::json("the result"))?)
}

/// Writes rows under a head, columns aligned; says `none` when there are no rows.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], none: &str) -> Result<()> {
    if rows.is_empty() {
        return line(none);
    }
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
