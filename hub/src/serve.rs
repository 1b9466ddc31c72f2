//! The server as a whole: data directory, listener, TLS, the router, shutdown.
//!
//! Tests of other crates start a real hub from here:
//!
//! ```no_run
//! # async fn example(directory: std::path::PathBuf) -> signage_hub::Result<()> {
//! use signage_hub::serve::{Hub, Options};
//! let running = Hub::start(Options::local(directory)).await?;
//! println!("{} trusted by {}", running.url, running.ca_pem);
//! running.stop().await
//! # }
//! ```

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use signage_protocol::Secret;
use tokio::task::JoinHandle;

use crate::address::HubUrl;
use crate::announce::Announcement;
use crate::data_dir::DataDir;
use crate::error::chain;
use crate::http::{self, Shared, State};
use crate::ident::{self, DAY, Millis};
use crate::live::{follow, presence};
use crate::opening::Opening;
use crate::store::{
    self, Store, audit, commands, devices, idempotency, invitations, operators, pairings, pushes, reports,
    settings,
};
use crate::{Error, Result, alerts, blobs, probe, setup, sweep, tls, upload};

/// How long requests may go on after the hub was told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// How long a client may be silent before a request; a screen opens a new connection when it asks more rarely.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often old rows are removed and the certificate is looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(60 * 60);
/// How long refusals stay in the audit log.
const KEEP_REFUSALS_DAYS: i64 = 30;
/// How long pictures and logs that screens have uploaded stay, and the commands themselves.
const KEEP_FILES_DAYS: i64 = 30;
const KEEP_COMMANDS_DAYS: i64 = 90;
/// A copy of a file on its way into the store that is older than this was left by a crash.
const UPLOAD_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// How to run a hub.
#[derive(Debug, Clone)]
pub struct Options {
    /// Everything the hub keeps.
    pub data_dir: PathBuf,
    /// The key of its secrets, when it is not where [`crate::vault::key`] looks for it.
    pub secret_key: Option<PathBuf>,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that devices use, `https://HOST[:PORT]`; without it, the host's name and the port.
    pub public_url: Option<String>,
    /// How long a client may take for the TLS handshake, and again for the head of each request, the time without
    /// any request included. Then its connection is closed.
    pub client_timeout: Duration,
    /// Whether screens in the local network can find this hub by multicast DNS.
    pub announce: bool,
    /// How alerts are sent.
    pub alerts: alerts::send::Config,
}

impl Options {
    /// A hub on an address, with what is usual.
    pub fn new(data_dir: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            data_dir: data_dir.into(),
            secret_key: None,
            listen,
            public_url: None,
            client_timeout: CLIENT_TIMEOUT,
            announce: false,
            alerts: alerts::send::Config::default(),
        }
    }

    /// A hub on a free port of this machine, for tests.
    pub fn local(data_dir: impl Into<PathBuf>) -> Self {
        Self::new(data_dir, SocketAddr::from(([127, 0, 0, 1], 0)))
    }
}

/// The hub as a server.
#[derive(Debug, Clone, Copy)]
pub struct Hub;

/// A hub that answers requests. Dropping it stops it at once.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its public address.
    pub url: String,
    /// What a device must trust.
    pub ca_pem: String,
    /// Where that lies.
    pub ca_path: PathBuf,
    /// Link by which the first account is made, while there is none.
    pub setup_url: Option<Secret>,
    /// State of the router; its store is what the functions of this crate take.
    pub state: Shared,
    handle: Handle<SocketAddr>,
    server: JoinHandle<std::io::Result<()>>,
    housekeeping: JoinHandle<()>,
    _announcement: Option<Announcement>,
    live: JoinHandle<()>,
    alerts: JoinHandle<()>,
}

/// Opens a data directory for the commands: the directory and the database, made when they are not there.
pub async fn open(data_dir: &Path) -> Result<(DataDir, Store)> {
    open_with(data_dir, None).await
}

/// The same, with the key of the secrets in a file of its own.
pub async fn open_with(data_dir: &Path, key: Option<&Path>) -> Result<(DataDir, Store)> {
    let directory = DataDir::open(data_dir)?;
    let lock = directory.lock()?;
    let store = Store::open(&directory, key).await?;
    drop(lock);
    Ok((directory, store))
}

impl Hub {
    /// Starts a hub; when this returns it answers.
    pub async fn start(options: Options) -> Result<Running> {
        let (directory, store) = open_with(&options.data_dir, options.secret_key.as_deref()).await?;
        let given = options.public_url.as_deref().map(str::parse::<HubUrl>).transpose()?;
        let listen = |source| Error::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;

        let public = given.unwrap_or_else(|| default_url(addr));
        let names = names(&public, addr.ip());
        let mut urls = vec![public.clone()];
        urls.extend(names.iter().map(|name| HubUrl::new(name, addr.port())));

        let tls_config = certificate(&directory, &names)?;
        let ca_pem = tls::ca(&directory, ident::now())?;
        let mut change = store.write().await?;
        settings::set(&mut change, settings::PUBLIC_URL, &public.to_string()).await?;
        store::commit(change).await?;

        let setup = setup::open(&store).await?;
        let setup_url = setup.map(|code| Secret::new(format!("{public}{}", setup::path(&code))));
        let state = State::new(store, directory.clone(), urls).await?;
        // Nobody else has set it yet.
        let _ = state.alerts.set(options.alerts.clone());
        let config = RustlsConfig::from_config(tls_config);
        let handle = Handle::new();
        // HTTP/1 only, by the opening: it is all that a screen needs, and the one version whose silent connections
        // hyper closes. The server's own switch for it knows no upgrade to WebSocket.
        let mut server =
            axum_server::from_tcp_rustls(listener, config.clone()).map_err(listen)?.map(|acceptor| {
                Opening::new(acceptor.handshake_timeout(options.client_timeout), options.client_timeout)
            });
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(options.client_timeout);
        let service = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(server.handle(handle.clone()).serve(service));
        handle.listening().await;
        let address = (!addr.ip().is_unspecified()).then(|| addr.ip());
        let announcement = options
            .announce
            .then(|| Announcement::start(&public.to_string(), &ca_pem, address, addr.port()))
            .transpose()
            .unwrap_or_else(|error| {
                // Screens that know the address do not need it.
                tracing::warn!(error = chain(&error), "the hub is not announced in the local network");
                None
            });
        let housekeeping = tokio::spawn(keep_house(state.clone(), config, names));
        let last = pushes::newest(&mut *state.store.read().await?).await?;
        let live = tokio::spawn(tell(state.clone(), last));
        let alerts = tokio::spawn(alerts::send::run(state.clone(), options.alerts));
        Ok(Running {
            addr,
            url: public.to_string(),
            ca_pem,
            ca_path: directory.tls().join("ca.pem"),
            setup_url,
            state,
            handle,
            server,
            housekeeping,
            _announcement: announcement,
            live,
            alerts,
        })
    }
}

