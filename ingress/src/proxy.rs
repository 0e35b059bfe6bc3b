//! The request's way: a client's connection, a route, a host, an answer. HTTP/1.1 on both sides, on
//! hyper's server and client.
//!
//! Each [`Worker`] is a thread with a runtime, a listener and a pool of its own. A request is served by
//! one task from its first byte to its last: the upstream connection is polled by the task that needs
//! its answer, so nothing is handed from task to task, but for a connection to one who waits for it
//! (`pool.rs`). Workers share the clusters' atomics and snapshots; the path takes no lock, and sets no
//! timer as long as nothing is late (`alarm.rs`).
//!
//! What a client sees is what Envoy would show it (FACTS section 11), but for the `server` header.

mod admission;
mod answer;
mod balancer;
mod buffers;
mod client;
mod conversation;
mod date;
mod drain;
mod exchange;
mod failure;
mod forward;
mod headers;
mod limits;
mod pool;
mod reason;
mod request;
mod request_body;
mod retry;
mod router;
mod shape;
mod upstream;
mod wire;
mod worker;

pub use limits::{Limits, Patience};
pub use router::{Routed, Router};
pub use worker::{Listener, Worker};
