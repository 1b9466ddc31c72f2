//! `/logs`, `/plays` and what one screen reports: by the page, or as one file.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query as Parameters, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::report::Status;

use super::super::Shared;
use super::super::user::User;
use crate::ident::{self, timestamp};
use crate::records::{LogEntry, MAX_PAGE, PlayEntry, Query, Table, cursor};
use crate::rights::Right;
use crate::store::device_logs::{self, Place};
use crate::store::plays::{self, By};
use crate::store::{Connection, Store, faults, reports};
use crate::{Error, Result, device};

/// Totals at most.
const TOTALS: i64 = 1000;
/// Faults of a screen at most.
const FAULTS: i64 = 500;

type Asked = std::result::Result<Parameters<Query>, QueryRejection>;

fn query(asked: Asked) -> Result<Query> {
    let query = asked.map_err(|rejection| Error::Invalid(rejection.body_text()))?.0;
    // Files and totals have no pages; a limit that cannot be right is refused all the same.
    query.limit()?;
    Ok(query)
}

/// A page of log lines, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Logs {
    /// The lines.
    pub items: Vec<LogEntry>,
    /// For `after`; absent on the last page.
    pub next: Option<String>,
}

/// A page of what was played, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Plays {
    /// The records.
    pub items: Vec<PlayEntry>,
    /// For `after`; absent on the last page.
    pub next: Option<String>,
}

/// How often and how long something was played.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlayTotal")]
pub struct Total {
    /// Id of the content, its title when it has none, or id of the screen.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How often.
    pub plays: i64,
    /// How often to the end.
    pub completed: i64,
    /// For how long.
    pub duration_ms: i64,
}

/// Totals, the most often played first; at most 1000 of each.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlayTotals")]
pub struct Totals {
    /// By content.
    pub content: Vec<Total>,
    /// By screen.
    pub screens: Vec<Total>,
}

/// How a screen is doing.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenReport")]
pub struct Report {
    /// What it said last; its times are by its own clock.
    pub status: Option<Status>,
    /// When the hub heard from it, if it has reported at all.
    pub received_at: Option<jiff::Timestamp>,
    /// Faults that are not resolved.
    pub faults: i64,
    /// Records of today that were more than the hub keeps.
    pub dropped_today: i64,
    /// Per cent of the last 30 days in which it was there, as far as it was known by then.
    pub uptime_percent: Option<f64>,
}

/// Something that is wrong with a screen, or was.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenFault")]
pub struct Fault {
    /// Unique on the screen.
    pub id: String,
    /// content, network or hardware.
    pub class: String,
    /// Of the catalogue of problems.
    pub code: String,
    /// What is particular to the case.
    pub detail: Option<String>,
    /// By the screen's clock.
    pub raised_at: jiff::Timestamp,
    /// By the hub's clock.
    pub received_at: jiff::Timestamp,
    /// By the screen's clock; absent while it is not resolved.
    pub cleared_at: Option<jiff::Timestamp>,
}

/// The faults of a screen: those that are not resolved first, newest first; at most 500 of each.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ScreenFaults")]
pub struct Faults {
    /// The faults.
    pub items: Vec<Fault>,
}

