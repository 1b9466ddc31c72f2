//! From drafts to what screens get. Publishing makes a revision: a document that never changes, with what it changes,
//! by whom and when. Bringing an earlier one back publishes it again, under a new sequence.
//!
//! An account may want a second person's approval, see [`Approval`]. Then publishing makes a request, which holds what
//! was to be published at that moment; approving it puts just that into the revision in force.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::limits;
use signage_protocol::document::program::{Entry, Layout, Pages, Show, Target, ZoneContent};
use signage_protocol::problem::Code;

use super::schedules::Plan;
use super::{Approval, Audience, layouts, playlists, schedules};
use crate::api_token::Actor;
use crate::ident::{self, Millis};
use crate::rights::Role;
use crate::store::composed::{self, Filter};
use crate::store::publications::{self, Publication};
use crate::store::{self, Connection, Store, accounts, audit, from_text, to_text};
use crate::{Error, Result};

/// Longest comment.
const MAX_COMMENT: usize = 500;

/// An entry of the schedule, and for whom it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// As screens get it.
    pub entry: Entry,
    /// On which screens.
    pub audience: Audience,
}

/// All that an account has composed, as screens get it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Snapshot {
    /// By id.
    pub playlists: BTreeMap<String, Pages>,
    /// By id.
    pub layouts: BTreeMap<String, Layout>,
    /// By id.
    pub schedule: BTreeMap<String, Planned>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// It is new.
    Added,
    /// It is another.
    Changed,
    /// It is gone.
    Removed,
}

/// What a revision does to one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// `playlist`, `layout` or `schedule`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub change: How,
}

/// What is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every draft.
    Everything,
    /// These, by their ids, and what they need that no screen has yet.
    Only(Vec<String>),
}

/// Every draft of an account.
pub async fn drafts(connection: &mut Connection, account: &str) -> Result<Snapshot> {
    Ok(Snapshot {
        playlists: playlists::compile(connection, account).await?,
        layouts: layouts::compile(connection, account).await?,
        schedule: schedules::compile(connection, account).await?,
    })
}

/// The revision in force. An account whose people have not edited anything since there are drafts shows what it has.
pub async fn in_force(connection: &mut Connection, account: &str) -> Result<Snapshot> {
    match publications::current(connection, account).await? {
        Some(current) => document(connection, &current.id).await,
        None => drafts(connection, account).await,
    }
}

async fn document(connection: &mut Connection, id: &str) -> Result<Snapshot> {
    from_text(&publications::document(connection, id).await?, "publication")
}

/// Before the first edit of a draft: what screens show stays what it is.
pub async fn keep_baseline(change: &mut Connection, account: &str, now: Millis) -> Result<()> {
    if publications::current(change, account).await?.is_some() {
        return Ok(());
    }
    let snapshot = drafts(change, account).await?;
    let baseline = Publication {
        id: ident::new_sorted("pub", now)?,
        account: account.to_owned(),
        number: 0,
        state: "published".into(),
        changes: to_text(&changes(&Snapshot::default(), &snapshot))?,
        comment: Some("What was shown before there were drafts".into()),
        created_by: "cli".into(),
        created_at: now,
        decided_by: None,
        decided_at: None,
        answer: None,
        published_at: Some(now),
        sequence: None,
        restores: None,
    };
    publications::insert(change, &baseline, &to_text(&snapshot)?).await
}

/// What the drafts of an account change, were they published now.
pub async fn pending(store: &Store, account: &str) -> Result<Vec<Change>> {
    let mut connection = store.read().await?;
    let (old, new) = (in_force(&mut connection, account).await?, drafts(&mut connection, account).await?);
    Ok(changes(&old, &new))
}

