//! For a person.

use std::fmt::Write;
use std::time::Duration;

use attack::Report;

use super::seconds;
use crate::claim::{Claim, Verdict};
use crate::run::{Outcome, Settings};

/// What is verified.
pub(super) fn heading(settings: &Settings, hosts: usize, rate: u32) -> String {
    let policy = &settings.policy;
    format!(
        "{}: {hosts} replicas behind {}, {rate} requests per second\n\
         promised: out after {} errors in a row, for {} times the number of the ejection and up to the next sweep \
         (one every {}), {} % at most\n",
        settings.gateway,
        settings.profile.name(),
        policy.max_server_errors,
        seconds(policy.base_ejection_duration),
        seconds(policy.interval),
        policy.max_ejection_percent
    )
}

/// One claim, with all that is known of it.
pub(super) fn claim(claim: &Claim) -> String {
    let verdict = match &claim.verdict {
        Verdict::Holds => "holds",
        Verdict::Fails { .. } => "FAILS",
        Verdict::NotMeasured { .. } => "  -  ",
    };
    let mut text = format!("{verdict}  {:<12} {}\n", claim.case, claim.claim);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            writeln!(text, "       {name:<12} {value}").expect("a String takes everything");
        }
    };
    line("expected", &claim.expected);
    line("measured", &claim.measured);
    match &claim.verdict {
        Verdict::Holds => {}
        Verdict::NotMeasured { reason } => line("not measured", reason),
        Verdict::Fails { causes } => {
            for (place, cause) in causes.iter().enumerate() {
                line(if place == 0 { "usually" } else { "or" }, &cause.means);
                line("look at", cause.look);
            }
        }
    }
    text
}

/// A load, set off from the claims.
pub(super) fn load(report: &Report) -> String {
    let lines = report.to_string();
    lines
        .lines()
        .map(|line| format!("       {}\n", line.trim_end()))
        .collect()
}

/// How it went, in one line.
pub fn summary(outcome: &Outcome) -> String {
    let count = |is: fn(&Verdict) -> bool| {
        let claims = outcome.claims.iter();
        claims.filter(|claim| is(&claim.verdict)).count()
    };
    let fail = count(|verdict| matches!(verdict, Verdict::Fails { .. }));
    let not_measured = count(|verdict| matches!(verdict, Verdict::NotMeasured { .. }));
    let mut parts = vec![format!(
        "{} hold",
        outcome.claims.len() - fail - not_measured
    )];
    if fail > 0 {
        parts.push(format!("{fail} do not"));
    }
    if not_measured > 0 {
        parts.push(format!("{not_measured} not measured"));
    }
    format!(
        "{} claims in {}: {}\n",
        outcome.claims.len(),
        seconds(Duration::from_secs(outcome.took.as_secs())),
        parts.join(", ")
    )
}
