//! Groups of people: making them, who is in them, and what they may do in folders.

use crate::api_token::Actor;
use crate::folder_rights::{Entry, Scope};
use crate::ident::{self, Millis};
use crate::rights::Role;
use crate::store::groups::Group;
use crate::store::operators::Operator;
use crate::store::{self, Connection, Store, audit, groups};
use crate::{Error, Result, account, folder, people};

/// Most entries of a group.
const MAX_ENTRIES: usize = 200;

/// What is to become of a group; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// For people.
    pub name: Option<String>,
    /// Ids of all who are to be in it.
    pub members: Option<Vec<String>>,
    /// All that it says of folders.
    pub folders: Option<Vec<Entry>>,
}

/// A group of the actor's account, by id or name.
pub async fn find(connection: &mut Connection, account: &str, name_or_id: &str) -> Result<Group> {
    let found = groups::find(connection, account, name_or_id).await?;
    found.ok_or_else(|| Error::NotFound { what: "group", name: name_or_id.to_owned() })
}

/// Makes a group in the actor's account.
pub async fn create(store: &Store, actor: &Actor<'_>, new: &Change, now: Millis) -> Result<Group> {
    let group = Group {
        id: ident::new("grp")?,
        account: actor.account.to_owned(),
        name: name(new.name.as_deref().unwrap_or_default())?,
        created_at: now,
    };
    let mut change = store.write().await?;
    groups::put(&mut change, &group).await?;
    apply(&mut change, &group, new).await?;
    audit::by(&mut change, actor, "group.create", &group.id, None, now).await?;
    store::commit(change).await?;
    Ok(group)
}

/// Changes a group of the actor's account.
pub async fn change(store: &Store, actor: &Actor<'_>, id: &str, new: &Change, now: Millis) -> Result<Group> {
    let mut change = store.write().await?;
    let mut group = find(&mut change, actor.account, id).await?;
    let mut changed = Vec::new();
    if let Some(text) = &new.name {
        group.name = name(text)?;
        groups::put(&mut change, &group).await?;
        changed.push("name".to_owned());
    }
    changed.extend(apply(&mut change, &group, new).await?);
    if changed.is_empty() {
        return Ok(group);
    }
    audit::by(&mut change, actor, "group.change", &group.id, Some(&changed.join("; ")), now).await?;
    store::commit(change).await?;
    Ok(group)
}

/// Members and folders as they are to be; answers what has changed, for the audit log.
async fn apply(change: &mut Connection, group: &Group, new: &Change) -> Result<Vec<String>> {
    let mut changed = Vec::new();
    if let Some(wanted) = &new.members {
        let before = groups::members(change, &group.id).await?;
        for gone in before.iter().filter(|member| !wanted.contains(&member.id)) {
            groups::remove_member(change, &group.id, &gone.id).await?;
            changed.push(format!("without {}", gone.email));
        }
        for id in wanted.iter().filter(|id| !before.iter().any(|member| member.id == **id)) {
            let person = people::find(change, &group.account, id).await?;
            groups::add_member(change, &group.id, &person.id).await?;
            changed.push(format!("with {}", person.email));
        }
    }
    if let Some(entries) = &new.folders {
        let entries = checked(entries)?;
        if entries != groups::folders(change, &group.id).await? {
            groups::set_folders(change, &group.id, &entries).await?;
            let text: Vec<String> = entries
                .iter()
                .map(|one| format!("{} /{}: {}", one.area.as_str(), one.folder, one.level.as_str()))
                .collect();
            changed.push(if text.is_empty() { "no folders".to_owned() } else { text.join(", ") });
        }
    }
    Ok(changed)
}

/// Entries in their stored form and order, each folder once.
fn checked(entries: &[Entry]) -> Result<Vec<Entry>> {
    if entries.len() > MAX_ENTRIES {
        return Err(Error::Invalid(format!("a group has at most {MAX_ENTRIES} folders")));
    }
    let mut checked: Vec<Entry> = Vec::new();
    for entry in entries {
        let folder = folder::path(&entry.folder)?;
        if checked.iter().any(|other| other.area == entry.area && other.folder == folder) {
            let folder = if folder.is_empty() { "the top" } else { &folder };
            return Err(Error::Invalid(format!(
                "{} of {} is named twice; say once what the group may do there",
                folder,
                entry.area.as_str()
            )));
        }
        checked.push(Entry { folder, ..entry.clone() });
    }
    checked.sort_by(|a, b| (a.area.as_str(), &a.folder).cmp(&(b.area.as_str(), &b.folder)));
    Ok(checked)
}

/// Removes a group of the actor's account. Its members go on with their role alone.
pub async fn delete(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let group = find(&mut change, actor.account, id).await?;
    // First, while the group still has a name.
    audit::by(&mut change, actor, "group.delete", &group.id, Some(&group.name), now).await?;
    groups::delete(&mut change, &group.id).await?;
    store::commit(change).await
}

/// Where a person gets how far. Admins get everywhere.
pub async fn scope(connection: &mut Connection, person: &Operator) -> Result<Scope> {
    if person.role()? == Role::Admin {
        return Ok(Scope::default());
    }
    Ok(Scope::of_groups(groups::rights_of(connection, &person.id).await?))
}

fn name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > account::MAX_NAME || name.contains(char::is_control) {
        return Err(Error::Invalid(format!("the name of a group has 1 to {} characters", account::MAX_NAME)));
    }
    Ok(name.to_owned())
}
