//! Many screens: folders, groups, and changing those that were chosen in one go; and one screen that takes the place
//! of another.

use signage_protocol::session::Command;

use crate::account::MAX_NAME;
use crate::api_token::Actor;
use crate::authorization;
use crate::command::{self, To};
use crate::device::{self, no_room};
use crate::folder_rights::Scope;
use crate::ident::{self, Millis};
use crate::provision;
use crate::store::devices::Device;
use crate::store::fleet::{self, Filter};
use crate::store::screen_groups::{self, Group};
use crate::store::{
    self, Connection, Store, accounts, audit, codes, devices, doubts, playlists, screens, workspace,
};
use crate::token::Grant;
use crate::{Error, Result, folder};

/// Which screens.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These.
    Ids(Vec<String>),
    /// All that fit.
    All(Filter),
}

/// What is done to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Into a folder, or into none.
    Move(Option<String>),
    /// One more label.
    Tag(String),
    /// One label less.
    Untag(String),
    /// Another playlist, or the account's.
    Playlist(Option<String>),
    /// Another time zone, or the account's.
    Timezone(Option<String>),
    /// Into a group.
    Join(String),
    /// Out of a group.
    Part(String),
    /// A command for each.
    Command(Command),
    /// They may no longer play.
    Withdraw,
}

impl Action {
    /// Names of the actions, with what people read, and what is asked for; in the order of the menu.
    pub const ALL: [(&'static str, &'static str, Asks); 11] = [
        ("move", "Move to a folder", Asks::Folder),
        ("tag", "Add a tag", Asks::Text),
        ("untag", "Remove a tag", Asks::Text),
        ("playlist", "Set the playlist", Asks::Playlist),
        ("timezone", "Set the time zone", Asks::Zone),
        ("join", "Add to a group", Asks::Group),
        ("part", "Remove from a group", Asks::Group),
        ("refresh", "Refresh content", Asks::Nothing),
        ("identify", "Identify", Asks::Nothing),
        ("reboot", "Reboot", Asks::Nothing),
        ("withdraw", "Withdraw authorization", Asks::Nothing),
    ];

    /// The action of this name with its value.
    pub fn named(name: &str, value: &str) -> Result<Self> {
        let value = value.trim();
        let some = || Some(value.to_owned()).filter(|value| !value.is_empty());
        let needed = |what: &str| some().ok_or_else(|| Error::Invalid(format!("Say which {what}.")));
        Ok(match name {
            "move" => Self::Move(folder(value)?),
            "tag" => Self::Tag(needed("tag")?),
            "untag" => Self::Untag(needed("tag")?),
            "playlist" => Self::Playlist(some()),
            "timezone" => Self::Timezone(zone(value)?),
            "join" => Self::Join(needed("group")?),
            "part" => Self::Part(needed("group")?),
            "withdraw" => Self::Withdraw,
            "refresh" | "identify" | "reboot" => Self::Command(command::of_kind(name)?),
            _ => {
                let names: Vec<&str> = Self::ALL.iter().map(|(name, ..)| *name).collect();
                return Err(Error::Invalid(format!("{name:?} is no action; use {}", names.join(", "))));
            }
        })
    }

    fn describe(&self) -> String {
        let or = |value: &Option<String>, none: &str| value.clone().unwrap_or_else(|| none.to_owned());
        match self {
            Self::Move(folder) => format!("folder {}", or(folder, "none")),
            Self::Tag(tag) => format!("with the tag {tag}"),
            Self::Untag(tag) => format!("without the tag {tag}"),
            Self::Playlist(playlist) => format!("playlist {}", or(playlist, "of the account")),
            Self::Timezone(zone) => format!("time zone {}", or(zone, "of the account")),
            Self::Join(group) => format!("in the group {group}"),
            Self::Part(group) => format!("out of the group {group}"),
            Self::Command(command) => command.kind().to_owned(),
            Self::Withdraw => "authorization withdrawn".to_owned(),
        }
    }
}

