//! `deploy.sh`: its words and refusals, and what it does to a cluster, with the real kubectl.

#![cfg(test)]

#[cfg(feature = "real-peers")]
mod api_server;
mod harness;
#[cfg(feature = "real-peers")]
mod meshes;
#[cfg(feature = "real-peers")]
mod stubs;

#[cfg(feature = "real-peers")]
mod deploy;
mod script;
mod usage;
