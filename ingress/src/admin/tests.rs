use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::time::advance;

use super::*;
use crate::bootstrap::Replicas;
use crate::cluster::EventSink;
use crate::mesh::{
    ClusterId, Gateway, GatewayRoute, HeaderMatch, HeaderRule, PathMatch, RequestMatch,
    RetryPolicy, Rewrite, Route, Sidecar, VirtualService, VirtualServiceId, WeightedTarget,
};
use crate::metrics::recorded::{all_healthy, one_ejected};
use crate::outlier::{Action, Event};

/// What Envoy was configured with for the recordings, and a gateway.
pub(super) fn state() -> State {
    with(all_healthy())
}

fn with(cluster: Arc<Cluster>) -> State {
    let target = WeightedTarget {
        cluster: ClusterId(0),
        weight: 1,
    };
    let route = Route {
        name: "colorapp".to_owned(),
        when: RequestMatch::default(),
        targets: vec![target],
        timeout: Some(Duration::from_secs(15)),
        retry: RetryPolicy::app_mesh_default(),
    };
    let not_canary = HeaderMatch {
        name: "x-canary".parse().unwrap(),
        invert: true,
        rule: HeaderRule::Present,
    };
    let color = GatewayRoute {
        name: "color".to_owned(),
        when: RequestMatch {
            path: Some(PathMatch::Prefix("/color/".to_owned())),
            headers: vec![not_canary],
            ..RequestMatch::default()
        },
        rewrite: Rewrite {
            host: None,
            path: Some("/".to_owned()),
        },
        target: VirtualServiceId(0),
    };
    let mesh = Mesh {
        name: "demo".to_owned(),
        gateway: Some(Gateway {
            name: "gateway".to_owned(),
            port: 8080,
            routes: vec![color],
        }),
        sidecar: Some(Sidecar {
            node: "front".to_owned(),
            backends: vec![("colorapp".to_owned(), VirtualServiceId(0))],
        }),
        services: vec![VirtualService {
            name: "colorapp".to_owned(),
            routes: vec![route],
        }],
        clusters: vec![cluster.spec().clone()],
    };
    let live = Readiness::new();
    live.set(true);
    let hosts = cluster.hosts();
    let replicas = Replicas::At(hosts.iter().map(|host| host.address()).collect());
    State {
        replicas: vec![replicas],
        clusters: vec![cluster],
        listeners: vec![("egress".to_owned(), ([127, 0, 0, 1], 10_000).into())],
        downstream: vec![Downstream::new("egress", ([127, 0, 0, 1], 15001).into())],
        mesh,
        live,
        events: EventLog::default(),
        concurrency: 1,
        started: Instant::now(),
    }
}

async fn ask(app: &Router, method: &str, path: &str) -> (u16, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path);
    send(app, request.body(Body::empty()).unwrap()).await
}

async fn send(app: &Router, request: Request<Body>) -> (u16, HeaderMap, String) {
    let response = tower::ServiceExt::oneshot(app.clone(), request)
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (parts.status.as_u16(), parts.headers, body)
}

