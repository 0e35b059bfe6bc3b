//! All replicas are gone, and return.

use std::thread;
use std::time::Duration;

use super::Stage;
use crate::latencies::percentile;
use crate::promise::Verdict;
use crate::suite::{REPLICAS, Settings};

const REFUSED: &str = "503 no healthy upstream";

pub(super) fn play(stage: &Stage<'_>) -> Result<Verdict, String> {
    // Without a panic, which would go on to ask those who are gone, and with balancers that hear of it at once.
    let mut suite = stage.suite(&Settings {
        interval: Duration::from_millis(200),
        flags: vec![
            "--healthy-panic-threshold=0".to_owned(),
            "--update-merge-window=0s".to_owned(),
        ],
        ..Settings::default()
    })?;
    let load = stage.load(&suite)?;
    for replica in 0..REPLICAS {
        let child = suite.take_replica(replica)?;
        child.kill().map_err(|error| error.to_string())?;
    }
    let is_refused = load.wait_until(Duration::from_secs(10), |account| {
        account.names.iter().any(|name| name == REFUSED)
    });
    let first = load.now();
    thread::sleep(Duration::from_secs(1));
    for replica in 0..REPLICAS {
        suite.start_replica(replica)?;
    }
    let back = load.now();
    thread::sleep(Duration::from_secs(3));
    let account = load.end()?;

    let mut verdict = Verdict::default();
    verdict.count(&account);
    verdict.promise(is_refused, format!("nobody was told {REFUSED:?}"));
    // Beside them some try a replica that has returned from its ejection, in vain.
    let refused = account
        .sent(first, back)
        .filter(|record| account.names[record.name] == REFUSED);
    let at_once = percentile(refused, 50).unwrap_or(Duration::MAX);
    verdict.note(format!(
        "refused within {:.1} ms (p50)",
        at_once.as_secs_f64() * 1_000.0
    ));
    if stage.context.is_long {
        verdict.promise(
            at_once < Duration::from_millis(50),
            format!("refused only after {at_once:?}"),
        );
    }
    let last = account
        .errors()
        .map(|error| error.end)
        .max()
        .unwrap_or(back);
    let after = last.saturating_sub(back);
    verdict.note(format!(
        "full service {:.2} s after their return",
        after.as_secs_f64()
    ));
    verdict.promise(
        after <= Duration::from_secs(1),
        format!("errors until {after:?} after their return"),
    );
    let hosts = account.hosts_from(back).len();
    verdict.promise(
        hosts == REPLICAS,
        format!("only {hosts} replicas serve again"),
    );
    Ok(verdict)
}
