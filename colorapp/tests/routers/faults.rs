//! What each option of `/fault` does to requests on `/get`. The clock is paused: it moves only while
//! everybody waits for it, and then by exactly what they wait for.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use tokio::time::{self, Instant};

use crate::{Ports, get, ports};

/// A replica with this fault.
async fn faulty(query: &str) -> Ports {
    let ports = ports();
    let answer = get(&ports.control, &format!("/fault?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    ports
}

async fn status(ports: &Ports) -> u16 {
    get(&ports.main, "/get").await.status.as_u16()
}

#[tokio::test]
async fn a_status_other_than_500_keeps_the_text() {
    let ports = faulty("status=503").await;
    let answer = get(&ports.main, "/get").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.text, "no colors 4 u");
}

#[tokio::test]
async fn percent_of_100_requests_fail() {
    for percent in [1, 10, 33, 50, 99, 100] {
        let ports = faulty(&format!("percent={percent}")).await;
        let mut errors = 0;
        for _ in 0..100 {
            errors += usize::from(status(&ports).await == 500);
        }
        assert_eq!(errors, percent);
    }
}

#[tokio::test]
async fn only_requests_on_get_take_a_turn() {
    let ports = faulty("percent=50").await;
    for _ in 0..10 {
        let first = status(&ports).await;
        get(&ports.main, "/ping").await;
        get(&ports.control, "/status").await;
        get(&ports.control, "/metrics").await;
        assert_eq!((first, status(&ports).await), (200, 500));
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_alone_is_slow_but_right() {
    let ports = faulty("delay=200ms").await;
    let asked = Instant::now();
    let answer = get(&ports.main, "/get").await;
    assert_eq!(asked.elapsed(), Duration::from_millis(200));
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text, "purple");
}

#[tokio::test(start_paused = true)]
async fn a_delay_comes_before_the_error() {
    let ports = faulty("delay=1s&status=504").await;
    let asked = Instant::now();
    assert_eq!(status(&ports).await, 504);
    assert_eq!(asked.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn healthy_requests_are_not_delayed() {
    let ports = faulty("delay=1s&percent=50").await;
    let asked = Instant::now();
    status(&ports).await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
    status(&ports).await;
    assert_eq!(asked.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn an_abort_hangs_up_after_its_delay() {
    let ports = faulty("abort&delay=1s").await;
    let asked = Instant::now();
    assert!(get(&ports.main, "/get").await.hung_up);
    assert_eq!(asked.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_fault_with_an_end_ends_by_itself() {
    let ports = faulty("for=30s").await;
    time::advance(Duration::from_millis(29_999)).await;
    assert_eq!(status(&ports).await, 500);
    time::advance(Duration::from_millis(1)).await;
    assert_eq!(status(&ports).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_second_fault_replaces_the_first() {
    let ports = faulty("status=503&percent=1&for=1s").await;
    get(&ports.main, "/fault?status=504").await;
    time::advance(Duration::from_secs(2)).await;
    assert_eq!(status(&ports).await, 504);
}

/// A request is what it was on arrival: the switch does not reach those that wait already.
#[tokio::test(start_paused = true)]
async fn recover_is_for_requests_that_arrive_later() {
    let ports = faulty("status=503&delay=1s").await;
    let recover_meanwhile = async {
        time::sleep(Duration::from_millis(500)).await;
        get(&ports.control, "/recover").await;
    };
    let (waiting, ()) = tokio::join!(status(&ports), recover_meanwhile);
    assert_eq!(waiting, 503);
    assert_eq!(status(&ports).await, 200);
}

#[tokio::test]
async fn wrong_options_are_400_and_leave_a_healthy_replica_healthy() {
    let ports = ports();
    for port in [&ports.main, &ports.control] {
        for (query, named) in WRONG {
            let answer = get(port, &format!("/fault?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(answer.text.contains(named), "{query}: {}", answer.text);
            assert!(!answer.text.contains('\n'), "{query}: {}", answer.text);
        }
    }
    let state = get(&ports.control, "/status").await.json();
    assert_eq!(state["fault"], Value::Null);
}

#[tokio::test]
async fn wrong_options_leave_a_faulty_replica_as_it_was() {
    let ports = faulty("status=503&percent=30").await;
    let before = get(&ports.control, "/status").await.json();
    for (query, _) in WRONG {
        get(&ports.control, &format!("/fault?{query}")).await;
    }
    assert_eq!(get(&ports.control, "/status").await.json(), before);
}

/// A wrong query, and what its sentence must name.
const WRONG: [(&str, &str); 18] = [
    (
        "status=499",
        "status must be a whole number from 500 to 599",
    ),
    (
        "status=600",
        "status must be a whole number from 500 to 599",
    ),
    ("status=", "status must be"),
    ("status", "status must be"),
    ("percent=0", "percent must be a whole number from 1 to 100"),
    (
        "percent=101",
        "percent must be a whole number from 1 to 100",
    ),
    ("percent=30%25", "percent must be"),
    (
        "delay=0s",
        "delay must be a duration such as 200ms or 30s, more than 0 and at most 60s",
    ),
    ("delay=61s", "delay must be"),
    ("delay=200", "delay must be"),
    (
        "for=0s",
        "for must be a duration such as 200ms or 30s, more than 0 and at most 24h",
    ),
    ("for=25h", "for must be"),
    ("abort=maybe", "abort must be true or false"),
    ("abort&status=503", "status and abort exclude each other"),
    ("percent=10&percent=20", "percent must be given only once"),
    (
        "host=colorapp-1",
        "\"host\" is unknown: a fault has status, percent, delay, abort and for",
    ),
    ("=1", "\"\" is unknown"),
    ("status=500%0Apercent=1", "status must be"),
];
