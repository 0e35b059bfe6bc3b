//! Every exchange that was recorded of Envoy, once more with this proxy.

use std::time::Duration;

use serde::Deserialize;

use crate::client::{Answer, Client, find, parse};
use crate::proxy::{Proxy, Setup};
use crate::upstream::{Seen, Step, Upstream, refusing, send};

/// One recorded exchange.
#[derive(Deserialize)]
struct Case {
    case: String,
    client_sent: String,
    client_got: String,
    envoy_closed_connection: bool,
    upstream_saw: Vec<String>,
}

/// Cases of settings that App Mesh does not make.
const LEFT_OUT: [&str; 3] = [
    "plain GET with use_remote_address: true",
    "HTTP/1.0 with accept_http_10",
    "HTTP/1.0 keep-alive with accept_http_10",
];

/// FACTS 11. Compared are status line, headers and body at the client, whether the connection stays, and
/// the request line, the headers with their order and the body at the host. Not compared are dates,
/// request ids and durations, and `server` is ours.
#[tokio::test]
async fn clients_and_hosts_see_what_they_saw_with_envoy() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../envoy/http_behaviour.json")).unwrap();
    let cases: Vec<Case> = cases
        .into_iter()
        .filter(|case| !LEFT_OUT.contains(&case.case.as_str()))
        .collect();
    assert_eq!(cases.len(), 36);
    let mut different = Vec::new();
    for case in cases {
        let name = case.case.clone();
        if tokio::spawn(async move { case.check().await })
            .await
            .is_err()
        {
            different.push(name);
        }
    }
    assert!(different.is_empty(), "other than Envoy: {different:#?}");
}

impl Case {
    async fn check(&self) {
        let does: Vec<_> = self
            .answers()
            .iter()
            .map(|answer| self.host_does(answer))
            .collect();
        let mut upstream = Upstream::script(move |n| does[n].clone()).await;
        let mut proxy = self.setup(&upstream).start();
        if self.case.contains("all ejected") || self.case.starts_with("no healthy upstream") {
            eject_all(&mut proxy).await;
            upstream.seen().await;
        }
        let mut client = proxy.client().await;
        client.send(self.request()).await;

        if self.client_got.is_empty() {
            assert_eq!(
                seen(&upstream.seen().await),
                without_ids(&self.upstream_saw[0])
            );
            drop(client);
            return proxy.end().await;
        }
        let to_head = self.client_sent.starts_with("HEAD");
        for expected in self.expected() {
            let got = if to_head {
                client.answer_to_head().await
            } else {
                client.answer().await
            };
            assert_eq!(comparable(got), comparable(expected), "{}", self.case);
        }
        for expected in &self.upstream_saw {
            let got = seen(&upstream.seen().await);
            assert_eq!(got, without_ids(expected), "{}", self.case);
        }
        if self.envoy_closed_connection {
            assert!(client.is_closed().await, "{}: open", self.case);
        } else {
            assert_open(&mut client).await;
        }
        assert_eq!(upstream.seen_so_far().len(), 0, "{}", self.case);
        drop(client);
        proxy.end().await;
    }

    fn setup(&self, upstream: &Upstream) -> Setup {
        let case = self.case.as_str();
        let setup = match case {
            "cluster with zero hosts" => Setup::to(&[]),
            _ if case.starts_with("upstream connection refused") => Setup::to(&[refusing()]),
            _ => Setup::to(&[upstream.address]),
        };
        if case.starts_with("route timeout") {
            setup.timeout(Duration::from_millis(200))
        } else if case.starts_with("no healthy upstream") {
            setup.ejecting_after(1)
        } else if case.starts_with("circuit breaker") {
            setup.connections(1_024, 0)
        } else {
            setup
        }
    }

    fn request(&self) -> String {
        if self.case == "request header block over 60 KiB" {
            return large_head();
        }
        self.client_sent.clone()
    }

