//! The mesh of the benchmark, as App Mesh manifests: a gateway straight in front of the backends, with
//! all that a demo's request meets: outlier detection, the default retries and timeout, added headers.
//! Envoy gets its bootstrap from the same manifests.

use std::fmt::Write;

/// Errors in a row until a host is ejected; as everywhere in the demo.
pub const THRESHOLD: u32 = 5;

const MESH: &str = "\
apiVersion: appmesh.k8s.aws/v1beta2
kind: Mesh
metadata: {name: bench}
spec: {}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualGateway
metadata: {name: bench, namespace: bench}
spec:
  podSelector: {matchLabels: {app: bench}}
  listeners: [{portMapping: {port: 8080, protocol: http}}]
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualNode
metadata: {name: backend, namespace: bench}
spec:
  listeners:
    - portMapping: {port: 8080, protocol: http}
      outlierDetection:
        maxServerErrors: 5
        interval: {value: 10, unit: s}
        baseEjectionDuration: {value: 300, unit: s}
        maxEjectionPercent: 100
  serviceDiscovery: {dns: {hostname: backend.bench, responseType: ENDPOINTS}}
---
apiVersion: appmesh.k8s.aws/v1beta2
kind: VirtualService
metadata: {name: backend, namespace: bench}
spec:
  awsName: backend.bench
  provider: {virtualNode: {virtualNodeRef: {name: backend}}}
";

/// The manifests, with `routes` routes, of which a request for `/get` takes the last that is tried.
pub fn manifests(routes: u32) -> String {
    let mut text = MESH.to_owned();
    for number in 1..=routes {
        let prefix = if number == routes {
            "/".to_owned()
        } else {
            format!("/another-{number}/")
        };
        write!(
            text,
            "---\n\
             apiVersion: appmesh.k8s.aws/v1beta2\n\
             kind: GatewayRoute\n\
             metadata: {{name: route-{number}, namespace: bench}}\n\
             spec:\n  \
               httpRoute:\n    \
                 match: {{prefix: {prefix}}}\n    \
                 action: {{target: {{virtualService: {{virtualServiceRef: {{name: backend}}}}}}}}\n"
        )
        .expect("a String takes everything");
    }
    text
}

/// The bytes of a request for `path`, as small as clients send them.
pub fn request(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_routes_as_asked_for_and_one_takes_all() {
        let text = manifests(3);
        assert_eq!(text.matches("kind: GatewayRoute").count(), 3);
        assert_eq!(text.matches("prefix: /}").count(), 1);
        assert!(text.contains(&format!("maxServerErrors: {THRESHOLD}\n")));
    }
}
