//! Time since the creation of a cluster.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until};

use crate::trace::Ms;

/// The clock that a data plane's sweeps go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    born: Instant,
    born_at: SystemTime,
}

impl Clock {
    /// The clock of a cluster that was created at `born_at`.
    pub(super) fn since(born_at: SystemTime) -> Self {
        let age = SystemTime::now()
            .duration_since(born_at)
            .unwrap_or_default();
        Self {
            born: Instant::now() - age,
            born_at,
        }
    }

    pub(super) fn now(&self) -> Ms {
        self.born.elapsed().as_secs_f64() * 1_000.0
    }

    pub(super) async fn until(&self, at: Ms) {
        sleep_until(self.born + Duration::from_secs_f64(at / 1_000.0)).await;
    }

    /// A wall-clock time on this clock.
    pub(super) fn of(&self, wall: SystemTime) -> Ms {
        match wall.duration_since(self.born_at) {
            Ok(after) => after.as_secs_f64() * 1_000.0,
            Err(before) => before.duration().as_secs_f64() * -1_000.0,
        }
    }
}
