//! The form of a schedule entry.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::document::program::{Day, Repeat};

use super::super::super::Shared;
use super::super::form::Checked;
use super::super::layout::Viewer;
use super::super::session::Session;
use super::catalogue::{Catalogue, group};
use super::fields::{self, Fields};
use super::words::{day_name, ordinal};
use super::{answer, careful, frame, schedule};
use crate::composition::schedules::{self, NewEntry, Plan, Timing};
use crate::composition::time_blocks::Times;
use crate::composition::{Audience, Shown, outlook};
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::store::composed::{self, Draft};
use crate::{Error, Result, ident};

/// Screens that are listed one by one; more are reached by tags, folders and groups.
const LISTED: usize = 200;

/// What the form begins with, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Begin {
    target: String,
}

/// What the form needs to know.
struct Choices {
    catalogue: Catalogue,
    blocks: BTreeMap<String, String>,
    screens: BTreeMap<String, String>,
}

impl Choices {
    async fn load(state: &Shared, session: &Session) -> Result<Self> {
        let (account, sight) = (&session.operator.account, session.sight(state).await?);
        let blocks = composed::all::<Times>(&state.store, account).await?;
        let blocks = blocks.into_iter().map(|block| (block.id, block.name));
        Ok(Self {
            catalogue: Catalogue::load(&state.store, account, &sight).await?,
            blocks: blocks.filter(|(id, _)| sight.sees(id)).collect(),
            screens: schedule::screens(state, account, &sight).await?,
        })
    }
}

pub(super) async fn show_new(
    State(state): State<Shared>,
    session: Session,
    Query(begin): Query<Begin>,
) -> Result<Markup> {
    let target = Fields::of("target", &begin.target).shown().ok();
    render_new(&state, &session, target.as_ref(), html! {}).await
}

async fn render_new(
    state: &Shared,
    session: &Session,
    target: Option<&Shown>,
    message: Markup,
) -> Result<Markup> {
    let choices = Choices::load(state, session).await?;
    frame(state, session, "New entry", |viewer| {
        html! {
            p { a href="/schedule" { "Schedule" } }
            div.head { h1 { "New entry" } }
            (message)
            (form(viewer, "/schedule/new", None, target, &choices))
        }
    })
}

pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let made = async {
        let new = allowed(&state, &session, read(&input, None)?, None).await?;
        schedules::create(&state.store, &actor, new, ident::now()).await
    };
    let next = made.await.map(|_| "/schedule?saved=1");
    let target = input.shown().ok();
    answer(next, async |message| render_new(&state, &session, target.as_ref(), message).await).await
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Markup> {
    render(&state, &session, &id, html! {}).await
}

async fn render(state: &Shared, session: &Session, id: &str, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut entry = composed::find::<Plan>(&mut *state.store.read().await?, account, id).await?;
    let sight = session.sight(state).await?;
    entry.body.audience = sight.audience(entry.body.audience).unwrap_or_default();
    let choices = Choices::load(state, session).await?;
    let mut conflicts = outlook::conflicts(&state.store, account, Some(id), ident::now()).await?;
    sight.conflicts(&mut conflicts);
    frame(state, session, &entry.name, |viewer| {
        html! {
            p { a href="/schedule" { "Schedule" } }
            div.head { h1 { (entry.name) } }
            (message)
            (schedule::warnings(&conflicts))
            @if viewer.may_in(Right::EditContent, entry.folder.as_deref()) {
                (form(viewer, &format!("/schedule/{id}"), Some(&entry), None, &choices))
                (careful(viewer, &format!("/schedule/{id}/delete"), "Delete entry", "Screens go on with it until that is published."))
            } @else {
                p { (choices.catalogue.name(&entry.body.target)) }
            }
        }
    })
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let account = &session.operator.account;
    let old = composed::find::<Plan>(&mut *state.store.read().await?, account, &id).await?;
    let changed = async {
        let new = read(&input, old.folder.clone())?;
        let new = allowed(&state, &session, new, Some(&old.body.audience)).await?;
        schedules::change(&state.store, &actor, &id, new, ident::now()).await
    };
    let next = changed.await.map(|_| "/schedule?saved=1");
    answer(next, async |message| render(&state, &session, &id, message).await).await
}