async fn get(app: &Router, path: &str) -> String {
    let (status, _, body) = ask(app, "GET", path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

#[tokio::test]
async fn a_page_of_another_site_sees_pages_and_changes_nothing() {
    let state = state();
    let live = state.live.clone();
    let app = app(state);
    for (path, expected) in [("/healthcheck/fail", 403), ("/ready", 200)] {
        for header in ["sec-fetch-site", "origin"] {
            let request = Request::post(path).header(header, "cross-site");
            let (status, _, body) = send(&app, request.body(Body::empty()).unwrap()).await;
            assert_eq!(status, expected, "{path} {header}: {body}");
        }
    }
    assert!(live.get());
}

/// FACTS 12.8: status and headers of every page that Envoy has, too.
#[tokio::test]
async fn the_headers_are_envoys() {
    let app = app(state());
    let recorded: Value =
        serde_json::from_str(include_str!("../../tests/envoy/http_headers.json")).unwrap();
    for (page, envoys) in recorded.as_object().unwrap() {
        if page == "/memory" {
            continue;
        }
        let (method, path) = page.split_once(' ').unwrap_or(("GET", page));
        let (status, headers, body) = ask(&app, method, path).await;
        assert_eq!(status, envoys["status"], "{page}: {body}");
        for name in ["content-type", "cache-control", "x-content-type-options"] {
            assert_eq!(
                headers[name],
                envoys["headers"][name].as_str().unwrap(),
                "{page}"
            );
        }
        assert_eq!(headers["server"], "ingress", "{page}");
    }
}

/// FACTS 12.8.
#[tokio::test]
async fn failing_the_health_check_drains_and_ok_brings_it_back() {
    let app = app(state());
    let ready = async || {
        let (status, _, body) = ask(&app, "GET", "/ready").await;
        (status, body)
    };
    assert_eq!(ready().await, (200, "LIVE\n".to_owned()));
    assert_eq!(ask(&app, "POST", "/healthcheck/fail").await.2, "OK\n");
    assert_eq!(ready().await, (503, "DRAINING\n".to_owned()));
    assert!(get(&app, "/stats").await.contains("server.live: 0\n"));
    assert_eq!(ask(&app, "POST", "/healthcheck/ok").await.2, "OK\n");
    assert_eq!(ready().await, (200, "LIVE\n".to_owned()));
}

/// FACTS 12.8.
#[tokio::test]
async fn a_page_that_changes_something_wants_post() {
    let app = app(state());
    let (status, _, body) = ask(&app, "GET", "/healthcheck/fail").await;
    assert_eq!(status, 405);
    assert_eq!(body, "Method GET not allowed, POST required.");
    assert_eq!(get(&app, "/ready").await, "LIVE\n", "nothing changed");
}

/// FACTS 12.8.
#[tokio::test]
async fn an_unknown_path_lists_the_commands_and_each_of_them_exists() {
    let app = app(state());
    let (status, _, body) = ask(&app, "GET", "/nonexistent").await;
    assert_eq!(status, 404);
    assert!(body.starts_with("invalid path. admin commands are:\n  /: Admin home page\n"));
    let help = get(&app, "/help").await;
    assert_eq!(body, format!("invalid path. {help}"));
    let commands = help.lines().filter_map(|line| line.strip_prefix("  /"));
    for command in commands {
        let end = command.find([':', ' ']).unwrap();
        let path = format!("/{}", &command[..end]);
        assert_ne!(ask(&app, "POST", &path).await.0, 404, "{path}");
    }
}

/// What others than this machine see: they look, and can neither drain it nor ask for its configuration.
#[tokio::test]
async fn others_are_shown_readiness_and_statistics_only() {
    let app = public(state());
    assert_eq!(get(&app, "/ready").await, "LIVE\n");
    let outliers = get(&app, "/stats/prometheus?filter=outlier").await;
    assert!(outliers.contains("envoy_cluster_outlier_detection"));
    for page in [
        "/",
        "/clusters",
        "/config_dump",
        "/healthcheck/fail",
        "/stats",
    ] {
        assert_eq!(ask(&app, "POST", page).await.0, 404, "{page}");
    }
}

#[tokio::test]
async fn the_listeners_are_envoys() {
    let app = app(state());
    assert_eq!(get(&app, "/listeners").await, "egress::127.0.0.1:10000\n");
    let json: Value = serde_json::from_str(&get(&app, "/listeners?format=json").await).unwrap();
    assert_eq!(json["listener_statuses"][0]["name"], "egress");
}

/// FACTS 12.3, 12.4.
#[tokio::test]
async fn the_outlier_statistics_are_envoys() {
    let app = app(with(one_ejected()));
    assert_eq!(
        get(&app, "/stats/prometheus?filter=outlier").await,
        include_str!("../../tests/envoy/one_ejected_prometheus_outlier.txt")
    );
    let app = super::app(state());
    assert_eq!(
        get(&app, "/stats?filter=outlier&format=json").await,
        include_str!("../../tests/envoy/all_healthy_stats_outlier.json")
    );
}

/// FACTS 12.3: without labels the braces stay.
#[tokio::test(start_paused = true)]
async fn the_process_and_its_listeners_are_counted_too() {
    let state = state();
    state.downstream[0].completed(503);
    state.downstream[0].downstream_cx_total.inc();
    let app = app(state);
    advance(Duration::from_secs(7)).await;
    let page = get(&app, "/stats/prometheus").await;
    for line in [
        "envoy_server_live{} 1",
        "envoy_server_uptime{} 7",
        "envoy_server_concurrency{} 1",
        "envoy_cluster_manager_active_clusters{} 1",
        "envoy_http_downstream_cx_total{envoy_http_conn_manager_prefix=\"egress\"} 1",
        "envoy_http_downstream_rq_xx{envoy_response_code_class=\"5\",\
         envoy_http_conn_manager_prefix=\"egress\"} 1",
    ] {
        assert!(page.lines().any(|ours| ours == line), "{line}");
    }
    assert_eq!(page, get(&app, "/stats?format=prometheus").await);
}

/// Every name outside of `cluster.*` is one of Envoy's, with Envoy's type and labels.
#[tokio::test]
async fn no_metric_is_invented() {
    let known = include_str!("../../tests/envoy/prometheus_metric_names.txt");
    let known: Vec<(&str, &str)> = known
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, rest)| (name, rest.split_once('\t').unwrap().0))
        .collect();
    assert!(known.len() > 100);
    let page = get(&app(state()), "/stats/prometheus").await;
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let summed = format!("{name}_sum");
        assert!(
            known.contains(&(name, kind)) || known.contains(&(&summed, kind)),
            "{line}"
        );
    }
}