/// Publishes drafts, or asks for it where the account wants an approval: the answer's state tells which.
pub async fn publish(
    store: &Store,
    actor: &Actor<'_>,
    role: Role,
    scope: &Scope,
    comment: Option<&str>,
    now: Millis,
) -> Result<Publication> {
    let mut change = store.write().await?;
    let done = publish_in(&mut change, actor, role, scope, comment, now).await?;
    let nothing = || Error::Conflict("Nothing has changed since it was published last.".into());
    let done = done.ok_or_else(nothing)?;
    log(&mut change, actor, &done, now).await?;
    store::commit(change).await?;
    Ok(done)
}

/// The same as part of a change, which is in the audit log by itself; nothing when there is nothing to publish.
pub async fn publish_in(
    change: &mut Connection,
    actor: &Actor<'_>,
    role: Role,
    scope: &Scope,
    comment: Option<&str>,
    now: Millis,
) -> Result<Option<Publication>> {
    let old = in_force(change, actor.account).await?;
    let drafts = drafts(change, actor.account).await?;
    let next = match scope {
        Scope::Everything => drafts,
        Scope::Only(ids) => partly(&old, &drafts, ids)?,
    };
    enact(change, actor, role, (&old, next), comment, None, now).await
}

/// Publishes an earlier revision again. Drafts stay as they are.
pub async fn restore(
    store: &Store,
    actor: &Actor<'_>,
    role: Role,
    id: &str,
    comment: Option<&str>,
    now: Millis,
) -> Result<Publication> {
    let mut change = store.write().await?;
    let earlier = find(&mut change, actor.account, id).await?;
    if earlier.state != "published" {
        return Err(Error::Conflict("Only what was published once can be brought back.".into()));
    }
    let (old, next) =
        (in_force(&mut change, actor.account).await?, document(&mut change, &earlier.id).await?);
    let done = enact(&mut change, actor, role, (&old, next), comment, Some(earlier.id), now).await?;
    let done = done.ok_or_else(|| Error::Conflict("This is what screens get already.".into()))?;
    log(&mut change, actor, &done, now).await?;
    store::commit(change).await?;
    Ok(done)
}

/// Whether somebody needs an approval in an account.
pub fn needs_approval(approval: Approval, actor: &Actor<'_>, role: Role) -> bool {
    match approval {
        // Whoever runs commands on the hub may do anything there.
        _ if actor.id == "cli" => false,
        Approval::None => false,
        Approval::Managers => role < Role::Admin,
        Approval::Everybody => true,
    }
}

async fn enact(
    change: &mut Connection,
    actor: &Actor<'_>,
    role: Role,
    (old, next): (&Snapshot, Snapshot),
    comment: Option<&str>,
    restores: Option<String>,
    now: Millis,
) -> Result<Option<Publication>> {
    let changed = changes(old, &next);
    if changed.is_empty() {
        return Ok(None);
    }
    check(&next)?;
    let account = accounts::by_id(change, actor.account).await?;
    let asks = needs_approval(account.approval.parse()?, actor, role);
    let mut publication = Publication {
        id: ident::new_sorted("pub", now)?,
        account: actor.account.to_owned(),
        number: 0,
        state: "requested".into(),
        changes: to_text(&changed)?,
        comment: self::comment(comment)?,
        created_by: actor.id.to_owned(),
        created_at: now,
        decided_by: None,
        decided_at: None,
        answer: None,
        published_at: None,
        sequence: None,
        restores,
    };
    if !asks {
        number(change, &mut publication, now).await?;
    }
    publications::insert(change, &publication, &to_text(&next)?).await?;
    Ok(Some(publication))
}

async fn log(change: &mut Connection, actor: &Actor<'_>, done: &Publication, now: Millis) -> Result<()> {
    let action = match (done.state.as_str(), &done.restores) {
        ("requested", _) => "publication.request",
        (_, Some(_)) => "publication.restore",
        (_, None) => "publication.publish",
    };
    let changed: Vec<Change> = from_text(&done.changes, "changes of a publication")?;
    audit::by(change, actor, action, &done.id, Some(&told(&changed)), now).await
}

