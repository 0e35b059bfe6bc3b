//! Bytes that are meant to be read in two ways. Each case goes raw through `ingress`. What `ingress` does not refuse
//! it forwards, and the very bytes that it forwards are fed to four others: to the server of front, to nginx, to
//! HAProxy and to Envoy. All must read in them what `ingress` read: as many requests, with the same methods, targets,
//! hosts and bodies. A reader may refuse a request, for then nothing is misread.
//!
//! `docs/smuggling.md` has a row for each case, and the test fails when a row is not what came out.

#![cfg(test)]

mod case;
mod cases;
mod compare;
mod origin;
mod page;
mod programs;
mod reader;
mod through;

#[path = "../http/client.rs"]
#[allow(dead_code, reason = "shared with the tests of HTTP")]
mod client;
#[path = "../http_side_by_side/envoy.rs"]
#[allow(dead_code, reason = "shared with the tests beside Envoy")]
mod envoy;
#[path = "../http/proxy.rs"]
#[allow(dead_code, reason = "shared with the tests of HTTP")]
mod proxy;
