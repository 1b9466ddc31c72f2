//! The session: one WebSocket of a device to its hub, and the commands that come by it. Version 1.
//!
//! `GET /v1/session` with the device's bearer token becomes a WebSocket (RFC 6455); the device always opens it, so
//! that nothing but outbound 443 is needed. Messages are texts, each one JSON object with a `type`, of at most
//! [`MAX_MESSAGE`] bytes. Both sides ignore a `type`, a topic and fields that they do not know.
//!
//! | from | message | means |
//! |---|---|---|
//! | device | [`DeviceMessage::Hello`] | first of all: what it is, and the sequence that it has looked at last |
//! | hub | [`HubMessage::Welcome`] | the answer; how often the hub pings, how long the session lasts |
//! | hub | [`HubMessage::Changed`] | look at these: the device asks by HTTP for what has changed |
//! | device | [`DeviceMessage::Result`] | what became of a command |
//! | both | ping, pong | control frames of WebSocket; who hears nothing for twice the interval hangs up |
//!
//! # Nothing is lost
//!
//! A message says only that something has changed, never what, so it may come twice, late, or for several changes at
//! once. It carries a sequence number that grows; a device that connects again says in its `hello` the last number
//! whose topics it has looked at, and is told what came after it, whichever hub it has reached. Without a number, or
//! with one that the hub no longer knows, it is told to look at everything. A device that cannot connect asks for the
//! same things by HTTP every 60 seconds, give or take a quarter.
//!
//! # Commands
//!
//! | request (bearer) | answer |
//! |---|---|
//! | `GET /v1/commands` | 200 [`Commands`]: those that wait for this device, oldest first; they repeat until it has answered |
//! | `POST /v1/commands/{id}/result` [`CommandResult`] | 204; the same as the message [`DeviceMessage::Result`], asked again it changes nothing |
//! | `PUT /v1/commands/{id}/file` | 204; the picture of a screenshot (PNG, JPEG), the text of collected logs (UTF-8), at most [`MAX_FILE`] bytes, before the result |
//!
//! A device writes down the id of a command before it does anything, answers [`Outcome::Accepted`], acts, and answers
//! [`Outcome::Done`] or [`Outcome::Failed`]; after a reboot it does so for the id that it wrote down. A command that
//! was accepted is not given again. One of a kind that the device does not know has failed.
//!
//! # The end of a session
//!
//! The hub closes with one of the codes in [`close`]. The text of the close frame is the number of seconds after
//! which the device may come back, a different one for each device, so that a whole fleet does not come back at once.
//! After any other end it comes back by the same growing, jittered delays as for every request. An access token that
//! expires meanwhile ends nothing; a new session needs a new one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the session begins.
pub const SESSION: &str = "/v1/session";
/// Commands that wait for a device.
pub const COMMANDS: &str = "/v1/commands";

/// Longest message, in bytes.
pub const MAX_MESSAGE: usize = 16 << 10;
/// Longest text of a result, in bytes; longer ones are cut.
pub const MAX_TEXT: usize = 4 << 10;
/// Largest file that belongs to a command, in bytes.
pub const MAX_FILE: usize = 4 << 20;
/// Seconds between two questions of a device that has no session.
pub const POLL: u64 = 60;

/// Why a hub ends a session: codes of the close frame.
pub mod close {
    /// The session has lasted long enough, or the hub stops: come back.
    pub const RECONNECT: u16 = 4000;
    /// Another connection with the same key has taken its place.
    pub const REPLACED: u16 = 4001;
    /// The hub no longer knows the device: get a new access token, which tells why.
    pub const UNKNOWN: u16 = 4002;
    /// The device sent what is no message, or too many of them.
    pub const PROTOCOL: u16 = 4003;
}

/// What a hub says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum HubMessage {
    /// The session stands.
    Welcome {
        /// The newest sequence; everything up to it was told, or follows.
        sequence: u64,
        /// Seconds between two pings.
        ping: u64,
        /// Seconds after which the hub ends the session.
        lasts: u64,
    },
    /// Something that concerns the device has changed.
    Changed {
        /// What.
        topics: Vec<Topic>,
        /// Of the newest change among them.
        sequence: u64,
    },
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

/// What has changed, and what a device does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// Reads `GET /v1/authorization`.
    Authorization,
    /// Reads `GET /v1/manifest`.
    Content,
    /// Reads `GET /v1/commands`.
    Command,
    /// Looks for a software release.
    Release,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

impl Topic {
    /// Everything that a device can look at.
    pub const ALL: [Self; 4] = [Self::Authorization, Self::Content, Self::Command, Self::Release];
}

