//! Checking and hashing passwords for requests: a few at a time, off the threads that answer, and with a limit of
//! failures for each address.

use signage_protocol::Secret;
use signage_protocol::problem::Code;

use super::peer::Peer;
use super::{Shared, lock};
use crate::{Error, Result, ident, password};

/// A wrong password or code is answered no sooner than this after the check.
pub(super) const FAILURE_DELAY: std::time::Duration = std::time::Duration::from_millis(500);

/// The hash of a password that somebody has chosen, if it will do.
pub(super) async fn hash(state: &Shared, chosen: Secret) -> Result<String> {
    password::check(&chosen)?;
    let turn = state.password_checks.clone().acquire_owned().await.map_err(|_| Error::Password)?;
    let work = move || {
        let _turn = turn;
        password::hash(&chosen)
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Password)?
}

/// Whether a password is the one with this hash. Without a hash it takes as long and says no.
pub(super) async fn verify(
    state: &Shared,
    peer: Peer,
    password: Secret,
    hash: Option<String>,
) -> Result<bool> {
    // Somebody without a password is like nobody.
    let hash = hash.filter(|hash| !hash.is_empty());
    refuse_blocked(state, peer)?;
    let turn = state.password_checks.clone().acquire_owned().await.map_err(|_| Error::Password)?;
    // Those who waited for the same turn may have used the attempts up.
    refuse_blocked(state, peer)?;
    let counting = state.clone();
    // The turn ends with the check, after the count, also when the client has hung up meanwhile.
    let check = move || {
        let _turn = turn;
        let right =
            password.expose().len() <= password::MAX_BYTES && password::verify(&password, hash.as_deref());
        if !right {
            count_failure(&counting, peer);
        }
        right
    };
    tokio::task::spawn_blocking(check).await.map_err(|_| Error::Password)
}

/// Counts a wrong password or code.
pub(super) fn count_failure(state: &Shared, peer: Peer) {
    if let Some(address) = peer.0 {
        lock(&state.sign_in_failures).count(address, ident::now());
    }
}

/// Refuses an address with too many failures.
pub(super) fn refuse_blocked(state: &Shared, peer: Peer) -> Result<()> {
    let blocked = peer.0.and_then(|address| lock(&state.sign_in_failures).blocked(address, ident::now()));
    match blocked {
        None => Ok(()),
        Some(seconds) => Err(Error::Refused {
            status: 429,
            code: Code::HubBusy,
            detail: "too many attempts; please wait a minute".into(),
            retry_after: Some(seconds),
        }),
    }
}
