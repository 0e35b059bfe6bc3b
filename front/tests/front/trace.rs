//! A trace goes through `front`.

use axum::Router;
use axum::http::HeaderMap;

use crate::fakes::{Front, serve};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A front whose colorapp answers with the names and values of the headers that it is asked with.
async fn front_of_echo() -> Front {
    let echo = async |headers: HeaderMap| {
        let mut lines: Vec<String> = headers
            .iter()
            .filter(|(name, _)| *name != "host" && *name != "accept")
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        lines.join("\n")
    };
    Front::of_color(serve(Router::new().fallback(echo)).await)
}

#[tokio::test]
async fn the_trace_of_a_request_is_handed_on_and_nothing_else_of_its_headers() {
    let front = front_of_echo().await;
    let headers = [
        ("traceparent", PARENT),
        ("tracestate", "vendor=1"),
        ("cookie", "secret"),
    ];
    for path in [
        "/get",
        "/color/get",
        "/color/fault",
        "/color/recover",
        "/fault",
        "/recover",
    ] {
        let reply = front.get_with(&headers, path).await;
        let expected = format!("traceparent: {PARENT}\ntracestate: vendor=1\n");
        reply.assert(200, &expected);
    }
}

#[tokio::test]
async fn nothing_is_made_up_where_there_is_no_trace() {
    let front = front_of_echo().await;
    front.get("/get").await.assert(200, "\n");
    let broken = [("traceparent", "00-4bf9"), ("tracestate", "vendor=1")];
    front.get_with(&broken, "/get").await.assert(200, "\n");
}
