//! Any text as manifests: a mesh and an Envoy bootstrap, or one sentence that says where and what is wrong.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::manifests::hold(bytes));
