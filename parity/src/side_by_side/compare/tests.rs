//! What differs is found, and what may differ is not.

use http::StatusCode;
use serde_json::{Map, json};

use super::*;
use crate::side_by_side::play::Answer;

/// One request, one ejection after it, and pages.
fn report() -> Report {
    let line = |action: &str| match json!({"action": action, "num_ejections": 1}) {
        Value::Object(line) => line,
        _ => Map::new(),
    };
    let event = |at, host, action| Logged {
        at,
        host,
        line: line(action),
    };
    let series = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Report {
        records: vec![Record {
            slot: 3,
            at: 120.0,
            took: 2.0,
            answer: Some(Answer {
                status: StatusCode::OK,
                headers: vec![("hostuid".to_owned(), "1".to_owned())],
                body: "purple".into(),
            }),
            tried: vec![1],
        }],
        events: vec![
            event(122.0, 1, "EJECT"),
            event(3_000.0, 2, "UNEJECT"),
            event(3_000.0, 1, "UNEJECT"),
        ],
        pages: Pages {
            cluster: json!({"host_statuses": [{"stats": [{"name": "rq_total", "value": "1"}]}]}),
            series: [
                series(
                    "envoy_cluster_upstream_rq_total{envoy_cluster_name=\"C\"}",
                    "1",
                ),
                series(
                    "envoy_cluster_upstream_rq_time_sum{envoy_cluster_name=\"C\"}",
                    "1.5",
                ),
            ]
            .into(),
            outlier: [series("ejections_total", "1")].into(),
        },
        late: None,
    }
}

/// What is found when `change` is made to one of the two.
fn found(change: impl FnOnce(&mut Report)) -> Vec<String> {
    let mut ours = report();
    change(&mut ours);
    let (_, differences) = compare(&report(), &ours);
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_is_the_same_and_all_of_it_was_compared() {
    let (compared, differences) = compare(&report(), &report());
    assert!(differences.is_empty());
    assert_eq!(
        compared,
        2 + 3 + 3,
        "an answer and its hosts, three events, three lines of pages"
    );
}

#[test]
fn times_orders_and_sums_of_times_may_differ() {
    let differences = found(|ours| {
        ours.records[0].at += 3.0;
        ours.events[0].at += 3.0;
        ours.events[1].at += 100.0;
        ours.events[2].at += 100.0;
        ours.events.swap(1, 2);
        for (name, value) in &mut ours.pages.series {
            if name.contains("_sum") {
                "9".clone_into(value);
            }
        }
    });
    assert_eq!(differences, [""; 0]);
}

#[test]
fn another_host_another_status_and_another_body_are_found() {
    assert_eq!(
        found(|ours| ours.records[0].tried = vec![2]),
        ["slot 3: Envoy asked hosts [1], ingress [2]"]
    );
    let answer = |change: fn(&mut Answer)| {
        found(|ours| ours.records[0].answer.as_mut().map(change).unwrap())
    };
    assert_eq!(answer(|it| it.status = StatusCode::ACCEPTED).len(), 1);
    assert_eq!(answer(|it| it.body = "white".into()).len(), 1);
    assert_eq!(answer(|it| it.headers.clear()).len(), 1);
    assert_eq!(found(|ours| ours.records[0].answer = None).len(), 1);
    assert_eq!(
        found(|ours| ours.records.clear()).len(),
        2,
        "and its ejection follows no request"
    );
}

#[test]
fn events_are_compared_key_by_key_and_to_their_request() {
    let extra = |ours: &mut Report| {
        ours.events[0].line.insert("more".to_owned(), json!(1));
    };
    assert_eq!(found(extra).len(), 1);
    assert_eq!(
        found(|ours| _ = ours.events.pop()),
        ["Envoy logged 3 events, ingress 2"]
    );
    assert_eq!(
        found(|ours| ours.events[0].at = 100.0),
        ["host 1 was ejected after slot Some(3) in Envoy, None in ingress"]
    );
    let late = |ours: &mut Report| {
        for event in &mut ours.events[1..] {
            event.at += 2.0 * DRIFT;
        }
    };
    assert_eq!(
        found(late)[0],
        "host 1 came back at 3000 ms in Envoy, at 3300 ms in ingress"
    );
}

#[test]
fn pages_are_compared_leaf_by_leaf() {
    let host = |ours: &mut Report| {
        ours.pages.cluster["host_statuses"][0]["stats"][0]["value"] = json!("2")
    };
    assert_eq!(
        found(host),
        ["/clusters.host_statuses[0].stats[rq_total].value is \"1\" in Envoy, \"2\" in ingress"]
    );
    let outlier = |ours: &mut Report| ours.pages.outlier.clear();
    assert_eq!(
        found(outlier),
        ["/stats: ejections_total is 1 in Envoy, None in ingress"]
    );
    let gone = found(|ours| ours.pages.series.clear());
    assert_eq!(gone.len(), 2, "each series that the cluster has: {gone:?}");
    let extra = |ours: &mut Report| {
        ours.pages
            .series
            .insert("envoy_own{}".to_owned(), "1".to_owned());
    };
    assert_eq!(
        found(extra),
        ["/stats/prometheus: Envoy has no envoy_own{}"]
    );
}
