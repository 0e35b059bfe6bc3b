//! Parts are replaced while everything goes on.

use std::thread;
use std::time::Duration;

use super::Stage;
use crate::account::Account;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings, Suite};

/// One by one, each ended in order, and started again.
pub(super) fn replicas(stage: &Stage<'_>) -> Result<Verdict, String> {
    under_both_loads(stage, |stage, suite, verdict| {
        for _ in 0..stage.of(1, 5) {
            for replica in 0..REPLICAS {
                let (status, _) = suite.take_replica(replica)?.terminate()?;
                verdict.promise(status.success(), format!("a replica ended with {status}"));
                suite.start_replica(replica)?;
                // The mesh may have ejected it while nobody listened; it returns with a sweep.
                thread::sleep(Duration::from_millis(1_200));
            }
        }
        Ok(())
    })
}

/// A successor takes the shared ports; then the one before is asked to end.
pub(super) fn ingress(stage: &Stage<'_>) -> Result<Verdict, String> {
    under_both_loads(stage, |stage, suite, verdict| {
        for _ in 0..stage.of(3, 20) {
            let before = suite.start_plane()?.ok_or("no data plane")?;
            let (status, took) = before.terminate()?;
            verdict.promise(
                status.success(),
                format!("a data plane ended with {status}"),
            );
            verdict.promise(
                took < Duration::from_secs(10),
                format!("a data plane took {took:?} to end"),
            );
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    })
}

/// As a Deployment does: the new one is ready before the old one is asked to end.
pub(super) fn front(stage: &Stage<'_>) -> Result<Verdict, String> {
    under_both_loads(stage, |stage, suite, verdict| {
        for _ in 0..stage.of(3, 20) {
            let before = suite.start_front()?.ok_or("no front")?;
            let (status, _) = before.terminate()?;
            verdict.promise(status.success(), format!("a front ended with {status}"));
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    })
}

/// The only one ends, and starts again: what comes meanwhile finds nobody, also when it is tried again.
pub(super) fn restart_front(stage: &Stage<'_>) -> Result<Verdict, String> {
    let mut suite = stage.suite(&Settings::default())?;
    let load = stage.load(&suite)?;
    let begin = load.now();
    let (status, _) = suite.front.take().ok_or("no front")?.terminate()?;
    suite.start_front()?;
    let over = load.now();
    thread::sleep(Duration::from_secs(2));
    let account = load.end()?;
    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.promise(status.success(), format!("front ended with {status}"));
    verdict.note(format!(
        "nobody there for {} ms at most",
        (over - begin).as_millis()
    ));
    let only =
        |name: &str| name == "200" || name.ends_with("reset reason: remote connection failure");
    let others: Vec<_> = account.names.iter().filter(|name| !only(name)).collect();
    verdict.promise(
        others.is_empty(),
        format!("other errors than that nobody is there: {others:?}"),
    );
    let late = account.errors().filter(|error| error.sent > over).count();
    verdict.promise(late == 0, format!("{late} errors when it was there again"));
    Ok(verdict)
}

/// With kept connections, then with one for each request; nothing may fail.
fn under_both_loads(
    stage: &Stage<'_>,
    replace: impl Fn(&Stage<'_>, &mut Suite, &mut Verdict) -> Result<(), String>,
) -> Result<Verdict, String> {
    let mut verdict = Verdict::default();
    for is_fresh in [false, true] {
        let mut suite = stage.suite(&Settings::default())?;
        let load = stage.load_of(&suite, stage.context.rate, is_fresh)?;
        replace(stage, &mut suite, &mut verdict)?;
        thread::sleep(Duration::from_millis(500));
        let account: Account = load.end()?;
        let kept = if is_fresh { "new" } else { "kept" };
        let errors = account.errors().count();
        verdict.note(format!(
            "{kept} connections: {errors} of {} failed",
            account.records.len()
        ));
        verdict.promise(
            errors == 0,
            format!("{errors} failed on {kept} connections"),
        );
        verdict.count(&account);
    }
    Ok(verdict)
}
