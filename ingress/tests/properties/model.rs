//! The rules told a second time, as `docs/envoy-facts.md` tells them and as naively as possible: lists of
//! what happened and loops over them. Slow, and independent of the real one.

// Named, so that it is found from wherever this file is included.
#[path = "model/host.rs"]
mod host;

use std::time::Duration;

use ingress::balance::MergeCounters;
use ingress::mesh::OutlierPolicy;
use ingress::outlier::{Action, Cause, Counters, Event, HostIndex, Refusal, Report};

use host::{Host, Past, StayOut, in_a_row, is_5xx, is_gateway_failure, length, next_multiplier};

use crate::life::Life;
use crate::play::{Cluster, Outcome};

pub(crate) struct Model {
    policy: OutlierPolicy,
    hosts: Vec<Host>,
    /// Who is healthy, as the balancers know it.
    listed: Vec<HostIndex>,
    last_refresh: Option<Duration>,
    waiting_refresh: Option<Duration>,
    next_sweep: Duration,
    turn: u64,
    panic_turn: u64,
    backwards: bool,
    counters: Counters,
    merge_counters: MergeCounters,
}

impl Model {
    pub(crate) fn new(life: &Life) -> Self {
        Self {
            hosts: life.modes.iter().map(|_| Host::default()).collect(),
            listed: (0..life.hosts()).collect(),
            last_refresh: None,
            waiting_refresh: None,
            // 4.1
            next_sweep: life.policy.interval,
            // 8.2
            turn: life.seed,
            panic_turn: life.seed,
            backwards: life.backwards,
            counters: Counters::default(),
            merge_counters: MergeCounters::default(),
            policy: life.policy.clone(),
        }
    }

    fn healthy(&self) -> Vec<HostIndex> {
        let hosts = 0..self.hosts.len();
        hosts.filter(|&host| !self.hosts[host].is_out()).collect()
    }

    /// 7.1, 7.3
    fn is_panic(&self) -> bool {
        let percent = 100.0 * self.listed.len() as f64 / self.hosts.len() as f64;
        percent < f64::from(self.policy.healthy_panic_threshold)
            // 1.4 is 14 tenths; 5 of 7 are exactly enough.
            && self.listed.len() * 14 < self.hosts.len() * 10
    }

    /// 3.6, 3.10, 5.1, 5.3, 12.6
    fn detected(&mut self, host: HostIndex, cause: Cause, now: Duration) -> Outcome {
        let mut outcome = Outcome::default();
        let out = self.healthy().len().abs_diff(self.hosts.len());
        let all = self.hosts.len();
        let state = &mut self.hosts[host];
        if state.is_out() {
            return outcome;
        }
        let is_5xx = cause == Cause::Consecutive5xx;
        let enforcing = if is_5xx {
            state.answers_5xx.clear();
            self.counters.detected_consecutive_5xx += 1;
            self.policy.enforcing_consecutive_5xx
        } else {
            state.answers_gateway.clear();
            self.counters.detected_consecutive_gateway_failure += 1;
            self.policy.enforcing_consecutive_gateway_failure
        };

        let limit = self.policy.max_ejection_percent;
        let first_is_free = self.policy.always_eject_one_host && out == 0;
        if 100.0 * (out + 1) as f64 / all as f64 > f64::from(limit) && !first_is_free {
            self.counters.overflow += 1;
            let refusal = Refusal {
                at: now,
                cause,
                ejected: out,
                hosts: all,
                limit,
            };
            state.last_refusal = Some(refusal.clone());
            outcome.refused = Some((host, refusal));
            return outcome;
        }

        if is_5xx {
            self.counters.total += 1;
        }
        let since_last_action = state.last_return().map(|then| now - then);
        let enforced = enforcing == 100;
        if enforced {
            self.counters.enforced_total += 1;
            if is_5xx {
                self.counters.enforced_consecutive_5xx += 1;
            } else {
                self.counters.enforced_consecutive_gateway_failure += 1;
            }
            state.stays_out.push(StayOut {
                from: now,
                to: None,
                cause,
            });
            state.past.push(Past::Ejected);
            state.last_refusal = None;
        }
        outcome.events.push(Event {
            host,
            action: Action::Eject { cause, enforced },
            at: now,
            ejections: self.hosts[host].stays_out.len() as u32,
            since_last_action,
        });
        if enforced {
            self.flags_changed(now, &mut outcome);
        }
        outcome
    }

    /// 4.2, 4.4, 6.4
    fn sweep(&mut self, now: Duration, outcome: &mut Outcome) {
        self.next_sweep = now + self.policy.interval;
        let mut order: Vec<HostIndex> = (0..self.hosts.len()).collect();
        if self.backwards {
            order.reverse();
        }
        for index in order {
            let state = &mut self.hosts[index];
            let interval = self.policy.interval;
            if state
                .last_refusal
                .as_ref()
                .is_some_and(|refusal| now - refusal.at >= interval)
            {
                state.last_refusal = None;
            }
            let time = length(&self.policy, state.multiplier(&self.policy));
            let lifetime = state.stays_out.len() as u32;
            let Some(last) = state.stays_out.last_mut() else {
                continue;
            };
            if let Some(returned) = last.to {
                if now - returned >= self.policy.interval {
                    state.swept();
                }
                continue;
            }
            if now - last.from < time {
                continue;
            }
            last.to = Some(now);
            let since_last_action = Some(now - last.from);
            state.answers_5xx.clear();
            state.answers_gateway.clear();
            outcome.events.push(Event {
                host: index,
                action: Action::Uneject,
                at: now,
                ejections: lifetime,
                since_last_action,
            });
            self.flags_changed(now, outcome);
        }
    }

