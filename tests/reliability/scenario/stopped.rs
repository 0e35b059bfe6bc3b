//! A replica that stands still (SIGSTOP), and goes on.

use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::Stage;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, ROUTE_TIMEOUT, Settings, Suite, THRESHOLD};

/// Who stands still.
const WHO: usize = 2;

/// For less time than the mesh waits: everyone is answered, if late.
pub(super) fn paused(stage: &Stage<'_>) -> Result<Verdict, String> {
    let suite = stage.suite(&Settings::default())?;
    let load = stage.load(&suite)?;
    for _ in 0..stage.of(3, 20) {
        stand_still(&suite, ROUTE_TIMEOUT / 2)?;
        thread::sleep(Duration::from_millis(500));
    }
    let account = load.end()?;
    let mut verdict = Verdict::default();
    verdict.count(&account);
    let errors = account.errors().count();
    verdict.promise(
        errors == 0,
        format!("{errors} errors, though each answer came in time"),
    );
    Ok(verdict)
}

/// For longer: who waits for it is told so, it is ejected, and comes back by itself.
pub(super) fn stopped(stage: &Stage<'_>) -> Result<Verdict, String> {
    let suite = stage.suite(&Settings::default())?;
    let load = stage.load(&suite)?;
    let mut verdict = Verdict::default();
    let at = load.now();
    stand_still(&suite, 3 * ROUTE_TIMEOUT)?;
    let back = load.now();
    let is_back = load.wait_until(Duration::from_secs(30), |account| {
        account.hosts_from(back).len() == REPLICAS
    });
    let back_after = load.now() - back;
    let account = load.end()?;
    verdict.count(&account);
    // What it gets until the first are over, and are counted; and one threshold more in which it may be tried again.
    let share = account.sent(at, at + ROUTE_TIMEOUT).count() / REPLICAS;
    let allowed = share * 3 / 2 + 2 * THRESHOLD;
    let errors = account.errors().count();
    verdict.note(format!(
        "back in service {:.1} s after it went on",
        back_after.as_secs_f64()
    ));
    verdict.promise(
        errors <= allowed,
        format!("{errors} errors, at most {allowed}: its share until the mesh gives up, and the threshold"),
    );
    let strays = account.errors().filter(|error| error.end < at).count();
    verdict.promise(
        strays == 0,
        format!("{strays} errors before it stood still"),
    );
    verdict.promise(is_back, "it did not come back into service");
    Ok(verdict)
}

fn stand_still(suite: &Suite, time: Duration) -> Result<(), String> {
    let replica = suite.replicas[WHO].as_ref().ok_or("no replica")?;
    replica
        .signal(Signal::STOP)
        .map_err(|error| error.to_string())?;
    thread::sleep(time);
    replica
        .signal(Signal::CONT)
        .map_err(|error| error.to_string())
}
