//! For whatever reads the results of tests.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::claim::{Claim, Verdict};
use crate::run::Outcome;

/// The outcome as a JUnit report: a claim that fails is a failure, one that was not measured is skipped.
///
/// # Errors
/// None that a text could cause; whatever the writer says.
pub fn junit(outcome: &Outcome) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new("outlier-demo verify");
    suite.set_time(outcome.took);
    suite.add_test_cases(outcome.claims.iter().map(test_case));
    let mut report = Report::new(outcome.gateway.clone());
    report.add_test_suite(suite);
    report.to_string()
}

fn test_case(claim: &Claim) -> TestCase {
    let status = match &claim.verdict {
        Verdict::Holds => TestCaseStatus::success(),
        Verdict::Fails { causes } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let means = causes.iter().map(|cause| cause.means.as_str());
            status
                .set_type(causes.first().map_or("unknown", |cause| cause.cause))
                .set_message(format!(
                    "expected {}, measured {}",
                    claim.expected, claim.measured
                ))
                .set_description(means.collect::<Vec<_>>().join("\n"));
            status
        }
        Verdict::NotMeasured { reason } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            status
        }
    };
    let mut case = TestCase::new(claim.case, status);
    case.set_classname("verify");
    case
}

#[cfg(test)]
mod tests {
    use super::super::tests::{claim, failure, outcome};
    use super::*;

    /// The report of these claims.
    fn report(claims: Vec<Claim>) -> Report {
        let text = junit(&outcome(claims)).unwrap();
        Report::deserialize_from_str(&text).unwrap_or_else(|cause| panic!("{cause}: {text}"))
    }

    #[test]
    fn a_claim_that_fails_is_a_failure_and_one_that_was_not_measured_is_skipped() {
        let report = report(vec![
            claim("spread", Verdict::Holds),
            claim("return", failure()),
            claim("growth", Verdict::not_measured("it did not come back")),
        ]);
        assert_eq!(report.name.as_str(), "http://demo:8080");
        assert_eq!((report.tests, report.failures, report.errors), (3, 1, 0));
        let suite = &report.test_suites[0];
        assert_eq!(suite.name.as_str(), "outlier-demo verify");
        let names: Vec<_> = suite
            .test_cases
            .iter()
            .map(|case| case.name.as_str())
            .collect();
        assert_eq!(names, ["spread", "return", "growth"]);
        assert!(matches!(
            suite.test_cases[0].status,
            TestCaseStatus::Success { .. }
        ));
        assert!(matches!(
            &suite.test_cases[2].status,
            TestCaseStatus::Skipped { message: Some(message), .. }
                if message.as_str() == "it did not come back"
        ));
    }

    #[test]
    fn a_failure_has_the_first_cause_as_its_type_and_all_of_them_in_words() {
        let report = report(vec![claim("return", failure())]);
        let TestCaseStatus::NonSuccess {
            kind,
            message,
            ty,
            description,
            ..
        } = &report.test_suites[0].test_cases[0].status
        else {
            panic!("it fails");
        };
        assert_eq!(*kind, NonSuccessKind::Failure);
        assert_eq!(ty.as_ref().unwrap().as_str(), "panic");
        assert_eq!(
            message.as_ref().unwrap().as_str(),
            "expected back after 10 s, measured back after 5 s"
        );
        assert_eq!(
            description.as_ref().unwrap().as_str(),
            "panic: too few hosts are healthy, so all get traffic, ejected or not\n\
             the mesh keeps a host out for a shorter time than the policy promises"
        );
    }

    #[test]
    fn what_means_something_in_xml_comes_out_as_it_was() {
        let mut failed = claim("return", failure());
        failed.expected = "<b> & \"c\" 'd'".to_owned();
        failed.measured = "]]>\u{1}\u{e9}".to_owned();
        let text = junit(&outcome(vec![failed.clone()])).unwrap();
        assert!(text.contains("&lt;b&gt; &amp; &quot;c&quot;"), "{text}");
        let report = report(vec![failed]);
        let TestCaseStatus::NonSuccess { message, .. } =
            &report.test_suites[0].test_cases[0].status
        else {
            panic!("it fails");
        };
        // What XML cannot say is left out.
        assert_eq!(
            message.as_ref().unwrap().as_str(),
            "expected <b> & \"c\" 'd', measured ]]>\u{e9}"
        );
    }
}
