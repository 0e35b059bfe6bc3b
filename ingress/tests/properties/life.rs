//! Random lives of a cluster.

use std::time::Duration;

use ingress::mesh::OutlierPolicy;
use ingress::outlier::HostIndex;
use proptest::collection::vec;
use proptest::prelude::*;

/// All that happens to a cluster from outside.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) policy: OutlierPolicy,
    /// What each host answers at first; its length is the number of hosts.
    pub(crate) modes: Vec<u16>,
    /// Where the round robin starts.
    pub(crate) seed: u64,
    /// How often a request is sent again after a 5xx.
    pub(crate) retries: usize,
    /// How late timers fire, each of them.
    pub(crate) late: Duration,
    /// Whether sweeps visit the last host first.
    pub(crate) backwards: bool,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Nothing but timers.
    Wait(Duration),
    /// Requests to whom the balancer picks, with a wait after each.
    Requests { count: u32, gap: Duration },
    /// Answers of one host, whether the balancer would pick it or not: requests that were under way.
    Answers {
        host: HostIndex,
        status: u16,
        count: u32,
    },
    /// From now on `host` answers so.
    Mode { host: HostIndex, status: u16 },
}

impl Life {
    pub(crate) fn hosts(&self) -> usize {
        self.modes.len()
    }

    /// The same life with another measure of time.
    pub(crate) fn timed(mut self, time: impl Fn(Duration) -> Duration) -> Self {
        let policy = &mut self.policy;
        for duration in [
            &mut policy.interval,
            &mut policy.base_ejection_time,
            &mut policy.max_ejection_time,
            &mut policy.update_merge_window,
            &mut self.late,
        ] {
            *duration = time(*duration);
        }
        for step in &mut self.steps {
            if let Step::Wait(duration) | Step::Requests { gap: duration, .. } = step {
                *duration = time(*duration);
            }
        }
        self
    }

    /// The same life with timers that are always on time.
    pub(crate) fn on_time(mut self) -> Self {
        self.late = Duration::ZERO;
        self
    }
}

/// Lives on a grid of time, so that things often happen at exactly the same moment, or exactly one
/// interval, base or window apart: tenths of seconds, milliseconds, and parts of one, which the merge
/// window does not count.
pub(crate) fn lives() -> impl Strategy<Value = Life> {
    let grid = prop_oneof![
        4 => Just(Duration::from_millis(100)),
        1 => Just(Duration::from_millis(1)),
        1 => Just(Duration::from_micros(500)),
        1 => Just(Duration::from_micros(1)),
    ];
    (grid, lives_in_ticks()).prop_map(|(tick, life)| life.timed(|ticks| tick * in_ticks(ticks)))
}

/// Lives in which one nanosecond stands for a tick.
pub(crate) fn lives_in_ticks() -> impl Strategy<Value = Life> {
    let late = prop_oneof![3 => Just(0), 1 => 1..=3u64];
    (
        policies(),
        // Few hosts are where percentages and panic have their corners.
        prop_oneof![4 => vec(status(), 1..=7), 1 => vec(status(), 1..=50)],
        any::<u32>(),
        0..=2usize,
        late,
        any::<bool>(),
        vec(step(), 1..=50),
    )
        .prop_map(
            |(policy, modes, seed, retries, late, backwards, mut steps)| {
                for step in &mut steps {
                    if let Step::Answers { host, .. } | Step::Mode { host, .. } = step {
                        *host %= modes.len();
                    }
                }
                Life {
                    policy,
                    modes,
                    seed: u64::from(seed),
                    retries,
                    late: ticks(late),
                    backwards,
                    steps,
                }
            },
        )
}

/// Every field within its bounds.
fn policies() -> impl Strategy<Value = OutlierPolicy> {
    let threshold = || prop_oneof![1 => Just(0), 8 => 1..=5u32, 1 => 6..=20u32];
    let percent = |usual: u32| prop_oneof![4 => 0..=100u32, 2 => Just(usual), 1 => Just(0)];
    let window = prop_oneof![1 => Just(0), 2 => Just(10), 2 => 1..=30u64];
    (
        (threshold(), prop_oneof![1 => Just(0), 4 => Just(100)]),
        (threshold(), prop_oneof![1 => Just(0), 1 => Just(100)]),
        1..=30u64,
        (1..=30u64, 0..=60u64),
        (percent(100), any::<bool>()),
        percent(OutlierPolicy::DEFAULT_PANIC_THRESHOLD),
        window,
    )
        .prop_map(
            |(any_5xx, gateway, interval, (base, more), ejection, panic, window)| OutlierPolicy {
                consecutive_5xx: any_5xx.0,
                enforcing_consecutive_5xx: any_5xx.1,
                consecutive_gateway_failure: gateway.0,
                enforcing_consecutive_gateway_failure: gateway.1,
                interval: ticks(interval),
                base_ejection_time: ticks(base),
                max_ejection_time: ticks(base + more),
                max_ejection_percent: ejection.0,
                always_eject_one_host: ejection.1,
                healthy_panic_threshold: panic,
                update_merge_window: ticks(window),
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let host = || 0..50usize;
    prop_oneof![
        3 => (0..=60u64).prop_map(|time| Step::Wait(ticks(time))),
        3 => (1..=25u32, 0..=5u64)
            .prop_map(|(count, gap)| Step::Requests { count, gap: ticks(gap) }),
        4 => (host(), status(), 1..=12u32)
            .prop_map(|(host, status, count)| Step::Answers { host, status, count }),
        2 => (host(), status()).prop_map(|(host, status)| Step::Mode { host, status }),
    ]
}

/// Statuses of FACTS 3.2.
fn status() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => Just(200),
        1 => prop::sample::select(&[301, 404, 429, 499][..]),
        4 => Just(500),
        3 => 502..=504u16,
        1 => prop::sample::select(&[501, 505, 599][..]),
    ]
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_nanos(ticks)
}

fn in_ticks(duration: Duration) -> u32 {
    u32::try_from(duration.as_nanos()).expect("lives in ticks are short")
}
