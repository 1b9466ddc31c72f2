//! What a provisioning file asks its account for when its screen comes in: a playlist or a layout, a folder, a group.
//! What has been chosen since then stays, also when the file comes again.
//!
//! The token decides before the file. It decides alone when it is for one folder, and in an account that keeps folders
//! from somebody: whoever made it may not see all of the account, and a file must not reach further than they do. What
//! could not be had is noted for the page of the screen.

use signage_protocol::api::Wishes;

use crate::enrolment::clean;
use crate::ident::Millis;
use crate::store::devices::Device;
use crate::store::doubts::{self, Kind};
use crate::store::tokens::Token;
use crate::store::{Connection, screen_groups, wishes as rows};
use crate::{Result, folder};

/// What a file gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    /// Id of a playlist.
    pub playlist: Option<String>,
    /// Id of a layout.
    pub layout: Option<String>,
    /// A folder.
    pub folder: Option<String>,
    /// Id of a group of screens.
    pub group: Option<String>,
    /// What it does not get, and why.
    pub unmet: Vec<String>,
}

/// Looks for what a file asks for.
pub async fn resolve(connection: &mut Connection, token: &Token, wishes: &Wishes) -> Result<Met> {
    let (mut met, grant) = (Met::default(), &token.grant);
    if wishes.is_empty() {
        return Ok(met);
    }
    let alone = match &grant.folder {
        Some(folder) => Some(format!("its token is for screens in the folder {folder} only")),
        None if rows::keeps_folders(connection, &token.account).await? => {
            Some("the account keeps folders from some people, so only tokens decide".to_owned())
        }
        None => None,
    };
    let decided = grant.playlist.is_some() || grant.layout.is_some();
    let things = [
        ("playlist", &wishes.playlist, decided, &mut met.playlist),
        ("layout", &wishes.layout, decided, &mut met.layout),
        ("screen_group", &wishes.group, false, &mut met.group),
    ];
    for (table, wish, decided, found) in things {
        let Some(wish) = wish.as_deref().map(clean).filter(|wish| !wish.is_empty() && !decided) else {
            continue;
        };
        let what = if table == "screen_group" { "group of screens" } else { table };
        let why = match &alone {
            Some(why) => why.clone(),
            None => match &*rows::named(connection, &token.account, table, &wish).await? {
                [id] => {
                    *found = Some(id.clone());
                    continue;
                }
                [] => "the account has none of this name".to_owned(),
                many => format!("the account has {} of this name", many.len()),
            },
        };
        met.unmet.push(format!("The {what} {wish:?}: {why}"));
    }
    if let Some(wish) = wishes.folder.as_deref().map(str::trim).filter(|wish| !wish.is_empty()) {
        match (&alone, folder::path(wish)) {
            (None, Ok(path)) => met.folder = Some(path),
            (_, Ok(path)) if grant.folder.as_ref() == Some(&path) => {}
            (Some(why), _) => met.unmet.push(format!("The folder {:?}: {why}", clean(wish))),
            (None, Err(error)) => met.unmet.push(format!("The folder {:?}: {error}", clean(wish))),
        }
    }
    Ok(met)
}

/// Notes what a file did not get, in the place of what was noted before, and puts its screen into the group unless it is
/// in one. Answers whether it did, since what a group shows changes with it.
pub async fn note(connection: &mut Connection, device: &Device, met: &Met, now: Millis) -> Result<bool> {
    doubts::clear(connection, &device.id, Some(Kind::Wish)).await?;
    for unmet in &met.unmet {
        doubts::note(connection, &device.id, &device.account, Kind::Wish, unmet, now).await?;
    }
    if let Some(group) = &met.group
        && screen_groups::of(connection, &device.id).await?.is_empty()
    {
        screen_groups::set_member(connection, group, &device.id, true).await?;
        return Ok(true);
    }
    Ok(false)
}
