//! Alerts: what is wrong, as rules find it, and telling people once.
//!
//! Twice a minute one of the hubs goes through the rules. What is wrong and was not is an alert: all that one rule
//! finds at the same time is one message to each channel, so a site without power is one message, not a hundred. What
//! is right again for a while is over, and that is a message too. The while grows each time it comes back meanwhile:
//! a screen that comes and goes is told of once.
//!
//! Messages wait in the database until a hub has taken them, see [`send`].

pub mod mail;
pub mod send;
pub mod setup;
pub mod webhook;

use serde::Serialize;
use serde_json::{Value, json};

use crate::ident::{self, DAY, MINUTE, Millis, SECOND, timestamp};
use crate::store::alerts::{self, Alert, Channel, Delivery, Finding, Rule};
use crate::store::{self, Connection, Store, accounts, settings};
use crate::{Error, Result};

/// How often rules are gone through.
pub const INTERVAL: Millis = 30 * SECOND;
/// How long something has to be right again before it is over.
const CALM: Millis = 2 * MINUTE;
/// The longest that it takes for something that comes and goes.
const LONGEST_CALM: Millis = 60 * MINUTE;
/// Alerts that a message names.
const NAMED: usize = 20;
/// Days that alerts and messages are kept.
pub const KEEP_DAYS: i64 = 90;

/// What an alert is told as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Something is wrong.
    Opened,
    /// It is right again.
    Recovered,
    /// Somebody wants to see whether messages arrive.
    Test,
}

impl Event {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Recovered => "recovered",
            Self::Test => "test",
        }
    }
}

/// How an alert goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// As it is.
    Stay,
    /// Something has changed that nobody is told of.
    Note,
    /// It is over.
    Close,
}

/// What becomes of an open alert: `wrong` says whether its rule finds it now.
pub fn follow(alert: &mut Alert, wrong: bool, now: Millis) -> Next {
    match (wrong, alert.calm_since) {
        (true, None) => Next::Stay,
        (true, Some(_)) => {
            alert.calm_since = None;
            alert.flaps = alert.flaps.saturating_add(1);
            Next::Note
        }
        (false, None) => {
            alert.calm_since = Some(now);
            Next::Note
        }
        (false, Some(since)) if now - since >= calm(alert.flaps) => {
            alert.closed_at = Some(now);
            Next::Close
        }
        (false, Some(_)) => Next::Stay,
    }
}

fn calm(flaps: i64) -> Millis {
    let doublings = u32::try_from(flaps.clamp(0, 10)).unwrap_or_default();
    CALM.saturating_mul(1 << doublings).min(LONGEST_CALM)
}

/// Goes through every rule, unless another hub has done so lately. `started` is when this hub began to answer:
/// screens that it could not hear before are not offline. Answers how many messages there are to send.
pub async fn evaluate(store: &Store, started: Millis, now: Millis) -> Result<usize> {
    let mut change = store.write().await?;
    let last = settings::read(&mut change, settings::ALERTS_AT).await?;
    let last = last.and_then(|last| last.parse::<Millis>().ok()).unwrap_or_default();
    if now < last.saturating_add(INTERVAL - 5 * SECOND) && now >= last {
        return Ok(0);
    }
    settings::set(&mut change, settings::ALERTS_AT, &now.to_string()).await?;
    let mut messages = 0;
    for rule in alerts::rules(&mut change, None).await? {
        if rule.kind == "offline" && now - started < rule.number * MINUTE {
            continue;
        }
        let findings = alerts::findings(&mut change, &rule, now, DAY).await?;
        messages += apply(&mut change, &rule, findings, now).await?;
    }
    store::commit(change).await?;
    Ok(messages)
}

/// Compares what a rule finds now with what it has found.
async fn apply(change: &mut Connection, rule: &Rule, findings: Vec<Finding>, now: Millis) -> Result<usize> {
    let mut closed = Vec::new();
    let mut open = alerts::open(change, &rule.id).await?;
    for alert in &mut open {
        let wrong = findings.iter().any(|finding| finding.subject == alert.subject);
        match follow(alert, wrong, now) {
            Next::Stay => {}
            Next::Note => alerts::update(change, alert).await?,
            Next::Close => {
                alerts::update(change, alert).await?;
                closed.push(alert.clone());
            }
        }
    }
    let mut opened = Vec::new();
    for finding in findings {
        if open.iter().any(|alert| alert.subject == finding.subject) {
            continue;
        }
        let alert = Alert {
            id: ident::new_sorted("alt", now)?,
            account: rule.account.clone(),
            rule: rule.id.clone(),
            flaps: alerts::flaps(change, &rule.id, &finding.subject, now - 2 * LONGEST_CALM).await?,
            summary: summary(rule, &finding, now),
            subject: finding.subject,
            name: finding.name,
            opened_at: now,
            calm_since: None,
            closed_at: None,
        };
        alerts::insert(change, &alert).await?;
        opened.push(alert);
    }
    let mut messages = 0;
    for (event, alerts) in [(Event::Opened, opened), (Event::Recovered, closed)] {
        if !alerts.is_empty() {
            messages += tell(change, rule, event, &alerts, now).await?;
        }
    }
    Ok(messages)
}

/// What is wrong, in a sentence.
fn summary(rule: &Rule, finding: &Finding, now: Millis) -> String {
    let Finding { name, detail, .. } = finding;
    match rule.kind.as_str() {
        "offline" => {
            let minutes = detail.parse::<Millis>().map_or(rule.number, |seen| (now - seen) / MINUTE);
            format!("{name} has been offline for {minutes} minutes")
        }
        "fault" => format!("{name} has a fault: {}", fault(detail)),
        "token" => match detail.as_str() {
            "1" => format!("The token of {name} expires unused within {} days", rule.number),
            count => format!(
                "{count} tokens, such as the one of {name}, expire unused within {} days",
                rule.number
            ),
        },
        "storage" => format!("The storage of {name} is {detail} % full"),
        _ => format!("The authorization of {name} ends within {} days", rule.number),
    }
}

