//! What two sick hosts, and more than half of them, come to on each mesh.

use super::*;
use crate::case::Case;
use crate::case::fixture::{EXPECTED, fails, holds, not_measured, play, told};
use crate::case::fixture::{among, on, percent};
use crate::profile::Profile;

const TWO: Case = Case::TwoSick;
const MAJORITY: Case = Case::Majority;

/// The second and third host sick, then the fourth; what was answered while they were watched.
fn watched(two: &str, three: &str) -> Recording {
    play(&format!(
        "abcde*2 fault:b fault:c aBCde*5 ade*20 watch:2 {two} end \
         fault:d aDe*5 ae*30 watch:3 {three} end recover:b recover:c recover:d"
    ))
}

/// As it should be on App Mesh: two out, then panic.
fn right() -> Recording {
    watched("ade*20", "aBCDe*12")
}

fn expected(case: Case, expected: &Expected) -> String {
    case.judge(expected, &right()).expected
}

#[test]
fn two_are_out_and_three_are_panic() {
    assert_eq!(
        holds(TWO, &EXPECTED, &right()),
        "2 of 5 sick: 2 of them get nothing; 0 errors in 60 answers"
    );
    assert_eq!(
        expected(TWO, &EXPECTED),
        "2 of 5 sick: all of them out, no errors"
    );
    assert_eq!(
        holds(MAJORITY, &EXPECTED, &right()),
        "3 of 5 sick: 0 of them get nothing; 36 errors in 60 answers"
    );
    assert_eq!(
        expected(MAJORITY, &EXPECTED),
        "3 of 5 sick: panic, as only 40 % are healthy; all get traffic again"
    );
    holds(MAJORITY, &on(Profile::Envoy), &right());
}

#[test]
fn istio_and_linkerd_eject_three_of_five_and_the_others_serve() {
    for profile in [Profile::Istio, Profile::Linkerd] {
        let measured = holds(MAJORITY, &on(profile), &watched("ade*20", "ae*30"));
        assert_eq!(
            measured,
            "3 of 5 sick: 3 of them get nothing; 0 errors in 60 answers"
        );
        assert_eq!(
            expected(MAJORITY, &on(profile)),
            "3 of 5 sick: all of them out, no errors"
        );
        let error = watched("ade*20", "ae*29 a-");
        fails(MAJORITY, &on(profile), &error, &["unknown"]);
    }
    let panics = told(right(), "bcd", &[("ejections_enforced_total", 3)]);
    fails(
        MAJORITY,
        &on(Profile::Istio),
        &panics,
        &["panic", "several-views"],
    );
}

#[test]
fn with_both_of_two_out_the_mesh_itself_answers() {
    let istio = among(2, on(Profile::Istio));
    let sick = "fault:b aB*5 a*30 watch:1 a*60 end fault:a A*5 -*30 watch:2";
    let measured = holds(TWO, &istio, &play(&format!("{sick} -*60 end")));
    assert_eq!(
        measured,
        "2 of 2 sick: 2 of them get nothing; 60 errors in 60 answers"
    );
    let judged = TWO.judge(&istio, &play(&format!("{sick} -*59 c end")));
    assert_eq!(
        judged.expected,
        "2 of 2 sick: all of them out, and the mesh answers with errors itself"
    );
    assert_ne!(judged.verdict, Verdict::Holds);
    // On Envoy none healthy of two is panic.
    let panics = play(&format!("{sick} AB*30 end"));
    holds(TWO, &among(2, EXPECTED), &panics);
    holds(MAJORITY, &among(2, EXPECTED), &panics);
}

#[test]
fn more_than_half_is_two_of_three_three_of_four_and_twenty_six_of_fifty() {
    let three = "fault:b aBc*5 ac*30 watch:1 ac*30 end fault:c aC*5 a*30 watch:2 aBC*20 end";
    holds(MAJORITY, &among(3, EXPECTED), &play(three));
    let four = "fault:b fault:c aBCd*5 ad*30 watch:2 ad*30 end fault:d aD*5 a*30 watch:3";
    holds(
        MAJORITY,
        &among(4, EXPECTED),
        &play(&format!("{four} aBCD*15 end")),
    );
    assert_eq!(
        expected(MAJORITY, &among(50, EXPECTED)),
        "26 of 50 sick: panic, as only 48 % are healthy; all get traffic again"
    );
}

