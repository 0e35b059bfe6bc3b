//! The atomics of `ingress` and `service` in every order in which threads could come to them, and with every value that
//! the memory model lets them see. The files are those of the products, not copies, over [loom]'s atomics; so no line
//! of the products knows of it.
//!
//! Each `pub fn` below is a model and panics if what its documentation says does not hold. The tests run them.

#![allow(dead_code, unused_imports, unreachable_pub)]

pub mod gauges;
pub mod hosts;
pub mod leaving;
pub mod streaks;

mod cluster;
mod mesh;
mod outlier;
mod sync;
#[path = "../../service/src/serve/talk.rs"]
mod talk;
