//! The text form of enrolment tokens.
//!
//! `sgp_` (provisioning) or `sgd_` (device), then 26 characters of random (130 bits), then 6 of checksum.
//! The alphabet is Crockford's base 32, lower case: no `i`, `l`, `o`, `u`, so a token survives being read
//! aloud. The prefix makes a leaked token searchable; the checksum lets a device or a form tell a typo from
//! a refused token without asking the hub. The hub stores only [`digest`] of the whole text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Secret;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RANDOM_CHARS: usize = 26;
const CHECK_CHARS: usize = 6;

/// Random bytes that [`Kind::encode`] needs: 5 bits a character, rounded up.
pub const RANDOM_BYTES: usize = (RANDOM_CHARS * 5).div_ceil(8);

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TokenKind")]
pub enum Kind {
    /// Enrols any number of devices until revoked.
    Provisioning,
    /// Enrols exactly one device.
    Device,
}

/// Why a text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Neither `sgp_` nor `sgd_` in front.
    #[error("a token starts with sgp_ or sgd_")]
    Prefix,
    /// Too short or too long.
    #[error("a token has {wanted} characters after its prefix, this one has {0}", wanted = RANDOM_CHARS + CHECK_CHARS)]
    Length(usize),
    /// A character was mistyped, left out or swapped.
    #[error("the token's checksum does not match: a character is wrong")]
    Checksum,
}

impl Kind {
    /// The searchable prefix, with its underscore.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Provisioning => "sgp_",
            Self::Device => "sgd_",
        }
    }

    /// Makes a token of this kind from random bytes.
    pub fn encode(self, random: &[u8; RANDOM_BYTES]) -> Secret {
        let body = base32(random, RANDOM_CHARS);
        let check = checksum(self, &body);
        Secret::new(format!("{}{body}{check}", self.prefix()))
    }
}

/// Tells the kind of a well-formed token; says nothing about whether a hub accepts it.
pub fn check(token: &Secret) -> Result<Kind, TokenError> {
    let text = token.expose().trim().to_ascii_lowercase();
    let kind = [Kind::Provisioning, Kind::Device]
        .into_iter()
        .find(|kind| text.starts_with(kind.prefix()))
        .ok_or(TokenError::Prefix)?;
    let rest = &text[kind.prefix().len()..];
    if !rest.is_ascii() || rest.len() != RANDOM_CHARS + CHECK_CHARS {
        return Err(TokenError::Length(rest.chars().count()));
    }
    let (body, check) = rest.split_at(RANDOM_CHARS);
    if checksum(kind, body) == check { Ok(kind) } else { Err(TokenError::Checksum) }
}

/// What the hub stores and looks up: SHA-256 of the normalised token, in hexadecimal. A fast hash is right
/// here, since the input has 130 random bits and cannot be guessed.
pub fn digest(token: &Secret) -> String {
    hex::encode(Sha256::digest(token.expose().trim().to_ascii_lowercase().as_bytes()))
}

fn checksum(kind: Kind, body: &str) -> String {
    let digest = Sha256::new().chain_update(kind.prefix()).chain_update(body).finalize();
    base32(&digest, CHECK_CHARS)
}

/// The first `chars` groups of five bits, most significant first; missing bits are zero.
fn base32(bytes: &[u8], chars: usize) -> String {
    (0..chars)
        .map(|index| {
            let value = (0..5).fold(0u8, |value, bit| {
                let at = index * 5 + bit;
                let byte = bytes.get(at / 8).copied().unwrap_or(0);
                (value << 1) | ((byte >> (7 - at % 8)) & 1)
            });
            char::from(ALPHABET[usize::from(value)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Secret {
        Kind::Provisioning.encode(&[0x5a; RANDOM_BYTES])
    }

    #[test]
    fn a_token_is_recognised_also_when_typed_in_capitals() {
        assert_eq!(check(&sample()), Ok(Kind::Provisioning));
        assert_eq!(
            check(&Secret::new(format!(" {}\n", sample().expose().to_uppercase()))),
            Ok(Kind::Provisioning)
        );
        assert_eq!(check(&Kind::Device.encode(&[7; RANDOM_BYTES])), Ok(Kind::Device));
    }

    #[test]
    fn any_single_wrong_character_is_a_typo() {
        let text = sample().expose().to_owned();
        for at in 4..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let typo = String::from_utf8(bytes).unwrap();
            assert_eq!(check(&Secret::new(typo)), Err(TokenError::Checksum), "position {at}");
        }
    }

    #[test]
    fn what_is_not_a_token_says_why() {
        assert_eq!(check(&Secret::new("hello")), Err(TokenError::Prefix));
        assert_eq!(check(&Secret::new("sgp_abc")), Err(TokenError::Length(3)));
    }

    #[test]
    fn the_digest_ignores_case_and_blanks() {
        let shouted = Secret::new(format!("  {} ", sample().expose().to_uppercase()));
        assert_eq!(digest(&sample()), digest(&shouted));
    }
}
