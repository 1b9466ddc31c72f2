//! What has to hold for any bytes: each module has a `check` that panics if it does not.
//!
//! Nothing here knows of the fuzzer, so that the test that replays what it has found can use it too.

pub mod disk;
pub mod file;
pub mod medium;
pub mod settings;

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Most memory for one file or one disk, in MiB.
const MEMORY: f32 = 32.0;

/// Runs a check and sees to it that memory stays within bounds.
pub fn run(check: fn(&[u8]), bytes: &[u8]) {
    let before = ALLOCATOR.current_usage_as_mb();
    ALLOCATOR.reset_peak_usage();
    check(bytes);
    let peak = ALLOCATOR.peak_usage_as_mb() - before;
    assert!(peak < MEMORY, "took {peak} MiB");
}
