//! Recordings of an Envoy whose milliseconds fall anyhow: the search finds out how.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use ingress::balance::{RoundRobin, View, select};
use ingress::cluster::{Change, Membership};
use ingress::outlier::{Action, HostIndex, Streak, Thresholds};

use super::recorded;
use crate::replay::replay;
use crate::trace::{Decision, Ejection, Mode, Ms, Request, SetMode, Trace};

const HOSTS: usize = 7;
const INTERVAL: Ms = 2_500.0;
const GAP: Ms = 160.0;

/// One worker and a main thread, as far as their time differs.
struct Envoy {
    rng: Rng,
    trace: Trace,
    membership: Membership,
    streaks: Vec<Arc<Streak>>,
    turns: RoundRobin,
    /// What the worker picks from, and what it will from a time on.
    view: View,
    coming: Vec<(Ms, View)>,
    /// When the main thread last decided.
    main: Ms,
}

impl Envoy {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut trace = recorded("threshold_1");
        trace.header.hosts = HOSTS;
        trace.header.sweeps.clear();
        trace.header.retries.selection_retries = 1;
        trace.header.final_stats.clear();
        let policy = &mut trace.header.policy;
        policy.consecutive_5xx = 3;
        policy.interval = Duration::from_millis(2_500);
        policy.base_ejection_time = Duration::from_millis(3_750);
        policy.max_ejection_time = policy.base_ejection_time;
        policy.healthy_panic_threshold = [0, 50, 100][rng.usize(..3)];
        trace.requests.clear();
        trace.modes.clear();
        trace.decisions.clear();
        let streaks: Vec<Arc<Streak>> = std::iter::repeat_with(Arc::default).take(HOSTS).collect();
        let membership = Membership::new(Some(&trace.header.policy), streaks.iter().cloned());
        Self {
            turns: RoundRobin::new(rng.u64(..1_000)),
            view: membership.view(),
            rng,
            trace,
            membership,
            streaks,
            coming: Vec::new(),
            main: 0.0,
        }
    }

    /// What was decided at `at` is logged in whole milliseconds, and acts a bit later.
    fn note(&mut self, at: Ms, change: Change) {
        for event in change.events {
            self.trace.decisions.push(Decision {
                at: at.floor(),
                host: event.host,
                ejections: event.ejections,
                ejection: match event.action {
                    Action::Uneject => None,
                    Action::Eject {
                        cause, enforced, ..
                    } => Some(Ejection { cause, enforced }),
                },
            });
        }
        let last = self.coming.last().map_or(at, |(from, _)| from.max(at));
        let acts = last + self.rng.f64();
        self.coming.extend(change.publish.map(|view| (acts, view)));
    }

    fn pick(&mut self, at: Ms, tried: &[HostIndex]) -> HostIndex {
        while self.coming.first().is_some_and(|(from, _)| *from <= at) {
            self.view = self.coming.remove(0).1;
        }
        let turn = || self.turns.pick(&self.view);
        select(|host| tried.contains(&host), 1, turn).unwrap()
    }

    /// A request at `at`; a 503 is tried again, after up to 25 ms.
    fn request(&mut self, n: u64, at: Ms, status: impl Fn(HostIndex) -> u16) {
        let thresholds = Thresholds::from(&self.trace.header.policy);
        let (mut now, mut tried) = (at, Vec::new());
        let last = loop {
            let host = self.pick(now, &tried);
            tried.push(host);
            now += 0.2 + 0.3 * self.rng.f64();
            let status = status(host);
            for cause in self.streaks[host].record(status, thresholds).causes() {
                let decided = self.main.max(now + 2.0 * self.rng.f64());
                self.main = decided;
                let change = self.membership.tripped(host, cause, elapsed(decided));
                self.note(decided, change);
            }
            if status != 503 || tried.len() == 3 {
                break status;
            }
            now += 25.0 * self.rng.f64() * self.rng.f64();
        };
        self.trace.requests.push(Request {
            at,
            n,
            took: now - at,
            status: last,
            tried,
            flags: String::new(),
            details: String::new(),
        });
    }

    fn play(mut self) -> Trace {
        let modes = [(2, 503), (5, 500), (3, 503)];
        for (host, status) in modes {
            self.trace.modes.push(SetMode {
                host,
                mode: Mode::InTurn(vec![status]),
                before_n: 4,
            });
        }
        let status = |n: u64, host: HostIndex| {
            let mode = modes.iter().find(|(it, _)| *it == host && n >= 4);
            mode.map_or(200, |(_, status)| *status)
        };
        let mut sweep = INTERVAL;
        for n in 0..90 {
            let at = 2_720.0 + GAP * n as Ms + 0.7 * self.rng.f64();
            while sweep < at {
                let change = self.membership.sweep(elapsed(sweep), |_| {});
                self.note(sweep, change);
                sweep += INTERVAL + 2.0 * self.rng.f64();
            }
            let phase = at % 1_250.0;
            if (110.0..1_140.0).contains(&phase) {
                self.request(n, at, |host| status(n, host));
            }
        }
        self.trace
    }
}

fn elapsed(at: Ms) -> Duration {
    Duration::from_secs_f64(at / 1_000.0)
}

/// Few in a thousand need three guesses at once, and are not found.
#[test]
fn whichever_way_the_milliseconds_fell_the_search_finds_it() {
    for seed in 0..400 {
        let verdict = replay(&Envoy::new(seed).play());
        assert_eq!(verdict.mismatches, [], "seed {seed}: {}", verdict.freedoms);
    }
}
