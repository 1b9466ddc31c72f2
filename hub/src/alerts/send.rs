//! Sending messages: webhooks and e-mail. A message is claimed in the database first, so with several hubs one of them
//! sends it; it is tried for a day, more rarely each time. Whoever is slow to take one delays only what else goes there.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};

pub use super::mail::{Password, Security, Smtp};
pub use super::webhook::{DELIVERY, Network, SIGNATURE, TIMESTAMP, check_url, signature};
use super::{KEEP_DAYS, evaluate, mail, webhook};
use crate::error::chain;
use crate::http::Shared;
use crate::ident::{self, DAY, MINUTE, Millis, SECOND};
use crate::seal::Seal;
use crate::store::alerts::{self, Busy, Delivery};
use crate::store::{self, Store, reports};
use crate::{Error, Result};

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often the database is asked whether a message is due.
const LOOK: Duration = Duration::from_secs(2);
/// Messages on their way at a time, and those of one account. A channel has one: what comes later arrives later.
const AT_ONCE: usize = 32;
const OF_ACCOUNT: usize = 4;
/// Waits between the attempts; then the message is given up.
const WAITS: [Millis; 9] = [
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    60 * MINUTE,
    180 * MINUTE,
    360 * MINUTE,
    360 * MINUTE,
    360 * MINUTE,
];

/// What whoever runs the hub has set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Networks that webhooks may lead to although they are this machine's own, also without TLS.
    pub allow: Vec<Network>,
    /// By which e-mail is sent; without it there is none.
    pub smtp: Option<Smtp>,
    /// Certificates, PEM, that mail server and receivers may have beside those that the system trusts.
    pub ca: Vec<u8>,
    /// How long a receiver may take.
    pub patience: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { allow: Vec::new(), smtp: None, ca: Vec::new(), patience: PATIENCE }
    }
}

impl Config {
    /// What is said of a receiver that takes too long.
    pub(super) fn late(&self) -> String {
        format!("no answer within {} seconds", self.patience.as_secs().max(1))
    }

    /// Refuses certificates that are none.
    pub fn check(&self) -> Result<()> {
        let found = reqwest::Certificate::from_pem_bundle(&self.ca);
        let found =
            found.map_err(|error| Error::Invalid(format!("certificates for alerts: {}", chain(&error))))?;
        if found.is_empty() && !self.ca.is_empty() {
            return Err(Error::Invalid("the file with certificates for alerts holds none in PEM".into()));
        }
        Ok(())
    }
}

/// What went wrong, with what to do about it when it was about a certificate.
pub(super) fn untrusted(who: &str, error: String) -> String {
    if !error.contains("invalid peer certificate") {
        return error;
    }
    let what = match error.as_str() {
        text if text.contains("UnknownIssuer") || text.contains("CaUsedAsEndEntity") => {
            "is of an authority that this hub does not know: see SIGNAGE_HUB_ALERTS_CA_FILE"
        }
        text if text.contains("NotValidForName") || text.contains("not valid for name") => {
            "is for another name than the one it is called by"
        }
        text if text.contains("Expired") || text.contains("expired") => "has expired",
        _ => "is not accepted",
    };
    format!("the certificate of {who} {what} ({error})")
}

/// Goes through the rules and sends what is due, for ever.
pub async fn run(state: Shared, config: Config) {
    tokio::join!(rules(&state), messages(&state, &config));
}

async fn rules(state: &Shared) {
    let started = ident::now();
    let mut look = tokio::time::interval(Duration::from_millis(super::INTERVAL.unsigned_abs()));
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first tick is at once.
    look.tick().await;
    let mut cleaned = 0;
    loop {
        look.tick().await;
        let now = ident::now();
        if let Err(error) = evaluate(&state.store, started, now).await {
            tracing::error!(error = chain(&error), "the rules of alerts could not be gone through");
        }
        if now - cleaned >= DAY {
            cleaned = now;
            if let Err(error) = clean(&state.store, now).await {
                tracing::error!(error = chain(&error), "old alerts could not be removed");
            }
        }
    }
}

async fn messages(state: &Shared, config: &Config) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut outgoing = Outgoing::new(&state.store, &state.seal, config);
    loop {
        let done = tokio::select! {
            _ = look.tick() => Ok(()),
            Some(done) = outgoing.next() => done,
        };
        let begun = outgoing.start(ident::now()).await.map(drop);
        if let Err(error) = done.and(begun) {
            tracing::error!(error = chain(&error), "alerts could not be sent");
        }
    }
}

async fn clean(store: &Store, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    alerts::delete_old(&mut change, now - KEEP_DAYS * DAY).await?;
    store::commit(change).await
}

/// Sends every message that is due and that no other hub has taken. Answers how many were tried.
pub async fn send_due(store: &Store, seal: &Seal, config: &Config, now: Millis) -> Result<usize> {
    let mut outgoing = Outgoing::new(store, seal, config);
    let mut tried = 0;
    loop {
        tried += outgoing.start(now).await?;
        match outgoing.next().await {
            Some(done) => done?,
            None => return Ok(tried),
        }
    }
}

/// Messages on their way, each in a task of its own: what waits for its turn in the database has to go on while this
/// waits for its own, or both wait for each other.
struct Outgoing<'a> {
    store: &'a Store,
    seal: &'a Seal,
    config: Arc<Config>,
    running: JoinSet<Result<()>>,
    /// Account and channel of each.
    busy: HashMap<Id, (String, String)>,
}

