//! Any text as a recording of Envoy: a replay with a verdict, or one sentence that names the line.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::traces::hold(bytes));
