//! Requests that meet every condition in the manifests, and just miss it.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::backend::Seen;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) host: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

const HOSTS: [&str; 8] = [
    "gw",
    "Blue.EXAMPLE",
    "blue.example:81",
    "xblue.example",
    "a.example.org",
    "paint.demo",
    "PAINT.demo:8080",
    "blue.demo:8080",
];

const PATHS: [&str; 17] = [
    "/",
    "/?/paint",
    "/blue",
    "/pain",
    "/paint",
    "/paint?x=/y",
    "/paint/",
    "/paint//x?y=1",
    "/paints",
    "/paint/exact",
    "/paint/exact/",
    "/paint/slow/1",
    "/paint/12",
    "/paint/12?z",
    "/other/12",
    "/whole/a?b",
    "/whole",
];

/// All that the route with the many headers wants.
const CANARY: [(&str, &str); 6] = [
    ("x-exact", "a"),
    ("x-prefix", "ab"),
    ("x-suffix", "ba"),
    ("x-regex", "aaa"),
    ("x-range", "1"),
    ("x-there", "?"),
];

/// Every host with every path, method and set of headers. `scheme` is that of an absolute target.
pub(crate) fn all(scheme: &str) -> Vec<Asked> {
    let mut sets = vec![vec![], vec![("x-rest", "")], CANARY.to_vec()];
    for (index, miss) in ["b", "ba", "ab", "aab", "5"].into_iter().enumerate() {
        let mut set = CANARY.to_vec();
        set[index].1 = miss;
        sets.push(set);
    }
    sets.push(CANARY[..5].to_vec());
    for more in [("x-not", ""), ("x-not-a", "a"), ("x-not-a", "b")] {
        sets.push([&CANARY[..], &[more]].concat());
    }
    let mut all = Vec::new();
    for host in HOSTS {
        for path in PATHS {
            for headers in &sets {
                for method in ["GET", "POST"] {
                    let authority = if scheme.is_empty() { "" } else { host };
                    all.push(Asked {
                        method,
                        host: host.to_owned(),
                        target: format!("{scheme}{authority}{path}"),
                        headers: headers.clone(),
                    });
                }
            }
        }
    }
    all
}

/// A connection for one request after the other.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) async fn connect(at: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(at).await.unwrap()))
    }

    /// Sends a request, and tells the status and what a replica saw, if it came to one.
    pub(crate) async fn ask(&mut self, asked: &Asked) -> (u16, Option<Seen>) {
        let Asked {
            method,
            host,
            target,
            headers,
        } = asked;
        let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "content-length: 0\r\n\r\n";
        self.0.write_all(head.as_bytes()).await.unwrap();

        let status = self.line().await;
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            let line = self.line().await;
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        let body = String::from_utf8(body).unwrap();
        (status, (!body.is_empty()).then(|| Seen::parse(&body)))
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }
}
