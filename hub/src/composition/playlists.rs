//! Drafts of playlists: their items, and when each is due.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::limits;
use signage_protocol::document::program::{Day, Page, Pages, Show, Span};

use super::{Shown, check_days, check_spans, find_content, publishing, shown_content, url};
use crate::api_token::Actor;
use crate::ident::{self, Millis};
use crate::store::content::Content;
use crate::store::playlists::{self, Item, Playlist};
use crate::store::{self, Connection, Store, audit, composed, from_text, to_text};
use crate::{Error, Result};

/// Longest time of one showing: a day.
const MAX_DURATION: u64 = 24 * 60 * 60 * 1000;
/// Shortest: below, a display flickers.
const MIN_DURATION: u64 = 100;

/// When an item is due, and what it is called if not like its content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    days: Vec<Day>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hours: Vec<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_interval_ms: Option<u64>,
}

/// A place in a playlist. The rules make it due, they do not start it: the playlist goes round in its order and passes
/// over what is not due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PlaylistItem")]
pub struct Entry {
    /// `itm_…`; give it back to keep it, leave it out for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// For people; without one the name of the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Content, a layout or a web page.
    pub shows: Shown,
    /// How long, in milliseconds; without it a film plays to its end and everything else stays for ten seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Days of the week; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// Times of day; none means all day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Span>,
    /// Not shown again earlier than this, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_interval_ms: Option<u64>,
}

impl Entry {
    /// Content without rules.
    pub fn content(content: &Content, image_ms: i64) -> Self {
        let duration_ms = (content.kind == "image").then_some(image_ms.unsigned_abs());
        Self::new(Shown::Content { content: content.id.clone() }, duration_ms)
    }

    /// Anything without rules.
    pub fn new(shows: Shown, duration_ms: Option<u64>) -> Self {
        Self {
            id: None,
            title: None,
            shows,
            duration_ms,
            from: None,
            until: None,
            days: Vec::new(),
            hours: Vec::new(),
            min_interval_ms: None,
        }
    }
}

/// A playlist and its items.
#[derive(Debug, Clone)]
pub struct Full {
    /// The playlist.
    pub playlist: Playlist,
    /// In the order of showing.
    pub items: Vec<Entry>,
}

/// What a playlist is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPlaylist {
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    #[serde(default)]
    pub folder: Option<String>,
    /// In the order of showing.
    #[serde(default)]
    pub items: Vec<Entry>,
}

/// A playlist with its items.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Full> {
    let playlist = row(connection, account, id).await?;
    let items = playlists::items(connection, id).await?.iter().map(entry).collect::<Result<_>>()?;
    Ok(Full { playlist, items })
}

/// A playlist without its items.
pub async fn row(connection: &mut Connection, account: &str, id: &str) -> Result<Playlist> {
    let missing = || Error::NotFound { what: "playlist", name: id.to_owned() };
    playlists::by_id(connection, account, id).await?.ok_or_else(missing)
}

/// Makes a draft.
pub async fn create(store: &Store, actor: &Actor<'_>, new: &NewPlaylist, now: Millis) -> Result<Full> {
    let mut change = store.write().await?;
    let full = insert(&mut change, actor, new, now).await?;
    store::commit(change).await?;
    Ok(full)
}

/// The same as part of a change.
pub async fn insert(
    change: &mut Connection,
    actor: &Actor<'_>,
    new: &NewPlaylist,
    now: Millis,
) -> Result<Full> {
    publishing::keep_baseline(change, actor.account, now).await?;
    let playlist = Playlist {
        id: ident::new("pls")?,
        account: actor.account.to_owned(),
        name: super::name(&new.name)?,
        folder: super::folder(new.folder.as_deref())?,
        created_at: now,
        updated_at: now,
    };
    playlists::insert(change, &playlist).await?;
    fill(change, &playlist, &new.items, &[]).await?;
    audit::by(change, actor, "playlist.create", &playlist.id, None, now).await?;
    find(change, actor.account, &playlist.id).await
}

