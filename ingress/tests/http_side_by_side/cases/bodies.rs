//! Large bodies both ways, slow readers, and answers before the end of a request.

use crate::case::{Act, Case, GET, OK, case, post_with, says, wait};
use crate::upstream::{Step, send};

const LARGE: usize = 5 << 20;

pub(crate) fn cases() -> Vec<Case> {
    [large(), slow(), early()].into_iter().flatten().collect()
}

fn bytes() -> Vec<u8> {
    (0..LARGE).map(|at| (at % 251) as u8).collect()
}

fn chunked() -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in bytes().chunks(70_001) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}

fn request(framing: &str, body: Vec<u8>) -> Vec<u8> {
    [post_with(framing, "").into_bytes(), body].concat()
}

fn answer(framing: &str, body: Vec<u8>) -> Vec<u8> {
    [
        format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n").into_bytes(),
        body,
    ]
    .concat()
}

fn sized() -> String {
    format!("Content-Length: {LARGE}")
}

const CHUNKED: &str = "Transfer-Encoding: chunked";

fn large() -> Vec<Case> {
    vec![
        case("body: 5 MiB to the host, sized")
            .ask(request(&sized(), bytes()))
            .ask(GET),
        case("body: 5 MiB to the host, in chunks")
            .ask(request(CHUNKED, chunked()))
            .ask(GET),
        case("body: 5 MiB to the client, sized")
            .host(says(answer(&sized(), bytes())))
            .ask(GET)
            .ask(GET),
        case("body: 5 MiB to the client, in chunks")
            .host(says(answer(CHUNKED, chunked())))
            .ask(GET)
            .ask(GET),
        case("body: 5 MiB to the client, until the end")
            .host(vec![
                Step::Body,
                send(answer("X-A: 1", bytes())),
                Step::Close,
            ])
            .ask(GET)
            .ask(GET),
        case("body: 5 MiB both ways")
            .host(says(answer(&sized(), bytes())))
            .ask(request(&sized(), bytes())),
        case("body: 5 MiB both ways, in chunks")
            .host(says(answer(CHUNKED, chunked())))
            .ask(request(CHUNKED, chunked())),
        case("body: 5 MiB asked for by HEAD")
            .host(says(format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", sized())))
            .ask(GET.replace("GET", "HEAD"))
            .ask(GET.replace("GET", "HEAD")),
    ]
}

/// Neither side may be asked to hold what the other does not take.
fn slow() -> Vec<Case> {
    vec![
        case("body: a client that takes the answer slowly")
            .host(says(answer(&sized(), bytes())))
            .act(Act::Slowly)
            .ask(GET)
            .ask(GET),
        case("body: a host that takes the request slowly")
            .host(vec![Step::Slowly, Step::Body, send(OK)])
            .ask(request(&sized(), bytes()))
            .ask(GET),
        case("body: a host that takes chunks slowly")
            .host(vec![Step::Slowly, Step::Body, send(OK)])
            .ask(request(CHUNKED, chunked())),
        case("body: parts of an answer as they come")
            .host(vec![
                Step::Body,
                send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n"),
                wait(),
                send("3\r\nple\r\n0\r\n\r\n"),
            ])
            .send(GET)
            .act(Act::Until("pur"))
            .act(Act::Go)
            .answers(1),
        case("body: a head and its body in pieces")
            .host(vec![
                Step::Body,
                send("HTTP/1.1 200 OK\r\nContent-"),
                wait(),
                send("Length: 6\r\n\r\npur"),
                send("ple"),
            ])
            .send("POST /get HT")
            .send("TP/1.1\r\nHost: colorapp\r\nContent-Len")
            .send("gth: 5\r\n\r\nhe")
            .send("llo")
            .act(Act::Go)
            .answers(1),
    ]
}

/// An answer does not wait for the rest of its request.
fn early() -> Vec<Case> {
    let refused = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\nno";
    let cut = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
    let half = || post_with("Content-Length: 10", "hello");
    vec![
        case("early answer: the rest never comes")
            .host(vec![send(refused), Step::Hang])
            .ask(half()),
        case("early answer: the host closes")
            .host(vec![send(cut), Step::Close])
            .ask(half()),
        case("early answer: the host says so and goes on reading")
            .host(vec![send(cut), Step::Shutdown, Step::Hang])
            .host(says(OK))
            .ask(half()),
        case("early answer: in chunks")
            .host(vec![send(refused), Step::Hang])
            .ask(post_with(CHUNKED, "5\r\nhello\r\n")),
        case("early answer: 200")
            .host(vec![send(OK), Step::Hang])
            .ask(half()),
        case("early answer: 500")
            .host(vec![
                send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
                Step::Hang,
            ])
            .ask(half()),
        case("early answer: its own body is not whole yet")
            .host(vec![
                send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npur"),
                wait(),
                send("ple"),
            ])
            .send(half())
            .act(Act::Until("pur"))
            .send("world")
            .act(Act::Go)
            .answers(1),
        case("early answer: another request on the host's connection")
            .host(vec![send(refused), Step::Hang])
            .host(says(OK))
            .ask(half())
            .act(Act::Again)
            .ask(GET),
        case("early answer: no route").ask(half().replace("/get", "/nothere")),
        case("early answer: no host")
            .with(crate::case::Setting::NoHosts)
            .ask(half()),
        case("early answer: connection refused")
            .with(crate::case::Setting::Refusing)
            .ask(half()),
        case("early answer: a whole body that leads nowhere")
            .ask(post_with("Content-Length: 5", "hello").replace("/get", "/nothere")),
    ]
}
