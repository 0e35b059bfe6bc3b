//! Through the gateway there is front's app port, and nothing else: no admin page, and no control port.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Demo, PATIENCE};

/// The admin pages of the data plane, those of Envoy that it does not have, and what is on control ports only.
const HIDDEN: [&str; 26] = [
    "/certs",
    "/clusters",
    "/clusters?format=json",
    "/config_dump",
    "/contention",
    "/cpuprofiler",
    "/drain_listeners",
    "/healthcheck/fail",
    "/healthcheck/ok",
    "/healthz",
    "/help",
    "/hot_restart_version",
    "/listeners",
    "/logging",
    "/memory",
    "/metrics",
    "/outlier_events",
    "/outliers",
    "/quitquitquit",
    "/ready",
    "/readyz",
    "/reset_counters",
    "/runtime",
    "/server_info",
    "/stats/prometheus",
    "/status",
];

/// What only admin pages and control ports say.
const TELLTALES: [&str; 7] = [
    "# TYPE",
    "outlier_detection",
    "LIVE",
    "ready\n",
    "ok\n",
    "\"clusters\"",
    "stat_prefix",
];

/// One way to ask for `path`: the request line's target, and the host.
fn spellings(path: &str, others: &[String]) -> Vec<(String, String)> {
    let front = "front".to_owned();
    let name = &path[1..];
    let first = format!("%{:02x}", name.as_bytes()[0]);
    let mut all: Vec<(String, String)> = [
        path.to_owned(),
        format!("/{path}"),
        format!("/.{path}"),
        format!("/get/..{path}"),
        format!("/..{path}"),
        format!("/..;{path}"),
        format!("/%2e%2e{path}"),
        format!("/get%2f..%2f{name}"),
        format!("/{first}{}", &name[1..]),
        format!("/page/..{path}"),
        format!("/page/..%2f{name}"),
    ]
    .map(|target| (target, front.clone()))
    .into();
    for other in others {
        all.push((path.to_owned(), other.clone()));
        all.push((format!("http://{other}{path}"), front.clone()));
        all.push((format!("http://{other}{path}"), other.clone()));
        all.push((format!("//{other}{path}"), front.clone()));
        all.push((format!("/@{other}{path}"), front.clone()));
    }
    all
}

#[tokio::test]
async fn no_spelling_of_an_admin_or_control_path_leads_there() {
    let demo = Demo::start(&["--replicas", "1"]);
    let gateway = authority(&demo.ready["gateway"]);
    let mut others = vec![authority(&demo.ready["admin"])];
    let replicas = demo.ready["replicas"].as_array().unwrap();
    others.extend(
        replicas
            .iter()
            .map(|replica| authority(&replica["control"])),
    );
    assert_eq!(
        others.len(),
        3,
        "the admin, front's control port and colorapp's"
    );
    for path in HIDDEN {
        for (target, host) in spellings(path, &others) {
            for method in ["GET", "POST"] {
                let (status, body) = ask(&gateway, method, &target, &host).await;
                // What may be a part of the page, of which there is none of that name, can only be read.
                let is_of_page = method == "POST" && target.starts_with("/page/");
                assert!(
                    status == 404 || (is_of_page && status == 405),
                    "{method} {target} of {host}: {status} {body}"
                );
                let told = TELLTALES.iter().find(|telltale| body.contains(**telltale));
                assert_eq!(told, None, "{method} {target} of {host}");
            }
        }
    }
    for other in &others {
        let (status, _) = ask(&gateway, "CONNECT", other, other).await;
        assert_eq!(status, 404, "CONNECT {other}");
        let (status, _) = ask(&gateway, "CONNECT", other, "front").await;
        assert_eq!(status, 404, "CONNECT {other}");
    }
    // Nobody was told to quit or to drain.
    assert_eq!(demo.text("/color/get").await, "purple\n");
    assert_eq!(demo.admin("/ready").await, "LIVE\n");
}

/// What both have is front's, whatever host is named.
#[tokio::test]
async fn a_path_that_the_admin_has_too_is_the_one_of_front() {
    let demo = Demo::start(&["--replicas", "1"]);
    let gateway = authority(&demo.ready["gateway"]);
    let admin = authority(&demo.ready["admin"]);
    for (target, host) in [
        ("/stats".to_owned(), "front"),
        ("/stats?format=json".to_owned(), "front"),
        ("/stats".to_owned(), admin.as_str()),
        (format!("http://{admin}/stats"), admin.as_str()),
    ] {
        let (status, body) = ask(&gateway, "GET", &target, host).await;
        assert_eq!((status, body.as_str()), (200, "[]\n"), "{target} of {host}");
    }
    let (_, page) = ask(&gateway, "GET", "/", &admin).await;
    let (_, page_of_admin) = ask(&admin, "GET", "/", &admin).await;
    assert_ne!(page, page_of_admin);
    assert!(page.contains("<!doctype html>"), "{page}");
}

/// `fault` and `recover` of front are for its users, locked or not; those of a replica's control port change only
/// the replica that front picks, and there is no other way to them.
#[tokio::test]
async fn fault_is_the_one_of_front_whatever_host_is_named() {
    let demo = Demo::start(&["--replicas", "1"]);
    let gateway = authority(&demo.ready["gateway"]);
    let replica = demo.colorapps()[0];
    let control = authority(&replica["control"]);
    let uid = replica["uid"].as_str().unwrap();
    let (status, body) = ask(&gateway, "POST", "/fault?host=nobody", &control).await;
    assert_eq!(
        status, 404,
        "front knows of hosts, colorapp does not: {body}"
    );
    assert!(body.contains(uid), "front tells whom it knows: {body}");
    let target = format!("http://{control}/recover?status=500");
    let (status, body) = ask(&gateway, "POST", &target, &control).await;
    assert_eq!(status, 400, "{body}");
    assert_eq!(
        demo.json("/hosts").await["hosts"][0]["fault"],
        serde_json::Value::Null
    );
}

/// Host and port of a URL or an address.
fn authority(told: &serde_json::Value) -> String {
    let told = told.as_str().unwrap();
    told.trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}

/// Asks with the target and the host as they stand; status and body.
async fn ask(address: &str, method: &str, target: &str, host: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}
