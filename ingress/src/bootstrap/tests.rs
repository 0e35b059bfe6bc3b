//! What the manifests of the project, and richer ones, become.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::dns::DEFAULT_REFRESH;
use crate::manifest;

mod routes;

/// A gateway, two services with a router each, and three clusters. Each test says what differs.
const RICH: &str = include_str!("../../tests/bootstrap/rich/mesh.yaml");

fn source(text: String) -> Source {
    let start = PathBuf::from("m.yaml");
    let files = [(start.clone(), text)].into();
    Source::Embedded { files, start }
}

fn mesh(source: &Source) -> Mesh {
    Mesh::from_manifests(&manifest::load(source).unwrap(), None).unwrap()
}

fn bootstrap(mesh: &Mesh) -> Result<Value, ConfigError> {
    let replicas = |spec: &crate::mesh::Cluster| match &spec.hostname {
        Some(name) => Replicas::Dns {
            name: name.clone(),
            refresh: DEFAULT_REFRESH,
        },
        None => Replicas::At(vec![([127, 0, 0, 1], 9081).into()]),
    };
    Bootstrap {
        mesh,
        replicas: mesh.clusters.iter().map(replicas).collect(),
        gateway: Some(([127, 0, 0, 1], 8080).into()),
        egress: Some(([127, 0, 0, 1], 15001).into()),
        admin: Some(([127, 0, 0, 1], 9901).into()),
        stats: None,
        event_log: Some(Path::new("/tmp/events")),
    }
    .to_json()
}

fn rich() -> Value {
    bootstrap(&mesh(&source(RICH.to_owned()))).unwrap()
}

/// The sentence with which the rich mesh is refused after this change.
fn refusal(from: &str, to: &str) -> String {
    assert!(RICH.contains(from), "{from:?} is not in the manifests");
    let changed = mesh(&source(RICH.replacen(from, to, 1)));
    bootstrap(&changed).unwrap_err().to_string()
}

fn manager(bootstrap: &Value, listener: usize) -> &Value {
    &bootstrap["static_resources"]["listeners"][listener]["filter_chains"][0]["filters"][0]["typed_config"]
}

fn hosts(bootstrap: &Value, listener: usize) -> &Vec<Value> {
    let hosts = &manager(bootstrap, listener)["route_config"]["virtual_hosts"];
    hosts.as_array().unwrap()
}

/// The route `name` of all listeners.
fn route<'a>(bootstrap: &'a Value, name: &str) -> &'a Value {
    let hosts = [0, 1].map(|listener| hosts(bootstrap, listener));
    let mut routes = hosts
        .into_iter()
        .flatten()
        .flat_map(|host| host["routes"].as_array().unwrap());
    let route = routes.find(|route| route["name"] == name);
    route.unwrap_or_else(|| panic!("there is no route {name} in {bootstrap:#}"))
}

fn names(routes: &Value) -> Vec<&str> {
    let routes = routes.as_array().unwrap().iter();
    routes
        .map(|route| route["name"].as_str().unwrap())
        .collect()
}

#[test]
fn the_projects_own_manifests_have_two_listeners_and_two_clusters() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../manifests/appmesh");
    let written = bootstrap(&mesh(&Source::Path(folder))).unwrap();
    for (index, name) in ["gateway", "egress"].into_iter().enumerate() {
        let listener = &written["static_resources"]["listeners"][index];
        assert_eq!(listener["name"], name);
        assert_eq!(manager(&written, index)["stat_prefix"], name);
    }
    assert_eq!(
        written["admin"]["address"]["socket_address"]["port_value"],
        9901
    );
    let log = &written["cluster_manager"]["outlier_detection"]["event_log_path"];
    assert_eq!(log, "/tmp/events");

    let clusters = written["static_resources"]["clusters"].as_array().unwrap();
    assert_eq!(
        names(&written["static_resources"]["clusters"]),
        [
            "cds_egress_outlier-demo_colorapp_outlier-demo_http_8080",
            "cds_egress_outlier-demo_front_outlier-demo_http_8080",
        ]
    );
    let detection = &clusters[0]["outlier_detection"];
    for (field, value) in [
        ("consecutive_5xx", json!(5)),
        ("interval", json!("10s")),
        ("base_ejection_time", json!("10s")),
        ("max_ejection_percent", json!(100)),
        ("always_eject_one_host", json!(true)),
        ("enforcing_success_rate", json!(0)),
        ("max_ejection_time_jitter", json!("0s")),
    ] {
        assert_eq!(detection[field], value, "{field}");
    }
    assert!(clusters[1]["outlier_detection"].is_null());
    assert_eq!(clusters[0]["common_lb_config"]["update_merge_window"], "1s");

    let way_in = route(&written, "front/front");
    assert_eq!(way_in["match"], json!({ "prefix": "/" }));
    let front = "front.outlier-demo.svc.cluster.local";
    assert_eq!(way_in["route"]["host_rewrite_literal"], front);
    let backend = "colorapp.outlier-demo.svc.cluster.local";
    let port = format!("{backend}:*");
    assert_eq!(hosts(&written, 1)[0]["domains"], json!([backend, port]));
}

