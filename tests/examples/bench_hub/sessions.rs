//! A fleet that is connected: every screen with a WebSocket of its own over TLS, all in this process. It is told
//! something, and fetches what is new to play.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Certificate, Client, Upgraded, header};
use signage_protocol::api::{self, Assertion, MANIFEST, Nonce, TokenRequest, TokenResponse};
use signage_protocol::jws::{self, PublicKey, typ};
use signage_protocol::session::{DeviceMessage, HubMessage, SESSION, Topic};
use signage_tests::fixtures;
use signage_tests::hub::{Account, Hub};
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::{Site, TRIES, Usage, key, pause, percentile};

/// Tokens that are asked for at once; that is not what is measured.
const WORKERS: usize = 64;
/// Connections that fetch at a time: with the sessions they have to stay below the usual limit of open files.
pub const CONNECTIONS: usize = 4000;
/// How long a push may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a task of a screen reports.
enum Event {
    /// It is connected: seconds, and how often it had to try.
    Connected(f64, u32),
    /// It was told of a command.
    Told(Instant),
    /// It has what it is to play: when, seconds of the last request, how often it had to try, and the entity tag.
    Fetched { at: Instant, seconds: f64, tries: u32, tag: String },
    /// It has given up, or was disconnected.
    Lost(String),
}

/// Connects screens that are enrolled, and tells all of them something.
pub async fn measure(hub: &Hub, account: &Account, site: &Arc<Site>, tokens: Vec<String>) -> Result<()> {
    let (http, devices) = (client(site, usize::MAX)?, tokens.len());
    // Something to play, which another takes the place of.
    fixtures::make().await?;
    hub.create_default_playlist(account, &[fixtures::WIDE], 10).await?;
    let screens = Screens {
        http: http.clone(),
        fresh: client(site, 0)?,
        site: Arc::clone(site),
        turns: Arc::new(Semaphore::new(CONNECTIONS)),
        events: mpsc::unbounded_channel().0,
    };
    let old = manifest(&screens.http, site, tokens.first().context("no screens")?).await?;
    // A hub that has not done anything yet, so that what it takes from now on is for the connections.
    hub.stop().await?;
    hub.start().await?;
    let process = hub.process_id().await.context("the hub does not run")?;
    let before = Usage::of(process)?;

    let (events, mut heard) = mpsc::unbounded_channel();
    let screens = Screens { events, ..screens };
    let start = Instant::now();
    for (number, token) in (0..).zip(tokens) {
        let screens = screens.clone();
        tokio::spawn(async move {
            if let Err(error) = screens.run(number, &token).await {
                let _ = screens.events.send(Event::Lost(format!("{error:#}")));
            }
        });
    }
    let (mut times, mut tries, mut lost) = (Vec::new(), 0, 0);
    while times.len() + lost < devices {
        match heard.recv().await.context("every task ended")? {
            Event::Connected(seconds, tried) => {
                times.push(seconds);
                tries += tried - 1;
            }
            Event::Told(_) | Event::Fetched { .. } => {}
            Event::Lost(error) => {
                if lost == 0 {
                    eprintln!("first failure: {error}");
                }
                lost += 1;
            }
        }
    }
    let (seconds, connected) = (start.elapsed().as_secs_f64(), times.len());
    let storm = Usage::of(process)?;
    // What was needed for handshakes only is given back by now.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let idle = Usage::of(process)?;
    println!(
        "{devices} sessions opened at once: all in after {seconds:.1} s = {:.0} a second, {lost} failed, {tries} tried again; \
         p50 {:.1} s, p99 {:.1} s; {:.2} ms of the hub's CPU each; {:.1} KiB of the hub's memory for each idle one",
        connected as f64 / seconds,
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.99),
        (storm.cpu - before.cpu) / connected as f64 * 1e3,
        idle.memory.saturating_sub(before.memory) as f64 / connected as f64 / 1024.0,
    );

    let quiet = Usage::of(process)?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let cpu = Usage::of(process)?.cpu - quiet.cpu;
    println!("at rest: {:.1} % of one core for {connected} sessions", cpu * 10.0);

    let start = Instant::now();
    let given = async {
        let arguments = ["device", "command", "refresh", "--account", &account.name, "--all", "--json"];
        let given = hub.cli(&arguments).await?;
        Ok::<_, anyhow::Error>((given.as_array().map_or(0, Vec::len), start.elapsed().as_secs_f64()))
    };
    let told = async {
        let mut told = Vec::new();
        while told.len() < connected {
            match heard.recv().await.context("every task ended")? {
                Event::Told(at) => told.push(at.duration_since(start).as_secs_f64()),
                Event::Lost(error) => bail!("a session ended: {error}"),
                Event::Connected(..) | Event::Fetched { .. } => {}
            }
        }
        Ok(told)
    };
    let both = async { tokio::try_join!(given, told) };
    let ((given, took), mut told) =
        tokio::time::timeout(PATIENCE, both).await.context("not all were told")??;
    ensure!(given >= connected, "{given} commands for {connected} screens");
    let (first, last) = (percentile(&mut told, 0.0), percentile(&mut told, 1.0));
    println!(
        "one command for all: the command line took {took:.2} s; the first screen was told after {first:.2} s, the last {:.2} s later; p99 {:.2} s",
        last - first,
        percentile(&mut told, 0.99),
    );
    publish(hub, account, process, &old, connected, &mut heard).await
}