fn form(
    viewer: &Viewer<'_>,
    action: &str,
    entry: Option<&Draft<Plan>>,
    target: Option<&Shown>,
    choices: &Choices,
) -> Markup {
    let plan = entry.map(|entry| &entry.body);
    html! {
        div.card.form {
            form method="post" action=(action) {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name" }
                input #name name="name" value=[entry.map(|entry| entry.name.as_str())] required maxlength="100";
                (choices.catalogue.choose(plan.map(|plan| &plan.target).or(target), true))
                (audience(plan.map(|plan| &plan.audience), &choices.screens))
                (timing(plan.map(|plan| &plan.timing), &choices.blocks))
                label for="priority" { "Priority (the higher one is shown; of equal ones the newest)" }
                input #priority type="number" name="priority" step="1" value=(plan.map_or(0, |plan| plan.priority));
                button type="submit" { "Save" }
            }
        }
    }
}

/// Choices of screens.
pub(super) fn audience(chosen: Option<&Audience>, screens: &BTreeMap<String, String>) -> Markup {
    let everybody = chosen.is_none_or(|chosen| chosen.everybody);
    let list = |names: fn(&Audience) -> &Vec<String>| {
        chosen.map(|chosen| names(chosen).join(", ")).unwrap_or_default()
    };
    let mut listed: Vec<(&String, &String)> = screens.iter().collect();
    listed.sort_by_key(|(_, name)| name.to_lowercase());
    html! {
        fieldset {
            legend { "On which screens" }
            label.box { input type="checkbox" name="everybody" value="1" checked[everybody]; "Every screen" }
            span.minor { "Or, without the tick, every screen to which any of this applies:" }
            label for="tags" { "Tags" }
            input #tags name="tags" value=(list(|chosen| &chosen.tags)) placeholder="window, ground-floor";
            label for="folders" { "Folders, with those below" }
            input #folders name="folders" value=(list(|chosen| &chosen.folders)) placeholder="Berlin/Foyer";
            label for="groups" { "Groups" }
            input #groups name="groups" value=(list(|chosen| &chosen.groups));
            @if !listed.is_empty() {
                details open[chosen.is_some_and(|chosen| !chosen.screens.is_empty())] {
                    summary { "Single screens" }
                    @for (id, name) in listed.iter().take(LISTED) {
                        label.box { input type="checkbox" name={ "screen-" (id) } value="1" checked[chosen.is_some_and(|chosen| chosen.screens.contains(id))]; (name) }
                    }
                    @if listed.len() > LISTED { p.minor { "The others are reached by tags, folders and groups." } }
                }
            }
        }
    }
}

