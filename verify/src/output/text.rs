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

#[cfg(test)]
mod tests {
    use super::super::tests::{claim as a_claim, failure, outcome};
    use super::*;
    use crate::case::fixture::EXPECTED;
    use crate::profile::Profile;

    #[test]
    fn a_claim_that_holds_takes_three_lines() {
        assert_eq!(
            claim(&a_claim("return", Verdict::Holds)),
            "holds  return       it comes back when the policy says\n       \
             expected     back after 10 s\n       \
             measured     back after 5 s\n"
        );
    }

    #[test]
    fn one_that_fails_says_what_that_means_and_where_to_look() {
        assert_eq!(
            claim(&a_claim("return", failure())),
            "FAILS  return       it comes back when the policy says\n       \
             expected     back after 10 s\n       \
             measured     back after 5 s\n       \
             usually      panic: too few hosts are healthy, so all get traffic, ejected or not\n       \
             look at      healthy_panic_threshold; lb_healthy_panic counts the requests\n       \
             or           the mesh keeps a host out for a shorter time than the policy promises\n       \
             look at      interval and baseEjectionDuration (baseEjectionTime, base_ejection_time; \
             with Linkerd failure-accrual-consecutive-min-penalty, and its jitter-ratio, which is 0.5 unless it is set), \
             and --speed, which must be that of the demo\n"
        );
    }

    #[test]
    fn one_that_was_not_measured_says_why() {
        let mut unknown = a_claim("growth", Verdict::not_measured("it did not come back"));
        unknown.measured = String::new();
        assert_eq!(
            claim(&unknown),
            "  -    growth       it comes back when the policy says\n       \
             expected     back after 10 s\n       \
             not measured it did not come back\n"
        );
    }

    #[test]
    fn the_summary_counts_each_verdict_in_whole_seconds() {
        let summary_of = |verdicts: Vec<Verdict>| {
            let claims = verdicts
                .into_iter()
                .map(|verdict| a_claim("return", verdict));
            summary(&outcome(claims.collect()))
        };
        let not_measured = || Verdict::not_measured("");
        assert_eq!(summary_of(vec![]), "0 claims in 61 s: 0 hold\n");
        assert_eq!(
            summary_of(vec![Verdict::Holds]),
            "1 claim in 61 s: 1 holds\n"
        );
        assert_eq!(
            summary_of(vec![
                Verdict::Holds,
                Verdict::Holds,
                failure(),
                not_measured()
            ]),
            "4 claims in 61 s: 2 hold, 1 does not, 1 not measured\n"
        );
        assert_eq!(
            summary_of(vec![failure(), failure()]),
            "2 claims in 61 s: 0 hold, 2 do not\n"
        );
    }

    #[test]
    fn the_heading_promises_what_this_mesh_does() {
        let heading_of = |profile| {
            let settings = Settings {
                control_token: None,
                gateway: "http://demo:8080".to_owned(),
                profile,
                policy: EXPECTED.policy,
                speed: 1.0,
                cases: Vec::new(),
                rate: None,
                requests: 200,
            };
            heading(&settings, 5, 50)
        };
        assert_eq!(
            heading_of(Profile::Appmesh),
            "http://demo:8080: 5 replicas behind appmesh, 50 requests per second\n\
             promised: out after 5 errors in a row, for 10 s times the number of the ejection and up to the next \
             sweep (one every 10 s), 100 % at most\n"
        );
        assert_eq!(
            heading_of(Profile::Linkerd),
            "http://demo:8080: 5 replicas behind linkerd, 50 requests per second\n\
             promised: out after 5 errors in a row, until one request probes it after 10 s, twice as long each \
             time it fails\n"
        );
    }
}
