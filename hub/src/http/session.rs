//! `GET /v1/session`: the WebSocket of a device. What is said on it, `signage_protocol::session` tells.
//!
//! A connection that has nothing to say costs one small task: no buffer is larger than what is in it, and what waits
//! for a slow device is a mailbox of a few bytes. The task asks the database only for what its own device says.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use signage_protocol::problem::Code;
use signage_protocol::session::{DeviceMessage, HubMessage, MAX_MESSAGE, SESSION, Topic, close};
use tokio::time::{Instant, timeout};

use super::Shared;
use super::bearer::Caller;
use super::peer::Peer;
use crate::error::chain;
use crate::ident::{self, SECOND};
use crate::live::Joined;
use crate::live::mailbox::{End, News};
use crate::store::pushes;
use crate::store::{self, devices};
use crate::{Error, Result, command, device, enrolment};

/// Between two pings. Routers forget a silent connection after a minute or more.
const PING: Duration = Duration::from_secs(45);
/// How long a device may say nothing at all, pongs included.
const SILENCE: Duration = Duration::from_secs(100);
/// How long a device may take to take a message.
const SLOW: Duration = Duration::from_secs(10);
/// How long a session lasts at least; each a bit longer, by chance. Then the device proves its key anew.
const LASTS: Duration = Duration::from_secs(6 * 60 * 60);
/// Messages that a device may send between two pings.
const MOST_MESSAGES: u32 = 60;
/// Bytes that are read at once.
const READ_BUFFER: usize = 512;
/// Seconds after which a device comes back whose place another has taken. Two with one key would drive each other out.
const AFTER_REPLACED: u32 = 300;

/// The routes.
pub(super) fn router() -> Router<Shared> {
    Router::new().route(SESSION, get(open))
}

async fn open(
    State(state): State<Shared>,
    Caller(device): Caller,
    peer: Peer,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|rejection| {
        Error::refused(rejection.status().as_u16(), Code::HubError, rejection.body_text())
    })?;
    let (joined, replaced) = state.live.screen(&device.id, &device.account, peer.0)?;
    if let Some(address) = replaced
        && address != peer.0
    {
        let (before, now) = (address.map(|a| a.to_string()), peer.text());
        tracing::warn!(
            device = device.id,
            before,
            now,
            "a second connection from another address has the same key: a copied card, or a screen that has moved"
        );
    }
    let session = Session { state, device: device.id, joined };
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| session.run(socket)))
}

struct Session {
    state: Shared,
    device: String,
    joined: Joined,
}

/// Why a session is over.
enum Over {
    /// The device has gone, or its connection has.
    Gone,
    /// The hub closes: with a code, and seconds until the device may come back.
    Close(u16, u32),
}

impl Session {
    async fn run(self, mut socket: WebSocket) {
        let over = self.talk(&mut socket).await;
        let mut comes_back = ident::now();
        if let Over::Close(code, seconds) = over {
            if code == close::RECONNECT {
                comes_back += i64::from(seconds) * SECOND;
            }
            let frame = CloseFrame { code, reason: seconds.to_string().into() };
            let _ = timeout(SLOW, socket.send(Message::Close(Some(frame)))).await;
        }
        self.joined.leave(comes_back);
    }

