use std::error::Error;

use service::ConfigError;

use super::*;

const HEADER: &str = r#"{"header":true,"hosts":2,"outlier_detection":{"interval":"0.5s"}}"#;

fn refused(lines: &[&str]) -> String {
    let error = Trace::parse(&lines.join("\n")).unwrap_err();
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<ConfigError>());
    assert!(
        cause.is_some(),
        "a program that reports it ends with exit code 64"
    );
    error.of(Path::new("some.jsonl")).to_string()
}

/// The header with one thing changed.
fn refused_with(from: &str, to: &str) -> String {
    assert!(HEADER.contains(from));
    refused(&[&HEADER.replace(from, to)])
}

#[test]
fn a_header_alone_has_envoys_defaults() {
    let header = Trace::parse(HEADER).unwrap().header;
    assert_eq!(header.policy.interval.as_millis(), 500);
    assert_eq!(
        (
            header.policy.consecutive_5xx,
            header.policy.healthy_panic_threshold
        ),
        (5, 50)
    );
    assert_eq!(header.policy.update_merge_window.as_millis(), 1_000);
}

#[test]
fn a_missing_header_names_file_and_line() {
    assert_eq!(
        refused(&[""]),
        "some.jsonl:1: the header is missing: the file is empty"
    );
    let request = r#"{"t_ms":0.2,"n":1,"dur_ms":3.4,"status":200,"host":2}"#;
    assert!(refused(&[request]).starts_with("some.jsonl:1: the header is missing or broken: "));
    assert!(refused_with("true", "false").ends_with("the first line must have \"header\": true"));
}

#[test]
fn a_broken_line_names_file_and_line() {
    assert!(refused(&[HEADER, "", "{\"t_ms\":"]).starts_with("some.jsonl:3: broken line: EOF"));
    assert!(
        refused(&[HEADER, r#"{"t_ms":1}"#])
            .starts_with("some.jsonl:2: broken line: missing field `n`")
    );
    let stranger = r#"{"t_ms":0.2,"n":1,"dur_ms":3.4,"status":200,"host":2}"#;
    assert_eq!(
        refused(&[HEADER, stranger]),
        "some.jsonl:2: host is 2; there are 2, counted from 0"
    );
}

#[test]
fn an_unknown_event_or_step_is_named() {
    assert_eq!(
        refused(&[HEADER, r#"{"t_ms":1,"event":"degrade","host":0}"#]),
        "some.jsonl:2: unknown event \"degrade\"; it must be set_mode, eject, uneject or sweep"
    );
    assert_eq!(
        refused_with(
            "\"hosts\"",
            r#""steps":[["rate",50,20],["dance",1]],"hosts""#
        ),
        "some.jsonl:1: unknown step [\"dance\",1]; it must be rate, set, until_ms, until_event or sleep, with its arguments"
    );
    let mode = r#"{"t_ms":1,"event":"set_mode","host":0,"mode":"sulk","before_n":1}"#;
    assert!(refused(&[HEADER, mode]).starts_with("some.jsonl:2: unknown mode \"sulk\""));
}

#[test]
fn a_policy_that_cannot_be_followed_is_refused() {
    for (field, sentence) in [
        (
            r#""interval":"0s""#,
            "outlier_detection.interval is \"0s\"; it must be seconds as in \"0.5s\", at least 0.001s and at most a year",
        ),
        (
            r#""interval":500"#,
            "outlier_detection.interval is 500; it must be seconds as in \"0.5s\", at least 0.001s and at most a year",
        ),
        (
            r#""max_ejection_percent":101"#,
            "outlier_detection.max_ejection_percent is 101; it must be a number from 0 to 100",
        ),
        (
            r#""enforcing_consecutive_5xx":50"#,
            "outlier_detection.enforcing_consecutive_5xx is 50; it must be 0 or 100: what is enforced by chance cannot be replayed",
        ),
        (
            r#""enforcing_success_rate":100"#,
            "outlier_detection.enforcing_success_rate: 100 cannot be replayed",
        ),
        (
            r#""base_ejection_time":"9s","max_ejection_time":"8s""#,
            "outlier_detection.max_ejection_time must be at least base_ejection_time",
        ),
    ] {
        assert_eq!(
            refused_with(r#""interval":"0.5s""#, field),
            format!("some.jsonl:1: {sentence}")
        );
    }
    assert!(
        refused_with("\"hosts\":2", "\"hosts\":0").ends_with("hosts is 0; it must be 1 to 1000")
    );
    assert!(
        refused_with("\"hosts\"", r#""concurrency":2,"hosts""#).contains("only one worker's turns")
    );
    assert!(
        refused_with("\"hosts\"", r#""lb_policy":"RANDOM","hosts""#).contains("only ROUND_ROBIN")
    );
}

#[test]
fn a_time_that_no_recording_has_is_refused() {
    let late = r#"{"t_ms":1e30,"event":"sweep"}"#;
    assert!(
        refused(&[HEADER, late])
            .starts_with("some.jsonl:2: t_ms is 1000000000000000000000000000000; it must be")
    );
    let request = r#"{"t_ms":0.2,"n":1,"dur_ms":-1,"status":200,"host":1}"#;
    assert_eq!(
        refused(&[HEADER, request]),
        "some.jsonl:2: dur_ms is -1; it must be at least 0"
    );
    assert!(
        refused_with("\"hosts\"", r#""sweeps_ms":[1700000000000],"hosts""#)
            .contains("sweeps_ms is 1700000000000; it must be")
    );
}

/// Whoever adds a sweep to a year still has a time, and whoever looks for a host comes to an end.
#[test]
fn what_no_replay_could_bear_is_refused() {
    let long = refused_with(r#""0.5s""#, r#""1e19s""#);
    assert!(
        long.ends_with("at least 0.001s and at most a year"),
        "{long}"
    );
    let window = refused_with("}}", r#"},"update_merge_window":"1e19s"}"#);
    assert!(window.ends_with("at most a year"), "{window}");
    let retries = refused_with(
        "}}",
        r#"},"route":{"retry_policy":{"host_selection_retry_max_attempts":"1001"}}}"#,
    );
    assert!(
        retries.ends_with("is 1001; it must be at most 1000"),
        "{retries}"
    );
    let sweeps = refused_with("}}", r#"},"sweeps_ms":[-3600000,86400000]}"#);
    assert!(
        sweeps.ends_with("there must be at most 100000 sweeps"),
        "{sweeps}"
    );
}

/// Found by the fuzzer.
#[test]
fn a_sentence_is_one_line_whatever_it_quotes() {
    let sentence = refused_with("interval", "a\\u001b[31m\\n");
    let quoted = "some.jsonl:1: outlier_detection.a\\u{1b}[31m\\n: \"0.5s\" cannot be replayed";
    assert_eq!(sentence, quoted);
}
