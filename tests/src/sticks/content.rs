//! What a file of a stick holds: texts with names in them (`${token}`), encodings, repetitions, signatures.

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::token::{Kind, RANDOM_BYTES};

/// The bytes of a file as a case describes them. With neither `text` nor `parts` it is a small valid
/// provisioning file that calls the screen like the case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Content {
    /// Its text.
    pub text: Option<String>,
    /// Its text in pieces.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// How the text becomes bytes.
    #[serde(default)]
    pub encoding: Encoding,
    /// With a byte order mark in front.
    #[serde(default)]
    pub bom: bool,
    /// Lines end as on Windows.
    #[serde(default)]
    pub crlf: bool,
    /// Blanks behind it, up to this many bytes.
    pub pad: Option<usize>,
    /// It is the detached signature of the provisioning file beside it.
    pub signed: Option<Signed>,
}

/// A piece of a file: `{ text = "…" }`, `{ hex = "ff fe" }` and so on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Part {
    /// A text.
    Text(String),
    /// Bytes.
    Hex(String),
    /// A text many times: `{ repeat = ["[", 65] }`.
    Repeat(String, usize),
}

/// How a text becomes bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Latin1,
}

/// Whose signature, and over what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signed {
    /// By the account, as it should be.
    ByAccount,
    /// By another account.
    ByStranger,
    /// By the account, as a document of another kind.
    AsAuthorization,
    /// By the account, over another file.
    OverOther,
}

/// The hub of the account; every other hub has another account.
pub const HUB: &str = "https://hub.example";

/// The file that screens have taken which belong to an account already.
const PRESENT: &str = r#"{
  "version": 1,
  "provisionToken": "${token}",
  "hub": { "url": "https://hub.example", "publicKey": ${publicKey} },
  "device": { "name": "Lobby", "location": "Berlin", "hostname": "lobby-1", "timezone": "Europe/Berlin" },
  "network": { "connections": [{ "type": "ethernet" }], "country": "DE" }
}"#;

const ACCOUNT: [u8; 32] = [2; 32];
const STRANGER: [u8; 32] = [9; 32];

/// The key of the account at `https://hub.example`.
pub fn account() -> SigningKey {
    SigningKey::from_bytes(&ACCOUNT)
}

/// The key of every other account.
pub fn stranger() -> SigningKey {
    SigningKey::from_bytes(&STRANGER)
}

impl Content {
    /// The bytes. `case` is the name of the case; `beside` the provisioning file for which this may be the
    /// signature.
    pub fn bytes(&self, case: &str, beside: &[u8]) -> Result<Vec<u8>> {
        if let Some(signed) = self.signed {
            return signature(signed, beside);
        }
        let mut bytes = Vec::new();
        if self.bom {
            bytes.extend(self.encoding.encode("\u{feff}"));
        }
        let standard = "{\"version\":1,\"device\":{\"name\":\"${case}\"}}";
        let whole = [Part::Text(self.text.as_deref().unwrap_or(standard).to_owned())];
        ensure!(self.text.is_none() || self.parts.is_empty(), "text and parts");
        for part in if self.parts.is_empty() { &whole[..] } else { &self.parts } {
            let text = match part {
                Part::Text(text) => expand(text, case)?,
                Part::Repeat(text, count) => text.repeat(*count),
                Part::Hex(text) => {
                    bytes.extend(hex::decode(text.replace(' ', "")).context("hex")?);
                    continue;
                }
            };
            let text = if self.crlf { text.replace('\n', "\r\n") } else { text };
            bytes.extend(self.encoding.encode(&text));
        }
        if let Some(size) = self.pad {
            bytes.resize(size, b' ');
        }
        Ok(bytes)
    }
}

impl Encoding {
    fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf32Le => text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect(),
            // What is not in Latin-1 becomes a question mark, as editors do it.
            Self::Latin1 => text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect(),
        }
    }
}

fn signature(signed: Signed, file: &[u8]) -> Result<Vec<u8>> {
    let text = match signed {
        Signed::ByAccount => jws::sign_detached(&account(), typ::CONFIGURATION, file),
        Signed::ByStranger => jws::sign_detached(&stranger(), typ::CONFIGURATION, file),
        Signed::AsAuthorization => jws::sign_detached(&account(), typ::AUTHORIZATION, file),
        Signed::OverOther => jws::sign_detached(&account(), typ::CONFIGURATION, b"{\"version\":1}"),
    };
    Ok(text?.into_bytes())
}

/// Puts values in place of the names in a text.
pub fn expand(text: &str, case: &str) -> Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').context("${ without }")?;
        out.push_str(before);
        out.push_str(&value(name, case)?);
        rest = after;
    }
    Ok(out + rest)
}

/// What the names stand for. Texts of several lines are escaped as JSON wants them.
fn value(name: &str, case: &str) -> Result<String> {
    let token = |kind: Kind, seed| kind.encode(&[seed; RANDOM_BYTES]).expose().to_owned();
    let escaped = |text: &str| text.replace('\n', "\\n");
    let jwk = |key: SigningKey| serde_json::to_string(&PublicKey::from(&key.verifying_key()));
    Ok(match name {
        "case" => case.to_owned(),
        "presentFile" => expand(PRESENT, case)?,
        "lockedFile" => expand(&PRESENT.replacen('{', "{\n  \"lock\": true,", 1), case)?,
        "token" => token(Kind::Provisioning, 3),
        "tokenInCapitals" => token(Kind::Provisioning, 3).to_uppercase(),
        "otherToken" => token(Kind::Provisioning, 4),
        "deviceToken" => token(Kind::Device, 5),
        "publicKey" => jwk(account())?,
        "otherPublicKey" => jwk(stranger())?,
        "ca" => escaped(include_str!("../../sticks/certificate.pem")),
        "endedCa" => escaped(include_str!("../../sticks/ended.pem")),
        "key" => {
            // PKCS#8 around an Ed25519 key (RFC 8410).
            let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
            let body = STANDARD.encode([&head[..], &ACCOUNT].concat());
            format!("-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n")
        }
        _ => bail!("${{{name}}} stands for nothing"),
    })
}
