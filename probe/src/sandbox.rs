//! What this process may take of its machine: little memory, a few seconds, and no network. Broken files make decoders
//! do anything.

use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Memory that it may write to. A 4K film takes about 300 MiB.
const MEMORY: u64 = 768 << 20;
/// Address space, of which libraries take most.
const SPACE: u64 = 8 << 30;
/// Seconds of computing: the first run also looks at every plugin of GStreamer.
const COMPUTING: u64 = 40;
/// Seconds in all.
const TIME: u64 = 50;
/// Largest file that it writes: GStreamer's list of plugins.
const FILE: u64 = 32 << 20;
/// Open files.
const FILES: u64 = 128;

/// Gives up what is not needed. Without a right to a network of its own, nothing that reaches the network is loaded
/// still: see [`crate::video`].
pub fn enter() -> Result<()> {
    // First of all, so that nobody else suffers when memory is short.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let limits = [
        (Resource::Data, MEMORY),
        (Resource::As, SPACE),
        (Resource::Cpu, COMPUTING),
        (Resource::Fsize, FILE),
        (Resource::Nofile, FILES),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).with_context(|| format!("cannot limit {resource:?}"))?;
    }
    no_network();
    std::thread::Builder::new()
        .name("clock".into())
        .spawn(|| {
            std::thread::sleep(Duration::from_secs(TIME));
            eprintln!("signage-probe: the file takes longer than {TIME} seconds");
            std::process::exit(3);
        })
        .context("cannot start a thread")?;
    Ok(())
}

/// A network without any interface. Systems that give nobody a user of its own refuse.
#[allow(unsafe_code)]
fn no_network() {
    use rustix::thread::UnshareFlags;
    // SAFETY: no other thread runs yet, and no descriptor table is given up.
    let _ = unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWUSER | UnshareFlags::NEWNET) };
}