    /// 6.1, 6.5, 6.7
    fn flags_changed(&mut self, now: Duration, outcome: &mut Outcome) {
        let window = self.policy.update_merge_window;
        if window.is_zero() {
            return self.publish(outcome);
        }
        let long_ago = self.last_refresh.is_none_or(|last| {
            // Envoy counts whole milliseconds; a window shorter than one is none of Envoy's.
            if window < Duration::from_millis(1) {
                now - last > window
            } else {
                (now - last).as_millis() > window.as_millis()
            }
        });
        if long_ago {
            self.merge_counters.out_of_window += 1;
            if self.waiting_refresh.is_some() {
                self.waiting_refresh = None;
                self.merge_counters.cancelled += 1;
            }
            self.last_refresh = Some(now);
            self.publish(outcome);
        } else if self.waiting_refresh.is_none() {
            self.waiting_refresh = Some(now + window);
        }
    }

    fn publish(&mut self, outcome: &mut Outcome) {
        self.listed = self.healthy();
        outcome.published = Some((self.listed.clone(), self.is_panic()));
    }

    /// 8.1, 8.2
    fn next_turn(&mut self) -> Option<HostIndex> {
        if self.is_panic() {
            self.panic_turn += 1;
            return Some((self.panic_turn - 1) as usize % self.hosts.len());
        }
        if self.listed.is_empty() {
            return None;
        }
        self.turn += 1;
        Some(self.listed[(self.turn - 1) as usize % self.listed.len()])
    }
}

impl Cluster for Model {
    /// 3.6, 3.9
    fn answer(&mut self, host: HostIndex, status: u16, now: Duration) -> Vec<Outcome> {
        let state = &mut self.hosts[host];
        state.answers_5xx.push(status);
        state.answers_gateway.push(status);
        let any_5xx = in_a_row(&state.answers_5xx, is_5xx);
        let gateway = in_a_row(&state.answers_gateway, is_gateway_failure);
        let mut outcomes = Vec::new();
        // A counter of 0 has reached no threshold, not even 0 (3.8).
        if gateway > 0 && gateway == self.policy.consecutive_gateway_failure {
            outcomes.push(self.detected(host, Cause::ConsecutiveGatewayFailure, now));
        }
        if any_5xx > 0 && any_5xx == self.policy.consecutive_5xx {
            outcomes.push(self.detected(host, Cause::Consecutive5xx, now));
        }
        outcomes
    }

    fn deadline(&self) -> Duration {
        match self.waiting_refresh {
            Some(refresh) if refresh < self.next_sweep => refresh,
            _ => self.next_sweep,
        }
    }

    fn wake(&mut self, now: Duration) -> Outcome {
        let mut outcome = Outcome::default();
        if self.waiting_refresh.is_some_and(|due| due <= now) {
            self.waiting_refresh = None;
            self.last_refresh = Some(now);
            self.merge_counters.via_merge += 1;
            self.publish(&mut outcome);
        }
        if self.next_sweep <= now {
            self.sweep(now, &mut outcome);
        }
        outcome
    }

    /// A retry asks once more if it gets a host that was tried (1.4).
    fn pick(&mut self, tried: &[HostIndex]) -> Option<HostIndex> {
        let first = self.next_turn()?;
        if tried.contains(&first) {
            self.next_turn()
        } else {
            Some(first)
        }
    }

    fn report(&self, host: HostIndex) -> Report {
        let state = &self.hosts[host];
        let multiplier = state.multiplier(&self.policy);
        let out = state.stays_out.last().filter(|stay| stay.to.is_none());
        let earliest_return = out.map(|stay| {
            let mut sweep = self.next_sweep;
            while sweep < stay.from + length(&self.policy, multiplier) {
                sweep += self.policy.interval;
            }
            sweep
        });
        Report {
            consecutive_5xx: in_a_row(&state.answers_5xx, is_5xx),
            ejected: out.map(|stay| (stay.from, stay.cause)),
            earliest_return,
            ejections: state.stays_out.len() as u32,
            multiplier,
            next_ejection: length(&self.policy, next_multiplier(&self.policy, multiplier)),
            last_refusal: state.last_refusal.clone(),
        }
    }

    fn ejected(&self) -> usize {
        self.hosts.iter().filter(|host| host.is_out()).count()
    }

    fn counters(&self) -> Counters {
        self.counters
    }

    fn merge_counters(&self) -> MergeCounters {
        self.merge_counters
    }
}
