//! The request's way: a client's connection, a route, a host, an answer. HTTP/1.1 on both sides, on the
//! project's own codec ([`http1`]).
//!
//! Each [`Worker`] is a thread with a runtime, listeners and upstream connections of its own. A request is served by
//! one task from its first byte to its last (`conversation.rs`, `forward.rs`): whoever needs bytes reads them, so
//! nothing is handed from task to task, but for a connection to one who waits for it (`pool.rs`). A head is
//! taken apart where it was read and written once, as the next one sees it; a connection has buffers only while there
//! is something in them (`wire.rs`, `buffers.rs`). Workers share the clusters' atomics and snapshots; the path takes
//! no lock, and sets no timer as long as nothing is late ([`service::Alarm`]).
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
mod drip;
mod exchange;
mod failure;
mod forward;
mod headers;
mod heads;
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

pub use heads::{Answered, Heads, Judged};
pub use limits::{Limits, Patience};
pub use router::{Routed, Router};
pub use worker::{Listener, Worker};
