//! Reports of screens: bounds, quotas, and writing many of them in one change.
//!
//! Ten thousand screens report within a minute, and a change costs a write that reaches the disk. So reports that
//! come in while another is being written wait for it and are then written together: the busier the hub, the fewer
//! the changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use signage_protocol::problem::Code;
use signage_protocol::report::{
    self, INTERVAL_S, MAX_FAULTS, MAX_ID, MAX_LOGS, MAX_MESSAGE, MAX_PLAYS, MAX_TEXT, Report, Reported,
};
use tokio::sync::oneshot;

use crate::error::chain;
use crate::ident::{MINUTE, Millis};
use crate::store::devices::Device;
use crate::store::{self, Store, reports};
use crate::{Error, Result};

/// Reports of one screen in a minute. One that was offline brings what it has noted, report by report.
const PER_MINUTE: u32 = 60;
/// Log lines that are taken from one screen in a day.
pub const LOGS_A_DAY: i64 = 20_000;
/// Records of what was played that are taken from one screen in a day: a week of pictures of five seconds each.
pub const PLAYS_A_DAY: i64 = 150_000;
/// Records of any kind that are taken from an account in a day.
pub const RECORDS_A_DAY: i64 = 5_000_000;
/// Reports that are written in one change.
const BATCH: usize = 256;
/// Screens whose pace is remembered at most; forgetting is the cheaper harm.
const MAX_SCREENS: usize = 100_000;

/// Reports on their way to the database.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Vec<Waiting>>,
    writing: tokio::sync::Mutex<()>,
    pace: Mutex<HashMap<String, (Millis, u32)>>,
}

#[derive(Debug)]
struct Waiting {
    arrived: Arrived,
    done: oneshot::Sender<Option<Reported>>,
}

/// A report with what the hub knows of its coming.
#[derive(Debug)]
pub struct Arrived {
    /// The screen.
    pub device: String,
    /// Its account.
    pub account: String,
    /// Serial number of its board, as the hub knows it.
    pub serial: Option<String>,
    /// Where it came from.
    pub address: Option<String>,
    /// What it says.
    pub report: Report,
    /// When it came.
    pub now: Millis,
}

impl Inbox {
    /// Writes a report, together with those that wait at the same time; answers when it is on the disk.
    pub async fn take(
        &self,
        store: &Store,
        device: &Device,
        report: Report,
        address: Option<String>,
        now: Millis,
    ) -> Result<Reported> {
        if let Some(seconds) = self.early(&device.id, now) {
            return Err(Error::Refused {
                status: 429,
                code: Code::HubBusy,
                detail: "this screen reports too often".into(),
                retry_after: Some(seconds),
            });
        }
        let (done, answer) = oneshot::channel();
        let arrived = Arrived {
            device: device.id.clone(),
            account: device.account.clone(),
            serial: device.hardware.serial.clone(),
            address,
            report: bounded(report)?,
            now,
        };
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Waiting { arrived, done });
        let writing = self.writing.lock().await;
        let batch = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.len().min(BATCH);
            waiting.drain(..count).collect::<Vec<_>>()
        };
        if !batch.is_empty() {
            write(store, batch).await;
        }
        drop(writing);
        answer.await.ok().flatten().ok_or_else(|| {
            Error::refused(503, Code::HubError, "the report could not be stored; send it again")
        })
    }

    /// Whether a screen has used up its minute: seconds until it may report again.
    fn early(&self, device: &str, now: Millis) -> Option<u64> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        if pace.len() >= MAX_SCREENS {
            pace.retain(|_, (since, _)| now < since.saturating_add(MINUTE));
            if pace.len() >= MAX_SCREENS {
                pace.clear();
            }
        }
        let entry = pace.entry(device.to_owned()).or_insert((now, 0));
        if now >= entry.0.saturating_add(MINUTE) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        let rest = entry.0.saturating_add(MINUTE).saturating_sub(now);
        (entry.1 > PER_MINUTE).then(|| rest.div_euclid(1000).unsigned_abs() + 1)
    }
}

/// All of it or nothing; whoever gets no answer sends again.
async fn write(store: &Store, batch: Vec<Waiting>) {
    let (arrived, waiting): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.arrived, waiting.done)).unzip();
    let answers = match write_all(store, &arrived).await {
        Ok(answers) => answers.into_iter().map(Some).collect(),
        Err(error) => {
            tracing::error!(error = chain(&error), reports = arrived.len(), "reports could not be stored");
            vec![None; arrived.len()]
        }
    };
    for (done, answer) in waiting.into_iter().zip(answers) {
        // Nobody waits any more when the connection was closed.
        let _ = done.send(answer);
    }
}

