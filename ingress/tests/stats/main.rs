//! The port for probes and Prometheus of a data plane that runs: strangers reach it, and the data plane's own
//! connections are of the same process.

#![cfg(test)]

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use ingress::Args;
use ingress::manifest::Source;
use service::{Limits, Stop};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

const MESH: &str =
    "{apiVersion: appmesh.k8s.aws/v1beta2, kind: Mesh, metadata: {name: m}, spec: {}}";

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: Args,
}

/// A port of this test's, kept by a socket that is bound and does not listen.
fn reserved() -> (Socket, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_reuse_port(true).unwrap();
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address.to_string())
}

#[tokio::test]
async fn whoever_says_nothing_takes_few_connections_and_makes_room_for_a_probe() {
    let (_admin, admin) = reserved();
    let (_stats, stats) = reserved();
    let flags = [
        "ingress",
        "--share-port",
        "--admin",
        &admin,
        "--stats",
        &stats,
    ];
    let start = PathBuf::from("mesh.yaml");
    let manifests = Source::Embedded {
        files: [(start.clone(), MESH.to_owned())].into(),
        start,
    };
    let stop = Stop::new();
    let args = Cli::parse_from(flags).args;
    let running = tokio::spawn(ingress::run(args, Some(manifests), stop.clone()));
    for port in [&stats, &admin] {
        let mut silent = Vec::new();
        while silent.len() < Limits::CONTROL.connections {
            match TcpStream::connect(port).await {
                Ok(stream) => silent.push(stream),
                // It does not listen yet.
                Err(_) => tokio::task::yield_now().await,
            }
        }
        let mut probe = TcpStream::connect(port).await.unwrap();
        let request = b"GET /ready HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
        probe.write_all(request).await.unwrap();
        let mut answer = String::new();
        let read = timeout(PATIENCE, probe.read_to_string(&mut answer));
        read.await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let first = timeout(PATIENCE, silent[0].read(&mut [0])).await.unwrap();
        assert_eq!(first.unwrap(), 0, "it is closed");
    }
    stop.request();
    timeout(PATIENCE, running).await.unwrap().unwrap().unwrap();
}
