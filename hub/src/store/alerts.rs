//! Tables `alert_channel`, `alert_rule`, `alert` and `alert_delivery`.

use sqlx::FromRow;

use super::{Connection, Store};
use crate::ident::{MINUTE, Millis};
use crate::{Error, Result};

/// How long a hub may take with a message before another takes it over.
const CLAIM: Millis = 2 * MINUTE;

/// Where alerts go.
#[derive(Debug, Clone, FromRow)]
pub struct Channel {
    /// `ach_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// For people.
    pub name: String,
    /// `webhook` or `email`.
    pub kind: String,
    /// Address of the webhook, sealed, or e-mail addresses as a JSON list.
    pub target: String,
    /// Where a webhook leads, fit to be shown.
    pub shown: String,
    /// When it was made.
    pub created_at: Millis,
}

/// What people want to hear of.
#[derive(Debug, Clone, FromRow)]
pub struct Rule {
    /// `alr_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// `offline`, `fault`, `token`, `authorization` or `storage`.
    pub kind: String,
    /// Minutes, days or per cent.
    pub number: i64,
    /// Of faults; absent for all.
    pub class: Option<String>,
    /// Where it goes; absent for everywhere.
    pub channel: Option<String>,
    /// When it was made.
    pub created_at: Millis,
}

/// One thing that is or was wrong.
#[derive(Debug, Clone, FromRow)]
pub struct Alert {
    /// `alt_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// By which rule.
    pub rule: String,
    /// Screen or token.
    pub subject: String,
    /// What it was called.
    pub name: String,
    /// In words.
    pub summary: String,
    /// Since when.
    pub opened_at: Millis,
    /// Since when nothing is wrong any more.
    pub calm_since: Option<Millis>,
    /// How often it came back meanwhile.
    pub flaps: i64,
    /// When it was over.
    pub closed_at: Option<Millis>,
}

/// A message on its way.
#[derive(Debug, Clone, FromRow)]
pub struct Delivery {
    /// `ald_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// To where.
    pub channel: String,
    /// `opened`, `recovered` or `test`.
    pub event: String,
    /// JSON.
    pub body: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Millis,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Of an e-mail: which addresses have not got it, in JSON; without it, none has.
    pub left_over: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was sent or given up.
    pub done_at: Option<Millis>,
}

/// Something that a rule finds wrong now.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Finding {
    /// Screen or token.
    pub subject: String,
    /// What it is called.
    pub name: String,
    /// A number or a code that is particular to it.
    pub detail: String,
}

/// The channels of an account by name.
pub async fn channels(connection: &mut Connection, account: &str) -> Result<Vec<Channel>> {
    sqlx::query_as("SELECT * FROM alert_channel WHERE account = $1 ORDER BY name, id")
        .bind(account)
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing where alerts go"))
}

/// An account's channel with this id.
pub async fn channel(connection: &mut Connection, account: &str, id: &str) -> Result<Channel> {
    sqlx::query_as("SELECT * FROM alert_channel WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading where alerts go"))?
        .ok_or_else(|| Error::NotFound { what: "alert channel", name: id.to_owned() })
}

/// Adds a channel.
pub async fn insert_channel(connection: &mut Connection, channel: &Channel) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert_channel (id, account, name, kind, target, shown, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&channel.id)
    .bind(&channel.account)
    .bind(&channel.name)
    .bind(&channel.kind)
    .bind(&channel.target)
    .bind(&channel.shown)
    .bind(channel.created_at)
    .execute(connection)
    .await
    .map_err(Error::database("adding where alerts go"))?;
    Ok(())
}

/// Removes a channel, and what has not been sent by it.
pub async fn delete_channel(connection: &mut Connection, id: &str) -> Result<()> {
    for sql in [
        "DELETE FROM alert_delivery WHERE channel = $1 AND state = 'waiting'",
        "UPDATE alert_rule SET channel = NULL WHERE channel = $1",
        "DELETE FROM alert_channel WHERE id = $1",
    ] {
        sqlx::query(sql)
            .bind(id)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("removing where alerts go"))?;
    }
    Ok(())
}

/// The rules of an account, oldest first; of all accounts without one.
pub async fn rules(connection: &mut Connection, account: Option<&str>) -> Result<Vec<Rule>> {
    sqlx::query_as("SELECT * FROM alert_rule WHERE account = $1 OR $1 = '' ORDER BY created_at, id")
        .bind(account.unwrap_or_default())
        .fetch_all(connection)
        .await
        .map_err(Error::database("listing the rules of alerts"))
}

/// Adds a rule.
pub async fn insert_rule(connection: &mut Connection, rule: &Rule) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert_rule (id, account, kind, number, class, channel, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&rule.id)
    .bind(&rule.account)
    .bind(&rule.kind)
    .bind(rule.number)
    .bind(&rule.class)
    .bind(&rule.channel)
    .bind(rule.created_at)
    .execute(connection)
    .await
    .map_err(Error::database("adding a rule of alerts"))?;
    Ok(())
}

