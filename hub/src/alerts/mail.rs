//! Messages by e-mail: each address for itself, so that one which the mail server refuses keeps the others from nothing,
//! and one that has got the message does not get it again.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use signage_protocol::Secret;

use super::send::{Config, Failure, untrusted};
use crate::error::chain;
use crate::store::alerts::{Channel, Delivery};

/// After this long the addresses that are left have another turn: whoever has taken the message has it for two minutes.
const TURN: Duration = Duration::from_secs(60);
/// Refusals that are about who signs in and not about the message: 530, 534, 535, 538.
const OF_THE_SETTINGS: [u16; 4] = [530, 534, 535, 538];

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

/// Of a message, what an e-mail needs.
#[derive(Deserialize)]
struct Text {
    text: String,
}

/// How far a message has come.
#[derive(Serialize, Deserialize)]
struct Progress {
    /// Addresses that have not got it.
    left: Vec<String>,
    /// Those that the mail server does not take, and why.
    refused: Vec<String>,
}

/// Sends a message to every address that has not got it; `delivery` keeps which those are.
pub(super) async fn send(
    config: &Config,
    channel: &Channel,
    delivery: &mut Delivery,
) -> std::result::Result<(), Failure> {
    let smtp = config.smtp.as_ref().ok_or_else(|| Failure::Final("this hub sends no e-mail".to_owned()))?;
    let all: Vec<String> = serde_json::from_str(&channel.target).map_err(last)?;
    let mut progress = match &delivery.left_over {
        Some(text) => serde_json::from_str(text).map_err(last)?,
        None => Progress { left: all.clone(), refused: Vec::new() },
    };
    let message = message(smtp, &all, delivery)?;
    let from = smtp.from.parse::<Mailbox>().map_err(last)?.email;
    let transport = transport(config, smtp).await?;
    let (begun, mut passing) = (Instant::now(), None);
    for address in progress.left.clone() {
        if begun.elapsed() > TURN {
            passing = passing.or(Some("the mail server is slow".to_owned()));
            break;
        }
        let envelope = Envelope::new(Some(from.clone()), vec![address.parse().map_err(last)?]);
        let envelope = envelope.map_err(last)?;
        match tokio::time::timeout(config.patience, transport.send_raw(&envelope, &message)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) if error.is_permanent() && !of_the_settings(&error) => {
                progress.refused.push(format!("{address}: {error}"));
            }
            // Another address may pass where the server only wants this one later.
            Ok(Err(error)) if error.is_transient() => {
                passing = Some(format!("{address}: {error}"));
                continue;
            }
            Ok(Err(error)) => {
                passing = Some(untrusted("the mail server", error.to_string()));
                break;
            }
            Err(_) => {
                passing = Some(config.late());
                break;
            }
        }
        progress.left.retain(|one| *one != address);
        delivery.left_over = Some(serde_json::to_string(&progress).map_err(last)?);
    }
    let refused = progress.refused.join("; ");
    match (passing, refused.is_empty()) {
        (Some(text), true) => Err(Failure::Passing(text)),
        (Some(text), false) => Err(Failure::Passing(format!("{text}; given up: {refused}"))),
        (None, true) => Ok(()),
        (None, false) => Err(Failure::Final(refused)),
    }
}

fn last(error: impl std::fmt::Display) -> Failure {
    Failure::Final(error.to_string())
}

fn of_the_settings(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| OF_THE_SETTINGS.contains(&u16::from(code)))
}

fn message(smtp: &Smtp, to: &[String], delivery: &Delivery) -> std::result::Result<Vec<u8>, Failure> {
    let Text { text } = serde_json::from_str(&delivery.body).map_err(last)?;
    let subject: String = text.lines().next().unwrap_or("Signage").chars().take(150).collect();
    let from: Mailbox = smtp.from.parse().map_err(last)?;
    let mut message = Message::builder()
        .from(from)
        .subject(subject)
        .message_id(Some(format!("<{}@{}>", delivery.id, smtp.host)));
    for address in to {
        message = message.to(address.parse().map_err(last)?);
    }
    let part = MultiPart::mixed().singlepart(SinglePart::plain(text + "\n"));
    Ok(message.multipart(part).map_err(last)?.formatted())
}

async fn transport(
    config: &Config,
    smtp: &Smtp,
) -> std::result::Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    type Transport = AsyncSmtpTransport<Tokio1Executor>;
    let failed = |error: lettre::transport::smtp::Error| Failure::Passing(chain(&error));
    let tls = || {
        let mut parameters = TlsParameters::builder(smtp.host.clone());
        if !config.ca.is_empty() {
            parameters = parameters.add_root_certificate(Certificate::from_pem(&config.ca).map_err(failed)?);
        }
        parameters.build().map_err(failed)
    };
    let mut builder = Transport::builder_dangerous(&smtp.host);
    builder = match smtp.security {
        Security::Tls => builder.port(465).tls(Tls::Wrapper(tls()?)),
        Security::Starttls => builder.port(587).tls(Tls::Required(tls()?)),
        Security::None => builder,
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
    Ok(builder.timeout(Some(config.patience)).build())
}