    /// What the host did when Envoy was recorded.
    fn host_does(&self, answer: &Answer) -> Vec<Step> {
        let steps = match self.case.as_str() {
            "upstream resets before headers" => vec![Step::Reset],
            "upstream closes before headers" => vec![Step::Close],
            "upstream garbage" => vec![send("this is not HTTP\r\n\r\n")],
            "upstream resets mid body" => vec![send(Self::host_said(answer, "")), Step::Reset],
            "route timeout 0.2 s" => vec![Step::Hang],
            "upstream sends Server, Connection: close, Keep-Alive, X-Custom" => {
                let hops = "Connection: close\r\nKeep-Alive: timeout=5\r\n";
                vec![send(Self::host_said(answer, hops)), Step::Close]
            }
            case if case.starts_with("upstream hangs") => vec![Step::Hang],
            case if case.starts_with("no healthy upstream") => {
                vec![send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")]
            }
            _ => vec![send(Self::host_said(answer, ""))],
        };
        [vec![Step::Body], steps].concat()
    }

    /// What the client got in the end, once for each of its requests.
    fn answers(&self) -> Vec<Answer> {
        let mut answers = self.expected();
        answers.retain(|answer| answer.status >= 200);
        if answers.is_empty() {
            answers.push(parse("HTTP/1.1 200 OK"));
        }
        answers
    }

    /// The answer of the host, as far as the client's tells: what stands before the proxy's own headers.
    fn host_said(answer: &Answer, more: &str) -> String {
        let headers: String = answer
            .headers
            .iter()
            .take_while(|(name, _)| name != "x-envoy-upstream-service-time")
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!("{}\r\n{headers}{more}\r\n{}", answer.line, answer.text())
    }

    fn expected(&self) -> Vec<Answer> {
        let mut rest = self.client_got.as_str();
        let mut answers = Vec::new();
        while let Some(end) = find(rest.as_bytes(), b"\r\n\r\n") {
            let mut answer = parse(&rest[..end]);
            rest = &rest[end + 4..];
            let length = answer
                .get("content-length")
                .map_or(0, |n| n.parse().unwrap());
            let body = &rest[..rest.len().min(length)];
            let to_head = self.client_sent.starts_with("HEAD");
            answer.whole = to_head || body.len() == length;
            answer.body = body.as_bytes().to_vec();
            rest = &rest[body.len()..];
            answers.push(answer);
        }
        answers
    }
}

/// Over 60 KiB.
pub(crate) fn large_head() -> String {
    let value = "a".repeat(62_000);
    format!("GET /get HTTP/1.1\r\nHost: colorapp:8080\r\nX-Large: {value}\r\n\r\n")
}

/// A connection that is open answers.
pub(crate) async fn assert_open(client: &mut Client) {
    let answer = client
        .ask("GET /nothere HTTP/1.1\r\nHost: colorapp\r\n\r\n")
        .await;
    assert_eq!(answer.status, 404, "{}", answer.line);
}

async fn eject_all(proxy: &mut Proxy) {
    let answer = proxy.client().await.ask(crate::client::GET).await;
    assert_eq!(answer.status, 500);
    proxy.event().await;
}

/// The answer without what differs each time.
fn comparable(mut answer: Answer) -> Answer {
    for (name, value) in &mut answer.headers {
        match name.as_str() {
            "date" | "x-envoy-upstream-service-time" => value.clear(),
            "server" => {
                assert!(
                    ["envoy", ingress::SERVER_NAME].contains(&value.as_str()),
                    "{value}"
                );
                value.clear();
            }
            _ => {}
        }
    }
    answer
}

fn seen(seen: &Seen) -> String {
    without_ids(&format!(
        "{}{}",
        seen.head,
        String::from_utf8_lossy(&seen.body)
    ))
}

fn without_ids(request: &str) -> String {
    let lines: Vec<&str> = request
        .split("\r\n")
        .map(|line| match line.strip_prefix("x-request-id: ") {
            Some(id) if id.len() == 36 => "x-request-id: <id>",
            _ => line,
        })
        .collect();
    lines.join("\r\n")
}