/// Makes it the one in force: the next number, and the next sequence for every screen.
async fn number(change: &mut Connection, publication: &mut Publication, now: Millis) -> Result<()> {
    let current = publications::current(change, &publication.account).await?;
    accounts::content_changed(change, &publication.account, now).await?;
    let account = accounts::by_id(change, &publication.account).await?;
    publication.number = current.map_or(0, |current| current.number) + 1;
    publication.state = "published".into();
    publication.published_at = Some(now);
    publication.sequence = Some(account.content_sequence);
    Ok(())
}

/// Approves a request: what it holds goes into the revision in force, and all else there stays.
pub async fn approve(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    answer: Option<&str>,
    now: Millis,
) -> Result<Publication> {
    let mut change = store.write().await?;
    let mut request = open_request(&mut change, actor.account, id).await?;
    let account = accounts::by_id(&mut change, actor.account).await?;
    if account.approval == Approval::Everybody.as_str() && request.created_by == actor.id {
        let text = "In this account somebody else has to approve what you ask for.";
        return Err(Error::refused(403, Code::ApiForbidden, text));
    }
    let asked: Vec<Change> = from_text(&request.changes, "changes of a publication")?;
    let wanted = document(&mut change, &request.id).await?;
    let old = in_force(&mut change, actor.account).await?;
    let mut next = old.clone();
    for one in &asked {
        next.take(&wanted, &one.id);
    }
    check(&next)?;
    request.changes = to_text(&changes(&old, &next))?;
    decided(&mut request, actor, answer, now)?;
    number(&mut change, &mut request, now).await?;
    publications::decide(&mut change, &request).await?;
    publications::set_document(&mut change, &request.id, &to_text(&next)?).await?;
    audit::by(&mut change, actor, "publication.approve", id, request.answer.as_deref(), now).await?;
    store::commit(change).await?;
    Ok(request)
}

/// Rejects a request; the drafts stay for another try.
pub async fn reject(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    answer: Option<&str>,
    now: Millis,
) -> Result<Publication> {
    close(store, actor, id, "rejected", answer, now).await
}

/// Takes one's own request back.
pub async fn withdraw(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Publication> {
    close(store, actor, id, "withdrawn", None, now).await
}

async fn close(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    state: &str,
    answer: Option<&str>,
    now: Millis,
) -> Result<Publication> {
    let mut change = store.write().await?;
    let mut request = open_request(&mut change, actor.account, id).await?;
    if state == "withdrawn" && request.created_by != actor.id {
        let text = "Only who asked for a publication takes it back; an admin rejects it.";
        return Err(Error::refused(403, Code::ApiForbidden, text));
    }
    decided(&mut request, actor, answer, now)?;
    request.state = state.into();
    publications::decide(&mut change, &request).await?;
    let action = if state == "rejected" { "publication.reject" } else { "publication.withdraw" };
    audit::by(&mut change, actor, action, id, request.answer.as_deref(), now).await?;
    store::commit(change).await?;
    Ok(request)
}

fn decided(request: &mut Publication, actor: &Actor<'_>, answer: Option<&str>, now: Millis) -> Result<()> {
    request.decided_by = Some(actor.id.to_owned());
    request.decided_at = Some(now);
    request.answer = comment(answer)?;
    Ok(())
}

/// A publication of an account.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Publication> {
    let missing = || Error::NotFound { what: "publication", name: id.to_owned() };
    publications::by_id(connection, account, id).await?.ok_or_else(missing)
}

async fn open_request(connection: &mut Connection, account: &str, id: &str) -> Result<Publication> {
    let request = find(connection, account, id).await?;
    match request.state.as_str() {
        "requested" => Ok(request),
        state => Err(Error::Conflict(format!("This is no open request: it is {state}."))),
    }
}

fn comment(text: Option<&str>) -> Result<Option<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > MAX_COMMENT) {
        return Err(Error::Invalid(format!("a comment has at most {MAX_COMMENT} characters")));
    }
    Ok(text.map(ToOwned::to_owned))
}

