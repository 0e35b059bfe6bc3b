//! Both routers without a socket: every line of the contract, every kind of fault.

#![cfg(test)]

mod contract;
mod control;
mod faults;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use colorapp::Replica;
use serde_json::Value;
use tower::ServiceExt;

const UID: &str = "colorapp-1";

/// The two ports of one replica.
struct Ports {
    main: Router,
    control: Router,
    replica: Replica,
}

fn ports() -> Ports {
    let replica = Replica::new(UID.parse().unwrap(), 9080);
    Ports {
        main: colorapp::app(replica.clone()),
        control: colorapp::control(replica.clone()),
        replica,
    }
}

/// An answer, whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    hung_up: bool,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

async fn ask(port: &Router, method: &str, uri: &str) -> Answer {
    let request = Request::builder().method(method).uri(uri);
    send(port, request.body(Body::empty()).unwrap()).await
}

async fn send(port: &Router, request: Request) -> Answer {
    let (head, body) = port.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
        hung_up: head.extensions.get::<service::HangUp>().is_some(),
    }
}

async fn get(port: &Router, uri: &str) -> Answer {
    ask(port, "GET", uri).await
}