impl Running {
    /// Takes no new requests, lets those that run finish for a few seconds, and closes the database.
    pub async fn stop(mut self) -> Result<()> {
        self.housekeeping.abort();
        self.alerts.abort();
        self.handle.graceful_shutdown(Some(GRACE));
        let state = &self.state;
        state.live.stop(GRACE).await;
        self.live.abort();
        let result = (&mut self.server).await;
        report("noting who was connected", presence::write(&state.live, &state.store, ident::now()).await);
        self.state.store.close().await;
        match result {
            Ok(result) => result.map_err(|source| Error::Serve { source }),
            Err(error) => Err(Error::Serve { source: std::io::Error::other(error) }),
        }
    }

    /// Waits until the server stops by itself, which it does only when something is wrong.
    pub async fn failed(&mut self) -> Error {
        let source = match (&mut self.server).await {
            Ok(Err(source)) => source,
            Ok(Ok(())) => std::io::Error::other("the listener was closed"),
            Err(error) => std::io::Error::other(error),
        };
        Error::Serve { source }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.housekeeping.abort();
        self.alerts.abort();
        self.live.abort();
        self.state.live.cut();
        self.handle.shutdown();
    }
}

/// Tells those who are connected what is new, and others that they are connected, for ever.
async fn tell(state: Shared, last: i64) {
    tokio::join!(follow::run(&state.live, &state.store, last), presence::run(&state.live, &state.store));
}

fn certificate(directory: &DataDir, names: &[String]) -> Result<std::sync::Arc<rustls::ServerConfig>> {
    let _lock = directory.lock()?;
    tls::server_config(directory, names, ident::now())
}

/// Renews the certificate before its end and removes what is over, for ever. The certificate comes first: nothing
/// else stops every screen.
async fn keep_house(state: Shared, config: RustlsConfig, names: Vec<String>) {
    let mut interval = tokio::time::interval(HOUSEKEEPING);
    loop {
        interval.tick().await;
        let renewed =
            certificate(&state.directory, &names).map(|certificate| config.reload_from_config(certificate));
        report("renewing the certificate", renewed);
        report("removing old rows", remove_old_rows(&state.store, ident::now()).await);
        report("removing old copies", blobs::clean(&state.directory, UPLOAD_AGE));
        report("tidying uploads", upload::tidy(&state.store, &state.blobs, ident::now()).await);
        report(
            "removing files that nothing needs",
            sweep::run(&state.store, &state.blobs, sweep::GRACE, ident::now()).await,
        );
        report(
            "probing content",
            probe::work(&state.store, &state.blobs, &state.prober, &state.directory).await,
        );
    }
}

fn report<T>(doing: &'static str, result: Result<T>) {
    if let Err(error) = result {
        tracing::error!(error = chain(&error), doing, "housekeeping failed; it is tried again in an hour");
    }
}

async fn remove_old_rows(store: &Store, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    operators::delete_expired_sessions(&mut change, now).await?;
    invitations::delete_expired(&mut change, now).await?;
    idempotency::delete_old(&mut change, now - http::idempotency::KEPT).await?;
    devices::delete_expired_nonces(&mut change, now).await?;
    pairings::delete_expired(&mut change, now - DAY).await?;
    audit::delete_refused(&mut change, now - KEEP_REFUSALS_DAYS * DAY).await?;
    audit::delete_old(&mut change, now).await?;
    pushes::delete_old(&mut change, now - follow::KEEP).await?;
    commands::delete_old(&mut change, now - KEEP_FILES_DAYS * DAY, now - KEEP_COMMANDS_DAYS * DAY).await?;
    store::commit(change).await?;
    reports::clean(store, now).await
}

/// Without a public address: the address that is listened on, or the host's name when that is all of them.
fn default_url(addr: SocketAddr) -> HubUrl {
    let host = match (addr.ip().is_unspecified(), hostname()) {
        (false, _) => addr.ip().to_string(),
        (true, Some(name)) => name,
        (true, None) => "localhost".to_owned(),
    };
    HubUrl::new(&host, addr.port())
}

/// Every name under which this hub proves itself: local ones, the host's, the public one.
fn names(public: &HubUrl, listen: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let listen = (!listen.is_unspecified()).then(|| listen.to_string());
    for name in hostname().into_iter().chain([public.host().to_owned()]).chain(listen) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The host's name, when it can stand in a certificate.
fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?.trim().to_ascii_lowercase();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (!name.is_empty() && name.bytes().all(fits)).then_some(name)
}
