//! What the policy comes to on the mesh that is verified.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::policy::Policy;
use crate::profile::{Profile, Return};

/// The promise that is verified.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Expected {
    pub(crate) policy: Policy,
    pub(crate) profile: Profile,
    /// How many times as fast as usual the mesh's clock runs.
    pub(crate) speed: f64,
    /// Requests per second of the load.
    pub(crate) rate: u32,
    /// Replicas that share it.
    pub(crate) hosts: usize,
}

impl Expected {
    /// How many of `sick` hosts are ejected.
    pub(crate) fn ejected(&self, sick: usize) -> usize {
        let allowed = |out: &usize| {
            !self.profile.has_percentage()
                || self.policy.allows(*out, self.hosts)
                || (*out == 1 && self.profile.always_ejects_one())
        };
        (1..=sick).take_while(allowed).count()
    }

    /// Whether all hosts get traffic once `out` are ejected (FACTS 7.1).
    pub(crate) fn panics(&self, out: usize) -> bool {
        let healthy = 100 * self.hosts.saturating_sub(out);
        self.profile
            .panic_threshold()
            .is_some_and(|threshold| healthy < threshold * self.hosts)
    }

    /// The smallest number of ejected hosts that is more than half of them.
    pub(crate) fn majority(&self) -> usize {
        self.hosts / 2 + 1
    }

    /// From the ejection to the first request after it, the `nth` time in a row (FACTS 4.2).
    pub(crate) fn time_out(&self, nth: u32) -> RangeInclusive<Duration> {
        let least = self.policy.time_out(nth);
        let most = match self.profile.returns() {
            Return::Sweep => least + self.policy.interval,
            Return::Probe => least,
        };
        // What the client sees is a little off: by the way of the last error, and by the time until it
        // is the host's turn.
        least.saturating_sub(Duration::from_millis(100))..=most + self.turn()
    }

    /// Within this a host in service is asked at least once.
    pub(crate) fn turn(&self) -> Duration {
        self.pace(self.silence()) / 2 + Duration::from_millis(250)
    }

    /// How many requests in a row without one for a host mean that it gets none. A random balancer leaves
    /// one of five hosts out that long once in a million times.
    pub(crate) fn silence(&self) -> usize {
        12 * self.hosts.max(5)
    }

    /// How long it takes to be sure that a host gets no traffic once it is ejected.
    pub(crate) fn settling(&self) -> Duration {
        self.propagation().max(self.pace(self.silence()))
    }

    /// How long so many requests take.
    pub(crate) fn pace(&self, requests: usize) -> Duration {
        Duration::from_secs(1).mul_f64(requests as f64 / f64::from(self.rate))
    }

    /// The lowest rate, per second, at which everything that has to be seen within the shortest ejection
    /// can be seen: silences of several hosts, one after the other.
    pub(crate) fn lowest_rate(&self) -> u32 {
        let base = self.policy.base_ejection_duration;
        let one_silence = 4.0 * self.silence() as f64 / base.as_secs_f64();
        // Twice as many as they should cost, for a balancer that does not take turns.
        let errors = 2 * self.policy.max_server_errors as usize * self.hosts;
        let spare = base.saturating_sub(2 * self.propagation()).as_secs_f64();
        let several = 2.0 * (errors + self.silence()) as f64 / spare;
        let rate = if several.is_finite() {
            one_silence.max(several)
        } else {
            one_silence
        };
        rate.ceil() as u32
    }

    fn propagation(&self) -> Duration {
        self.profile.merge_window().div_f64(self.speed) + Duration::from_millis(200)
    }
}
