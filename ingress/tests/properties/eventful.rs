//! The lives are worth living: a law that nothing ever puts to the test holds for nothing.

use std::collections::BTreeMap;

use ingress::outlier::{Action, Event};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::life::{Life, lives};
use crate::play::{Cluster, Moment, What, play};
use crate::real::Real;

/// How often each thing happened.
type Seen = BTreeMap<&'static str, usize>;

/// In 256 lives, as many as each law sees, all that the laws are about happens, and not just once. Always the
/// same lives, so that this cannot fail by chance.
#[test]
fn in_as_many_lives_as_a_law_sees_everything_happens_often() {
    let mut runner = TestRunner::deterministic();
    let mut seen = Seen::new();
    for _ in 0..256 {
        let life = lives().new_tree(&mut runner).expect("no filters").current();
        let mut real = Real::new(&life);
        play(&life, &mut real, |moment, real| {
            count_events(&mut seen, &life, moment, real);
            count_picks(&mut seen, moment, real);
            Ok(())
        })
        .expect("nothing is asserted");
        let merges = real.merge_counters();
        count(&mut seen, "refresh that waited", merges.via_merge > 0);
        count(&mut seen, "refresh overtaken", merges.cancelled > 0);
        count(&mut seen, "late timers", !life.late.is_zero());
    }
    for (what, times) in &seen {
        assert!(*times >= 20, "{what}: {times} times only, of {seen:#?}");
    }
}

fn count(seen: &mut Seen, what: &'static str, happened: bool) {
    *seen.entry(what).or_default() += usize::from(happened);
}

fn count_events(seen: &mut Seen, life: &Life, moment: &Moment, real: &Real) {
    let ejects = |wanted: bool| {
        let is_such =
            |action| matches!(action, Action::Eject { enforced, .. } if enforced == wanted);
        moment.events().any(|event| is_such(event.action))
    };
    let is_return = |event: &&Event| event.action == Action::Uneject;
    let returns: Vec<&Event> = moment.events().filter(is_return).collect();
    count(seen, "ejection", ejects(true));
    count(seen, "detection only", ejects(false));
    count(seen, "return", !returns.is_empty());
    count(seen, "several returns at once", returns.len() > 1);
    let outcomes = moment.outcomes();
    count(
        seen,
        "refusal",
        outcomes.iter().any(|o| o.refused.is_some()),
    );

    let What::Answered { host, status, .. } = moment.what else {
        return;
    };
    let report = real.report(host);
    let is_out = report.ejected.is_some();
    count(seen, "error of a host that is out", status >= 500 && is_out);
    let base = life.policy.base_ejection_time;
    let at_its_end = base * report.multiplier >= life.policy.max_ejection_time + base;
    count(
        seen,
        "ejection with the last multiplier",
        ejects(true) && at_its_end,
    );
    let decayed = !at_its_end && report.multiplier < report.ejections;
    count(
        seen,
        "ejection after healthy sweeps",
        ejects(true) && decayed,
    );
}

fn count_picks(seen: &mut Seen, moment: &Moment, real: &Real) {
    let What::Picked(picked) = moment.what else {
        return;
    };
    let unheard = real.view != real.membership.view();
    let out = picked.is_some_and(|host| real.detector().is_ejected(host));
    count(seen, "pick of nobody", picked.is_none());
    count(seen, "pick in panic", real.view.panic());
    count(seen, "pick while a change is unheard of", unheard);
    count(
        seen,
        "pick of a host that is out, no panic",
        out && !real.view.panic(),
    );
}
