//! The decision: eject, refuse, bring back.

use std::sync::Arc;
use std::time::Duration;

use super::{Action, Cause, Counters, Elapsed, Event, Refusal, Streak};
use crate::mesh::OutlierPolicy;

/// A host's place in the cluster's list.
pub type HostIndex = usize;

/// Outlier detection of one cluster.
#[derive(Debug)]
pub struct Detector {
    policy: OutlierPolicy,
    hosts: Vec<Host>,
    ejected: usize,
    counters: Counters,
    next_sweep: Elapsed,
}

/// A host of the list that replaces another.
#[derive(Clone, Debug)]
pub enum Member {
    /// The host at this place of the list before, with all that is known of it.
    Stays(HostIndex),
    /// A new one, with its streak.
    Comes(Arc<Streak>),
}

/// What the detector knows of one host.
#[derive(Debug, Default)]
struct Host {
    streak: Arc<Streak>,
    out: Option<Out>,
    /// Grows with each ejection, shrinks with each healthy sweep; times the base it is how long the
    /// host stays out (FACTS 4.3 to 4.5).
    multiplier: u32,
    /// Ejections in the host's life.
    ejections: u32,
    last_return: Option<Elapsed>,
    last_refusal: Option<Refusal>,
}

/// An ejected host: since when, and why.
#[derive(Clone, Copy, Debug)]
struct Out {
    since: Elapsed,
    cause: Cause,
}

/// One host, for whoever asks: which, why, until when, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Errors in a row right now.
    pub consecutive_5xx: u32,
    /// Since when it is out and why; `None`: it is not.
    pub ejected: Option<(Elapsed, Cause)>,
    /// The first sweep at which it may return, if it is out (FACTS 4.2).
    pub earliest_return: Option<Elapsed>,
    /// Ejections in its life (FACTS 4.7).
    pub ejections: u32,
    /// Ejections that still count for the length of the next one (FACTS 4.5).
    pub multiplier: u32,
    /// How long the next ejection would last at least.
    pub next_ejection: Duration,
    /// The last time that the percentage kept it in. Forgotten when it is ejected after all, and at the first sweep
    /// that finds it an interval old: whoever is still ill has been refused anew by then.
    pub last_refusal: Option<Refusal>,
}

impl Detector {
    /// A detector for hosts that all start healthy, one per streak. The first sweep is due one
    /// interval later (FACTS 4.1).
    pub fn new(policy: OutlierPolicy, streaks: impl IntoIterator<Item = Arc<Streak>>) -> Self {
        let hosts = streaks.into_iter().map(Host::new).collect();
        let next_sweep = policy.interval;
        Self {
            policy,
            hosts,
            ejected: 0,
            counters: Counters::default(),
            next_sweep,
        }
    }

    /// The streak of `host` reached the threshold for `cause`. Ejects the host or says why not; a host
    /// that is out already is left alone (FACTS 3.6). Returns what Envoy would log.
    pub fn tripped(&mut self, host: HostIndex, cause: Cause, now: Elapsed) -> Option<Event> {
        let state = &mut self.hosts[host];
        if state.out.is_some() {
            return None;
        }
        self.counters.detected(cause);
        state.streak.reset(cause);
        if !allowed(&self.policy, self.ejected, self.hosts.len()) {
            self.counters.overflow += 1;
            self.hosts[host].last_refusal = Some(Refusal {
                at: now,
                cause,
                ejected: self.ejected,
                hosts: self.hosts.len(),
                limit: self.policy.max_ejection_percent,
            });
            return None;
        }
        self.counters.allowed(cause);
        let state = &mut self.hosts[host];
        let enforced = enforcing(&self.policy, cause);
        if enforced {
            self.ejected += 1;
            self.counters.enforced(cause);
            state.eject(cause, now, &self.policy);
        }
        Some(Event {
            host,
            action: Action::Eject { cause, enforced },
            at: now,
            ejections: state.ejections,
            since_last_action: state.last_return.map(|then| now.saturating_sub(then)),
        })
    }

    /// The hosts are `members` from now on, in this order (FACTS 14.3). Who stays keeps everything, who
    /// comes starts healthy, and with a host that is left out goes its ejection (14.4): no event, no
    /// counter.
    ///
    /// # Panics
    /// When a place of the list before is there twice, or never was.
    pub fn replace(&mut self, members: impl IntoIterator<Item = Member>) {
        let mut before: Vec<Option<Host>> = self.hosts.drain(..).map(Some).collect();
        let host = |member| match member {
            Member::Stays(place) => before
                .get_mut(place)
                .and_then(Option::take)
                .expect("whoever stays was there, once"),
            Member::Comes(streak) => Host::new(streak),
        };
        self.hosts.extend(members.into_iter().map(host));
        let gone = before.iter().flatten();
        self.ejected -= gone.filter(|host| host.out.is_some()).count();
    }

    /// When [`sweep`](Self::sweep) is due.
    pub fn next_sweep(&self) -> Elapsed {
        self.next_sweep
    }

