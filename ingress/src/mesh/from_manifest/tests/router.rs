//! VirtualServices, VirtualRouters and the order of routes.

use std::time::Duration;

use http::{HeaderMap, Method, Uri};

use super::{DEMO, changed, mesh, refusal, with};
use crate::mesh::{RetryOn, RetryPolicy, Route};

const TARGET: &str = "action: {weightedTargets: [{virtualNodeRef: {name: colorapp}, weight: 1}]}";

/// The demo with colorapp behind a router that has these routes.
fn routed(routes: &str) -> String {
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
fn route(name: &str, when: &str) -> String {
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
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let uri: Uri = path.parse().unwrap();
        routes(&route("r", when))[0]
            .when
            .matches(&method, &uri, "colorapp", &headers)
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

#[test]
fn what_a_router_cannot_mean_is_refused() {
    let at = "document 8: VirtualRouter router: spec.routes";
    let target = |target: &str| {
        format!(
            "{{name: r, httpRoute: {{match: {{prefix: /}}, action: {{weightedTargets: [{target}]}}}}}}"
        )
    };
    let policy = "retryPolicy: {maxRetries: 1, perRetryTimeout: {value: 1, unit: s}}";
    for (routes, expected) in [
        (
            format!("{}, {}", route("r", "prefix: /"), route("r", "prefix: /a")),
            "[1].name: another route is called r, too",
        ),
        ("{name: r}".to_owned(), "[0].httpRoute: must be there"),
        (
            route("r", "method: GET"),
            "[0].httpRoute.match: must have a prefix or a path",
        ),
        (
            route("r", "prefix: /, path: {exact: /}"),
            "[0].httpRoute.match: must have only one of prefix and path",
        ),
        (
            route("r", "prefix: a"),
            "[0].httpRoute.match.prefix: must begin with /",
        ),
        (
            route("r", "path: {exact: a}"),
            "[0].httpRoute.match.path.exact: must begin with /",
        ),
        (
            route("r", "path: {}"),
            "[0].httpRoute.match.path: must have exactly one of exact and regex",
        ),
        (
            route("r", "path: {regex: '/(a'}"),
            "[0].httpRoute.match.path.regex: is no regular expression: unclosed group",
        ),
        (
            route("r", "prefix: /, scheme: https"),
            "[0].httpRoute.match.scheme: https is not supported here: only http is",
        ),
        (
            route("r", "prefix: /, port: 80"),
            "[0].httpRoute.match.port: must be the listener's port 8080, not 80",
        ),
        (
            route("r", "prefix: /, headers: [{name: 'a b'}]"),
            "[0].httpRoute.match.headers[0].name: is no name of a header",
        ),
        (
            route("r", "prefix: /, headers: [{name: a}, {name: b, match: {}}]"),
            "[0].httpRoute.match.headers[1].match: must have exactly one of exact, prefix, range, regex and suffix",
        ),
        (
            route(
                "r",
                "prefix: /, headers: [{name: a, match: {exact: a, prefix: a}}]",
            ),
            "[0].httpRoute.match.headers[0].match: must have exactly one of exact, prefix, range, regex and suffix",
        ),
        (
            route(
                "r",
                "prefix: /, headers: [{name: a, match: {range: {start: 3, end: 3}}}]",
            ),
            "[0].httpRoute.match.headers[0].match.range: start must be less than end",
        ),
        (
            target("{virtualNodeRef: {name: nobody}, weight: 1}"),
            "[0].httpRoute.action.weightedTargets[0].virtualNodeRef: there is no VirtualNode nobody in namespace demo",
        ),
        (
            target("{weight: 1}"),
            "[0].httpRoute.action.weightedTargets[0].virtualNodeRef: must be there",
        ),
        (
            target("{virtualNodeRef: {name: colorapp}, weight: 1, port: 1}"),
            "[0].httpRoute.action.weightedTargets[0].port: must be the listener's port 8080, not 1",
        ),
        (
            target("{virtualNodeRef: {name: colorapp}, weight: 0}"),
            "[0].httpRoute.action.weightedTargets: the weights must add up to more than 0",
        ),
        (
            route("r", "prefix: /").replace(TARGET, &format!("{TARGET}, {policy}")),
            "[0].httpRoute.retryPolicy: must have httpRetryEvents or tcpRetryEvents",
        ),
    ] {
        assert_eq!(
            mesh(&routed(&routes), None).unwrap_err(),
            format!("{at}{expected}")
        );
    }
}

#[test]
fn a_router_has_one_listener_and_it_is_http() {
    let router = "document 8: VirtualRouter router: spec.listeners";
    let listener = "[{portMapping: {port: 8080, protocol: http}}]";
    let two =
        "[{portMapping: {port: 8080, protocol: http}}, {portMapping: {port: 1, protocol: http}}]";
    for (to, expected) in [
        (two, "[1]: only one listener is supported here"),
        (
            "[{portMapping: {port: 8080, protocol: grpc}}]",
            "[0].portMapping.protocol: grpc is not supported here: only http is",
        ),
    ] {
        let text = routed("");
        let (before, after) = text.rsplit_once(listener).unwrap();
        let sentence = mesh(&format!("{before}{to}{after}"), None).unwrap_err();
        assert_eq!(sentence, format!("{router}{expected}"));
    }
}

/// A mistake is a mistake, also where nothing leads to it yet.
#[test]
fn a_router_that_nothing_leads_to_is_checked_too() {
    let text = with("VirtualRouter", "spare", "{routes: [{name: r}]}");
    assert_eq!(
        mesh(&text, None).unwrap_err(),
        "document 8: VirtualRouter spare: spec.routes[0].httpRoute: must be there"
    );
}

#[test]
fn a_virtual_service_that_leads_nowhere_is_refused() {
    let colorapp = "document 5: VirtualService colorapp: spec.provider";
    let exactly = ": must have exactly one of virtualNode and virtualRouter";
    let node = "virtualNode: {virtualNodeRef: {name: colorapp}}";
    for (to, expected) in [
        (
            "virtualNode: {virtualNodeRef: {name: nobody}}",
            ".virtualNode.virtualNodeRef: there is no VirtualNode nobody in namespace demo",
        ),
        (
            "virtualRouter: {virtualRouterRef: {name: nobody}}",
            ".virtualRouter.virtualRouterRef: there is no VirtualRouter nobody in namespace demo",
        ),
        (
            "virtualNode: {}",
            ".virtualNode.virtualNodeRef: must be there",
        ),
        ("", exactly),
        (
            "virtualRouter: {virtualRouterRef: {name: x}}, virtualNode: {virtualNodeRef: {name: colorapp}}",
            exactly,
        ),
    ] {
        assert_eq!(refusal(node, to), format!("{colorapp}{expected}"));
    }
    let without_listener = changed(&[
        (
            "  listeners: [{portMapping: {port: 8090, protocol: http}}]\n",
            "",
        ),
        (
            "  serviceDiscovery: {awsCloudMap: {namespaceName: demo.local, serviceName: front}}\n",
            "",
        ),
    ]);
    assert_eq!(
        mesh(&without_listener, None).unwrap_err(),
        "document 6: VirtualService front: spec.provider.virtualNode.virtualNodeRef: VirtualNode front \
         has no listener"
    );
}

#[test]
fn two_virtual_services_of_one_name_are_refused() {
    let spec = "{awsName: FRONT.demo, provider: {virtualNode: {virtualNodeRef: {name: front}}}}";
    assert_eq!(
        mesh(&with("VirtualService", "twin", spec), None).unwrap_err(),
        "document 8: VirtualService twin: spec.awsName: another VirtualService is called front.demo, too"
    );
}
