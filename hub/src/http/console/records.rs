//! What screens have logged and played, and what is wrong with them: pages of the account, and parts of the page of
//! one screen.

use axum::extract::{Query as Parameters, State};
use maud::{Markup, html};
use signage_protocol::problem::Code;

use super::super::Shared;
use super::layout::page;
use super::session::Session;
use crate::Result;
use crate::ident::{Millis, timestamp};
use crate::records::{Query, cursor};
use crate::store::device_logs::Line;
use crate::store::faults::Fault;
use crate::store::plays::{By, Played, Total};
use crate::store::{Store, device_logs, plays};

/// Totals on the page.
const TOTALS: i64 = 20;

/// What is looked through, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Path of the page.
    pub path: &'a str,
    /// The screen that the page is of.
    pub screen: Option<&'a str>,
}

pub(super) async fn logs_page(
    State(state): State<Shared>,
    session: Session,
    Parameters(query): Parameters<Query>,
) -> Result<Markup> {
    let place = Place { path: "/logs", screen: None };
    let content = html! {
        div.head {
            h1 { "Logs" }
            p.summary { "What the screens have logged, newest first. Times are UTC, by the clock of the screen." }
        }
        (logs(&state.store, &session, &query, place).await?)
    };
    Ok(page("Logs", Some(&session.viewer(&state)?), content))
}

pub(super) async fn plays_page(
    State(state): State<Shared>,
    session: Session,
    Parameters(query): Parameters<Query>,
) -> Result<Markup> {
    let place = Place { path: "/plays", screen: None };
    let content = html! {
        div.head {
            h1 { "Proof of play" }
            p.summary { "What was on the screens, newest first. Times are UTC, by the clock of the screen." }
        }
        (plays(&state.store, &session, &query, place).await?)
    };
    Ok(page("Proof of play", Some(&session.viewer(&state)?), content))
}

/// Log lines with their filter.
pub(super) async fn logs(
    store: &Store,
    session: &Session,
    query: &Query,
    place: Place<'_>,
) -> Result<Markup> {
    let query =
        &Query { screen: place.screen.map_or_else(|| query.screen.clone(), str::to_owned), ..query.clone() };
    let found = match (query.logs(&session.operator.account, &session.scope), query.limit()) {
        (Ok(filter), Ok(limit)) => device_logs::page(store, &filter, limit).await?,
        (Err(error), _) | (_, Err(error)) => {
            return Ok(html! { (log_filter(query, place)) p.alert role="alert" { (error) } });
        }
    };
    let (lines, next) = found;
    Ok(html! {
        (log_filter(query, place))
        @if lines.is_empty() {
            div.card {
                h2 { "Nothing found" }
                p { "Screens report what they log every minute. Choose another severity or another time, or look whether the screen is online." }
            }
        } @else {
            div.card.flush { table {
                thead { tr {
                    th scope="col" { "When" }
                    th scope="col" { "Severity" }
                    @if place.screen.is_none() { th scope="col" { "Screen" } }
                    th scope="col" { "Message" }
                } }
                tbody { @for line in &lines { (log_row(line, place)) } }
            } }
        }
        (more(query, place, next.as_ref().map(cursor).transpose()?.as_deref(), &[("/api/v1/logs.csv", "screen-logs.csv", "Export as CSV"), ("/api/v1/logs.json", "screen-logs.json", "Export as JSON")]))
    })
}

fn log_row(line: &Line, place: Place<'_>) -> Markup {
    let severity = line.severity().as_str();
    html! {
        tr {
            th scope="row" { (when(line.at)) }
            td data-label="Severity" { span.severity.(severity) { (severity) } }
            @if place.screen.is_none() { td data-label="Screen" { a href={ "/screens/" (line.device) } { (line.name) } } }
            td data-label="Message" {
                (line.message)
                @if let Some(source) = &line.source { span.minor { (source) } }
            }
        }
    }
}

