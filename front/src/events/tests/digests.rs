//! What viewers are told adds up to what was answered, now and in the past, and does not grow with it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{answer, front, viewer};
use crate::by::By;
use crate::events::Viewer;
use crate::events::history::{MOST_MARKS, MOST_SECONDS};
use crate::replicas::Change;

#[tokio::test(start_paused = true)]
async fn what_digests_tell_adds_up_to_the_state() {
    let front = front();
    let mut first = viewer(&front);
    for count in 0..100 {
        answer(&front, "a", if count % 4 == 0 { 500 } else { 200 });
        sleep(Duration::from_millis(17)).await;
    }
    front
        .stats
        .answered(By::Front, StatusCode::BAD_GATEWAY, Duration::ZERO);
    let mut sum = BTreeMap::new();
    while sum.values().sum::<u64>() < 101 {
        let digest = first.named("digest").await;
        for (code, count) in digest["answers"].as_object().unwrap() {
            *sum.entry(code.clone()).or_default() += count.as_u64().unwrap();
        }
        if let Some(latency) = digest["latency_ms"].as_object() {
            assert!(
                (latency["p50"].as_f64().unwrap() - 3.0).abs() < 0.05,
                "{digest}"
            );
        }
    }
    let expected = [("200", 75), ("500", 25), ("502", 1)].map(|(code, n)| (code.to_owned(), n));
    assert_eq!(sum, BTreeMap::from(expected));
    let state = viewer(&front).named("hosts").await;
    assert_eq!(
        state["hosts"][0]["counter"],
        json!({"StatusOk": 75, "StatusError": 25, "Total": 100})
    );
}

/// A stream ends every now and then (a gateway cuts it, or front does before one would). What was answered meanwhile is in
/// the digests that the viewer gets first when it comes back.
#[tokio::test(start_paused = true)]
async fn a_viewer_that_comes_back_gets_each_event_that_it_missed() {
    let front = front();
    let mut before = viewer(&front);
    answer(&front, "a", 200);
    before.named("digest").await;
    let last = before.last;
    drop(before);
    for _ in 0..3 {
        answer(&front, "a", 500);
        sleep(Duration::from_millis(250)).await;
    }
    let place = front.feed.place().unwrap();
    let mut after = Viewer::new(front.feed.clone(), last, place);
    let mut numbers = Vec::from_iter(last);
    let mut errors = 0;
    while let Some(frame) = after.first.pop_front() {
        numbers.push(frame.number);
        assert_ne!(frame.event, "history", "nothing is told twice");
        let told: Value = serde_json::from_str(&frame.data).unwrap();
        errors += told["answers"]["500"].as_u64().unwrap_or(0);
    }
    assert_eq!(errors, 3);
    assert!(numbers.is_sorted_by(|a, b| a + 1 == *b), "{numbers:?}");
}

/// A page that is loaded anew shows as many answers as one that was there all the time.
#[tokio::test(start_paused = true)]
async fn the_history_has_the_second_that_is_not_over() {
    let front = front();
    let mut first = viewer(&front);
    answer(&front, "a", 200);
    first.named("digest").await;
    let mut second = viewer(&front);
    let history = second.named("history").await;
    assert_eq!(history["seconds"][0]["answers"], json!({"200": 1}));
    answer(&front, "a", 200);
    assert_eq!(second.named("digest").await["answers"], json!({"200": 1}));
}

/// A digest a few times per second, whatever the rate; one per second when nothing happens.
#[tokio::test(start_paused = true)]
async fn events_do_not_grow_with_the_requests() {
    let front = front();
    let mut watching = viewer(&front);
    let mut events = 0;
    for rate in [0, 1, 1000] {
        for _ in 0..100 {
            for _ in 0..rate / 100 {
                answer(&front, "a", 200);
            }
            sleep(Duration::from_millis(10)).await;
        }
        let mut now = 0;
        while !watching.news.is_empty() || !watching.first.is_empty() {
            watching.next().await.unwrap();
            now += 1;
        }
        assert!(now <= 12, "{now} events at {rate} requests per second");
        events += now;
    }
    assert!(events >= 6, "{events}");
}

#[tokio::test(start_paused = true)]
async fn the_past_is_bounded() {
    let front = front();
    let mut watching = viewer(&front);
    for _ in 0..MOST_MARKS + 50 {
        front
            .feed
            .changed("a", None, Change::Fault(&"x".repeat(5000)));
    }
    let start = tokio::time::Instant::now();
    while start.elapsed() < Duration::from_secs(MOST_SECONDS as u64 + 100) {
        watching.next().await.unwrap();
    }
    let past = viewer(&front).named("history").await;
    let marks = past["marks"].as_array().unwrap();
    assert_eq!(marks.len(), MOST_MARKS);
    assert_eq!(marks[0]["cause"].as_str().unwrap().len(), 200);
    let seconds = past["seconds"].as_array().unwrap().len();
    assert_eq!(seconds, MOST_SECONDS + 1, "and the one that is not over");
}
