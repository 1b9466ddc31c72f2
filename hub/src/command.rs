//! Commands: what screens are told to do, and how it went.
//!
//! | state | means |
//! |---|---|
//! | queued | the screen has not read it yet |
//! | delivered | it has read it, or begun |
//! | done, failed | it has answered; the first answer counts, also one that comes late |
//! | expired | no answer came in time |
//!
//! Giving a screen what it has not begun yet gives it nothing new: the answer is the command that waits.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use signage_protocol::session::{Command, CommandResult, MAX_FILE, MAX_TEXT, Order, Outcome};

use crate::api_token::Actor;
use crate::folder::is_within as within;
use crate::ident::{self, DAY, MINUTE, Millis, SECOND};
use crate::store::commands::{self, File, Target};
use crate::store::pushes::{self, Topic};
use crate::store::{self, Connection, Store, audit};
use crate::{Error, Result, device};

/// Most commands that wait for one screen, and that it gets at once.
const MOST_WAITING: usize = 20;
/// Most screens of one command.
pub const MOST_SCREENS: usize = 50_000;
/// How long a command may wait at least and at most.
const LIFETIMES: std::ops::RangeInclusive<Millis> = 10 * SECOND..=7 * DAY;

/// How far a command has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The screen has not read it yet.
    Queued,
    /// The screen has read it, or begun.
    Delivered,
    /// Done.
    Done,
    /// The screen could not do it.
    Failed,
    /// No answer came in time.
    Expired,
}

impl State {
    /// How far a command has got.
    pub fn of(command: &commands::Command, now: Millis) -> Self {
        match command.outcome.as_deref() {
            Some("done") => Self::Done,
            Some(_) => Self::Failed,
            None if now >= command.expires_at => Self::Expired,
            None if command.delivered_at.is_some() => Self::Delivered,
            None => Self::Queued,
        }
    }

    /// For people and as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing more will come of it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Expired)
    }
}

/// Which screens a command is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Those with these ids.
    Screens(Vec<String>),
    /// Those with a label.
    Tag(String),
    /// Those in a folder, and in the folders below it.
    Folder(String),
    /// Every screen of the account.
    All,
}

/// What became of giving a command.
#[derive(Debug)]
pub struct Given {
    /// `bat_…`: by it the new ones are found.
    pub batch: String,
    /// One for each screen: new ones, and those that were waiting already.
    pub commands: Vec<commands::Command>,
    /// How many of them are new.
    pub new: usize,
}

/// What people call a kind.
pub fn title(kind: &str) -> &'static str {
    match kind {
        "screenshot" => "Screenshot",
        "refresh" => "Refresh content",
        "reboot" => "Reboot",
        "identify" => "Identify",
        "restart" => "Restart player",
        "collectLogs" => "Collect logs",
        _ => "Unknown",
    }
}

/// The command of this kind with its usual settings.
pub fn of_kind(kind: &str) -> Result<Command> {
    Command::ALL.into_iter().find(|command| command.kind() == kind).ok_or_else(|| {
        let kinds: Vec<_> = Command::ALL.iter().map(Command::kind).collect();
        Error::Invalid(format!("{kind:?} is no command; there are {}.", kinds.join(", ")))
    })
}

/// How long a screen may take before nobody waits for it any more. Somebody stands in front of it for some, and a
/// reboot in the middle of the next day is no favour to anybody.
fn lifetime(command: &Command) -> Millis {
    match command {
        Command::Identify { .. } => 5 * MINUTE,
        Command::Screenshot | Command::Reboot | Command::Restart => 15 * MINUTE,
        Command::Refresh => 60 * MINUTE,
        Command::CollectLogs { .. } | Command::Unknown => DAY,
    }
}

fn check(command: &Command) -> Result<()> {
    match command {
        Command::Identify { seconds } if !(5..=600).contains(seconds) => {
            Err(Error::Invalid("A screen shows its name for 5 to 600 seconds.".into()))
        }
        Command::CollectLogs { lines } if !(1..=10_000).contains(lines) => {
            Err(Error::Invalid("A screen sends 1 to 10000 lines of its log.".into()))
        }
        Command::Unknown => of_kind("").map(drop),
        _ => Ok(()),
    }
}