async fn write_all(store: &Store, batch: &[Arrived]) -> Result<Vec<Reported>> {
    let mut change = store.write().await?;
    let mut answers = Vec::with_capacity(batch.len());
    let mut used: HashMap<&str, reports::Used> = HashMap::new();
    for arrived in batch {
        if !used.contains_key(&*arrived.account) {
            used.insert(&arrived.account, reports::used(&mut change, &arrived.account, arrived.now).await?);
        }
        let Some(used) = used.get_mut(&*arrived.account) else { continue };
        let dropped = reports::take(&mut change, arrived, used).await?;
        answers.push(Reported {
            repeated: dropped.is_none(),
            dropped: dropped.unwrap_or_default().unsigned_abs(),
            interval_s: INTERVAL_S,
        });
    }
    for (account, used) in &used {
        reports::count(&mut change, account, used).await?;
    }
    store::commit(change).await?;
    Ok(answers)
}

/// A report as it is stored: no longer than agreed, texts that can be shown. Too many records are refused, since
/// dropping them silently would lose what a correct device has split.
fn bounded(mut report: Report) -> Result<Report> {
    let wrong = |detail: String| Error::refused(422, Code::HubError, detail);
    for (what, count, limit) in [
        ("log lines", report.logs.len(), MAX_LOGS),
        ("plays", report.plays.len(), MAX_PLAYS),
        ("faults", report.faults.len(), MAX_FAULTS),
    ] {
        if count > limit {
            return Err(wrong(format!("a report has at most {limit} {what}, not {count}")));
        }
    }
    let ids = report.logs.iter().map(|line| &line.id);
    let ids = ids.chain(report.plays.iter().map(|play| &play.id));
    let ids = ids.chain(report.faults.iter().map(|fault| &fault.id)).chain([&report.id]);
    let good = |id: &String| !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
    if let Some(id) = ids.into_iter().find(|id| !good(id)) {
        return Err(wrong(format!("{id:?} is no id: 1 to {MAX_ID} printable characters without spaces")));
    }
    for line in &mut report.logs {
        cut(&mut line.message, MAX_MESSAGE);
        line.source.iter_mut().for_each(|text| cut(text, MAX_TEXT));
    }
    for play in &mut report.plays {
        cut(&mut play.title, MAX_TEXT);
        let texts = [&mut play.content, &mut play.layout, &mut play.playlist, &mut play.reason];
        texts.into_iter().flatten().for_each(|text| cut(text, MAX_TEXT));
    }
    for fault in &mut report.faults {
        cut(&mut fault.code, 16);
        fault.detail.iter_mut().for_each(|text| cut(text, MAX_TEXT));
    }
    if let Some(status) = &mut report.status {
        shorten(status);
    }
    Ok(report)
}

fn shorten(status: &mut report::Status) {
    if let Some(now) = &mut status.now {
        cut(&mut now.title, MAX_TEXT);
        [&mut now.content, &mut now.layout].into_iter().flatten().for_each(|text| cut(text, MAX_TEXT));
    }
    if let Some(display) = &mut status.display {
        display.connector.iter_mut().for_each(|text| cut(text, MAX_TEXT));
        display.rotation %= 360;
    }
    status.temperature = status.temperature.filter(|degrees| degrees.is_finite());
    status.serial.iter_mut().for_each(|text| cut(text, MAX_TEXT));
    let versions = std::mem::take(&mut status.versions);
    status.versions = versions
        .into_iter()
        .take(16)
        .map(|(mut name, mut version)| {
            cut(&mut name, MAX_TEXT);
            cut(&mut version, MAX_TEXT);
            (name, version)
        })
        .collect();
}

/// Printable, and no longer than `limit` characters.
fn cut(text: &mut String, limit: usize) {
    if text.chars().count() > limit || text.contains(char::is_control) {
        let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        *text = printable.take(limit).collect::<String>().trim().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report { id: "1".into(), status: None, faults: Vec::new(), logs: Vec::new(), plays: Vec::new() }
    }

    #[test]
    fn texts_are_cut_and_ids_are_refused() {
        let line = |id: &str, message: String| report::LogLine {
            id: id.into(),
            at: jiff::Timestamp::UNIX_EPOCH,
            severity: report::Severity::Info,
            source: None,
            message,
        };
        let long = bounded(Report { logs: vec![line("a", "é\0".repeat(5000))], ..report() }).unwrap();
        assert_eq!(long.logs[0].message.chars().count(), MAX_MESSAGE - 1);
        assert!(!long.logs[0].message.contains('\0'));
        for id in ["", "a b", "ü", &"x".repeat(MAX_ID + 1)] {
            assert!(bounded(Report { logs: vec![line(id, "x".into())], ..report() }).is_err(), "{id}");
        }
        let many = vec![line("a", "x".into()); MAX_LOGS + 1];
        assert!(bounded(Report { logs: many, ..report() }).is_err());
    }

    #[test]
    fn a_mad_screen_waits_for_the_rest_of_its_minute() {
        let inbox = Inbox::default();
        for _ in 0..PER_MINUTE {
            assert_eq!(inbox.early("a", 0), None);
        }
        assert_eq!(inbox.early("a", 20_000), Some(41));
        assert_eq!(inbox.early("b", 20_000), None);
        assert_eq!(inbox.early("a", MINUTE), None);
    }
}