/// For the audit log.
fn told(changed: &[Change]) -> String {
    let names: Vec<&str> = changed.iter().take(5).map(|change| change.name.as_str()).collect();
    let more = changed.len() - names.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names.join(", "))
}

impl Snapshot {
    /// Takes one thing over from another: as it is there, or not at all.
    fn take(&mut self, from: &Self, id: &str) {
        fn one<T: Clone>(to: &mut BTreeMap<String, T>, from: &BTreeMap<String, T>, id: &str) {
            match from.get(id) {
                Some(value) => {
                    to.insert(id.to_owned(), value.clone());
                }
                None => {
                    to.remove(id);
                }
            }
        }
        one(&mut self.playlists, &from.playlists, id);
        one(&mut self.layouts, &from.layouts, id);
        one(&mut self.schedule, &from.schedule, id);
    }

    fn holds(&self, id: &str) -> bool {
        self.playlists.contains_key(id) || self.layouts.contains_key(id) || self.schedule.contains_key(id)
    }

    /// Ids of playlists and layouts that a thing refers to.
    pub fn needs(&self, id: &str) -> Vec<&str> {
        let mut needs = Vec::new();
        if let Some(pages) = self.playlists.get(id) {
            needs.extend(pages.items.iter().filter_map(|page| of_show(&page.show)));
        }
        if let Some(layout) = self.layouts.get(id) {
            needs.extend(layout.zones.iter().filter_map(|zone| match &zone.content {
                ZoneContent::Playlist { playlist } => Some(playlist.as_str()),
                _ => None,
            }));
        }
        if let Some(planned) = self.schedule.get(id) {
            needs.extend(of_target(&planned.entry.target));
        }
        needs
    }
}

fn of_show(show: &Show) -> Option<&str> {
    match show {
        Show::Layout { layout } => Some(layout),
        _ => None,
    }
}

/// The playlist or layout that a target refers to.
pub(super) fn of_target(target: &Target) -> Option<&str> {
    match target {
        Target::Playlist { playlist } => Some(playlist),
        Target::Layout { layout } => Some(layout),
        Target::Show { show } => of_show(show),
        Target::Unknown => None,
    }
}

/// What is in force, with some things as their drafts are, and with what these need that is not in force.
fn partly(old: &Snapshot, drafts: &Snapshot, ids: &[String]) -> Result<Snapshot> {
    let mut next = old.clone();
    let mut open: Vec<&str> = ids.iter().map(String::as_str).collect();
    for id in &open {
        if !old.holds(id) && !drafts.holds(id) {
            return Err(Error::NotFound {
                what: "playlist, layout or schedule entry",
                name: (*id).to_owned(),
            });
        }
    }
    while let Some(id) = open.pop() {
        next.take(drafts, id);
        open.extend(drafts.needs(id).into_iter().filter(|needed| !next.holds(needed)));
    }
    Ok(next)
}

/// What another revision does to each thing.
pub fn changes(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    fn kind<T: PartialEq>(
        found: &mut Vec<Change>,
        kind: &str,
        old: &BTreeMap<String, T>,
        new: &BTreeMap<String, T>,
        name: impl Fn(&T) -> String,
    ) {
        let mut note = |id: &String, thing: &T, change| {
            found.push(Change { kind: kind.to_owned(), id: id.clone(), name: name(thing), change });
        };
        for (id, thing) in new {
            match old.get(id) {
                None => note(id, thing, How::Added),
                Some(before) if before != thing => note(id, thing, How::Changed),
                Some(_) => {}
            }
        }
        old.iter()
            .filter(|(id, _)| !new.contains_key(*id))
            .for_each(|(id, thing)| note(id, thing, How::Removed));
    }
    let mut found = Vec::new();
    kind(&mut found, "playlist", &old.playlists, &new.playlists, |pages| pages.name.clone());
    kind(&mut found, "layout", &old.layouts, &new.layouts, |layout| layout.name.clone());
    kind(&mut found, "schedule", &old.schedule, &new.schedule, |planned| planned.entry.name.clone());
    found
}

