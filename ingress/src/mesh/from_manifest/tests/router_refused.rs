//! VirtualServices and VirtualRouters that mean nothing.

use super::router::{TARGET, route, routed};
use super::{changed, mesh, refusal, with};

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
