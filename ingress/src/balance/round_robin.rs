//! Whose turn it is.

use super::View;
use crate::outlier::HostIndex;

/// The turn of one worker in one cluster (FACTS 8.3).
///
/// The indices are never reset: when the view changes only the modulus does, so a host may be skipped
/// or come twice at that point (FACTS 8.1). Panic has an index of its own with the same start (8.2).
#[derive(Clone, Debug)]
pub struct RoundRobin {
    healthy: u64,
    panic: u64,
}

impl RoundRobin {
    /// Starts at `seed`; Envoy's is random per worker.
    pub fn new(seed: u64) -> Self {
        Self {
            healthy: seed,
            panic: seed,
        }
    }

    /// The next host, or `None` when nobody may serve.
    #[inline]
    pub fn pick(&mut self, view: &View) -> Option<HostIndex> {
        if view.panic() {
            return step(&mut self.panic, view.hosts());
        }
        step(&mut self.healthy, view.healthy().len()).map(|turn| view.healthy()[turn])
    }
}

/// Whose turn it is among `of`; moves the index on, unless there are none (FACTS 14.9).
fn step(index: &mut u64, of: usize) -> Option<usize> {
    let turn = index.checked_rem(of as u64)?;
    *index = index.wrapping_add(1);
    Some(turn as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(out: &[HostIndex]) -> View {
        View::new(5, |host| !out.contains(&host), 50)
    }

    fn picks(turns: &mut RoundRobin, view: &View, n: usize) -> Vec<HostIndex> {
        (0..n).map(|_| turns.pick(view).unwrap()).collect()
    }

    /// FACTS 2.1.
    #[test]
    fn two_hundred_requests_are_forty_each() {
        let mut turns = RoundRobin::new(3);
        let picks = picks(&mut turns, &view(&[]), 200);
        for host in 0..5 {
            assert_eq!(picks.iter().filter(|&&pick| pick == host).count(), 40);
        }
    }

    /// FACTS 8.1: the index goes on, only the modulus changes; a returning host has its old place.
    #[test]
    fn a_changed_view_changes_the_modulus_only() {
        let mut turns = RoundRobin::new(0);
        assert_eq!(picks(&mut turns, &view(&[]), 6), [0, 1, 2, 3, 4, 0]);
        assert_eq!(
            picks(&mut turns, &view(&[2]), 4),
            [3, 4, 0, 1],
            "6 mod 4 = 2 is host 3"
        );
        assert_eq!(picks(&mut turns, &view(&[]), 3), [0, 1, 2]);
    }

    /// FACTS 8.2: panic walks over all hosts with an index of its own from the same start.
    #[test]
    fn panic_has_its_own_turn() {
        let mut turns = RoundRobin::new(1);
        assert_eq!(picks(&mut turns, &view(&[]), 2), [1, 2]);
        assert_eq!(picks(&mut turns, &view(&[0, 1, 2]), 3), [1, 2, 3]);
        assert_eq!(picks(&mut turns, &view(&[]), 1), [3]);
    }

    /// FACTS 7.3.
    #[test]
    fn nobody_is_picked_when_all_are_out_and_panic_is_off() {
        let view = View::new(5, |_| false, 0);
        assert_eq!(RoundRobin::new(0).pick(&view), None);
    }

    /// FACTS 14.9: whoever comes after that has the turn that was next.
    #[test]
    fn a_cluster_without_hosts_takes_no_turn() {
        let mut turns = RoundRobin::new(7);
        for threshold in [0, 50] {
            assert_eq!(turns.pick(&View::new(0, |_| true, threshold)), None);
        }
        assert_eq!(turns.pick(&view(&[])), Some(2));
        assert_eq!(turns.pick(&view(&[0, 1, 2])), Some(2), "nor one of panic");
    }

    #[test]
    fn the_index_may_wrap() {
        let mut turns = RoundRobin {
            healthy: u64::MAX,
            panic: 0,
        };
        picks(&mut turns, &view(&[]), 2);
    }
}