#[test]
fn a_refresh_rate_is_written_when_it_is_not_envoys_own() {
    let mesh = mesh(&source(RICH.to_owned()));
    for (rate, written) in [(5_000, Value::Null), (500, json!("0.500s"))] {
        let replicas = Replicas::Dns {
            name: "red.demo".to_owned(),
            refresh: std::time::Duration::from_millis(rate),
        };
        let cluster = cluster::cluster(&mesh.clusters[0], &replicas).unwrap();
        assert_eq!(cluster["dns_refresh_rate"], written);
    }
}

/// Both ways of finding replicas.
#[test]
fn a_cluster_is_static_or_found_by_its_name() {
    let written = rich();
    let clusters = &written["static_resources"]["clusters"];
    let place = |index: usize| {
        let endpoints = &clusters[index]["load_assignment"]["endpoints"][0]["lb_endpoints"];
        endpoints[0]["endpoint"]["address"]["socket_address"].clone()
    };
    assert_eq!(clusters[0]["type"], "STRICT_DNS");
    assert_eq!(
        place(0),
        json!({ "address": "red.demo", "port_value": 8080 })
    );
    assert_eq!(clusters[1]["type"], "STATIC");
    assert_eq!(
        place(1),
        json!({ "address": "127.0.0.1", "port_value": 9081 })
    );
}

/// Whoever reaches this listener can look, and cannot end Envoy.
#[test]
fn readiness_and_statistics_have_a_listener_of_their_own() {
    let mesh = mesh(&source(RICH.to_owned()));
    let written = Bootstrap {
        mesh: &mesh,
        replicas: vec![Replicas::At(Vec::new()); mesh.clusters.len()],
        gateway: None,
        egress: None,
        stats: Some(([0, 0, 0, 0], 9902).into()),
        admin: Some(([127, 0, 0, 1], 9901).into()),
        event_log: None,
    };
    let written = written.to_json().unwrap();
    let listeners = written["static_resources"]["listeners"].as_array().unwrap();
    assert_eq!(listeners.len(), 1);
    let address = &listeners[0]["address"]["socket_address"];
    assert_eq!(
        *address,
        json!({ "address": "0.0.0.0", "port_value": 9902 })
    );
    let pages = hosts(&written, 0)[0]["routes"].as_array().unwrap().iter();
    let pages: Vec<_> = pages.map(|page| &page["match"]["path"]).collect();
    assert_eq!(pages, ["/ready", "/stats/prometheus"]);
    let clusters = written["static_resources"]["clusters"].as_array().unwrap();
    let admin = clusters.last().unwrap();
    let endpoint = &admin["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"];
    assert_eq!(endpoint["address"]["socket_address"]["port_value"], 9901);
}

#[test]
fn limits_are_told_for_both_priorities_and_idle_times_as_well() {
    let written = rich();
    let red = &written["static_resources"]["clusters"][0];
    let limits = &red["circuit_breakers"]["thresholds"];
    for priority in 0..2 {
        assert_eq!(limits[priority]["max_connections"], 7);
        assert_eq!(limits[priority]["max_pending_requests"], 3);
        assert_eq!(limits[priority]["max_requests"], i32::MAX);
        assert_eq!(limits[priority]["max_retries"], i32::MAX);
    }
    assert_eq!(limits[1]["priority"], "HIGH");
    let idle = |cluster: &Value| {
        let options = &cluster["typed_extension_protocol_options"]["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"];
        options["common_http_protocol_options"]["idle_timeout"].clone()
    };
    assert_eq!(idle(red), "90s");
    let blue = &written["static_resources"]["clusters"][1];
    assert_eq!(idle(blue), "0s", "without end");
}

#[test]
fn what_envoy_cannot_be_told_is_refused_by_its_name() {
    assert_eq!(
        refusal("prefix: /paint }", "path: { regex: '/p.*' } }"),
        "GatewayRoute paint and route regex of VirtualService paint.demo: Envoy cannot be told that a \
         path fits two regular expressions, /p.* and /[a-z]+/[0-9]+"
    );
    assert_eq!(
        refusal(
            "{ name: x-not, invert: true }",
            "{ name: x-not, invert: true, match: { regex: 'a*' } }"
        ),
        "GatewayRoute paint and route canary of VirtualService paint.demo: Envoy cannot be told that \
         header x-not is absent or does not match a*, which the empty text matches"
    );
    assert_eq!(
        refusal(
            "perRequest: { value: 2, unit: s }",
            "perRequest: { value: 20, unit: s }"
        ),
        "GatewayRoute paint and route canary of VirtualService paint.demo: Envoy cannot be told two \
         timeouts of one route, 10s for VirtualNode red and 15s for blue"
    );
}

#[test]
fn times_that_are_too_short_for_envoy_are_refused() {
    let mut short = mesh(&source(RICH.to_owned()));
    let policy = short.clusters[0].outlier.as_mut().unwrap();
    policy.interval = Duration::from_micros(999);
    assert_eq!(
        bootstrap(&short).unwrap_err().to_string(),
        "VirtualNode red: interval must be at least 1 ms for Envoy; choose a lower --speed"
    );
}
