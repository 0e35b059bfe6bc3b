//! For a person.

use std::fmt::Write;
use std::time::Duration;

use attack::Report;

use super::{count, seconds};
use crate::claim::{Claim, Verdict};
use crate::profile::Return;
use crate::run::{Outcome, Settings};

/// What is verified.
pub(super) fn heading(settings: &Settings, hosts: usize, rate: u32) -> String {
    let (policy, profile) = (&settings.policy, settings.profile);
    let base = seconds(policy.base_ejection_duration);
    let mut promise = format!(
        "out after {} in a row",
        count(policy.max_server_errors as usize, "error")
    );
    promise += &match profile.returns() {
        Return::Sweep => format!(
            ", for {base} times the number of the ejection and up to the next sweep (one every {})",
            seconds(policy.interval)
        ),
        Return::Probe => {
            format!(", until one request probes it after {base}, twice as long each time it fails")
        }
    };
    if profile.has_percentage() {
        promise += &format!(", {} % at most", policy.max_ejection_percent);
    }
    format!(
        "{}: {hosts} replicas behind {}, {} per second\npromised: {promise}\n",
        settings.gateway,
        profile.name(),
        count(rate as usize, "request")
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
    let those = |is: fn(&Verdict) -> bool| {
        let claims = outcome.claims.iter();
        claims.filter(|claim| is(&claim.verdict)).count()
    };
    let hold = those(|verdict| matches!(verdict, Verdict::Holds));
    let fail = those(|verdict| matches!(verdict, Verdict::Fails { .. }));
    let not_measured = those(|verdict| matches!(verdict, Verdict::NotMeasured { .. }));
    let mut parts = vec![format!(
        "{hold} {}",
        if hold == 1 { "holds" } else { "hold" }
    )];
    if fail > 0 {
        parts.push(format!(
            "{fail} {}",
            if fail == 1 { "does not" } else { "do not" }
        ));
    }
    if not_measured > 0 {
        parts.push(format!("{not_measured} not measured"));
    }
    format!(
        "{} in {}: {}\n",
        count(outcome.claims.len(), "claim"),
        seconds(Duration::from_secs(outcome.took.as_secs())),
        parts.join(", ")
    )
}