fn timing(chosen: Option<&Timing>, blocks: &BTreeMap<String, String>) -> Markup {
    let repeat = chosen.map_or(&Repeat::Once, |chosen| &chosen.repeat);
    let (every, step) = match repeat {
        Repeat::Once | Repeat::Unknown => ("once", 1),
        Repeat::Day { step } => ("day", *step),
        Repeat::Week { step, .. } => ("week", *step),
        Repeat::MonthDay { step, .. } => ("month-day", *step),
        Repeat::MonthWeekday { step, .. } => ("month-weekday", *step),
    };
    let days: &[Day] = match repeat {
        Repeat::Week { days, .. } => days,
        _ => &[],
    };
    let month_day = match repeat {
        Repeat::MonthDay { day, .. } => Some(*day),
        _ => None,
    };
    let (nth, weekday) = match repeat {
        Repeat::MonthWeekday { nth, day, .. } => (*nth, *day),
        _ => (1, Day::Mon),
    };
    let except: Vec<String> =
        chosen.map(|chosen| chosen.except.iter().map(Date::to_string).collect()).unwrap_or_default();
    html! {
        fieldset {
            legend { "When, by the clock of each screen" }
            label for="date" { "First day" }
            input #date type="date" name="date" required value=[chosen.map(|chosen| chosen.date.to_string())];
            label for="every" { "Repeat" }
            select #every name="every" {
                @for (value, label) in [("once", "Only on this day"), ("day", "By days"), ("week", "By weeks, on the days below"), ("month-day", "By months, on a day of the month"), ("month-weekday", "By months, on a day of the week")] {
                    option value=(value) selected[every == value] { (label) }
                }
            }
            label for="step" { "Every … days, weeks or months" }
            input #step type="number" name="step" min="1" max="366" value=(step);
            (fields::days(days, "Days of the week (none means that of the first day)"))
            label for="month-day" { "Day of the month (-1 is the last one)" }
            input #month-day type="number" name="month-day" min="-1" max="31" value=[month_day];
            div.line {
                div { label for="nth" { "Or the" } select #nth name="nth" { @for n in [1i8, 2, 3, 4, 5, -1] { option value=(n) selected[nth == n] { (ordinal(n)) } } } }
                div { label for="weekday" { "day of the week" } select #weekday name="weekday" { @for day in Day::ALL { option value=(day.as_str()) selected[weekday == day] { (day_name(day)) } } } }
            }
            label for="until" { "Last day (optional)" }
            input #until type="date" name="until" value=[chosen.and_then(|chosen| chosen.until).map(|date| date.to_string())];
            label for="count" { "Or so many times (optional)" }
            input #count type="number" name="count" min="1" max="1000" value=[chosen.and_then(|chosen| chosen.count)];
            label for="except" { "Not on these days (optional, separated by commas)" }
            input #except name="except" value=(except.join(", ")) placeholder="2026-12-24, 2026-12-25";
            label for="block" { "Time block" }
            select #block name="block" {
                option value="" { "None: the times below" }
                (group("Time blocks", blocks, chosen.and_then(|chosen| chosen.time_block.as_deref())))
            }
            (fields::spans(chosen.map(|chosen| chosen.spans.as_slice()).unwrap_or_default(), "Times of day (none means all day)"))
        }
    }
}

/// An entry that this person may make: in its folder, and for its screens.
async fn allowed(
    state: &Shared,
    session: &Session,
    mut new: NewEntry,
    old: Option<&Audience>,
) -> Result<NewEntry> {
    session.check_folder(Right::EditContent, Area::Content, new.folder.as_deref())?;
    new.audience = session.sight(state).await?.reach(old, new.audience)?;
    Ok(new)
}

fn read(input: &Fields, folder: Option<String>) -> Result<NewEntry> {
    let step = input.value("step", "Every")?.unwrap_or(1);
    let repeat = match input.text("every") {
        "day" => Repeat::Day { step },
        "week" => Repeat::Week { step, days: input.days() },
        "month-day" => {
            let day = input.value("month-day", "Day of the month")?;
            let missing = || Error::Invalid("Give the day of the month.".into());
            Repeat::MonthDay { step, day: day.ok_or_else(missing)? }
        }
        "month-weekday" => {
            let day = Day::ALL.into_iter().find(|day| day.as_str() == input.text("weekday"));
            Repeat::MonthWeekday {
                step,
                nth: input.value("nth", "Or the")?.unwrap_or(1),
                day: day.unwrap_or(Day::Mon),
            }
        }
        _ => Repeat::Once,
    };
    let except: std::result::Result<Vec<Date>, _> =
        input.list("except").iter().map(|text| text.parse()).collect();
    let date = input.date("date", "First day")?;
    Ok(NewEntry {
        name: input.text("name").to_owned(),
        folder,
        target: input.shown()?,
        audience: input.audience(),
        priority: input.value("priority", "Priority")?.unwrap_or_default(),
        timing: Timing {
            date: date.ok_or_else(|| Error::Invalid("Give the first day.".into()))?,
            repeat,
            until: input.date("until", "Last day")?,
            count: input.value("count", "So many times")?,
            except: except
                .map_err(|_| Error::Invalid("Not on these days: give days such as 2026-12-24.".into()))?,
            spans: input.spans()?,
            time_block: input.given("block").map(ToOwned::to_owned),
        },
    })
}
