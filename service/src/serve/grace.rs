//! How a server ends.

use std::time::Duration;

use crate::{ConfigError, Environment, duration};

/// How the end of a server goes: first `delay` passes with the server still open, so that those who
/// look at readiness hear of it, then requests in flight get `deadline` to finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// From the request to stop until new connections are refused.
    pub delay: Duration,
    /// From then on until connections are closed on which nothing is asked, the deadline at the latest: before that a
    /// request may be on its way, and would be lost.
    pub idle: Duration,
    /// From the same moment on until requests still running are cut.
    pub deadline: Duration,
}

impl Grace {
    /// Of a control port, which ends when its app has: its answers take no time, so a request that is still running
    /// comes from a client that does not read.
    pub const CONTROL: Self = Self {
        delay: Duration::ZERO,
        idle: Duration::ZERO,
        deadline: Duration::from_secs(1),
    };

    /// The default, but for what `SHUTDOWN_DELAY` and `SHUTDOWN_DEADLINE` say.
    ///
    /// # Errors
    /// As [`duration`].
    pub fn from_env(env: &impl Environment) -> Result<Self, ConfigError> {
        let default = Self::default();
        Ok(Self {
            delay: duration(env, "SHUTDOWN_DELAY")?.unwrap_or(default.delay),
            deadline: duration(env, "SHUTDOWN_DEADLINE")?.unwrap_or(default.deadline),
            ..default
        })
    }
}

impl Default for Grace {
    /// No delay, half a second for what may be on its way, and ten for what runs.
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            idle: Duration::from_millis(500),
            deadline: Duration::from_secs(10),
        }
    }
}
