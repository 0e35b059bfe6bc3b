//! What the demo's programs cost, beside their peers: the machinery of `cargo bench --bench peers`
//! and `cargo bench --bench instructions`.
//!
//! In reading order: what is said on the command line, what is started, what is measured, what it comes to.

pub mod args;
pub mod context;
pub mod run;

pub mod backend;
pub mod contender;
pub mod data_plane;
pub mod hop;
pub mod hyper_server;
pub mod mesh;
pub mod peer;
pub mod process;
pub mod suite;

pub mod load;
pub mod machine;
pub mod response;
pub mod sample;
pub mod syscalls;
pub mod viewer;

pub mod compare;
pub mod noise;
pub mod spread;

pub mod scenario;

pub mod figure;
pub mod goal;
pub mod report;
pub mod table;

mod client;
mod error;
mod instructions;

pub use error::{EX_TEMPFAIL, Error};
pub use instructions::{Places, instructions};
pub use run::main;
