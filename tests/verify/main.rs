//! `outlier-demo verify` against meshes that keep their promise, and against some that do not.

#![cfg(test)]

#[path = "../demo/harness.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of `up`, which use all of it"
)]
mod harness;
#[path = "../demo/load.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of `up`, which use all of it"
)]
mod load;

mod embedded;
mod locked;
mod not_measured;
#[cfg(feature = "real-peers")]
mod real_envoy;
mod verifier;
