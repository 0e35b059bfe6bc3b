//! What people and machines read.

mod bar;
mod junit;
mod lines;
mod text;

use std::time::Duration;

use attack::Report;

use crate::claim::Claim;
use crate::run::Settings;

pub use bar::Bar;
pub use junit::junit;
pub use lines::Lines;
pub use text::summary;

/// Who is told how it goes.
pub trait Progress {
    /// The mesh was found: so many replicas, and so many requests per second.
    fn starts(&self, settings: &Settings, hosts: usize, rate: u32);
    /// A scenario begins.
    fn begins(&self, scenario: &str, number: usize, of: usize);
    /// Something is waited for, for this long at most.
    fn awaits(&self, what: &str, longest: Duration);
    /// So long it was waited for by now.
    fn waited(&self, time: Duration);
    /// A claim was judged.
    fn judged(&self, claim: &Claim);
    /// A scenario is over; what its load came to.
    fn played(&self, report: &Report);
    /// Nothing more will come.
    fn ends(&self);
}

/// So many of something, in the singular where it is one.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Seconds with one digit after the point, none where it is 0.
pub(crate) fn seconds(time: Duration) -> String {
    let text = format!("{:.1}", time.as_secs_f64());
    format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::case::fixture::EXPECTED;
    use crate::cause::Cause;
    use crate::claim::Verdict;
    use crate::profile::Profile;
    use crate::run::Outcome;

    /// A claim with this verdict.
    pub(crate) fn claim(case: &'static str, verdict: Verdict) -> Claim {
        Claim {
            case,
            claim: "it comes back when the policy says",
            expected: "back after 10 s".to_owned(),
            measured: "back after 5 s".to_owned(),
            verdict,
        }
    }

    /// It fails for two causes.
    pub(crate) fn failure() -> Verdict {
        Verdict::fails([Cause::panic(), Cause::times("shorter")])
    }

    /// What came of these.
    pub(crate) fn outcome(claims: Vec<Claim>) -> Outcome {
        Outcome {
            gateway: "http://demo:8080".to_owned(),
            profile: Profile::Istio,
            policy: EXPECTED.policy,
            hosts: vec!["a".to_owned(), "b".to_owned()],
            claims,
            took: Duration::from_millis(61_900),
            loads: Vec::new(),
        }
    }

    #[test]
    fn seconds_have_one_digit_after_the_point_unless_it_is_zero() {
        let text = [0, 40, 60, 9_949, 9_960, 300_000].map(|ms| seconds(Duration::from_millis(ms)));
        assert_eq!(text, ["0 s", "0 s", "0.1 s", "9.9 s", "10 s", "300 s"]);
    }

    #[test]
    fn one_is_singular() {
        let text = [0, 1, 2].map(|number| count(number, "error"));
        assert_eq!(text, ["0 errors", "1 error", "2 errors"]);
    }

    #[test]
    fn a_claim_in_json_has_its_verdict_and_what_belongs_to_it() {
        let json = |verdict| serde_json::to_value(claim("return", verdict)).unwrap();
        let mut expected = serde_json::json!({
            "case": "return",
            "claim": "it comes back when the policy says",
            "expected": "back after 10 s",
            "measured": "back after 5 s",
            "verdict": "holds",
        });
        assert_eq!(json(Verdict::Holds), expected);

        expected["verdict"] = "not_measured".into();
        expected["reason"] = "it was not ejected".into();
        let not_measured = Verdict::not_measured("it was not ejected");
        assert_eq!(json(not_measured), expected);

        let fails = json(Verdict::fails([Cause::panic()]));
        assert_eq!(fails["verdict"], "fails");
        assert_eq!(
            fails["causes"],
            serde_json::json!([{
                "cause": "panic",
                "means": "panic: too few hosts are healthy, so all get traffic, ejected or not",
                "look": "healthy_panic_threshold; lb_healthy_panic counts the requests",
            }])
        );
    }

    #[test]
    fn an_outcome_in_json_has_its_times_in_milliseconds() {
        let json = serde_json::to_value(outcome(Vec::new())).unwrap();
        let expected = serde_json::json!({
            "gateway": "http://demo:8080",
            "profile": "istio",
            "policy": {
                "max_server_errors": 5,
                "interval_ms": 10_000,
                "base_ejection_duration_ms": 10_000,
                "max_ejection_time_ms": 300_000,
                "max_ejection_percent": 100,
            },
            "hosts": ["a", "b"],
            "claims": [],
            "took_ms": 61_900,
            "loads": [],
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn all_hold_only_if_each_one_does() {
        let all = |verdicts: Vec<Verdict>| {
            let claims = verdicts.into_iter().map(|verdict| claim("return", verdict));
            outcome(claims.collect()).all_hold()
        };
        assert!(all(vec![Verdict::Holds, Verdict::Holds]));
        assert!(!all(vec![Verdict::Holds, failure()]));
        assert!(!all(vec![Verdict::Holds, Verdict::not_measured("")]));
    }
}
