//! The one way to wait: ask again until the answer is right or the time is over, then say what was seen last.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::vm::arch::Arch;

const INTERVAL: Duration = Duration::from_millis(200);

/// Asks `probe` until it answers `Ok`. An `Err` means "not yet" and tells what was seen instead; the last one
/// is part of the error when `limit` is over. One question may not outlast the limit either. The limit is what a calm
/// PC needs at most; where and when machines are slower, it is longer. A question that takes long is asked less often:
/// asking must not slow down what is waited for.
pub async fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T> {
    let limit = limit * Arch::current().patience;
    let deadline = Instant::now() + limit;
    let mut seen = "nothing".to_owned();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let asked = Instant::now();
        match tokio::time::timeout(left, probe()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(now)) => seen = now,
            Err(_) => {}
        }
        if Instant::now() >= deadline {
            bail!("{what}: not within {} s; last seen: {seen}", limit.as_secs());
        }
        tokio::time::sleep(INTERVAL.max(asked.elapsed())).await;
    }
}

/// Asks `probe` again and again until `period` is over; its first `Err` ends the test. For what must not happen.
pub async fn holds_for(
    what: &str,
    period: Duration,
    mut probe: impl AsyncFnMut() -> Result<(), String>,
) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < period {
        if let Err(seen) = probe().await {
            bail!("{what}: not after {:.1} s: {seen}", start.elapsed().as_secs_f64());
        }
        tokio::time::sleep(INTERVAL * 5).await;
    }
    Ok(())
}

/// Seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_ends_with_the_value() {
        let mut count = 0;
        let value = wait_for("three", secs(5), async || {
            count += 1;
            if count == 3 { Ok(count) } else { Err(count.to_string()) }
        });
        assert_eq!(value.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn it_says_what_it_saw_last() {
        let result = wait_for::<()>("never", Duration::from_millis(300), async || Err("a cat".to_owned()));
        let text = result.await.unwrap_err().to_string();
        assert!(text.contains("never") && text.contains("a cat"), "{text}");
    }
}
