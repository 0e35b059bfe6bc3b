//! `/events` on the wire: what `/hosts` tells as it changes, what was answered, what happened.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::Method;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::fakes::{Front, Replica, color};

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who watches.
struct Viewer(BodyDataStream);

/// An event as it is on the wire.
#[derive(Debug)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Viewer {
    async fn new(front: &Front) -> Self {
        Self::after(front, &[]).await
    }

    /// With these headers.
    async fn after(front: &Front, headers: &[(&str, &str)]) -> Self {
        let response = front.send(Method::GET, headers, "/events").await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    /// The next event, whatever it is; `None` at the end.
    async fn any(&mut self) -> Option<Event> {
        let event = timeout(PATIENCE, self.0.next()).await.unwrap()?.unwrap();
        let event = String::from_utf8(event.to_vec()).unwrap();
        let field = |name: &str| {
            let mut lines = event.lines();
            let found = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
            found.unwrap_or_else(|| panic!("no {name}: {event}"))
        };
        assert_eq!(field("retry"), "200");
        Some(Event {
            id: field("id").to_owned(),
            name: field("event").to_owned(),
            data: serde_json::from_str(field("data")).unwrap(),
        })
    }

    /// The next event of this name.
    async fn named(&mut self, name: &str) -> Event {
        loop {
            let event = self.any().await.unwrap();
            if event.name == name {
                return event;
            }
        }
    }

    /// The next state of all hosts; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let mut event = self.any().await?;
            if event.name == "hosts" {
                event.data.as_object_mut().unwrap().remove("at").unwrap();
                return Some(event.data);
            }
        }
    }

    async fn next_fault(&mut self) -> Value {
        self.next().await.unwrap()["hosts"][0]["fault"].clone()
    }
}

#[tokio::test]
async fn a_viewer_sees_all_hosts_at_once_and_then_each_change() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let mut viewer = Viewer::new(&front).await;
    assert_eq!(viewer.next().await.unwrap(), front.hosts().await);
    front.get("/fault").await;
    assert_eq!(viewer.next_fault().await["status"], 500);
    front.get("/recover").await;
    assert_eq!(viewer.next_fault().await, Value::Null);
}

#[tokio::test]
async fn a_later_viewer_begins_with_the_present() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let mut first = Viewer::new(&front).await;
    assert_eq!(first.next_fault().await, Value::Null);
    let mut second = Viewer::new(&front).await;
    assert_eq!(second.next_fault().await, Value::Null);
    front.get("/fault").await;
    assert_eq!(first.next_fault().await["status"], 500);
    assert_eq!(second.next_fault().await["status"], 500);
}

#[tokio::test]
async fn the_stream_ends_at_the_stop() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let mut viewer = Viewer::new(&front).await;
    assert!(viewer.next().await.is_some());
    front.stop.request();
    assert_eq!(viewer.next().await, None);
}

/// What they see is computed once.
#[tokio::test]
async fn a_stream_ends_before_gateways_cut_it() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let mut viewer = Viewer::new(&front).await;
    let start = Instant::now();
    tokio::time::pause();
    while viewer.any().await.is_some() {}
    assert_eq!(start.elapsed().as_secs(), 14);
}

#[tokio::test]
async fn two_viewers_see_the_same() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::new(&[
        (
            "COLOR_SERVICE_ENDPOINT",
            &color(500, "aaaa-1", "").await.to_string(),
        ),
        ("COLOR_CONTROL_ENDPOINT", &replica.control.to_string()),
    ]);
    let (mut one, mut other) = (Viewer::new(&front).await, Viewer::new(&front).await);
    front.get("/get").await;
    front.get("/fault?status=503").await;
    for viewer in [&mut one, &mut other] {
        assert_eq!(viewer.any().await.unwrap().name, "history");
    }
    loop {
        let (one, other) = (one.any().await.unwrap(), other.any().await.unwrap());
        assert_eq!((&one.id, &one.data), (&other.id, &other.data));
        if one.name == "digest" && one.data["answers"] != json!({}) {
            assert_eq!(one.data["answers"], json!({"500": 1}));
            assert_eq!(one.data["hosts"], json!({"aaaa-1": {"500": 1}}));
            assert_eq!(one.data["mesh"], json!({}));
            assert!(one.data["latency_ms"]["p99"].as_f64().unwrap() > 0.0);
            break;
        }
    }
}

#[tokio::test]
async fn a_change_is_a_mark_whether_somebody_watches_or_not() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    front.get("/fault?status=503&percent=50").await;
    let mut viewer = Viewer::new(&front).await;
    let history = viewer.any().await.unwrap().data;
    assert_eq!(history["complete"], true);
    let fault = &history["marks"][0];
    assert_eq!(
        (&fault["kind"], &fault["host"], &fault["cause"]),
        (
            &json!("fault"),
            &json!("aaaa-1"),
            &json!("status=503&percent=50")
        )
    );
    front.get("/recover").await;
    let mark = viewer.named("mark").await;
    assert_eq!(mark.data["kind"], "recover");
    assert!(mark.id.ends_with(&format!("-{}", mark.data["seq"])));
}

#[tokio::test]
async fn who_comes_back_gets_only_what_it_missed() {
    let replica = Replica::start("aaaa-1").await;
    let front = Front::of(&[&replica]);
    let mut viewer = Viewer::new(&front).await;
    front.get("/fault").await;
    let seen = viewer.named("mark").await.id;
    drop(viewer);
    front.get("/recover").await;
    let mut back = Viewer::after(&front, &[("last-event-id", &seen)]).await;
    let mark = loop {
        let event = back.any().await.unwrap();
        assert_ne!(event.name, "history", "it knows that already");
        if event.name == "mark" {
            break event.data;
        }
    };
    assert_eq!(mark["kind"], "recover");
    for unknown in ["1-1", "x", "", &format!("{seen}0000")] {
        let mut viewer = Viewer::after(&front, &[("last-event-id", unknown)]).await;
        let history = viewer.any().await.unwrap().data;
        assert_eq!(history["complete"], true, "{unknown}");
        assert_eq!(history["marks"].as_array().unwrap().len(), 2, "{unknown}");
    }
}

#[tokio::test]
async fn one_viewer_too_many_is_refused_and_a_place_that_is_left_is_free() {
    let front = Front::new(&[("EVENTS_LIMIT", "2")]);
    let viewers = [Viewer::new(&front).await, Viewer::new(&front).await];
    front.get("/events").await.assert(
        503,
        "2 are watching already, as many as EVENTS_LIMIT lets: try again later\n",
    );
    drop(viewers);
    Viewer::new(&front).await;
}

#[tokio::test]
async fn counters_that_were_set_back_are_told() {
    let colorapp = color(200, "aaaa-1", "").await;
    let front = Front::of_color(colorapp);
    front.get("/get").await;
    let mut viewer = Viewer::new(&front).await;
    let total = |hosts: &Value| hosts["hosts"][0]["counter"]["Total"].clone();
    assert_eq!(total(&viewer.next().await.unwrap()), 1);
    front.get("/reset_stats").await;
    assert_eq!(viewer.next().await.unwrap()["hosts"], json!([]));
}
