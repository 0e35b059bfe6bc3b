//! The feed on a paused clock, with nobody to look at.

mod digests;
mod looks;
mod viewers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use service::Stop;

use super::Viewer;
use crate::by::By;
use crate::state::Front;
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
