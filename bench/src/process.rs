//! Processes: how they are started and pinned, and what the kernel says they used.

mod affinity;
mod idle;
mod leash;
mod running;
mod tree;
mod usage;

pub use affinity::{allowed, pin};
pub use idle::is_idle;
pub use leash::Leash;
pub use running::{Running, Start, arguments, free_address};
pub use tree::descendants;
pub use usage::{Memory, cpu_time, cpu_time_by_thread, memory};
