//! Looking through what screens have logged and played: filters as an address has them, and files of everything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::report::Severity;

use crate::audit_log::moment;
use crate::export::field;
use crate::folder_rights::Scope;
use crate::ident::{DAY, timestamp};
use crate::store::device_logs::{self, Line, Place};
use crate::store::plays::{self, Played};
use crate::{Error, Result};

/// Records on a page unless another number is asked for.
pub const PAGE: i64 = 100;
/// Most records on a page.
pub const MAX_PAGE: i64 = 1000;

/// What is looked for, as an address has it. Empty is the same as absent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Query {
    /// Id of a screen.
    pub screen: String,
    /// Log lines this grave or graver: debug, info, warning or error.
    pub severity: String,
    /// Title of what was played, or its id.
    pub content: String,
    /// Words in a log line.
    pub search: String,
    /// First moment (RFC 3339) or day (UTC), by the clock of the screen.
    pub from: String,
    /// Last moment or day, included.
    pub until: String,
    /// The `next` of the page before.
    pub after: String,
    /// Records on the page, at most 1000.
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub limit: String,
    /// Of the console: which part of a page is open.
    #[schemars(skip)]
    pub tab: String,
}

impl Query {
    /// Which log lines.
    pub fn logs(&self, account: &str, scope: &Scope) -> Result<device_logs::Filter> {
        let severity = match self.severity.trim() {
            "" => Severity::Debug,
            text => {
                Severity::ALL.into_iter().find(|severity| severity.as_str() == text).ok_or_else(|| {
                    Error::Invalid(format!("{text:?} is no severity; use debug, info, warning or error"))
                })?
            }
        };
        Ok(device_logs::Filter {
            account: account.to_owned(),
            scope: scope.clone(),
            device: given(&self.screen),
            severity,
            from: given(&self.from).map(|text| moment(&text, 0, 0)).transpose()?,
            until: given(&self.until).map(|text| moment(&text, DAY, 1)).transpose()?,
            text: self.search.clone(),
            before: place(&self.after)?,
        })
    }

    /// Which plays.
    pub fn plays(&self, account: &str, scope: &Scope) -> Result<plays::Filter> {
        Ok(plays::Filter {
            account: account.to_owned(),
            scope: scope.clone(),
            device: given(&self.screen),
            content: given(&self.content),
            from: given(&self.from).map(|text| moment(&text, 0, 0)).transpose()?,
            until: given(&self.until).map(|text| moment(&text, DAY, 1)).transpose()?,
            before: place(&self.after)?,
        })
    }

    /// How many records a page has.
    pub fn limit(&self) -> Result<i64> {
        let wrong = || Error::Invalid(format!("the limit is a number from 1 to {MAX_PAGE}"));
        match self.limit.trim() {
            "" => Ok(PAGE),
            text => text.parse().ok().filter(|limit| (1..=MAX_PAGE).contains(limit)).ok_or_else(wrong),
        }
    }

    /// The filter as part of an address, without the place.
    pub fn parameters(&self) -> String {
        let fields = [
            ("screen", &self.screen),
            ("severity", &self.severity),
            ("content", &self.content),
            ("search", &self.search),
            ("from", &self.from),
            ("until", &self.until),
            ("limit", &self.limit),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, value)| format!("{name}={}", crate::second_step::escape(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A place as a text for addresses.
pub fn cursor(place: &Place) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).map_err(Error::json("a place in a list"))?))
}

fn place(text: &str) -> Result<Option<Place>> {
    if text.is_empty() {
        return Ok(None);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.map(Some).ok_or_else(|| Error::Invalid("after is not from \"next\" of a page".into()))
}

/// A log line for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Id of the screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// Of the line, unique on the screen.
    pub id: String,
    /// By the screen's clock.
    pub at: jiff::Timestamp,
    /// By the hub's clock.
    pub received_at: jiff::Timestamp,
    /// How grave.
    pub severity: Severity,
    /// Which program.
    pub source: Option<String>,
    /// What.
    pub message: String,
}

impl From<Line> for LogEntry {
    fn from(line: Line) -> Self {
        Self {
            severity: line.severity(),
            screen: line.device,
            name: line.name,
            id: line.id,
            at: timestamp(line.at),
            received_at: timestamp(line.received_at),
            source: line.source,
            message: line.message,
        }
    }
}

/// What was played, for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayEntry {
    /// Id of the screen.
    pub screen: String,
    /// What it is called.
    pub name: String,
    /// Of the record, unique on the screen.
    pub id: String,
    /// By the screen's clock.
    pub started_at: jiff::Timestamp,
    /// By the hub's clock.
    pub received_at: jiff::Timestamp,
    /// How long it was on the screen.
    pub duration_ms: i64,
    /// Id of the content, as the publication named it.
    pub content: Option<String>,
    /// What it is called.
    pub title: String,
    /// Name of the layout.
    pub layout: Option<String>,
    /// Name of the playlist.
    pub playlist: Option<String>,
    /// Whether it was shown to its end.
    pub completed: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl From<Played> for PlayEntry {
    fn from(play: Played) -> Self {
        Self {
            screen: play.device,
            name: play.name,
            id: play.id,
            started_at: timestamp(play.started_at),
            received_at: timestamp(play.received_at),
            duration_ms: play.duration_ms,
            content: play.content,
            title: play.title,
            layout: play.layout,
            playlist: play.playlist,
            completed: play.completed != 0,
            reason: play.reason,
        }
    }
}

/// A record as a line of a table, RFC 4180.
pub trait Table: Serialize + Sized {
    /// Names of the columns.
    const HEAD: &'static str;
    /// The cells.
    fn cells(&self) -> Vec<String>;

    /// The line.
    fn line(&self) -> String {
        self.cells().iter().map(|cell| field(cell)).collect::<Vec<_>>().join(",") + "\r\n"
    }
}

impl Table for LogEntry {
    const HEAD: &'static str = "at,received_at,screen,name,severity,source,message,id\r\n";

    fn cells(&self) -> Vec<String> {
        vec![
            self.at.to_string(),
            self.received_at.to_string(),
            self.screen.clone(),
            self.name.clone(),
            self.severity.as_str().to_owned(),
            self.source.clone().unwrap_or_default(),
            self.message.clone(),
            self.id.clone(),
        ]
    }
}

impl Table for PlayEntry {
    const HEAD: &'static str = "started_at,received_at,screen,name,content,title,layout,playlist,duration_ms,\
         completed,reason,id\r\n";

    fn cells(&self) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.started_at.to_string(),
            self.received_at.to_string(),
            self.screen.clone(),
            self.name.clone(),
            or_empty(&self.content),
            self.title.clone(),
            or_empty(&self.layout),
            or_empty(&self.playlist),
            self.duration_ms.to_string(),
            if self.completed { "yes" } else { "no" }.to_owned(),
            or_empty(&self.reason),
            self.id.clone(),
        ]
    }
}
