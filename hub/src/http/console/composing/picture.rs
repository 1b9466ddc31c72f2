//! A layout as a picture: what the preview shows, and what the editor draws over. SVG attributes only, so that the
//! policy against inline styles holds.

use maud::{Markup, html};
use signage_protocol::document::program::{Align, Layout, TextStyle, Zone, ZoneContent};

/// Names of the playlists that zones show, by id.
pub type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The whole layout; `label` is what it is called for those who do not see it.
pub fn layout(layout: &Layout, label: &str, names: Names<'_>) -> Markup {
    let Layout { width, height, .. } = layout;
    let mut zones: Vec<&Zone> = layout.zones.iter().collect();
    zones.sort_by_key(|zone| zone.z);
    html! {
        svg.picture viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(label) {
            rect width=(width) height=(height) fill=(layout.background.as_deref().unwrap_or("#000000")) {}
            @for zone in zones { (part(zone, layout, names)) }
        }
    }
}

fn part(zone: &Zone, layout: &Layout, names: Names<'_>) -> Markup {
    let Zone { x, y, width, height, .. } = zone;
    let shown = shown(&zone.content, names);
    let style = style(&zone.content);
    // A label has to be read at the size of the picture, whatever the size of the layout.
    let label = layout.width / 55;
    html! {
        svg x=(x) y=(y) width=(width) height=(height) aria-hidden="true" {
            rect.zone width="100%" height="100%" fill=(zone.background.as_deref().unwrap_or("transparent")) {}
            @match style {
                Some(style) => {
                    @let lines: Vec<&str> = shown.lines().collect();
                    @let size = style.size.unwrap_or_else(|| fits(*width, *height, &lines));
                    @for (line, index) in lines.iter().zip(0u32..) {
                        text x=(place(style.align)) y=(first(*height, size, lines.len()) + index * size)
                            text-anchor=(anchor(style.align)) font-size=(size)
                            fill=(style.color.as_deref().unwrap_or("#ffffff")) { (line) }
                    }
                },
                None => text.label x=(label / 2) y=(label * 3 / 2) font-size=(label) { (shown) },
            }
        }
    }
}

/// What a zone shows, in words.
fn shown(content: &ZoneContent, names: Names<'_>) -> String {
    match content {
        ZoneContent::Playlist { playlist } => names(playlist).unwrap_or_else(|| "No playlist".into()),
        ZoneContent::Web { url, .. } | ZoneContent::Dataset { url, .. } => url.clone(),
        ZoneContent::Text { text, .. } => text.clone(),
        // Any time will do, as long as it is the same one on every picture.
        ZoneContent::Clock { format, .. } => {
            jiff::civil::datetime(2026, 1, 1, 12, 34, 56, 0).to_zoned(jiff::tz::TimeZone::UTC).map_or_else(
                |_| format.clone(),
                |noon| jiff::fmt::strtime::format(format, &noon).unwrap_or_else(|_| format.clone()),
            )
        }
        ZoneContent::Unknown => String::new(),
    }
}

fn style(content: &ZoneContent) -> Option<&TextStyle> {
    match content {
        ZoneContent::Text { style, .. } | ZoneContent::Clock { style, .. } => Some(style),
        _ => None,
    }
}

/// About the largest height of a line with which all of them fit.
fn fits(width: u32, height: u32, lines: &[&str]) -> u32 {
    let number = |count: usize| u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    let longest = number(lines.iter().map(|line| line.chars().count()).max().unwrap_or_default());
    // A letter is a little more than half as wide as its line is high.
    (width.saturating_mul(3) / longest.saturating_mul(2)).min(height * 3 / 5 / number(lines.len())).max(1)
}

/// The base line of the first of `lines`, so that all stand in the middle of `height`.
fn first(height: u32, size: u32, lines: usize) -> u32 {
    let all = size.saturating_mul(u32::try_from(lines).unwrap_or(u32::MAX));
    height.saturating_sub(all) / 2 + size * 4 / 5
}

fn place(align: Align) -> &'static str {
    match align {
        Align::Left => "1%",
        Align::Center => "50%",
        Align::Right => "99%",
    }
}

fn anchor(align: Align) -> &'static str {
    match align {
        Align::Left => "start",
        Align::Center => "middle",
        Align::Right => "end",
    }
}
