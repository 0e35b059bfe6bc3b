//! `kill -9` of a replica, again and again.

use std::thread;
use std::time::Duration;

use super::Stage;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings, THRESHOLD};

/// How long what a replica had taken may keep failing after its end. The machine of the short form has other things to
/// do.
const WAKE: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(100)];

/// A replica that is back is found again within this, however long its ejection.
const RETURN: Duration = Duration::from_secs(30);

pub(super) fn play(stage: &Stage<'_>) -> Result<Verdict, String> {
    let mut suite = stage.suite(&Settings::default())?;
    let load = stage.load(&suite)?;
    let kills = stage.of(5, 50);
    let mut killed_at = Vec::new();
    for kill in 0..kills {
        let replica = kill % REPLICAS;
        let child = suite.take_replica(replica)?;
        killed_at.push(load.now());
        child.kill().map_err(|error| error.to_string())?;
        thread::sleep(Duration::from_millis(300));
        suite.start_replica(replica)?;
        thread::sleep(Duration::from_millis(500));
    }
    let back = load.now();
    let is_back = load.wait_until(RETURN, |account| account.hosts_from(back).len() == REPLICAS);
    let account = load.end()?;

    let mut verdict = Verdict::default();
    verdict.count(&account);
    let mut worst = 0;
    let mut allowed = 0;
    for at in &killed_at {
        let under_way = account.under_way(*at, *at).count();
        worst = worst.max(under_way);
        allowed += THRESHOLD + under_way;
    }
    let errors = account.errors().count();
    verdict.note(format!(
        "{kills} kills, at most {worst} requests under way at one"
    ));
    verdict.promise(
        errors <= allowed,
        format!(
            "{errors} errors, at most {allowed}: {THRESHOLD} and what was under way for each kill"
        ),
    );
    let wake = stage.of(WAKE[0], WAKE[1]);
    let strays = account
        .errors()
        .filter(|error| {
            !killed_at
                .iter()
                .any(|at| error.end >= *at && error.sent <= *at + wake)
        })
        .count();
    verdict.promise(
        strays == 0,
        format!("{strays} requests were hurt away from any kill"),
    );
    let last = account.hosts_from(back);
    verdict.promise(is_back, format!("not every replica is back, only {last:?}"));
    Ok(verdict)
}
