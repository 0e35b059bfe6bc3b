//! Any bytes on a host's connection: what the client gets is the same answer, exactly one, however the bytes were cut.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::answers::hold(bytes));
