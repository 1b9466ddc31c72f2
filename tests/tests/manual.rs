//! Man pages and completions, generated from the command lines and compared with what is checked in.
//!
//! They are files of the project and not made while it is built, since a program for a screen does not run on
//! the machine that builds it. To renew them: `UPDATE_DOCS=1 cargo test -p signage-tests --test manual`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

/// Files of the part's `manual/`, by name.
fn manual(command: Command) -> BTreeMap<String, Vec<u8>> {
    let mut command = command.disable_help_subcommand(true);
    let name = command.get_name().to_owned();
    let mut files = BTreeMap::new();
    for (shell, file) in [
        (Shell::Bash, format!("{name}.bash")),
        (Shell::Fish, format!("{name}.fish")),
        (Shell::Zsh, format!("_{name}")),
    ] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut command, &name, &mut text);
        files.insert(file, text);
    }
    let pages = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(command, pages.path()).unwrap();
    for page in fs::read_dir(pages.path()).unwrap() {
        let page = page.unwrap();
        files.insert(page.file_name().into_string().unwrap(), fs::read(page.path()).unwrap());
    }
    files
}

fn compare(part: &str, command: Command) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(part).join("manual");
    let wanted = manual(command);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        for (name, text) in &wanted {
            fs::write(directory.join(name), text).unwrap();
        }
    }
    let present: BTreeMap<String, Vec<u8>> = fs::read_dir(&directory)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .map(|path: PathBuf| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
        })
        .collect();
    let differs: Vec<&String> =
        wanted.keys().filter(|name| present.get(*name) != wanted.get(*name)).collect();
    assert!(
        differs.is_empty(),
        "{part}/manual is not what the program says: {differs:?}; see the comment above"
    );
    let left: Vec<&String> = present.keys().filter(|name| !wanted.contains_key(*name)).collect();
    assert!(left.is_empty(), "{part}/manual has pages of commands that are gone: {left:?}");
}

#[test]
fn the_manual_of_the_provisioner_is_its_command_line() {
    compare("provisioner", signage_provisioner::cli::Cli::command().name("signage-provisioner"));
}

#[test]
fn the_manual_of_the_player_is_its_command_line() {
    compare("player", signage_player::cli::Cli::command().name("signage-player"));
}

#[test]
fn the_manual_of_the_hub_is_its_command_line() {
    compare("hub", signage_hub::cli::Cli::command());
}

#[test]
fn the_manual_of_the_factory_is_its_command_line() {
    compare("factory", signage_factory::cli::Cli::command());
}
