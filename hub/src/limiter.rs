//! Counts what an address does in fixed windows, so that a guesser or a broken script cannot fill the audit log
//! or keep the processor busy. What counts is the caller's choice.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::ident::{Millis, SECOND};

/// Addresses that are remembered at most; more than that is an attack, and forgetting is the cheaper harm.
const MAX_ADDRESSES: usize = 10_000;

/// Counts of the present window.
#[derive(Debug)]
pub struct Limiter {
    limit: u32,
    window: Millis,
    seen: HashMap<IpAddr, (Millis, u32)>,
}

impl Limiter {
    /// Allows `limit` in each `window`.
    pub fn new(limit: u32, window: Millis) -> Self {
        Self { limit, window, seen: HashMap::new() }
    }

    /// Whether this address has used its limit up: seconds until it may try again.
    pub fn blocked(&self, address: IpAddr, now: Millis) -> Option<u64> {
        let &(since, count) = self.seen.get(&group(address))?;
        let rest = since.saturating_add(self.window).saturating_sub(now);
        (count >= self.limit && rest > 0).then(|| rest.div_euclid(SECOND).unsigned_abs() + 1)
    }

    /// Counts one.
    pub fn count(&mut self, address: IpAddr, now: Millis) {
        let window = self.window;
        if self.seen.len() >= MAX_ADDRESSES {
            self.seen.retain(|_, (since, _)| now < since.saturating_add(window));
            if self.seen.len() >= MAX_ADDRESSES {
                self.seen.clear();
            }
        }
        let entry = self.seen.entry(group(address)).or_insert((now, 0));
        if now >= entry.0.saturating_add(window) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

/// One subscriber of IPv6 has a whole /64.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 64)).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_for_the_rest_of_its_window() {
        let (mut limiter, here) = (Limiter::new(2, 60_000), "192.0.2.1".parse().unwrap());
        limiter.count(here, 0);
        assert_eq!(limiter.blocked(here, 0), None);
        limiter.count(here, 10_000);
        assert_eq!(limiter.blocked(here, 20_000), Some(41));
        assert_eq!(limiter.blocked("192.0.2.2".parse().unwrap(), 20_000), None);
        assert_eq!(limiter.blocked(here, 60_000), None);
        limiter.count(here, 60_000);
        assert_eq!(limiter.blocked(here, 60_000), None);
    }

    #[test]
    fn neighbours_in_an_ipv6_network_are_one() {
        let mut limiter = Limiter::new(1, 60_000);
        limiter.count("2001:db8::1".parse().unwrap(), 0);
        assert!(limiter.blocked("2001:db8::2".parse().unwrap(), 0).is_some());
        assert!(limiter.blocked("2001:db8:0:1::1".parse().unwrap(), 0).is_none());
    }

    #[test]
    fn it_never_grows_without_bound() {
        let mut limiter = Limiter::new(1, 60_000);
        for number in 0..(MAX_ADDRESSES as u32 * 2) {
            limiter.count(std::net::Ipv4Addr::from(number).into(), 0);
        }
        assert!(limiter.seen.len() <= MAX_ADDRESSES);
    }
}
