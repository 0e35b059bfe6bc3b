//! A replica that does what no replica should, in the place of an honest one.

use std::thread;
use std::time::Duration;

use super::Stage;
use crate::account::Account;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings, THRESHOLD};
use crate::villain::{Vice, Villain};

/// Whose place it takes.
const WHO: usize = 3;

/// How long the balancers may take to hear of an ejection, beside what is under way: another thread decides it. The
/// machine of the short form has other things to do.
const LAG: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(20)];

/// How long it may take until it is ejected.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn play(stage: &Stage<'_>, vice: Vice) -> Result<Verdict, String> {
    let mut suite = stage.suite(&Settings::default())?;
    let load = stage.load(&suite)?;
    let ejections = "ejections_enforced_total";
    let before = suite.counter(ejections)?;
    let (status, _) = suite.take_replica(WHO)?.terminate()?;
    let villain = Villain::start(suite.replica_at(WHO), vice).map_err(|error| error.to_string())?;
    let begun = load.now();
    let is_ejected = if vice == Vice::HalfABody {
        // Never: Envoy counts the head of such an answer as a success (FACTS 3.4).
        thread::sleep(Duration::from_secs(3));
        suite.counter(ejections)? > before
    } else {
        let mut is_ejected = false;
        while !is_ejected && load.now() - begun < PATIENCE {
            thread::sleep(Duration::from_millis(10));
            is_ejected = suite.counter(ejections)? > before;
        }
        is_ejected
    };
    let ejected_after = load.now() - begun;
    drop(villain);
    suite.start_replica(WHO)?;
    let over = load.now();
    let is_back = load.wait_until(Duration::from_secs(30), |account| {
        account.hosts_from(over).len() == REPLICAS
    });
    let account = load.end()?;

    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.promise(
        status.success(),
        format!("the honest replica ended with {status}"),
    );
    verdict.promise(is_back, "the honest replica did not come back into service");
    let errors = account.errors().count();
    if vice == Vice::HalfABody {
        let share = account.sent(begun, over).count() / REPLICAS;
        verdict.note(format!(
            "never ejected, as by Envoy: {errors} of its share of {share} cut short"
        ));
        verdict.promise(!is_ejected, "it was ejected, which Envoy does not do");
        let allowed = share + REPLICAS;
        verdict.promise(
            errors <= allowed,
            format!("{errors} errors, at most its share of {allowed}"),
        );
        return Ok(verdict);
    }
    verdict.note(format!(
        "ejected after {:.2} s",
        ejected_after.as_secs_f64()
    ));
    verdict.promise(
        is_ejected,
        format!("it was not ejected within {PATIENCE:?}"),
    );
    let allowed = allowed(&account, stage.of(LAG[0], LAG[1]));
    verdict.promise(
        errors <= allowed,
        format!("{errors} errors, at most {allowed}: {THRESHOLD} and what was under way then"),
    );
    let strays = account.errors().filter(|error| error.end < begun).count();
    verdict.promise(strays == 0, format!("{strays} errors before it began"));
    Ok(verdict)
}

/// The threshold, and what was under way or set out before the balancers heard of the ejection.
fn allowed(account: &Account, lag: Duration) -> usize {
    let Some(last) = account.errors().nth(THRESHOLD - 1) else {
        return THRESHOLD;
    };
    THRESHOLD + account.under_way(last.end, last.end + lag).count()
}
