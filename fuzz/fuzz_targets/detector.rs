//! Any bytes as the life of a cluster: each decision is the model's, and hosts that come and go take with them what is theirs.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::detector::hold(bytes));