    /// The one time at which hosts return (FACTS 4.1): every host that has been out for
    /// min(multiplier x base, max) comes back (4.2), every host that is in loses one step of its
    /// multiplier (4.4), and old refusals are forgotten. The next sweep is one interval from `now`.
    pub fn sweep(&mut self, now: Elapsed) -> Vec<Event> {
        self.next_sweep = now.saturating_add(self.policy.interval);
        let mut events = Vec::new();
        for (index, host) in self.hosts.iter_mut().enumerate() {
            host.forget_refusal(now, self.policy.interval);
            match host.out {
                None => host.decay(now, self.policy.interval),
                Some(out) if now.saturating_sub(out.since) >= host.time_out(&self.policy) => {
                    host.come_back(now);
                    self.ejected -= 1;
                    events.push(Event {
                        host: index,
                        action: Action::Uneject,
                        at: now,
                        ejections: host.ejections,
                        since_last_action: Some(now.saturating_sub(out.since)),
                    });
                }
                Some(_) => {}
            }
        }
        events
    }

    /// Whether `host` is out.
    pub fn is_ejected(&self, host: HostIndex) -> bool {
        self.hosts[host].out.is_some()
    }

    /// How many hosts are out: the gauge `ejections_active`.
    pub fn ejected(&self) -> usize {
        self.ejected
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// The counters as they stand.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The policy it goes by.
    pub fn policy(&self) -> &OutlierPolicy {
        &self.policy
    }

    /// All there is to know about `host`.
    pub fn report(&self, host: HostIndex) -> Report {
        let state = &self.hosts[host];
        let earliest = state
            .out
            .map(|out| out.since.saturating_add(state.time_out(&self.policy)));
        Report {
            consecutive_5xx: state.streak.any_5xx(),
            ejected: state.out.map(|out| (out.since, out.cause)),
            earliest_return: earliest.map(|time| self.first_sweep_from(time)),
            ejections: state.ejections,
            multiplier: state.multiplier,
            next_ejection: length(
                &self.policy,
                next_multiplier(&self.policy, state.multiplier),
            ),
            last_refusal: state.last_refusal.clone(),
        }
    }

    /// The first sweep at `time` or later, if each comes one interval after the one before.
    fn first_sweep_from(&self, time: Elapsed) -> Elapsed {
        let missing = time.saturating_sub(self.next_sweep);
        let sweeps = missing.as_nanos().div_ceil(self.policy.interval.as_nanos());
        // A cap beyond 136 years of one-second sweeps says "not in your lifetime" just as well.
        let sweeps = u32::try_from(sweeps).unwrap_or(u32::MAX);
        let from_next_sweep = self.policy.interval.saturating_mul(sweeps);
        self.next_sweep.saturating_add(from_next_sweep)
    }
}

impl Host {
    fn new(streak: Arc<Streak>) -> Self {
        Self {
            streak,
            ..Self::default()
        }
    }

    fn eject(&mut self, cause: Cause, now: Elapsed, policy: &OutlierPolicy) {
        self.out = Some(Out { since: now, cause });
        self.multiplier = next_multiplier(policy, self.multiplier);
        self.ejections += 1;
        self.last_refusal = None;
    }

    /// Both counters start anew, so it takes the full threshold again (FACTS 3.6).
    fn come_back(&mut self, now: Elapsed) {
        self.out = None;
        self.last_return = Some(now);
        self.streak.reset(Cause::Consecutive5xx);
        self.streak.reset(Cause::ConsecutiveGatewayFailure);
    }

    fn decay(&mut self, now: Elapsed, interval: Duration) {
        if self
            .last_return
            .is_some_and(|then| now.saturating_sub(then) >= interval)
        {
            self.multiplier = self.multiplier.saturating_sub(1);
        }
    }

    fn forget_refusal(&mut self, now: Elapsed, interval: Duration) {
        let is_recent = |refusal: &Refusal| now.saturating_sub(refusal.at) < interval;
        self.last_refusal = self.last_refusal.take().filter(is_recent);
    }

    fn time_out(&self, policy: &OutlierPolicy) -> Duration {
        length(policy, self.multiplier)
    }
}

/// Whether one more host may go (FACTS 5.1). Compared as whole numbers: 100 x (ejected + 1) against
/// percent x hosts.
fn allowed(policy: &OutlierPolicy, ejected: usize, hosts: usize) -> bool {
    (policy.always_eject_one_host && ejected == 0)
        || 100 * (ejected + 1) <= policy.max_ejection_percent as usize * hosts
}

fn enforcing(policy: &OutlierPolicy, cause: Cause) -> bool {
    let percent = match cause {
        Cause::Consecutive5xx => policy.enforcing_consecutive_5xx,
        Cause::ConsecutiveGatewayFailure => policy.enforcing_consecutive_gateway_failure,
    };
    percent > 0
}

/// How long an ejection with this multiplier lasts at least (FACTS 4.2).
fn length(policy: &OutlierPolicy, multiplier: u32) -> Duration {
    policy
        .base_ejection_time
        .saturating_mul(multiplier)
        .min(policy.max_ejection_time)
}

/// One more, as long as that is not more than one step beyond the cap (FACTS 4.3).
fn next_multiplier(policy: &OutlierPolicy, multiplier: u32) -> u32 {
    let reached = policy.base_ejection_time.saturating_mul(multiplier);
    if reached
        < policy
            .max_ejection_time
            .saturating_add(policy.base_ejection_time)
    {
        multiplier.saturating_add(1)
    } else {
        multiplier
    }
}
