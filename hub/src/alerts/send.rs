//! Sending messages: webhooks and e-mail. A message is claimed in the database first, so with several hubs one of them
//! sends it; it is tried for a day, more rarely each time.
//!
//! A webhook is an address that a tenant chooses and this machine calls, so it must not lead to what only this machine
//! reaches: addresses of this host, of the link, and of the metadata services of clouds are refused after the name was
//! resolved, and the connection goes to the address that was checked. Redirects are not followed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use serde::Deserialize;
use sha2::Sha256;
use signage_protocol::Secret;

use super::setup::webhook_secret;
use super::{KEEP_DAYS, evaluate};
use crate::error::chain;
use crate::http::Shared;
use crate::ident::{self, DAY, MINUTE, Millis, SECOND};
use crate::seal::Seal;
use crate::store::alerts::{self, Channel, Delivery};
use crate::store::{self, Store, reports};
use crate::{Error, Result};

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How often the database is asked whether a message is due.
const LOOK: Duration = Duration::from_secs(2);
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
/// Header with the moment of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "x-signage-timestamp";
/// Header with `sha256=` and the signature over timestamp, a full stop, and body.
pub const SIGNATURE: &str = "x-signage-signature";
/// Header with the id of the message: one that comes twice has the same.
pub const DELIVERY: &str = "x-signage-delivery";

/// What whoever runs the hub has set.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Networks that webhooks may lead to although they are this machine's own, also without TLS.
    pub allow: Vec<Network>,
    /// By which e-mail is sent; without it there is none.
    pub smtp: Option<Smtp>,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Name or address.
    pub host: String,
    /// Port; without one the usual one.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// Who signs in; without one nobody.
    pub user: Option<String>,
    /// The password, or the file that holds it.
    pub password: Option<Password>,
    /// Sender of the messages.
    pub from: String,
}

/// Where a password is.
#[derive(Debug, Clone)]
pub enum Password {
    /// Here.
    Value(Secret),
    /// In the first line of a file.
    File(PathBuf),
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// TLS from the beginning, port 465.
    #[default]
    Tls,
    /// TLS after a greeting, port 587; never without.
    Starttls,
    /// None, port 25: to a mail server on this machine.
    None,
}

impl FromStr for Security {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "tls" => Ok(Self::Tls),
            "starttls" => Ok(Self::Starttls),
            "none" => Ok(Self::None),
            _ => Err("use tls, starttls or none".to_owned()),
        }
    }
}

/// A network, such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpAddr, u32);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("{text:?} is no network such as 10.0.0.0/8");
        let (address, length) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = if length.is_empty() { most } else { length.parse().map_err(|_| wrong())? };
        if length > most { Err(wrong()) } else { Ok(Self(address, length)) }
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let same = |ours: u128, theirs: u128, bits: u32| {
            let rest = bits - self.1;
            rest >= bits || (ours >> rest) == (theirs >> rest)
        };
        match (self.0, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same(u32::from(ours).into(), u32::from(theirs).into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same(ours.into(), theirs.into(), 128),
            _ => false,
        }
    }
}

impl Config {
    fn allows(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|network| network.holds(address.to_canonical()))
    }
}

/// Whether an address is one that only this machine or its link reaches.
fn own(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || a == 0
                || (a == 100 && b == 100)
        }
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            // IPv4 behind a translator (64:ff9b::/96) or in 6to4 (2002::/16) counts as itself.
            let inside = match parts {
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
                    Some(IpAddr::from((u32::from(high) << 16 | u32::from(low)).to_be_bytes()))
                }
                _ => None,
            };
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unicast_link_local()
                || parts == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
                || inside.is_some_and(own)
        }
    }
}

/// Checks the address of a webhook as far as that goes without asking for its name.
pub fn check_url(config: &Config, text: &str) -> Result<reqwest::Url> {
    let wrong = |detail: &str| Error::Invalid(format!("The address of a webhook {detail}."));
    if text.len() > 2000 {
        return Err(wrong("has at most 2000 characters"));
    }
    let url: reqwest::Url = text.parse().map_err(|_| wrong("is like https://hooks.example.org/signage"))?;
    if url.scheme() != "https" && (url.scheme() != "http" || config.allow.is_empty()) {
        return Err(wrong("begins with https://"));
    }
    let host = url.host_str().ok_or_else(|| wrong("names a host"))?;
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>()
        && own(address)
        && !config.allows(address)
    {
        return Err(wrong("must not lead to this machine or its link"));
    }
    Ok(url)
}

