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
