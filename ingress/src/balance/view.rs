//! The hosts as the load balancers know them.

use crate::outlier::HostIndex;

/// An immutable list of who may serve, taken at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    hosts: usize,
    healthy: Vec<HostIndex>,
    panic: bool,
}

impl View {
    /// The view of `hosts` hosts in configuration order, of which those are healthy for which
    /// `is_healthy` says so. Below `panic_threshold` percent of healthy hosts it is a panic.
    pub fn new(hosts: usize, is_healthy: impl Fn(HostIndex) -> bool, panic_threshold: u32) -> Self {
        let healthy: Vec<HostIndex> = (0..hosts).filter(|&host| is_healthy(host)).collect();
        let panic = panics(healthy.len(), hosts, panic_threshold);
        Self {
            hosts,
            healthy,
            panic,
        }
    }

    /// How many hosts there are, healthy or not.
    pub fn hosts(&self) -> usize {
        self.hosts
    }

    /// The healthy ones, in configuration order.
    pub fn healthy(&self) -> &[HostIndex] {
        &self.healthy
    }

    /// Whether everyone gets traffic because too few are healthy (FACTS 7.1).
    pub fn panic(&self) -> bool {
        self.panic
    }
}

/// FACTS 7.1: healthy % below the threshold, and healthy % x 1.4 below 100. Exactly at the threshold
/// is no panic. Where there are no hosts, none is healthy (FACTS 14.10).
fn panics(healthy: usize, hosts: usize, threshold: u32) -> bool {
    if hosts == 0 {
        return threshold > 0;
    }
    100 * healthy < threshold as usize * hosts && 140 * healthy < 100 * hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panic_with(ejected: usize, hosts: usize, threshold: u32) -> bool {
        View::new(hosts, |host| host >= ejected, threshold).panic()
    }

    /// FACTS 7.1: five hosts, the first number of ejected ones that panics, by threshold.
    #[test]
    fn panic_begins_where_envoy_begins_it() {
        for (threshold, first) in [(50, 3), (40, 4), (60, 3), (61, 2), (100, 2)] {
            for ejected in 0..=5 {
                assert_eq!(
                    panic_with(ejected, 5, threshold),
                    ejected >= first,
                    "{ejected} of 5 ejected, threshold {threshold}"
                );
            }
        }
    }

    /// FACTS 7.1.
    #[test]
    fn exactly_at_the_threshold_is_no_panic() {
        for (ejected, hosts) in [(2, 4), (5, 10), (1, 2)] {
            assert!(!panic_with(ejected, hosts, 50), "{ejected} of {hosts}");
        }
    }

    /// FACTS 7.3.
    #[test]
    fn a_threshold_of_zero_never_panics() {
        assert!(!panic_with(5, 5, 0));
        assert!(!panic_with(0, 0, 0));
    }

    /// FACTS 14.10.
    #[test]
    fn a_cluster_without_hosts_panics() {
        assert!(panic_with(0, 0, 1));
        assert!(panic_with(0, 0, 50));
    }
}
