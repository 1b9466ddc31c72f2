//! The program of a screen: what it shows at any time, decided by the screen itself, with no hub in reach.
//!
//! The order of rank: an override, the schedule entry with the highest priority (of equal ones the newest), the
//! default of the screen, the default of the account, nothing. The crate `signage-schedule` decides by it.
//!
//! A kind that a player does not know reads as `Unknown`, which it passes over.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Blob;

/// Everything a screen needs to decide by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Program {
    /// IANA time zone in which all dates and times of day here are read; without one the screen's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// By id; those that anything here refers to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub playlists: BTreeMap<String, Pages>,
    /// By id; those that anything here refers to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub layouts: BTreeMap<String, Layout>,
    /// What is shown at certain times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Entry>,
    /// What is shown above all, until its end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// What this screen shows when nothing is scheduled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_default: Option<Target>,
    /// What every screen of the account shows without one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_default: Option<Target>,
}

impl Program {
    /// Every file that it refers to, some perhaps twice.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        let pages = self.playlists.values().flat_map(|list| &list.items).map(|page| &page.show);
        let targets = self.schedule.iter().map(|entry| &entry.target);
        let targets = targets.chain(self.overrides.iter().map(|entry| &entry.target));
        let targets = targets.chain(&self.screen_default).chain(&self.account_default);
        let shown = targets.filter_map(|target| match target {
            Target::Show { show } => Some(show),
            _ => None,
        });
        let backgrounds = self.layouts.values().filter_map(|layout| layout.background_image.as_ref());
        pages.chain(shown).filter_map(Show::blob).chain(backgrounds)
    }
}

/// A playlist: its items are shown in their order, again and again; those that are not due are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pages {
    /// For people.
    pub name: String,
    /// In the order of showing.
    pub items: Vec<Page>,
}

/// A place in a playlist, and when it is due. The rules make it due, they do not start it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Unique within the account.
    pub id: String,
    /// For people.
    pub title: String,
    /// What is shown.
    pub show: Show,
    /// How long, in milliseconds. Without it a film plays to its end, and everything else for ten seconds.
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
    /// Times of day; none means all day. One over midnight belongs to the day on which it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Span>,
    /// Not shown again earlier than this after it began, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_interval_ms: Option<u64>,
}

/// One thing to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Show {
    /// A still picture.
    Image {
        /// The bytes.
        blob: Blob,
    },
    /// A film.
    Video {
        /// The bytes.
        blob: Blob,
    },
    /// Several zones at once.
    Layout {
        /// Id in `layouts`.
        layout: String,
    },
    /// A web page.
    Web {
        /// `https://…` or `http://…`
        url: String,
    },
    /// Something newer than this reader.
    #[serde(other)]
    Unknown,
}

impl Show {
    /// The file that it needs.
    pub fn blob(&self) -> Option<&Blob> {
        match self {
            Self::Image { blob } | Self::Video { blob } => Some(blob),
            Self::Layout { .. } | Self::Web { .. } | Self::Unknown => None,
        }
    }
}

/// A picture divided into zones. Sizes are pixels of its own resolution, which the player scales to the display as a
/// whole: whole numbers keep neighbouring zones without a gap, and designers think in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    /// For people.
    pub name: String,
    /// Of the whole.
    pub width: u32,
    /// Of the whole.
    pub height: u32,
    /// Colour behind the zones, `#rrggbb`; black without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Picture behind the zones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_image: Option<Blob>,
    /// The parts.
    pub zones: Vec<Zone>,
}

/// A rectangle that shows something of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    /// Unique within the layout.
    #[serde(default)]
    pub id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Distance from the left edge.
    pub x: u32,
    /// Distance from the upper edge.
    pub y: u32,
    /// Its size.
    pub width: u32,
    /// Its size.
    pub height: u32,
    /// Where zones overlap, the higher one is seen; of equal ones the later in the list.
    #[serde(default)]
    pub z: i32,
    /// Colour behind what it shows, `#rrggbb`; without one the layout shows through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// How one thing follows another; a cut without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// What it shows.
    pub content: ZoneContent,
}

/// What a zone shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ZoneContent {
    /// A playlist. Its layouts are passed over: a layout does not hold another.
    Playlist {
        /// Id in `playlists`.
        playlist: String,
    },
    /// A web page.
    Web {
        /// `https://…` or `http://…`
        url: String,
        /// Loaded again as often as this, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reload_ms: Option<u64>,
    },
    /// A text, standing or running.
    Text {
        /// May hold several lines.
        text: String,
        /// Colour, size and place.
        #[serde(default)]
        style: TextStyle,
        /// Runs through from right to left, in pixels of the layout a second: a ticker. Stands without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        speed: Option<u32>,
    },
    /// The time of day, in the time zone of the screen.
    Clock {
        /// What is shown of it, as strftime has it, such as `%H:%M`.
        format: String,
        /// Another time zone, IANA.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timezone: Option<String>,
        /// Colour, size and place.
        #[serde(default)]
        style: TextStyle,
    },
    /// Rows that are fetched, as a table or one after the other.
    Dataset {
        /// Where CSV or JSON is.
        url: String,
        /// Names of the columns to show; all without.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        columns: Vec<String>,
        /// Fetched again as often as this, in milliseconds.
        refresh_ms: u64,
        /// Colour, size and place.
        #[serde(default)]
        style: TextStyle,
    },
    /// Something newer than this reader.
    #[serde(other)]
    Unknown,
}