    async fn talk(&self, socket: &mut WebSocket) -> Over {
        let ends = Instant::now() + LASTS + PING.mul_f64(f64::from(chance(1000)));
        let mut heard = Instant::now();
        let mut messages = 0;
        let ping = tokio::time::sleep(PING);
        tokio::pin!(ping);
        loop {
            tokio::select! {
                message = socket.recv() => {
                    heard = Instant::now();
                    let text = match message {
                        Some(Ok(Message::Text(text))) => text,
                        // The library answers pings.
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Binary(_))) => return Over::Close(close::PROTOCOL, 60),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Over::Gone,
                    };
                    messages += 1;
                    let Ok(message) = serde_json::from_str(&text) else {
                        return Over::Close(close::PROTOCOL, 60);
                    };
                    if messages > MOST_MESSAGES {
                        return Over::Close(close::PROTOCOL, 60);
                    }
                    match self.hear(socket, message, ends).await {
                        Ok(None) => {}
                        Ok(Some(over)) => return over,
                        Err(error) => {
                            tracing::warn!(error = chain(&error), device = self.device, "a message of a screen failed");
                        }
                    }
                }
                news = self.joined.mailbox().next() => match news {
                    News::Changed { topics, sequence } => {
                        let changed = HubMessage::Changed { topics: told(&topics), sequence: sequence.unsigned_abs() };
                        if !say(socket, &changed).await {
                            return Over::Gone;
                        }
                    }
                    News::End(end) => return over(end),
                },
                () = &mut ping => {
                    let now = Instant::now();
                    if now >= ends {
                        return Over::Close(close::RECONNECT, chance(30));
                    }
                    if heard + SILENCE <= now || !send(socket, Message::Ping(Default::default())).await {
                        return Over::Gone;
                    }
                    messages = 0;
                    ping.as_mut().reset(now + PING);
                }
            }
        }
    }

    /// Does what a message asks for.
    async fn hear(
        &self,
        socket: &mut WebSocket,
        message: DeviceMessage,
        ends: Instant,
    ) -> Result<Option<Over>> {
        let now = ident::now();
        let mut connection = self.state.store.read().await?;
        // As for every request: a screen that has left is answered until it knows.
        let Some(device) = device::answered(&mut connection, &self.device, now).await? else {
            return Ok(Some(over(End::Unknown)));
        };
        match message {
            DeviceMessage::Hello { software, serial, sequence } => {
                let known = device.hardware.serial.as_deref();
                if let (Some(serial), Some(known)) = (&serial, known)
                    && serial != known
                {
                    tracing::warn!(device = self.device, known, now = %enrolment::clean(serial), "another board has the key of this screen: a copied or moved card");
                }
                let sequence = sequence.and_then(|sequence| i64::try_from(sequence).ok());
                let (missed, newest) = match sequence {
                    Some(since) => {
                        pushes::missed(&mut connection, &device.account, &self.device, since).await?
                    }
                    None => (None, pushes::newest(&mut connection).await?),
                };
                drop(connection);
                let software = enrolment::clean(&software);
                if software != device.software {
                    let mut change = self.state.store.write().await?;
                    devices::set_software(&mut change, &self.device, &software).await?;
                    store::commit(change).await?;
                }
                let topics = missed.map_or_else(|| Topic::ALL.to_vec(), |missed| told(&missed));
                self.joined.mailbox().know(newest);
                let sequence = newest.unsigned_abs();
                let lasts = ends.saturating_duration_since(Instant::now()).as_secs();
                let welcome = HubMessage::Welcome { sequence, ping: PING.as_secs(), lasts };
                let mut told = say(socket, &welcome).await;
                if told && !topics.is_empty() {
                    told = say(socket, &HubMessage::Changed { topics, sequence }).await;
                }
                Ok((!told).then_some(Over::Gone))
            }
            DeviceMessage::Result { command, result } => {
                drop(connection);
                match command::report(&self.state.store, &self.device, &command, &result, now).await {
                    // It has been forgotten since, or never was: nothing that the device could do about it.
                    Ok(()) | Err(Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
            DeviceMessage::Unknown => Ok(None),
        }
    }
}

fn over(end: End) -> Over {
    match end {
        End::Stopping { spread } => Over::Close(close::RECONNECT, 1 + chance(spread)),
        End::Replaced => Over::Close(close::REPLACED, AFTER_REPLACED + chance(AFTER_REPLACED)),
        End::Unknown => Over::Close(close::UNKNOWN, 1),
        End::Cut => Over::Gone,
    }
}

/// A number below a limit. Without randomness all come back at once, which is the smaller harm.
fn chance(limit: u32) -> u32 {
    ident::random::<4>().map_or(0, |bytes| u32::from_le_bytes(bytes) % limit.max(1))
}

/// The topics that concern devices, in their own words.
fn told(topics: &[pushes::Topic]) -> Vec<Topic> {
    let mut told: Vec<Topic> = Vec::new();
    for topic in topics {
        let topic = match topic {
            pushes::Topic::Authorization => Topic::Authorization,
            pushes::Topic::Content => Topic::Content,
            pushes::Topic::Command => Topic::Command,
            pushes::Topic::Release => Topic::Release,
            pushes::Topic::Screens => continue,
        };
        if !told.contains(&topic) {
            told.push(topic);
        }
    }
    told
}

async fn say(socket: &mut WebSocket, message: &HubMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => send(socket, Message::Text(text.into())).await,
        Err(_) => false,
    }
}

/// False when the device does not take it in time: it comes back, and asks for what it has missed.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(SLOW, socket.send(message)).await, Ok(Ok(())))
}
