//! `signage-hub group …`

use std::path::Path;

use clap::Subcommand;

use super::{operator, output};
use crate::api_token::Actor;
use crate::folder_rights::{Area, Entry, Level};
use crate::groups::{self, Change};
use crate::http::api::groups::describe;
use crate::ident;
use crate::serve::open;
use crate::store::groups::{self as stored, Group};
use crate::store::{Connection, accounts};
use crate::{Error, Result, folder};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a group of people.
    Create {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name of the group.
        #[arg(long)]
        name: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the groups of an account, with their members and what they may do in folders.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a group, with its members and what they may do in folders.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Rename a group.
    Rename {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// New name.
        name: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put somebody into a group.
    Add {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take somebody out of a group.
    Drop {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what the members of a group may do in a folder and below it.
    Folder {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// Of what: content or screens.
        #[arg(long)]
        area: Area,
        /// The folder, levels separated by a slash; / is the top.
        folder: String,
        /// none, read or write; without it the group says nothing of this folder any more.
        right: Option<Level>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a group; its members go on with their role alone.
    Delete {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name or id of the group.
        group: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        let account = accounts::find(&store, self.account()).await?;
        let actor = Actor::cli(&account.id);
        match self {
            Self::Create { name, json, .. } => {
                let new = Change { name: Some(name), ..Change::default() };
                let group = groups::create(&store, &actor, &new, now).await?;
                let text = format!("Made {} ({})", group.name, group.id);
                output::done(json, &describe(&mut *store.read().await?, group).await?, &text)
            }
            Self::List { json, .. } => {
                let mut connection = store.read().await?;
                let found = stored::list(&mut connection, &account.id, "", i64::MAX).await?;
                if json {
                    let mut rows = Vec::new();
                    for group in found {
                        rows.push(describe(&mut connection, group).await?);
                    }
                    return output::json(&rows);
                }
                let mut rows = Vec::new();
                for group in found {
                    let members = stored::members(&mut connection, &group.id).await?;
                    let emails: Vec<String> = members.into_iter().map(|member| member.email).collect();
                    let folders = stored::folders(&mut connection, &group.id).await?;
                    let said: Vec<String> = folders.iter().map(said).collect();
                    rows.push([group.name, emails.join(", "), said.join(", "), group.id]);
                }
                output::table(["NAME", "MEMBERS", "FOLDERS", "ID"], &rows, "There are no groups.")
            }
            Self::Show { group, json, .. } => {
                let mut connection = store.read().await?;
                let group = groups::find(&mut connection, &account.id, &group).await?;
                let members = stored::members(&mut connection, &group.id).await?;
                let emails: Vec<String> = members.into_iter().map(|member| member.email).collect();
                let folders = stored::folders(&mut connection, &group.id).await?;
                let folders: Vec<String> = folders.iter().map(said).collect();
                let (name, emails, folders) = (&group.name, emails.join(", "), folders.join(", "));
                let text =
                    format!("Name     {name}\nId       {}\nMembers  {emails}\nFolders  {folders}", group.id);
                output::done(json, &describe(&mut connection, group).await?, &text)
            }
            Self::Rename { group, name, json, .. } => {
                let new = Change { name: Some(name), ..Change::default() };
                let group = groups::change(&store, &actor, &group, &new, now).await?;
                let text = format!("It is called {} now", group.name);
                output::done(json, &describe(&mut *store.read().await?, group).await?, &text)
            }
            Self::Add { group, person, json, .. } => {
                let person = operator::find(&store, &person).await?;
                let (group, mut members) = members(&mut *store.read().await?, &account.id, &group).await?;
                members.push(person.id);
                let new = Change { members: Some(members), ..Change::default() };
                let group = groups::change(&store, &actor, &group.id, &new, now).await?;
                let text = format!("{} is in {}", person.email, group.name);
                output::done(json, &describe(&mut *store.read().await?, group).await?, &text)
            }
            Self::Drop { group, person, json, .. } => {
                let person = operator::find(&store, &person).await?;
                let (group, mut members) = members(&mut *store.read().await?, &account.id, &group).await?;
                if !members.contains(&person.id) {
                    return Err(Error::NotFound { what: "member", name: person.email });
                }
                members.retain(|member| *member != person.id);
                let new = Change { members: Some(members), ..Change::default() };
                let group = groups::change(&store, &actor, &group.id, &new, now).await?;
                let text = format!("{} is no longer in {}", person.email, group.name);
                output::done(json, &describe(&mut *store.read().await?, group).await?, &text)
            }
            Self::Folder { group, area, folder, right, json, .. } => {
                let mut connection = store.read().await?;
                let group = groups::find(&mut connection, &account.id, &group).await?;
                let mut folders = stored::folders(&mut connection, &group.id).await?;
                drop(connection);
                let folder = folder::path(&folder)?;
                folders.retain(|entry| (entry.area, &entry.folder) != (area, &folder));
                if let Some(level) = right {
                    folders.push(Entry { area, folder, level });
                }
                let new = Change { folders: Some(folders), ..Change::default() };
                let group = groups::change(&store, &actor, &group.id, &new, now).await?;
                let folders = stored::folders(&mut *store.read().await?, &group.id).await?;
                let said: Vec<String> = folders.iter().map(said).collect();
                let said = if said.is_empty() { "says nothing".into() } else { said.join(", ") };
                let text = format!("{}: {said}", group.name);
                output::done(json, &describe(&mut *store.read().await?, group).await?, &text)
            }
            Self::Delete { group, json, .. } => {
                groups::delete(&store, &actor, &group, now).await?;
                output::deleted(json, &group)
            }
        }
    }

    fn account(&self) -> &str {
        match self {
            Self::Create { account, .. }
            | Self::List { account, .. }
            | Self::Show { account, .. }
            | Self::Rename { account, .. }
            | Self::Add { account, .. }
            | Self::Drop { account, .. }
            | Self::Folder { account, .. }
            | Self::Delete { account, .. } => account,
        }
    }
}

/// A group and the ids of who is in it.
async fn members(connection: &mut Connection, account: &str, group: &str) -> Result<(Group, Vec<String>)> {
    let group = groups::find(connection, account, group).await?;
    let members = stored::members(connection, &group.id).await?;
    Ok((group, members.into_iter().map(|member| member.id).collect()))
}

fn said(entry: &Entry) -> String {
    format!("{} /{} {}", entry.area.as_str(), entry.folder, entry.level.as_str())
}
