//! The mesh itself, VirtualNodes and the sidecar.

use std::path::Path;
use std::time::Duration;

use super::{DEMO, changed, mesh, refusal, with};
use crate::manifest::{self, Source};
use crate::mesh::{Mesh, OutlierPolicy, RequestMatch, RetryPolicy, VirtualServiceId};

#[test]
fn the_repositorys_own_manifests_are_the_demo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../manifests/appmesh");
    let manifests = manifest::load(&Source::Path(folder)).unwrap();
    let mesh = Mesh::from_manifests(&manifests, None).unwrap();
    assert_eq!(mesh.name, "outlier-demo");
    let [colorapp, front] = &mesh.clusters[..] else {
        panic!("two clusters")
    };
    assert_eq!(
        colorapp.name,
        "cds_egress_outlier-demo_colorapp_outlier-demo_http_8080"
    );
    assert_eq!(
        colorapp.hostname.as_deref(),
        Some("colorapp-endpoints.outlier-demo.svc.cluster.local")
    );
    let policy = OutlierPolicy {
        consecutive_5xx: 5,
        interval: Duration::from_secs(10),
        base_ejection_time: Duration::from_secs(10),
        max_ejection_time: Duration::from_secs(300),
        max_ejection_percent: 100,
        always_eject_one_host: true,
        ..OutlierPolicy::default()
    };
    assert_eq!(colorapp.outlier.as_ref(), Some(&policy));
    assert_eq!((front.node.as_str(), &front.outlier), ("front", &None));
    let sidecar = mesh.sidecar.unwrap();
    assert_eq!(sidecar.node, "front");
    let colorapp = "colorapp.outlier-demo.svc.cluster.local".to_owned();
    assert_eq!(sidecar.backends, [(colorapp, VirtualServiceId(0))]);
    let gateway = mesh.gateway.unwrap();
    assert_eq!((gateway.name.as_str(), gateway.port), ("ingress", 8080));
    let target = gateway.routes[0].target;
    assert_eq!(
        mesh.services[target.0].name,
        "front.outlier-demo.svc.cluster.local"
    );
    let workloads = manifests.workloads().unwrap();
    let found: Vec<_> = workloads
        .nodes
        .iter()
        .chain(&workloads.gateways)
        .map(|(name, own)| (*name, own[0].name.as_str(), own.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("colorapp", "colorapp", 1),
            ("front", "front", 1),
            ("ingress", "ingress", 1)
        ]
    );
}

#[test]
fn a_virtual_node_becomes_a_cluster() {
    let mesh = mesh(DEMO, None).unwrap();
    let [colorapp, front] = &mesh.clusters[..] else {
        panic!("two clusters")
    };
    assert_eq!(colorapp.name, "cds_egress_m_colorapp_demo_http_8080");
    assert_eq!((colorapp.node.as_str(), colorapp.port), ("colorapp", 8080));
    assert_eq!(colorapp.hostname.as_deref(), Some("colorapp.demo"));
    assert_eq!(
        (colorapp.max_connections, colorapp.max_pending),
        (2_147_483_647, 2_147_483_647)
    );
    assert_eq!(colorapp.timeout, Some(Duration::from_secs(15)));
    assert_eq!(colorapp.idle_timeout, None);
    let policy = colorapp.outlier.as_ref().unwrap();
    assert_eq!(policy.base_ejection_time, Duration::from_millis(500));
    assert_eq!(policy.max_ejection_percent, 40);
    assert_eq!(
        (front.hostname.as_ref(), front.outlier.as_ref()),
        (None, None)
    );
}

/// Without a router there is one route, and it has all that App Mesh adds.
#[test]
fn a_virtual_node_behind_a_virtual_service_is_one_route() {
    let mesh = mesh(DEMO, None).unwrap();
    let [colorapp, front] = &mesh.services[..] else {
        panic!("two virtual services")
    };
    assert_eq!(
        colorapp.name, "colorapp.demo.svc.cluster.local",
        "in lower case"
    );
    assert_eq!(front.name, "front.demo", "the default");
    let [route] = &colorapp.routes[..] else {
        panic!("one route")
    };
    assert_eq!(
        (route.name.as_str(), route.targets[0].cluster.0),
        ("colorapp", 0)
    );
    assert_eq!(route.when, RequestMatch::default());
    assert_eq!(route.timeout, Some(Duration::from_secs(15)));
    assert_eq!(route.retry, RetryPolicy::app_mesh_default());
}

