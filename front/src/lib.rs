//! The app of the demo. It calls `colorapp` through the mesh and says which replica answered; it
//! sets and clears faults through the replicas' control ports, which the mesh knows nothing of; and
//! it shows replicas, counters and ejections side by side.
//!
//! In reading order: settings, the server and its two routers, the way through the mesh and its
//! counters, the way around the mesh and its faults, what the mesh says, and all of it together.

mod endpoint;
mod proxy;
mod settings;

mod app;
mod control;
mod lock;
mod server;
mod state;

mod by;
mod client;
mod color;
mod latencies;
mod metrics;
mod stats;
mod window;

mod fault_request;
mod faults;
mod pick;
mod refusal;
mod replica_name;
mod replicas;

mod mesh_view;

mod look;
mod together;

mod events;
mod hosts;
mod page;

pub use app::app;
pub use control::control;
pub use endpoint::Endpoint;
pub use proxy::Proxy;
pub use server::{Server, run};
pub use settings::{EVENTS_LIMIT, Settings, events_limit};
pub use state::AppState;
