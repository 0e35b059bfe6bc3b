//! HTTP/1.1 on the forwarding path, byte for byte: a worker between raw clients and scripted hosts.

#![cfg(test)]

mod ambiguous;
mod answers;
mod bodies;
#[allow(dead_code, reason = "shared with the tests beside a real Envoy")]
mod client;
mod client_headers;
mod connections;
mod deadlines;
mod decoys;
mod header_rows;
mod limits;
mod patience;
#[allow(dead_code, reason = "shared with the tests beside a real Envoy")]
mod proxy;
mod recorded;
mod refusals;
mod replicas;
mod retries;
#[allow(dead_code, reason = "shared with the tests beside a real Envoy")]
mod upstream;
mod waiting;
mod zone;
