//! Ends of connections, and what becomes of the other side's.

use crate::case::{Act, Case, GET, OK, Setting, case, get_with, post_with, says, wait};
use crate::upstream::{Step, send};

pub(crate) fn cases() -> Vec<Case> {
    [kept(), client_leaves(), late()]
        .into_iter()
        .flatten()
        .collect()
}

fn kept() -> Vec<Case> {
    let close = || get_with("Connection: close");
    let error = says("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
    vec![
        case("connection: kept on both sides")
            .ask(GET)
            .ask(GET)
            .act(Act::Again)
            .ask(GET),
        case("connection: closed by the client's wish, kept at the host")
            .ask(close())
            .act(Act::Again)
            .ask(GET),
        case("connection: closed by the host's wish")
            .host(says(OK.replace("Date", "Connection: close\r\nDate")))
            .ask(GET)
            .ask(GET),
        case("connection: closed behind each answer")
            .host(vec![Step::Body, send(OK), Step::Close])
            .ask(GET)
            .act(Act::HostGone)
            .ask(GET)
            .act(Act::HostGone)
            .ask(post_with("Content-Length: 5", "hello")),
        case("connection: kept after 500")
            .host(error.clone())
            .ask(GET)
            .ask(GET),
        case("connection: kept after 404")
            .ask(GET.replace("/get", "/nothere"))
            .ask(GET),
        case("connection: kept after 503")
            .with(Setting::Refusing)
            .ask(GET)
            .ask(GET),
        case("connection: 503 and close")
            .with(Setting::Refusing)
            .ask(close()),
        case("connection: 404 and close").ask(close().replace("/get", "/nothere")),
        case("connection: 504 and close")
            .with(Setting::Timeout(200))
            .host(vec![Step::Body, Step::Hang])
            .ask(close()),
        case("connection: kept after 504, the host's is not")
            .with(Setting::Timeout(200))
            .host(vec![Step::Body, Step::Hang])
            .host(says(OK))
            .ask(GET)
            .act(Act::HostGone)
            .ask(GET),
        case("connection: kept after 502, the host's is not")
            .host(says("garbage\r\n\r\n"))
            .host(says(OK))
            .ask(GET)
            .ask(GET),
        case("connection: all ejected")
            .with(Setting::Ejecting(1))
            .host(error.clone())
            .ask(GET)
            .act(Act::Ejected)
            .ask(GET)
            .ask(GET),
        case("connection: a host that is ejected loses its idle ones")
            .with(Setting::Ejecting(1))
            .host(error)
            .ask(GET)
            .act(Act::Ejected)
            .act(Act::HostGone),
        case("connection: a cluster without hosts")
            .with(Setting::NoHosts)
            .ask(GET)
            .ask(close()),
    ]
}

fn client_leaves() -> Vec<Case> {
    let hang = || vec![Step::Body, Step::Hang];
    let half = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\npur";
    let body = post_with("Content-Length: 10", "hello");
    let chunks = post_with("Transfer-Encoding: chunked", "5\r\nhello\r\n");
    vec![
        case("client: leaves without a word")
            .act(Act::Leave)
            .act(Act::Again)
            .ask(GET),
        case("client: leaves in its head")
            .send("GET /get HT")
            .act(Act::Leave)
            .act(Act::Again)
            .ask(GET),
        case("client: leaves in its body")
            .send(body.clone())
            .host(vec![Step::Hang])
            .host(says(OK))
            .act(Act::Seen)
            .act(Act::Leave)
            .act(Act::HostGone)
            .act(Act::Again)
            .ask(GET),
        case("client: leaves between chunks")
            .send(chunks.clone())
            .host(vec![Step::Hang])
            .act(Act::Seen)
            .act(Act::Leave)
            .act(Act::HostGone),
        case("client: leaves while it waits")
            .host(hang())
            .host(says(OK))
            .send(GET)
            .act(Act::Seen)
            .act(Act::Leave)
            .act(Act::HostGone)
            .act(Act::Again)
            .ask(GET),
        case("client: leaves in the answer")
            .host(vec![Step::Body, send(half), Step::Hang])
            .host(says(OK))
            .send(GET)
            .act(Act::Until("pur"))
            .act(Act::Leave)
            .act(Act::HostGone)
            .act(Act::Again)
            .ask(GET),
        case("client: resets while it waits")
            .host(hang())
            .send(GET)
            .act(Act::Seen)
            .act(Act::Reset)
            .act(Act::HostGone),
        case("client: resets in the answer")
            .host(vec![Step::Body, send(half), Step::Hang])
            .send(GET)
            .act(Act::Until("pur"))
            .act(Act::Reset)
            .act(Act::HostGone),
        case("client: half closes without a word").act(Act::Shutdown),
        case("client: half closes in its head")
            .send("GET /get HT")
            .act(Act::Shutdown),
        case("client: half closes in its body")
            .send(body)
            .host(vec![Step::Hang])
            .act(Act::Seen)
            .act(Act::Shutdown)
            .act(Act::HostGone),
        case("client: half closes between chunks")
            .send(chunks)
            .host(vec![Step::Hang])
            .act(Act::Seen)
            .act(Act::Shutdown)
            .act(Act::HostGone),
        case("client: half closes while it waits")
            .host(hang())
            .send(GET)
            .act(Act::Seen)
            .act(Act::Shutdown)
            .act(Act::HostGone),
        case("client: half closes in the answer")
            .host(vec![Step::Body, send(half), wait(), send("ple")])
            .send(GET)
            .act(Act::Until("pur"))
            .act(Act::Shutdown)
            .act(Act::Go)
            .answers(1),
        case("client: half closes behind an answer")
            .ask(GET)
            .act(Act::Shutdown),
    ]
}

/// The route's time is over.
fn late() -> Vec<Case> {
    let part = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 6\r\n\r\npur";
    let chunk = "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npur\r\n";
    let slow = || case("").with(Setting::Timeout(200));
    let named = |name: &str, case: Case| Case {
        name: format!("late: {name}"),
        ..case
    };
    vec![
        named(
            "no answer to a body",
            slow()
                .host(vec![Step::Body, Step::Hang])
                .ask(post_with("Content-Length: 5", "hello")),
        ),
        named(
            "in the head of an answer",
            slow()
                .host(vec![Step::Body, send("HTTP/1.1 200 OK\r\nX"), Step::Hang])
                .ask(GET),
        ),
        named(
            "in a sized answer",
            slow()
                .host(vec![Step::Body, send(part), Step::Hang])
                .ask(GET)
                .act(Act::HostGone),
        ),
        named(
            "between chunks of an answer",
            slow()
                .host(vec![Step::Body, send(chunk), Step::Hang])
                .ask(GET)
                .act(Act::HostGone),
        ),
        named(
            "after a 103",
            slow()
                .host(vec![
                    Step::Body,
                    send("HTTP/1.1 103 Early Hints\r\n\r\n"),
                    Step::Hang,
                ])
                .ask(GET)
                .answers(1),
        ),
        named(
            "five times, and the host is ejected",
            slow()
                .with(Setting::Ejecting(1))
                .host(vec![Step::Body, Step::Reset])
                .ask(GET)
                .act(Act::Ejected)
                .ask(GET),
        ),
        named(
            "HEAD",
            slow()
                .host(vec![Step::Body, Step::Hang])
                .ask(GET.replace("GET", "HEAD")),
        ),
    ]
}
