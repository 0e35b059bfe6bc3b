//! A load at a true rate, and what came of it.
//!
//! Request *i* is due at *start + i / rate*, however slow the answers are, and its latency counts from then: a
//! backend that stalls shows in every request that was due during the stall, also in those that could not be sent
//! yet. A client that waits for each answer before it sends the next request would hide them ("coordinated omission").
//!
//! [`run`] carries out a [`Plan`] and hands over each [`Hit`]; a [`Report`] is made of hits, in the form of vegeta's.
//! [`fetch`] is a single request. HTTP/1.1 with kept connections, `http://` only.

mod alarm;
mod connection;
mod failure;
mod fetch;
mod go_duration;
mod hit;
mod latencies;
mod pacer;
mod plan;
mod rate;
mod report;
mod run;
mod schedule;
mod spread;
mod target;
#[cfg(test)]
mod tests;

pub use failure::Failure;
pub use fetch::{Reply, fetch};
pub use hit::{Answer, Hit};
pub use plan::{Length, Pacing, Plan};
pub use rate::Rate;
pub use report::Report;
pub use run::run;
pub use spread::Share;
pub use target::{Target, UnknownHost};
