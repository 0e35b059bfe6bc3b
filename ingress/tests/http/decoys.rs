//! No request makes the proxy call an address that is not configured.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use crate::proxy::{Proxy, Setup};
use crate::upstream::{Step, Upstream, ok, send};

/// A listener that nobody may connect to.
pub(crate) struct Decoy(TcpListener);

impl Decoy {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Whether nobody has connected. A connection is made before its request is answered, so that there is nothing
    /// to wait for.
    pub(crate) fn is_left_alone(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// A gateway that takes every host and path.
fn gateway(host: &Upstream) -> Proxy {
    Setup::to(&[host.address]).gateway().start()
}

#[tokio::test]
async fn no_target_and_no_host_leads_elsewhere() {
    let decoy = Decoy::new();
    let at = decoy.address();
    let port = at.port();
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = gateway(&upstream);
    let mut forwarded = 0;
    for head in [
        format!("GET http://{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET http://{at}/ HTTP/1.1\r\nHost: {at}"),
        format!("GET https://{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET //{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET /@{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET /?url=http://{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET / HTTP/1.1\r\nHost: {at}"),
        format!("GET / HTTP/1.1\r\nHost: front@{at}"),
        format!("GET http://front@{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET http://front:80\\@{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET / HTTP/1.1\r\nHost: localhost:{port}"),
        format!("CONNECT {at} HTTP/1.1\r\nHost: {at}"),
        format!("CONNECT {at} HTTP/1.1\r\nHost: front"),
        format!("CONNECT http://{at}/ HTTP/1.1\r\nHost: front"),
        format!("GET {at} HTTP/1.1\r\nHost: front"),
        format!("GET ftp://{at}/ HTTP/1.1\r\nHost: front"),
        format!("OPTIONS * HTTP/1.1\r\nHost: {at}"),
    ] {
        let mut client = proxy.client().await;
        let answer = client.ask(&format!("{head}\r\n\r\n")).await;
        forwarded += usize::from(answer.status == 200);
        assert!(decoy.is_left_alone(), "{head}");
    }
    assert_eq!(upstream.seen_so_far().len(), forwarded);
    assert!(forwarded >= 8, "most of them are requests like others");
    proxy.end().await;
}

#[tokio::test]
async fn no_header_leads_elsewhere() {
    let decoy = Decoy::new();
    let at = decoy.address();
    let mut upstream = Upstream::always(ok("purple")).await;
    let proxy = gateway(&upstream);
    let mut client = proxy.client().await;
    for line in [
        format!("X-Forwarded-Host: {at}"),
        format!("X-Forwarded-Server: {at}"),
        format!("X-Forwarded-For: {at}"),
        format!("Forwarded: for={at};host={at};proto=http"),
        format!("X-Host: {at}"),
        format!("X-Original-URL: http://{at}/"),
        format!("X-Rewrite-URL: http://{at}/"),
        format!("X-Envoy-Original-Path: http://{at}/"),
        format!("X-Envoy-Original-Dst-Host: {at}"),
        format!("X-Envoy-Original-Host: {at}"),
        format!("X-Envoy-External-Address: {at}"),
        format!("X-Accel-Redirect: http://{at}/"),
        format!("X-Real-IP: {at}"),
        format!("Via: 1.1 {at}"),
        format!("Proxy: http://{at}"),
        format!("Proxy-Authorization: Basic {at}"),
        format!("Referer: http://{at}/"),
        format!("Origin: http://{at}"),
        format!("Alt-Used: {at}"),
    ] {
        let request = format!("GET /get HTTP/1.1\r\nHost: front\r\n{line}\r\n\r\n");
        assert_eq!(client.ask(&request).await.status, 200, "{line}");
        upstream.seen().await;
        assert!(decoy.is_left_alone(), "{line}");
    }
    drop(client);
    proxy.end().await;
}

/// What a host answers is the client's business.
#[tokio::test]
async fn no_answer_leads_elsewhere() {
    let decoy = Decoy::new();
    let at = decoy.address();
    for answer in [
        format!("HTTP/1.1 301 Moved\r\nLocation: http://{at}/\r\n"),
        format!("HTTP/1.1 302 Found\r\nLocation: http://{at}/\r\n"),
        format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: //{at}/\r\n"),
        format!("HTTP/1.1 308 Permanent Redirect\r\nLocation: http://{at}/\r\n"),
        format!("HTTP/1.1 305 Use Proxy\r\nLocation: http://{at}/\r\n"),
        format!("HTTP/1.1 200 OK\r\nAlt-Svc: http/1.1=\"{at}\"; ma=60\r\n"),
        format!("HTTP/1.1 200 OK\r\nX-Accel-Redirect: http://{at}/\r\n"),
        format!("HTTP/1.1 200 OK\r\nRefresh: 0; url=http://{at}/\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Location: http://{at}/\r\n"),
    ] {
        let bytes = format!("{answer}Content-Length: 0\r\n\r\n");
        let mut upstream = Upstream::always(vec![Step::Body, send(bytes)]).await;
        let proxy = gateway(&upstream);
        let mut client = proxy.client().await;
        let got = client.ask("GET /get HTTP/1.1\r\nHost: front\r\n\r\n").await;
        let (_, told) = answer.split_once("\r\n").unwrap();
        let (name, value) = told.trim_end().split_once(": ").unwrap();
        assert_eq!(got.get(&name.to_lowercase()), Some(value), "passed on");
        assert_eq!(upstream.seen().await.connection, 0);
        assert_eq!(upstream.seen_so_far().len(), 0, "asked once");
        assert!(decoy.is_left_alone(), "{answer}");
        drop(client);
        proxy.end().await;
    }
}
