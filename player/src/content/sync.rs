//! Keeps the store at what the hub says, and says what may be played from it.
//!
//! A cycle: where the hub is and whose content it is (the provisioner knows), what is in the store, what the
//! hub has now, the files that are missing, then the publication itself. Only a whole publication replaces
//! the one before. A failed cycle is tried again after 2 to 60 seconds; what plays goes on playing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode, header};
use signage_protocol::Secret;
use signage_protocol::api;
use signage_protocol::document::{Blob, Publication};
use signage_protocol::jws::{PublicKey, VerifyingKey};
use signage_protocol::problem::Code;
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::{debug, info, warn};

use super::Program;
use super::download::{self, FetchError};
use super::publication::{self, Refused};
use super::store::{Checked, Store, StoreError};
use crate::clock::wall_ms;
use crate::engine::{Event, SyncState};

/// Between two looks at the manifest, give or take a tenth.
const INTERVAL: Duration = Duration::from_secs(60);
/// Waits for a store that is not mounted yet.
const STORE_INTERVAL: Duration = Duration::from_secs(1);
/// Failed openings of the store until the screen speaks of it: mounting takes a moment.
const STORE_PATIENCE: u32 = 15;
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LAST_RETRY: Duration = Duration::from_secs(60);
/// Between two reports of the same download: each is a new picture on the screen.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// Of a signed publication.
const MAX_MANIFEST: usize = 16 * 1024 * 1024;

/// Where content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Base URL.
    pub url: String,
    /// PEM, or empty.
    pub ca: String,
    /// The key that signs the account's documents, as JWK.
    pub account_key: String,
}

/// What the provisioner does for this part. Real over D-Bus, simple in tests.
pub trait Provisioner: Send + Sync {
    /// The hub; `None` when there is none yet.
    fn hub(&self) -> impl Future<Output = Result<Option<Hub>, AccessError>> + Send;
    /// A bearer token for it.
    fn token(&self) -> impl Future<Output = Result<Secret, AccessError>> + Send;
}

/// The provisioner could not help.
#[derive(Debug, thiserror::Error)]
#[error("the provisioner gives no access to the hub")]
pub struct AccessError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What the loop is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The device may play: look now.
    Resume,
    /// It may not: ask for nothing.
    Pause,
    /// This file could not be played; it may be damaged.
    Suspect(PathBuf),
}

