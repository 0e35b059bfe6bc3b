//! The control port: what only it answers, and that no fault reaches it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use tokio::time;

use crate::{Ports, UID, ask, get, ports};

const ITS_PATHS: [&str; 5] = ["/ping", "/status", "/metrics", "/healthz", "/readyz"];

async fn fault(query: &str) -> serde_json::Value {
    let ports = ports();
    get(&ports.control, &format!("/fault?{query}")).await;
    get(&ports.control, "/status").await.json()["fault"].clone()
}

/// The values of the series whose name and labels start so.
async fn series(ports: &Ports, start: &str) -> Vec<String> {
    let text = get(&ports.control, "/metrics").await.text;
    text.lines()
        .filter(|line| line.starts_with(start))
        .map(|line| line.rsplit(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn no_fault_reaches_the_control_port() {
    let ports = ports();
    ports.replica.readiness().set(true);
    get(&ports.control, "/fault?abort&delay=60s").await;
    for path in ITS_PATHS {
        let answer = get(&ports.control, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.hung_up, "{path}");
        assert_eq!(answer.header("HostUID"), Some(UID), "{path}");
    }
}

#[tokio::test]
async fn its_paths_are_not_on_the_main_port_nor_the_color_on_it() {
    let ports = ports();
    for path in ["/status", "/metrics", "/healthz", "/readyz"] {
        assert_eq!(
            get(&ports.main, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(
        get(&ports.control, "/get").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn it_is_alive_from_the_start_and_ready_when_told() {
    let ports = ports();
    assert_eq!(get(&ports.control, "/healthz").await.status, 200);
    assert_eq!(get(&ports.control, "/readyz").await.status, 503);
    ports.replica.readiness().set(true);
    assert_eq!(get(&ports.control, "/readyz").await.status, 200);
}

#[tokio::test]
async fn status_of_a_healthy_replica() {
    let ports = ports();
    for method in ["GET", "POST"] {
        let answer = ask(&ports.control, method, "/status").await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(
            answer.text,
            r#"{"HostUID":"colorapp-1","port":9080,"fault":null}"#
        );
    }
}

#[tokio::test]
async fn status_of_the_plain_fault() {
    assert_eq!(
        fault("").await.to_string(),
        r#"{"status":500,"percent":100,"delay_ms":null,"abort":false,"remaining_ms":null}"#
    );
}

#[tokio::test(start_paused = true)]
async fn status_of_a_fault_with_every_option_but_abort() {
    assert_eq!(
        fault("status=503&percent=30&delay=200ms&for=30s").await,
        json!({"status": 503, "percent": 30, "delay_ms": 200, "abort": false, "remaining_ms": 30_000})
    );
}

#[tokio::test]
async fn an_abort_has_no_status() {
    assert_eq!(
        fault("abort").await,
        json!({"status": null, "percent": 100, "delay_ms": null, "abort": true, "remaining_ms": null})
    );
}

#[tokio::test]
async fn a_delay_alone_has_status_200() {
    assert_eq!(
        fault("delay=1s").await,
        json!({"status": 200, "percent": 100, "delay_ms": 1_000, "abort": false, "remaining_ms": null})
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_that_remains_runs_out() {
    let ports = ports();
    get(&ports.control, "/fault?for=30s").await;
    time::advance(Duration::from_secs(29)).await;
    let status = get(&ports.control, "/status").await.json();
    assert_eq!(status["fault"]["remaining_ms"], 1_000);
    time::advance(Duration::from_secs(1)).await;
    let status = get(&ports.control, "/status").await.json();
    assert_eq!(status["fault"], json!(null));
}

#[tokio::test]
async fn requests_are_counted_by_status_and_0_is_an_abort() {
    let ports = ports();
    for (switch, requests) in [
        ("/recover", 3),
        ("/fault?status=503", 2),
        ("/fault?abort", 1),
    ] {
        get(&ports.control, switch).await;
        for _ in 0..requests {
            get(&ports.main, "/get").await;
        }
    }
    for (code, count) in [("200", "3"), ("503", "2"), ("0", "1")] {
        let start = format!("colorapp_requests_total{{host=\"colorapp-1\",code=\"{code}\"}}");
        assert_eq!(series(&ports, &start).await, [count], "{code}");
    }
}

#[tokio::test]
async fn only_requests_on_get_are_counted() {
    let ports = ports();
    for path in ["/ping", "/recover", "/nowhere"] {
        get(&ports.main, path).await;
    }
    assert_eq!(series(&ports, "colorapp_requests_total").await, ["0", "0"]);
}

#[tokio::test(start_paused = true)]
async fn the_gauge_says_whether_a_fault_is_in_force() {
    let ports = ports();
    let gauge = "colorapp_faulty{host=\"colorapp-1\"}";
    assert_eq!(series(&ports, gauge).await, ["0"]);
    get(&ports.control, "/fault?for=30s").await;
    assert_eq!(series(&ports, gauge).await, ["1"]);
    time::advance(Duration::from_secs(30)).await;
    assert_eq!(series(&ports, gauge).await, ["0"]);
}

#[tokio::test(start_paused = true)]
async fn the_latency_includes_the_delay() {
    let ports = ports();
    get(&ports.control, "/fault?delay=200ms").await;
    get(&ports.main, "/get").await;
    let name = "colorapp_request_duration_seconds";
    let labels = "host=\"colorapp-1\"";
    assert_eq!(
        series(&ports, &format!("{name}_sum{{{labels}}}")).await,
        ["0.2"]
    );
    for (bound, count) in [("0.1", "0"), ("0.25", "1")] {
        let start = format!("{name}_bucket{{{labels},le=\"{bound}\"}}");
        assert_eq!(series(&ports, &start).await, [count], "{bound}");
    }
}

#[tokio::test]
async fn metrics_are_in_prometheus_own_text_format_unless_asked_otherwise() {
    let ports = ports();
    get(&ports.main, "/get").await;
    let answer = get(&ports.control, "/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    assert!(
        answer
            .text
            .contains("# TYPE colorapp_requests_total counter\n"),
        "{}",
        answer.text
    );
}
