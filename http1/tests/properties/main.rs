//! Laws of the codec, tried on random messages and on random bytes: what was written is read again, however it is
//! cut on its way, and nothing that comes from outside makes it panic or stand still.
//!
//! A failure prints the smallest value that shows it and the seed to run it again. More values:
//! `PROPTEST_CASES=10000 cargo test -p http1 --test properties`.

#![cfg(test)]

#[path = "../shared/check.rs"]
mod check;

mod bytes;
mod cut;
mod found;
mod message;

mod again;
mod anything;
mod bodies;
mod heads;
mod lengths;
mod targets;
