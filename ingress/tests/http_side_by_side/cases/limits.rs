//! Limits of connections to hosts, requests that wait for one, and connections that wait for a request.

use crate::case::{Act, Case, GET, Limited, OK, Setting, case, post_with, says, wait};
use crate::upstream::{Step, send};

/// One host, one connection.
const ONE: Limited = Limited {
    hosts: 1,
    connections: 1,
    pending: 10,
    timeout: 15_000,
};

pub(crate) fn cases() -> Vec<Case> {
    [waiting(), refused(), idle()]
        .into_iter()
        .flatten()
        .collect()
}

fn limited(name: &str, limits: Limited) -> Case {
    case(format!("limit: {name}")).with(Setting::Limited(limits))
}

/// A GET that is told from others.
fn get(target: &str) -> String {
    GET.replace("/get", target)
}

/// The first request is under way until [`Act::Go`], and another one waits for its connection.
fn one_waits(case: Case, first: Vec<Step>) -> Case {
    case.host([vec![Step::Body, wait()], first].concat())
        .host(says(OK))
        .send(get("/get/1"))
        .act(Act::Seen)
        .act(Act::As(1))
        .send(get("/get/2"))
        .act(Act::Waiting(1))
}

fn waiting() -> Vec<Case> {
    let in_use = |name: &str| one_waits(limited(name, ONE), vec![send(OK)]);
    let both = |case: Case| {
        case.act(Act::Counted)
            .act(Act::Go)
            .act(Act::As(0))
            .answers(1)
            .act(Act::As(1))
            .answers(1)
            .act(Act::Counted)
    };
    let three_of_five = Limited {
        hosts: 5,
        connections: 3,
        ..ONE
    };
    let asks = |case: Case, n: usize| (0..n).fold(case, |case, _| case.ask(GET));
    vec![
        asks(limited("three connections, five hosts", three_of_five), 12).act(Act::Counted),
        both(in_use("one waits")),
        in_use("two wait")
            .act(Act::As(2))
            .send(get("/get/3"))
            .act(Act::Waiting(2))
            .act(Act::Counted)
            .act(Act::Go)
            .act(Act::As(0))
            .answers(1)
            .act(Act::As(1))
            .answers(1)
            .act(Act::As(2))
            .answers(1)
            .act(Act::Counted),
        both(one_waits(
            limited("one waits, and the connection is reset", ONE),
            vec![Step::Reset],
        )),
        both(one_waits(
            limited("one waits, and the host wants to close", ONE),
            vec![send(OK.replace("Date", "Connection: close\r\nDate"))],
        )),
        both(one_waits(
            limited("one waits with 500", ONE),
            vec![send("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno")],
        )),
        in_use("one waits and leaves")
            .act(Act::Leave)
            .act(Act::As(2))
            .send(get("/get/3"))
            .act(Act::Go)
            .answers(1)
            .act(Act::As(0))
            .answers(1),
        in_use("one waits with a body")
            .act(Act::As(2))
            .send(post_with("Content-Length: 5", "hello"))
            .act(Act::Waiting(2))
            .act(Act::Go)
            .answers(1),
        limited(
            "one waits too long",
            Limited {
                timeout: 300,
                ..ONE
            },
        )
        .host(vec![Step::Hang])
        .host(says(OK))
        .send(post_with("Content-Length: 5", ""))
        .act(Act::Seen)
        .act(Act::As(1))
        .ask(GET)
        .act(Act::Counted),
    ]
}

fn refused() -> Vec<Case> {
    let none = Limited { pending: 0, ..ONE };
    let one = Limited { pending: 1, ..ONE };
    vec![
        limited("none may wait", none)
            .ask(GET)
            .ask(GET.replace("GET", "HEAD")),
        one_waits(limited("one more than may wait", one), vec![send(OK)])
            .act(Act::As(2))
            .ask(GET)
            .act(Act::As(3))
            .ask(post_with("Content-Length: 5", "hello"))
            .act(Act::Counted)
            .act(Act::Go)
            .act(Act::As(0))
            .answers(1)
            .act(Act::As(1))
            .answers(1)
            .act(Act::As(2))
            .ask(GET)
            .act(Act::Counted),
    ]
}

fn idle() -> Vec<Case> {
    vec![
        case("idle: the connection to a host is closed")
            .with(Setting::Idle(100))
            .ask(GET)
            .act(Act::HostGone)
            .ask(GET)
            .act(Act::HostGone)
            .act(Act::Counted),
    ]
}
