//! Drafts of layouts: zones on a picture of a certain size.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::program::{Layout, Show, TextStyle, TransitionKind, Zone, ZoneContent};
use signage_protocol::document::{Blob, limits};

use super::playlists::copy_name;
use super::{check_room, draft, find_content, publishing, shown_content};
use crate::api_token::Actor;
use crate::ident::Millis;
use crate::store::composed::{self, Composed, Draft, Filter};
use crate::store::{self, Connection, Store, audit, playlists};
use crate::{Error, Result};

/// Longest transition.
const MAX_TRANSITION: u32 = 10_000;
/// Most often that something is fetched again, in milliseconds.
const MIN_REFRESH: u64 = 10_000;

/// A picture divided into zones. Positions and sizes are pixels of its own resolution, which a player scales to the
/// display as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Design {
    /// Such as 1920.
    pub width: u32,
    /// Such as 1080.
    pub height: u32,
    /// Colour behind the zones, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Picture behind the zones: id of content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_image: Option<String>,
    /// The parts. One without an id gets one.
    #[serde(default)]
    pub zones: Vec<Zone>,
}

impl Composed for Design {
    const TABLE: &'static str = "layout";
    const PREFIX: &'static str = "lay";
    const WHAT: &'static str = "layout";
}

/// What a layout is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewLayout {
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    #[serde(default)]
    pub folder: Option<String>,
    /// What it is like.
    pub design: Design,
}

/// Makes a draft.
pub async fn create(store: &Store, actor: &Actor<'_>, new: NewLayout, now: Millis) -> Result<Draft<Design>> {
    let mut change = store.write().await?;
    let made = insert(&mut change, actor, new, now).await?;
    store::commit(change).await?;
    Ok(made)
}

async fn insert(
    change: &mut Connection,
    actor: &Actor<'_>,
    new: NewLayout,
    now: Millis,
) -> Result<Draft<Design>> {
    publishing::keep_baseline(change, actor.account, now).await?;
    check_room::<Design>(change, actor.account).await?;
    let design = checked(change, actor.account, new.design).await?;
    let name = super::name(&new.name)?;
    let made = draft(actor.account, name, super::folder(new.folder.as_deref())?, design, now)?;
    composed::put(change, &made).await?;
    audit::by(change, actor, "layout.create", &made.id, None, now).await?;
    Ok(made)
}

/// Changes a draft as a whole.
pub async fn change(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    new: NewLayout,
    now: Millis,
) -> Result<Draft<Design>> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let mut layout = composed::find::<Design>(&mut change, actor.account, id).await?;
    layout.name = super::name(&new.name)?;
    layout.folder = super::folder(new.folder.as_deref())?;
    layout.body = checked(&mut change, actor.account, new.design).await?;
    layout.updated_at = now;
    composed::put(&mut change, &layout).await?;
    audit::by(&mut change, actor, "layout.change", id, None, now).await?;
    store::commit(change).await?;
    Ok(layout)
}

