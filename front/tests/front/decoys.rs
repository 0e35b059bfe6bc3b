//! No request, and no answer, makes `front` call an address that is not configured.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use axum::Router;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::fakes::{Front, Replica, color, control_of, nobody, outliers, serve};

/// A listener that nobody may connect to.
struct Decoy(TcpListener);

impl Decoy {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Whether nobody has connected. A connection is made before its request is answered, so that there is nothing
    /// to wait for.
    fn is_left_alone(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// Everything that `front` has routes for.
const PATHS: [&str; 11] = [
    "/get",
    "/color/get",
    "/color/fault",
    "/color/recover",
    "/fault",
    "/recover",
    "/stats",
    "/reset_stats",
    "/hosts",
    "/ping",
    "/page/main.js",
];

/// With everything configured that it may call.
async fn configured(replica: &Replica, more: &[(&str, &str)]) -> Front {
    let host = json!({"address": replica.address(), "state": "healthy"});
    let admin = outliers(json!([host])).await.to_string();
    let color = color(200, "aaaa-1", "purple").await.to_string();
    let control = control_of(&[replica]);
    let own = [
        ("COLOR_SERVICE_ENDPOINT", color.as_str()),
        ("COLOR_CONTROL_ENDPOINT", &control),
        ("MESH_ADMIN_ENDPOINT", &admin),
    ];
    Front::new(&[&own, more].concat())
}

#[tokio::test]
async fn no_target_and_no_header_leads_elsewhere() {
    let decoy = Decoy::new();
    let at = decoy.address().to_string();
    let replica = Replica::start("aaaa-1").await;
    let front = configured(&replica, &[]).await;
    let url = format!("http://{at}/");
    let forwarded = format!("for={at};host={at};proto=http");
    let headers = [
        ("host", at.as_str()),
        ("x-forwarded-host", &at),
        ("x-forwarded-for", &at),
        ("forwarded", &forwarded),
        ("x-original-url", &url),
        ("x-rewrite-url", &url),
        ("x-envoy-original-dst-host", &at),
        ("proxy", &url),
        ("origin", &url),
        ("referer", &url),
    ];
    for path in PATHS {
        for method in [Method::GET, Method::POST] {
            for target in [path.to_owned(), format!("http://{at}{path}")] {
                let answer = front.send(method.clone(), &headers, &target).await;
                let known = [200, 400, 405, 409].contains(&answer.status().as_u16());
                assert!(known, "{method} {target}: {}", answer.status());
                assert!(decoy.is_left_alone(), "{method} {target}");
            }
        }
    }
    assert!(!replica.changes().is_empty(), "they did what they do");
}

/// `host` of `/fault` and `/recover` is a replica's name, never an address.
#[tokio::test]
async fn no_query_leads_elsewhere() {
    let decoy = Decoy::new();
    let at = decoy.address().to_string();
    let replica = Replica::start("aaaa-1").await;
    let front = configured(&replica, &[]).await;
    let encoded = at.replace(':', "%3A");
    for path in ["/fault", "/recover"] {
        for host in [
            at.clone(),
            encoded.clone(),
            format!("http://{at}"),
            format!("http://{at}/fault"),
            format!("aaaa-1@{at}"),
            format!("{at}/aaaa-1"),
            format!("//{at}"),
            format!("aaaa-1%00{at}"),
        ] {
            let reply = front.get(&format!("{path}?host={host}")).await;
            assert_eq!(reply.status, 404, "{path} {host}: {}", reply.text);
            assert!(decoy.is_left_alone(), "{path} {host}");
        }
    }
    assert!(replica.changes().is_empty(), "nobody of that name");
    for query in [
        format!("url=http://{at}/"),
        format!("@{at}/"),
        format!("status=500&to={at}"),
        format!("x=%20HTTP/1.1%0d%0aHost:%20{at}"),
    ] {
        for path in PATHS {
            front.get(&format!("{path}?{query}")).await;
            assert!(decoy.is_left_alone(), "{path} {query}");
        }
    }
}

/// Neither colorapp, nor a replica's control port, nor the mesh's admin sends `front` anywhere.
#[tokio::test]
async fn no_redirect_is_followed_whoever_sends_it() {
    let decoy = Decoy::new();
    let to = format!("http://{}/", decoy.address());
    for status in [301, 302, 303, 305, 307, 308] {
        let status = StatusCode::from_u16(status).unwrap();
        let to = to.clone();
        let redirect =
            serve(Router::new().fallback(async move || (status, [(LOCATION, to)]))).await;
        let redirect = redirect.to_string();
        let front = Front::new(&[
            ("COLOR_SERVICE_ENDPOINT", &redirect),
            ("COLOR_CONTROL_ENDPOINT", &redirect),
            ("MESH_ADMIN_ENDPOINT", &redirect),
        ]);
        assert_eq!(front.get("/get").await.status, status, "passed on");
        for path in PATHS {
            front.get(path).await;
            assert!(decoy.is_left_alone(), "{path}, {status}");
        }
    }
}

/// A replica says itself at which port the mesh reaches it. That is shown, and nobody is called there.
#[tokio::test]
async fn what_a_replica_says_of_itself_is_not_called() {
    let decoy = Decoy::new();
    let port = decoy.address().port();
    let status = json!({"HostUID": "aaaa-1", "port": port, "fault": null});
    let handler = async move || axum::Json(status.clone());
    let control = serve(Router::new().fallback(handler)).await.to_string();
    let front = Front::new(&[("COLOR_CONTROL_ENDPOINT", &control)]);
    let shown = front.hosts().await["hosts"][0]["address"].clone();
    assert_eq!(shown, json!(decoy.address()));
    for path in PATHS {
        front.get(path).await;
        assert!(decoy.is_left_alone(), "{path}");
    }
}

/// Only `http_proxy` and only for colorapp, see `proxy`. What a client sends as `Proxy`, which CGI makes a variable of,
/// is nothing here.
#[tokio::test]
async fn no_other_variable_names_a_proxy() {
    let decoy = Decoy::new();
    let url = format!("http://{}", decoy.address());
    let replica = Replica::start("aaaa-1").await;
    let names = [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "FTP_PROXY",
    ];
    for name in names {
        let front = configured(&replica, &[(name, &url)]).await;
        for path in PATHS {
            front.get(path).await;
            assert!(decoy.is_left_alone(), "{name} {path}");
        }
    }
    let front = Front::new(&[
        ("COLOR_SERVICE_ENDPOINT", &nobody().await.to_string()),
        ("no_proxy", &url),
    ]);
    assert_eq!(front.get_with(&[("proxy", &url)], "/get").await.status, 502);
    assert!(decoy.is_left_alone());
}