/// Gives all of them something else to play, and waits until each has the document that says so.
async fn publish(
    hub: &Hub,
    account: &Account,
    process: u32,
    old: &str,
    connected: usize,
    heard: &mut mpsc::UnboundedReceiver<Event>,
) -> Result<()> {
    let before = Usage::of(process)?;
    let start = Instant::now();
    let given = async {
        hub.create_default_playlist(account, &[fixtures::WIDE, fixtures::TALL], 10).await?;
        Ok::<_, anyhow::Error>(start.elapsed().as_secs_f64())
    };
    let fetched = async {
        let (mut all, mut each, mut again, mut others) = (Vec::new(), Vec::new(), 0, 0);
        while all.len() < connected {
            match heard.recv().await.context("every task ended")? {
                // Told of the content before it is the default: asked, and told once more.
                Event::Fetched { tag, .. } if tag == old => others += 1,
                Event::Fetched { at, seconds, tries, .. } => {
                    all.push(at.duration_since(start).as_secs_f64());
                    each.push(seconds);
                    again += tries - 1;
                }
                Event::Lost(error) => bail!("a session ended: {error}"),
                Event::Connected(..) | Event::Told(_) => {}
            }
        }
        Ok((all, each, again, others))
    };
    let both = async { tokio::try_join!(given, fetched) };
    let (took, (mut all, mut each, again, others)) =
        tokio::time::timeout(PATIENCE, both).await.context("not all have what is new")??;
    let cpu = Usage::of(process)?.cpu - before.cpu;
    let (first, last) = (percentile(&mut all, 0.0), percentile(&mut all, 1.0));
    println!(
        "something new for all {connected}: the command line took {took:.2} s; the first screen had it after {first:.2} s, \
         the last {:.2} s later; p50 {:.2} s, p99 {:.2} s; {:.2} ms of the hub's CPU for each; a request took p50 {:.2} s, \
         p99 {:.2} s; {again} tried again, {others} came too early",
        last - first,
        percentile(&mut all, 0.5),
        percentile(&mut all, 0.99),
        cpu / connected as f64 * 1e3,
        percentile(&mut each, 0.5),
        percentile(&mut each, 0.99),
    );
    Ok(())
}

/// A client that keeps so many connections for later.
fn client(site: &Site, idle: usize) -> Result<Client> {
    let ca = Certificate::from_pem_bundle(site.ca.as_bytes())?;
    let client = Client::builder().tls_certs_merge(ca).http1_only().pool_max_idle_per_host(idle);
    Ok(client.timeout(Duration::from_secs(60)).build()?)
}

/// An access token for each screen.
pub async fn tokens(site: &Arc<Site>, devices: u32) -> Result<Vec<String>> {
    let http = client(site, usize::MAX)?;
    let turns = Arc::new(Semaphore::new(WORKERS));
    let tasks: Vec<_> = (0..devices)
        .map(|number| {
            let (http, site, turns) = (http.clone(), Arc::clone(site), Arc::clone(&turns));
            tokio::spawn(async move {
                let _turn = turns.acquire_owned().await;
                token(&http, &site, number).await
            })
        })
        .collect();
    let mut tokens = Vec::with_capacity(tasks.len());
    for task in tasks {
        tokens.push(task.await??);
    }
    Ok(tokens)
}

