//! What is measured, one file each.

pub mod chain;
pub mod colorapp;
pub mod hop;
pub mod leak;
pub mod scale;
pub mod start;
mod sweep;
pub mod viewers;
pub mod workers;
