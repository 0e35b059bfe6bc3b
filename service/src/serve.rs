//! An HTTP/1.1 server for a router: limits for strangers, and an end that cuts nobody off.

mod admission;
mod answers;
mod client;
mod grace;
mod hear;
mod limits;
mod talk;

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::io::Errno;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{self, Instant};
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use admission::Admission;
use answers::Answers;
use client::Client;
pub use grace::Grace;
use hear::hear_all;
pub use limits::Limits;

/// The longest head of a request, and as much of an answer as waits for a client to take it. Proxies in front let
/// heads of 60 KiB pass (Envoy's default) and add a few headers.
const BUFFER: usize = 64 * 1_024;

/// How long to wait after a failed accept (out of file descriptors, most often) before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// In the extensions of a response: close the connection in place of the answer.
#[derive(Clone, Copy, Debug)]
pub struct HangUp;

/// Serves `router` on `listener`, with `limits` for its clients, until `stop` resolves, then ends as `grace` says.
///
/// # Errors
/// `TimedOut` when requests had to be cut at the deadline. Of one whose head is not complete by then nobody hears.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
    grace: Grace,
) -> io::Result<()> {
    let mut server = Server::new(router, limits, listener.local_addr()?);
    let mut stop = pin!(async {
        stop.await;
        time::sleep(grace.delay).await;
    });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => server.welcome(stream).await,
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                if is_out_of_files(&error) {
                    hear_all().await;
                    server.admission.make_room().await;
                }
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    server.answers.are_last();
    for (stream, _) in crate::close(listener) {
        server.welcome(stream).await;
    }
    server.end(grace).await
}

/// What the connections share.
struct Server {
    http: http1::Builder,
    answers: Answers,
    limits: Limits,
    admission: Arc<Admission>,
    connections: GracefulShutdown,
    tasks: TaskTracker,
}

impl Server {
    fn new(router: Router, limits: Limits, address: SocketAddr) -> Self {
        let mut http = http1::Builder::new();
        http.max_buf_size(BUFFER);
        Self {
            http,
            answers: Answers::new(router),
            limits,
            admission: Admission::new(address, limits.connections),
            connections: GracefulShutdown::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Lets a client in, if there is room.
    async fn welcome(&mut self, stream: TcpStream) {
        let Some(place) = self.admission.admit().await else {
            return;
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "connection lost before its first request");
            return;
        }
        let talk = Arc::clone(place.talk());
        let client = TokioIo::new(Client::new(stream, Arc::clone(&talk), self.limits));
        let answers = self.answers.on(Arc::clone(&talk));
        let connection = self.http.serve_connection(client, answers);
        let connection = self.connections.watch(connection);
        self.tasks.spawn(async move {
            // Its drop comes after the connection's.
            let _place = place;
            let mut connection = pin!(connection);
            let ended = poll_fn(|cx| match connection.as_mut().poll(cx) {
                Poll::Ready(ended) => Poll::Ready(ended),
                Poll::Pending => talk.poll_leave(cx).map(Ok),
            });
            if let Err(error) = ended.await {
                debug!(%error, "connection ended early");
            }
        });
    }

    /// Lets what is asked be answered, each answer the last of its connection, and closes those on which nothing is
    /// asked a while later: a request may be on its way.
    async fn end(self, grace: Grace) -> io::Result<()> {
        let deadline = Instant::now() + grace.deadline;
        self.tasks.close();
        let idle = time::timeout(grace.idle.min(grace.deadline), self.tasks.wait()).await;
        if idle.is_ok() {
            return Ok(());
        }
        hear_all().await;
        let rest = time::timeout_at(deadline, self.connections.shutdown()).await;
        if rest.is_err() && self.admission.is_anyone_answered() {
            let sentence = "requests were cut at the stop deadline";
            return Err(io::Error::new(io::ErrorKind::TimedOut, sentence));
        }
        Ok(())
    }
}

fn is_out_of_files(error: &io::Error) -> bool {
    let of_process_or_system = [Errno::MFILE, Errno::NFILE];
    Errno::from_io_error(error).is_some_and(|errno| of_process_or_system.contains(&errno))
}
