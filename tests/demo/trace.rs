//! A trace from the client to the replica, and its spans at a collector.

mod collector;

use std::fs::{self, File};

use rustix::process::Signal;
use serde_json::Value;

use collector::{Collector, Span};

use crate::folder::PrivateFolder;
use crate::harness::{Demo, outlier_demo};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Twice through the mesh and once through front.
#[tokio::test]
async fn a_trace_reaches_the_replica() {
    let folder = PrivateFolder::new("trace");
    let log = folder.path().join("log");
    let mut command = outlier_demo(&["--replicas", "1"]);
    command
        .env("RUST_LOG", "front=trace,colorapp=trace")
        .stderr(File::create(&log).unwrap());
    let mut demo = Demo::run(&mut command);
    assert_eq!(ask_in_trace(&demo, "01").await, 200);
    demo.signal(Signal::TERM);
    demo.ended();
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut found: Vec<String> = lines
        .filter(|line: &Value| line["trace_id"] == TRACE)
        .map(|line| line["target"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["colorapp::app", "front::app"]);
}

/// The status of one request after those of `prepare`, and the spans that it makes; `variables` come on top of
/// the endpoint.
async fn spans(variables: &[(&str, &str)], sampled: &str, prepare: &[&str]) -> (u16, Vec<Span>) {
    let collector = Collector::start();
    let mut command = outlier_demo(&["--replicas", "1"]);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
        .env("OTEL_SERVICE_NAME", "the shell's own")
        .envs(variables.iter().copied());
    let mut demo = Demo::run(&mut command);
    for path in prepare {
        demo.text(path).await;
    }
    let status = ask_in_trace(&demo, sampled).await;
    // What is not sent yet is sent at the end.
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended().code(), Some(0));
    let spans = collector.spans().into_iter();
    (status, spans.filter(|span| span.trace == TRACE).collect())
}

async fn ask_in_trace(demo: &Demo, sampled: &str) -> u16 {
    let url = format!("{}/color/get", demo.ready["gateway"].as_str().unwrap());
    let request = demo.http.get(url);
    let parent = format!("00-{TRACE}-{PARENT}-{sampled}");
    let answer = request.header("traceparent", parent).send().await.unwrap();
    answer.status().as_u16()
}

#[tokio::test]
async fn the_spans_of_one_request_form_one_trace() {
    let (status, spans) = spans(&[], "01", &[]).await;
    assert_eq!(status, 200);
    let of = |service: &str| {
        let mut own = spans.iter().filter(|span| span.service == service);
        let span = own
            .next()
            .unwrap_or_else(|| panic!("{service}: {spans:#?}"));
        assert!(own.next().is_none(), "{service}: {spans:#?}");
        span
    };
    let (front, colorapp) = (of("front"), of("colorapp"));
    assert_eq!(spans.len(), 2, "{spans:#?}");
    assert_eq!(front.name, "GET /color/get");
    assert_eq!(front.parent, PARENT);
    assert_eq!(colorapp.name, "GET /get");
    assert_eq!(colorapp.parent, front.id);
    for span in [front, colorapp] {
        assert_eq!(span.status, "200");
        assert!(!span.failed);
    }
    assert!(!colorapp.instance.is_empty());
}

#[tokio::test]
async fn a_fault_is_seen_in_both_spans() {
    let (status, spans) = spans(&[], "01", &["/fault"]).await;
    assert_eq!(status, 500);
    assert_eq!(spans.len(), 2, "{spans:#?}");
    for span in spans {
        assert!(span.failed && span.status == "500", "{span:?}");
    }
}

/// `parentbased_always_on` is the standard's default; the others are read, too.
#[tokio::test]
async fn who_is_not_sampled_makes_no_spans() {
    assert_eq!(spans(&[], "00", &[]).await, (200, vec![]));
    let never = [("OTEL_TRACES_SAMPLER", "always_off")];
    assert_eq!(spans(&never, "01", &[]).await, (200, vec![]));
    let disabled = [("OTEL_SDK_DISABLED", "true")];
    assert_eq!(spans(&disabled, "01", &[]).await, (200, vec![]));
}

/// A collector that is not there costs a warning and nothing else.
#[tokio::test]
async fn nobody_waits_for_a_collector() {
    let gone = [(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "http://127.0.0.1:1/v1/traces",
    )];
    assert_eq!(spans(&gone, "01", &[]).await, (200, vec![]));
}
