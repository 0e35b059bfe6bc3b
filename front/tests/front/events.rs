//! `/events`: the same as `/hosts`, as it changes.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::Method;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;

use crate::fakes::{Front, Replica};

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who watches.
struct Viewer(BodyDataStream);

impl Viewer {
    async fn new(front: &Front) -> Self {
        let response = front.open(Method::GET, "/events").await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    /// The JSON of the next event; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        let event = timeout(PATIENCE, self.0.next()).await.unwrap()?.unwrap();
        let event = String::from_utf8(event.to_vec()).unwrap();
        let (head, data) = event.split_once("\ndata: ").unwrap();
        assert_eq!(head, "event: hosts");
        Some(serde_json::from_str(data.trim_end()).unwrap())
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
