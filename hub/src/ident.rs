//! Random ids and the clock: the two inputs that everything else takes as arguments.

use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// Milliseconds since 1970, the form in which moments are stored.
pub type Millis = i64;

/// One second in [`Millis`].
pub const SECOND: Millis = 1000;
/// One minute in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One day in [`Millis`].
pub const DAY: Millis = 24 * 60 * MINUTE;

/// Now, by the system's clock.
pub fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

/// A moment for a document. Milliseconds from a clock are always in range; nonsense reads as 1970.
pub fn timestamp(at: Millis) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|source| Error::Random { source })?;
    Ok(bytes)
}

/// What is stored of a secret that is looked up later: of 256 random bits it tells nothing, and looking it up takes
/// as long whatever they are.
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// A new id such as `acc_0123…`: the prefix says what it is, 128 random bits make it unique.
pub fn new(prefix: &str) -> Result<String> {
    Ok(format!("{prefix}_{}", hex::encode(random::<16>()?)))
}

/// A new id that sorts by the moment it was made, for a log.
pub fn new_sorted(prefix: &str, at: Millis) -> Result<String> {
    Ok(format!("{prefix}_{at:012x}{}", hex::encode(random::<10>()?)))
}

/// Serialises a moment as RFC 3339.
pub fn rfc3339<S: serde::Serializer>(at: &Millis, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(&timestamp(*at))
}

/// Serialises a moment that may be missing as RFC 3339.
pub fn rfc3339_option<S: serde::Serializer>(
    at: &Option<Millis>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match at {
        Some(at) => rfc3339(at, serializer),
        None => serializer.serialize_none(),
    }
}
