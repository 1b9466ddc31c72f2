//! Reports of a fleet: status and proof of play of each screen, as fast as they go, and spread over a minute.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use signage_protocol::report::{REPORT, Reported};
use signage_tests::hub::Hub;
use tokio::sync::Semaphore;

use crate::{Site, Usage, percentile};

/// Connections that bring reports as fast as they go.
const WORKERS: usize = 256;
/// Items that a screen has played in a minute.
const PLAYS: usize = 6;
/// In which the whole fleet reports once.
const MINUTE: Duration = Duration::from_secs(60);

/// Lets every screen report twice.
pub async fn measure(hub: &Hub, site: &Arc<Site>, tokens: &[String], ceiling: f64) -> Result<()> {
    let process = hub.process_id().await.context("the hub does not run")?;
    let ca = Certificate::from_pem_bundle(site.ca.as_bytes())?;
    let client =
        || Client::builder().tls_certs_merge(ca.clone()).http1_only().timeout(Duration::from_secs(60));

    let before = Usage::of(process)?;
    let open = client().pool_max_idle_per_host(WORKERS).build()?;
    let done = all(&open, site, tokens, "fast", WORKERS, Duration::ZERO).await;
    let used = Usage::of(process)?;
    let rate = done.times.len() as f64 / done.seconds;
    let cpu = (used.cpu - before.cpu) / done.times.len().max(1) as f64;
    let mut times = done.times;
    println!(
        "{} reports with {PLAYS} plays each, {WORKERS} at once: {rate:.0} a second = {:.0} a minute = {:.2} of the disk's \
         writes; {} failed; {:.2} ms of the hub's CPU each; p50 {:.0} ms, p99 {:.0} ms",
        times.len(),
        rate * 60.0,
        rate / ceiling,
        done.failed,
        cpu * 1e3,
        percentile(&mut times, 0.5) * 1e3,
        percentile(&mut times, 0.99) * 1e3,
    );

    // As screens do it: each opens a connection, since the hub closes those that are silent for long.
    let fresh = client().pool_max_idle_per_host(0).build()?;
    let done = all(&fresh, site, tokens, "minute", Semaphore::MAX_PERMITS, MINUTE).await;
    let after = Usage::of(process)?;
    let mut times = done.times;
    println!(
        "{} reports spread over a minute, each by a connection of its own: all in after {:.1} s, {} failed; {:.0} % of one \
         core; p50 {:.0} ms, p99 {:.0} ms; memory of the hub {} MiB",
        times.len(),
        done.seconds,
        done.failed,
        (after.cpu - used.cpu) / done.seconds * 100.0,
        percentile(&mut times, 0.5) * 1e3,
        percentile(&mut times, 0.99) * 1e3,
        after.memory >> 20,
    );
    ensure!(done.failed * 100 <= tokens.len(), "{} of {} reports failed", done.failed, tokens.len());
    Ok(())
}

struct Done {
    seconds: f64,
    times: Vec<f64>,
    failed: usize,
}

/// One report of each screen, so many at once, begun over `span`.
async fn all(
    http: &Client,
    site: &Arc<Site>,
    tokens: &[String],
    name: &'static str,
    at_once: usize,
    span: Duration,
) -> Done {
    let turns = Arc::new(Semaphore::new(at_once));
    let start = Instant::now();
    let tasks: Vec<_> = (0_u32..)
        .zip(tokens)
        .map(|(number, token)| {
            let (http, site, turns, token) =
                (http.clone(), Arc::clone(site), Arc::clone(&turns), token.clone());
            let wait = span.mul_f64(f64::from(number) / tokens.len() as f64);
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                let _turn = turns.acquire_owned().await;
                let body = report(number, name);
                let begin = Instant::now();
                let request = http.post(format!("{}{REPORT}", site.url)).bearer_auth(token).json(&body);
                let answer: Reported = request.send().await?.error_for_status()?.json().await?;
                ensure!(!answer.repeated && answer.dropped == 0, "{answer:?}");
                Ok(begin.elapsed().as_secs_f64())
            })
        })
        .collect();
    let (mut times, mut failed) = (Vec::new(), 0);
    for task in tasks {
        match task.await {
            Ok(Ok(seconds)) => times.push(seconds),
            other => {
                if failed == 0 {
                    eprintln!("first failure: {other:?}");
                }
                failed += 1;
            }
        }
    }
    Done { seconds: start.elapsed().as_secs_f64(), times, failed }
}

/// What a screen that plays pictures of ten seconds has to say of a minute.
fn report(number: u32, name: &str) -> Value {
    let now = Timestamp::now();
    let play = |index: usize| {
        json!({
            "id": format!("{name}-{number}-{index}"), "startedAt": now, "durationMs": 10_000, "content": format!("con_{index}"),
            "title": "Summer sale", "playlist": "Loop", "completed": true,
        })
    };
    json!({
        "id": format!("{name}-{number}"),
        "status": {
            "at": now,
            "now": { "title": "Summer sale", "layout": "Two zones", "since": now },
            "display": { "width": 1920, "height": 1080, "rotation": 0, "connector": "HDMI-A-1" },
            "storage": { "free": 1_000_000_000_u64, "total": 32_000_000_000_u64 },
            "temperature": 51.5, "uptimeS": 3600, "clockOffsetMs": -20,
            "versions": { "player": "0.1.0", "provisioner": "0.1.0", "os": "2026.11" },
            "authorization": 1, "publication": 1,
        },
        "plays": (0..PLAYS).map(play).collect::<Vec<_>>(),
    })
}
