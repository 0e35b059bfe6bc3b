//! Requests at a steady pace, and what came of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::harness::{Demo, PATIENCE};

/// What became of some requests for a colour.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many were answered with each status.
    pub(crate) statuses: BTreeMap<u16, u32>,
    /// How many each host answered.
    pub(crate) hosts: BTreeMap<String, u32>,
}

impl Counted {
    pub(crate) fn errors(&self) -> u32 {
        let errors = self.statuses.iter().filter(|(status, _)| **status >= 500);
        errors.map(|(_, count)| count).sum()
    }

    /// How many each host answered, most first.
    pub(crate) fn shares(&self) -> Vec<u32> {
        let mut shares: Vec<u32> = self.hosts.values().copied().collect();
        shares.sort_unstable_by(|a, b| b.cmp(a));
        shares
    }
}

impl Demo {
    /// `count` requests for a colour, one after the other, `rate` in a second at the most.
    pub(crate) async fn burst(&self, count: u32, rate: u32) -> Counted {
        let mut counted = Counted::default();
        let mut pace = interval(Duration::from_secs(1) / rate);
        // A pause of the machine must not be made up for by a crowd of requests.
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..count {
            pace.tick().await;
            let response = self.ask("/color/get").await;
            *counted
                .statuses
                .entry(response.status().as_u16())
                .or_default() += 1;
            if let Some(uid) = response.headers().get("HostUID") {
                let uid = uid.to_str().unwrap().to_owned();
                *counted.hosts.entry(uid).or_default() += 1;
            }
            // Read to its end, so that its connection is used again.
            response.bytes().await.unwrap();
        }
        counted
    }

    /// Asks `/hosts` until it is as `wanted`, and returns it.
    pub(crate) async fn hosts_until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut pace = interval(Duration::from_millis(10));
        let start = Instant::now();
        loop {
            pace.tick().await;
            let hosts = self.json("/hosts").await;
            if wanted(&hosts) {
                return hosts;
            }
            assert!(start.elapsed() < PATIENCE, "still {hosts:#}");
        }
    }

    /// Lets the mesh's own time pass: its rules compare times, so a test of all of it has to as well.
    pub(crate) async fn quiet(&self, time: Duration) {
        let mut pace = interval(time);
        pace.tick().await;
        pace.tick().await;
    }
}
