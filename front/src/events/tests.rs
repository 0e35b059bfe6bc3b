//! The feed on a paused clock, with nobody to look at.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::FutureExt;
use serde_json::{Value, json};
use service::Stop;
use tokio::time::sleep;

use super::feed::QUEUE;
use super::history::{MOST_MARKS, MOST_SECONDS};
use super::marks::{Kind, Known};
use super::watch::LINGER;
use super::*;
use crate::by::By;
use crate::hosts::Hosts;
use crate::look::Look;
use crate::mesh_view::MeshReport;
use crate::replicas::{Change, Found, Replica};
use crate::state::Front;
use crate::stats::Counts;
use crate::{AppState, Settings};

fn front() -> Arc<Front> {
    let env = BTreeMap::from([("COLOR_SERVICE_ENDPOINT", "colorapp:8080")]);
    AppState::new(&Settings::from_env(&env).unwrap(), Stop::new()).0
}

fn viewer(front: &Arc<Front>) -> Viewer {
    let place = front.feed.place().expect("there is a place");
    Viewer::new(front.feed.clone(), None, place)
}

fn answer(front: &Front, uid: &str, status: u16) {
    let status = StatusCode::from_u16(status).unwrap();
    let time = Duration::from_millis(3);
    front.stats.answered(By::Host(uid), status, time);
}

impl Viewer {
    async fn named(&mut self, event: &str) -> Value {
        loop {
            let frame = self.next().await.unwrap();
            if frame.event == event {
                return serde_json::from_str(&frame.data).unwrap();
            }
        }
    }
}

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

/// The slow one stays connected, costs a queue of fixed length that it shares, and goes on with the present.
#[tokio::test(start_paused = true)]
async fn a_viewer_that_does_not_read_holds_up_nobody() {
    let front = front();
    let mut slow = viewer(&front);
    let mut quick = viewer(&front);
    for _ in 0..10 * QUEUE {
        answer(&front, "a", 200);
        let digest = quick.named("digest").await;
        assert_eq!(digest["answers"], json!({"200": 1}));
        assert!(front.feed.waiting() <= QUEUE);
        while !quick.news.is_empty() {
            quick.next().await.unwrap();
        }
    }
    // What it got first is still there; then it is told that it missed something, and the present.
    assert_eq!(slow.named("history").await["complete"], true);
    assert_eq!(slow.named("history").await["complete"], false);
    let present = slow.named("hosts").await;
    assert_eq!(present["hosts"][0]["counter"]["Total"], 10 * QUEUE);
    answer(&front, "a", 200);
    assert_eq!(slow.named("digest").await["answers"], json!({"200": 1}));
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

#[tokio::test(start_paused = true)]
async fn a_hundred_viewers_are_served_by_one_task() {
    let front = front();
    let mut all: Vec<_> = (0..100).map(|_| viewer(&front)).collect();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks(),
        1
    );
    answer(&front, "a", 200);
    let mut told = Vec::new();
    for one in &mut all {
        loop {
            let digest = one.named("digest").await;
            if digest["answers"] == json!({"200": 1}) {
                told.push(digest);
                break;
            }
        }
    }
    assert!(told.iter().all(|digest| *digest == told[0]));
}

#[tokio::test(start_paused = true)]
async fn without_a_viewer_nothing_is_counted_and_nobody_looks() {
    let front = front();
    answer(&front, "a", 200);
    assert!(!front.stats.is_watched());
    let watching = viewer(&front);
    assert!(front.stats.is_watched());
    drop(watching);
    // A page that is loaded again finds the task still there.
    sleep(LINGER / 2).await;
    assert!(front.stats.is_watched());
    sleep(LINGER).await;
    assert!(!front.stats.is_watched());
    assert_eq!(
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks(),
        0
    );
    // The next one starts it again, and hears nothing of what was answered meanwhile.
    answer(&front, "a", 200);
    let mut next = viewer(&front);
    assert_eq!(next.named("digest").await["answers"], json!({}));
    let state = viewer(&front).named("hosts").await;
    assert_eq!(state["hosts"][0]["counter"]["Total"], 2);
}

/// A countdown alone is no news.
#[test]
fn what_counts_from_now_is_not_told_anew() {
    let at = |remaining: u64| {
        let fault = json!({"status": 500, "remaining_ms": remaining});
        let mut host = ejected("1970-01-01T00:00:01Z").unwrap();
        host["returns_in_ms"] = json!(remaining);
        host["ejected_for_ms"] = json!(9000 - remaining);
        Hosts::new(&look(Some(fault), Some(host)), &Counts::default())
    };
    assert!(at(3000) != at(2500));
    assert!(at(3000).still() == at(2500).still());
    let well = Hosts::new(&look(None, healthy()), &Counts::default());
    assert!(at(3000).still() != well.still());
}

