//! What a screen shows on a day, and at one moment of it: now, or at any time to come.

use axum::extract::{Path, Query, State};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::Shared;
use super::super::session::Session;
use super::catalogue::{Catalogue, layout_of};
use super::layouts::draw;
use super::{frame, words};
use crate::composition::layouts::Design;
use crate::composition::outlook::{self, Preview, Showing, Timeline, Why};
use crate::store::composed;
use crate::{Result, device, ident};

/// The moment that is asked for, in the time zone of the screen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    date: String,
    time: String,
    /// Anything: with what is not published yet.
    drafts: Option<String>,
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let account = &session.operator.account;
    let screen = device::find(&mut *state.store.read().await?, account, &id).await?;
    let (now, drafts) = (ident::now(), asked.drafts.is_some());
    let day: Option<Date> = asked.date.parse().ok();
    let mut timeline = outlook::timeline(&state.store, account, &id, day, drafts, now).await?;
    let zone = TimeZone::get(&timeline.timezone).unwrap_or(TimeZone::UTC);
    let at = moment(&zone, timeline.date, asked.time.parse().ok(), ident::timestamp(now));
    let mut preview = outlook::preview(&state.store, account, &id, at, drafts).await?;
    let sight = session.sight(&state).await?;
    sight.timeline(&mut timeline);
    sight.preview(&mut preview);
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let layout = match layout_of(preview.now.target.as_ref()) {
        Some(layout) => composed::by_id::<Design>(&mut *state.store.read().await?, account, layout).await?,
        None => None,
    };
    let title = format!("What {} shows", screen.name);
    frame(&state, &session, &title, |_| {
        html! {
            p { a href="/screens" { "Screens" } " / " a href={ "/screens/" (id) } { (screen.name) } }
            div.head { h1 { (title) } }
            (choose(&timeline, &zone, at, drafts))
            div.card {
                h2 { (at.to_zoned(zone.clone()).strftime("%A, %Y-%m-%d, %H:%M")) }
                (showing(&preview, &zone))
                @if let Some(layout) = &layout { (draw(&layout.body, &layout.name, &catalogue)) }
            }
            (day_table(&timeline, &zone, &id, drafts))
        }
    })
}

fn moment(zone: &TimeZone, date: Date, time: Option<Time>, now: Timestamp) -> Timestamp {
    let local = zone.to_datetime(now);
    let time =
        time.unwrap_or_else(|| if local.date() == date { local.time() } else { Time::constant(12, 0, 0, 0) });
    zone.to_ambiguous_zoned(DateTime::from_parts(date, time))
        .compatible()
        .map_or(now, |zoned| zoned.timestamp())
}

fn choose(timeline: &Timeline, zone: &TimeZone, at: Timestamp, drafts: bool) -> Markup {
    html! {
        form.line.card method="get" {
            div { label for="date" { "Day" } input #date type="date" name="date" value=(timeline.date) required; }
            div { label for="time" { "Time" } input #time type="time" name="time" value=(words::time(zone.to_datetime(at).time())); }
            div { label.box { input type="checkbox" name="drafts" value="1" checked[drafts]; "with what is not published" } }
            button type="submit" { "Show" }
        }
        p.hint {
            "Times are in " (timeline.timezone) "."
            @if !timeline.timezone_known { " This screen has no time zone on the hub; it goes by its own clock, which may differ." }
        }
    }
}

fn showing(preview: &Preview, zone: &TimeZone) -> Markup {
    html! {
        p {
            strong { (preview.now.name.as_deref().unwrap_or("Nothing")) } ", " (why(&preview.now))
            @if let Some(until) = preview.now.until { ", until " (until.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M")) }
            "."
        }
        @if preview.now.why == Why::Idle { p { "There is nothing to show: no entry of the schedule, and no default." } }
        @if !preview.due.is_empty() { p { "In turn: " (preview.due.join(", ")) "." } }
        @if !preview.instead.is_empty() {
            p.minor { "Without it: " @for (other, index) in preview.instead.iter().zip(0..) { @if index > 0 { ", then " } (other.name.as_deref().unwrap_or("nothing")) " (" (why(other)) ")" } "." }
        }
    }
}

fn why(showing: &Showing) -> String {
    let Some(by) = showing.by.as_ref().map(|by| by.name.as_str()) else {
        return match showing.why {
            Why::Override => "by an override that you may not see".into(),
            Why::Schedule => "by a schedule entry that you may not see".into(),
            Why::ScreenDefault => "by the screen's own default".into(),
            Why::AccountDefault => "by the account's default".into(),
            Why::Idle => "as nothing is scheduled".into(),
        };
    };
    match (showing.why, showing.priority) {
        (Why::Override, _) => format!("by the override {by}"),
        (_, Some(priority)) => format!("by the schedule entry {by} with priority {priority}"),
        (_, None) => format!("by the schedule entry {by}"),
    }
}

fn day_table(timeline: &Timeline, zone: &TimeZone, id: &str, drafts: bool) -> Markup {
    let local = |at: Timestamp| words::time(zone.to_datetime(at).time());
    let link = |at: Timestamp| {
        let more = if drafts { "&drafts=1" } else { "" };
        format!("/screens/{id}/preview?date={}&time={}{more}", timeline.date, local(at))
    };
    html! {
        div.card.flush {
            table {
                thead { tr { th scope="col" { "From" } th scope="col" { "Shows" } th scope="col" { "Why" } } }
                tbody {
                    @for showing in &timeline.showings {
                        tr {
                            th scope="row" { a href=(link(showing.from)) { (local(showing.from)) } }
                            td data-label="Shows" { (showing.name.as_deref().unwrap_or("Nothing")) }
                            td data-label="Why" { (why(showing)) }
                        }
                    }
                }
            }
        }
    }
}
