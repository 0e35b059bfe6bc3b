//! VirtualServices, VirtualRouters and the order of routes.

use std::time::Duration;

use http::Method;
use http1::{Field, Fields};

use super::{DEMO, mesh, with};
use crate::mesh::{Asked, RetryOn, RetryPolicy, Route};

pub(super) const TARGET: &str =
    "action: {weightedTargets: [{virtualNodeRef: {name: colorapp}, weight: 1}]}";

/// The demo with colorapp behind a router that has these routes.
pub(super) fn routed(routes: &str) -> String {
    let to_node = "virtualNode: {virtualNodeRef: {name: colorapp}}";
    assert!(DEMO.contains(to_node));
    let spec = format!(
        "{{listeners: [{{portMapping: {{port: 8080, protocol: http}}}}], routes: [{routes}]}}"
    );
    with("VirtualRouter", "router", &spec).replacen(
        to_node,
        "virtualRouter: {virtualRouterRef: {name: router}}",
        1,
    )
}

/// colorapp's routes behind a router that has these.
fn routes(routes: &str) -> Vec<Route> {
    mesh(&routed(routes), None)
        .unwrap()
        .services
        .remove(0)
        .routes
}

/// A route of this name and match.
pub(super) fn route(name: &str, when: &str) -> String {
    format!("{{name: {name}, httpRoute: {{match: {{{when}}}, {TARGET}}}}}")
}

/// The route `r` with these fields beside match and action.
fn with_fields(fields: &str) -> Route {
    routes(&format!(
        "{{name: r, httpRoute: {{match: {{prefix: /}}, {TARGET}, {fields}}}}}"
    ))
    .remove(0)
}

fn secs(value: u64) -> Option<Duration> {
    Some(Duration::from_secs(value))
}

#[test]
fn a_route_has_what_app_mesh_adds() {
    let [route] = &routes(&route("r", "prefix: /"))[..] else {
        panic!("one route")
    };
    assert_eq!((route.name.as_str(), route.timeout), ("r", secs(15)));
    assert_eq!(route.retry, RetryPolicy::app_mesh_default());
}

#[test]
fn a_route_has_its_own_timeout() {
    assert_eq!(
        with_fields("timeout: {perRequest: {value: 3, unit: s}}").timeout,
        secs(3)
    );
    assert_eq!(with_fields("timeout: {}").timeout, secs(15));
    assert_eq!(
        with_fields("timeout: {perRequest: {value: 0, unit: ms}}").timeout,
        None
    );
}

#[test]
fn a_retry_policy_of_its_own_takes_the_place_of_the_default() {
    let policy = |events: &str, on| {
        let fields = format!(
            "retryPolicy: {{maxRetries: 3, perRetryTimeout: {{value: 1, unit: s}}, {events}}}"
        );
        let expected = RetryPolicy {
            max_retries: 3,
            per_try_timeout: secs(1),
            on,
        };
        assert_eq!(with_fields(&fields).retry, expected, "{events}");
    };
    let none = RetryOn::default;
    policy(
        "httpRetryEvents: [server-error]",
        RetryOn {
            server_error: true,
            ..none()
        },
    );
    policy(
        "httpRetryEvents: [gateway-error]",
        RetryOn {
            gateway_error: true,
            ..none()
        },
    );
    policy(
        "httpRetryEvents: [client-error]",
        RetryOn {
            conflict: true,
            ..none()
        },
    );
    policy(
        "tcpRetryEvents: [connection-error]",
        RetryOn {
            connect_failure: true,
            ..none()
        },
    );
    // A refused stream is HTTP/2's business.
    policy("httpRetryEvents: [stream-error]", none());
    let without_limit = with_fields(
        "retryPolicy: {maxRetries: 0, perRetryTimeout: {value: 0, unit: s}, tcpRetryEvents: [connection-error]}",
    );
    assert_eq!(
        (
            without_limit.retry.max_retries,
            without_limit.retry.per_try_timeout
        ),
        (0, None)
    );
}

