//! App Mesh's bounds, each in the sentence of its refusal.

use super::{app_mesh, read, refusal};

/// The bounds of the CustomResourceDefinitions, each just outside.
#[test]
fn a_value_out_of_its_bound_is_refused_with_the_bound() {
    let detection = "{maxServerErrors: 5, maxEjectionPercent: 50, interval: {value: 1, unit: s}, \
                     baseEjectionDuration: {value: 1, unit: ms}}";
    let node = |from: &str, to: &str| {
        assert!(from.is_empty() || detection.contains(from), "{from}");
        let detection = detection.replace(from, to);
        format!(
            "{{listeners: [{{portMapping: {{port: 1, protocol: http}}, outlierDetection: {detection}}}]}}"
        )
    };
    let listener = |fields: &str| {
        format!("{{listeners: [{{portMapping: {{port: 1, protocol: http}}, {fields}}}]}}")
    };
    let mapping = |mapping: &str| format!("{{listeners: [{{portMapping: {mapping}}}]}}");
    let route = |fields: &str| format!("{{routes: [{{name: a, {fields}}}]}}");
    let http = |fields: &str| {
        format!(
            "{{routes: [{{name: a, httpRoute: {{action: {{weightedTargets: [{{weight: 1}}]}}, match: {{}}, {fields}}}}}]}}"
        )
    };
    let matching = |fields: &str| format!("{{httpRoute: {{match: {{{fields}}}}}}}");
    let long = "x".repeat(256);
    for (kind, spec, expected) in [
        (
            "VirtualNode",
            node("maxServerErrors: 5", "maxServerErrors: 0"),
            "spec.listeners[0].outlierDetection.maxServerErrors: must be between 1 and 2147483647, not 0",
        ),
        (
            "VirtualNode",
            node("maxEjectionPercent: 50", "maxEjectionPercent: 101"),
            "spec.listeners[0].outlierDetection.maxEjectionPercent: must be between 0 and 100, not 101",
        ),
        (
            "VirtualNode",
            node("maxEjectionPercent: 50", "maxEjectionPercent: -1"),
            "spec.listeners[0].outlierDetection.maxEjectionPercent: must be between 0 and 100, not -1",
        ),
        (
            "VirtualNode",
            node("maxEjectionPercent: 50", "maxEjectionPercent: 50.5"),
            "spec.listeners[0].outlierDetection.maxEjectionPercent: invalid type: floating point `50.5`, expected a whole number between 0 and 100",
        ),
        (
            "VirtualNode",
            node("interval: {value: 1,", "interval: {value: -1,"),
            "spec.listeners[0].outlierDetection.interval.value: must be between 0 and 2147483647, not -1",
        ),
        (
            "VirtualNode",
            node("interval: {value: 1,", "interval: {value: 2147483648,"),
            "spec.listeners[0].outlierDetection.interval.value: must be between 0 and 2147483647, not 2147483648",
        ),
        (
            "VirtualNode",
            node("unit: ms", "unit: m"),
            "spec.listeners[0].outlierDetection.baseEjectionDuration.unit: unknown variant `m`, expected `s` or `ms`",
        ),
        (
            "VirtualNode",
            node("interval: {value: 1, unit: s}", "interval: 10s"),
            "spec.listeners[0].outlierDetection.interval: invalid type: string \"10s\", expected a mapping",
        ),
        (
            "VirtualNode",
            node("maxServerErrors: 5, ", ""),
            "spec.listeners[0].outlierDetection: missing field `maxServerErrors`",
        ),
        (
            "VirtualNode",
            mapping("{port: 65536, protocol: http}"),
            "spec.listeners[0].portMapping.port: must be between 1 and 65535, not 65536",
        ),
        (
            "VirtualNode",
            mapping("{port: 80, protocol: https}"),
            "spec.listeners[0].portMapping.protocol: unknown variant `https`, expected one of `http`, `http2`, `grpc`, `tcp`",
        ),
        (
            "VirtualNode",
            listener("connectionPool: {http: {maxConnections: 0}}"),
            "spec.listeners[0].connectionPool.http.maxConnections: must be between 1 and 2147483647, not 0",
        ),
        (
            "VirtualNode",
            listener("connectionPool: {http: {maxConnections: 1, maxPendingRequests: 0}}"),
            "spec.listeners[0].connectionPool.http.maxPendingRequests: must be between 1 and 2147483647, not 0",
        ),
        (
            "VirtualNode",
            "{serviceDiscovery: {awsCloudMap: {namespaceName: '', serviceName: x}}}".to_owned(),
            "spec.serviceDiscovery.awsCloudMap.namespaceName: must have between 1 and 1024 characters, not 0",
        ),
        (
            "VirtualNode",
            "{serviceDiscovery: {dns: {hostname: x, responseType: SRV}}}".to_owned(),
            "spec.serviceDiscovery.dns.responseType: unknown variant `SRV`, expected `ENDPOINTS` or `LOADBALANCER`",
        ),
        (
            "Mesh",
            "{egressFilter: {type: SOME}}".to_owned(),
            "spec.egressFilter.type: unknown variant `SOME`, expected `ALLOW_ALL` or `DROP_ALL`",
        ),
        (
            "GatewayRoute",
            "{priority: 1001}".to_owned(),
            "spec.priority: must be between 0 and 1000, not 1001",
        ),
        (
            "GatewayRoute",
            matching("headers: []"),
            "spec.httpRoute.match.headers: must have between 1 and 10 entries, not 0",
        ),
        (
            "GatewayRoute",
            matching(&format!("path: {{exact: {long}}}")),
            "spec.httpRoute.match.path.exact: must have between 1 and 255 characters, not 256",
        ),
        (
            "GatewayRoute",
            matching("hostname: {exact: ''}"),
            "spec.httpRoute.match.hostname.exact: must have between 1 and 253 characters, not 0",
        ),
        (
            "GatewayRoute",
            matching(&format!("headers: [{{name: {}}}]", &long[..51])),
            "spec.httpRoute.match.headers[0].name: must have between 1 and 50 characters, not 51",
        ),
        (
            "GatewayRoute",
            matching("method: get"),
            "spec.httpRoute.match.method: unknown variant `get`, expected one of `CONNECT`, `DELETE`, `GET`, `HEAD`, `OPTIONS`, `PATCH`, `POST`, `PUT`, `TRACE`",
        ),
        (
            "VirtualRouter",
            route("priority: -1"),
            "spec.routes[0].priority: must be between 0 and 1000, not -1",
        ),
        (
            "VirtualRouter",
            route("httpRoute: {action: {weightedTargets: []}}"),
            "spec.routes[0].httpRoute.action.weightedTargets: must have between 1 and 10 entries, not 0",
        ),
        (
            "VirtualRouter",
            route("httpRoute: {action: {weightedTargets: [{weight: 101}]}}"),
            "spec.routes[0].httpRoute.action.weightedTargets[0].weight: must be between 0 and 100, not 101",
        ),
        (
            "VirtualRouter",
            http("retryPolicy: {maxRetries: -1}"),
            "spec.routes[0].httpRoute.retryPolicy.maxRetries: must be between 0 and 2147483647, not -1",
        ),
        (
            "VirtualRouter",
            http("retryPolicy: {maxRetries: 1}"),
            "spec.routes[0].httpRoute.retryPolicy: missing field `perRetryTimeout`",
        ),
        (
            "VirtualRouter",
            http("retryPolicy: {httpRetryEvents: [any]}"),
            "spec.routes[0].httpRoute.retryPolicy.httpRetryEvents[0]: unknown variant `any`, expected one of `server-error`, `gateway-error`, `client-error`, `stream-error`",
        ),
        (
            "VirtualRouter",
            http("retryPolicy: {tcpRetryEvents: []}"),
            "spec.routes[0].httpRoute.retryPolicy.tcpRetryEvents: must have between 1 and 1 entries, not 0",
        ),
    ] {
        let sentence = refusal(&app_mesh(kind, "x", &spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: {kind} x: {expected}")
        );
    }
    assert!(
        read(&app_mesh("VirtualNode", "x", &node("", ""))).is_ok(),
        "the values within"
    );
}