#[test]
fn names_in_aws_go_into_the_cluster_name() {
    let text = changed(&[
        (
            "spec: {}",
            "spec: {awsName: M_1, egressFilter: {type: DROP_ALL}}",
        ),
        (
            "spec:\n  listeners:\n",
            "spec:\n  awsName: colors\n  listeners:\n",
        ),
    ]);
    let mesh = mesh(&text, None).unwrap();
    assert_eq!(mesh.clusters[0].name, "cds_egress_M_1_colors_http_8080");
}

/// FACTS 4.3.
#[test]
fn an_ejection_longer_than_five_minutes_is_its_own_cap() {
    let mesh = mesh(
        &changed(&[("{value: 500, unit: ms}", "{value: 400, unit: s}")]),
        None,
    )
    .unwrap();
    let policy = mesh.clusters[0].outlier.as_ref().unwrap();
    assert_eq!(policy.max_ejection_time, Duration::from_secs(400));
}

#[test]
fn a_listeners_limits_are_taken_over() {
    let limits = "      connectionPool: {http: {maxConnections: 7, maxPendingRequests: 9}}\n      \
                  timeout: {http: {perRequest: {value: 2, unit: s}, idle: {value: 3, unit: s}}}\n      \
                  outlierDetection:";
    let full = mesh(&changed(&[("      outlierDetection:", limits)]), None).unwrap();
    let cluster = &full.clusters[0];
    assert_eq!((cluster.max_connections, cluster.max_pending), (7, 9));
    assert_eq!(cluster.timeout, Some(Duration::from_secs(2)));
    assert_eq!(cluster.idle_timeout, Some(Duration::from_secs(3)));
    let zero = "      connectionPool: {http: {maxConnections: 7}}\n      \
                timeout: {http: {perRequest: {value: 0, unit: s}, idle: {value: 0, unit: s}}}\n      \
                outlierDetection:";
    let endless = mesh(&changed(&[("      outlierDetection:", zero)]), None).unwrap();
    let cluster = &endless.clusters[0];
    assert_eq!(
        (cluster.max_connections, cluster.max_pending),
        (7, 2_147_483_647)
    );
    assert_eq!(
        (cluster.timeout, cluster.idle_timeout),
        (None, None),
        "zero is without end"
    );
}

#[test]
fn what_a_virtual_node_cannot_mean_is_refused() {
    let colorapp = "document 3: VirtualNode colorapp";
    let detection = "spec.listeners[0].outlierDetection";
    let why = "must be more than 0: Envoy rejects a sweep or an ejection of no length";
    for (from, to, expected) in [
        (
            "{value: 10, unit: s}",
            "{value: 0, unit: s}",
            format!("{colorapp}: {detection}.interval: {why}"),
        ),
        (
            "{value: 500, unit: ms}",
            "{value: 0, unit: ms}",
            format!("{colorapp}: {detection}.baseEjectionDuration: {why}"),
        ),
        (
            "responseType: ENDPOINTS",
            "responseType: LOADBALANCER",
            format!(
                "{colorapp}: spec.serviceDiscovery.dns.responseType: must be ENDPOINTS where outliers \
                 are detected: otherwise Envoy sees one address for all replicas, and could eject only \
                 all of them"
            ),
        ),
        (
            "Colorapp.demo,",
            "'a b',",
            format!(
                "{colorapp}: spec.serviceDiscovery.dns.hostname: must have between 1 and 255 letters, \
                 digits, '.', '-' and '_'"
            ),
        ),
        (
            "  serviceDiscovery: {dns: {hostname: Colorapp.demo, responseType: ENDPOINTS}}\n",
            "",
            format!("{colorapp}: spec.serviceDiscovery: must be there, as there is a listener"),
        ),
        (
            "{dns: {hostname: Colorapp.demo, responseType: ENDPOINTS}}",
            "{}",
            format!(
                "{colorapp}: spec.serviceDiscovery: must have exactly one of awsCloudMap and dns"
            ),
        ),
        (
            "{dns: {",
            "{awsCloudMap: {namespaceName: a, serviceName: b}, dns: {",
            format!(
                "{colorapp}: spec.serviceDiscovery: must have exactly one of awsCloudMap and dns"
            ),
        ),
        (
            "{port: 8080, protocol: http}",
            "{port: 8080, protocol: http2}",
            format!(
                "{colorapp}: spec.listeners[0].portMapping.protocol: http2 is not supported here: only \
                 http is"
            ),
        ),
        (
            "    - portMapping: {port: 8080, protocol: http}\n",
            "    - portMapping: {port: 8080, protocol: http}\n      connectionPool: {}\n",
            format!("{colorapp}: spec.listeners[0].connectionPool: must have http"),
        ),
        (
            "  listeners:\n",
            "  listeners:\n    - portMapping: {port: 1, protocol: http}\n",
            format!("{colorapp}: spec.listeners[1]: only one listener is supported here"),
        ),
        (
            "spec:\n  listeners:\n",
            "spec:\n  awsName: a/b\n  listeners:\n",
            format!(
                "{colorapp}: spec.awsName: must have between 1 and 255 letters, digits, '.', '-' and '_'"
            ),
        ),
    ] {
        assert_eq!(refusal(from, to), expected);
    }
}

