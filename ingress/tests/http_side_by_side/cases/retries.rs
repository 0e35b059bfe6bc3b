//! App Mesh's default retries.

use crate::case::{Case, GET, OK, Setting, case, get_with, post_with, says};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    let busy = || says("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
    let retried = |name: &str| case(format!("retried: {name}")).with(Setting::Retries(15_000));
    let body = post_with("Content-Length: 5", "hello");
    let chunks = post_with(
        "Transfer-Encoding: chunked",
        "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    let long = |n: usize| post_with(&format!("Content-Length: {n}"), &"x".repeat(n));
    vec![
        retried("503, then 200")
            .host(busy())
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        retried("503 three times").host(busy()).ask(GET),
        retried("a body")
            .host(busy())
            .host(says(OK))
            .ask(body.clone())
            .ask(GET),
        retried("chunks")
            .host(busy())
            .host(busy())
            .host(says(OK))
            .ask(chunks),
        retried("HEAD")
            .host(says("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\n"))
            .host(says(OK.replace("purple", "")))
            .ask(GET.replace("GET", "HEAD")),
        retried("a body with Expect")
            .host(busy())
            .host(says(OK))
            .ask(post_with("Expect: 100-continue\r\nContent-Length: 5", ""))
            .ask("hello"),
        retried("a body of 1 MiB")
            .host(busy())
            .host(says(OK))
            .ask(long(1 << 20)),
        retried("a body of 2 MiB")
            .host(busy())
            .host(says(OK))
            .ask(long(2 << 20)),
        retried("503 with a long body")
            .host(says(format!(
                "HTTP/1.1 503 Busy\r\nContent-Length: {}\r\n\r\n{}",
                1 << 20,
                "x".repeat(1 << 20)
            )))
            .host(says(OK))
            .ask(GET),
        retried("503 with chunks")
            .host(says(
                "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n",
            ))
            .host(says(OK))
            .ask(GET),
        retried("503 that ends with its connection")
            .host(vec![
                Step::Body,
                send("HTTP/1.1 503 Busy\r\n\r\nbusy"),
                Step::Close,
            ])
            .host(says(OK))
            .ask(GET),
        retried("not 500")
            .host(says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"))
            .host(says(OK))
            .ask(GET),
        retried("not 502")
            .host(says("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n"))
            .host(says(OK))
            .ask(GET),
        retried("not a reset")
            .host(vec![Step::Body, Step::Reset])
            .host(says(OK))
            .ask(GET),
        retried("not garbage")
            .host(says("garbage\r\n\r\n"))
            .host(says(OK))
            .ask(GET),
        retried("not what the client wishes")
            .host(says("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"))
            .host(says(OK))
            .ask(get_with("X-Envoy-Retry-On: 5xx\r\nX-Envoy-Max-Retries: 5")),
        retried("within the route's time")
            .with(Setting::Retries(300))
            .host(busy())
            .host(vec![Step::Body, Step::Hang])
            .ask(body.clone()),
        retried("a body within the route's time")
            .with(Setting::Retries(300))
            .host(busy())
            .host(vec![Step::Body, Step::Hang])
            .ask(GET),
        retried("within an attempt's time")
            .with(Setting::PerTry(300))
            .host(vec![Step::Body, Step::Hang])
            .host(busy())
            .host(says(OK))
            .ask(body.clone()),
        retried("not within an attempt's time")
            .with(Setting::PerTry(100))
            .host(vec![Step::Body, Step::Hang])
            .ask(GET),
        retried("503, and the client closes")
            .host(busy())
            .host(says(OK))
            .ask(get_with("Connection: close")),
    ]
}
