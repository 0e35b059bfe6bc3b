//! Where an answer ends, whole or broken, and what may come before it.

use super::answers::{host, then_close};
use crate::case::{Case, GET, OK, case, says};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    [framings(), broken(), informational()]
        .into_iter()
        .flatten()
        .collect()
}

fn framings() -> Vec<Case> {
    let ok =
        |lines: &str, body: &str| format!("HTTP/1.1 200 OK\r\nDate: x\r\n{lines}\r\n\r\n{body}");
    let te = "Transfer-Encoding: chunked";
    vec![
        host("chunks", ok(te, "3\r\npur\r\n3\r\nple\r\n0\r\n\r\n")).ask(GET),
        host("no chunks at all", ok(te, "0\r\n\r\n")).ask(GET),
        host(
            "chunk extensions",
            ok(te, "6;a=b;c=\"d\"\r\npurple\r\n0;x\r\n\r\n"),
        )
        .ask(GET),
        host(
            "trailers",
            ok(
                "Transfer-Encoding: chunked\r\nTrailer: X-Sum",
                "6\r\npurple\r\n0\r\nX-Sum: 1\r\n\r\n",
            ),
        )
        .ask(GET),
        host(
            "a malformed trailer",
            ok(te, "6\r\npurple\r\n0\r\nX Sum\r\n\r\n"),
        ),
        host("chunks with bare line feeds", ok(te, "6\npurple\n0\n\n")),
        host(
            "a chunk size that is none",
            ok(te, "6\r\npurple\r\nx\r\n\r\n"),
        ),
        host(
            "a first chunk size that is none",
            ok(te, "x\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "a chunk that is longer than it says",
            ok(te, "5\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "a chunk size of 2^64",
            ok(te, "10000000000000000\r\npurple\r\n0\r\n\r\n"),
        ),
        host(
            "the same length twice",
            ok("Content-Length: 6\r\nContent-Length: 6", "purple"),
        ),
        host(
            "the same length in a list",
            ok("Content-Length: 6, 6", "purple"),
        ),
        host(
            "two lengths",
            ok("Content-Length: 6\r\nContent-Length: 5", "purple"),
        ),
        host("a length that is none", ok("Content-Length: x", "purple")),
        host("a length below 0", ok("Content-Length: -1", "purple")),
        host("a length with a plus", ok("Content-Length: +6", "purple")),
        host("an empty length", ok("Content-Length:", "purple")),
        host(
            "a length and chunks",
            ok(
                "Content-Length: 6\r\nTransfer-Encoding: chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        host(
            "chunks and a length",
            ok(
                "Transfer-Encoding: chunked\r\nContent-Length: 6",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        host(
            "encoding gzip, chunked",
            ok(
                "Transfer-Encoding: gzip, chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        then_close("encoding gzip", ok("Transfer-Encoding: gzip", "purple")),
        then_close(
            "encoding identity",
            ok("Transfer-Encoding: identity", "purple"),
        ),
        host(
            "encoding chunked twice",
            ok(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "6\r\npurple\r\n0\r\n\r\n",
            ),
        ),
        then_close("no length, until the end", ok("X-A: 1", "purple")).ask(GET),
        then_close("no length, an empty body", ok("X-A: 1", "")).ask(GET),
        then_close(
            "no length, Connection: close",
            ok("Connection: close", "purple"),
        )
        .ask(GET),
        host("HTTP/1.0 with a length", OK.replace("HTTP/1.1", "HTTP/1.0")).ask(GET),
        host(
            "HTTP/1.0 with keep-alive",
            OK.replace(
                "HTTP/1.1 200 OK",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive",
            ),
        )
        .ask(GET),
        then_close(
            "HTTP/1.0 until the end",
            "HTTP/1.0 200 OK\r\nDate: x\r\n\r\npurple",
        )
        .ask(GET),
        host(
            "HTTP/1.0 with chunks",
            ok(te, "6\r\npurple\r\n0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"),
        ),
        host("HTTP/1.2", OK.replace("HTTP/1.1", "HTTP/1.2")),
        host("HTTP/2.0", OK.replace("HTTP/1.1", "HTTP/2.0")),
        host("HTTP/0.9", "purple"),
        host("ICY", OK.replace("HTTP/1.1", "ICY")),
        host(
            "more than was asked for",
            format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
        )
        .ask(GET),
        host("bytes behind it", format!("{OK}garbage")).ask(GET),
    ]
}

fn broken() -> Vec<Case> {
    let ends = |name: &str, answer: &str, how: Step| {
        case(format!("answer: {name}"))
            .host(vec![Step::Body, send(answer), how])
            .host(says(OK))
            .ask(GET)
            .ask(GET)
    };
    let sized = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\npur";
    let chunks = "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n";
    vec![
        ends("closed in the status line", "HTTP/1.1 20", Step::Close),
        ends("reset in the status line", "HTTP/1.1 20", Step::Reset),
        ends(
            "closed in its head",
            "HTTP/1.1 200 OK\r\nContent-Le",
            Step::Close,
        ),
        ends(
            "reset in its head",
            "HTTP/1.1 200 OK\r\nContent-Le",
            Step::Reset,
        ),
        ends(
            "closed before a sized body",
            "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\n",
            Step::Close,
        ),
        ends("closed in a sized body", sized, Step::Close),
        ends("reset in a sized body", sized, Step::Reset),
        ends("closed between chunks", chunks, Step::Close),
        ends("reset between chunks", chunks, Step::Reset),
        ends(
            "closed in a chunk",
            &format!("{chunks}3\r\npl"),
            Step::Close,
        ),
        ends(
            "closed in the last chunk",
            &format!("{chunks}0\r\n"),
            Step::Close,
        ),
        ends("closed behind the body", OK, Step::Close),
        ends("reset behind the body", OK, Step::Reset),
        ends("half closed behind the body", OK, Step::Shutdown),
        ends("half closed in a sized body", sized, Step::Shutdown),
        case("answer: closed without one")
            .host(vec![Step::Body, Step::Close])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: reset without one")
            .host(vec![Step::Body, Step::Reset])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: half closed without one")
            .host(vec![Step::Body, Step::Shutdown, Step::Hang])
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("answer: garbage, then a good one")
            .host(says("garbage\r\n\r\n"))
            .host(says(OK))
            .ask(GET)
            .ask(GET),
    ]
}

fn informational() -> Vec<Case> {
    let before = |name: &str, first: &str| host(name, format!("{first}{OK}")).answers(1).ask(GET);
    vec![
        before("100 that was not asked for", "HTTP/1.1 100 Continue\r\n\r\n"),
        before("102", "HTTP/1.1 102 Processing\r\n\r\n"),
        before("103 with a link", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
        before("103 twice", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
        before("100 and 103", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
        before("199", "HTTP/1.1 199 What\r\n\r\n"),
        before("103 with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 4\r\n\r\n"),
        host("101 that was not asked for", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes").ask(GET),
        host("101 with a length", "HTTP/1.1 101 Switching Protocols\r\nContent-Length: 6\r\n\r\npurple").ask(GET),
        then_close("103 and no more", "HTTP/1.1 103 Early Hints\r\nLink: <b>\r\n\r\n"),
    ]
}
