//! Any bytes as a provisioning file, on to the settings that follow from it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signage_fuzz::run(signage_fuzz::settings::check, bytes));