/// Refuses what would leave a screen without something, or be too much for it.
fn check(next: &Snapshot) -> Result<()> {
    let ids = next.playlists.keys().chain(next.layouts.keys()).chain(next.schedule.keys());
    for id in ids {
        if let Some(missing) = next.needs(id).into_iter().find(|needed| !next.holds(needed)) {
            let name = next.schedule.get(id).map(|planned| &planned.entry.name);
            let name = name.or_else(|| next.layouts.get(id).map(|layout| &layout.name));
            let name = name.or_else(|| next.playlists.get(id).map(|pages| &pages.name));
            return Err(Error::Conflict(format!(
                "{:?} shows {missing}, which would not be published; publish both together",
                name.map(String::as_str).unwrap_or(id)
            )));
        }
    }
    // A screen gets at most what everybody gets together, so this is on the safe side.
    let everybody = next.schedule.values().filter(|planned| planned.audience.everybody).count();
    if everybody > limits::ENTRIES {
        return Err(Error::Conflict(format!(
            "{everybody} entries of the schedule are for every screen; a screen takes at most {}",
            limits::ENTRIES
        )));
    }
    Ok(())
}

/// Names of drafts that show a playlist, a layout or content.
pub async fn users(connection: &mut Connection, account: &str, id: &str) -> Result<Vec<String>> {
    let drafts = drafts(connection, account).await?;
    let named = |id: &String| {
        let schedule =
            drafts.schedule.get(id).map(|planned| format!("schedule entry {:?}", planned.entry.name));
        let layout = || drafts.layouts.get(id).map(|layout| format!("layout {:?}", layout.name));
        let playlist = || drafts.playlists.get(id).map(|pages| format!("playlist {:?}", pages.name));
        schedule.or_else(layout).or_else(playlist)
    };
    let ids = drafts.playlists.keys().chain(drafts.layouts.keys()).chain(drafts.schedule.keys());
    Ok(ids.filter(|user| drafts.needs(user).contains(&id)).filter_map(named).collect())
}

/// Refuses to remove a playlist or a layout that something shows.
pub(super) async fn refuse_if_used(connection: &mut Connection, account: &str, id: &str) -> Result<()> {
    let mut users = users(connection, account, id).await?;
    let owner = accounts::by_id(connection, account).await?;
    if [&owner.default_playlist, &owner.default_layout].into_iter().flatten().any(|default| default == id) {
        users.push("the default of the account".into());
    }
    let (devices, entries, tokens) = store::playlists::holders(connection, account, id).await?;
    for (count, what) in [(devices, "screens"), (entries, "entries for screens"), (tokens, "tokens")] {
        if count > 0 {
            users.push(format!("{count} {what}"));
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    users.truncate(10);
    Err(Error::Conflict(format!("It is in use: {}. Take it out there first.", users.join(", "))))
}

/// Where content is shown: names of drafts, and whether screens get it now. For whoever wants to remove it.
pub async fn content_users(
    connection: &mut Connection,
    account: &str,
    content: &str,
    sha256: &str,
) -> Result<(Vec<String>, bool)> {
    let drafts = drafts(connection, account).await?;
    let mut users = Vec::new();
    for pages in drafts.playlists.values() {
        if pages.items.iter().any(|page| page.show.blob().is_some_and(|blob| blob.sha256 == sha256)) {
            users.push(format!("playlist {:?}", pages.name));
        }
    }
    for layout in drafts.layouts.values() {
        if layout.background_image.as_ref().is_some_and(|blob| blob.sha256 == sha256) {
            users.push(format!("layout {:?}", layout.name));
        }
    }
    for entry in composed::page::<Plan>(connection, account, &Filter::ALL).await? {
        if matches!(&entry.body.target, super::Shown::Content { content: own } if own == content) {
            users.push(format!("schedule entry {:?}", entry.name));
        }
    }
    let published = to_text(&in_force(connection, account).await?)?.contains(sha256);
    Ok((users, published))
}
