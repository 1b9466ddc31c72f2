//! The parts of a layout's page on which its zones are changed: the drawing editor, which `assets/layout.js` brings to
//! life, and forms for browsers without scripts.

use maud::{Markup, html};
use signage_protocol::document::program::{TextStyle, Transition, TransitionKind, Zone, ZoneContent};

use super::super::layout::Viewer;
use super::catalogue::{Catalogue, group};
use super::fields::Fields;
use super::layouts::draw;
use crate::composition::layouts::Design;
use crate::store::composed::Draft;
use crate::{Error, Result};

/// What a zone may show: as it is stored, and for people.
const KINDS: [(&str, &str); 5] = [
    ("playlist", "Media list (a playlist)"),
    ("web", "Web page"),
    ("text", "Text or ticker"),
    ("clock", "Clock"),
    ("dataset", "Data (CSV or JSON)"),
];
/// Tools of the editor: what they do, and their label with its key.
const TOOLS: [(&str, &str, &str); 10] = [
    ("draw", "Draw zone", ""),
    ("add", "Add zone", ""),
    ("duplicate", "Duplicate", "Ctrl+D"),
    ("columns", "Split into columns", ""),
    ("rows", "Split into rows", ""),
    ("up", "To the front", "Page up"),
    ("down", "To the back", "Page down"),
    ("remove", "Remove", "Delete"),
    ("undo", "Undo", "Ctrl+Z"),
    ("redo", "Redo", "Ctrl+Y"),
];

/// The drawing editor. It stays hidden where there are no scripts.
pub fn editor(draft: &Draft<Design>, catalogue: &Catalogue, viewer: &Viewer<'_>) -> Markup {
    let design = &draft.body;
    let json = serde_json::to_string(design).unwrap_or_default();
    html! {
        div #editor hidden {
            div #tools .tools role="toolbar" aria-label="Zones" {
                button type="submit" form="design-form" { "Save" }
                @for (name, label, key) in TOOLS {
                    button.quiet type="button" data-do=(name) title=[Some(key).filter(|key| !key.is_empty())] { (label) }
                }
                label for="grid" { "Grid" }
                select #grid name="grid" {
                    option value="0" { "off" }
                    @for size in [10, 20, 40, 60, 120] { option value=(size) selected[size == 20] { (size) } }
                }
            }
            div.designer {
                div.stage {
                    svg #canvas viewBox={ "0 0 " (design.width) " " (design.height) } tabindex="0" role="application"
                        aria-label="Layout. Arrow keys move the selected zone, with shift they change its size." {}
                    p #note .minor role="status" {}
                    p #no-zone .minor { "No zone yet. Choose “Draw zone” and draw a rectangle, or “Add zone”." }
                }
                div.side {
                    h2 { "Zones" }
                    ol #zones {}
                    (fields(catalogue))
                }
            }
            form #design-form .card.part method="post" action={ "/layouts/" (draft.id) } {
                input type="hidden" name="form" value=(viewer.form);
                textarea name="design" hidden aria-label="Layout as JSON" { (json) }
                label for="layout-name" { "Name of the layout" }
                input #layout-name name="name" value=(draft.name) required maxlength="100";
                label for="layout-folder" { "Folder (optional)" }
                input #layout-folder name="folder" value=[draft.folder.as_deref()] maxlength="200";
                (whole(design, catalogue))
                p #unsaved .alert hidden { "There are changes that are not saved." }
                button type="submit" { "Save layout" }
            }
            script src="/assets/layout.js" defer {}
        }
    }
}

/// What concerns the layout as a whole. The script writes it into the layout; these fields are not sent.
fn whole(design: &Design, catalogue: &Catalogue) -> Markup {
    html! {
        div #whole {
            label for="whole-background" { "Background colour" }
            input #whole-background type="color" data-of="background" value=(design.background.as_deref().unwrap_or("#000000"));
            label for="whole-image" { "Background picture" }
            select #whole-image data-of="backgroundImage" {
                option value="" { "None" }
                (group("Content", &catalogue.content, design.background_image.as_deref()))
            }
        }
    }
}