/// Changes a draft as a whole.
pub async fn change(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    new: &NewPlaylist,
    now: Millis,
) -> Result<Full> {
    let mut change = store.write().await?;
    let full = update(&mut change, actor, id, Some(new), &new.items, now).await?;
    store::commit(change).await?;
    Ok(full)
}

/// The same as part of a change; without `new` name and folder stay.
pub async fn update(
    change: &mut Connection,
    actor: &Actor<'_>,
    id: &str,
    new: Option<&NewPlaylist>,
    items: &[Entry],
    now: Millis,
) -> Result<Full> {
    publishing::keep_baseline(change, actor.account, now).await?;
    let Full { mut playlist, items: old } = find(change, actor.account, id).await?;
    if let Some(new) = new {
        playlist.name = super::name(&new.name)?;
        playlist.folder = super::folder(new.folder.as_deref())?;
    }
    playlist.updated_at = now;
    playlists::update(change, &playlist).await?;
    playlists::clear(change, id).await?;
    let old: Vec<String> = old.into_iter().filter_map(|entry| entry.id).collect();
    fill(change, &playlist, items, &old).await?;
    audit::by(change, actor, "playlist.replace", id, None, now).await?;
    find(change, actor.account, id).await
}

/// Makes a draft that is like another.
pub async fn duplicate(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Full> {
    let mut change = store.write().await?;
    let Full { playlist, items } = find(&mut change, actor.account, id).await?;
    let items = items.into_iter().map(|entry| Entry { id: None, ..entry }).collect();
    let new = NewPlaylist { name: copy_name(&playlist.name), folder: playlist.folder, items };
    let full = insert(&mut change, actor, &new, now).await?;
    store::commit(change).await?;
    Ok(full)
}

/// Removes a draft that nothing refers to. Screens go on with what is published until that is renewed.
pub async fn delete(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let playlist = row(&mut change, actor.account, id).await?;
    publishing::refuse_if_used(&mut change, actor.account, id).await?;
    audit::by(&mut change, actor, "playlist.delete", id, Some(&playlist.name), now).await?;
    playlists::clear(&mut change, id).await?;
    playlists::delete(&mut change, id).await?;
    store::commit(change).await
}

/// The name of a copy.
pub(super) fn copy_name(name: &str) -> String {
    name.chars().take(crate::account::MAX_NAME - 7).chain(" (copy)".chars()).collect()
}

async fn fill(change: &mut Connection, playlist: &Playlist, items: &[Entry], old: &[String]) -> Result<()> {
    if items.len() > limits::ITEMS {
        return Err(Error::Invalid(format!("a playlist has at most {} items", limits::ITEMS)));
    }
    let mut taken = std::collections::HashSet::new();
    for (position, entry) in (0..).zip(items) {
        let item = stored(change, playlist, entry, position).await?;
        let known = entry.id.as_ref().filter(|id| old.contains(id) && taken.insert((*id).clone()));
        let id = known.map_or_else(|| ident::new("itm"), |id| Ok(id.clone()))?;
        playlists::insert_item(change, position, &Item { id, ..item }).await?;
    }
    Ok(())
}

/// An item as it is stored, if it is one that a screen could show.
async fn stored(change: &mut Connection, playlist: &Playlist, entry: &Entry, position: i64) -> Result<Item> {
    let at = position + 1;
    let wrong = |text: String| Error::Invalid(format!("item {at}: {text}"));
    let mut item = Item { playlist: playlist.id.clone(), ..Item::default() };
    match &entry.shows {
        Shown::Content { content } => {
            let content = find_content(change, &playlist.account, content).await?;
            shown_content(&content)?;
            item.content = Some(content.id);
        }
        Shown::Layout { layout } => {
            composed::find::<super::layouts::Design>(change, &playlist.account, layout).await?;
            item.layout = Some(layout.clone());
        }
        Shown::Web { url } => item.url = Some(self::url(url)?),
        Shown::Playlist { .. } => {
            return Err(wrong(
                "a playlist does not hold another; it holds content, layouts and web pages".into(),
            ));
        }
    }
    if let Some(duration) = entry.duration_ms {
        if !(MIN_DURATION..=MAX_DURATION).contains(&duration) {
            return Err(wrong(format!("durationMs is {MIN_DURATION} to {MAX_DURATION}, which is a day")));
        }
        item.duration_ms = i64::try_from(duration).ok();
    }
    if entry.from.zip(entry.until).is_some_and(|(from, until)| until < from) {
        return Err(wrong("its last day is before its first".into()));
    }
    if entry.min_interval_ms.is_some_and(|interval| interval > 7 * MAX_DURATION) {
        return Err(wrong("minIntervalMs is at most a week".into()));
    }
    check_spans(&entry.hours).map_err(|error| wrong(error.to_string()))?;
    let title = entry.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let rules = Rules {
        title: title.map(super::name).transpose().map_err(|error| wrong(error.to_string()))?,
        from: entry.from,
        until: entry.until,
        days: check_days(&entry.days),
        hours: entry.hours.clone(),
        min_interval_ms: entry.min_interval_ms,
    };
    item.rules = to_text(&rules)?;
    Ok(item)
}

fn entry(item: &Item) -> Result<Entry> {
    let rules: Rules = from_text(&item.rules, "rules of an item")?;
    let shows = match (&item.content, &item.layout, &item.url) {
        (Some(content), ..) => Shown::Content { content: content.clone() },
        (None, Some(layout), _) => Shown::Layout { layout: layout.clone() },
        (None, None, Some(url)) => Shown::Web { url: url.clone() },
        (None, None, None) => return Err(Error::Damaged { what: "item of a playlist" }),
    };
    Ok(Entry {
        id: Some(item.id.clone()),
        title: rules.title.or_else(|| item.title.clone()),
        shows,
        duration_ms: item.duration_ms.map(i64::unsigned_abs),
        from: rules.from,
        until: rules.until,
        days: rules.days,
        hours: rules.hours,
        min_interval_ms: rules.min_interval_ms,
    })
}

/// An item as screens get it.
fn page(item: &Item) -> Result<Page> {
    let entry = entry(item)?;
    let damaged = || Error::Damaged { what: "content of an item" };
    let show = match entry.shows {
        Shown::Content { content } => shown_content(&Content {
            id: content,
            title: item.title.clone().unwrap_or_default(),
            kind: item.kind.clone().ok_or_else(damaged)?,
            sha256: item.sha256.clone().ok_or_else(damaged)?,
            size: item.size.ok_or_else(damaged)?,
            media_type: item.media_type.clone().ok_or_else(damaged)?,
            ..Content::default()
        })?,
        Shown::Layout { layout } => Show::Layout { layout },
        Shown::Web { url } => Show::Web { url },
        Shown::Playlist { .. } => Show::Unknown,
    };
    let title = entry.title.unwrap_or_else(|| match &show {
        Show::Web { url } => url.clone(),
        _ => "Layout".into(),
    });
    Ok(Page {
        id: item.id.clone(),
        title,
        show,
        duration_ms: entry.duration_ms,
        from: entry.from,
        until: entry.until,
        days: entry.days,
        hours: entry.hours,
        min_interval_ms: entry.min_interval_ms,
    })
}

/// Every draft of an account as screens would get it, by id.
pub(super) async fn compile(
    connection: &mut Connection,
    account: &str,
) -> Result<std::collections::BTreeMap<String, Pages>> {
    let mut compiled: std::collections::BTreeMap<String, Pages> = playlists::all(connection, account)
        .await?
        .into_iter()
        .map(|playlist| (playlist.id, Pages { name: playlist.name, items: Vec::new() }))
        .collect();
    for item in playlists::all_items(connection, account).await? {
        if let Some(pages) = compiled.get_mut(&item.playlist) {
            pages.items.push(page(&item)?);
        }
    }
    Ok(compiled)
}