/// How one screen is doing.
pub(super) async fn status(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Report>> {
    user.may(Right::View)?;
    Ok(Json(report(&mut *state.store.read().await?, &user.account, &id).await?))
}

/// How one screen of an account is doing.
pub(crate) async fn report(connection: &mut Connection, account: &str, id: &str) -> Result<Report> {
    let device = device::find(connection, account, id).await?;
    let current = reports::current(connection, id).await?;
    let uptime = reports::uptime(connection, id, device.created_at, 30, ident::now()).await?;
    Ok(Report {
        received_at: current.as_ref().map(|current| timestamp(current.received_at)),
        faults: current.as_ref().map_or(0, |current| current.faults),
        dropped_today: current.as_ref().map_or(0, |current| current.dropped),
        status: current.and_then(|current| current.status),
        uptime_percent: uptime
            .and_then(|thousandths| i32::try_from(thousandths).ok())
            .map(|n| f64::from(n) / 10.0),
    })
}

/// What is or was wrong with one screen.
pub(super) async fn faults(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Faults>> {
    user.may(Right::View)?;
    Ok(Json(faults_of(&mut *state.store.read().await?, &user.account, &id).await?))
}

/// The faults of one screen of an account.
pub(crate) async fn faults_of(connection: &mut Connection, account: &str, id: &str) -> Result<Faults> {
    device::find(connection, account, id).await?;
    let mut items = faults::of(connection, id, false, FAULTS).await?;
    items.extend(faults::of(connection, id, true, FAULTS).await?);
    let item = |fault: faults::Fault| Fault {
        id: fault.id,
        class: fault.class,
        code: fault.code,
        detail: fault.detail,
        raised_at: timestamp(fault.raised_at),
        received_at: timestamp(fault.received_at),
        cleared_at: fault.cleared_at.map(timestamp),
    };
    Ok(Faults { items: items.into_iter().map(item).collect() })
}

/// A page of log lines.
pub(super) async fn logs(State(state): State<Shared>, user: User, asked: Asked) -> Result<Json<Logs>> {
    user.may(Right::View)?;
    let query = query(asked)?;
    let (lines, place) =
        device_logs::page(&state.store, &query.logs(&user.account, &user.scope)?, query.limit()?).await?;
    let items = lines.into_iter().map(LogEntry::from).collect();
    Ok(Json(Logs { items, next: place.as_ref().map(cursor).transpose()? }))
}

/// A page of what was played.
pub(super) async fn plays(State(state): State<Shared>, user: User, asked: Asked) -> Result<Json<Plays>> {
    user.may(Right::View)?;
    let query = query(asked)?;
    let (plays, place) =
        plays::page(&state.store, &query.plays(&user.account, &user.scope)?, query.limit()?).await?;
    let items = plays.into_iter().map(PlayEntry::from).collect();
    Ok(Json(Plays { items, next: place.as_ref().map(cursor).transpose()? }))
}

/// What was played, added up.
pub(super) async fn totals(State(state): State<Shared>, user: User, asked: Asked) -> Result<Json<Totals>> {
    user.may(Right::View)?;
    Ok(Json(totals_of(&state.store, &query(asked)?.plays(&user.account, &user.scope)?).await?))
}

/// What was played and fits, added up.
pub(crate) async fn totals_of(store: &Store, filter: &plays::Filter) -> Result<Totals> {
    let total = |total: plays::Total| Total {
        id: total.id,
        name: total.name,
        plays: total.plays,
        completed: total.completed,
        duration_ms: total.duration_ms,
    };
    let content = plays::totals(store, filter, By::Content, TOTALS).await?;
    let screens = plays::totals(store, filter, By::Screen, TOTALS).await?;
    Ok(Totals {
        content: content.into_iter().map(total).collect(),
        screens: screens.into_iter().map(total).collect(),
    })
}

/// Every log line that fits, as a table.
pub(super) async fn logs_csv(State(state): State<Shared>, user: User, asked: Asked) -> Result<Response> {
    export(Source::Logs(logs_filter(&user, asked)?), state, Format::Csv)
}

/// Every log line that fits, as a list.
pub(super) async fn logs_json(State(state): State<Shared>, user: User, asked: Asked) -> Result<Response> {
    export(Source::Logs(logs_filter(&user, asked)?), state, Format::Json)
}

/// Everything that was played and fits, as a table.
pub(super) async fn plays_csv(State(state): State<Shared>, user: User, asked: Asked) -> Result<Response> {
    user.may(Right::View)?;
    let filter = plays::Filter { before: None, ..query(asked)?.plays(&user.account, &user.scope)? };
    export(Source::Plays(filter), state, Format::Csv)
}

fn logs_filter(user: &User, asked: Asked) -> Result<device_logs::Filter> {
    user.may(Right::View)?;
    Ok(device_logs::Filter { before: None, ..query(asked)?.logs(&user.account, &user.scope)? })
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    /// A table.
    Csv,
    /// A list.
    Json,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Log lines.
    Logs(device_logs::Filter),
    /// What was played.
    Plays(plays::Filter),
}

impl Source {
    fn file(&self) -> &'static str {
        match self {
            Self::Logs(_) => "screen-logs",
            Self::Plays(_) => "proof-of-play",
        }
    }

    /// A page of the file, and where the next one begins, if there is one.
    pub(crate) async fn piece(
        &self,
        store: &Store,
        format: Format,
        first: bool,
    ) -> Result<(String, Option<Place>)> {
        match self {
            Self::Logs(filter) => {
                let (lines, place) = device_logs::page(store, filter, MAX_PAGE).await?;
                let items: Vec<LogEntry> = lines.into_iter().map(LogEntry::from).collect();
                Ok((text(&items, format, first, place.is_none())?, place))
            }
            Self::Plays(filter) => {
                let (plays, place) = plays::page(store, filter, MAX_PAGE).await?;
                let items: Vec<PlayEntry> = plays.into_iter().map(PlayEntry::from).collect();
                Ok((text(&items, format, first, place.is_none())?, place))
            }
        }
    }

    /// The same from a place on.
    pub(crate) fn from(mut self, place: Place) -> Self {
        match &mut self {
            Self::Logs(filter) => filter.before = Some(place),
            Self::Plays(filter) => filter.before = Some(place),
        }
        self
    }
}

fn text<T: Table>(items: &[T], format: Format, first: bool, last: bool) -> Result<String> {
    let mut text = String::new();
    match format {
        Format::Csv => {
            text.push_str(if first { T::HEAD } else { "" });
            items.iter().for_each(|item| text.push_str(&item.line()));
        }
        Format::Json => {
            text.push_str(if first { "[" } else { "" });
            for (index, item) in items.iter().enumerate() {
                text.push_str(if first && index == 0 { "\n" } else { ",\n" });
                text.push_str(&serde_json::to_string(item).map_err(Error::json("a record"))?);
            }
            text.push_str(if last { "\n]\n" } else { "" });
        }
    }
    Ok(text)
}

/// The file in pieces of a page each, however long it is.
fn export(source: Source, state: Shared, format: Format) -> Result<Response> {
    let (media_type, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"{}.{ending}\"", source.file());
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    let pieces = stream::try_unfold(Some((source, true)), move |at| {
        let state = state.clone();
        async move {
            let Some((source, first)) = at else { return Ok(None) };
            let (piece, place) = source.piece(&state.store, format, first).await?;
            Ok::<_, Error>(Some((Bytes::from(piece), place.map(|place| (source.from(place), false)))))
        }
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}
