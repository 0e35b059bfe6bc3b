//! The backend of the demo: one replica that answers `purple`, until it is told to fail.
//!
//! Everything a replica does to a request for its colour is decided by its [`Injector`], a pure core
//! that knows a [`Fault`] and the time it is given. Two ports speak for the replica: the main port is
//! what the mesh balances and ejects; the control port reaches it whatever the mesh thinks of it.

mod uid;

mod fault;
mod fault_options;
mod injector;

mod metrics;
mod replica;

mod app;
mod common;
mod control;

mod program;
mod server;
mod settings;

pub use app::app;
pub use control::control;
pub use fault::{Fault, Outcome};
pub use fault_options::InvalidFault;
pub use injector::{Active, Injector};
pub use program::run;
pub use replica::Replica;
pub use server::Server;
pub use settings::Settings;
pub use uid::{HostUid, InvalidHostUid};