#[test]
fn targets_share_by_weight() {
    let weighted = "{name: r, httpRoute: {match: {prefix: /}, action: {weightedTargets: [\
        {virtualNodeRef: {name: colorapp}, weight: 90, port: 8080}, \
        {virtualNodeRef: {name: front, namespace: demo}, weight: 0}]}}}";
    let targets: Vec<_> = routes(weighted)[0]
        .targets
        .iter()
        .map(|target| (target.cluster.0, target.weight))
        .collect();
    assert_eq!(targets, [(0, 90), (1, 0)]);
}

/// By priority, then the most specific first, then as written.
#[test]
fn routes_are_tried_in_app_meshs_order() {
    let written = [
        route("root", "prefix: /"),
        route("long", "prefix: /color/get"),
        route("short", "prefix: /color"),
        route("regex", "path: {regex: '/c.*'}"),
        route("exact", "path: {exact: /x}"),
        route("post", "prefix: /color, method: POST"),
        route("header", "prefix: /color, headers: [{name: a}]"),
        route("again", "prefix: /"),
        route("last", "path: {exact: /y}").replace("name: last,", "name: last, priority: 1000,"),
        route("first", "prefix: /z").replace("name: first,", "name: first, priority: 7,"),
    ];
    let names: Vec<_> = routes(&written.join(", "))
        .into_iter()
        .map(|route| route.name)
        .collect();
    assert_eq!(
        names,
        [
            "first", "exact", "last", "regex", "long", "post", "header", "short", "root", "again"
        ]
    );
}

#[test]
fn every_part_of_a_match_decides() {
    let get = |path: &str, headers: &[(&'static str, &str)], method: Method, when: &str| {
        let lines = headers.iter().map(|(name, value)| Field {
            name,
            value: value.as_bytes(),
        });
        let lines: Vec<_> = lines.collect();
        let asked = Asked {
            method: method.as_str(),
            path: path.split('?').next().unwrap(),
            host: "colorapp",
            fields: Fields::new(&lines),
        };
        routes(&route("r", when))[0].when.matches(asked)
    };
    let header = |rule: &str, value: &str| {
        let when = format!("prefix: /, headers: [{{name: X-Color, {rule}}}]");
        get("/", &[("x-color", value)], Method::GET, &when)
    };
    assert!(get(
        "/a/b?c",
        &[],
        Method::GET,
        "path: {exact: /a/b}, scheme: http, port: 8080"
    ));
    assert!(get("/a/b", &[], Method::GET, "path: {regex: '/a/[bc]'}"));
    assert!(
        !get("/a/bb", &[], Method::GET, "path: {regex: '/a/[bc]'}"),
        "the whole path"
    );
    assert!(get("/ab", &[], Method::GET, "prefix: /a, method: GET"));
    assert!(!get("/ab", &[], Method::POST, "prefix: /a, method: GET"));
    assert!(!get(
        "/",
        &[],
        Method::GET,
        "prefix: /, headers: [{name: X-Color}]"
    ));
    assert!(get(
        "/",
        &[],
        Method::GET,
        "prefix: /, headers: [{name: X-Color, invert: true}]"
    ));
    assert!(header("invert: false", "any"), "present");
    assert!(header("match: {exact: red}", "red") && !header("match: {exact: red}", "redder"));
    assert!(header("match: {prefix: re}", "red") && !header("match: {prefix: re}", "are"));
    assert!(header("match: {suffix: ed}", "red") && !header("match: {suffix: ed}", "reds"));
    assert!(header("match: {regex: 'r.d'}", "rod") && !header("match: {regex: 'r.d'}", "rods"));
    let range = "match: {range: {start: -1, end: 3}}";
    assert!(
        header(range, "-1") && header(range, "2") && !header(range, "3") && !header(range, "x")
    );
}
