//! What is there for somebody whose folders are limited, by id. Things that lie in folders are narrowed by
//! [`Scope::sql`] where they are listed; this is for what names other things without lying in a folder itself:
//! overrides, publications, previews, conflicts, authorization codes, groups of screens, and fields of forms.
//!
//! What is not known any more, because it was removed, is not there for them either: nobody knows where it lay. What a
//! screen says of itself (what plays, its logs, its proof of play) goes by the folder of the screen.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use signage_protocol::document::Blob;
use signage_protocol::document::program::{Show, Target};
use signage_protocol::problem::Code;

use crate::composition::Audience;
use crate::composition::outlook::{Conflict, Preview, Showing, Timeline, Why};
use crate::composition::playlists::Entry;
use crate::composition::publishing::Change;
use crate::folder_rights::{Area, Scope};
use crate::store::overrides::{self, Override};
use crate::store::publications::{self, Publication};
use crate::store::{Connection, Store, codes, from_text, sight, to_text};
use crate::{Error, Result};

/// In place of a name that somebody may not see.
pub const HIDDEN: &str = "something in a folder that you may not see";

/// What is there for somebody.
#[derive(Debug, Clone, Default)]
pub struct Sight(Option<Limits>);

#[derive(Debug, Clone)]
struct Limits {
    known: HashMap<String, bool>,
    groups: HashSet<String>,
    scope: Scope,
}

impl Sight {
    /// Of somebody with a scope in an account.
    pub async fn load(connection: &mut Connection, account: &str, scope: &Scope) -> Result<Self> {
        if *scope == Scope::default() {
            return Ok(Self(None));
        }
        Ok(Self(Some(Limits {
            known: sight::all(connection, account, scope).await?,
            groups: sight::groups(connection, account, scope).await?,
            scope: scope.clone(),
        })))
    }

    /// Whether somebody's folders are limited.
    pub fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a thing is there.
    pub fn sees(&self, id: &str) -> bool {
        self.0.as_ref().is_none_or(|limits| limits.known.get(id) == Some(&true))
    }

    /// Whether a text is the id of a thing that is kept from somebody.
    fn hides(&self, id: &str) -> bool {
        self.0.as_ref().is_some_and(|limits| limits.known.get(id) == Some(&false))
    }

    fn shows(&self, show: &Show) -> bool {
        match show {
            Show::Image { blob } | Show::Video { blob } => self.sees(&blob.sha256),
            Show::Layout { layout } => self.sees(layout),
            Show::Web { .. } | Show::Unknown => true,
        }
    }

    /// Whether what is shown is there.
    pub fn target(&self, target: &Target) -> bool {
        match target {
            Target::Playlist { playlist: id } | Target::Layout { layout: id } => self.sees(id),
            Target::Show { show } => self.shows(show),
            Target::Unknown => true,
        }
    }

    /// An audience without the screens, folders and groups that are not there; none when nothing is left of it.
    pub fn audience(&self, audience: Audience) -> Option<Audience> {
        let Some(limits) = &self.0 else { return Some(audience) };
        let Audience { everybody, mut screens, tags, mut folders, mut groups } = audience;
        screens.retain(|id| self.sees(id));
        folders.retain(|folder| limits.scope.sees(Area::Screens, Some(folder)));
        groups.retain(|group| limits.groups.contains(group));
        let left = Audience { everybody, screens, tags, folders, groups };
        left.check().is_ok().then_some(left)
    }

    /// The audience that somebody gives something: refused where it would newly reach screens that they may not see.
    /// What the old one names and is kept from them stays.
    pub fn reach(&self, old: Option<&Audience>, mut new: Audience) -> Result<Audience> {
        let Some(limits) = &self.0 else { return Ok(new) };
        let nobody = Audience::default();
        let old = old.unwrap_or(&nobody);
        check_audience(
            &limits.scope,
            &Audience {
                everybody: new.everybody && !old.everybody,
                screens: Vec::new(),
                tags: without(&new.tags, &old.tags),
                folders: without(&new.folders, &old.folders),
                groups: without(&new.groups, &old.groups),
            },
        )?;
        let seen = self.audience(old.clone()).unwrap_or_default();
        for (kept, old, seen) in [
            (&mut new.screens, &old.screens, &seen.screens),
            (&mut new.folders, &old.folders, &seen.folders),
            (&mut new.groups, &old.groups, &seen.groups),
        ] {
            let hidden = without(old, seen);
            kept.extend(without(&hidden, kept));
        }
        Ok(new)
    }

