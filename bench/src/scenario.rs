//! What is measured, one file each.

pub mod chain;
pub mod colorapp;
pub mod hop;
