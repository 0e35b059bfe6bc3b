//! Documents, kinds and fields.

use super::{app_mesh, object, read, refusal};
use crate::manifest::{EnvVar, TargetPort, ValueFrom};

/// Broken YAML is told by file, line and column.
#[test]
fn broken_yaml_is_refused_with_line_and_column() {
    for (text, expected) in [
        (
            "kind: Mesh\nspec: [1, 2\nmore: }\n",
            "m.yaml: line 3, column 5: illegal placement of ':' indicator",
        ),
        (
            "kind: Service\nkind: Service\n",
            "m.yaml: line 2, column 1: duplicate mapping key `kind` is not allowed here",
        ),
        (
            "spec:\n\t- x\n",
            "m.yaml: line 2, column 2: tabs disallowed within this context (block indentation)",
        ),
        (
            "a: *nobody\n",
            "m.yaml: line 1, column 4: reference to unknown value",
        ),
        ("a: 'x\n", "m.yaml: line 1, column 4: unclosed quote"),
    ] {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let error = crate::manifest::document::values("m.yaml", b"kind: \xff").unwrap_err();
    assert!(
        error.to_string().starts_with("m.yaml: is not UTF-8: "),
        "got: {error}"
    );
}

/// Neither nesting nor aliases make a small file exhaust stack or memory.
#[test]
fn yaml_that_would_grow_without_end_is_refused() {
    let nested = "[".repeat(10_000);
    let indented = "- ".repeat(10_000);
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..9 {
        let alias = format!("*a{}", i - 1);
        laughs += &format!("a{i}: &a{i} [{}]\n", vec![alias; 10].join(", "));
    }
    for text in [nested, indented, laughs] {
        let sentence = refusal(&text);
        assert!(sentence.starts_with("m.yaml: line "), "got: {sentence}");
    }
}

#[test]
fn a_file_and_the_number_of_documents_have_a_limit() {
    let large = "#".repeat(1024 * 1024 + 1);
    assert_eq!(
        refusal(&large),
        "m.yaml: must not be larger than 1048576 bytes"
    );
    let many: String = (0..1001)
        .map(|i| object("v1", "Secret", &format!("s{i}"), "{}"))
        .collect();
    assert_eq!(
        refusal(&many),
        "there must not be more than 1000 documents, and there are 1001"
    );
    let (all_but_one, _) = many.rsplit_once("---").unwrap();
    assert!(read(all_but_one).is_ok());
}

/// Empty documents are skipped and do not count.
#[test]
fn a_document_is_named_by_its_number() {
    let text = "---\n# nothing\n---\napiVersion: v1\nkind: Secret\n---\n---\n- x\n";
    assert_eq!(
        refusal(text),
        "m.yaml: document 2: must be a mapping with apiVersion and kind"
    );
}

#[test]
fn a_list_is_its_items() {
    let list = "
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: a, namespace: demo}, spec: {}}
  - {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {}}
";
    let manifests = read(list).unwrap();
    let names: Vec<_> = manifests
        .services
        .iter()
        .map(|s| (s.namespace.as_str(), s.name.as_str()))
        .collect();
    assert_eq!(names, [("demo", "a"), ("default", "b")]);
    assert_eq!(
        manifests.services[1].origin.to_string(),
        "m.yaml: document 1"
    );
    assert_eq!(
        refusal("{apiVersion: v1, kind: List, items: 3}"),
        "m.yaml: document 1: List: items: must be there, and be a list"
    );
}

