//! Hosts that come and go.

use super::*;

use Member::{Comes, Stays};

impl Cluster {
    /// The hosts at `places` stay, in this order, and `n` more come behind them.
    fn stay_and_come(&mut self, places: &[HostIndex], n: usize) {
        let stay = places.iter().map(|&place| Arc::clone(&self.streaks[place]));
        self.streaks = stay.collect();
        let come: Vec<Arc<Streak>> = (0..n).map(|_| Arc::default()).collect();
        let members = places.iter().map(|&place| Stays(place));
        let members = members.chain(come.iter().cloned().map(Comes));
        self.detector.replace(members);
        self.streaks.extend(come);
    }
}

/// FACTS 14.4: ejection, multiplier, past and errors in a row go with the host to its new place.
#[test]
fn a_host_that_stays_keeps_all_that_is_known_of_it() {
    let mut cluster = demo();
    cluster.out_and_back(1);
    cluster.fail(1, 5);
    cluster.fail(3, 4);
    let known = [cluster.report(1), cluster.report(3)];
    cluster.stay_and_come(&[3, 1], 2);
    assert_eq!([cluster.report(1), cluster.report(0)], known);
    cluster.assert_ejected(&[1]);
    assert_eq!(cluster.fail(0, 1).len(), 1, "the fifth in a row");
    cluster.assert_ejected(&[0, 1]);
}

/// FACTS 14.4: no event, and the counters of what happened stay.
#[test]
fn an_ejected_host_that_goes_takes_its_ejection_along() {
    let mut cluster = demo();
    cluster.fail_all(2, 5);
    let counters = cluster.detector.counters();
    cluster.stay_and_come(&[1, 2, 3, 4], 0);
    cluster.assert_ejected(&[0]);
    cluster.assert_counters(counters);
    assert_eq!(
        cluster.sweep_at(secs(20.0)).len(),
        1,
        "only one is to return"
    );
}

/// FACTS 14.4.
#[test]
fn a_host_that_comes_starts_healthy_and_never_ejected() {
    let mut cluster = demo();
    cluster.out_and_back(0);
    cluster.stay_and_come(&[1, 2, 3, 4], 1);
    assert_eq!(cluster.report(4), demo().report(4));
    assert_eq!(cluster.fail(4, 4), []);
    assert_eq!(cluster.fail(4, 1).len(), 1);
    cluster.assert_ejections(4, 1, 1);
}

/// FACTS 14.4: the percentage is one of the hosts that there are now.
#[test]
fn the_percentage_counts_the_hosts_of_the_moment() {
    let mut cluster = limited(5, 20, false);
    cluster.fail_all(2, 5);
    cluster.assert_ejected(&[0]);
    cluster.stay_and_come(&[0, 1, 2, 3, 4], 5);
    cluster.fail(1, 5);
    cluster.assert_ejected(&[0, 1]);
    cluster.stay_and_come(&[0, 1, 2], 0);
    cluster.assert_ejected(&[0, 1]);
    cluster.fail(2, 5);
    cluster.assert_ejected(&[0, 1]);
}

#[test]
fn all_may_go_and_others_come() {
    let mut cluster = demo();
    cluster.fail_all(5, 5);
    cluster.stay_and_come(&[], 0);
    cluster.assert_ejected(&[]);
    assert_eq!(cluster.sweep_at(secs(20.0)), []);
    cluster.stay_and_come(&[], 2);
    cluster.fail(1, 5);
    cluster.assert_ejected(&[1]);
}