/// What an action has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing more.
    Nothing,
    /// A text.
    Text,
    /// A folder.
    Folder,
    /// A playlist.
    Playlist,
    /// A time zone.
    Zone,
    /// A group.
    Group,
}

/// A folder as it is stored; nothing for none.
pub fn folder(text: &str) -> Result<Option<String>> {
    Ok(Some(folder::path(text)?).filter(|folder| !folder.is_empty()))
}

/// A time zone as it is stored; nothing for the account's.
pub fn zone(text: &str) -> Result<Option<String>> {
    Ok(provision::check(Grant { timezone: Some(text.to_owned()), ..Grant::default() })?.timezone)
}

/// Ids and names of the chosen screens. One that is not of the account is missing.
pub async fn chosen(
    connection: &mut Connection,
    account: &str,
    selection: &Selection,
    now: Millis,
) -> Result<Vec<(String, String)>> {
    match selection {
        Selection::All(filter) => {
            let online = workspace::settings(connection, account).await?.online(now);
            fleet::devices(connection, account, filter, online).await
        }
        Selection::Ids(ids) => {
            let mut chosen = Vec::new();
            for id in ids {
                let device = device::find(connection, account, id).await?;
                chosen.push((device.id, device.name));
            }
            Ok(chosen)
        }
    }
}

/// Does one thing to many screens; except for commands and withdrawing, to all or to none. Answers how many there were.
pub async fn bulk(
    store: &Store,
    actor: &Actor<'_>,
    selection: &Selection,
    action: &Action,
    now: Millis,
) -> Result<usize> {
    let account = actor.account;
    if let Action::Command(command) = action {
        let chosen = chosen(&mut *store.read().await?, account, selection, now).await?;
        let ids = chosen.into_iter().map(|(id, _)| id).collect();
        return Ok(command::give(store, actor, &To::Screens(ids), command, None, now).await?.commands.len());
    }
    if *action == Action::Withdraw {
        let chosen = chosen(&mut *store.read().await?, account, selection, now).await?;
        for (id, _) in &chosen {
            device::withdraw(store, actor, id, now).await?;
        }
        return Ok(chosen.len());
    }
    let mut change = store.write().await?;
    let chosen = chosen(&mut change, account, selection, now).await?;
    match action {
        Action::Playlist(Some(playlist))
            if playlists::by_id(&mut change, account, playlist).await?.is_none() =>
        {
            return Err(Error::NotFound { what: "playlist", name: playlist.clone() });
        }
        Action::Join(group) | Action::Part(group) => {
            screen_groups::by_id(&mut change, account, group).await?;
        }
        Action::Move(Some(folder)) => fleet::add_folder(&mut change, account, folder).await?,
        _ => {}
    }
    for (id, _) in &chosen {
        one(&mut change, id, action).await?;
    }
    // Schedules choose screens by folder, tag and group.
    if !chosen.is_empty() {
        accounts::content_changed(&mut change, account, now).await?;
    }
    let screens = if chosen.len() == 1 { "screen" } else { "screens" };
    let detail = format!("{} {screens}: {}", chosen.len(), action.describe());
    audit::by(&mut change, actor, "screens.bulk", account, Some(&detail), now).await?;
    store::commit(change).await?;
    Ok(chosen.len())
}

async fn one(change: &mut Connection, id: &str, action: &Action) -> Result<()> {
    match action {
        Action::Move(folder) => fleet::set_folder(change, id, folder.as_deref()).await,
        Action::Timezone(zone) => fleet::set_timezone(change, id, zone.as_deref()).await,
        Action::Playlist(playlist) => fleet::set_playlist(change, id, playlist.as_deref()).await,
        Action::Join(group) => screen_groups::set_member(change, group, id, true).await,
        Action::Part(group) => screen_groups::set_member(change, group, id, false).await,
        Action::Tag(tag) | Action::Untag(tag) => {
            let Some(device) = devices::by_id(change, id).await? else { return Ok(()) };
            let mut tags = device.tags;
            tags.retain(|known| known != tag);
            if matches!(action, Action::Tag(_)) {
                tags.push(tag.clone());
            }
            fleet::set_tags(change, id, &device::tags(&tags)).await
        }
        Action::Command(_) | Action::Withdraw => Ok(()),
    }
}