/// Why a cycle failed.
#[derive(Debug, thiserror::Error)]
enum CycleError {
    #[error("the store is not there")]
    Store(#[source] StoreError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error("no hub is known yet")]
    NoHub,
    #[error("the key of the account is not usable")]
    Key,
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Publication(#[from] Refused),
}

impl From<StoreError> for CycleError {
    fn from(error: StoreError) -> Self {
        Self::Fetch(error.into())
    }
}

impl CycleError {
    fn code(&self) -> Code {
        match self {
            Self::Store(_) | Self::Fetch(FetchError::Store(_) | FetchError::Write(_)) => Code::HwStorage,
            _ => Code::PlyDownload,
        }
    }
}

/// The publication that is in the store.
#[derive(Debug)]
struct Stored {
    publication: Publication,
    compact: String,
}

/// The loop and what it remembers between two cycles.
pub struct Syncer<P, R> {
    provisioner: P,
    report: R,
    directory: PathBuf,
    store: Option<Store>,
    hub: Option<Hub>,
    client: Option<Client>,
    token: Option<Secret>,
    stored: Option<Stored>,
    /// Of the manifest that was taken over completely.
    etag: Option<header::HeaderValue>,
    failures: u32,
    store_failures: u32,
}

impl<P: Provisioner, R: FnMut(Event) + Send> Syncer<P, R> {
    /// A loop over the store in `directory`; `report` takes [`Event::Content`] and [`Event::Sync`].
    pub fn new(directory: PathBuf, provisioner: P, report: R) -> Self {
        Self {
            provisioner,
            report,
            directory,
            store: None,
            hub: None,
            client: None,
            token: None,
            stored: None,
            etag: None,
            failures: 0,
            store_failures: 0,
        }
    }

    /// Runs until the sender of the commands is gone.
    pub async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        let mut due: Option<Instant> = None;
        loop {
            let command = match due {
                None => commands.recv().await.map(Some),
                Some(due) => tokio::select! {
                    command = commands.recv() => command.map(Some),
                    () = tokio::time::sleep_until(due.into()) => Some(None),
                },
            };
            match command {
                None => return,
                Some(Some(Command::Resume)) => due = Some(Instant::now()),
                Some(Some(Command::Pause)) => due = None,
                Some(Some(Command::Suspect(path))) => {
                    if self.damaged(path).await {
                        due = due.map(|_| Instant::now());
                    }
                }
                Some(None) => {
                    // A command ends a cycle that is under way; what was downloaded stays.
                    let result = tokio::select! {
                        result = self.cycle() => result,
                        () = interrupted(&commands) => continue,
                    };
                    due = Some(Instant::now() + self.conclude(result));
                }
            }
        }
    }

    /// Reports how a cycle went; returns how long to wait.
    fn conclude(&mut self, result: Result<(), CycleError>) -> Duration {
        let Err(error) = result else {
            if self.failures > 0 {
                info!(failures = self.failures, "content is in step with the hub again");
            }
            self.failures = 0;
            (self.report)(Event::Sync(SyncState::Idle));
            return interval(rand::random());
        };
        let text = crate::error_chain(&error);
        if matches!(error, CycleError::Store(_)) {
            self.store_failures += 1;
            debug!(error = text, "store not open yet");
            if self.store_failures < STORE_PATIENCE {
                return STORE_INTERVAL;
            }
        }
        self.failures += 1;
        let delay = backoff(self.failures, rand::random());
        if self.failures == 1 {
            warn!(error = text, retry_in_ms = delay.as_millis() as u64, "content not in step with the hub");
        } else {
            debug!(error = text, failures = self.failures, "content not in step with the hub");
        }
        let retry_at = wall_ms() + delay.as_millis() as u64;
        (self.report)(Event::Sync(SyncState::Failed {
            code: error.code(),
            detail: crate::error_summary(&error),
            retry_at,
        }));
        delay
    }

    async fn cycle(&mut self) -> Result<(), CycleError> {
        let store = match &self.store {
            Some(store) => store.clone(),
            None => self.store.insert(Store::open(&self.directory).map_err(CycleError::Store)?).clone(),
        };
        let hub = self.provisioner.hub().await?.ok_or(CycleError::NoHub)?;
        let key = account_key(&hub.account_key).ok_or(CycleError::Key)?;
        if self.hub.as_ref() != Some(&hub) {
            if self.hub.as_ref().is_none_or(|known| known.account_key != hub.account_key) {
                self.load(&store, &key)?;
            }
            self.client = Some(download::client(&hub.ca)?);
            self.token = None;
            self.etag = None;
            self.hub = Some(hub);
        }
        match self.update(&store, &key).await {
            Err(CycleError::Fetch(FetchError::Unauthorized)) => {
                self.token = None;
                self.update(&store, &key).await
            }
            result => result,
        }
    }

    /// Takes up what the store holds for this account. Content of another account is forgotten.
    fn load(&mut self, store: &Store, key: &VerifyingKey) -> Result<(), CycleError> {
        self.stored = None;
        if let Some(compact) = store.publication()? {
            match publication::check(&compact, key, None) {
                Ok(publication) => {
                    info!(sequence = publication.sequence, "stored publication taken up");
                    self.stored = Some(Stored { publication, compact });
                }
                Err(error) => {
                    warn!(error = crate::error_chain(&error), "stored publication dropped");
                    store.remove_publication()?;
                }
            }
        }
        self.report_content(store);
        Ok(())
    }

    /// One look at the hub.
    async fn update(&mut self, store: &Store, key: &VerifyingKey) -> Result<(), CycleError> {
        let (Some(client), Some(hub)) = (self.client.clone(), self.hub.clone()) else {
            return Err(CycleError::NoHub);
        };
        if self.stored.is_none() {
            (self.report)(Event::Sync(SyncState::Asking));
        }
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.token.insert(self.provisioner.token().await?).clone(),
        };
        let base = hub.url.trim_end_matches('/');
        let complete =
            self.stored.as_ref().is_some_and(|stored| missing(store, &stored.publication).is_empty());
        let mut request = client.get(format!("{base}{}", api::MANIFEST)).bearer_auth(token.expose());
        if let Some(etag) = self.etag.as_ref().filter(|_| complete) {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let response = request.send().await.map_err(FetchError::Transport)?;
        let mut response = download::accepted(response).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            self.evict(store, None)?;
            return Ok(());
        }
        let etag = response.headers_mut().remove(header::ETAG);
        let compact = text(response).await?;
        let have = self.stored.as_ref().map(|stored| stored.publication.sequence);
        let new = publication::check(&compact, key, have)?;
        let changed = self.stored.as_ref().is_none_or(|stored| stored.publication != new);

        // Room first: what neither the old nor the new publication needs.
        self.evict(store, Some(&new))?;
        let missing = missing(store, &new);
        let total = missing.len();
        for (index, (title, blob)) in missing.into_iter().enumerate() {
            let url = format!("{base}{}{}", api::BLOBS, blob.sha256);
            let report = &mut self.report;
            let mut last: Option<Instant> = None;
            let progress = |have: u64| {
                if last.is_none_or(|last| last.elapsed() >= PROGRESS_INTERVAL) {
                    last = Some(Instant::now());
                    let percent = (have.saturating_mul(100) / blob.size.max(1)).min(100) as u8;
                    let title = title.clone();
                    report(Event::Sync(SyncState::Downloading { number: index + 1, total, title, percent }));
                }
            };
            download::fetch(&client, &url, &token, store, &blob, progress).await?;
            debug!(title, sha256 = blob.sha256, "file downloaded");
        }
        if self.stored.as_ref().is_none_or(|stored| stored.compact != compact) {
            store.set_publication(&compact)?;
        }
        if changed {
            info!(sequence = new.sequence, items = new.playlist.items.len(), "new publication");
        }
        self.stored = Some(Stored { publication: new, compact });
        self.etag = etag;
        if changed || total > 0 {
            self.report_content(store);
        }
        Ok(())
    }