fn fields(catalogue: &Catalogue) -> Markup {
    let number = |name: &str, label: &str, least: &str| {
        html! {
            div { label for={ "zone-" (name) } { (label) } input type="number" id={ "zone-" (name) } name=(name) min=(least) step="1"; }
        }
    };
    html! {
        fieldset #zone hidden {
            legend { "Selected zone" }
            label for="zone-name" { "Name" }
            input #zone-name name="name" maxlength="100";
            div.pairs {
                (number("x", "Left", "0")) (number("y", "Top", "0"))
                (number("width", "Width", "8")) (number("height", "Height", "8"))
                (number("z", "Layer (higher is in front)", "-1000"))
            }
            label for="zone-kind" { "Shows" }
            select #zone-kind name="content.kind" { @for (kind, label) in KINDS { option value=(kind) { (label) } } }
            div data-kind="playlist" {
                label for="zone-playlist" { "Playlist" }
                select #zone-playlist name="content.playlist" { option value="" { "Choose …" } (group("Playlists", &catalogue.playlists, None)) }
            }
            div data-kind="web dataset" { label for="zone-url" { "Address" } input #zone-url type="url" name="content.url"; }
            div data-kind="web" { label for="zone-reload" { "Load again every … seconds (optional)" } input #zone-reload type="number" min="10" name="content.reloadMs"; }
            div data-kind="dataset" {
                label for="zone-columns" { "Columns, separated by commas (all without)" }
                input #zone-columns name="content.columns";
                label for="zone-refresh" { "Fetch again every … seconds" }
                input #zone-refresh type="number" min="10" name="content.refreshMs";
            }
            div data-kind="text" {
                label for="zone-text" { "Text" }
                textarea #zone-text name="content.text" rows="3" {}
                label for="zone-speed" { "Ticker: pixels a second (stands still without)" }
                input #zone-speed type="number" min="1" name="content.speed";
            }
            div data-kind="clock" {
                label for="zone-format" { "Format (" code { "%H:%M" } " is hours and minutes, " code { "%A %d %B" } " the date)" }
                input #zone-format name="content.format";
                label for="zone-timezone" { "Time zone (that of the screen without)" }
                input #zone-timezone name="content.timezone" placeholder="Europe/Berlin";
            }
            div data-kind="text clock dataset" {
                label for="zone-size" { "Height of a line in pixels (as large as fits without)" }
                input #zone-size type="number" min="4" name="content.style.size";
                label for="zone-color" { "Colour" }
                input #zone-color type="color" name="content.style.color" data-default="#ffffff";
                label for="zone-align" { "Place" }
                select #zone-align name="content.style.align" data-default="center" { option value="left" { "Left" } option value="center" { "Middle" } option value="right" { "Right" } }
            }
            label for="zone-background" { "Background colour" }
            div.inline {
                input #zone-background type="color" name="background" data-default="#000000";
                button.quiet type="button" data-clear="background" { "See through" }
            }
            label for="zone-transition" { "Transition" }
            select #zone-transition name="transition.kind" { (transitions(None)) }
            div { label for="zone-transition-ms" { "It takes … milliseconds" } input #zone-transition-ms type="number" min="0" max="10000" name="transition.durationMs"; }
        }
    }
}

fn transitions(chosen: Option<TransitionKind>) -> Markup {
    let kinds = [
        ("fade", "Fade", TransitionKind::Fade),
        ("slide", "Slide", TransitionKind::Slide),
        ("wipe", "Wipe", TransitionKind::Wipe),
    ];
    html! {
        option value="" { "Cut" }
        @for (value, label, kind) in kinds { option value=(value) selected[chosen == Some(kind)] { (label) } }
    }
}

/// Forms for browsers without scripts: one for each zone, opened by a link.
pub fn without_script(
    draft: &Draft<Design>,
    chosen: Option<&str>,
    catalogue: &Catalogue,
    viewer: &Viewer<'_>,
) -> Markup {
    let chosen = chosen.and_then(|id| draft.body.zones.iter().find(|zone| zone.id == id));
    html! {
        noscript {
            (draw(&draft.body, &draft.name, catalogue))
            div.card.flush {
                table {
                    thead { tr { th scope="col" { "Zone" } th scope="col" { "Place" } th scope="col" { "Size" } th scope="col" { "Layer" } } }
                    tbody {
                        @for zone in &draft.body.zones {
                            tr {
                                th scope="row" { a href={ "/layouts/" (draft.id) "?zone=" (zone.id) "#one-zone" } { (if zone.name.is_empty() { &zone.id } else { &zone.name }) } }
                                td data-label="Place" { (zone.x) ", " (zone.y) }
                                td data-label="Size" { (zone.width) " × " (zone.height) }
                                td data-label="Layer" { (zone.z) }
                            }
                        }
                    }
                }
            }
            div #one-zone .card.form {
                h2 { @if chosen.is_some() { "Change zone" } @else { "Add zone" } }
                form method="post" action={ "/layouts/" (draft.id) "/zone" } {
                    input type="hidden" name="form" value=(viewer.form);
                    input type="hidden" name="zone" value=(chosen.map(|zone| zone.id.as_str()).unwrap_or_default());
                    (plain_fields(chosen, draft, catalogue))
                    button type="submit" { "Save zone" }
                    @if chosen.is_some() { button.danger type="submit" name="remove" value="1" { "Remove zone" } }
                }
            }
        }
    }
}

fn plain_fields(zone: Option<&Zone>, draft: &Draft<Design>, catalogue: &Catalogue) -> Markup {
    let value = |read: fn(&Zone) -> i64, other: i64| zone.map_or(other, read);
    let numbers = [
        ("x", "Left", value(|zone| zone.x.into(), 0)),
        ("y", "Top", value(|zone| zone.y.into(), 0)),
        ("width", "Width", value(|zone| zone.width.into(), (draft.body.width / 2).into())),
        ("height", "Height", value(|zone| zone.height.into(), (draft.body.height / 2).into())),
        ("z", "Layer (higher is in front)", value(|zone| zone.z.into(), 0)),
    ];
    let parts = zone.map(|zone| Parts::of(&zone.content)).unwrap_or_default();
    html! {
        label for="plain-name" { "Name" }
        input #plain-name name="name" value=[zone.map(|zone| zone.name.as_str())] maxlength="100";
        @for (name, label, value) in numbers {
            label for={ "plain-" (name) } { (label) }
            input type="number" id={ "plain-" (name) } name=(name) value=(value) required;
        }
        label for="plain-kind" { "Shows" }
        select #plain-kind name="kind" { @for (kind, label) in KINDS { option value=(kind) selected[kind == parts.kind] { (label) } } }
        label for="plain-playlist" { "Playlist (for a media list)" }
        select #plain-playlist name="playlist" { option value="" { "Choose …" } (group("Playlists", &catalogue.playlists, Some(&parts.playlist))) }
        label for="plain-value" { "Address, text or format of the clock" }
        textarea #plain-value name="value" rows="3" { (parts.value) }
        label for="plain-transition" { "Transition" }
        select #plain-transition name="transition" { (transitions(zone.and_then(|zone| zone.transition.as_ref()).map(|transition| transition.kind))) }
    }
}

/// The content of a zone as the plain form has it.
#[derive(Default)]
struct Parts {
    kind: &'static str,
    playlist: String,
    value: String,
}

impl Parts {
    fn of(content: &ZoneContent) -> Self {
        let part = |kind, value: &str| Self { kind, playlist: String::new(), value: value.to_owned() };
        match content {
            ZoneContent::Playlist { playlist } => {
                Self { kind: "playlist", playlist: playlist.clone(), value: String::new() }
            }
            ZoneContent::Web { url, .. } => part("web", url),
            ZoneContent::Text { text, .. } => part("text", text),
            ZoneContent::Clock { format, .. } => part("clock", format),
            ZoneContent::Dataset { url, .. } => part("dataset", url),
            ZoneContent::Unknown => Self::default(),
        }
    }
}

/// A zone from the plain form. What the form has no field for stays as it was.
pub fn zone(input: &Fields, id: &str, old: Option<&Zone>) -> Result<Zone> {
    let number = |name: &str, label: &str| {
        input.value::<u32>(name, label)?.ok_or_else(|| Error::Invalid(format!("{label} is missing.")))
    };
    let style = old.and_then(|zone| style(&zone.content)).unwrap_or_default();
    let value = input.text("value").to_owned();
    let old_content = old.map(|zone| &zone.content);
    let content = match input.text("kind") {
        "playlist" => ZoneContent::Playlist { playlist: input.text("playlist").to_owned() },
        "web" => {
            let reload_ms = match old_content {
                Some(ZoneContent::Web { reload_ms, .. }) => *reload_ms,
                _ => None,
            };
            ZoneContent::Web { url: value, reload_ms }
        }
        "text" => {
            let speed = match old_content {
                Some(ZoneContent::Text { speed, .. }) => *speed,
                _ => None,
            };
            ZoneContent::Text { text: value, style, speed }
        }
        "clock" => {
            let timezone = match old_content {
                Some(ZoneContent::Clock { timezone, .. }) => timezone.clone(),
                _ => None,
            };
            let format = if value.is_empty() { "%H:%M".to_owned() } else { value };
            ZoneContent::Clock { format, timezone, style }
        }
        "dataset" => {
            let (columns, refresh_ms) = match old_content {
                Some(ZoneContent::Dataset { columns, refresh_ms, .. }) => (columns.clone(), *refresh_ms),
                _ => (Vec::new(), 60_000),
            };
            ZoneContent::Dataset { url: value, columns, refresh_ms, style }
        }
        _ => return Err(Error::Invalid("Choose what the zone shows.".into())),
    };
    let kind = match input.text("transition") {
        "fade" => Some(TransitionKind::Fade),
        "slide" => Some(TransitionKind::Slide),
        "wipe" => Some(TransitionKind::Wipe),
        _ => None,
    };
    let duration_ms = old.and_then(|zone| zone.transition.as_ref()).map_or(500, |old| old.duration_ms);
    Ok(Zone {
        id: id.to_owned(),
        name: input.text("name").to_owned(),
        x: number("x", "Left")?,
        y: number("y", "Top")?,
        width: number("width", "Width")?,
        height: number("height", "Height")?,
        z: input.value("z", "Layer")?.unwrap_or_default(),
        background: old.and_then(|zone| zone.background.clone()),
        transition: kind.map(|kind| Transition { kind, duration_ms }),
        content,
    })
}

fn style(content: &ZoneContent) -> Option<TextStyle> {
    match content {
        ZoneContent::Text { style, .. }
        | ZoneContent::Clock { style, .. }
        | ZoneContent::Dataset { style, .. } => Some(style.clone()),
        _ => None,
    }
}