/// How a text looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TextStyle {
    /// Height of a line in pixels of the layout; as large as fits without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// `#rrggbb`; white without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Where its lines stand.
    pub align: Align,
}

/// Where the lines of a text stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    #[default]
    Center,
    /// At the right edge.
    Right,
}

/// How one thing follows another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transition {
    /// What is seen.
    pub kind: TransitionKind,
    /// How long it takes, in milliseconds.
    pub duration_ms: u32,
}

/// What is seen in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TransitionKind {
    /// One dissolves into the other.
    Fade,
    /// The new one moves in from the right.
    Slide,
    /// The new one covers the old one from the left.
    Wipe,
    /// Something newer than this reader: a cut.
    #[serde(other)]
    Unknown,
}

/// What an entry of the schedule, an override or a default shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Target {
    /// A playlist on the whole display.
    Playlist {
        /// Id in `playlists`.
        playlist: String,
    },
    /// A layout.
    Layout {
        /// Id in `layouts`.
        layout: String,
    },
    /// One thing, for as long as it is its turn; a film again and again.
    Show {
        /// The thing.
        show: Show,
    },
    /// Something newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What is shown at certain times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Unique within the account.
    pub id: String,
    /// For people.
    pub name: String,
    /// What is shown.
    pub target: Target,
    /// The higher one is shown; of equal ones the newest.
    pub priority: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is shown.
    pub when: When,
}

/// When an entry is shown: on certain dates, at certain times of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct When {
    /// The first date that may count, and the one from which weeks and months are counted.
    pub date: Date,
    /// The last date on which it may begin; none means for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Which dates from `date` on.
    pub repeat: Repeat,
    /// Dates on which it does not begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Date>,
    /// Of these, only those on such a day of the week; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Day>,
    /// The times, on each of the dates.
    pub spans: Vec<Span>,
}

/// A part of a day, from one time to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// Begins here.
    pub from: Time,
    /// Ends here; at or before `from` it means the next day, so equal times are 24 hours.
    pub to: Time,
    /// Ends as many days later; 0 for the same or the next day.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub days: u16,
}

impl Span {
    /// As many days after the day of its beginning does it end.
    pub fn last_day(self) -> u16 {
        if self.days == 0 && self.to <= self.from { 1 } else { self.days }
    }
}

fn is_zero(days: &u16) -> bool {
    *days == 0
}

/// Which dates, from the first one on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "every", rename_all = "camelCase")]
pub enum Repeat {
    /// The first date only.
    Once,
    /// Every `step` days.
    Day {
        /// 1 is every day.
        step: u16,
    },
    /// On days of every `step` weeks, which begin on Monday.
    Week {
        /// 1 is every week.
        step: u16,
        /// None means that of the first date.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Day>,
    },
    /// On a day of every `step` months. Months without that day are passed over.
    MonthDay {
        /// 1 is every month.
        step: u16,
        /// 1 to 31; -1 is the last day.
        day: i8,
    },
    /// Such as the second Tuesday of every `step` months. Months without a fifth one are passed over.
    MonthWeekday {
        /// 1 is every month.
        step: u16,
        /// 1 to 5; -1 is the last one.
        nth: i8,
        /// The day of the week.
        day: Day,
    },
    /// Something newer than this reader: never.
    #[serde(other)]
    Unknown,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// The week, from Monday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The day of a date.
    pub fn of(date: Date) -> Self {
        let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        Self::ALL[index % 7]
    }

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// What is shown above everything else, from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// Unique within the account.
    pub id: String,
    /// For people.
    pub name: String,
    /// What is shown.
    pub target: Target,
    /// From this moment; of several the one that began last.
    pub from: Timestamp,
    /// Until this one: it ends by itself.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_newer_is_unknown_and_no_error() {
        let text = r##"{
            "timezone": "Europe/Berlin", "later": 1,
            "playlists": { "pls_1": { "name": "A", "items": [
                { "id": "1", "title": "t", "show": { "kind": "hologram", "depth": 3 }, "durationMs": 5 },
                { "id": "2", "title": "t", "show": { "kind": "web", "url": "https://a.example" },
                  "hours": [{ "from": "22:00", "to": "02:00" }], "days": ["fri"], "until": "2026-12-24" } ] } },
            "layouts": { "lay_1": { "name": "L", "width": 1920, "height": 1080, "zones": [
                { "id": "z", "x": 0, "y": 0, "width": 10, "height": 10, "content": { "kind": "smell" },
                  "transition": { "kind": "explode", "durationMs": 1 } } ] } },
            "schedule": [ { "id": "s", "name": "S", "priority": 1, "createdAt": "2026-01-01T00:00:00Z",
                "target": { "kind": "mood" },
                "when": { "date": "2026-01-01", "repeat": { "every": "fullMoon" }, "spans": [] } } ]
        }"##;
        let program: Program = serde_json::from_str(text).unwrap();
        let pages = &program.playlists["pls_1"].items;
        assert_eq!(pages[0].show, Show::Unknown);
        assert_eq!(pages[1].hours[0].last_day(), 1);
        assert_eq!(program.layouts["lay_1"].zones[0].content, ZoneContent::Unknown);
        assert_eq!(program.schedule[0].target, Target::Unknown);
        assert_eq!(program.schedule[0].when.repeat, Repeat::Unknown);
        let again: Program = serde_json::from_str(&serde_json::to_string(&program).unwrap()).unwrap();
        assert_eq!(again, program);
    }
}