/// Makes a draft that is like another.
pub async fn duplicate(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Draft<Design>> {
    let mut change = store.write().await?;
    let old = composed::find::<Design>(&mut change, actor.account, id).await?;
    let new = NewLayout { name: copy_name(&old.name), folder: old.folder, design: old.body };
    let made = insert(&mut change, actor, new, now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Removes a draft that nothing refers to.
pub async fn delete(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let layout = composed::find::<Design>(&mut change, actor.account, id).await?;
    publishing::refuse_if_used(&mut change, actor.account, id).await?;
    audit::by(&mut change, actor, "layout.delete", id, Some(&layout.name), now).await?;
    composed::delete::<Design>(&mut change, actor.account, id).await?;
    store::commit(change).await
}

/// A design that a screen can show.
async fn checked(connection: &mut Connection, account: &str, mut design: Design) -> Result<Design> {
    let side = 1..=limits::SIDE;
    if !side.contains(&design.width) || !side.contains(&design.height) {
        return Err(Error::Invalid(format!("width and height of a layout are 1 to {} pixels", limits::SIDE)));
    }
    if design.zones.len() > limits::ZONES {
        return Err(Error::Invalid(format!("a layout has at most {} zones", limits::ZONES)));
    }
    check_color(design.background.as_deref()).map_err(Error::Invalid)?;
    if let Some(image) = &design.background_image {
        background(connection, account, image).await?;
    }
    let mut taken: HashSet<String> = design.zones.iter().map(|zone| zone.id.clone()).collect();
    if taken.len() < design.zones.iter().filter(|zone| !zone.id.is_empty()).count() {
        return Err(Error::Invalid("two zones of the layout have the same id".into()));
    }
    let (width, height) = (design.width, design.height);
    for (index, zone) in design.zones.iter_mut().enumerate() {
        if zone.id.is_empty() {
            let free = (index + 1..).map(|number| format!("z{number}")).find(|id| !taken.contains(id));
            zone.id = free.unwrap_or_default();
            taken.insert(zone.id.clone());
        }
        let called = if zone.name.is_empty() { zone.id.clone() } else { zone.name.clone() };
        let wrong = |text: String| Error::Invalid(format!("zone {called:?}: {text}"));
        check_zone(zone, width, height).map_err(wrong)?;
        if let ZoneContent::Playlist { playlist } = &zone.content
            && playlists::by_id(connection, account, playlist).await?.is_none()
        {
            return Err(Error::NotFound { what: "playlist", name: playlist.clone() });
        }
    }
    Ok(design)
}

fn check_zone(zone: &Zone, width: u32, height: u32) -> std::result::Result<(), String> {
    let fits =
        |at: u32, size: u32, whole: u32| size > 0 && at.checked_add(size).is_some_and(|end| end <= whole);
    if !fits(zone.x, zone.width, width) || !fits(zone.y, zone.height, height) {
        return Err(format!("it has to lie within the {width} × {height} pixels of the layout"));
    }
    if zone.id.len() > 64 || zone.name.chars().count() > crate::account::MAX_NAME {
        return Err("its id or name is too long".into());
    }
    check_color(zone.background.as_deref())?;
    if let Some(transition) = &zone.transition {
        if transition.kind == TransitionKind::Unknown {
            return Err("the transition is fade, slide or wipe".into());
        }
        if transition.duration_ms > MAX_TRANSITION {
            return Err(format!("a transition takes at most {MAX_TRANSITION} ms"));
        }
    }
    let page = |text: &str| super::url(text).map(|_| ()).map_err(|error| error.to_string());
    let style = |style: &TextStyle| check_color(style.color.as_deref());
    match &zone.content {
        ZoneContent::Playlist { .. } => Ok(()),
        ZoneContent::Web { url, reload_ms } => {
            if reload_ms.is_some_and(|interval| interval < MIN_REFRESH) {
                return Err(format!("reloadMs is at least {MIN_REFRESH}"));
            }
            page(url)
        }
        ZoneContent::Text { text, style: look, .. } => {
            if text.chars().count() > limits::TEXT {
                return Err(format!("its text has at most {} characters", limits::TEXT));
            }
            style(look)
        }
        ZoneContent::Clock { format, timezone, style: look } => {
            if format.len() > 100 || jiff::fmt::strtime::format(format, &jiff::Zoned::default()).is_err() {
                return Err(format!("{format:?} is no form of a time, such as %H:%M"));
            }
            if let Some(name) = timezone.as_deref().filter(|name| signage_schedule::zone(name).is_none()) {
                return Err(format!("{name:?} is no time zone, such as Europe/Berlin"));
            }
            style(look)
        }
        ZoneContent::Dataset { url, columns, refresh_ms, style: look } => {
            if *refresh_ms < MIN_REFRESH {
                return Err(format!("refreshMs is at least {MIN_REFRESH}"));
            }
            if columns.len() > 64 {
                return Err("it shows at most 64 columns".into());
            }
            page(url)?;
            style(look)
        }
        ZoneContent::Unknown => Err("its content is of kind playlist, web, text, clock or dataset".into()),
    }
}

fn check_color(color: Option<&str>) -> std::result::Result<(), String> {
    match color {
        Some(color)
            if color.len() != 7
                || !color.starts_with('#')
                || !color[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            Err(format!("{color:?} is no colour, such as #1a2b3c"))
        }
        _ => Ok(()),
    }
}

async fn background(connection: &mut Connection, account: &str, id: &str) -> Result<Blob> {
    match shown_content(&find_content(connection, account, id).await?)? {
        Show::Image { blob } => Ok(blob),
        _ => Err(Error::Invalid("the background of a layout is a picture".into())),
    }
}

/// Every draft of an account as screens would get it, by id.
pub(super) async fn compile(connection: &mut Connection, account: &str) -> Result<BTreeMap<String, Layout>> {
    let mut compiled = BTreeMap::new();
    for Draft { id, name, body, .. } in composed::page::<Design>(connection, account, &Filter::ALL).await? {
        let background_image = match &body.background_image {
            Some(image) => Some(background(connection, account, image).await?),
            None => None,
        };
        let Design { width, height, background, zones, .. } = body;
        compiled.insert(id, Layout { name, width, height, background, background_image, zones });
    }
    Ok(compiled)
}
