//! `/get`, `/color/*`: what came through the mesh is passed on.

use std::time::Duration;

use axum::Router;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fakes::{Front, color, mesh, nobody, raw, serve};

#[tokio::test]
async fn status_body_and_name_of_the_replica_are_passed_on() {
    for (status, body) in [(200, "purple"), (500, "no colors 4 u"), (404, "")] {
        let front = Front::of_color(color(status, "aaaa-1", body).await);
        for path in ["/get", "/color/get"] {
            for method in [Method::GET, Method::POST] {
                let reply = front.request(method, path).await;
                reply.assert(status, &format!("{body}\n"));
                assert_eq!(reply.header("hostuid"), "aaaa-1");
                assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
            }
        }
    }
}

#[tokio::test]
async fn exactly_one_newline_is_added() {
    let front = Front::of_color(color(200, "aaaa-1", "purple\n").await);
    front.get("/get").await.assert(200, "purple\n\n");
}

#[tokio::test]
async fn an_answer_of_the_mesh_is_passed_on_without_a_name() {
    let front = Front::of_color(mesh(&[(503, None)]).await);
    let reply = front.get("/get").await;
    reply.assert(503, "no healthy upstream\n");
    assert!(!reply.headers.contains_key("hostuid"));
}

/// Where colorapp leads is the caller's business.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = (StatusCode::FOUND, [(LOCATION, "/elsewhere")], "moved");
    let front = Front::of_color(serve(Router::new().fallback(async move || elsewhere)).await);
    front.get("/get").await.assert(302, "moved\n");
}

#[tokio::test]
async fn fault_and_recover_go_to_whichever_replica_the_mesh_picks() {
    let front = Front::of_color(mesh(&[]).await);
    for (path, seen) in [
        ("/color/fault", "GET /fault\n"),
        (
            "/color/fault?status=503&x=%20",
            "GET /fault?status=503&x=%20\n",
        ),
        ("/color/recover", "GET /recover\n"),
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = front.request(method, path).await;
            reply.assert(200, seen);
            assert_eq!(reply.header("hostuid"), "aaaa-1");
        }
    }
}

#[tokio::test]
async fn when_colorapp_cannot_be_reached_it_is_a_bad_gateway() {
    let address = nobody().await;
    let front = Front::of_color(address);
    let sentence = format!("colorapp ({address}) cannot be reached\n");
    for path in ["/get", "/color/fault", "/color/recover"] {
        front.get(path).await.assert(502, &sentence);
    }
}

#[tokio::test]
async fn a_connection_that_ends_early_is_a_bad_gateway() {
    let cut_short =
        b"HTTP/1.1 200 OK\r\nHostUID: aaaa-1\r\nContent-Length: 6\r\n\r\npur".as_slice();
    for answer in [b"".as_slice(), cut_short, b"what?\r\n\r\n"] {
        let address = raw(answer).await;
        let sentence = format!("colorapp ({address}) ended the connection without a full answer\n");
        let front = Front::of_color(address);
        front.get("/get").await.assert(502, &sentence);
        front.get("/stats").await.assert(200, "[]\n");
    }
}

/// What colorapp closed while nobody asked costs no request.
#[tokio::test]
async fn a_connection_is_kept_until_colorapp_closes_it() {
    let colorapp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = colorapp.local_addr().unwrap();
    let front = Front::of_color(address);
    for _ in 0..3 {
        let first = async {
            let (mut stream, _) = colorapp.accept().await.unwrap();
            answer(&mut stream).await;
            stream
        };
        let (reply, mut stream) = tokio::join!(front.get("/get"), first);
        reply.assert(200, "purple\n");
        let (reply, ()) = tokio::join!(front.get("/get"), answer(&mut stream));
        reply.assert(200, "purple\n");

        drop(stream);
        // Connecting takes the runtime a look at its sockets, in which it hears of the end, too.
        let (other, accepted) = tokio::join!(TcpStream::connect(address), colorapp.accept());
        assert!(other.is_ok() && accepted.is_ok());
    }
}

/// Takes one request and answers it.
async fn answer(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0);
    }
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npurple";
    stream.write_all(answer).await.unwrap();
}

#[tokio::test]
async fn an_answer_in_many_pieces_is_one() {
    let pieces = b"HTTP/1.1 200 OK\r\nHostUID: aaaa-1\r\nTransfer-Encoding: chunked\r\n\r\n\
        3\r\npur\r\n1\r\np\r\n2\r\nle\r\n0\r\nx-trailer: 1\r\n\r\n";
    let to_the_end = b"HTTP/1.1 200 OK\r\nHostUID: aaaa-1\r\n\r\npurple";
    for bytes in [pieces.as_slice(), to_the_end] {
        let front = Front::of_color(raw(bytes).await);
        let reply = front.get("/get").await;
        reply.assert(200, "purple\n");
        assert_eq!(reply.header("hostuid"), "aaaa-1");
    }
}

#[tokio::test]
async fn a_body_of_64_kib_is_the_longest() {
    let longest = "x".repeat(64 * 1024);
    let front = Front::of_color(color(200, "aaaa-1", longest.clone()).await);
    front.get("/get").await.assert(200, &format!("{longest}\n"));

    let address = color(200, "aaaa-1", longest + "x").await;
    let sentence = format!("colorapp ({address}) sent an answer of more than 64 KiB\n");
    let front = Front::of_color(address);
    front.get("/get").await.assert(502, &sentence);
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_gateway_timeout() {
    let never = Router::new().fallback(async || std::future::pending::<()>().await);
    let address = serve(never).await;
    let front = Front::new(&[
        ("COLOR_SERVICE_ENDPOINT", &address.to_string()),
        ("COLOR_TIMEOUT", "20ms"),
    ]);
    let sentence = format!("colorapp ({address}) took longer than 20ms\n");
    let reply = tokio::time::timeout(Duration::from_secs(10), front.get("/get")).await;
    reply.unwrap().assert(504, &sentence);
}

#[tokio::test]
async fn ping_is_answered_without_colorapp() {
    let front = Front::new(&[]);
    for method in [Method::GET, Method::POST] {
        front.request(method, "/ping").await.assert(200, "");
    }
    front.control("/ping").await.assert(200, "");
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let front = Front::new(&[]);
    for path in ["/get", "/fault", "/stats", "/hosts", "/ping"] {
        let reply = front.request(Method::DELETE, path).await;
        assert_eq!(reply.status, 405, "{path}");
    }
    let nowhere = front.get("/nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text.contains("/color/get"), "{}", nowhere.text);
}
