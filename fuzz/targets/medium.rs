//! Any bytes as a disk, see `signage_fuzz::disk`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signage_fuzz::run(signage_fuzz::medium::check, bytes));
