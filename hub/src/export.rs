//! Tokens in the forms in which they are handed on: text, CSV, configuration files in a ZIP, a stick.

use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor, Write as _};

use schemars::JsonSchema;
use serde::Deserialize;
use signage_protocol::Secret;
use signage_protocol::config::FILE_NAME;
use signage_protocol::token::digest;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::ident::{Millis, timestamp};
use crate::provision::Provision;
use crate::store::Store;
use crate::store::tokens::{self, State, Token, kind_name};
use crate::token::Made;
use crate::{Error, Result};

/// Name of the list in a ZIP, and of a downloaded one.
pub const LIST_NAME: &str = "tokens.csv";

/// One form of tokens that were just made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TokenForm")]
pub enum Format {
    /// For people.
    Text,
    /// A table.
    Csv,
    /// The provisioning file of one token.
    Config,
    /// The provisioning files of all, and the table.
    Zip,
    /// The bytes of a stick with the provisioning file of one token.
    Stick,
}

/// A file to be downloaded.
#[derive(Debug)]
pub struct File {
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 5] = [Self::Text, Self::Csv, Self::Config, Self::Zip, Self::Stick];

    /// The word for programs and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::Config => "config",
            Self::Zip => "zip",
            Self::Stick => "stick",
        }
    }

    /// Tokens in this form.
    pub fn file(self, made: &[Made], provision: &Provision, now: Millis) -> Result<File> {
        let one = || match made {
            [one] => provision.file(&one.token, &one.secret, now),
            _ => Err(Error::Invalid("this form holds one token; take zip for several".into())),
        };
        let (name, media_type, bytes) = match self {
            Self::Text => ("token.txt", "text/plain; charset=utf-8", text(made, provision).into_bytes()),
            Self::Csv => (LIST_NAME, "text/csv; charset=utf-8", csv(made, now).into_bytes()),
            Self::Config => (FILE_NAME, "application/json", one()?.into_bytes()),
            Self::Zip => ("tokens.zip", "application/zip", zip(made, provision, now)?),
            Self::Stick => {
                ("stick.img", "application/octet-stream", stick(&[(FILE_NAME, one()?.as_bytes())])?)
            }
        };
        Ok(File { name, media_type, bytes })
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            Error::Invalid(format!("{text:?} is no form; use text, csv, config, zip or stick"))
        })
    }
}

fn text(made: &[Made], provision: &Provision) -> String {
    let one = |Made { token, secret }: &Made| {
        let name = token.grant.name.as_deref().map(|name| format!("Name:  {name}\n")).unwrap_or_default();
        let ends = match token.expires_at {
            Some(end) => format!("to be used before {}", timestamp(end)),
            None => "valid until it is revoked".to_owned(),
        };
        let (kind, hub) = (kind_name(token.kind), provision.url());
        format!("{name}Token: {}\nKind:  {kind}, {ends}\nHub:   {hub}\n", secret.expose())
    };
    made.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// A table by RFC 4180: name, token, state, expires.
pub fn csv(made: &[Made], now: Millis) -> String {
    let mut table = String::from("name,token,state,expires\r\n");
    for Made { token, secret } in made {
        let state = token.state(now);
        let ends = token.expires_at.filter(|_| state == State::Unused);
        let fields = [
            field(token.grant.name.as_deref().unwrap_or_default()),
            field(secret.expose()),
            field(state.as_str()),
            field(&ends.map(|end| timestamp(end).to_string()).unwrap_or_default()),
        ];
        table.push_str(&fields.join(","));
        table.push_str("\r\n");
    }
    table
}

/// A cell. A spreadsheet would run a text that begins like a formula; an apostrophe makes it a text.
pub(crate) fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// For each token a folder with its configuration file, ready for the top folder of a stick.
fn zip(made: &[Made], provision: &Provision, now: Millis) -> Result<Vec<u8>> {
    let failed = |error: zip::result::ZipError| Error::Export { what: "archive", source: error.into() };
    let write = |source| Error::Export { what: "archive", source };
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(LIST_NAME, options).map_err(failed)?;
    archive.write_all(csv(made, now).as_bytes()).map_err(write)?;
    let mut taken = HashSet::new();
    for Made { token, secret } in made {
        let folder = folder(token, &mut taken);
        archive.start_file(format!("{folder}/{FILE_NAME}"), options).map_err(failed)?;
        archive.write_all(provision.file(token, secret, now)?.as_bytes()).map_err(write)?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// A name for a folder on any system, different from those that are taken.
fn folder(token: &Token, taken: &mut HashSet<String>) -> String {
    let name = token.grant.name.as_deref().unwrap_or(&token.id);
    let safe = |character: char| match character {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        character if character.is_control() => '_',
        character => character,
    };
    let name: String = name.chars().map(safe).collect();
    let name = name.trim_matches(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    // Windows keeps these for its devices.
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    let name = if name.is_empty() || device { format!("_{name}") } else { name.to_owned() };
    let mut candidate = name.clone();
    let mut number = 1;
    while !taken.insert(candidate.to_lowercase()) {
        number += 1;
        candidate = format!("{name} ({number})");
    }
    candidate
}

/// The bytes of a stick with these files, by path.
pub(crate) fn stick(files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let failed = |source: io::Error| Error::Export { what: "stick", source };
    let bytes = signage_stick::MIN_BYTES;
    let mut disk = Cursor::new(vec![0; usize::try_from(bytes).map_err(io::Error::other).map_err(failed)?]);
    signage_stick::write(&mut disk, bytes, files.iter().copied()).map_err(failed)?;
    Ok(disk.into_inner())
}

/// Tokens that were made a moment ago, by their secrets: for downloading them in another form. All must be of
/// the account.
pub async fn made(store: &Store, account: &str, secrets: Vec<Secret>) -> Result<Vec<Made>> {
    let digests: Vec<String> = secrets.iter().map(digest).collect();
    let found = tokens::by_digests(store, account, &digests).await?;
    let mut found: HashMap<String, Token> =
        found.into_iter().map(|token| (token.digest.clone(), token)).collect();
    let pairs = secrets.into_iter().zip(digests);
    let made = pairs.map(|(secret, digest)| match found.remove(&digest) {
        Some(token) => Ok(Made { token, secret }),
        None => Err(Error::Invalid("one of the tokens is not of this account, or stands there twice".into())),
    });
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_stays_one_cell() {
        for (text, cell) in [
            ("Lobby", "Lobby"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "'=1+1"),
            ("@x,\"", "\"'@x,\"\"\""),
            ("-1", "'-1"),
            ("+1", "'+1"),
            (" x", "\" x\""),
        ] {
            assert_eq!(field(text), cell);
        }
    }
}
