//! One keep-alive connection to a data plane.

use std::io::{self, Error};
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::response::Parts;
use http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection, opened again where the other side has closed it.
pub(super) struct Connection {
    to: SocketAddr,
    host: HeaderValue,
    sender: SendRequest<Empty<Bytes>>,
}

impl Connection {
    pub(super) async fn open(to: SocketAddr, host: &'static str) -> io::Result<Self> {
        Ok(Self {
            to,
            host: HeaderValue::from_static(host),
            sender: connect(to).await?,
        })
    }

    /// Gets `path`; `Err` where there is no complete answer.
    pub(super) async fn get(&mut self, path: &'static str) -> io::Result<(Parts, Bytes)> {
        if self.sender.ready().await.is_err() {
            self.sender = connect(self.to).await?;
        }
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = Uri::from_static(path);
        request.headers_mut().insert(HOST, self.host.clone());
        let answer = self
            .sender
            .send_request(request)
            .await
            .map_err(Error::other)?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(Error::other)?.to_bytes();
        Ok((parts, body))
    }
}

async fn connect(to: SocketAddr) -> io::Result<SendRequest<Empty<Bytes>>> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(Error::other)?;
    // A connection that breaks is seen by who asks next.
    tokio::spawn(connection);
    Ok(sender)
}