/// Gives a command to screens of the actor's account.
pub async fn give(
    store: &Store,
    actor: &Actor<'_>,
    to: &To,
    command: &Command,
    expires_in: Option<Millis>,
    now: Millis,
) -> Result<Given> {
    check(command)?;
    let expires_in = expires_in.unwrap_or_else(|| lifetime(command));
    if !LIFETIMES.contains(&expires_in) {
        return Err(Error::Invalid("A command waits for 10 seconds to 7 days.".into()));
    }
    let payload = serde_json::to_string(command).map_err(Error::json("a command"))?;
    let mut change = store.write().await?;
    // One is looked up without reading all of the account.
    let screens = match to {
        To::Screens(ids) if ids.len() == 1 => {
            let id = ids.first().map(String::as_str).unwrap_or_default();
            vec![device::find(&mut change, actor.account, id).await?.id]
        }
        _ => meant(&mut change, actor.account, to).await?.into_iter().map(|target| target.id).collect(),
    };
    if screens.len() > MOST_SCREENS {
        return Err(Error::Invalid(format!("A command is for at most {MOST_SCREENS} screens at once.")));
    }
    let batch = ident::new("bat")?;
    let mut waiting: HashMap<String, Vec<commands::Command>> = HashMap::new();
    for command in commands::waiting(&mut change, actor.account, now).await? {
        waiting.entry(command.device.clone()).or_default().push(command);
    }
    let (mut new, mut same) = (Vec::new(), Vec::new());
    for device in &screens {
        let mut of_screen = waiting.remove(device).unwrap_or_default();
        if let Some(at) = of_screen.iter().position(|waiting| waiting.payload == payload) {
            same.push(of_screen.swap_remove(at));
            continue;
        }
        if of_screen.len() >= MOST_WAITING {
            return Err(Error::Conflict(format!(
                "{MOST_WAITING} commands wait for the screen {device} already. It takes them when it is online."
            )));
        }
        new.push(commands::Command {
            id: ident::new_sorted("cmd", now)?,
            account: actor.account.to_owned(),
            device: device.clone(),
            batch: batch.clone(),
            kind: command.kind().to_owned(),
            payload: payload.clone(),
            created_by: actor.id.to_owned(),
            created_at: now,
            expires_at: now + expires_in,
            delivered_at: None,
            accepted_at: None,
            finished_at: None,
            outcome: None,
            result: None,
        });
    }
    if !new.is_empty() {
        commands::insert(&mut change, &new).await?;
        let devices: Vec<String> = new.iter().map(|command| command.device.clone()).collect();
        pushes::devices(&mut change, actor.account, &devices, Topic::Command, now).await?;
        let (subject, detail) = match devices.as_slice() {
            [device] => (device, command.kind().to_owned()),
            _ => (&batch, format!("{} for {} screens", command.kind(), devices.len())),
        };
        audit::by(&mut change, actor, "command.give", subject, Some(&detail), now).await?;
    }
    store::commit(change).await?;
    let count = new.len();
    new.extend(same);
    Ok(Given { batch, commands: new, new: count })
}

/// The screens that are meant, by their ids. One that is named and not there is an error.
pub async fn meant(connection: &mut Connection, account: &str, to: &To) -> Result<Vec<Target>> {
    let known = commands::targets(connection, account).await?;
    let mut named: HashSet<&str> = HashSet::new();
    if let To::Screens(ids) = to {
        named.extend(ids.iter().map(String::as_str));
        let missing = |id: &&String| known.binary_search_by(|target| target.id.cmp(id)).is_err();
        if let Some(id) = ids.iter().find(missing) {
            return Err(Error::NotFound { what: "screen", name: id.clone() });
        }
    }
    let wanted = |target: &Target| match to {
        To::Screens(_) => named.contains(target.id.as_str()),
        To::Tag(tag) => {
            serde_json::from_str::<Vec<String>>(&target.tags).is_ok_and(|tags| tags.contains(tag))
        }
        To::Folder(folder) => target.folder.as_deref().is_some_and(|is| within(is, folder)),
        To::All => true,
    };
    Ok(known.into_iter().filter(wanted).collect())
}

/// What waits for a screen. It counts as delivered from now on.
pub async fn take(store: &Store, account: &str, device: &str, now: Millis) -> Result<Vec<Order>> {
    let most = i64::try_from(MOST_WAITING).unwrap_or(i64::MAX);
    let mut connection = store.read().await?;
    let mut waiting = commands::waiting_for(&mut connection, account, device, now, most).await?;
    drop(connection);
    if waiting.iter().any(|command| command.delivered_at.is_none()) {
        let mut change = store.write().await?;
        waiting = commands::waiting_for(&mut change, account, device, now, most).await?;
        for command in waiting.iter_mut().filter(|command| command.delivered_at.is_none()) {
            command.delivered_at = Some(now);
            commands::put_progress(&mut change, command).await?;
        }
        pushes::account(&mut change, account, Topic::Screens, now).await?;
        store::commit(change).await?;
    }
    let order = |command: commands::Command| {
        let left = command.expires_at.saturating_sub(now).max(SECOND).unsigned_abs();
        let command_itself =
            serde_json::from_str(&command.payload).map_err(|_| Error::Damaged { what: "command" })?;
        Ok(Order { id: command.id, command: command_itself, expires_in: left / 1000 })
    };
    waiting.into_iter().map(order).collect()
}