/// Makes a folder.
pub async fn make_folder(store: &Store, actor: &Actor<'_>, path: &str, now: Millis) -> Result<String> {
    let path = folder(path)?.ok_or_else(|| Error::Invalid("A folder needs a name.".into()))?;
    let mut change = store.write().await?;
    fleet::add_folder(&mut change, actor.account, &path).await?;
    audit::by(&mut change, actor, "folder.create", actor.account, Some(&path), now).await?;
    store::commit(change).await?;
    Ok(path)
}

/// Gives a folder another path, with everything in it: a new name, or another place.
pub async fn move_folder(
    store: &Store,
    actor: &Actor<'_>,
    from: &str,
    to: &str,
    now: Millis,
) -> Result<String> {
    let needed =
        |folder: Option<String>| folder.ok_or_else(|| Error::Invalid("A folder needs a name.".into()));
    let (from, to) = (needed(folder(from)?)?, needed(folder(to)?)?);
    if from == to {
        return Ok(to);
    }
    if to.starts_with(&format!("{from}/")) {
        return Err(Error::Invalid("A folder cannot be moved into itself.".into()));
    }
    let mut change = store.write().await?;
    there(&mut change, actor.account, &from).await?;
    fleet::move_folder(&mut change, actor.account, &from, Some(&to)).await?;
    fleet::add_folder(&mut change, actor.account, &to).await?;
    accounts::content_changed(&mut change, actor.account, now).await?;
    audit::by(&mut change, actor, "folder.move", actor.account, Some(&format!("{from} → {to}")), now).await?;
    store::commit(change).await?;
    Ok(to)
}

async fn there(connection: &mut Connection, account: &str, path: &str) -> Result<()> {
    match fleet::has_folder(connection, account, path).await? {
        true => Ok(()),
        false => Err(Error::NotFound { what: "folder", name: path.to_owned() }),
    }
}

/// Removes a folder in which nothing is.
pub async fn delete_folder(store: &Store, actor: &Actor<'_>, path: &str, now: Millis) -> Result<()> {
    let path = folder(path)?.ok_or_else(|| Error::Invalid("A folder needs a name.".into()))?;
    there(&mut *store.read().await?, actor.account, &path).await?;
    let inside = Filter { folder: Some(path.clone()), ..Filter::default() };
    let settings = workspace::settings(&mut *store.read().await?, actor.account).await?;
    // Also those that whoever asks does not see.
    if fleet::count(store, actor.account, &Scope::default(), &inside, settings.online(now)).await? > 0 {
        return Err(Error::Conflict(format!("There are screens in {path}. Move them elsewhere first.")));
    }
    let below = format!("{path}/");
    if fleet::folders(store, actor.account).await?.iter().any(|folder| folder.starts_with(&below)) {
        return Err(Error::Conflict(format!("There are folders in {path}. Delete or move them first.")));
    }
    let mut change = store.write().await?;
    fleet::move_folder(&mut change, actor.account, &path, None).await?;
    audit::by(&mut change, actor, "folder.delete", actor.account, Some(&path), now).await?;
    store::commit(change).await
}

/// Makes a group of screens.
pub async fn make_group(store: &Store, actor: &Actor<'_>, name: &str, now: Millis) -> Result<Group> {
    let group = Group { id: ident::new("sgr")?, name: group_name(name)?, created_at: now, screens: 0 };
    let mut change = store.write().await?;
    screen_groups::put(&mut change, actor.account, &group).await?;
    audit::by(&mut change, actor, "screen-group.create", &group.id, None, now).await?;
    store::commit(change).await?;
    Ok(group)
}

