//! The schedule: its entries, and which of them get in each other's way.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::Shared;
use super::super::form::{Checked, Nothing};
use super::super::session::Session;
use super::catalogue::Catalogue;
use super::{frame, then, words};
use crate::composition::outlook::{self, Conflict};
use crate::composition::publishing;
use crate::composition::schedules::{self, Plan};
use crate::composition::time_blocks::Times;
use crate::rights::Right;
use crate::sight::Sight;
use crate::store::{composed, devices};
use crate::{Result, ident};

/// What was just done, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    saved: Option<String>,
}

/// Names of the screens of an account by id, as far as they are there for somebody.
pub(super) async fn screens(
    state: &Shared,
    account: &str,
    sight: &Sight,
) -> Result<BTreeMap<String, String>> {
    let devices = devices::list(&state.store, account).await?;
    let names = devices.into_iter().map(|device| (device.id, device.name));
    Ok(names.filter(|(id, _)| sight.sees(id)).collect())
}

pub(super) async fn list(
    State(state): State<Shared>,
    session: Session,
    Query(done): Query<Done>,
) -> Result<Markup> {
    let account = &session.operator.account;
    let sight = session.sight(&state).await?;
    let mut entries = composed::all::<Plan>(&state.store, account).await?;
    entries.retain(|entry| sight.sees(&entry.id));
    for entry in &mut entries {
        // Of an audience of which nothing may be seen, nothing is said.
        entry.body.audience = sight.audience(std::mem::take(&mut entry.body.audience)).unwrap_or_default();
    }
    let blocks = composed::all::<Times>(&state.store, account).await?;
    let blocks = blocks.into_iter().map(|block| (block.id, block.name)).filter(|(id, _)| sight.sees(id));
    let blocks: BTreeMap<String, String> = blocks.collect();
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let screens = screens(&state, account, &sight).await?;
    let name = |id: &str| screens.get(id).cloned().unwrap_or_else(|| "a screen that left".into());
    let mut conflicts = outlook::conflicts(&state.store, account, None, ident::now()).await?;
    sight.conflicts(&mut conflicts);
    let mut pending = publishing::pending(&state.store, account).await?;
    sight.changes(&mut pending);
    frame(&state, &session, "Schedule", |viewer| {
        html! {
            div.head {
                h1 { "Schedule" }
                p.summary { (entries.len()) }
                div.actions {
                    @if viewer.may_in(Right::EditContent, None) { a.button href="/schedule/new" { "New entry" } }
                    a.button.quiet href="/time-blocks" { "Time blocks" }
                    a.button.quiet href="/overrides" { "Overrides" }
                }
            }
            @if done.saved.is_some() { p.good role="status" { "Saved. Screens follow it once it is published." } }
            @if pending.iter().any(|change| change.kind == "schedule") {
                p.notice { "There are entries that are not published yet. " a href="/publish" { "Publish" } }
            }
            (warnings(&conflicts))
            @if entries.is_empty() {
                div.card { h2 { "Nothing is scheduled" } p { "Screens show their default all day. An entry shows something else at certain times, on the screens that you choose." } }
            } @else {
                div.card.flush {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Shows" } th scope="col" { "When" } th scope="col" { "Where" } th scope="col" { "Priority" } } }
                        tbody {
                            @for entry in &entries {
                                @let block = entry.body.timing.time_block.as_ref().and_then(|id| blocks.get(id));
                                tr {
                                    th scope="row" { a href={ "/schedule/" (entry.id) } { (entry.name) } }
                                    td data-label="Shows" { (catalogue.name(&entry.body.target)) }
                                    td data-label="When" { (words::timing(&entry.body.timing, block.map(String::as_str))) }
                                    td data-label="Where" { (words::audience(&entry.body.audience, name)) }
                                    td data-label="Priority" { (entry.body.priority) }
                                }
                            }
                        }
                    }
                }
                p.hint { "Times are those of each screen. Where several entries want a screen, the higher priority is shown; of equal ones the newest. What a screen shows at any time is on its page under “What it shows”." }
            }
        }
    })
}

/// Entries that want the same screens at the same time.
pub(super) fn warnings(conflicts: &[Conflict]) -> Markup {
    const SHOWN: usize = 10;
    let (ties, ranked): (Vec<&Conflict>, Vec<&Conflict>) =
        conflicts.iter().partition(|conflict| conflict.tie);
    let line = |conflict: &Conflict| {
        html! {
            li {
                a href={ "/schedule/" (conflict.wins.id) } { (conflict.wins.name) } " is shown instead of "
                a href={ "/schedule/" (conflict.loses.id) } { (conflict.loses.name) }
                " on " (conflict.screens) (if conflict.screens == 1 { " screen" } else { " screens" })
                ", first on " (conflict.from.strftime("%Y-%m-%d %H:%M")) " UTC"
            }
        }
    };
    html! {
        @if !ties.is_empty() {
            div.alert role="alert" {
                p { "These entries have the same priority, so only their age decides. Give the one that is to be shown a higher priority." }
                ul { @for conflict in ties.iter().take(SHOWN) { (line(conflict)) } }
            }
        }
        @if !ranked.is_empty() {
            details.padded {
                summary { (ranked.len()) " overlaps that priorities decide" }
                ul { @for conflict in ranked.iter().take(SHOWN) { (line(conflict)) } }
            }
        }
    }
}

pub(super) async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    then(schedules::delete(&state.store, &actor, &id, ident::now()).await, "/schedule?saved=1")
}
