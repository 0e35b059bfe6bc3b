//! The rules, one by one, by their numbers in `docs/envoy-facts.md`.

mod counting;
mod events;
mod percent;
mod replace;
mod sweeps;

use std::sync::Arc;

use super::*;
use crate::mesh::OutlierPolicy;

use Cause::{Consecutive5xx, ConsecutiveGatewayFailure};

/// A host that fails in most tests; any other would do.
const HOST: HostIndex = 2;
const NANOSECOND: Duration = Duration::from_nanos(1);

/// The detector with its streaks and a clock that only the test moves.
struct Cluster {
    detector: Detector,
    streaks: Vec<Arc<Streak>>,
    now: Elapsed,
}

impl Cluster {
    fn new(hosts: usize, policy: OutlierPolicy) -> Self {
        let streaks: Vec<_> = (0..hosts).map(|_| Arc::default()).collect();
        let detector = Detector::new(policy, streaks.iter().cloned());
        Self {
            detector,
            streaks,
            now: Elapsed::ZERO,
        }
    }

    /// `n` times `status` from `host`, each told to the detector at once.
    fn answer(&mut self, host: HostIndex, status: u16, n: usize) -> Vec<Event> {
        let thresholds = Thresholds::from(self.detector.policy());
        let mut events = Vec::new();
        for _ in 0..n {
            let tripped = self.streaks[host].record(status, thresholds);
            events.extend(
                tripped
                    .causes()
                    .filter_map(|cause| self.detector.tripped(host, cause, self.now)),
            );
        }
        events
    }

    fn fail(&mut self, host: HostIndex, n: usize) -> Vec<Event> {
        self.answer(host, 500, n)
    }

    /// The first `hosts` of the list fail `n` times each.
    fn fail_all(&mut self, hosts: usize, n: usize) {
        for host in 0..hosts {
            self.fail(host, n);
        }
    }

    fn succeed(&mut self, host: HostIndex) {
        assert_eq!(self.answer(host, 200, 1), [], "a success is no event");
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    fn sweep_at(&mut self, time: Elapsed) -> Vec<Event> {
        self.now = time;
        self.detector.sweep(time)
    }

    /// Sweeps on time, `n` times.
    fn sweep(&mut self, n: usize) {
        for _ in 0..n {
            self.sweep_at(self.detector.next_sweep());
        }
    }

    /// Five errors in a row, then sweeps until the host is back. Returns how long it was out.
    fn out_and_back(&mut self, host: HostIndex) -> Duration {
        let since = self.now;
        self.fail(host, 5);
        for _ in 0..1_000 {
            if !self.detector.is_ejected(host) {
                return self.now - since;
            }
            self.sweep(1);
        }
        panic!("a thousand sweeps, and host {host} is still out");
    }

    fn report(&self, host: HostIndex) -> Report {
        self.detector.report(host)
    }

    #[track_caller]
    fn assert_ejected(&self, expected: &[HostIndex]) {
        let hosts = 0..self.detector.hosts();
        let ejected: Vec<_> = hosts
            .filter(|&host| self.detector.is_ejected(host))
            .collect();
        assert_eq!(ejected, expected, "the hosts that are out");
        assert_eq!(self.detector.ejected(), expected.len(), "the gauge");
    }

    /// Both streaks, of any 5xx and of gateway failures.
    #[track_caller]
    fn assert_streaks_are_zero(&self, host: HostIndex) {
        let streak = &self.streaks[host];
        assert_eq!((streak.any_5xx(), streak.gateway()), (0, 0));
    }

    /// Ejections in its life, and those that still count for the length of the next one.
    #[track_caller]
    fn assert_ejections(&self, host: HostIndex, lifetime: u32, multiplier: u32) {
        let report = self.report(host);
        assert_eq!(
            (report.ejections, report.multiplier),
            (lifetime, multiplier)
        );
    }

    #[track_caller]
    fn assert_next_ejection(&self, host: HostIndex, length: f64) {
        assert_eq!(self.report(host).next_ejection, secs(length));
    }

    #[track_caller]
    fn assert_counters(&self, expected: Counters) {
        assert_eq!(self.detector.counters(), expected);
    }
}

/// Exact to the nanosecond for the numbers used here.
fn secs(secs: f64) -> Duration {
    Duration::from_secs_f64(secs)
}

/// 5 errors, all hosts may go, the times in seconds.
fn policy(interval: f64, base: f64) -> OutlierPolicy {
    OutlierPolicy {
        interval: secs(interval),
        base_ejection_time: secs(base),
        max_ejection_percent: 100,
        ..OutlierPolicy::default()
    }
}

/// The demo's manifest: 5 hosts, 5 errors, 10 s, 10 s, 100 % (FACTS 1.5).
fn demo() -> Cluster {
    demo_but(|_| {})
}

fn demo_but(change: impl FnOnce(&mut OutlierPolicy)) -> Cluster {
    let mut policy = policy(10.0, 10.0);
    change(&mut policy);
    Cluster::new(5, policy)
}

/// Gateway failures eject, other 5xx are only detected.
fn only_gateway_enforced() -> Cluster {
    demo_but(|policy| {
        policy.enforcing_consecutive_5xx = 0;
        policy.enforcing_consecutive_gateway_failure = 100;
    })
}

fn capped(mut policy: OutlierPolicy, max_ejection_time: f64) -> Cluster {
    policy.max_ejection_time = secs(max_ejection_time);
    Cluster::new(5, policy)
}

fn limited(hosts: usize, max_ejection_percent: u32, always_eject_one_host: bool) -> Cluster {
    Cluster::new(
        hosts,
        OutlierPolicy {
            max_ejection_percent,
            always_eject_one_host,
            ..policy(10.0, 10.0)
        },
    )
}

/// Which causes were found, and whether they were enforced.
fn ejections(events: &[Event]) -> Vec<(Cause, bool)> {
    let cause = |event: &Event| match event.action {
        Action::Eject { cause, enforced } => Some((cause, enforced)),
        Action::Uneject => None,
    };
    events.iter().filter_map(cause).collect()
}
