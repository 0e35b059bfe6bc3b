//! Any text as the query of a fault: something within its bounds, or one sentence.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::fault_options::hold(bytes));
