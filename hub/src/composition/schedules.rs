//! Drafts of schedule entries: what is shown, where and when.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::limits;
use signage_protocol::document::program::{Entry, Repeat, Span, When};

use super::publishing::Planned;
use super::time_blocks::Times;
use super::{Audience, Shown, check_room, check_spans, draft, publishing, target};
use crate::api_token::Actor;
use crate::ident::{self, Millis};
use crate::store::composed::{self, Composed, Draft, Filter};
use crate::store::{self, Connection, Store, audit};
use crate::{Error, Result};

/// Most times that an entry may hold, when it is counted.
const MAX_COUNT: u32 = 1000;
/// Highest priority, and lowest as a negative number.
const MAX_PRIORITY: i32 = 1_000_000;

/// When an entry is shown, in the time zone of each screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Timing {
    /// The first date that may count, and the one from which weeks and months are counted.
    pub date: Date,
    /// Which dates from then on; without it the first date only.
    #[serde(default = "once")]
    pub repeat: Repeat,
    /// The last date on which it may begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// On how many dates, in place of a last one; excepted dates are counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Dates on which it does not begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Date>,
    /// Times of day; without them and without a time block, all day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// Id of a time block, in place of times of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_block: Option<String>,
}

fn once() -> Repeat {
    Repeat::Once
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// What is shown.
    pub target: Shown,
    /// On which screens.
    pub audience: Audience,
    /// The higher one is shown; of equal ones the newest.
    #[serde(default)]
    pub priority: i32,
    /// When.
    pub timing: Timing,
}

impl Composed for Plan {
    const TABLE: &'static str = "schedule_entry";
    const PREFIX: &'static str = "sch";
    const WHAT: &'static str = "schedule entry";
}

/// What an entry is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEntry {
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    #[serde(default)]
    pub folder: Option<String>,
    /// What is shown.
    pub target: Shown,
    /// On which screens.
    pub audience: Audience,
    /// The higher one is shown; of equal ones the newest.
    #[serde(default)]
    pub priority: i32,
    /// When.
    pub timing: Timing,
}