fn fault(code: &str) -> String {
    let known = signage_protocol::problem::Code::ALL.iter().find(|known| known.as_str() == code);
    known.map_or_else(|| code.to_owned(), |known| format!("{code}, {}", known.cause()))
}

/// What a webhook gets. `text` is what Slack, Mattermost and the like show.
#[derive(Debug, Serialize)]
struct Message<'a> {
    id: &'a str,
    event: &'static str,
    at: jiff::Timestamp,
    account: Value,
    rule: Value,
    count: usize,
    alerts: Vec<Value>,
    text: String,
}

/// Adds a message to each channel of a rule.
async fn tell(
    change: &mut Connection,
    rule: &Rule,
    event: Event,
    alerts: &[Alert],
    now: Millis,
) -> Result<usize> {
    let channels = alerts::channels(change, &rule.account).await?;
    let channels: Vec<Channel> = channels
        .into_iter()
        .filter(|channel| rule.channel.as_ref().is_none_or(|wanted| *wanted == channel.id))
        .collect();
    for channel in &channels {
        let rule = json!({ "id": rule.id, "kind": rule.kind, "number": rule.number, "class": rule.class });
        message(change, channel, event, rule, alerts, now).await?;
    }
    Ok(channels.len())
}

/// Adds one message.
pub(crate) async fn message(
    change: &mut Connection,
    channel: &Channel,
    event: Event,
    rule: Value,
    alerts: &[Alert],
    now: Millis,
) -> Result<String> {
    let account = accounts::by_id(change, &channel.account).await?;
    let id = ident::new_sorted("ald", now)?;
    let one = |alert: &Alert| {
        json!({ "id": alert.id, "subject": alert.subject, "name": alert.name, "summary": alert.summary,
            "since": timestamp(alert.opened_at), "until": alert.closed_at.map(timestamp) })
    };
    let body = Message {
        id: &id,
        event: event.as_str(),
        at: timestamp(now),
        account: json!({ "id": account.id, "name": account.name }),
        rule,
        count: alerts.len(),
        alerts: alerts.iter().take(NAMED).map(one).collect(),
        text: text(event, &account.name, alerts),
    };
    let delivery = Delivery {
        body: serde_json::to_string(&body).map_err(Error::json("a message"))?,
        id: id.clone(),
        account: channel.account.clone(),
        channel: channel.id.clone(),
        event: event.as_str().to_owned(),
        state: "waiting".to_owned(),
        attempts: 0,
        next_at: now,
        last_error: None,
        left_over: None,
        created_at: now,
        done_at: None,
    };
    alerts::insert_delivery(change, &delivery).await?;
    Ok(id)
}

/// The message for people; its first line is the subject of an e-mail.
fn text(event: Event, account: &str, alerts: &[Alert]) -> String {
    let summary = |alert: &Alert| match event {
        Event::Recovered => format!("{} – over", alert.summary),
        _ => alert.summary.clone(),
    };
    match (event, alerts) {
        (Event::Test, _) => format!("[{account}] This is a test of alerts. Everything is as it should be."),
        (_, [one]) => format!("[{account}] {}", summary(one)),
        (_, many) => {
            let word = if event == Event::Opened { "alerts" } else { "alerts are over" };
            let mut text = format!("[{account}] {} {word}", many.len());
            for alert in many.iter().take(NAMED) {
                text.push_str("\n• ");
                text.push_str(&summary(alert));
            }
            if many.len() > NAMED {
                text.push_str(&format!("\n• and {} more", many.len() - NAMED));
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert() -> Alert {
        Alert {
            id: "alt_1".into(),
            account: "acc_1".into(),
            rule: "alr_1".into(),
            subject: "dev".into(),
            name: "Lobby".into(),
            summary: "Lobby is away".into(),
            opened_at: 0,
            calm_since: None,
            flaps: 0,
            closed_at: None,
        }
    }

    #[test]
    fn what_is_right_for_a_while_is_over() {
        let mut alert = alert();
        assert_eq!(follow(&mut alert, true, 0), Next::Stay);
        assert_eq!(follow(&mut alert, false, MINUTE), Next::Note);
        assert_eq!(follow(&mut alert, false, 2 * MINUTE), Next::Stay);
        assert_eq!(follow(&mut alert, false, MINUTE + CALM), Next::Close);
        assert_eq!(alert.closed_at, Some(MINUTE + CALM));
    }

    #[test]
    fn what_comes_and_goes_has_to_be_right_for_longer_each_time() {
        let mut alert = alert();
        let mut now = 0;
        for round in 0..20 {
            assert_eq!(follow(&mut alert, false, now), Next::Note, "{round}");
            now += calm(round) - 1;
            assert_eq!(follow(&mut alert, false, now), Next::Stay, "{round}");
            now += 1;
            assert_eq!(follow(&mut alert, true, now), Next::Note, "{round}");
        }
        assert_eq!(calm(alert.flaps), LONGEST_CALM);
    }

    #[test]
    fn many_at_once_are_one_text_that_has_an_end() {
        let many: Vec<Alert> = (0..30).map(|_| alert()).collect();
        let text = text(Event::Opened, "Acme", &many);
        assert!(text.starts_with("[Acme] 30 alerts\n• Lobby is away\n") && text.ends_with("and 10 more"));
        assert_eq!(super::text(Event::Recovered, "Acme", &[alert()]), "[Acme] Lobby is away – over");
    }
}
