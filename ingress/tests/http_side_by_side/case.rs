//! One case: what a client does, and what the hosts do.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::upstream::{Step, send};

/// A plain answer of a host, with its own date so that none is added.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nHostUID: c0\r\nDate: Mon, 23 Nov 2026 17:16:19 GMT\r\n\
    Content-Length: 6\r\nContent-Type: text/plain\r\n\r\npurple";

/// A plain request.
pub(crate) const GET: &str = "GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n\r\n";

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) setting: Setting,
    /// What the client does.
    pub(crate) acts: Vec<Act>,
    /// What the hosts do about the first request, the second, and so on; the last also for all others.
    pub(crate) host: Vec<Vec<Step>>,
    /// Whether the value of `server` is compared, too.
    pub(crate) compares_server: bool,
}

/// What is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// One host, 15 s, no retries.
    Plain,
    /// A route timeout of that many milliseconds.
    Timeout(u64),
    /// App Mesh's default retries, and a route timeout of that many milliseconds.
    Retries(u64),
    /// Retries of what a gateway says (502 to 504), and a time of each attempt of that many milliseconds.
    PerTry(u64),
    /// Every host is ejected after that many errors.
    Ejecting(u32),
    /// A cluster without hosts.
    NoHosts,
    /// A host that accepts no connection.
    Refusing,
    /// So many hosts, all of them the same, and limits.
    Limited(Limited),
    /// Connections to the host may be idle for that many milliseconds.
    Idle(u64),
    /// The route is for requests with such a header only.
    Matching(Matching),
}

/// A condition on a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matching {
    pub(crate) header: &'static str,
    pub(crate) rule: Rule,
    pub(crate) invert: bool,
}

/// What the header must be like, in Envoy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Present,
    Exact(&'static str),
    Prefix(&'static str),
    Suffix(&'static str),
    Regex(&'static str),
    Range(i64, i64),
}

/// Limits of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    pub(crate) hosts: u8,
    pub(crate) connections: u32,
    /// Requests that wait.
    pub(crate) pending: u32,
    /// The route's, in milliseconds.
    pub(crate) timeout: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Send(Vec<u8>),
    /// Takes an answer, whether it is to a HEAD.
    Answer {
        to_head: bool,
    },
    /// Waits for these bytes and leaves them for the next answer.
    Until(&'static str),
    /// Waits for a request at a host.
    Seen,
    /// Lets the host go on.
    Go,
    /// Waits for the end of a connection to a host.
    HostGone,
    /// Says that nothing more comes.
    Shutdown,
    /// Closes the connection, and is gone.
    Leave,
    /// Throws the connection away, and is gone.
    Reset,
    /// Goes on as another client.
    Again,
    /// Goes on as the client with this number, while the others stay. The first one has the number 0.
    As(usize),
    /// Takes everything in small parts from now on.
    Slowly,
    /// Waits until the host was ejected.
    Ejected,
    /// Waits until so many requests wait for a connection.
    Waiting(u64),
    /// Shows what was counted of connections and of waiting.
    Counted,
}

/// What the proxy itself tells.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Ejected,
    Waiting(u64),
    Counted,
}

/// What is shown of the cluster's statistics, by Envoy's names.
pub(crate) const COUNTED: [&str; 12] = [
    "circuit_breakers.default.cx_open",
    "circuit_breakers.default.rq_pending_open",
    "upstream_cx_active",
    "upstream_cx_idle_timeout",
    "upstream_cx_overflow",
    "upstream_cx_total",
    "upstream_rq_cancelled",
    "upstream_rq_pending_active",
    "upstream_rq_pending_overflow",
    "upstream_rq_pending_total",
    "upstream_rq_timeout",
    "upstream_rq_total",
];

/// A case in which a plain host is asked nothing yet.
pub(crate) fn case(name: impl Into<String>) -> Case {
    Case {
        name: name.into(),
        setting: Setting::Plain,
        acts: Vec::new(),
        host: Vec::new(),
        compares_server: false,
    }
}

/// Reads the request, then answers so.
pub(crate) fn says(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Body, send(bytes)]
}

/// Waits for [`Act::Go`].
pub(crate) fn wait() -> Step {
    Step::Wait(Arc::new(Notify::new()))
}

/// A request with these lines in its head.
pub(crate) fn get_with(lines: &str) -> String {
    format!("GET /get HTTP/1.1\r\nHost: colorapp:8080\r\n{lines}\r\n\r\n")
}

/// A request with these lines in its head, and a body as it stands.
pub(crate) fn post_with(lines: &str, body: &str) -> String {
    format!("POST /get HTTP/1.1\r\nHost: colorapp:8080\r\n{lines}\r\n\r\n{body}")
}

impl Case {
    pub(crate) fn with(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    /// What the host does about the next request.
    pub(crate) fn host(mut self, steps: Vec<Step>) -> Self {
        self.host.push(steps);
        self
    }

    pub(crate) fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    pub(crate) fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.act(Act::Send(bytes.into()))
    }

    pub(crate) fn answers(mut self, n: usize) -> Self {
        let answer = Act::Answer { to_head: false };
        self.acts.extend(std::iter::repeat_n(answer, n));
        self
    }

    /// Sends a request and takes its answer.
    pub(crate) fn ask(self, request: impl Into<Vec<u8>>) -> Self {
        let request = request.into();
        let to_head = request.starts_with(b"HEAD");
        self.send(request).act(Act::Answer { to_head })
    }
}