#[test]
fn kinds_that_change_nothing_are_passed_over() {
    for (api_version, kind) in [
        ("v1", "ConfigMap"),
        ("v1", "Namespace"),
        ("v1", "Secret"),
        ("v1", "ServiceAccount"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("policy/v1", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ] {
        assert!(
            read(&object(api_version, kind, "x", "{a: 1}")).is_ok(),
            "{kind}"
        );
    }
}

#[test]
fn an_unknown_kind_or_version_is_refused() {
    for kind in ["CronJob", "BackendGroup", "virtualnode"] {
        assert_eq!(
            refusal(&object("batch/v1", kind, "x", "{}")),
            format!(
                "m.yaml: document 1: {kind} x: kind: not supported here; known are Mesh, \
                 VirtualGateway, GatewayRoute, VirtualNode, VirtualRouter, VirtualService, \
                 Deployment, Service, ConfigMap, HorizontalPodAutoscaler, Namespace, NetworkPolicy, \
                 PodDisruptionBudget, Role, RoleBinding, Secret, ServiceAccount"
            )
        );
    }
    for (written, kind, expected) in [
        (
            "networking.istio.io/v1",
            "VirtualService",
            "appmesh.k8s.aws/v1beta2",
        ),
        ("appmesh.k8s.aws/v1beta1", "Mesh", "appmesh.k8s.aws/v1beta2"),
        ("extensions/v1beta1", "Deployment", "apps/v1"),
        (
            "autoscaling/v3",
            "HorizontalPodAutoscaler",
            "autoscaling/v2 or autoscaling/v1",
        ),
    ] {
        assert_eq!(
            refusal(&object(written, kind, "x", "{}")),
            format!("m.yaml: document 1: {kind} x: apiVersion: must be {expected}, not {written}")
        );
    }
    assert_eq!(
        refusal("kind: Mesh"),
        "m.yaml: document 1: apiVersion: must be there, and be a string"
    );
}

#[test]
fn the_same_object_twice_is_refused() {
    let service = object("v1", "Service", "a", "{}");
    assert_eq!(
        refusal(&format!("{service}{service}")),
        "m.yaml: document 2: Service a: is there already, in m.yaml: document 1"
    );
    let elsewhere = service.replace("name: a", "name: a, namespace: b");
    assert_eq!(
        read(&format!("{service}{elsewhere}"))
            .unwrap()
            .services
            .len(),
        2
    );
    let mesh = app_mesh("Mesh", "m", "{}");
    let in_a_namespace = mesh.replace("name: m", "name: m, namespace: b");
    assert_eq!(
        refusal(&format!("{mesh}{in_a_namespace}")),
        "m.yaml: document 2: Mesh m: is there already, in m.yaml: document 1",
        "a Mesh is in no namespace"
    );
}

/// What `kubectl get -o yaml` writes can be read again.
#[test]
fn what_kubernetes_writes_on_each_object_is_accepted() {
    let service = "
apiVersion: v1
kind: Service
metadata:
  name: colorapp
  namespace: demo
  uid: 3a0b
  resourceVersion: '12'
  generation: 1
  creationTimestamp: 2026-11-23T10:00:00Z
  annotations: {a: b}
  labels: {app: colorapp}
  finalizers: [x]
  ownerReferences: [{name: x}]
  managedFields: [{manager: kubectl}]
spec:
  clusterIP: 10.0.0.1
  type: ClusterIP
  selector: {app: colorapp}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}, {port: 81, targetPort: 8081}, {port: 82}]
status: {loadBalancer: {}}
";
    let manifests = read(service).unwrap();
    let [service] = &manifests.services[..] else {
        panic!("one Service")
    };
    assert_eq!(service.labels["app"], "colorapp");
    assert_eq!(service.spec.selector["app"], "colorapp");
    let ports: Vec<_> = service
        .spec
        .ports
        .iter()
        .map(|port| (port.number(), port.target()))
        .collect();
    assert_eq!(
        ports,
        [
            (80, TargetPort::Name("http".to_owned())),
            (81, TargetPort::Number(8081)),
            (82, TargetPort::Number(82)),
        ]
    );
}

#[test]
fn a_deployment_is_read_as_far_as_a_local_run_needs_it() {
    let deployment = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: colorapp}
spec:
  selector: {matchLabels: {app: colorapp}}
  template:
    metadata: {labels: {app: colorapp}, annotations: {a: b}}
    spec:
      serviceAccountName: x
      volumes:
      containers:
        - name: colorapp
          image: colorapp:latest
          args: [colorapp]
          command:
          env:
            - {name: SERVER_PORT, value: '8080'}
            - {name: HOST_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}
            - {name: EMPTY}
          ports: [{name: http, containerPort: 8080, protocol: TCP}]
          resources: {limits: {memory: 1Mi}}
