//! hyper's readers, on a connection in memory.

use std::cell::RefCell;
use std::convert::Infallible;
use std::error::Error;
use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, client, server};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::seen::{End, Message, Seen};
use crate::whole::of_uri;

/// More than any test sends, so that who writes need not wait for who reads.
const ROOM: usize = 1 << 20;

/// What hyper's server saw.
pub(crate) fn requests(bytes: &[u8]) -> Seen {
    block_on(async {
        let (mut client, server) = duplex(ROOM);
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();

        let messages = RefCell::new(Vec::new());
        let broken = RefCell::new(None);
        let service = service_fn(async |request: Request<Incoming>| {
            let (head, body) = request.into_parts();
            let first = format!("{} {}", head.method, of_uri(&head.uri));
            let (message, end) = collect(first, &head.headers, body).await;
            messages.borrow_mut().push(message);
            if end != End::Behind {
                *broken.borrow_mut() = Some(end);
            }
            // Not found, since success would make a tunnel of CONNECT.
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok::<_, Infallible>(response)
        });
        let connection = server::conn::http1::Builder::new()
            .half_close(true)
            .serve_connection(TokioIo::new(server), service)
            .await;
        let end = connection.map_or_else(|error| end_of(&error), |()| End::Behind);
        let end = broken.take().unwrap_or(end);
        let messages = messages.take();
        Seen { messages, end }
    })
}

/// What hyper's client saw of the response to one request.
pub(crate) fn response(bytes: &[u8], to_head: bool) -> Seen {
    block_on(async {
        let (client, server) = duplex(ROOM);
        let (mut sender, connection) = client::conn::http1::Builder::new()
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(TokioIo::new(client))
            .await
            .unwrap();
        let request = Request::builder()
            .method(if to_head { Method::HEAD } else { Method::GET })
            .body(Empty::<Bytes>::new())
            .unwrap();
        let exchange = async {
            match sender.send_request(request).await {
                Err(error) => (Vec::new(), end_of(&error)),
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    let first = head.status.as_str().to_owned();
                    let (message, end) = collect(first, &head.headers, body).await;
                    (vec![message], end)
                }
            }
        };
        let ((messages, end), _, ()) = tokio::join!(exchange, connection, answer(server, bytes));
        Seen { messages, end }
    })
}

/// Sends `bytes` when a request has come, and nothing more.
async fn answer(mut server: DuplexStream, bytes: &[u8]) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        assert!(server.read_buf(&mut request).await.unwrap() > 0);
    }
    server.write_all(bytes).await.unwrap();
}

async fn collect(first: String, fields: &HeaderMap, mut body: Incoming) -> (Message, End) {
    let lines = fields.iter();
    let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes().to_vec()));
    let mut message = Message::new(first, lines);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                let data = frame.into_data().unwrap_or_default();
                message.body.extend_from_slice(&data);
            }
            Err(error) => return (message, end_of(&error)),
        }
    }
    (message, End::Behind)
}

fn end_of(error: &hyper::Error) -> End {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    let is_short = cause.is_some_and(|cause| cause.kind() == io::ErrorKind::UnexpectedEof);
    if is_short || error.is_incomplete_message() {
        End::Within
    } else {
        End::Refused
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}