fn log_filter(query: &Query, place: Place<'_>) -> Markup {
    html! {
        section.card {
            form.line method="get" action=(place.path) {
                (kept(query, place, "logs"))
                div {
                    label for="severity" { "Severity" }
                    select #severity name="severity" {
                        @for (value, word) in [("", "All"), ("info", "Info and above"), ("warning", "Warnings and errors"), ("error", "Errors")] {
                            option value=(value) selected[query.severity == value] { (word) }
                        }
                    }
                }
                div { label for="words" { "Words" } input #words name="search" value=(query.search); }
                (span(query))
                button type="submit" { "Show" }
            }
        }
    }
}

/// What was played, with its filter and its totals.
pub(super) async fn plays(
    store: &Store,
    session: &Session,
    query: &Query,
    place: Place<'_>,
) -> Result<Markup> {
    let query =
        &Query { screen: place.screen.map_or_else(|| query.screen.clone(), str::to_owned), ..query.clone() };
    let (filter, limit) = match (query.plays(&session.operator.account, &session.scope), query.limit()) {
        (Ok(filter), Ok(limit)) => (filter, limit),
        (Err(error), _) | (_, Err(error)) => {
            return Ok(html! { (play_filter(query, place)) p.alert role="alert" { (error) } });
        }
    };
    let (played, next) = plays::page(store, &filter, limit).await?;
    let content = plays::totals(store, &filter, By::Content, TOTALS).await?;
    let screens = match place.screen {
        None => plays::totals(store, &filter, By::Screen, TOTALS).await?,
        Some(_) => Vec::new(),
    };
    Ok(html! {
        (play_filter(query, place))
        @if played.is_empty() {
            div.card {
                h2 { "Nothing found" }
                p { "Screens report what they have played every minute, also what they have played offline once they are online again. Choose another time or other content." }
            }
        } @else {
            div.pair {
                (totals("By content", "Content", &content))
                @if !screens.is_empty() { (totals("By screen", "Screen", &screens)) }
            }
            h2.apart { "Every showing" }
            div.card.flush { table {
                thead { tr {
                    th scope="col" { "Began" }
                    th scope="col" { "Content" }
                    @if place.screen.is_none() { th scope="col" { "Screen" } }
                    th scope="col" { "Duration" }
                    th scope="col" { "To the end" }
                } }
                tbody { @for play in &played { (play_row(play, place)) } }
            } }
        }
        (more(query, place, next.as_ref().map(cursor).transpose()?.as_deref(), &[("/api/v1/plays.csv", "proof-of-play.csv", "Export as CSV")]))
    })
}

fn play_row(play: &Played, place: Place<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { (when(play.started_at)) }
            td data-label="Content" {
                (play.title)
                @if let Some(playlist) = &play.playlist { span.minor { "in " (playlist) } }
                @if let Some(layout) = &play.layout { span.minor { "layout " (layout) } }
            }
            @if place.screen.is_none() { td data-label="Screen" { a href={ "/screens/" (play.device) } { (play.name) } } }
            td data-label="Duration" { (duration(play.duration_ms)) }
            td data-label="To the end" {
                @if play.completed != 0 { "yes" } @else { "no" @if let Some(reason) = &play.reason { span.minor { (reason) } } }
            }
        }
    }
}

fn totals(title: &str, what: &str, totals: &[Total]) -> Markup {
    html! {
        section {
            h2.apart { (title) }
            div.card.flush { table {
                thead { tr {
                    th scope="col" { (what) }
                    th scope="col" { "Showings" }
                    th scope="col" { "To the end" }
                    th scope="col" { "Time" }
                } }
                tbody {
                    @for total in totals {
                        tr {
                            th scope="row" { (total.name) }
                            td data-label="Showings" { (total.plays) }
                            td data-label="To the end" { (total.completed) }
                            td data-label="Time" { (duration(total.duration_ms)) }
                        }
                    }
                }
            } }
        }
    }
}

