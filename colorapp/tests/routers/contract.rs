//! The main port, line by line.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;

use crate::{UID, ask, get, ports, send};

const PLAIN_TEXT: Option<&str> = Some("text/plain; charset=utf-8");

#[tokio::test]
async fn a_healthy_replica_says_purple() {
    let ports = ports();
    for method in ["GET", "POST"] {
        let answer = ask(&ports.main, method, "/get").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text, "purple");
        assert_eq!(answer.header("content-type"), PLAIN_TEXT);
        assert_eq!(answer.header("HostUID"), Some(UID));
    }
}

#[tokio::test]
async fn a_faulty_replica_has_no_colors() {
    let ports = ports();
    get(&ports.main, "/fault").await;
    for method in ["GET", "POST"] {
        let answer = ask(&ports.main, method, "/get").await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.text, "no colors 4 u");
        assert_eq!(answer.header("content-type"), PLAIN_TEXT);
        assert_eq!(answer.header("HostUID"), Some(UID));
    }
}

#[tokio::test]
async fn fault_says_what_will_happen() {
    let ports = ports();
    for port in [&ports.main, &ports.control] {
        for method in ["GET", "POST"] {
            let answer = ask(port, method, "/fault").await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(
                answer.text,
                "host: `colorapp-1` will now respond with 500 on /get."
            );
            assert_eq!(answer.header("content-type"), PLAIN_TEXT);
        }
    }
}

#[tokio::test]
async fn fault_says_what_its_options_change() {
    let ports = ports();
    for (query, sentence) in [
        (
            "status=503&percent=30&for=30s",
            "host: `colorapp-1` will now respond with 503 to 30 % of requests on /get for 30s.",
        ),
        (
            "delay=200ms",
            "host: `colorapp-1` will now respond with 200 after 200ms on /get.",
        ),
        (
            "abort",
            "host: `colorapp-1` will now close the connection without an answer on /get.",
        ),
    ] {
        let answer = get(&ports.control, &format!("/fault?{query}")).await;
        assert_eq!(answer.text, sentence);
    }
}

#[tokio::test]
async fn recover_heals_through_either_port() {
    let ports = ports();
    for port in [&ports.main, &ports.control] {
        for method in ["GET", "POST"] {
            get(port, "/fault").await;
            let answer = ask(port, method, "/recover").await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(
                answer.text,
                "host: `colorapp-1` will now respond with 200 on /get."
            );
            assert_eq!(answer.header("content-type"), PLAIN_TEXT);
            assert_eq!(get(&ports.main, "/get").await.status, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn recover_tells_a_healthy_replica_the_same() {
    let answer = get(&ports().main, "/recover").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.text,
        "host: `colorapp-1` will now respond with 200 on /get."
    );
}

#[tokio::test]
async fn ping_is_empty_and_never_faulty() {
    let ports = ports();
    get(&ports.main, "/fault?abort&delay=60s").await;
    for port in [&ports.main, &ports.control] {
        for method in ["GET", "POST"] {
            let answer = ask(port, method, "/ping").await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.text, "");
            assert_eq!(answer.header("HostUID"), Some(UID));
            assert!(!answer.hung_up);
        }
    }
}

/// HTTP defines HEAD as GET without the body (RFC 9110, section 9.3.2).
#[tokio::test]
async fn head_is_get_without_the_body() {
    let answer = ask(&ports().main, "HEAD", "/get").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("content-length"), Some("6"));
    assert_eq!(answer.header("HostUID"), Some(UID));
}

#[tokio::test]
async fn other_methods_are_405_and_change_nothing() {
    let ports = ports();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        for path in ["/get", "/fault", "/recover", "/ping"] {
            let answer = ask(&ports.main, method, path).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
        }
    }
    assert_eq!(ports.replica.active_fault(), None);
}

/// `front` counts an answer without the header for the mesh, not for a replica.
#[tokio::test]
async fn the_replica_signs_its_errors_too() {
    let ports = ports();
    for (method, uri, status) in [
        ("GET", "/nowhere", StatusCode::NOT_FOUND),
        ("PUT", "/get", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/fault?percent=0", StatusCode::BAD_REQUEST),
    ] {
        let answer = ask(&ports.main, method, uri).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("HostUID"), Some(UID), "{method} {uri}");
    }
}

/// An image in somebody's page would otherwise be enough, since GET changes something.
#[tokio::test]
async fn a_page_of_another_site_changes_nothing_on_either_port() {
    let ports = ports();
    for port in [&ports.main, &ports.control] {
        for (site, status) in [("cross-site", 403), ("same-site", 403), ("none", 200)] {
            for path in ["/fault", "/recover"] {
                let request = Request::builder().uri(path).header("sec-fetch-site", site);
                let answer = send(port, request.body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, status, "{site} {path}");
                assert_eq!(answer.header("HostUID"), Some(UID), "{site} {path}");
                assert!(status == 200 || ports.replica.active_fault().is_none());
            }
        }
        let request = Request::builder()
            .uri("/ping")
            .header("sec-fetch-site", "cross-site");
        let answer = send(port, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200, "it changes nothing");
    }
}
