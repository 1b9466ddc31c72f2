//! What a hub can take, as ratios to what its disk can: enrolments one after the other and at once, a fleet that is
//! switched on in the same moment, what that fleet reports, and the same fleet connected and given something new to play.
//! Real hub in a process of its own, real TLS, real signatures.
//!
//! `make bench-hub`, or with DEVICES=1000 for a quick look.

mod reports;
mod sessions;

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Certificate, Client};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signage_protocol::Secret;
use signage_protocol::api::{self, EnrollRequest, Enrollment, Hardware};
use signage_protocol::jws::{self, SigningKey, typ};
use signage_tests::hub::Hub;
use signage_tests::paths;
use tokio::sync::Semaphore;

/// Enrolments of the steady measurement.
const STEADY: u32 = 1000;
/// Devices that enrol at once in it.
const WORKERS: usize = 32;
/// Enrolments that one device tries before it counts as failed.
const TRIES: u32 = 20;

#[tokio::main]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let devices: u32 = std::env::var("DEVICES").ok().map_or(Ok(10_000), |text| text.parse())?;
    allow_files(u64::from(devices) + sessions::CONNECTIONS as u64 + 1000)?;
    let directory = paths::target("bench-hub");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;

    let ceiling = synced_writes(&directory)?;
    println!("disk: {ceiling:.0} synced writes of 4 KiB a second");

    let hub = Hub::new(&directory.join("hub"))?;
    hub.start().await?;
    let account = hub.create_account("Bench", "bench@example.com").await?;
    let file = hub.create_token(&account).await?;
    let site = Arc::new(Site {
        url: hub.local_url(),
        ca: file["hub"]["ca"].as_str().context("the file names no CA")?.to_owned(),
        token: Secret::new(file["provisionToken"].as_str().context("the file holds no token")?),
    });
    let process = hub.process_id().await.context("the hub does not run")?;

    let before = Usage::of(process)?;
    let (seconds, mut times, failed) = enrol(&site, 0..STEADY, WORKERS).await;
    ensure!(failed == 0, "{failed} of {STEADY} enrolments failed");
    let used = Usage::of(process)?;
    let rate = f64::from(STEADY) / seconds;
    let cpu = (used.cpu - before.cpu) / f64::from(STEADY);
    println!(
        "enrolments, {WORKERS} at once: {rate:.0} a second = {:.2} of the disk's writes; {:.2} ms of the hub's CPU each; p99 {:.0} ms",
        rate / ceiling,
        cpu * 1e3,
        percentile(&mut times, 0.99) * 1e3,
    );

    let (seconds, mut times, failed) = enrol(&site, STEADY..STEADY + devices, usize::MAX).await;
    let after = Usage::of(process)?;
    println!(
        "{devices} screens switched on at once: all in after {seconds:.1} s, {failed} failed; p50 {:.1} s, p99 {:.1} s; \
         {:.2} ms of CPU each; memory of the hub {} MiB at rest, {} MiB at its peak",
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.99),
        (after.cpu - used.cpu) / f64::from(devices) * 1e3,
        before.memory >> 20,
        after.peak >> 20,
    );
    let tokens = sessions::tokens(&site, devices).await?;
    reports::measure(&hub, &site, &tokens, ceiling).await?;
    sessions::measure(&hub, &account, &site, tokens).await?;
    hub.stop().await
}

/// Every connection is a file, here and in the hub, which takes this limit over.
fn allow_files(wanted: u64) -> Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < wanted) {
        let allowed = maximum.is_none_or(|maximum| maximum >= wanted);
        ensure!(
            allowed,
            "this needs {wanted} open files: raise the limit (ulimit -Hn), or choose fewer DEVICES"
        );
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })?;
    }
    Ok(())
}

/// Appends to a file that are each on the disk before the next, a second.
fn synced_writes(directory: &Path) -> Result<f64> {
    const COUNT: u32 = 500;
    let mut file = File::create(directory.join("ceiling"))?;
    let start = Instant::now();
    for _ in 0..COUNT {
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
    }
    Ok(f64::from(COUNT) / start.elapsed().as_secs_f64())
}

struct Site {
    url: String,
    ca: String,
    token: Secret,
}

/// Enrols devices, so many at once; answers seconds in all, seconds of each, and how many failed.
async fn enrol(site: &Arc<Site>, numbers: std::ops::Range<u32>, at_once: usize) -> (f64, Vec<f64>, usize) {
    let turns = Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)));
    let start = Instant::now();
    let tasks: Vec<_> = numbers
        .map(|number| {
            let (site, turns) = (Arc::clone(site), Arc::clone(&turns));
            tokio::spawn(async move {
                let _turn = turns.acquire_owned().await;
                let begin = Instant::now();
                device(&site, number).await.map(|()| begin.elapsed().as_secs_f64())
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
    (start.elapsed().as_secs_f64(), times, failed)
}

/// One screen: its own key and address, and the patience of a provisioner.
async fn device(site: &Site, number: u32) -> Result<()> {
    let [_, a, b, c] = (number + 1).to_be_bytes();
    let http = Client::builder()
        .tls_certs_merge(Certificate::from_pem_bundle(site.ca.as_bytes())?)
        .local_address(IpAddr::from(Ipv4Addr::new(127, a, b, c)))
        .timeout(Duration::from_secs(30))
        .build()?;
    let enrollment = Enrollment {
        hub: site.url.clone(),
        token: site.token.clone(),
        hardware: Hardware { serial: Some(format!("{number:016x}")), model: None, macs: vec![] },
        software: "bench".into(),
        name: None,
        location: None,
        tags: vec![],
        wishes: Default::default(),
    };
    let enrollment = jws::sign_with_key(&key(number), typ::ENROLLMENT, &enrollment)?;
    let request = EnrollRequest { enrollment };
    let mut last = String::new();
    for attempt in 1..=TRIES {
        match http.post(format!("{}{}", site.url, api::ENROLL)).json(&request).send().await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => last = format!("{}", answer.status()),
            Err(error) => last = format!("{error:?}"),
        }
        pause(number, attempt).await;
    }
    anyhow::bail!("no success in {TRIES} tries: {last}")
}

/// The key of a screen.
fn key(number: u32) -> SigningKey {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_bytes(&seed)
}

/// The growing, jittered delay of a provisioner.
async fn pause(number: u32, attempt: u32) {
    let limit = Duration::from_secs(1 << attempt.min(6));
    let part = f64::from(number.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
    tokio::time::sleep(limit.mul_f64(part)).await;
}

/// What a process has used.
struct Usage {
    /// Seconds.
    cpu: f64,
    /// Bytes.
    memory: u64,
    /// Bytes.
    peak: u64,
}

impl Usage {
    fn of(process: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        let (_, rest) = stat.rsplit_once(')').context("stat")?;
        // utime and stime, in ticks of 10 ms.
        let ticks: f64 = rest.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        Ok(Self {
            cpu: ticks / 100.0,
            memory: field("VmRSS:").context("VmRSS")? << 10,
            peak: field("VmHWM:").context("VmHWM")? << 10,
        })
    }
}

fn percentile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let index = (times.len() as f64 * part) as usize;
    times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
