//! What every service of the suite needs to be a good citizen, and nothing about outliers:
//! settings from the environment, logs, numbers, traces, lookups, a listener, a server with limits, an orderly
//! stop.
//!
//! `colorapp`, `front` and `ingress` meet on the wire only; this is the one crate they share.

mod alarm;
mod env;
mod exit;
mod exposition;
mod health;
mod listen;
mod logging;
mod longest;
mod lookup;
mod open_files;
mod otlp;
mod ports;
mod program;
mod serve;
mod site;
mod stop;
mod sync;
mod token;
mod trace;

pub use alarm::Alarm;
pub use env::{Environment, ProcessEnvironment, duration, setting};
pub use exit::{ConfigError, EX_USAGE, report};
pub use exposition::exposition;
pub use health::{Readiness, routes as health_routes};
pub use listen::{BindError, bind, close};
pub use logging::{LogFormat, init as init_logging};
pub use longest::longest_waiting;
pub use lookup::SystemLookup;
pub use open_files::raise_open_files;
pub use otlp::Tracer;
pub use ports::{Listeners, Ports};
pub use program::ProgramError;
pub use serve::{Grace, HangUp, Limits, serve};
pub use site::OtherSite;
pub use stop::{Stop, on_signals};
pub use token::Token;
pub use trace::TraceContext;
