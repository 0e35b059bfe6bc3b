//! What the admin pages show as numbers, under Envoy's names.

mod downstream;

pub use downstream::Downstream;
