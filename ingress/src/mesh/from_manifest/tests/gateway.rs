//! The VirtualGateway and its GatewayRoutes.

use super::{DEMO, changed, mesh, refusal, with};
use crate::mesh::{HostMatch, PathMatch, Rewrite};

const ALL: &str = "match: {prefix: /}";
const ACTION: &str = "action: {target: {virtualService: {virtualServiceRef: {name: front}}}}";

/// What the demo's one GatewayRoute rewrites, when it matches and rewrites so.
fn rewrite(when: &str, rewrite: &str) -> Result<Rewrite, String> {
    let action = ACTION.replace("action: {", &format!("action: {{{rewrite}"));
    let text = changed(&[(ALL, &format!("match: {{{when}}}")), (ACTION, &action)]);
    mesh(&text, None).map(|mesh| mesh.gateway.unwrap().routes.remove(0).rewrite)
}

#[test]
fn a_gateway_route_leads_to_its_virtual_service() {
    let mesh = mesh(DEMO, None).unwrap();
    let gateway = mesh.gateway.unwrap();
    assert_eq!((gateway.name.as_str(), gateway.port), ("gw", 8088));
    let [route] = &gateway.routes[..] else {
        panic!("one route")
    };
    assert_eq!((route.name.as_str(), route.target.0), ("all", 1));
    assert_eq!(route.when.path, Some(PathMatch::Prefix("/".to_owned())));
}

#[test]
fn a_mesh_without_a_gateway_has_none() {
    let (before, rest) = DEMO
        .split_once("---\napiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualGateway")
        .unwrap();
    let (_, rest) = rest.split_once("---\n").unwrap();
    let text = format!("{before}---\n{rest}");
    assert_eq!(
        mesh(&text, None).unwrap_err(),
        "document 6: GatewayRoute all: spec: there is no VirtualGateway among the manifests"
    );
    let (without_route, _) = text.rsplit_once("---").unwrap();
    assert!(mesh(without_route, None).unwrap().gateway.is_none());
}

/// App Mesh's default: the host becomes the virtual service's name, a matched prefix becomes `/`.
#[test]
fn host_and_prefix_are_rewritten_unless_told_otherwise() {
    let disabled_host = "rewrite: {hostname: {defaultTargetHostname: DISABLED}}, ";
    let disabled_prefix = "rewrite: {prefix: {defaultPrefix: DISABLED}}, ";
    for (when, written, host, path) in [
        ("prefix: /", "", Some("front.demo"), None),
        ("prefix: /color/", "", Some("front.demo"), Some("/")),
        ("path: {exact: /color}", "", Some("front.demo"), None),
        ("hostname: {exact: a.example}", "", Some("front.demo"), None),
        ("prefix: /color/", disabled_host, None, Some("/")),
        (
            "prefix: /",
            "rewrite: {hostname: {defaultTargetHostname: ENABLED}}, ",
            Some("front.demo"),
            None,
        ),
        ("prefix: /color/", disabled_prefix, Some("front.demo"), None),
        (
            "prefix: /color/",
            "rewrite: {prefix: {defaultPrefix: ENABLED}}, ",
            Some("front.demo"),
            Some("/"),
        ),
        (
            "prefix: /a/",
            "rewrite: {prefix: {value: /b/}}, ",
            Some("front.demo"),
            Some("/b/"),
        ),
        (
            "path: {regex: '/a.*'}",
            "rewrite: {path: {exact: /b}}, ",
            Some("front.demo"),
            Some("/b"),
        ),
    ] {
        let rewrite = rewrite(when, written).unwrap();
        let got_host = rewrite.host.as_ref().map(|host| host.to_str().unwrap());
        assert_eq!(
            (got_host, rewrite.path.as_deref()),
            (host, path),
            "{when}; {written}"
        );
    }
}

#[test]
fn a_rewrite_that_cannot_be_is_refused() {
    let at = "document 7: GatewayRoute all: spec.httpRoute.action.rewrite";
    for (when, written, expected) in [
        (
            "prefix: /",
            "{}",
            ": must have a hostname, a path or a prefix",
        ),
        (
            "prefix: /",
            "{prefix: {value: /}, path: {exact: /}}",
            ": must have only one of path and prefix",
        ),
        (
            "prefix: /",
            "{path: {exact: /}}",
            ".path: must not be there: the match has no path",
        ),
        (
            "path: {exact: /}",
            "{prefix: {value: /}}",
            ".prefix: must not be there: the match has no prefix",
        ),
        ("path: {exact: /}", "{path: {}}", ".path: must have exact"),
        (
            "prefix: /",
            "{prefix: {value: /, defaultPrefix: ENABLED}}",
            ".prefix: must have only one of defaultPrefix and value",
        ),
        (
            "prefix: /",
            "{prefix: {value: /a}}",
            ".prefix.value: must end with /",
        ),
        (
            "prefix: /",
            "{prefix: {value: a/}}",
            ".prefix.value: must begin with /",
        ),
        (
            "path: {exact: /}",
            "{path: {exact: '/a b'}}",
            ".path.exact: must be a path as it stands in a request, without a query",
        ),
        (
            "path: {exact: /}",
            "{path: {exact: '/a?b'}}",
            ".path.exact: must be a path as it stands in a request, without a query",
        ),
    ] {
        let sentence = rewrite(when, &format!("rewrite: {written}, ")).unwrap_err();
        assert_eq!(sentence, format!("{at}{expected}"));
    }
}

