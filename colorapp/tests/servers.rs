//! Both servers on real sockets, in one process: hanging up, stopping, ports in use.
//!
//! The clock is paused, and tokio does not move it while a blocking task runs. Clients are blocking
//! tasks where nothing but the answer is waited for; [`hold_the_clock`] is one for everything else.

#![cfg(test)]

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;

use colorapp::{Server, Settings};
use service::Stop;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::{JoinHandle, spawn_blocking};

/// A replica that serves.
struct Running {
    main: SocketAddr,
    control: SocketAddr,
    stop: Stop,
    ended: JoinHandle<io::Result<()>>,
}

fn settings(variables: &[(&str, &str)]) -> Settings {
    let mut env = BTreeMap::from([
        ("SERVER_HOST", "127.0.0.1"),
        ("SERVER_PORT", "0"),
        ("CONTROL_PORT", "0"),
        ("HOST_UID", "colorapp-1"),
    ]);
    env.extend(variables.iter().copied());
    Settings::from_env(&env).unwrap()
}

fn start(variables: &[(&str, &str)]) -> Running {
    let server = Server::bind(&settings(variables)).unwrap();
    let stop = Stop::new();
    Running {
        main: server.server_addr(),
        control: server.control_addr(),
        stop: stop.clone(),
        ended: tokio::spawn(server.run(stop)),
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: colorapp\r\n\r\n")
}

/// All that the server sends in answer, until it closes the connection.
async fn ask(address: SocketAddr, path: &str) -> String {
    let request = request(path).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        io::Result::Ok(answer)
    };
    spawn_blocking(exchange).await.unwrap().unwrap()
}

/// The status of the answer.
async fn status(address: SocketAddr, path: &str) -> String {
    let answer = ask(address, path).await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// The paused clock stands still until this is dropped.
fn hold_the_clock() -> mpsc::Sender<()> {
    let (held, released) = mpsc::channel::<()>();
    spawn_blocking(move || released.recv());
    held
}

/// A connection on which a request on `/get` is being delayed by a fault, and the clock that keeps it so.
async fn request_in_flight(replica: &Running) -> (tokio::net::TcpStream, mpsc::Sender<()>) {
    let clock = hold_the_clock();
    let mut stream = tokio::net::TcpStream::connect(replica.main).await.unwrap();
    stream.write_all(request("/get").as_bytes()).await.unwrap();
    // The server takes what arrives in order: once it answers this, it has read the request above.
    assert_eq!(status(replica.main, "/ping").await, "200");
    (stream, clock)
}

async fn rest(mut stream: tokio::net::TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn assert_refused(address: SocketAddr) {
    let error = tokio::net::TcpStream::connect(address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test(start_paused = true)]
async fn the_color_comes_over_the_wire_as_in_the_contract() {
    let replica = start(&[]);
    let answer = ask(replica.main, "/get").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("\r\nhostuid: colorapp-1"), "{head}");
    assert_eq!(body, "purple");
}

#[tokio::test(start_paused = true)]
async fn an_aborted_request_sees_the_connection_closed_without_a_byte() {
    let replica = start(&[]);
    assert_eq!(status(replica.control, "/fault?abort").await, "200");
    assert_eq!(ask(replica.main, "/get").await, "");
    assert_eq!(status(replica.main, "/ping").await, "200");
    assert_eq!(status(replica.control, "/recover").await, "200");
    assert_eq!(status(replica.main, "/get").await, "200");
}

#[tokio::test(start_paused = true)]
async fn status_tells_the_port_as_bound() {
    let replica = start(&[]);
    let answer = ask(replica.control, "/status").await;
    let port = format!("\"port\":{},", replica.main.port());
    assert!(answer.contains(&port), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_request_in_flight_is_finished_by_a_replica_that_is_not_ready() {
    let replica = start(&[]);
    ask(replica.control, "/fault?status=503&delay=5s").await;
    let (slow, clock) = request_in_flight(&replica).await;

    assert_eq!(status(replica.control, "/readyz").await, "200");
    replica.stop.request();
    assert_eq!(status(replica.control, "/readyz").await, "503");
    assert_eq!(status(replica.control, "/healthz").await, "200");
    assert_eq!(status(replica.control, "/ping").await, "200");

    drop(clock);
    let answer = rest(slow).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.ends_with("no colors 4 u"), "{answer}");
    replica.ended.await.unwrap().unwrap();
    assert_refused(replica.main).await;
    assert_refused(replica.control).await;
}

#[tokio::test(start_paused = true)]
async fn requests_are_still_taken_during_the_shutdown_delay() {
    let replica = start(&[("SHUTDOWN_DELAY", "5s")]);
    let clock = hold_the_clock();
    assert_eq!(status(replica.main, "/ping").await, "200");
    replica.stop.request();
    assert_eq!(status(replica.control, "/readyz").await, "503");
    assert_eq!(status(replica.main, "/get").await, "200");
    drop(clock);
    replica.ended.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_outlasts_the_deadline_is_cut() {
    let replica = start(&[("SHUTDOWN_DEADLINE", "1s")]);
    ask(replica.control, "/fault?delay=5s").await;
    let (_slow, clock) = request_in_flight(&replica).await;
    replica.stop.request();
    drop(clock);
    let error = replica.ended.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_does_not_hold_up_the_stop() {
    let replica = start(&[]);
    let clock = hold_the_clock();
    let mut idle = tokio::net::TcpStream::connect(replica.main).await.unwrap();
    idle.write_all(request("/ping").as_bytes()).await.unwrap();
    idle.read_u8().await.unwrap();
    replica.stop.request();
    drop(clock);
    replica.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_port_in_use_names_the_variable_that_changes_it() {
    let other = service::bind(([127, 0, 0, 1], 0).into(), false).unwrap();
    let address = other.local_addr().unwrap();
    let port = address.port().to_string();
    for variable in ["SERVER_PORT", "CONTROL_PORT"] {
        let error = Server::bind(&settings(&[(variable, &port)])).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{address} is in use by another program: set {variable} to a free port")
        );
    }
}

#[tokio::test]
async fn an_address_of_another_machine_names_the_variable_that_changes_it() {
    // The address is reserved for documentation (RFC 5737).
    let error = Server::bind(&settings(&[("SERVER_HOST", "192.0.2.1")])).unwrap_err();
    let sentence = error.to_string();
    assert!(
        sentence.starts_with("SERVER_HOST and SERVER_PORT: cannot listen on 192.0.2.1:0: "),
        "{sentence}"
    );
}

#[tokio::test]
async fn shared_ports_can_be_bound_by_the_one_who_reserved_them() {
    let reserved = service::bind(([127, 0, 0, 1], 0).into(), true).unwrap();
    let address = reserved.local_addr().unwrap();
    let port = address.port().to_string();
    let server =
        Server::bind(&settings(&[("SERVER_PORT", &port), ("SHARE_PORT", "true")])).unwrap();
    assert_eq!(server.server_addr(), address);
}