/// Takes what a screen says of a command. Said again, or after the end, it changes nothing.
pub async fn report(
    store: &Store,
    device: &str,
    id: &str,
    result: &CommandResult,
    now: Millis,
) -> Result<()> {
    let mut change = store.write().await?;
    let mut command = own(&mut change, device, id).await?;
    if command.finished_at.is_some() || (result.outcome == Outcome::Accepted && command.accepted_at.is_some())
    {
        return Ok(());
    }
    command.delivered_at.get_or_insert(now);
    command.accepted_at.get_or_insert(now);
    match result.outcome {
        Outcome::Accepted => {}
        Outcome::Done => finish(&mut command, "done", result, now),
        Outcome::Failed => finish(&mut command, "failed", result, now),
    }
    commands::put_progress(&mut change, &command).await?;
    pushes::account(&mut change, &command.account, Topic::Screens, now).await?;
    store::commit(change).await
}

fn finish(command: &mut commands::Command, outcome: &str, result: &CommandResult, now: Millis) {
    command.finished_at = Some(now);
    command.outcome = Some(outcome.to_owned());
    command.result = result.text.as_deref().map(printable).filter(|text| !text.is_empty());
}

/// A text of a device, fit to be stored and shown.
fn printable(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
        .collect();
    clean[..clean.floor_char_boundary(MAX_TEXT)].trim().to_owned()
}

async fn own(connection: &mut Connection, device: &str, id: &str) -> Result<commands::Command> {
    commands::of_device(connection, device, id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "command", name: id.to_owned() })
}

/// Keeps what a screen has uploaded for a command: a picture or a log. What it is, its bytes say.
pub async fn upload(store: &Store, device: &str, id: &str, bytes: Vec<u8>, now: Millis) -> Result<()> {
    let command = own(&mut *store.read().await?, device, id).await?;
    if bytes.is_empty() || bytes.len() > MAX_FILE {
        return Err(Error::Invalid(format!("A file of a command has 1 to {MAX_FILE} bytes.")));
    }
    let media_type = match command.kind.as_str() {
        "screenshot" if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => "image/png",
        "screenshot" if bytes.starts_with(b"\xff\xd8\xff") => "image/jpeg",
        "screenshot" => return Err(Error::Invalid("A screenshot is a PNG or JPEG picture.".into())),
        "collectLogs" if std::str::from_utf8(&bytes).is_ok() => "text/plain; charset=utf-8",
        "collectLogs" => return Err(Error::Invalid("A log is a text in UTF-8.".into())),
        kind => return Err(Error::Invalid(format!("No file belongs to a command {kind}."))),
    };
    if command.finished_at.is_some_and(|at| now >= at + MINUTE) || now >= command.expires_at + DAY {
        return Err(Error::Conflict("The command is over; nobody waits for its file any more.".into()));
    }
    let mut change = store.write().await?;
    let file = File { command: command.id.clone(), media_type: media_type.to_owned(), bytes, at: now };
    commands::put_file(&mut change, &command, &file).await?;
    pushes::account(&mut change, &command.account, Topic::Screens, now).await?;
    store::commit(change).await
}

impl FromStr for State {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Queued, Self::Delivered, Self::Done, Self::Failed, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| {
                Error::Invalid(format!(
                    "{text:?} is no state; use queued, delivered, done, failed or expired"
                ))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> commands::Command {
        commands::Command {
            id: "cmd_1".into(),
            account: "acc_1".into(),
            device: "dev".into(),
            batch: "bat_1".into(),
            kind: "reboot".into(),
            payload: "{}".into(),
            created_by: "cli".into(),
            created_at: 0,
            expires_at: 1000,
            delivered_at: None,
            accepted_at: None,
            finished_at: None,
            outcome: None,
            result: None,
        }
    }

    #[test]
    fn the_state_follows_from_what_was_noted() {
        let mut command = command();
        assert_eq!(State::of(&command, 999), State::Queued);
        assert_eq!(State::of(&command, 1000), State::Expired);
        command.delivered_at = Some(1);
        assert_eq!(State::of(&command, 999), State::Delivered);
        assert_eq!(State::of(&command, 1000), State::Expired);
        let text = "x".repeat(MAX_TEXT - 1) + "ü\u{1b}";
        finish(&mut command, "done", &CommandResult { outcome: Outcome::Done, text: Some(text) }, 2000);
        assert_eq!(State::of(&command, 3000), State::Done, "a late answer is an answer");
        assert_eq!(command.result.unwrap().len(), MAX_TEXT - 1);
    }

    #[test]
    fn settings_have_limits() {
        assert!(check(&Command::Identify { seconds: 4 }).is_err());
        assert!(check(&Command::CollectLogs { lines: 0 }).is_err());
        assert!(check(&Command::Unknown).unwrap_err().to_string().contains("screenshot"));
        assert!(Command::ALL.iter().all(|command| check(command).is_ok()));
        assert!(Command::ALL.iter().all(|command| LIFETIMES.contains(&lifetime(command))));
    }
}
