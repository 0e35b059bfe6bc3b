//! The same bytes through a real Envoy and through this proxy, in front of hosts that do the same; then
//! what the client got and what the host got, compared line by line. Differences that are meant are
//! written beside their cases, and explained in `docs/http.md`.
//!
//! `CASE=text` in the environment runs only the cases with that text in their names.

#![cfg(test)]

mod bootstrap;
mod case;
mod cases;
mod compare;
mod envoy;
mod known;
mod page;
mod play;
mod transcript;

#[path = "../http/client.rs"]
#[allow(dead_code, reason = "shared with the tests that need no Envoy")]
mod client;
#[path = "../http/header_rows.rs"]
mod header_rows;
#[path = "../http/proxy.rs"]
#[allow(dead_code, reason = "shared with the tests that need no Envoy")]
mod proxy;
#[path = "../http/upstream.rs"]
#[allow(dead_code, reason = "shared with the tests that need no Envoy")]
mod upstream;
