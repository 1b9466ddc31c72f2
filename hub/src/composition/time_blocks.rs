//! Named times, such as "Opening hours", for any number of entries. Changing one changes the drafts of all its entries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::program::{Day, Span};

use super::{check_days, check_room, check_spans, draft, publishing, schedules::Plan};
use crate::api_token::Actor;
use crate::ident::Millis;
use crate::store::composed::{self, Composed, Draft, Filter};
use crate::store::{self, Connection, Store, audit};
use crate::{Error, Result};

/// Times of certain days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Times {
    /// Days of the week; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
    /// The times.
    pub spans: Vec<Span>,
}

impl Composed for Times {
    const TABLE: &'static str = "time_block";
    const PREFIX: &'static str = "tbl";
    const WHAT: &'static str = "time block";
}

/// What a time block is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTimeBlock {
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    #[serde(default)]
    pub folder: Option<String>,
    /// The times.
    pub times: Times,
}

/// Makes one.
pub async fn create(
    store: &Store,
    actor: &Actor<'_>,
    new: NewTimeBlock,
    now: Millis,
) -> Result<Draft<Times>> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    check_room::<Times>(&mut change, actor.account).await?;
    let (name, folder) = (super::name(&new.name)?, super::folder(new.folder.as_deref())?);
    let made = draft(actor.account, name, folder, checked(new.times)?, now)?;
    composed::put(&mut change, &made).await?;
    audit::by(&mut change, actor, "time-block.create", &made.id, None, now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Changes one as a whole.
pub async fn change(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    new: NewTimeBlock,
    now: Millis,
) -> Result<Draft<Times>> {
    let mut change = store.write().await?;
    publishing::keep_baseline(&mut change, actor.account, now).await?;
    let mut block = composed::find::<Times>(&mut change, actor.account, id).await?;
    block.name = super::name(&new.name)?;
    block.folder = super::folder(new.folder.as_deref())?;
    block.body = checked(new.times)?;
    block.updated_at = now;
    composed::put(&mut change, &block).await?;
    audit::by(&mut change, actor, "time-block.change", id, None, now).await?;
    store::commit(change).await?;
    Ok(block)
}

/// Removes one that no entry uses.
pub async fn delete(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let block = composed::find::<Times>(&mut change, actor.account, id).await?;
    let users = users(&mut change, actor.account, id).await?;
    if !users.is_empty() {
        let names: Vec<String> = users.into_iter().map(|(_, name)| name).collect();
        return Err(Error::Conflict(format!("these entries of the schedule use it: {}", names.join(", "))));
    }
    audit::by(&mut change, actor, "time-block.delete", id, Some(&block.name), now).await?;
    composed::delete::<Times>(&mut change, actor.account, id).await?;
    store::commit(change).await
}

/// Ids and names of the entries that use one.
pub async fn users(connection: &mut Connection, account: &str, id: &str) -> Result<Vec<(String, String)>> {
    let entries = composed::page::<Plan>(connection, account, &Filter::ALL).await?;
    let used = entries.into_iter().filter(|entry| entry.body.timing.time_block.as_deref() == Some(id));
    Ok(used.map(|entry| (entry.id, entry.name)).collect())
}

fn checked(mut times: Times) -> Result<Times> {
    check_spans(&times.spans)?;
    if times.spans.is_empty() {
        return Err(Error::Invalid("a time block has at least one time of day".into()));
    }
    times.days = check_days(&times.days);
    Ok(times)
}