    /// Tells what may be played: the stored publication as far as its files are here.
    fn report_content(&mut self, store: &Store) {
        let program = self.stored.as_ref().and_then(|stored| {
            let program = Program::new(&stored.publication, |blob| store.blob(blob));
            // Nothing of it is here yet: that is not an empty playlist.
            (stored.publication.playlist.items.is_empty() || !program.items.is_empty()).then_some(program)
        });
        (self.report)(Event::Content(program.map(Into::into)));
    }

    fn evict(&self, store: &Store, new: Option<&Publication>) -> Result<(), CycleError> {
        let publications = self.stored.as_ref().map(|stored| &stored.publication).into_iter().chain(new);
        let keep: BTreeSet<String> = publications
            .flat_map(|publication| &publication.playlist.items)
            .map(|item| item.blob.sha256.clone())
            .collect();
        let removed = store.evict(&keep)?;
        if removed > 0 {
            debug!(removed, "files evicted");
        }
        Ok(())
    }

    /// Whether a file that could not be played is damaged. Then it is gone now and will be fetched again.
    async fn damaged(&mut self, path: PathBuf) -> bool {
        let Some(store) = self.store.clone() else {
            return false;
        };
        let shown = path.display().to_string();
        match tokio::task::spawn_blocking(move || store.recheck(&path)).await {
            Ok(Ok(Checked::WrongDigest)) => {
                warn!(path = shown, "stored file was damaged, it will be fetched again");
                true
            }
            Ok(Ok(Checked::Good)) | Err(_) => false,
            Ok(Err(error)) => {
                warn!(error = crate::error_chain(&error), "stored file not checked");
                false
            }
        }
    }
}

impl<P, R> std::fmt::Debug for Syncer<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Syncer").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// Ends when a command waits, without taking it.
async fn interrupted(commands: &UnboundedReceiver<Command>) {
    while commands.is_empty() && !commands.is_closed() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The blobs that a publication needs and the store lacks, each once.
fn missing(store: &Store, publication: &Publication) -> Vec<(String, Blob)> {
    let mut seen = BTreeSet::new();
    publication
        .playlist
        .items
        .iter()
        .filter(|item| seen.insert(&item.blob.sha256) && store.blob(&item.blob).is_none())
        .map(|item| (item.title.clone(), item.blob.clone()))
        .collect()
}

async fn text(mut response: reqwest::Response) -> Result<String, FetchError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(FetchError::Transport)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_MANIFEST {
            return Err(FetchError::TooLong);
        }
    }
    // Anything that is not ASCII fails as a signature.
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn account_key(jwk: &str) -> Option<VerifyingKey> {
    serde_json::from_str::<PublicKey>(jwk).ok()?.verifying_key()
}

/// Until the next look after a good one; `random` is between 0 and 1.
fn interval(random: f64) -> Duration {
    INTERVAL.mul_f64(0.9 + 0.2 * random)
}

/// Until the next try after so many failures in a row; `random` is between 0 and 1.
fn backoff(failures: u32, random: f64) -> Duration {
    let full = FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LAST_RETRY);
    full.mul_f64(0.7 + 0.3 * random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_a_minute_apart_and_tries_grow_to_a_minute() {
        assert_eq!(interval(0.0), Duration::from_secs(54));
        assert_eq!(interval(1.0), Duration::from_secs(66));
        let full: Vec<u64> = (1..=7).map(|failures| backoff(failures, 1.0).as_secs()).collect();
        assert_eq!(full, [2, 4, 8, 16, 32, 60, 60]);
        assert!(backoff(1, 0.0) >= Duration::from_millis(1400));
        assert_eq!(backoff(u32::MAX, 1.0), LAST_RETRY);
    }
}