/// The addresses of a host, when each of them may be called.
async fn resolve(config: &Config, url: &reqwest::Url) -> std::result::Result<Vec<SocketAddr>, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host.as_str(), port));
    let found = found.await.map_err(|error| format!("the name {host} was not found: {error}"))?;
    let addresses: Vec<SocketAddr> = found.collect();
    for address in &addresses {
        let allowed = config.allows(address.ip());
        if own(address.ip()) && !allowed {
            return Err(format!("{host} leads to this machine or its link, which webhooks may not"));
        }
        if url.scheme() == "http" && !allowed {
            return Err(format!("{host} is not in a network to which webhooks may go without TLS"));
        }
    }
    if addresses.is_empty() { Err(format!("the name {host} has no address")) } else { Ok(addresses) }
}

/// Goes through the rules and sends what is due, for ever.
pub async fn run(state: Shared, config: Config) {
    let started = ident::now();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut evaluated = started;
    let mut cleaned = 0;
    loop {
        look.tick().await;
        let now = ident::now();
        if now - evaluated >= super::INTERVAL {
            evaluated = now;
            if let Err(error) = evaluate(&state.store, started, now).await {
                tracing::error!(error = chain(&error), "the rules of alerts could not be gone through");
            }
        }
        if let Err(error) = send_due(&state.store, &state.seal, &config, now).await {
            tracing::error!(error = chain(&error), "alerts could not be sent");
        }
        if now - cleaned >= DAY {
            cleaned = now;
            if let Err(error) = clean(&state.store, now).await {
                tracing::error!(error = chain(&error), "old alerts could not be removed");
            }
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
    let mut tried = 0;
    while alerts::is_due(store, now).await? {
        let mut change = store.write().await?;
        let claimed = alerts::claim(&mut change, now).await?;
        store::commit(change).await?;
        let Some(mut delivery) = claimed else { break };
        tried += 1;
        let channel = alerts::channel(&mut *store.read().await?, &delivery.account, &delivery.channel).await;
        let outcome = match &channel {
            Ok(channel) => send(seal, config, channel, &delivery, now).await,
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
        store::commit(change).await?;
    }
    Ok(tried)
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

async fn send(
    seal: &Seal,
    config: &Config,
    channel: &Channel,
    delivery: &Delivery,
    now: Millis,
) -> std::result::Result<(), Failure> {
    let attempt = async {
        match channel.kind.as_str() {
            "email" => email(config, channel, delivery).await,
            _ => webhook(seal, config, channel, delivery, now).await,
        }
    };
    let late = |_| Failure::Passing(format!("no answer within {} seconds", TIMEOUT.as_secs()));
    tokio::time::timeout(TIMEOUT, attempt).await.map_err(late)?
}

/// The signature over timestamp, a full stop, and body.
pub fn signature(secret: &Secret, timestamp: &str, body: &str) -> std::result::Result<String, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|error| Failure::Final(error.to_string()))?;
    mac.update(format!("{timestamp}.{body}").as_bytes());
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

async fn webhook(
    seal: &Seal,
    config: &Config,
    channel: &Channel,
    delivery: &Delivery,
    now: Millis,
) -> std::result::Result<(), Failure> {
    let url = check_url(config, &channel.target).map_err(|error| Failure::Final(error.to_string()))?;
    let addresses = resolve(config, &url).await.map_err(Failure::Passing)?;
    // Whoever came first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .user_agent(concat!("signage-hub/", env!("CARGO_PKG_VERSION")))
        .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
        .build()
        .map_err(|error| Failure::Passing(chain(&error)))?;
    let timestamp = (now / SECOND).to_string();
    let signature = signature(&webhook_secret(seal, &channel.id), &timestamp, &delivery.body)?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header(TIMESTAMP, timestamp)
        .header(SIGNATURE, signature)
        .header(DELIVERY, &delivery.id)
        .body(delivery.body.clone());
    // The address may be a secret, so it is not in the error.
    let answer = request.send().await.map_err(|error| Failure::Passing(chain(&error.without_url())))?;
    let status = answer.status();
    match status.as_u16() {
        200..300 => Ok(()),
        408 | 425 | 429 | 500.. => Err(Failure::Passing(format!("the receiver answered {status}"))),
        _ => Err(Failure::Final(format!("the receiver answered {status}"))),
    }
}

/// Of a message, what an e-mail needs.
#[derive(Deserialize)]
struct Text {
    text: String,
}

async fn email(config: &Config, channel: &Channel, delivery: &Delivery) -> std::result::Result<(), Failure> {
    let last = |error: &dyn std::fmt::Display| Failure::Final(error.to_string());
    let smtp = config.smtp.as_ref().ok_or_else(|| Failure::Final("this hub sends no e-mail".to_owned()))?;
    let addresses: Vec<String> = serde_json::from_str(&channel.target).map_err(|error| last(&error))?;
    let Text { text } = serde_json::from_str(&delivery.body).map_err(|error| last(&error))?;
    let subject: String = text.lines().next().unwrap_or("Signage").chars().take(150).collect();
    let from: Mailbox = smtp.from.parse().map_err(|error| last(&error))?;
    let mut message = lettre::Message::builder()
        .from(from)
        .subject(subject)
        .message_id(Some(format!("<{}@{}>", delivery.id, smtp.host)));
    for address in addresses {
        message = message.to(address.parse().map_err(|error| last(&error))?);
    }
    let part = MultiPart::mixed().singlepart(SinglePart::plain(text + "\n"));
    let message = message.multipart(part).map_err(|error| last(&error))?;
    let transport = transport(smtp).await?;
    match transport.send(message).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_permanent() => Err(last(&error)),
        Err(error) => Err(Failure::Passing(chain(&error))),
    }
}

async fn transport(smtp: &Smtp) -> std::result::Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    type Transport = AsyncSmtpTransport<Tokio1Executor>;
    let failed = |error: lettre::transport::smtp::Error| Failure::Passing(chain(&error));
    let mut builder = match smtp.security {
        Security::Tls => Transport::relay(&smtp.host).map_err(failed)?,
        Security::Starttls => Transport::starttls_relay(&smtp.host).map_err(failed)?,
        Security::None => Transport::builder_dangerous(&smtp.host),
    };
    if let Some(port) = smtp.port {
        builder = builder.port(port);
    }
    if let Some(user) = &smtp.user {
        let password = match &smtp.password {
            None => String::new(),
            Some(Password::Value(secret)) => secret.expose().to_owned(),
            Some(Password::File(path)) => {
                let text = tokio::fs::read_to_string(path).await;
                let text = text.map_err(|error| {
                    Failure::Passing(format!("the file with the password cannot be read: {error}"))
                })?;
                text.lines().next().unwrap_or_default().to_owned()
            }
        };
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.timeout(Some(TIMEOUT)).build())
}

/// The state of a hub that sends, for those who start one.
pub type Sender = Arc<Config>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_do_not_lead_to_this_machine() {
        let config = Config::default();
        for text in [
            "https://127.0.0.1/x",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://0.0.0.0/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://2130706433/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://100.100.100.200/",
            "http://example.org/",
            "ftp://example.org/",
            "nonsense",
            "https://",
        ] {
            assert!(check_url(&config, text).is_err(), "{text}");
        }
        for text in
            ["https://hooks.slack.com/services/T/B/x", "https://10.1.2.3:8443/x", "https://[2001:db8::1]/"]
        {
            assert!(check_url(&config, text).is_ok(), "{text}");
        }
        let config = Config { allow: vec!["127.0.0.0/8".parse().unwrap()], smtp: None };
        assert!(check_url(&config, "http://127.0.0.1:9000/x").is_ok());
        assert!(check_url(&config, "https://[::1]/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_found_out_when_it_is_called() {
        let url = check_url(&Config::default(), "https://localhost/x").unwrap();
        assert!(resolve(&Config::default(), &url).await.unwrap_err().contains("leads to this machine"));
        let config =
            Config { allow: vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()], smtp: None };
        assert!(resolve(&config, &url).await.is_ok());
        assert!("10.0.0.0/33".parse::<Network>().is_err() && "ten".parse::<Network>().is_err());
        assert!("0.0.0.0/0".parse::<Network>().unwrap().holds("192.0.2.1".parse().unwrap()));
    }

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
}