fn play_filter(query: &Query, place: Place<'_>) -> Markup {
    html! {
        section.card {
            form.line method="get" action=(place.path) {
                (kept(query, place, "plays"))
                div { label for="what" { "Content" } input #what name="content" value=(query.content) placeholder="Title or id"; }
                (span(query))
                button type="submit" { "Show" }
            }
        }
    }
}

/// The parts of a filter that a form keeps as they are; on a page of the account a screen can be named.
fn kept(query: &Query, place: Place<'_>, tab: &str) -> Markup {
    html! {
        @if place.screen.is_some() {
            input type="hidden" name="tab" value=(tab);
        } @else {
            div { label for="screen" { "Screen" } input #screen name="screen" value=(query.screen) placeholder="ID of a screen"; }
        }
    }
}

fn span(query: &Query) -> Markup {
    html! {
        div { label for="from" { "From" } input #from type="date" name="from" value=(query.from); }
        div { label for="until" { "Until" } input #until type="date" name="until" value=(query.until); }
    }
}

fn more(query: &Query, place: Place<'_>, next: Option<&str>, files: &[(&str, &str, &str)]) -> Markup {
    let parameters = query.parameters();
    // On the page of a screen its id is in the path.
    let own = match place.screen {
        Some(_) => Query { screen: String::new(), ..query.clone() }.parameters() + "&tab=" + &query.tab,
        None => parameters.clone(),
    };
    html! {
        p.line.paging {
            @if !query.after.is_empty() { a.button.quiet href={ (place.path) "?" (own) } { "Newest" } }
            @if let Some(next) = next { a.button.quiet href={ (place.path) "?" (own) "&after=" (next) } { "Older" } }
            @for (path, name, word) in files {
                a.button.quiet href={ (path) "?" (parameters) } download=(name) { (word) }
            }
        }
    }
}

/// What is wrong with a screen, and what was.
pub(super) fn faults(open: &[Fault], resolved: &[Fault]) -> Markup {
    html! {
        @if open.is_empty() {
            div.card { h2 { "No faults" } p { "Nothing is wrong with this screen, as far as it has said." } }
        } @else {
            h2.apart { "Not resolved" }
            (fault_table(open, false))
        }
        @if !resolved.is_empty() {
            h2.apart { "Resolved" }
            (fault_table(resolved, true))
        }
    }
}

fn fault_table(faults: &[Fault], resolved: bool) -> Markup {
    html! {
        div.card.flush { table {
            thead { tr {
                th scope="col" { "What is wrong" }
                th scope="col" { "Class" }
                th scope="col" { "Since" }
                @if resolved { th scope="col" { "Resolved" } }
            } }
            tbody {
                @for fault in faults {
                    @let code = Code::ALL.iter().find(|code| code.as_str() == fault.code);
                    tr {
                        th scope="row" {
                            @match code { Some(code) => (code.cause()), None => (fault.code) }
                            @if let Some(detail) = &fault.detail { span.minor { (detail) } }
                            @if let Some(code) = code { span.minor { (code.as_str()) " · " (code.action()) } }
                        }
                        td data-label="Class" { (fault.class) }
                        td data-label="Since" { (when(fault.raised_at)) }
                        @if resolved { td data-label="Resolved" { @if let Some(at) = fault.cleared_at { (when(at)) } } }
                    }
                }
            }
        } }
    }
}

/// A moment, UTC.
pub(super) fn when(at: Millis) -> Markup {
    let at = timestamp(at);
    html! { time datetime=(at) { (at.strftime("%Y-%m-%d %H:%M:%S")) } }
}

/// A span as people read it.
pub(super) fn duration(ms: i64) -> String {
    match ms {
        ..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms if ms < 60_000 => format!("{} s", ms / 1000),
        ms if ms < 3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
        ms => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_read_them() {
        let cases = [
            (200, "0.2 s"),
            (9999, "9.9 s"),
            (59_999, "59 s"),
            (61_000, "1 min 1 s"),
            (3_661_000, "1 h 1 min"),
        ];
        for (ms, text) in cases {
            assert_eq!(duration(ms), text);
        }
    }
}
