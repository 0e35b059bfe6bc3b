//! Laws of the pure core (detector, balancer, merge window), tried on whole random lives of a cluster,
//! and a second, naive telling of the rules that is compared with the real one decision by decision.
//!
//! A failure prints the smallest life that shows it and the seed to run it again. More lives:
//! `PROPTEST_CASES=10000 cargo test -p ingress --test properties`.

#![cfg(test)]

#[path = "../../../http1/tests/shared/check.rs"]
mod check;
mod coming_and_going;
mod eventful;
mod life;
mod play;
mod real;

mod model;
mod same_as_model;

mod clock;
mod counters;
mod percentage;
mod report;
mod returns;
mod round_robin;
mod threshold;
mod traffic;