/// Removes a rule of an account; what it has found is over. Whether there was one.
pub async fn delete_rule(connection: &mut Connection, account: &str, id: &str, now: Millis) -> Result<bool> {
    let failed = || Error::database("removing a rule of alerts");
    let gone = sqlx::query("DELETE FROM alert_rule WHERE account = $1 AND id = $2")
        .bind(account)
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
    sqlx::query("UPDATE alert SET closed_at = $3 WHERE account = $1 AND rule = $2 AND closed_at IS NULL")
        .bind(account)
        .bind(id)
        .bind(now)
        .execute(connection)
        .await
        .map_err(failed())?;
    Ok(gone.rows_affected() > 0)
}

/// What a rule finds wrong now.
pub async fn findings(
    connection: &mut Connection,
    rule: &Rule,
    now: Millis,
    day: Millis,
) -> Result<Vec<Finding>> {
    let (sql, number, class) = match rule.kind.as_str() {
        "offline" => (
            "SELECT id AS subject, name, CAST(last_seen AS TEXT) AS detail FROM device \
             WHERE account = $1 AND left_at IS NULL AND granted = 1 AND last_seen <= $2 \
             AND (session_until IS NULL OR session_until <= $2) AND $3 = ''",
            now - rule.number * MINUTE,
            "",
        ),
        "fault" => (
            "SELECT f.device AS subject, MAX(d.name) AS name, MIN(f.code) AS detail FROM fault f \
             JOIN device d ON d.id = f.device AND d.account = f.account AND d.left_at IS NULL \
             WHERE f.account = $1 AND f.cleared_received_at IS NULL AND f.received_at <= $2 \
             AND ($3 = '' OR f.class = $3) GROUP BY f.device",
            now,
            rule.class.as_deref().unwrap_or_default(),
        ),
        // Tokens that were made together are one matter.
        "token" => (
            "SELECT COALESCE(t.batch, t.id) AS subject, MIN(COALESCE(e.name, t.name, t.id)) AS name, \
             CAST(COUNT(*) AS TEXT) AS detail FROM enrol_token t LEFT JOIN screen e ON e.id = t.screen \
             WHERE t.account = $1 AND t.used_by IS NULL AND t.revoked_at IS NULL AND t.expires_at <= $2 \
             AND t.expires_at > $2 - $4 AND $3 = '' GROUP BY COALESCE(t.batch, t.id)",
            now + rule.number * day,
            "",
        ),
        "storage" => (
            "SELECT d.id AS subject, d.name, CAST(100 - s.free_bytes * 100 / s.total_bytes AS TEXT) AS detail \
             FROM device d JOIN device_status s ON s.device = d.id \
             WHERE d.account = $1 AND d.left_at IS NULL AND s.total_bytes > 0 \
             AND s.free_bytes * 100 < s.total_bytes * (100 - $2) AND $3 = ''",
            rule.number,
            "",
        ),
        "authorization" => (
            "SELECT id AS subject, name, '' AS detail FROM device WHERE account = $1 AND left_at IS NULL \
             AND granted = 1 AND expires_at <= $2 AND expires_at > $2 - $4 AND $3 = ''",
            now + rule.number * day,
            "",
        ),
        _ => return Ok(Vec::new()),
    };
    let mut query = sqlx::query_as(sql).bind(&rule.account).bind(number).bind(class);
    if rule.kind == "token" || rule.kind == "authorization" {
        query = query.bind(rule.number * day);
    }
    query.fetch_all(connection).await.map_err(Error::database("looking for what is wrong"))
}

/// What a rule has found and is not over.
pub async fn open(connection: &mut Connection, rule: &str) -> Result<Vec<Alert>> {
    sqlx::query_as("SELECT * FROM alert WHERE rule = $1 AND closed_at IS NULL")
        .bind(rule)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading alerts"))
}

/// How often something that a rule finds again has come and gone: none when it has been right since a moment.
pub async fn flaps(connection: &mut Connection, rule: &str, subject: &str, since: Millis) -> Result<i64> {
    sqlx::query_scalar(
        "SELECT COALESCE(MAX(flaps) + 1, 0) FROM alert WHERE rule = $1 AND subject = $2 AND closed_at >= $3",
    )
    .bind(rule)
    .bind(subject)
    .bind(since)
    .fetch_one(connection)
    .await
    .map_err(Error::database("reading alerts"))
}

/// Adds an alert, unless there is one already.
pub async fn insert(connection: &mut Connection, alert: &Alert) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert (id, account, rule, subject, name, summary, opened_at, flaps) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(&alert.id)
    .bind(&alert.account)
    .bind(&alert.rule)
    .bind(&alert.subject)
    .bind(&alert.name)
    .bind(&alert.summary)
    .bind(alert.opened_at)
    .bind(alert.flaps)
    .execute(connection)
    .await
    .map_err(Error::database("opening an alert"))?;
    Ok(())
}

