//! Table `play`: what screens have played.

use sqlx::FromRow;

use super::Store;
use super::device_logs::Place;
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Whose.
    pub account: String,
    /// Of the screens in these folders.
    pub scope: Scope,
    /// By this screen only.
    pub device: Option<String>,
    /// Title, or content as the publication names it.
    pub content: Option<String>,
    /// First moment, by the screen's clock.
    pub from: Option<Millis>,
    /// First moment that no longer counts.
    pub until: Option<Millis>,
    /// Where the page before ended.
    pub before: Option<Place>,
}

/// One item was on the screen.
#[derive(Debug, Clone, FromRow)]
pub struct Played {
    /// Screen.
    pub device: String,
    /// What it is called.
    pub name: String,
    /// The screen's id of the record.
    pub id: String,
    /// By the screen's clock.
    pub started_at: Millis,
    /// By the hub's clock.
    pub received_at: Millis,
    /// How long.
    pub duration_ms: i64,
    /// As the publication names it.
    pub content: Option<String>,
    /// For people.
    pub title: String,
    /// Name of the layout.
    pub layout: Option<String>,
    /// Name of the playlist.
    pub playlist: Option<String>,
    /// Whether it was shown to its end.
    pub completed: i64,
    /// Why not.
    pub reason: Option<String>,
}

/// What totals are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Content.
    Content,
    /// Screens.
    Screen,
}

/// A total.
#[derive(Debug, Clone, FromRow)]
pub struct Total {
    /// Content or screen.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How often it was shown, or showed something.
    pub plays: i64,
    /// How often to the end.
    pub completed: i64,
    /// For how long.
    pub duration_ms: i64,
}

fn condition(filter: &Filter) -> (&'static str, &str) {
    match &filter.device {
        Some(device) => (
            "p.device = $1 AND p.account = $2 AND p.started_at >= $3 AND p.started_at < $4 \
             AND ($5 = '' OR p.content = $5 OR p.title = $5)",
            device,
        ),
        None => (
            "p.account = $1 AND p.account = $2 AND p.started_at >= $3 AND p.started_at < $4 \
             AND ($5 = '' OR p.content = $5 OR p.title = $5)",
            &filter.account,
        ),
    }
}

/// A page of records, newest first, and where it ended if there is more.
pub async fn page(store: &Store, filter: &Filter, limit: i64) -> Result<(Vec<Played>, Option<Place>)> {
    let mut connection = store.read().await?;
    let (condition, whose) = condition(filter);
    let place = filter.before.clone().unwrap_or(Place(i64::MAX, String::new(), String::new()));
    let seen = filter.scope.sql(Area::Screens, "d.folder");
    let sql = format!(
        "SELECT p.device, d.name, p.id, p.started_at, p.received_at, p.duration_ms, p.content, p.title, p.layout, \
         p.playlist, p.completed, p.reason FROM play p JOIN device d ON d.id = p.device WHERE {seen} AND {condition} \
         AND (p.started_at < $6 OR (p.started_at = $6 AND (p.device > $7 OR (p.device = $7 AND p.id > $8)))) \
         ORDER BY p.started_at DESC, p.device, p.id LIMIT $9"
    );
    let mut played: Vec<Played> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(whose)
        .bind(&filter.account)
        .bind(filter.from.unwrap_or(i64::MIN))
        .bind(filter.until.unwrap_or(i64::MAX))
        .bind(filter.content.as_deref().unwrap_or_default())
        .bind(place.0)
        .bind(place.1)
        .bind(place.2)
        .bind(limit + 1)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("reading proof of play"))?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = played.len() > wanted;
    played.truncate(wanted);
    let place = played.last().filter(|_| more);
    let place = place.map(|play| Place(play.started_at, play.device.clone(), play.id.clone()));
    Ok((played, place))
}

/// Totals, the most often shown first.
pub async fn totals(store: &Store, filter: &Filter, by: By, limit: i64) -> Result<Vec<Total>> {
    let mut connection = store.read().await?;
    let (condition, whose) = condition(filter);
    let (id, name) = match by {
        By::Content => ("COALESCE(p.content, p.title)", "MAX(p.title)"),
        By::Screen => ("p.device", "MAX(d.name)"),
    };
    let seen = filter.scope.sql(Area::Screens, "d.folder");
    let sql = format!(
        "SELECT {id} AS id, {name} AS name, COUNT(*) AS plays, CAST(SUM(p.completed) AS BIGINT) AS completed, \
         CAST(SUM(p.duration_ms) AS BIGINT) AS duration_ms FROM play p JOIN device d ON d.id = p.device \
         WHERE {seen} AND {condition} GROUP BY {id} ORDER BY COUNT(*) DESC, {id} LIMIT $6"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(whose)
        .bind(&filter.account)
        .bind(filter.from.unwrap_or(i64::MIN))
        .bind(filter.until.unwrap_or(i64::MAX))
        .bind(filter.content.as_deref().unwrap_or_default())
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("adding up proof of play"))
}
