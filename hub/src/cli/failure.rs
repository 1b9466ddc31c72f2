//! What a command that failed says, on standard error: what is wrong with what, its code of the catalogue, and what
//! to do; and its exit code.

use std::io::ErrorKind;
use std::path::Path;

use signage_protocol::problem::Code;

use crate::Error;
use crate::error::chain;

/// Commands that list what can be named, by what was named.
const LISTS: &[(&str, &str)] = &[
    ("alert channel", "alert list --account ACCOUNT channels"),
    ("alert rule", "alert list --account ACCOUNT rules"),
    ("API token", "api-token list --account ACCOUNT"),
    ("API token in use", "api-token list --account ACCOUNT"),
    ("authorization code", "code list --account ACCOUNT"),
    ("command", "device commands --account ACCOUNT"),
    ("content", "content list --account ACCOUNT"),
    ("folder", "content folder list --account ACCOUNT"),
    ("folder of screens", "device folder list --account ACCOUNT"),
    ("group", "group list --account ACCOUNT"),
    ("group of screens", "device group list --account ACCOUNT"),
    ("invitation", "operator list --account ACCOUNT"),
    ("member", "group show --account ACCOUNT GROUP"),
    ("override", "override list --account ACCOUNT"),
    ("person", "operator list --account ACCOUNT"),
    ("operator", "operator list --account ACCOUNT"),
    ("playlist", "playlist list --account ACCOUNT"),
    ("layout", "layout list --account ACCOUNT"),
    ("time block", "timeblock list --account ACCOUNT"),
    ("schedule entry", "schedule list --account ACCOUNT"),
    ("publication", "publish list --account ACCOUNT"),
    ("screen", "device list --account ACCOUNT"),
    ("token", "token list --account ACCOUNT"),
];

/// The text for standard error.
pub fn text(error: &Error, data_dir: &Path) -> String {
    let mut text = format!("signage-hub: {} ({})", chain(error), code(error).as_str());
    if let Some(next) = next(error, data_dir) {
        text.push_str("\n  ");
        text.push_str(&next);
    }
    text
}

/// Whether whoever read the output has stopped reading, as `head` does: nothing failed.
pub fn is_over(error: &Error) -> bool {
    matches!(error, Error::File { source, .. } if source.kind() == ErrorKind::BrokenPipe)
}

fn code(error: &Error) -> Code {
    match error {
        Error::Refused { code, .. } | Error::Key { code, .. } => *code,
        Error::NotFound { .. } => Code::ApiNotFound,
        Error::Conflict(_) => Code::ApiConflict,
        Error::Invalid(_) | Error::Field { .. } => Code::ApiInvalid,
        Error::File { source, .. } => match source.kind() {
            ErrorKind::NotFound => Code::ApiNotFound,
            ErrorKind::AlreadyExists => Code::ApiConflict,
            ErrorKind::PermissionDenied => Code::ApiForbidden,
            ErrorKind::InvalidData | ErrorKind::IsADirectory | ErrorKind::NotADirectory => Code::ApiInvalid,
            _ => Code::HubError,
        },
        _ => Code::HubError,
    }
}

fn next(error: &Error, data_dir: &Path) -> Option<String> {
    let next = match error {
        Error::NotFound { what: "account", .. } => {
            format!("`signage-hub account list` shows those of the hub in {}.", data_dir.display())
        }
        Error::NotFound { what, .. } => {
            let (_, list) = LISTS.iter().find(|(named, _)| named == what)?;
            format!("`signage-hub {list}` shows what there is.")
        }
        Error::File { source, .. } => match source.kind() {
            ErrorKind::NotFound => "Look at the path: is it written as it is on the disk?".to_owned(),
            ErrorKind::PermissionDenied => "Give this user access to it, or name another.".to_owned(),
            ErrorKind::AlreadyExists => "Move it away, or name another file.".to_owned(),
            ErrorKind::InvalidData => "Save it as UTF-8 text.".to_owned(),
            ErrorKind::IsADirectory => "Name a file in it.".to_owned(),
            ErrorKind::StorageFull => "Make room on the disk.".to_owned(),
            _ => return None,
        },
        Error::Database { .. } => {
            "Try again; if this stays, look at the disk, or at the database that database.url names."
                .to_owned()
        }
        Error::Migrate { .. } => {
            "The database is of a newer hub, or of something else: use that version, or restore a backup."
                .to_owned()
        }
        Error::Damaged { .. } => "Restore a backup: signage-hub restore --help".to_owned(),
        Error::Refused { retry_after: Some(seconds), .. } => format!("Try again in {seconds} seconds."),
        _ => return None,
    };
    Some(next)
}

/// The exit code.
pub fn exit_code(error: &Error) -> u8 {
    match error {
        Error::NotFound { .. } | Error::Refused { status: 404, .. } => 3,
        Error::Conflict(_) | Error::Refused { status: 409, .. } => 4,
        Error::Key { .. } => 5,
        Error::File { source, .. } => match source.kind() {
            ErrorKind::NotFound => 3,
            ErrorKind::AlreadyExists => 4,
            _ => 1,
        },
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_a_code_and_says_what_to_do() {
        let data = Path::new("/var/lib/signage-hub");
        let error = Error::NotFound { what: "screen", name: "a\n\"b\"".into() };
        assert_eq!(
            text(&error, data),
            "signage-hub: there is no screen \"a\\n\\\"b\\\"\" (API-004)\n  \
             `signage-hub device list --account ACCOUNT` shows what there is."
        );
        assert_eq!(exit_code(&error), 3);
        let missing = Error::file("read", "film.mp4")(std::io::Error::from(ErrorKind::NotFound));
        assert!(text(&missing, data).contains("cannot read film.mp4: ") && exit_code(&missing) == 3);
        assert!(is_over(&Error::file("write", "-")(std::io::Error::from(ErrorKind::BrokenPipe))));
    }
}
