use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::Report;
use crate::{Answer, Failure, Hit};

const MS: Duration = Duration::from_millis(1);

/// Ten requests, one each 100 ms: five from a, three from b, of which one 500, one 503 of the mesh, and one refused.
fn report() -> Report {
    let (a, b) = (
        HeaderValue::from_static("a"),
        HeaderValue::from_static("bbbbbbbb"),
    );
    let mut report = Report::new(UNIX_EPOCH);
    for sequence in 0..10_u32 {
        let (status, host_uid) = match sequence {
            0..5 => (200, Some(&a)),
            5 => (500, Some(&b)),
            6 | 7 => (200, Some(&b)),
            _ => (503, None),
        };
        let due = sequence * 100 * MS;
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            host_uid,
            length: 7,
            body: b"purple\n",
        };
        report.add(&Hit {
            sequence: sequence.into(),
            due,
            sent: due,
            end: due + (sequence + 1) * MS,
            outcome: if sequence == 9 {
                Err(Failure::Refused)
            } else {
                Ok(answer)
            },
        });
    }
    report
}

#[test]
fn the_text_is_the_form_of_vegeta_and_then_the_spread() {
    let expected = "\
Requests      [total, rate, throughput]         10, 11.11, 7.69
Duration      [total, attack, wait]             910ms, 900ms, 10ms
Latencies     [min, mean, 50, 90, 95, 99, max]  1ms, 5.5ms, 5.001ms, 9.003ms, 10ms, 10ms, 10ms
Bytes In      [total, mean]                     63, 6.30
Bytes Out     [total, mean]                     0, 0.00
Success       [ratio]                           70.00%
Status Codes  [code:count]                      0:1  200:7  500:1  503:1
Error Set:
500 Internal Server Error
503 Service Unavailable
connection refused (1)

HostUID   answers  errors
a               5       0
bbbbbbbb        3       1
(none)          1       1
";
    assert_eq!(report().to_string(), expected);
}

#[test]
fn the_json_has_the_fields_of_vegeta() {
    let json = report().to_json();
    assert_eq!(json["latencies"]["min"], 1_000_000);
    assert_eq!(json["latencies"]["max"], 10_000_000);
    assert_eq!(json["earliest"], "1970-01-01T00:00:00.000000000Z");
    assert_eq!(json["end"], "1970-01-01T00:00:00.910000000Z");
    assert_eq!(json["duration"], 900_000_000);
    assert_eq!(json["wait"], 10_000_000);
    assert_eq!(json["success"], 0.7);
    assert_eq!(
        json["status_codes"],
        json!({"0": 1, "200": 7, "500": 1, "503": 1})
    );
    assert_eq!(json["errors"][2], "connection refused");
    assert_eq!(json["failures"], json!({"connection refused": 1}));
    assert_eq!(
        json["spread"][1],
        json!({"HostUID": "bbbbbbbb", "answers": 3, "errors": 1})
    );
}

#[test]
fn without_a_host_uid_there_is_no_spread() {
    let mut report = Report::new(UNIX_EPOCH);
    report.add(&Hit {
        sequence: 0,
        due: Duration::ZERO,
        sent: Duration::ZERO,
        end: MS,
        outcome: Ok(Answer {
            status: StatusCode::OK,
            host_uid: None,
            length: 0,
            body: b"",
        }),
    });
    assert!(report.to_string().ends_with("\nError Set:\n"), "{report}");
}

#[test]
fn an_attack_that_sent_nothing_has_a_report() {
    let text = Report::new(UNIX_EPOCH).to_string();
    assert!(text.contains("0, 0.00, 0.00\n"), "{text}");
    assert!(text.contains("0s, 0s, 0s\n"), "{text}");
}

/// A request that waited for a connection: the wait is in its latency, and in the rate that was reached.
#[test]
fn latency_counts_from_the_due_time_and_the_rate_from_the_sent_one() {
    let mut report = Report::new(UNIX_EPOCH);
    for (sequence, sent) in [(0, 0), (1, 500)] {
        report.add(&Hit {
            sequence,
            due: Duration::ZERO,
            sent: sent * MS,
            end: (sent + 1) * MS,
            outcome: Err(Failure::TimedOut),
        });
    }
    let json = report.to_json();
    assert_eq!(json["latencies"]["max"], 501_000_000);
    assert_eq!(json["rate"], 4.0);
}
