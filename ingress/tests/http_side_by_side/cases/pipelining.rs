//! Several requests at once.

use crate::case::{Case, GET, OK, case, get_with, post_with, says};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    let nowhere = GET.replace("/get", "/nothere");
    let head = GET.replace("GET", "HEAD");
    let sized = post_with("Content-Length: 5", "hello");
    let chunked = post_with("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
    let pipe = |name: &str, requests: &[&str], answers: usize| {
        case(format!("pipelined: {name}"))
            .send(requests.concat())
            .answers(answers)
    };
    vec![
        pipe("three", &[GET, GET, GET], 3),
        pipe("fifty", &[GET].repeat(50), 50),
        pipe("bodies of both kinds", &[&sized, &chunked, GET, &chunked, &sized], 5),
        pipe("a line between two", &[&sized, "\r\n", GET], 2),
        pipe("a 404 between two", &[GET, &nowhere, GET], 3),
        pipe("a 404 with a body between two", &[GET, &sized.replace("/get", "/nothere"), GET], 3),
        pipe("malformed behind two", &[GET, GET, "BANANA\r\n\r\n"], 3),
        pipe("malformed between two", &[GET, "BANANA\r\n\r\n", GET], 2),
        pipe("malformed behind a 404", &[&nowhere, "BANANA\r\n\r\n"], 2),
        pipe("close between two", &[GET, &get_with("Connection: close"), GET], 2),
        pipe("HTTP/1.0 behind two", &[GET, &nowhere, "GET /get HTTP/1.0\r\nHost: colorapp\r\n\r\n"], 3),
        pipe("HTTP/1.0 behind one", &[GET, "GET /get HTTP/1.0\r\nHost: colorapp\r\n\r\n"], 2),
        pipe("HTTP/1.0 between two", &[GET, "GET /get HTTP/1.0\r\nHost: colorapp\r\n\r\n", GET], 2),
        pipe("framed twice behind two", &[GET, &sized, &post_with("Content-Length: 5\r\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")], 3),
        pipe("no host behind two", &[GET, GET, "GET /get HTTP/1.1\r\n\r\n"], 3),
        pipe("no host between two", &[GET, "GET /get HTTP/1.1\r\n\r\n", GET], 2),
        pipe("an upgrade behind one", &[GET, &get_with("Connection: Upgrade\r\nUpgrade: websocket")], 2),
        pipe("an upgrade between two", &[GET, &get_with("Connection: Upgrade\r\nUpgrade: websocket"), GET], 2),
        pipe("CONNECT behind one", &[GET, "CONNECT colorapp:80 HTTP/1.1\r\nHost: colorapp:80\r\n\r\n"], 2),
        pipe("101 headers behind one", &[GET, &get_with(&"x: y\r\n".repeat(100))], 2),
        pipe("61 KiB behind one", &[GET, &get_with(&format!("x: {}", "y".repeat(61 << 10)))], 2),
        pipe("an Expect behind one", &[GET, &post_with("Expect: 100-continue\r\nContent-Length: 5", "hello"), GET], 4),
        pipe("half a request behind one", &[GET, "GET /ge"], 1).ask("t HTTP/1.1\r\nHost: colorapp\r\n\r\n"),
        case("pipelined: HEAD and GET").send([&head, GET].concat()).act(crate::case::Act::Answer { to_head: true }).answers(1),
        pipe("answers of many kinds", &[GET, GET, GET, GET], 4)
            .host(says("HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n"))
            .host(says("HTTP/1.1 500 No\r\nContent-Length: 2\r\nDate: x\r\n\r\nno"))
            .host(says("HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npurple\r\n0\r\n\r\n"))
            .host(says(OK)),
        pipe("a reset between two", &[GET, GET, GET], 3).host(says(OK)).host(vec![Step::Body, Step::Reset]).host(says(OK)),
        pipe("garbage between two", &[GET, GET, GET], 3).host(says(OK)).host(says("garbage\r\n\r\n")).host(says(OK)),
        pipe("a broken body between two", &[GET, GET, GET], 2)
            .host(says(OK))
            .host(vec![Step::Body, send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur"), Step::Close])
            .host(says(OK)),
        pipe("an early answer between two", &[GET, &post_with("Content-Length: 10", "hello"), "world", GET], 3)
            .host(says(OK))
            .host(vec![send("HTTP/1.1 413 No\r\nContent-Length: 0\r\nDate: x\r\n\r\n"), Step::Hang])
            .host(says(OK)),
    ]
}
