//! `outlier-demo up` from the first to the last moment, with its real processes.

#![cfg(test)]

mod folder;
mod harness;
mod load;
mod process;
mod scenes;

mod control_paths;
mod end;
#[cfg(feature = "real-peers")]
mod envoy;
#[cfg(feature = "real-peers")]
mod prometheus;
mod refusals;
mod restart;
mod start;
mod trace;
#[cfg(feature = "real-peers")]
mod vegeta;
mod walkthrough;