#[test]
fn beyond_the_percentage_ejections_are_refused() {
    let one = watched("adeC*15", "aCDe*15");
    for profile in [Profile::Appmesh, Profile::Envoy, Profile::Istio] {
        let twenty = percent(20, on(profile));
        holds(TWO, &twenty, &one);
        holds(MAJORITY, &twenty, &one);
        assert_eq!(
            expected(MAJORITY, &twenty),
            "3 of 5 sick: 1 out, 2 refused for the percentage"
        );
        let forty = percent(40, on(profile));
        holds(TWO, &forty, &right());
        holds(MAJORITY, &forty, &watched("ade*20", "aeD*20"));
    }
    holds(MAJORITY, &percent(60, EXPECTED), &right());
    holds(
        MAJORITY,
        &percent(60, on(Profile::Istio)),
        &watched("ade*20", "ae*30"),
    );
    // Of 10 % App Mesh ejects one all the same, and Envoy none.
    holds(TWO, &percent(10, EXPECTED), &one);
    let none = watched("aBCde*12", "aBCDe*12");
    holds(TWO, &percent(10, on(Profile::Envoy)), &none);
    assert_eq!(
        expected(TWO, &percent(10, on(Profile::Envoy))),
        "2 of 5 sick: 0 out, 2 refused for the percentage"
    );
    // Linkerd has none.
    holds(TWO, &percent(10, on(Profile::Linkerd)), &right());
}

#[test]
fn fewer_out_than_promised_has_the_causes_of_no_ejection() {
    let one = watched("adeC*15", "aCDe*15");
    let causes = ["no-outlier-detection", "percentage", "threshold"];
    fails(TWO, &EXPECTED, &one, &causes);
    let overflow = [("ejections_overflow", 4), ("ejections_enforced_total", 1)];
    let refused = told(one, "b", &overflow);
    fails(TWO, &EXPECTED, &refused, &["percentage"]);
    fails(MAJORITY, &percent(40, EXPECTED), &refused, &["percentage"]);
}

#[test]
fn more_out_than_promised_is_a_higher_percentage_or_retries() {
    let all = watched("ade*20", "ae*30");
    let twenty = percent(20, EXPECTED);
    fails(TWO, &twenty, &all, &["percentage", "retries"]);
    let Verdict::Fails { causes } = TWO.judge(&twenty, &told(all.clone(), "bcd", &[])).verdict
    else {
        panic!("two are more than one");
    };
    assert_eq!(
        causes[0].means,
        "the mesh's percentage is higher than the 20 % promised: it lets 2 of 5 hosts go"
    );
    fails(TWO, &twenty, &told(all, "b", &[]), &["retries", "unknown"]);
}

#[test]
fn a_refused_host_without_errors_is_the_work_of_retries() {
    let hidden = watched("adec*15", "ade*20");
    fails(
        TWO,
        &percent(20, EXPECTED),
        &hidden,
        &["retries", "unknown"],
    );
}

#[test]
fn without_panic_the_sick_stay_out() {
    let all = watched("ade*20", "ae*30");
    let measured = fails(MAJORITY, &EXPECTED, &all, &["no-panic"]);
    assert_eq!(
        measured,
        "3 of 5 sick: 3 of them get nothing; 0 errors in 60 answers"
    );
}

#[test]
fn errors_that_never_show_are_the_work_of_retries() {
    let hidden = "fault:b fault:c ade*30 watch:2 ade*20 end fault:d ae*30 watch:3 ae*30 end";
    let causes = ["retries", "no-panic"];
    fails(MAJORITY, &EXPECTED, &play(hidden), &causes);
}

#[test]
fn some_out_is_a_percentage_or_the_work_of_retries() {
    let some = watched("ade*20", "aeD*20");
    fails(MAJORITY, &EXPECTED, &some, &["percentage", "retries"]);
    let refused = told(some.clone(), "bc", &[("ejections_overflow", 2)]);
    fails(MAJORITY, &EXPECTED, &refused, &["percentage", "retries"]);
    let retried = told(some, "bcd", &[("ejections_overflow", 0)]);
    fails(MAJORITY, &EXPECTED, &retried, &["retries", "unknown"]);
}

#[test]
fn panic_is_told_from_no_ejection_by_what_was_before() {
    let none = watched("aBCde*12", "aBCDe*12");
    assert_eq!(
        not_measured(MAJORITY, &EXPECTED, &none),
        "the first ones that fell ill were not ejected"
    );
}

#[test]
fn half_a_silence_is_enough_to_see_who_gets_nothing() {
    holds(TWO, &EXPECTED, &watched("ade*10", "aBCDe*12"));
    let reason = "the ejections are too short for that: choose a higher --rate";
    let short = watched("ade*9 ad", "aBCDe*5 aBCD");
    assert_eq!(not_measured(TWO, &EXPECTED, &short), reason);
    assert_eq!(not_measured(MAJORITY, &EXPECTED, &short), reason);
}