#[test]
fn two_clusters_of_one_name_are_refused() {
    let spec = "{awsName: colorapp_demo, listeners: [{portMapping: {port: 8080, protocol: http}}], \
                serviceDiscovery: {dns: {hostname: a}}}";
    assert_eq!(
        mesh(&with("VirtualNode", "twin", spec), None).unwrap_err(),
        "document 8: VirtualNode twin: spec.awsName: VirtualNode colorapp has the same"
    );
    let elsewhere = with("VirtualNode", "front", "{}").replace(
        "{name: front, namespace: demo}\nspec: {}",
        "{name: front, namespace: other}\nspec: {}",
    );
    assert_eq!(
        mesh(&elsewhere, None).unwrap_err(),
        "document 8: VirtualNode front: metadata.name: namespace demo has one of this name, too"
    );
}

#[test]
fn there_is_one_mesh() {
    let (_, rest) = DEMO.split_once("---").unwrap();
    assert_eq!(
        mesh(rest, None).unwrap_err(),
        "there is no Mesh among the manifests"
    );
    assert_eq!(
        mesh(&with("Mesh", "other", "{}"), None).unwrap_err(),
        "document 8: Mesh other: metadata.name: only one Mesh is supported here, and m is there already"
    );
    assert_eq!(
        refusal("spec: {}", "spec: {egressFilter: {type: ALLOW_ALL}}"),
        "document 1: Mesh m: spec.egressFilter.type: ALLOW_ALL is not supported here: a sidecar reaches \
         its backends only"
    );
}

#[test]
fn the_sidecar_is_beside_the_node_that_calls() {
    let sidecar = mesh(DEMO, None).unwrap().sidecar.unwrap();
    assert_eq!(sidecar.node, "front");
    let colorapp = "colorapp.demo.svc.cluster.local".to_owned();
    assert_eq!(sidecar.backends, [(colorapp, VirtualServiceId(0))]);
    let none = changed(&[(
        "  backends: [{virtualService: {virtualServiceRef: {name: colorapp}}}]\n",
        "",
    )]);
    assert!(mesh(&none, None).unwrap().sidecar.is_none());
}

#[test]
fn of_several_callers_one_must_be_named() {
    let caller = "{backends: [{virtualService: {virtualServiceRef: {name: front}}}]}";
    let text = with("VirtualNode", "batch", caller);
    assert_eq!(
        mesh(&text, None).unwrap_err(),
        "these VirtualNodes have backends: front, batch; choose the one whose sidecar is meant with \
         --sidecar NODE"
    );
    let sidecar = mesh(&text, Some("batch")).unwrap().sidecar.unwrap();
    assert_eq!(
        sidecar.backends,
        [("front.demo".to_owned(), VirtualServiceId(1))]
    );
    assert_eq!(
        mesh(&text, Some("nobody")).unwrap_err(),
        "--sidecar nobody: there is no such VirtualNode; there are: colorapp, front, batch"
    );
}

#[test]
fn a_backend_that_is_not_there_or_twice_is_refused() {
    let at = "document 4: VirtualNode front: spec.backends";
    for (to, expected) in [
        (
            "{virtualServiceRef: {name: nobody}}",
            format!(
                "{at}[0].virtualService.virtualServiceRef: there is no VirtualService nobody in namespace demo"
            ),
        ),
        (
            "{virtualServiceRef: {name: colorapp, namespace: other}}",
            format!(
                "{at}[0].virtualService.virtualServiceRef: there is no VirtualService colorapp in namespace other"
            ),
        ),
        (
            "{}",
            format!("{at}[0].virtualService.virtualServiceRef: must be there"),
        ),
        (
            "{virtualServiceRef: {name: colorapp}}}, {virtualService: {virtualServiceRef: {name: colorapp, namespace: demo}}",
            format!("{at}[1].virtualService.virtualServiceRef: is a backend already"),
        ),
    ] {
        assert_eq!(
            refusal("{virtualServiceRef: {name: colorapp}}", to),
            expected
        );
    }
}