    /// Groups of screens without those that are not there.
    pub fn groups(&self, groups: &mut Vec<crate::store::screen_groups::Group>) {
        groups.retain(|group| self.sees(&group.id));
    }

    /// An override as it is there: with the audience that may be seen.
    pub fn shown_override(&self, mut row: Override) -> Result<Option<Override>> {
        if !self.is_limited() {
            return Ok(Some(row));
        }
        if !self.target(&from_text(&row.target, "target of an override")?) {
            return Ok(None);
        }
        let Some(audience) = self.audience(from_text(&row.audience, "audience of an override")?) else {
            return Ok(None);
        };
        row.audience = to_text(&audience)?;
        Ok(Some(row))
    }

    /// A page of overrides, newest first.
    pub async fn overrides(
        &self,
        store: &Store,
        account: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Override>> {
        let mut found = Vec::new();
        let mut after = after.to_owned();
        loop {
            let rows = overrides::page(store, account, &after, limit).await?;
            let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
            let Some(last) = rows.last() else { return Ok(found) };
            after.clone_from(&last.id);
            for row in rows {
                found.extend(self.shown_override(row)?);
            }
            if fill(&mut found, limit) || !more {
                return Ok(found);
            }
        }
    }

    /// A publication as it is there: with the changes of things that may be seen.
    pub fn publication(&self, mut row: Publication) -> Result<Option<Publication>> {
        if !self.is_limited() {
            return Ok(Some(row));
        }
        let mut changes: Vec<Change> = from_text(&row.changes, "changes of a publication")?;
        let all = changes.len();
        self.changes(&mut changes);
        if changes.is_empty() {
            return Ok(None);
        }
        if changes.len() < all {
            // Written about all of it.
            (row.comment, row.answer) = (None, None);
            row.changes = to_text(&changes)?;
        }
        Ok(Some(row))
    }

    /// A page of publications, newest first.
    pub async fn publications(
        &self,
        store: &Store,
        account: &str,
        state: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Publication>> {
        let mut found = Vec::new();
        let mut after = after.to_owned();
        loop {
            let rows = publications::page(store, account, state, &after, limit).await?;
            let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
            let Some(last) = rows.last() else { return Ok(found) };
            after.clone_from(&last.id);
            for row in rows {
                found.extend(self.publication(row)?);
            }
            if fill(&mut found, limit) || !more {
                return Ok(found);
            }
        }
    }

    /// Changes without those of things that are not there.
    pub fn changes(&self, changes: &mut Vec<Change>) {
        changes.retain(|change| self.sees(&change.id));
    }

    /// Conflicts without those in which an entry is not there.
    pub fn conflicts(&self, conflicts: &mut Vec<Conflict>) {
        conflicts.retain(|conflict| self.sees(&conflict.wins.id) && self.sees(&conflict.loses.id));
    }

    fn showing(&self, showing: &mut Showing) {
        let seen = showing.target.as_ref().is_none_or(|target| self.target(target));
        if !seen {
            (showing.name, showing.target) = (Some(HIDDEN.to_owned()), None);
        }
        let named = match showing.why {
            Why::Override => seen,
            _ => showing.by.as_ref().is_none_or(|by| self.sees(&by.id)),
        };
        if !named {
            showing.by = None;
        }
    }

    /// What a screen shows, with the names that may be seen.
    pub fn preview(&self, preview: &mut Preview) {
        if !self.is_limited() {
            return;
        }
        let list = matches!(&preview.now.target, Some(target) if self.target(target));
        preview.instead.iter_mut().chain([&mut preview.now]).for_each(|showing| self.showing(showing));
        if !list {
            preview.due.clear();
        }
        for (title, show) in preview.due.iter_mut().zip(&preview.due_shows) {
            if !self.shows(show) {
                HIDDEN.clone_into(title);
            }
        }
    }

    /// Items of a playlist, without the titles of content and layouts that may not be seen.
    pub fn items(&self, items: &mut [Entry]) {
        for item in items {
            if item.shows.named().is_some_and(|id| !self.sees(id)) {
                item.title = None;
            }
        }
    }

    /// Refuses to hand out the files of a screen when there is one among them that somebody may not see.
    pub fn files(&self, files: &[Blob]) -> Result<()> {
        if files.iter().all(|blob| self.sees(&blob.sha256)) {
            return Ok(());
        }
        let detail =
            "this screen shows content in folders that you may not see, so you cannot have its files";
        Err(Error::refused(403, Code::ApiForbidden, detail))
    }

    /// What a screen shows on a day, with the names that may be seen.
    pub fn timeline(&self, timeline: &mut Timeline) {
        if self.is_limited() {
            timeline.showings.iter_mut().for_each(|showing| self.showing(showing));
        }
    }

    /// Refuses texts of a request that are the id of something that is not there, as if there was no such thing; but
    /// what the thing that is changed names already may stay in it.
    pub async fn check(
        &self,
        connection: &mut Connection,
        account: &str,
        thing: Option<&str>,
        texts: &[&str],
    ) -> Result<()> {
        for text in texts {
            if !self.hides(text) {
                continue;
            }
            let stays = match thing {
                Some(thing) => sight::names(connection, account, thing, text).await?,
                None => false,
            };
            if !stays {
                return Err(Error::NotFound { what: "thing", name: (*text).to_owned() });
            }
        }
        Ok(())
    }
}

/// What is in a list and not in another.
fn without(list: &[String], other: &[String]) -> Vec<String> {
    list.iter().filter(|one| !other.contains(one)).cloned().collect()
}

/// Whether a page is full; what is too much for it goes.
fn fill<T>(found: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let full = found.len() >= limit;
    found.truncate(limit);
    full
}

/// Every text in a JSON value.
pub fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// Whether a thing without a folder of its own is there for somebody, if it is of such a kind: the first level of its
/// path. What does not exist at all is left to the handler.
pub async fn is_there(
    connection: &mut Connection,
    account: &str,
    scope: &Scope,
    kind: &str,
    id: &str,
) -> Result<bool> {
    if !matches!(
        kind,
        "overrides" | "publications" | "publish" | "authorization-codes" | "codes" | "screen-groups"
    ) {
        return Ok(true);
    }
    let sight = Sight::load(connection, account, scope).await?;
    Ok(match kind {
        "overrides" => match overrides::by_id(connection, account, id).await? {
            Some(row) => sight.shown_override(row)?.is_some(),
            None => true,
        },
        "publications" | "publish" => match publications::by_id(connection, account, id).await? {
            Some(row) => sight.publication(row)?.is_some(),
            None => true,
        },
        "screen-groups" => !sight.hides(id),
        _ => match codes::find(connection, account, id).await? {
            Some(code) => code.device.is_none_or(|device| sight.sees(&device)),
            None => true,
        },
    })
}

/// Refuses an audience that reaches screens in folders that somebody may not see.
fn check_audience(scope: &Scope, audience: &Audience) -> Result<()> {
    if scope.sees_all(Area::Screens, "") {
        return Ok(());
    }
    let all = audience.everybody || !audience.tags.is_empty() || !audience.groups.is_empty();
    let folder = audience.folders.iter().find(|folder| !scope.sees_all(Area::Screens, folder));
    let detail = match folder {
        _ if all => {
            "every screen, tags and groups reach screens that you may not see; name folders or single screens"
                .into()
        }
        Some(folder) => format!("the folder {folder} reaches screens that you may not see"),
        None => return Ok(()),
    };
    Err(Error::refused(403, Code::ApiForbidden, detail))
}

/// What a refusal to remove something says to those who may not see everything that uses it.
pub fn quiet<T>(scope: &Scope, result: Result<T>) -> Result<T> {
    match result {
        Err(Error::Conflict(_)) if *scope != Scope::default() => Err(Error::Conflict(
            "It is in use. Take it out there first; it may be in folders that you may not see.".into(),
        )),
        result => result,
    }
}
