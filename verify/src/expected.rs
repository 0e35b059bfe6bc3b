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
    /// Replicas that share it, two at least.
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
        (1..=sick.min(self.hosts)).take_while(allowed).count()
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

    /// How long the `nth` ejection in a row lasts at least. Where one request probes, each that fails
    /// doubles the wait.
    pub(crate) fn shortest(&self, nth: u32) -> Duration {
        match self.profile.returns() {
            Return::Sweep => self.policy.time_out(nth),
            Return::Probe => {
                let doubled = 2_u32.saturating_pow(nth.saturating_sub(1));
                self.policy.time_out(doubled)
            }
        }
    }

    /// From the ejection to the first request after it, the `nth` time in a row (FACTS 4.2).
    pub(crate) fn time_out(&self, nth: u32) -> RangeInclusive<Duration> {
        let least = self.shortest(nth);
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
    /// can be seen. That is most when several hosts fall ill one after the other: their errors, the
    /// time that they need to settle, and a silence; and the same once more.
    pub(crate) fn lowest_rate(&self) -> u32 {
        let base = self.policy.base_ejection_duration;
        // Twice as many as they should cost, for a balancer that does not take turns.
        let errors = 2 * self.policy.max_server_errors as usize * self.hosts;
        let silences = (2 * errors + 4 * self.silence()) as f64 / base.as_secs_f64();
        let spare = base.saturating_sub(2 * self.propagation()).as_secs_f64();
        let propagated = 2.0 * (errors + self.silence()) as f64 / spare;
        // Where the news of an ejection takes longer than the ejection, no rate is high enough.
        let rate = if propagated.is_finite() {
            silences.max(propagated)
        } else {
            silences
        };
        rate.ceil() as u32
    }

    fn propagation(&self) -> Duration {
        self.profile.merge_window().div_f64(self.speed) + Duration::from_millis(200)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::fixture::{EXPECTED, among, ms, on, percent};

    /// How many of 1 to 5 sick hosts are ejected.
    fn ejected(share: u32, profile: Profile) -> [usize; 5] {
        [1, 2, 3, 4, 5].map(|sick| percent(share, on(profile)).ejected(sick))
    }

    /// The table of FACTS 5.2.
    #[test]
    fn the_percentage_is_envoys_and_app_mesh_ejects_one_in_any_case() {
        for (share, envoy, app_mesh) in [
            (10, [0; 5], [1; 5]),
            (20, [1; 5], [1; 5]),
            (39, [1; 5], [1; 5]),
            (40, [1, 2, 2, 2, 2], [1, 2, 2, 2, 2]),
            (60, [1, 2, 3, 3, 3], [1, 2, 3, 3, 3]),
            (100, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ] {
            assert_eq!(ejected(share, Profile::Envoy), envoy, "{share} %");
            assert_eq!(ejected(share, Profile::Istio), envoy, "{share} %");
            assert_eq!(ejected(share, Profile::Appmesh), app_mesh, "{share} %");
            assert_eq!(ejected(share, Profile::Linkerd), [1, 2, 3, 4, 5]);
        }
    }

    #[test]
    fn no_more_hosts_are_ejected_than_there_are() {
        for profile in Profile::ALL {
            assert_eq!(among(2, on(profile)).ejected(3), 2);
        }
    }

    /// FACTS 7.1: exactly half is not panic.
    #[test]
    fn below_half_is_panic_where_there_is_panic() {
        let panics =
            |hosts, profile| (0..=hosts).find(|out| among(hosts, on(profile)).panics(*out));
        for (hosts, out) in [(2, 2), (3, 2), (4, 3), (5, 3), (50, 26)] {
            assert_eq!(panics(hosts, Profile::Appmesh), Some(out));
            assert_eq!(panics(hosts, Profile::Envoy), Some(out));
            assert_eq!(panics(hosts, Profile::Istio), None);
            assert_eq!(panics(hosts, Profile::Linkerd), None);
            // The smallest number that panics is what the case makes sick.
            assert_eq!(among(hosts, EXPECTED).majority(), out);
        }
    }

    #[test]
    fn a_host_is_back_in_the_first_sweep_after_its_time() {
        let turn = ms(850);
        assert_eq!(EXPECTED.turn(), turn);
        assert_eq!(EXPECTED.time_out(1), ms(9_900)..=ms(20_000) + turn);
        assert_eq!(EXPECTED.time_out(2), ms(19_900)..=ms(30_000) + turn);
        assert_eq!(EXPECTED.time_out(31), ms(299_900)..=ms(310_000) + turn);
    }

    #[test]
    fn where_one_request_probes_each_wait_is_twice_the_last() {
        let linkerd = on(Profile::Linkerd);
        let waits = [1, 2, 3, 4, 6, 40].map(|nth| linkerd.shortest(nth).as_secs());
        assert_eq!(waits, [10, 20, 40, 80, 300, 300]);
        assert_eq!(linkerd.time_out(1), ms(9_900)..=ms(10_850));
    }

    /// What is played with several sick hosts: errors, settling, a silence; and the same once more.
    fn several(expected: &Expected) -> Duration {
        let errors = 2 * expected.policy.max_server_errors as usize * expected.hosts;
        let silence = expected.pace(expected.silence());
        2 * (expected.pace(errors) + expected.settling() + silence)
    }

    #[test]
    fn at_the_lowest_rate_all_silences_fit_into_an_ejection() {
        for profile in Profile::ALL {
            for (hosts, threshold, base, speed) in [
                (2, 5, 10_000, 1.0),
                (5, 5, 10_000, 1.0),
                (5, 1, 30_000, 1.0),
                (5, 50, 10_000, 1.0),
                (50, 5, 10_000, 1.0),
                (5, 5, 2_000, 5.0),
                (5, 5, 1_000, 10.0),
            ] {
                let mut expected = among(hosts, on(profile));
                expected.policy.max_server_errors = threshold;
                expected.policy.base_ejection_duration = ms(base);
                expected.speed = speed;
                expected.rate = expected.lowest_rate();
                let fits = several(&expected);
                // All but what is lost in rounding.
                assert!(fits < ms(base + 1), "{fits:?} in {expected:?}");
                // And it is not far too high.
                expected.rate = expected.rate * 2 / 3;
                assert!(several(&expected) > ms(base), "{expected:?}");
            }
        }
    }

    #[test]
    fn an_ejection_shorter_than_its_news_takes_asks_for_no_endless_rate() {
        let mut expected = EXPECTED;
        expected.policy.base_ejection_duration = ms(1_000);
        assert_eq!(expected.lowest_rate(), 340);
    }
}