/// What a device says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DeviceMessage {
    /// The first message.
    Hello {
        /// Version of its provisioner.
        software: String,
        /// Serial number of the board: two boards with one key are a copied card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        serial: Option<String>,
        /// The newest sequence whose topics it has looked at; absent after a start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sequence: Option<u64>,
    },
    /// What became of a command.
    Result {
        /// Its id.
        command: String,
        /// What became of it.
        #[serde(flatten)]
        result: CommandResult,
    },
    /// Of a newer device.
    #[serde(other)]
    Unknown,
}

/// What a device is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// Uploads what the screen shows.
    Screenshot,
    /// Looks for new content at once.
    Refresh,
    /// Starts the whole device again.
    Reboot,
    /// Shows its name on the screen, so that people find it.
    Identify {
        /// For so long, in seconds, 5 to 600.
        #[serde(default = "identify_seconds")]
        #[schemars(range(min = 5, max = 600))]
        seconds: u32,
    },
    /// Starts the player again.
    Restart,
    /// Uploads the end of its log.
    CollectLogs {
        /// Most lines, 1 to 10,000.
        #[serde(default = "log_lines")]
        #[schemars(range(min = 1, max = 10000))]
        lines: u32,
    },
    /// Of a newer hub.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

fn identify_seconds() -> u32 {
    30
}

fn log_lines() -> u32 {
    1000
}

impl Command {
    /// Every kind, with its usual settings.
    pub const ALL: [Self; 6] = [
        Self::Screenshot,
        Self::Refresh,
        Self::Identify { seconds: 30 },
        Self::Restart,
        Self::Reboot,
        Self::CollectLogs { lines: 1000 },
    ];

    /// Its kind, as on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Screenshot => "screenshot",
            Self::Refresh => "refresh",
            Self::Reboot => "reboot",
            Self::Identify { .. } => "identify",
            Self::Restart => "restart",
            Self::CollectLogs { .. } => "collectLogs",
            Self::Unknown => "unknown",
        }
    }
}

/// A command as a device gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// `cmd_…`; the same id is the same command.
    pub id: String,
    /// What to do.
    pub command: Command,
    /// Seconds after which nobody waits for it any more; not a moment, since the device's clock may be wrong.
    pub expires_in: u64,
}

/// Answer of `GET /v1/commands`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commands {
    /// Oldest first.
    pub commands: Vec<Order>,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandResult {
    /// How it went.
    pub outcome: Outcome,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The device has written it down and begins. It is not given again.
    Accepted,
    /// It is done.
    Done,
    /// It could not be done; the text says why.
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn messages_look_as_described() {
        let changed = HubMessage::Changed { topics: vec![Topic::Content, Topic::Command], sequence: 7 };
        let wire = json!({ "type": "changed", "topics": ["content", "command"], "sequence": 7 });
        assert_eq!(serde_json::to_value(&changed).unwrap(), wire);
        let result = DeviceMessage::Result {
            command: "cmd_1".into(),
            result: CommandResult { outcome: Outcome::Failed, text: Some("no camera".into()) },
        };
        let wire = json!({ "type": "result", "command": "cmd_1", "outcome": "failed", "text": "no camera" });
        assert_eq!(serde_json::to_value(&result).unwrap(), wire);
        assert_eq!(serde_json::from_value::<DeviceMessage>(wire).unwrap(), result);
    }

    #[test]
    fn what_is_newer_is_ignored_and_not_an_error() {
        let hub: HubMessage = serde_json::from_value(json!({ "type": "sing", "song": 1 })).unwrap();
        assert_eq!(hub, HubMessage::Unknown);
        let topics =
            json!({ "type": "changed", "topics": ["weather", "content"], "sequence": 1, "more": {} });
        let HubMessage::Changed { topics, .. } = serde_json::from_value(topics).unwrap() else { panic!() };
        assert_eq!(topics, [Topic::Unknown, Topic::Content]);
        let hello: DeviceMessage =
            serde_json::from_value(json!({ "type": "hello", "software": "9" })).unwrap();
        assert!(matches!(hello, DeviceMessage::Hello { sequence: None, .. }));
        let order = json!({ "id": "cmd_1", "command": { "kind": "dance", "steps": 3 }, "expiresIn": 5 });
        assert_eq!(serde_json::from_value::<Order>(order).unwrap().command, Command::Unknown);
    }

    #[test]
    fn every_kind_has_one_name() {
        for command in Command::ALL {
            let wire: Value = serde_json::to_value(&command).unwrap();
            assert_eq!(wire["kind"], command.kind());
            let short: Command = serde_json::from_value(json!({ "kind": command.kind() })).unwrap();
            assert_eq!(short, command, "what is left out is usual");
        }
    }
}
