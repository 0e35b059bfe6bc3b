//! A router as hyper wants it.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::{HttpService, service_fn};
use tower::Service;

use super::HangUp;
use super::talk::{Answer, Talk};

/// The answers of one server.
pub(super) struct Answers {
    router: Router,
    are_last: Arc<AtomicBool>,
}

impl Answers {
    pub(super) fn new(router: Router) -> Self {
        Self {
            router,
            are_last: Arc::default(),
        }
    }

    /// From now on each is the last of its connection, and says so.
    pub(super) fn are_last(&self) {
        self.are_last.store(true, Ordering::Relaxed);
    }

    /// Those on one connection. An error makes hyper close it without a word.
    pub(super) fn on(
        &self,
        talk: Arc<Talk>,
    ) -> impl HttpService<Incoming, ResBody = Answer, Error = HungUp, Future: Send> + use<> {
        let router = self.router.clone();
        let are_last = Arc::clone(&self.are_last);
        service_fn(move |request: Request<Incoming>| {
            let in_flight = talk.begin();
            // A router is always ready.
            let answer = router.clone().call(request);
            let are_last = Arc::clone(&are_last);
            async move {
                let Ok::<Response, Infallible>(mut response) = answer.await;
                if response.extensions().get::<HangUp>().is_some() {
                    return Err(HungUp);
                }
                if are_last.load(Ordering::Relaxed) {
                    let close = HeaderValue::from_static("close");
                    response.headers_mut().insert(CONNECTION, close);
                }
                Ok(response.map(in_flight))
            }
        })
    }
}

/// The handler asked for [`HangUp`].
#[derive(Debug)]
pub(super) struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hung up on request of the handler")
    }
}

impl Error for HungUp {}