impl<'a> Outgoing<'a> {
    fn new(store: &'a Store, seal: &'a Seal, config: &Config) -> Self {
        let config = Arc::new(config.clone());
        Self { store, seal, config, running: JoinSet::new(), busy: HashMap::new() }
    }

    /// Takes what is due, as far as there is room; answers how many those are.
    async fn start(&mut self, now: Millis) -> Result<usize> {
        let mut started = 0;
        while self.running.len() < AT_ONCE {
            let busy = self.busy();
            if !alerts::is_due(self.store, &busy, now).await? {
                break;
            }
            let mut change = self.store.write().await?;
            let claimed = alerts::claim(&mut change, &busy, now).await?;
            store::commit(change).await?;
            let Some(delivery) = claimed else { break };
            let who = (delivery.account.clone(), delivery.channel.clone());
            let (store, seal, config) = (self.store.clone(), self.seal.clone(), Arc::clone(&self.config));
            let task =
                self.running.spawn(async move { deliver(&store, &seal, &config, delivery, now).await });
            self.busy.insert(task.id(), who);
            started += 1;
        }
        Ok(started)
    }

    /// Waits for one that ends; nothing when none is on its way.
    async fn next(&mut self) -> Option<Result<()>> {
        let (id, done) = match self.running.join_next_with_id().await? {
            Ok(ended) => ended,
            Err(error) => (error.id(), Err(Error::Damaged { what: "message on its way" })),
        };
        self.busy.remove(&id);
        Some(done)
    }

    /// Those who have enough under way.
    fn busy(&self) -> Busy {
        let channels = self.busy.values().map(|(_, channel)| channel.clone()).collect();
        let full =
            |account: &&String| self.busy.values().filter(|(one, _)| one == *account).count() >= OF_ACCOUNT;
        let mut accounts: Vec<String> =
            self.busy.values().map(|(account, _)| account).filter(full).cloned().collect();
        accounts.dedup();
        Busy { accounts, channels }
    }
}

/// Sends one message and notes what became of it.
async fn deliver(
    store: &Store,
    seal: &Seal,
    config: &Config,
    mut delivery: Delivery,
    now: Millis,
) -> Result<()> {
    let channel = alerts::channel(&mut *store.read().await?, &delivery.account, &delivery.channel).await;
    let outcome = match &channel {
        Ok(channel) if channel.kind == "email" => mail::send(config, channel, &mut delivery).await,
        Ok(channel) => {
            let attempt = webhook::send(store.vault(), seal, config, channel, &delivery, now);
            tokio::time::timeout(config.patience, attempt)
                .await
                .unwrap_or_else(|_| Err(Failure::Passing(config.late())))
        }
        Err(_) => Err(Failure::Final("the channel is gone".to_owned())),
    };
    note(&mut delivery, outcome, now);
    let (sent, failed) = match delivery.state.as_str() {
        "sent" => (1, 0),
        "failed" => (0, 1),
        _ => (0, 0),
    };
    let mut change = store.write().await?;
    alerts::settle(&mut change, &delivery).await?;
    if sent + failed > 0 {
        reports::count_messages(&mut change, &delivery.account, sent, failed, now).await?;
    }
    store::commit(change).await
}

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Another time it may be.
    Passing(String),
    /// It never will be.
    Final(String),
}

/// What becomes of a message after an attempt.
fn note(delivery: &mut Delivery, outcome: std::result::Result<(), Failure>, now: Millis) {
    let tries = usize::try_from(delivery.attempts).unwrap_or(usize::MAX);
    let wait = WAITS.get(tries.saturating_sub(1)).copied();
    match (outcome, wait) {
        (Ok(()), _) => {
            delivery.state = "sent".into();
            delivery.done_at = Some(now);
            delivery.last_error = None;
        }
        (Err(Failure::Passing(error)), Some(wait)) => {
            delivery.last_error = Some(error);
            delivery.next_at = now + wait;
        }
        (Err(Failure::Passing(error) | Failure::Final(error)), _) => {
            delivery.state = "failed".into();
            delivery.done_at = Some(now);
            delivery.last_error = Some(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_a_day_more_rarely_each_time() {
        let mut delivery = Delivery {
            id: String::new(),
            account: String::new(),
            channel: String::new(),
            event: String::new(),
            body: String::new(),
            state: "waiting".into(),
            attempts: 0,
            next_at: 0,
            last_error: None,
            left_over: None,
            created_at: 0,
            done_at: None,
        };
        let mut now = 0;
        while delivery.state == "waiting" {
            delivery.attempts += 1;
            note(&mut delivery, Err(Failure::Passing("away".into())), now);
            assert!(delivery.state == "failed" || delivery.next_at > now);
            now = now.max(delivery.next_at);
        }
        assert_eq!(delivery.attempts, 10);
        assert!((20 * 60 * MINUTE..DAY + 60 * MINUTE).contains(&now), "{now}");
        assert_eq!(delivery.last_error.as_deref(), Some("away"));
    }

    #[test]
    fn a_wrong_certificate_is_said_with_what_to_do() {
        let text = untrusted("the mail server", "tls error: invalid peer certificate: UnknownIssuer".into());
        assert!(text.starts_with("the certificate of the mail server is of an authority"), "{text}");
        assert_eq!(untrusted("the receiver", "connection refused".into()), "connection refused");
        let config = |text: &str| Config { ca: text.into(), ..Config::default() };
        assert!(config("").check().is_ok() && config("nonsense").check().is_err());
    }
}