/// Gives a group another name.
pub async fn rename_group(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    name: &str,
    now: Millis,
) -> Result<Group> {
    let mut change = store.write().await?;
    let mut group = screen_groups::by_id(&mut change, actor.account, id).await?;
    group.name = group_name(name)?;
    screen_groups::put(&mut change, actor.account, &group).await?;
    accounts::content_changed(&mut change, actor.account, now).await?;
    audit::by(&mut change, actor, "screen-group.rename", id, None, now).await?;
    store::commit(change).await?;
    Ok(group)
}

/// Removes a group; its screens stay.
pub async fn delete_group(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let group = screen_groups::by_id(&mut change, actor.account, id).await?;
    audit::by(&mut change, actor, "screen-group.delete", id, Some(&group.name), now).await?;
    screen_groups::delete(&mut change, id).await?;
    accounts::content_changed(&mut change, actor.account, now).await?;
    store::commit(change).await
}

fn group_name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err(Error::Invalid(format!("The name of a group has 1 to {MAX_NAME} characters.")));
    }
    Ok(name.to_owned())
}

/// Puts a screen in the place of another of the account, whose board it is: name, place, folder, labels, playlist,
/// time zone, groups and authorization pass on, and the old one is deleted.
pub async fn rebind(store: &Store, actor: &Actor<'_>, new: &str, old: &str, now: Millis) -> Result<Device> {
    let mut change = store.write().await?;
    let mut device = device::find(&mut change, actor.account, new).await?;
    let before = device::find(&mut change, actor.account, old).await?;
    if device.hardware.serial.is_none() || device.hardware.serial != before.hardware.serial {
        return Err(Error::Conflict("These two are not the same board: their serial numbers differ.".into()));
    }
    if before.granted {
        devices::withdraw(&mut change, old, now).await?;
    }
    // The authorization passes on as it is, with its end and its code; one of its own that the new one has goes back.
    if before.authorized(now) && (!device.authorized(now) || before.terms.code.is_some()) {
        if !device.authorized(now) && device::full(&mut change, actor.account, new, now).await? {
            return Err(no_room());
        }
        authorization::release(&mut change, actor, &device, now).await?;
        if let Some(id) = &before.terms.code
            && let Some(mut code) = codes::find(&mut change, actor.account, id).await?
        {
            code.device = Some(new.to_owned());
            codes::update(&mut change, &code).await?;
        }
        devices::authorize(&mut change, new, &before.terms, now).await?;
        device = device::find(&mut change, actor.account, new).await?;
    }
    device.name.clone_from(&before.name);
    device.location.clone_from(&before.location);
    device.folder.clone_from(&before.folder);
    device.tags.clone_from(&before.tags);
    device.timezone.clone_from(&before.timezone);
    device.playlist.clone_from(&before.playlist);
    device.layout.clone_from(&before.layout);
    devices::put(&mut change, &device).await?;
    accounts::content_changed(&mut change, actor.account, now).await?;
    screen_groups::take_over(&mut change, old, new).await?;
    screens::take_over(&mut change, actor.account, old, new).await?;
    doubts::clear(&mut change, new, None).await?;
    audit::by(&mut change, actor, "device.rebind", new, Some(old), now).await?;
    devices::leave(&mut change, old, None, now).await?;
    store::pairings::delete(&mut change, old).await?;
    store::commit(change).await?;
    Ok(device)
}

/// Takes what is odd about a screen as settled: all of it, or what is of one kind.
pub async fn settle(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    only: Option<doubts::Kind>,
    now: Millis,
) -> Result<()> {
    let mut change = store.write().await?;
    device::find(&mut change, actor.account, id).await?;
    doubts::clear(&mut change, id, only).await?;
    audit::by(&mut change, actor, "device.settle", id, None, now).await?;
    store::commit(change).await
}