#[test]
fn the_most_specific_host_comes_first() {
    let spec = |when: &str| format!("{{httpRoute: {{match: {{{when}}}, {ACTION}}}}}");
    let mut text = DEMO.to_owned();
    for (name, when) in [
        ("suffix", "hostname: {suffix: .example}"),
        ("longer-suffix", "hostname: {suffix: .a.EXAMPLE}"),
        ("exact", "hostname: {exact: A.a.example}"),
        ("path", "path: {exact: /x}"),
    ] {
        let route = with("GatewayRoute", name, &spec(when));
        text += &route[DEMO.len()..];
    }
    let routes = mesh(&text, None).unwrap().gateway.unwrap().routes;
    let names: Vec<_> = routes.iter().map(|route| route.name.as_str()).collect();
    assert_eq!(names, ["exact", "longer-suffix", "suffix", "path", "all"]);
    assert_eq!(
        routes[0].when.host,
        Some(HostMatch::Exact("a.a.example".to_owned()))
    );
}

#[test]
fn what_a_gateway_route_cannot_mean_is_refused() {
    let all = "document 7: GatewayRoute all";
    for (from, to, expected) in [
        (
            "{virtualServiceRef: {name: front}}",
            "{virtualServiceRef: {name: nobody}}",
            "spec.httpRoute.action.target.virtualService.virtualServiceRef: there is no VirtualService nobody in namespace demo",
        ),
        (
            "action: {target: {",
            "action: {target: {port: 1, ",
            "spec.httpRoute.action.target.port: must be the listener's port 8090, not 1",
        ),
        (
            ALL,
            "match: {prefix: /, port: 80}",
            "spec.httpRoute.match.port: must be the listener's port 8088, not 80",
        ),
        (
            ALL,
            "match: {method: GET}",
            "spec.httpRoute.match: must have a prefix, a path or a hostname",
        ),
        (
            ALL,
            "match: {prefix: /, path: {exact: /}}",
            "spec.httpRoute.match: must have only one of prefix and path",
        ),
        (
            ALL,
            "match: {hostname: {}}",
            "spec.httpRoute.match.hostname: must have exactly one of exact and suffix",
        ),
    ] {
        assert_eq!(refusal(from, to), format!("{all}: {expected}"));
    }
    let (before, _) = DEMO.rsplit_once("spec:").unwrap();
    let empty = format!("{before}spec: {{}}\n");
    assert_eq!(
        mesh(&empty, None).unwrap_err(),
        format!("{all}: spec.httpRoute: must be there")
    );
}

/// Two that match alike are refused; more or less is not alike.
#[test]
fn two_gateway_routes_with_one_match_are_refused() {
    let spec = |when: &str| format!("{{priority: 3, httpRoute: {{match: {{{when}}}, {ACTION}}}}}");
    assert_eq!(
        mesh(&with("GatewayRoute", "twin", &spec("prefix: /")), None).unwrap_err(),
        "document 8: GatewayRoute twin: spec.httpRoute.match: GatewayRoute all matches exactly the same"
    );
    assert!(
        mesh(
            &with("GatewayRoute", "other", &spec("prefix: /, method: GET")),
            None
        )
        .is_ok()
    );
}

#[test]
fn there_is_one_gateway_and_it_has_one_listener() {
    assert_eq!(
        mesh(&with("VirtualGateway", "other", "{}"), None).unwrap_err(),
        "document 8: VirtualGateway other: metadata.name: only one VirtualGateway is supported here, and \
         gw is there already"
    );
    let gw = "document 2: VirtualGateway gw: spec.listeners";
    let listener = "{portMapping: {port: 8088, protocol: http}}";
    for (to, expected) in [
        ("", ": must have exactly one entry, not 0"),
        (
            "{portMapping: {port: 1, protocol: http}}, {portMapping: {port: 2, protocol: http}}",
            ": must have exactly one entry, not 2",
        ),
        (
            "{portMapping: {port: 1, protocol: http2}}",
            "[0].portMapping.protocol: http2 is not supported here: only http is",
        ),
    ] {
        assert_eq!(refusal(listener, to), format!("{gw}{expected}"));
    }
}

#[test]
fn a_gateway_takes_only_the_routes_that_it_selects() {
    let selecting = (
        "kind: VirtualGateway\nmetadata: {name: gw, namespace: demo}\nspec:\n",
        "kind: VirtualGateway\nmetadata: {name: gw, namespace: demo}\nspec:\n  gatewayRouteSelector: {matchLabels: {public: always}}\n",
    );
    assert_eq!(
        mesh(&changed(&[selecting]), None).unwrap_err(),
        "document 7: GatewayRoute all: metadata.labels: VirtualGateway gw selects only public=always"
    );
    let labelled = (
        "{name: all, namespace: demo}",
        "{name: all, namespace: demo, labels: {public: always}}",
    );
    assert!(mesh(&changed(&[selecting, labelled]), None).is_ok());
}
