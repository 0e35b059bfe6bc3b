//! App Mesh's fields that cannot be carried out, and those that need not be.

use super::{app_mesh, read, refusal};

/// Every field of App Mesh's definitions that is not read is either passed over or refused by name.
#[test]
fn unsupported_app_mesh_fields_are_refused_by_name() {
    let listener = "portMapping: {port: 1, protocol: http}";
    for (kind, spec, expected) in [
        (
            "Mesh",
            "{meshOwner: '1'}".to_owned(),
            "spec.meshOwner: not supported here",
        ),
        (
            "Mesh",
            "{meshServiceDiscovery: {}}".to_owned(),
            "spec.meshServiceDiscovery: not supported here",
        ),
        (
            "VirtualNode",
            "{meshRef: {}}".to_owned(),
            "spec.meshRef: must not be set: App Mesh's webhook sets it",
        ),
        (
            "VirtualNode",
            "{backendDefaults: {clientPolicy: {tls: {}}}}".to_owned(),
            "spec.backendDefaults.clientPolicy.tls: not supported here: traffic is plain HTTP/1.1",
        ),
        (
            "VirtualNode",
            "{backendGroups: []}".to_owned(),
            "spec.backendGroups: not supported here",
        ),
        (
            "VirtualNode",
            "{backends: [{virtualService: {}}, {virtualService: {clientPolicy: {tls: {}}}}]}"
                .to_owned(),
            "spec.backends[1].virtualService.clientPolicy.tls: not supported here: traffic is plain HTTP/1.1",
        ),
        (
            "VirtualNode",
            "{backends: [{virtualService: {virtualServiceARN: x}}]}".to_owned(),
            "spec.backends[0].virtualService.virtualServiceARN: not supported here: name an object among the manifests",
        ),
        (
            "VirtualNode",
            format!("{{listeners: [{{{listener}, tls: {{}}}}]}}"),
            "spec.listeners[0].tls: not supported here: traffic is plain HTTP/1.1",
        ),
        (
            "VirtualNode",
            format!("{{listeners: [{{{listener}, healthCheck: {{}}}}]}}"),
            "spec.listeners[0].healthCheck: not supported here: active health checks would decide beside outlier detection",
        ),
        (
            "VirtualNode",
            format!("{{listeners: [{{{listener}, connectionPool: {{tcp: {{}}}}}}]}}"),
            "spec.listeners[0].connectionPool.tcp: not supported here: only http is",
        ),
        (
            "VirtualNode",
            format!("{{listeners: [{{{listener}, timeout: {{grpc: {{}}}}}}]}}"),
            "spec.listeners[0].timeout.grpc: not supported here: only http is",
        ),
        (
            "VirtualGateway",
            format!("{{listeners: [{{{listener}, connectionPool: {{}}}}]}}"),
            "spec.listeners[0].connectionPool: not supported here",
        ),
        (
            "GatewayRoute",
            "{virtualGatewayRef: {}}".to_owned(),
            "spec.virtualGatewayRef: must not be set: App Mesh's webhook sets it",
        ),
        (
            "GatewayRoute",
            "{grpcRoute: {}}".to_owned(),
            "spec.grpcRoute: not supported here: only http is",
        ),
        (
            "GatewayRoute",
            "{httpRoute: {match: {queryParameters: []}}}".to_owned(),
            "spec.httpRoute.match.queryParameters: not supported here",
        ),
        (
            "GatewayRoute",
            "{httpRoute: {match: {scheme: http}}}".to_owned(),
            "spec.httpRoute.match.scheme: not a field of a GatewayRoute",
        ),
        (
            "VirtualRouter",
            "{routes: [{name: a, tcpRoute: {}}]}".to_owned(),
            "spec.routes[0].tcpRoute: not supported here: only http is",
        ),
        (
            "VirtualRouter",
            "{routes: [{name: a, httpRoute: {timeout: {idle: {}}}}]}".to_owned(),
            "spec.routes[0].httpRoute.timeout.idle: not supported here",
        ),
        (
            "VirtualRouter",
            "{routes: [{name: a, httpRoute: {match: {hostname: {}}}}]}".to_owned(),
            "spec.routes[0].httpRoute.match.hostname: not a field of a VirtualRouter's route",
        ),
        (
            "VirtualService",
            "{provider: {virtualNode: {virtualNodeARN: x}}}".to_owned(),
            "spec.provider.virtualNode.virtualNodeARN: not supported here: name an object among the manifests",
        ),
        (
            "VirtualService",
            "{providers: {}}".to_owned(),
            "spec.providers: unknown field",
        ),
        (
            "Mesh",
            "{egressFilter: {kind: x}}".to_owned(),
            "spec.egressFilter.kind: unknown field",
        ),
    ] {
        let sentence = refusal(&app_mesh(kind, "x", &spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: {kind} x: {expected}")
        );
    }
}

#[test]
fn fields_that_decide_nothing_are_passed_over() {
    for (kind, spec) in [
        ("Mesh", "{namespaceSelector: {matchLabels: {mesh: x}}}"),
        (
            "VirtualNode",
            "{logging: {accessLog: {file: {path: /dev/stdout}}}, meshRef: null}",
        ),
        (
            "VirtualGateway",
            "{awsName: x, logging: {}, namespaceSelector: {}}",
        ),
        ("GatewayRoute", "{awsName: x}"),
        ("VirtualRouter", "{awsName: x}"),
    ] {
        assert!(read(&app_mesh(kind, "x", spec)).is_ok(), "{kind} {spec}");
    }
}