/// A look at one replica.
fn look(fault: Option<Value>, mesh: Option<Value>) -> Look {
    let address = SocketAddr::from(([127, 0, 0, 1], 9080));
    let replica = Replica {
        uid: "a".to_owned(),
        control: address,
        address,
        fault,
    };
    let mesh = mesh.map_or_else(MeshReport::default, |host| {
        let body = json!({"clusters": [{"name": "c", "hosts": [host]}]});
        MeshReport::of_outliers(body.to_string().as_bytes())
    });
    Look {
        found: Some(Found {
            replicas: vec![replica],
            silent: Vec::new(),
            lost: Vec::new(),
        }),
        mesh,
    }
}

fn ejected(since: &str) -> Option<Value> {
    Some(json!({
        "address": "127.0.0.1:9080", "state": "ejected", "why": "5 errors in a row", "ejected_at": since,
    }))
}

fn healthy() -> Option<Value> {
    Some(json!({"address": "127.0.0.1:9080", "state": "healthy", "why": "back"}))
}

fn kinds(known: &mut Known, look: &Look, first: bool) -> Vec<(Kind, u64, Option<String>)> {
    let marks = known.look(look, first, true, 7);
    let of = marks.into_iter();
    of.map(|mark| (mark.kind, mark.at, mark.cause)).collect()
}

#[test]
fn an_ejection_is_marked_once_with_its_own_time_and_reason_and_the_return_when_it_is_seen() {
    let mut known = Known::default();
    let reason = |text: &str| Some(text.to_owned());
    let first = look(None, ejected("1970-01-01T00:00:01.500Z"));
    // Also in a first look: the mesh tells when it was.
    assert_eq!(
        kinds(&mut known, &first, true),
        [(Kind::Ejection, 1500, reason("5 errors in a row"))]
    );
    assert_eq!(kinds(&mut known, &first, false), []);
    // A mesh that does not answer is no return.
    assert_eq!(kinds(&mut known, &look(None, None), false), []);
    assert_eq!(
        kinds(&mut known, &look(None, healthy()), false),
        [(Kind::Return, 7, reason("back"))]
    );
    let again = look(None, ejected("1970-01-01T00:00:02Z"));
    assert_eq!(kinds(&mut known, &again, false)[0].1, 2000);
    // Somebody looked away, and does not know when it came back.
    assert_eq!(kinds(&mut known, &look(None, healthy()), true), []);
}

#[test]
fn a_fault_that_somebody_else_set_or_that_ended_by_itself_is_marked_when_it_is_seen() {
    let mut known = Known::default();
    let faulty = look(Some(json!({"status": 500})), None);
    let well = look(None, None);
    assert_eq!(kinds(&mut known, &well, true), []);
    assert_eq!(
        kinds(&mut known, &faulty, false),
        [(Kind::Fault, 7, Some(r#"{"status":500}"#.to_owned()))]
    );
    assert_eq!(kinds(&mut known, &well, false), [(Kind::Recover, 7, None)]);
    known.changed("a", true);
    assert_eq!(kinds(&mut known, &faulty, false), [], "it is known");
    // A look that began before the change has nothing to say of faults.
    assert_eq!(known.look(&well, false, false, 7), []);
}

/// Nobody is out without an error, and who is out is not known before somebody looks.
#[tokio::test]
async fn the_first_error_ends_the_calm_and_asks_for_a_look() {
    let front = front();
    front.stats.watch();
    let asked = |status| {
        answer(&front, "a", status);
        front.feed.digest();
        front.feed.news.notified().now_or_never().is_some()
    };
    assert!(!asked(200), "a good answer is no reason to look");
    assert!(asked(500));
    assert!(!asked(500), "looks come often by now");
    assert!(!front.feed.is_calm());
    assert!(!asked(200));
    assert!(front.feed.is_calm());
}

#[tokio::test(start_paused = true)]
async fn a_fault_or_an_ejection_is_no_calm() {
    let front = front();
    for (seen, calm) in [
        (look(None, healthy()), true),
        (look(Some(json!({"status": 500})), healthy()), false),
        (look(None, ejected("1970-01-01T00:00:01.500Z")), false),
        (look(None, None), true),
    ] {
        front.feed.saw(Arc::new(seen), front.feed.changes());
        assert_eq!(front.feed.is_calm(), calm);
    }
}