";
    let manifests = read(deployment).unwrap();
    let [deployment] = &manifests.deployments[..] else {
        panic!("one Deployment")
    };
    assert_eq!(
        (deployment.kind, deployment.spec.replicas()),
        ("Deployment", 1)
    );
    assert_eq!(deployment.spec.template.metadata.labels["app"], "colorapp");
    let [container] = &deployment.spec.template.spec.containers[..] else {
        panic!("one container")
    };
    assert_eq!(container.image.as_deref(), Some("colorapp:latest"));
    assert_eq!(
        (&container.args[..], &container.command[..]),
        (&["colorapp".to_owned()][..], &[][..])
    );
    assert_eq!(container.ports[0].number(), 8080);
    let [port, uid, token, empty] = &container.env[..] else {
        panic!("four variables")
    };
    assert_eq!(port.value.as_deref(), Some("8080"));
    assert!(
        matches!(&uid.value_from, Some(ValueFrom::FieldRef(field)) if field.field_path == "metadata.uid")
    );
    assert!(matches!(token.value_from, Some(ValueFrom::SecretKeyRef(_))));
    assert_eq!(
        *empty,
        EnvVar {
            name: "EMPTY".to_owned(),
            value: None,
            value_from: None
        }
    );
}

#[test]
fn a_misspelt_or_wrong_kubernetes_field_is_refused() {
    let container = |fields: &str| {
        format!("{{selector: {{}}, template: {{spec: {{containers: [{{name: a, {fields}}}]}}}}}}")
    };
    for (spec, expected) in [
        ("{replicaz: 3}".to_owned(), "spec.replicaz: unknown field"),
        (
            "{replicas: -1}".to_owned(),
            "spec.replicas: must be between 0 and 2147483647, not -1",
        ),
        (
            "{replicas: five}".to_owned(),
            "spec.replicas: invalid type: string \"five\", expected a whole number between 0 and 2147483647",
        ),
        ("{replicas: 1}".to_owned(), "spec: missing field `selector`"),
        (
            "{template: {metadata: {label: {}}}}".to_owned(),
            "spec.template.metadata.label: unknown field",
        ),
        (
            "{template: {spec: {container: []}}}".to_owned(),
            "spec.template.spec.container: unknown field",
        ),
        (
            container("imagee: x"),
            "spec.template.spec.containers[0].imagee: unknown field",
        ),
        (
            container("envFrom: [{}]"),
            "spec.template.spec.containers[0].envFrom: not supported here: write the variables under env",
        ),
        (
            container("env: [{name: A, value: 3}]"),
            "spec.template.spec.containers[0].env[0].value: invalid type: integer `3`, expected a string",
        ),
        (
            container("ports: [{containerPort: 0}]"),
            "spec.template.spec.containers[0].ports[0].containerPort: must be between 1 and 65535, not 0",
        ),
    ] {
        let sentence = refusal(&object("apps/v1", "Deployment", "x", &spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: Deployment x: {expected}")
        );
    }
    for (spec, expected) in [
        ("{selectors: {}}", "spec.selectors: unknown field"),
        (
            "{ports: [{port: 80, targetPort: 70000}]}",
            "spec.ports[0].targetPort: must be a port between 1 and 65535, or a container port's name",
        ),
    ] {
        let sentence = refusal(&object("v1", "Service", "x", spec));
        assert_eq!(
            sentence,
            format!("m.yaml: document 1: Service x: {expected}")
        );
    }
}

#[test]
fn a_name_must_be_one_that_kubernetes_takes() {
    let rule = "must have between 1 and 253 lower-case letters, digits, '-' and '.', and begin and end \
                with a letter or digit";
    for name in ["Color", "a_b", "-a", "''", "a b", "\"a\\n\""] {
        let own = refusal(&app_mesh("Mesh", name, "{}"));
        assert!(
            own.ends_with(&format!(": metadata.name: {rule}")),
            "got: {own}"
        );
        let namespace = refusal(&app_mesh("Mesh", &format!("x, namespace: {name}"), "{}"));
        assert_eq!(
            namespace,
            format!("m.yaml: document 1: Mesh x: metadata.namespace: {rule}")
        );
    }
    assert_eq!(
        refusal("{apiVersion: v1, kind: Service, metadata: {nam: x}, spec: {}}"),
        "m.yaml: document 1: Service: metadata.nam: unknown field"
    );
}

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
