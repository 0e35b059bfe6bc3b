//! Any bytes on a client's connection: what the hosts get are the same requests, each exactly one, however the bytes were cut.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::requests::hold(bytes));
