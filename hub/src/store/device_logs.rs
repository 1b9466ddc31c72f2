//! Table `device_log`: what screens have logged.

use serde::{Deserialize, Serialize};
use signage_protocol::report::Severity;
use sqlx::FromRow;

use super::Store;
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Whose.
    pub account: String,
    /// Of the screens in these folders.
    pub scope: Scope,
    /// Of this screen only.
    pub device: Option<String>,
    /// This grave or graver.
    pub severity: Severity,
    /// First moment, by the screen's clock.
    pub from: Option<Millis>,
    /// First moment that no longer counts.
    pub until: Option<Millis>,
    /// In message or source.
    pub text: String,
    /// Where the page before ended.
    pub before: Option<Place>,
}

/// A place in a list that is ordered by time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(pub Millis, pub String, pub String);

/// A line.
#[derive(Debug, Clone, FromRow)]
pub struct Line {
    /// Screen.
    pub device: String,
    /// What it is called.
    pub name: String,
    /// The screen's id of the line.
    pub id: String,
    /// By the screen's clock.
    pub at: Millis,
    /// By the hub's clock.
    pub received_at: Millis,
    /// As a number.
    pub severity: i64,
    /// Which program.
    pub source: Option<String>,
    /// What.
    pub message: String,
}

impl Line {
    /// How grave.
    pub fn severity(&self) -> Severity {
        usize::try_from(self.severity)
            .ok()
            .and_then(|number| Severity::ALL.get(number).copied())
            .unwrap_or(Severity::Error)
    }
}

/// As it is stored.
pub(crate) fn number(severity: Severity) -> i64 {
    severity as i64
}

/// A page of lines, newest first, and where it ended if there is more.
pub async fn page(store: &Store, filter: &Filter, limit: i64) -> Result<(Vec<Line>, Option<Place>)> {
    let mut connection = store.read().await?;
    // The index of the screen is of use only when the condition is a plain one.
    let (scope, whose) = match &filter.device {
        Some(device) => ("l.device = $1 AND l.account = $2", device),
        None => ("l.account = $1 AND l.account = $2", &filter.account),
    };
    let place = filter.before.clone().unwrap_or(Place(i64::MAX, String::new(), String::new()));
    let seen = filter.scope.sql(Area::Screens, "d.folder");
    let sql = format!(
        "SELECT l.device, d.name, l.id, l.at, l.received_at, l.severity, l.source, l.message \
         FROM device_log l JOIN device d ON d.id = l.device \
         WHERE {scope} AND {seen} AND l.severity >= $3 AND l.at >= $4 AND l.at < $5 \
         AND LOWER(COALESCE(l.source, '') || ' ' || l.message) LIKE LOWER($6) ESCAPE '!' \
         AND (l.at < $7 OR (l.at = $7 AND (l.device > $8 OR (l.device = $8 AND l.id > $9)))) \
         ORDER BY l.at DESC, l.device, l.id LIMIT $10"
    );
    let mut lines: Vec<Line> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(whose)
        .bind(&filter.account)
        .bind(number(filter.severity))
        .bind(filter.from.unwrap_or(i64::MIN))
        .bind(filter.until.unwrap_or(i64::MAX))
        .bind(format!("%{}%", super::escape(filter.text.trim())))
        .bind(place.0)
        .bind(place.1)
        .bind(place.2)
        .bind(limit + 1)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("reading logs"))?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = lines.len() > wanted;
    lines.truncate(wanted);
    let place = lines.last().filter(|_| more);
    let place = place.map(|line| Place(line.at, line.device.clone(), line.id.clone()));
    Ok((lines, place))
}
