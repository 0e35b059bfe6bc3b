//! `http_proxy` and `no_proxy`: for the way to colorapp and for nothing else.

use axum::Router;
use axum::http::{HeaderMap, Uri};
use serde_json::json;
use std::net::SocketAddr;

use crate::fakes::{Front, Replica, color, control_of, nobody, outliers, serve};

/// A proxy that answers by itself with what it was asked for.
async fn proxy() -> SocketAddr {
    let handler = async |uri: Uri, headers: HeaderMap| {
        let host = headers["host"].to_str().unwrap().to_owned();
        ([("HostUID", "by-proxy")], format!("{uri} for {host}"))
    };
    serve(Router::new().fallback(handler)).await
}

#[tokio::test]
async fn calls_to_colorapp_go_through_the_proxy() {
    let proxy = proxy().await;
    // As programs of today and of long ago write it.
    for http_proxy in [
        format!("http://{proxy}"),
        format!("http://{proxy}/"),
        proxy.to_string(),
    ] {
        let front = Front::new(&[
            (
                "COLOR_SERVICE_ENDPOINT",
                "colorapp.demo.svc.cluster.local:8080",
            ),
            ("http_proxy", &http_proxy),
            ("no_proxy", "localhost, 127.0.0.1, .example.com,,"),
        ]);
        let reply = front.get("/get").await;
        let host = "colorapp.demo.svc.cluster.local:8080";
        reply.assert(200, &format!("http://{host}/get for {host}\n"));
        assert_eq!(reply.header("hostuid"), "by-proxy");
    }
}

/// RFC 7617; in a URL some characters of a password have to be encoded.
#[tokio::test]
async fn a_proxy_that_wants_a_password_is_shown_it() {
    let shown = async |headers: HeaderMap| {
        let shown = headers["proxy-authorization"].to_str();
        shown.unwrap().to_owned()
    };
    let proxy = serve(Router::new().fallback(shown)).await;
    let http_proxy = format!("http://me:s%40cret@{proxy}");
    let front = Front::new(&[("http_proxy", &http_proxy)]);
    front.get("/get").await.assert(200, "Basic bWU6c0BjcmV0\n");
}

#[tokio::test]
async fn what_no_proxy_lists_is_called_directly() {
    let dead_proxy = nobody().await.to_string();
    let color = color(200, "aaaa-1", "purple").await.to_string();
    for no_proxy in [
        "127.0.0.1",
        " 10.0.0.0/8 , 127.0.0.0/8",
        "*",
        "localhost, *",
    ] {
        let front = Front::new(&[
            ("COLOR_SERVICE_ENDPOINT", &color),
            ("http_proxy", &dead_proxy),
            ("no_proxy", no_proxy),
        ]);
        front.get("/get").await.assert(200, "purple\n");
    }
}

#[tokio::test]
async fn without_http_proxy_no_proxy_means_nothing() {
    let color = color(200, "aaaa-1", "purple").await.to_string();
    let front = Front::new(&[("COLOR_SERVICE_ENDPOINT", &color), ("no_proxy", "*")]);
    front.get("/get").await.assert(200, "purple\n");
}

#[tokio::test]
async fn a_dead_proxy_is_a_bad_gateway() {
    let front = Front::new(&[("http_proxy", &nobody().await.to_string())]);
    let sentence = "colorapp (colorapp.invalid:8080) cannot be reached\n";
    front.get("/get").await.assert(502, sentence);
}

#[tokio::test]
async fn control_ports_and_the_mesh_admin_are_never_called_through_the_proxy() {
    let replica = Replica::start("aaaa-1").await;
    let host = json!({"address": replica.address(), "state": "healthy"});
    let admin = outliers(json!([host])).await.to_string();
    let front = Front::new(&[
        ("http_proxy", &nobody().await.to_string()),
        ("COLOR_CONTROL_ENDPOINT", &control_of(&[&replica])),
        ("MESH_ADMIN_ENDPOINT", &admin),
    ]);
    assert_eq!(front.get("/fault").await.status, 200);
    assert_eq!(front.hosts().await["hosts"][0]["mesh"]["state"], "healthy");
    assert_eq!(front.get("/recover").await.status, 200);
    assert_eq!(replica.changes(), ["/fault", "/recover"]);
}
