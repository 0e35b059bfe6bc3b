//! Recordings of Envoy.

use parity::replay::replay;
use parity::trace::Trace;

use crate::sentence;

/// A replay tries which way each point fell where a few milliseconds decided. What it tries grows with these.
const MOST_REQUESTS: usize = 24;
const MOST_HOSTS: usize = 16;
const MOST_SWEEPS: f64 = 200.0;

/// Panics where one of the steps does, where a refusal does not name a line, and where two replays differ.
pub fn hold(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let trace = match Trace::parse(&text) {
        Ok(trace) => trace,
        Err(error) => return refused(&error.to_string(), text.lines().count()),
    };
    let header = &trace.header;
    assert!((1..=1_000).contains(&header.hosts));
    assert!(header.policy.max_ejection_time >= header.policy.base_ejection_time);
    let places = trace.requests.iter().flat_map(|request| &request.tried);
    let places = places.chain(trace.decisions.iter().map(|decision| &decision.host));
    assert!(places.into_iter().all(|&host| host < header.hosts));
    let times = header.sweeps.iter().copied();
    let times = times.chain(trace.decisions.iter().map(|decision| decision.at));
    let span = times.clone().fold(f64::MIN, f64::max) - times.fold(f64::MAX, f64::min);
    let sweeps = span / 1_000.0 / header.policy.interval.as_secs_f64();
    let attempts: usize = trace
        .requests
        .iter()
        .map(|request| request.tried.len())
        .sum();
    if attempts.max(trace.requests.len()) > MOST_REQUESTS
        || header.hosts > MOST_HOSTS
        || sweeps > MOST_SWEEPS
    {
        return;
    }
    let verdict = replay(&trace);
    let again = replay(&trace);
    assert_eq!(verdict.compared, again.compared);
    assert_eq!(verdict.mismatches.len(), again.mismatches.len());
    for mismatch in &verdict.mismatches {
        assert!(!mismatch.to_string().is_empty());
    }
}

fn refused(sentence: &str, lines: usize) {
    sentence::check(sentence);
    let line = sentence.split(':').next().and_then(|n| n.parse().ok());
    let line: usize = line.expect("a refusal begins with the number of a line");
    assert!((1..=lines.max(1)).contains(&line), "{sentence}");
}
