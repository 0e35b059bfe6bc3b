//! Viewers that do not read, many of them, and none.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{answer, front, viewer};
use crate::events::feed::QUEUE;
use crate::events::watch::LINGER;

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