async fn token(http: &Client, site: &Site, number: u32) -> Result<String> {
    let key = key(number);
    let id = PublicKey::from(&key.verifying_key()).thumbprint();
    let answer = http.post(format!("{}{}", site.url, api::NONCE)).send().await?.error_for_status()?;
    let Nonce { nonce } = answer.json().await?;
    let assertion = Assertion { iss: id.clone(), sub: id, aud: site.url.clone(), nonce };
    let form = TokenRequest {
        grant_type: api::GRANT_TYPE.into(),
        client_assertion_type: api::ASSERTION_TYPE.into(),
        client_assertion: jws::sign(&key, typ::CLIENT_ASSERTION, &assertion)?,
    };
    let answer = http.post(format!("{}{}", site.url, api::TOKEN)).form(&form).send().await?;
    let token: TokenResponse = answer.error_for_status()?.json().await?;
    Ok(token.access_token.expose().to_owned())
}

/// The entity tag of what a screen is to play.
async fn manifest(http: &Client, site: &Site, token: &str) -> Result<String> {
    let answer = http.get(format!("{}{MANIFEST}", site.url)).bearer_auth(token).send().await?;
    let answer = answer.error_for_status()?;
    let tag = answer.headers().get(header::ETAG).context("no entity tag")?.to_str()?.to_owned();
    ensure!(!answer.bytes().await?.is_empty(), "no document");
    Ok(tag)
}

/// What all screens share.
#[derive(Clone)]
struct Screens {
    http: Client,
    /// Opens a connection for each request.
    fresh: Client,
    site: Arc<Site>,
    turns: Arc<Semaphore>,
    events: mpsc::UnboundedSender<Event>,
}

impl Screens {
    /// One screen: connects with the patience of a provisioner, listens, and fetches what it is told of.
    async fn run(&self, number: u32, token: &str) -> Result<()> {
        let begin = Instant::now();
        let (mut attempt, mut socket) = (1, None);
        while socket.is_none() {
            match connect(&self.http, &self.site, token).await {
                Ok(open) => socket = Some(open),
                Err(error) if attempt == TRIES => return Err(error),
                Err(_) => {
                    pause(number, attempt).await;
                    attempt += 1;
                }
            }
        }
        let mut socket = socket.context("no socket")?;
        let _ = self.events.send(Event::Connected(begin.elapsed().as_secs_f64(), attempt));
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let HubMessage::Changed { topics, .. } = serde_json::from_str(&text)? else { continue };
            if topics == [Topic::Command] {
                let _ = self.events.send(Event::Told(Instant::now()));
            } else if topics == [Topic::Content] {
                self.fetch(number, token).await?;
            }
        }
        bail!("the hub has closed the session")
    }

    async fn fetch(&self, number: u32, token: &str) -> Result<()> {
        let mut tries = 1;
        loop {
            let turn = self.turns.acquire().await?;
            let begin = Instant::now();
            match manifest(&self.fresh, &self.site, token).await {
                Ok(tag) => {
                    let seconds = begin.elapsed().as_secs_f64();
                    let _ = self.events.send(Event::Fetched { at: Instant::now(), seconds, tries, tag });
                    return Ok(());
                }
                Err(error) if tries == TRIES => return Err(error),
                Err(_) => {}
            }
            drop(turn);
            pause(number, tries).await;
            tries += 1;
        }
    }
}

/// A session that was welcomed.
async fn connect(http: &Client, site: &Site, token: &str) -> Result<WebSocketStream<Upgraded>> {
    let request = http
        .get(format!("{}{SESSION}", site.url))
        .bearer_auth(token)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, generate_key());
    let answer = request.send().await?;
    ensure!(answer.status() == 101, "{}", answer.status());
    let config = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
    let upgraded = answer.upgrade().await?;
    let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
    let hello = DeviceMessage::Hello { software: "bench".into(), serial: None, sequence: None };
    socket.send(Message::text(serde_json::to_string(&hello)?)).await?;
    let welcome = tokio::time::timeout(Duration::from_secs(60), socket.next()).await?;
    let Some(Ok(Message::Text(text))) = welcome else { bail!("no welcome") };
    ensure!(matches!(serde_json::from_str(&text)?, HubMessage::Welcome { .. }), "{text}");
    Ok(socket)
}
