//! The real one decides as the model does.

use std::fmt::Debug;
use std::time::Duration;

use ingress::balance::MergeCounters;
use ingress::outlier::{Counters, HostIndex, Report};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult};

use crate::check::check;
use crate::life::{Life, lives};
use crate::model::Model;
use crate::play::{Cluster, Moment, What, play};
use crate::real::Real;

/// A moment, and all that can be asked after it.
#[derive(Debug, PartialEq)]
struct Entry {
    moment: Moment,
    ejected: usize,
    deadline: Duration,
    counters: Counters,
    merge_counters: MergeCounters,
    reports: Vec<Report>,
}

/// Each pick, ejection, return and refusal with its time, each view when it is published, the timers, the
/// counters, and the reports: of the host that answered, and after a timer of all.
#[test]
fn every_decision_is_the_models() {
    check(&lives(), |life| law(&life));
}

pub(crate) fn law(life: &Life) -> TestCaseResult {
    let real = log(life, &mut Real::new(life))?;
    let model = log(life, &mut Model::new(life))?;
    same(&real, &model)
}

fn log<C: Cluster>(life: &Life, cluster: &mut C) -> Result<Vec<Entry>, TestCaseError> {
    let mut entries = Vec::new();
    play(life, cluster, |moment, cluster| {
        let concerned: Vec<HostIndex> = match moment.what {
            What::Picked(_) => Vec::new(),
            What::Answered { host, .. } => vec![host],
            What::Woke(_) => (0..life.hosts()).collect(),
        };
        entries.push(Entry {
            moment: moment.clone(),
            ejected: cluster.ejected(),
            deadline: cluster.deadline(),
            counters: cluster.counters(),
            merge_counters: cluster.merge_counters(),
            reports: concerned.iter().map(|&host| cluster.report(host)).collect(),
        });
        Ok(())
    })?;
    Ok(entries)
}

/// Fails with the first difference.
pub(crate) fn same<T: Debug + PartialEq>(left: &[T], right: &[T]) -> Result<(), TestCaseError> {
    for (n, (left, right)) in left.iter().zip(right).enumerate() {
        prop_assert_eq!(left, right, "moment {}", n);
    }
    prop_assert_eq!(left.len(), right.len(), "as many moments");
    Ok(())
}
