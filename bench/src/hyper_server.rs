//! What colorapp is compared with: the same answer from a bare hyper server on one thread.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use http::{HeaderValue, Response, header};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// Be a bare hyper server that says purple.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct HyperServer {
    /// Where to listen
    #[arg(long, value_name = "IP:PORT")]
    listen: SocketAddr,
}

impl HyperServer {
    /// Serves until the process ends.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn serve(self) -> io::Result<Infallible> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(self.listen).await?;
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let serving = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service_fn(|_| async { answer() }));
                tokio::spawn(serving);
            }
        })
    }
}

fn answer() -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::from("purple"));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        "hostuid",
        HeaderValue::from_static("5c0e9f3c-2f04-4c1c-9e57-52a2d0f2a9b1"),
    );
    Ok(response)
}
