//! Whose turn it is, while the start of the round robin is still to be found out, and after.

use ingress::balance::{RoundRobin, View};
use ingress::outlier::HostIndex;

/// Takes turns.
pub(super) trait Turns: Clone {
    /// The next turn over `view`. `observed` is Envoy's choice, for whoever learns from it; `sure`: the view
    /// is the one that Envoy chose from, no change being near.
    fn next(&mut self, view: &View, observed: Option<HostIndex>, sure: bool) -> Option<HostIndex>;

    /// Whether it is known whose turn it is over `view`, without looking at what Envoy chose.
    fn knows(&self, view: &View) -> bool;
}

impl Turns for RoundRobin {
    fn next(&mut self, view: &View, _: Option<HostIndex>, _: bool) -> Option<HostIndex> {
        self.pick(view)
    }

    fn knows(&self, _: &View) -> bool {
        true
    }
}

/// Finds the start out. A pick at place `p` in a list of `m` after `c` picks says that the start is
/// `p - c` modulo `m`; together they say more (the Chinese remainder theorem).
#[derive(Clone, Debug)]
pub(super) struct Learner {
    start: u128,
    /// What is known of the start is `start` modulo this.
    modulus: u128,
    healthy: u128,
    panic: u128,
    /// What picks near a change say, residues and moduli: true if the view was the one it seems.
    doubtful: Vec<(u128, u128)>,
}

impl Learner {
    pub(super) fn new() -> Self {
        Self {
            start: 0,
            modulus: 1,
            healthy: 0,
            panic: 0,
            doubtful: Vec::new(),
        }
    }

    /// The start, and modulo what it is known. Envoy's has 64 bits.
    pub(super) fn start(mut self) -> (u64, u128) {
        for (residue, m) in std::mem::take(&mut self.doubtful) {
            if self.agrees(residue, m) {
                self.learn(residue, m);
            }
        }
        (u64::try_from(self.start).unwrap_or_default(), self.modulus)
    }

    /// Whether the start may be `residue` modulo `m`, given what is known.
    fn agrees(&self, residue: u128, m: u128) -> bool {
        let common = gcd(self.modulus, m);
        self.start % common == residue % common
    }

    /// Learns that the start is `residue` modulo `m`, which must [agree](Self::agrees).
    fn learn(&mut self, residue: u128, m: u128) {
        // More than Envoy's 64 bits need not be known, and would not fit.
        if self.modulus > u128::from(u64::MAX) {
            return;
        }
        let step = self.modulus;
        while self.start % m != residue {
            self.start += step;
        }
        self.modulus = step / gcd(step, m) * m;
    }
}

impl Turns for Learner {
    fn next(&mut self, view: &View, observed: Option<HostIndex>, sure: bool) -> Option<HostIndex> {
        let (m, count) = if view.panic() {
            (view.hosts(), &mut self.panic)
        } else {
            (view.healthy().len(), &mut self.healthy)
        };
        if m == 0 {
            return None;
        }
        let taken = *count;
        *count += 1;
        let place = |host: HostIndex| {
            if view.panic() {
                Some(host)
            } else {
                view.healthy().iter().position(|healthy| *healthy == host)
            }
        };
        let m = m as u128;
        let residue = |place: usize| (place as u128 + m - taken % m) % m;
        let observed = observed?;
        match place(observed).map(residue) {
            Some(residue) if self.agrees(residue, m) => {
                if sure {
                    self.learn(residue, m);
                } else {
                    self.doubtful.push((residue, m));
                }
                Some(observed)
            }
            // It is known whose turn it is, though it was not taken: a retry passes over who was tried.
            _ if self.modulus.is_multiple_of(m) => {
                let turn = usize::try_from((self.start + taken) % m).ok()?;
                if view.panic() {
                    Some(turn)
                } else {
                    view.healthy().get(turn).copied()
                }
            }
            _ => None,
        }
    }

    fn knows(&self, view: &View) -> bool {
        let m = if view.panic() {
            view.hosts()
        } else {
            view.healthy().len()
        };
        m == 0 || self.modulus.is_multiple_of(m as u128)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a learner finds out from the picks of a round robin that starts at `seed`, with every list
    /// length from 50 down to 26 in between.
    fn learned(seed: u64) -> (u64, u128) {
        let mut real = RoundRobin::new(seed);
        let mut learner = Learner::new();
        for out in 0..25 {
            let view = View::new(50, |host| host >= out, 50);
            for _ in 0..3 {
                let picked = real.pick(&view);
                assert_eq!(learner.next(&view, picked, true), picked);
            }
        }
        learner.start()
    }

    #[test]
    fn any_start_is_found_out_from_enough_list_lengths() {
        for seed in [0, 13, 1_234_567_890_123, u64::MAX - 1_000] {
            assert_eq!(learned(seed).0, seed);
        }
    }

    #[test]
    fn a_pick_that_no_start_explains_is_another_hosts_turn() {
        let view = View::new(5, |_| true, 50);
        let mut learner = Learner::new();
        assert_eq!(learner.next(&view, Some(2), true), Some(2));
        assert_eq!(
            learner.next(&view, Some(2), true),
            Some(3),
            "it is host 3's turn"
        );
    }
}