/// Makes a draft.
pub async fn create(store: &Store, actor: &Actor<'_>, new: NewEntry, now: Millis) -> Result<Draft<Plan>> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    check_room::<Plan>(&mut change, actor.account).await?;
    let (name, folder) = (super::name(&new.name)?, super::folder(new.folder.as_deref())?);
    let plan = checked(&mut change, actor.account, new).await?;
    let made = draft(actor.account, name, folder, plan, now)?;
    composed::put(&mut change, &made).await?;
    audit::by(&mut change, actor, "schedule.create", &made.id, None, now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Changes a draft as a whole. It keeps its age, which decides between equal priorities.
pub async fn change(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    new: NewEntry,
    now: Millis,
) -> Result<Draft<Plan>> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let mut entry = composed::find::<Plan>(&mut change, actor.account, id).await?;
    entry.name = super::name(&new.name)?;
    entry.folder = super::folder(new.folder.as_deref())?;
    entry.body = checked(&mut change, actor.account, new).await?;
    entry.updated_at = now;
    composed::put(&mut change, &entry).await?;
    audit::by(&mut change, actor, "schedule.change", id, None, now).await?;
    store::commit(change).await?;
    Ok(entry)
}

/// Removes a draft. Screens go on with what is published until that is renewed.
pub async fn delete(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let entry = composed::find::<Plan>(&mut change, actor.account, id).await?;
    audit::by(&mut change, actor, "schedule.delete", id, Some(&entry.name), now).await?;
    composed::delete::<Plan>(&mut change, actor.account, id).await?;
    store::commit(change).await
}

/// A plan that a screen can carry out.
async fn checked(connection: &mut Connection, account: &str, new: NewEntry) -> Result<Plan> {
    let NewEntry { target: shown, audience, priority, mut timing, .. } = new;
    target(connection, account, &shown).await?;
    audience.check()?;
    if priority.abs() > MAX_PRIORITY {
        return Err(Error::Invalid(format!("a priority is -{MAX_PRIORITY} to {MAX_PRIORITY}")));
    }
    let block = match &timing.time_block {
        Some(id) => Some(composed::find::<Times>(connection, account, id).await?.body),
        None => None,
    };
    check_timing(&timing)?;
    if timing.spans.is_empty() && block.is_none() {
        timing.spans = vec![Span { from: Time::midnight(), to: Time::midnight(), days: 0 }];
    }
    if signage_schedule::last_date(&when(&timing, block.as_ref())?, 1).is_none() {
        return Err(Error::Invalid("there is no date on which this would begin".into()));
    }
    Ok(Plan { target: shown, audience, priority, timing })
}

fn check_timing(timing: &Timing) -> Result<()> {
    let invalid = |text: String| Err(Error::Invalid(text));
    if timing.time_block.is_some() && !timing.spans.is_empty() {
        return invalid("give times of day or a time block, not both".into());
    }
    check_spans(&timing.spans)?;
    if timing.until.is_some() && timing.count.is_some() {
        return invalid("give a last date or a count, not both".into());
    }
    if timing.until.is_some_and(|until| until < timing.date) {
        return invalid("the last date is before the first".into());
    }
    if timing.count.is_some_and(|count| !(1..=MAX_COUNT).contains(&count)) {
        return invalid(format!("a count is 1 to {MAX_COUNT}; for longer give a last date"));
    }
    if timing.except.len() > limits::EXCEPTIONS {
        return invalid(format!("there are at most {} excepted dates", limits::EXCEPTIONS));
    }
    let step = |step: u16| (1..=limits::EVERY).contains(&step);
    let (steps, fits) = match &timing.repeat {
        Repeat::Once => (1, true),
        Repeat::Day { step } | Repeat::Week { step, .. } => (*step, true),
        Repeat::MonthDay { step, day } => (*step, matches!(day, -1 | 1..=31)),
        Repeat::MonthWeekday { step, nth, .. } => (*step, matches!(nth, -1 | 1..=5)),
        Repeat::Unknown => (1, false),
    };
    if !step(steps) {
        return invalid(format!("a step is 1 to {}", limits::EVERY));
    }
    if !fits {
        return invalid(
            "repeat: every is once, day, week, monthDay (day 1 to 31, or -1) or monthWeekday (nth 1 to 5, or -1)"
                .into(),
        );
    }
    Ok(())
}

/// A timing as screens get it: times of the block in it, a count turned into a last date.
fn when(timing: &Timing, block: Option<&Times>) -> Result<When> {
    let mut when = When {
        date: timing.date,
        until: timing.until,
        repeat: timing.repeat.clone(),
        except: timing.except.clone(),
        only: block.map(|block| block.days.clone()).unwrap_or_default(),
        spans: block.map_or_else(|| timing.spans.clone(), |block| block.spans.clone()),
    };
    if let Some(count) = timing.count {
        let none = || Error::Invalid("there are not as many dates as the count says".into());
        when.until = Some(signage_schedule::last_date(&when, count).ok_or_else(none)?);
    }
    Ok(when)
}

/// Every draft of an account as screens would get it, with its audience, by id.
pub(super) async fn compile(connection: &mut Connection, account: &str) -> Result<BTreeMap<String, Planned>> {
    let blocks = composed::page::<Times>(connection, account, &Filter::ALL).await?;
    let blocks: HashMap<String, Times> = blocks.into_iter().map(|block| (block.id, block.body)).collect();
    let mut compiled = BTreeMap::new();
    for Draft { id, name, body, created_at, .. } in
        composed::page::<Plan>(connection, account, &Filter::ALL).await?
    {
        let block = body.timing.time_block.as_ref().and_then(|id| blocks.get(id));
        let entry = Entry {
            id: id.clone(),
            name,
            target: target(connection, account, &body.target).await?,
            priority: body.priority,
            created_at: ident::timestamp(created_at),
            when: when(&body.timing, block)?,
        };
        compiled.insert(id, Planned { entry, audience: body.audience });
    }
    Ok(compiled)
}
