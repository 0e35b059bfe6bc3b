//! Whose turn it is: round robin over the hosts that the balancer has heard of, and panic.
//!
//! Three questions are kept apart: who exists (the cluster's list), who may serve (a [`View`], which
//! is published through the [`MergeWindow`] and so may be up to a second old), and whose turn it is
//! ([`RoundRobin`], one per worker).

mod merge_window;
mod round_robin;
mod selection;
mod view;

pub use merge_window::{MergeCounters, MergeWindow, Refresh};
pub use round_robin::RoundRobin;
pub use selection::{DEFAULT_SELECTION_RETRIES, select};
pub use view::View;
