//! Any bytes as a provisioning file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signage_fuzz::run(signage_fuzz::file::check, bytes));