/// Notes how an alert goes on.
pub async fn update(connection: &mut Connection, alert: &Alert) -> Result<()> {
    sqlx::query("UPDATE alert SET calm_since = $2, flaps = $3, closed_at = $4 WHERE id = $1")
        .bind(&alert.id)
        .bind(alert.calm_since)
        .bind(alert.flaps)
        .bind(alert.closed_at)
        .execute(connection)
        .await
        .map_err(Error::database("changing an alert"))?;
    Ok(())
}

/// The newest alerts of an account, newest first.
pub async fn newest(connection: &mut Connection, account: &str, limit: i64) -> Result<Vec<Alert>> {
    sqlx::query_as("SELECT * FROM alert WHERE account = $1 ORDER BY id DESC LIMIT $2")
        .bind(account)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading alerts"))
}

/// Adds a message.
pub async fn insert_delivery(connection: &mut Connection, delivery: &Delivery) -> Result<()> {
    sqlx::query(
        "INSERT INTO alert_delivery (id, account, channel, event, body, state, next_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7)",
    )
    .bind(&delivery.id)
    .bind(&delivery.account)
    .bind(&delivery.channel)
    .bind(&delivery.event)
    .bind(&delivery.body)
    .bind(delivery.next_at)
    .bind(delivery.created_at)
    .execute(connection)
    .await
    .map_err(Error::database("adding a message"))?;
    Ok(())
}

/// The newest messages of an account, newest first.
pub async fn deliveries(connection: &mut Connection, account: &str, limit: i64) -> Result<Vec<Delivery>> {
    sqlx::query_as("SELECT * FROM alert_delivery WHERE account = $1 ORDER BY id DESC LIMIT $2")
        .bind(account)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(Error::database("reading messages"))
}

/// Accounts and channels whose messages wait, since others of theirs are on their way.
#[derive(Debug, Clone, Default)]
pub struct Busy {
    /// Ids of accounts.
    pub accounts: Vec<String>,
    /// Ids of channels.
    pub channels: Vec<String>,
}

impl Busy {
    /// What a message that is due has to be; the moment is `$1`, the rest begins with `$number`.
    fn condition(&self, number: usize) -> String {
        let list = |first: usize, count: usize| {
            (first..first + count).map(|index| format!("${index}")).collect::<Vec<_>>().join(", ")
        };
        let (accounts, channels) = (self.accounts.len() + 1, self.channels.len() + 1);
        format!(
            "state = 'waiting' AND next_at <= $1 AND claimed_until <= $1 AND account NOT IN ({}) \
             AND channel NOT IN ({})",
            list(number, accounts),
            list(number + accounts, channels)
        )
    }

    /// The values of that. A list that excludes nothing holds no id.
    fn values(&self) -> impl Iterator<Item = &str> {
        let list = |ids| std::iter::once("").chain(<[String]>::iter(ids).map(String::as_str));
        list(&self.accounts).chain(list(&self.channels))
    }
}

/// Whether a message is due. Asked often, so it takes no lock.
pub async fn is_due(store: &Store, busy: &Busy, now: Millis) -> Result<bool> {
    let mut connection = store.read().await?;
    let sql = format!("SELECT COUNT(*) FROM alert_delivery WHERE {}", busy.condition(2));
    let mut query = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)).bind(now);
    for value in busy.values() {
        query = query.bind(value);
    }
    let count = query.fetch_one(&mut *connection).await.map_err(Error::database("looking for messages"))?;
    Ok(count > 0)
}

/// Takes one message that is due, so that no other hub does.
pub async fn claim(connection: &mut Connection, busy: &Busy, now: Millis) -> Result<Option<Delivery>> {
    let sql = format!(
        "UPDATE alert_delivery SET claimed_until = $2, attempts = attempts + 1 WHERE id = (SELECT id \
         FROM alert_delivery WHERE {} ORDER BY next_at, id LIMIT 1) RETURNING *",
        busy.condition(3)
    );
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now).bind(now + CLAIM);
    for value in busy.values() {
        query = query.bind(value);
    }
    query.fetch_optional(connection).await.map_err(Error::database("taking a message"))
}

/// Notes what became of a message.
pub async fn settle(connection: &mut Connection, delivery: &Delivery) -> Result<()> {
    sqlx::query(
        "UPDATE alert_delivery SET state = $2, next_at = $3, last_error = $4, done_at = $5, left_over = $6, \
         claimed_until = 0 WHERE id = $1",
    )
    .bind(&delivery.id)
    .bind(&delivery.state)
    .bind(delivery.next_at)
    .bind(&delivery.last_error)
    .bind(delivery.done_at)
    .bind(&delivery.left_over)
    .execute(connection)
    .await
    .map_err(Error::database("settling a message"))?;
    Ok(())
}

/// Forgets what was over before a moment.
pub async fn delete_old(connection: &mut Connection, before: Millis) -> Result<()> {
    for sql in ["DELETE FROM alert WHERE closed_at < $1", "DELETE FROM alert_delivery WHERE done_at < $1"] {
        sqlx::query(sql)
            .bind(before)
            .execute(&mut *connection)
            .await
            .map_err(Error::database("forgetting old alerts"))?;
    }
    Ok(())
}