#[tokio::test]
async fn bad_parameters_are_told_in_one_sentence() {
    let app = app(state());
    for path in [
        "/stats?filter=(",
        "/stats/prometheus?filter=(",
        "/clusters?filter=(",
    ] {
        let (status, _, body) = ask(&app, "GET", path).await;
        assert_eq!(status, 400, "{path}");
        assert_eq!(body, "filter is not a regular expression: unclosed group\n");
    }
    let (status, _, body) = ask(&app, "GET", "/stats?format=xml").await;
    assert_eq!(status, 400);
    assert_eq!(body, "format must be text, json or prometheus\n");
}

#[tokio::test]
async fn clusters_may_be_filtered_by_name() {
    let app = app(state());
    assert!(
        get(&app, "/clusters?filter=^color")
            .await
            .contains("9085::cx_active::1\n")
    );
    assert_eq!(get(&app, "/clusters?filter=^app").await, "");
}

#[tokio::test]
async fn the_event_log_is_served() {
    let state = state();
    let event = Event {
        host: 2,
        action: Action::Uneject,
        at: Duration::ZERO,
        ejections: 1,
        since_last_action: None,
    };
    let cluster = &state.clusters[0];
    state.events.write(cluster, &cluster.hosts()[2], &event);
    let page = get(&app(state), "/outlier_events").await;
    assert_eq!(page.lines().count(), 1);
    let line: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(line["upstream_url"], "127.0.0.1:9083");
}

#[tokio::test]
async fn the_outliers_page_is_json() {
    let page: Value =
        serde_json::from_str(&get(&app(with(one_ejected())), "/outliers").await).unwrap();
    assert_eq!(page["clusters"][0]["hosts"][2]["state"], "ejected");
}

/// Envoy's keys, this program's version.
#[tokio::test(start_paused = true)]
async fn the_server_says_what_it_is() {
    let app = app(state());
    advance(Duration::from_millis(2_900)).await;
    let info: Value = serde_json::from_str(&get(&app, "/server_info").await).unwrap();
    assert_eq!(info["state"], "LIVE");
    assert_eq!(info["uptime_current_epoch"], "2s");
    assert!(info["version"].as_str().unwrap().starts_with("ingress/"));
    assert_eq!(info["node"]["cluster"], "demo");
}
